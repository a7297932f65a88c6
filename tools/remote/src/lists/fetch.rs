//! A whole list, page by page, and no more of it than is bearable.

use std::{collections::HashSet, sync::Arc};

use rmcp::model::JsonObject;
use serde_json::Value;
use stagepass_kit::{Caller, ToolError};
use tokio::time::{Instant, timeout};

use super::{
    Shelves,
    entry::{Entry, List, Listed, lifetime},
    shelf::Held,
};
use crate::{
    Remote,
    credentials::Credential,
    exchange::{Answer, Ask},
    fault::Fault,
    link::Whose,
};

/// The longest mark of a page that is believed, in bytes.
const LONGEST_CURSOR: usize = 4_096;
/// JSON-RPC: no such method.
const UNKNOWN_METHOD: i64 = -32601;

/// What has come of a list so far.
struct Pages<T> {
    entries: Vec<Entry<T>>,
    names: HashSet<String>,
    cursors: HashSet<String>,
    left_out: usize,
    ttl_ms: Option<u64>,
}

impl Remote {
    /// Fetches the list for `caller`, or takes the one that was just fetched.
    pub(super) async fn refresh<T: Listed>(
        &self,
        caller: &Caller,
        shelves: fn(&Self) -> &Shelves<T>,
    ) -> Result<Arc<List<T>>, ToolError> {
        let shelves = shelves(self);
        self.with_credential(caller, |credential| async move {
            let (whose, limits) = (credential.whose(caller, self.answers), &self.inner.wire.limits);
            let (turn, began) = (shelves.turn(&whose), Instant::now());
            let mut failed = turn.lock().await;
            if let Some(held) = shelves.of(&whose).filter(Held::is_fresh) {
                return Ok(held.list);
            }
            // Who has waited in vain behind somebody doesn't try the same again.
            if failed.is_some_and(|failed| failed >= began) {
                return Err(Fault::Resting(limits.rest));
            }
            let fetching = timeout(limits.list, self.fetch::<T>(&whose, &credential));
            let fetched = fetching.await.map_err(|_| Fault::Slow).flatten();
            // Another token may do.
            let is_ill = !matches!(fetched, Ok(_) | Err(Fault::Unauthorized));
            *failed = is_ill.then(Instant::now);
            let (list, ttl_ms) = fetched?;
            Ok(shelves.keep(&whose, list, Instant::now() + lifetime(ttl_ms)))
        })
        .await
    }

    async fn fetch<T: Listed>(
        &self,
        whose: &Whose,
        credential: &Credential,
    ) -> Result<(Arc<List<T>>, Option<u64>), Fault> {
        let link = self.link(whose, credential).await?;
        if !link.has(T::CAPABILITY) {
            return Ok((List::new(Vec::new()), None));
        }
        let mut pages = Pages::<T>::new();
        let mut cursor = None;
        for _ in 0..self.inner.wire.limits.pages {
            let params = cursor.take().map(|cursor: String| ("cursor".to_owned(), cursor.into()));
            let ask = Ask::new(T::METHOD, params.into_iter().collect::<JsonObject>());
            let answer = match self.ask_over(whose, credential, &ask, None).await {
                Ok((_, told)) => told.answer()?,
                Err(Fault::Refused { code: UNKNOWN_METHOD, .. }) => break,
                Err(fault) => return Err(fault),
            };
            cursor = pages.add(self, answer);
            if cursor.is_none() {
                break;
            }
        }
        if cursor.is_some() || pages.left_out > 0 {
            let (remote, kind, left_out) = (self.name(), T::WORD, pages.left_out);
            tracing::warn!(
                remote,
                kind,
                left_out,
                cut = cursor.is_some(),
                "not all that a remote lists is shown"
            );
        }
        Ok((List::new(pages.entries), pages.ttl_ms))
    }
}

impl<T: Listed> Pages<T> {
    fn new() -> Self {
        let (names, cursors) = (HashSet::new(), HashSet::new());
        Self { entries: Vec::new(), names, cursors, left_out: 0, ttl_ms: None }
    }

    /// Takes a page, and says what the next one is called, if there is one worth asking for.
    fn add(&mut self, remote: &Remote, mut answer: Answer) -> Option<String> {
        let limits = &remote.inner.wire.limits;
        let Some(Value::Array(page)) = answer.result.remove(T::FIELD) else { return None };
        for said in page {
            if self.entries.len() >= limits.entries {
                self.left_out += 1;
                continue;
            }
            match Entry::read(remote.name(), said, limits.entry) {
                // The first of a name is the one.
                Ok(entry) if self.names.insert(entry.name.clone()) => self.entries.push(entry),
                Ok(_) => self.left_out += 1,
                Err(why) => {
                    self.left_out += 1;
                    tracing::debug!(remote = remote.name(), kind = T::WORD, ?why, "left out");
                }
            }
        }
        self.ttl_ms = answer.result.get("ttlMs").and_then(Value::as_u64).or(self.ttl_ms);
        let next = answer.result.get("nextCursor").and_then(Value::as_str)?;
        let is_new = next.len() <= LONGEST_CURSOR && self.cursors.insert(next.to_owned());
        (is_new && self.entries.len() < limits.entries).then(|| next.to_owned())
    }
}
