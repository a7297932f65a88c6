//! A whole list, page by page, and no more of it than is bearable.

use std::{collections::HashSet, sync::Arc};

use rmcp::model::JsonObject;
use serde_json::Value;
use stagepass_kit::{Caller, ToolError};
use tokio::time::{Instant, timeout};

use super::{
    Shelves,
    entry::{Entry, List, Listed, lifetime},
    omissions::{LeftOut, Omitted},
    shelf::Held,
};
use crate::{
    Remote,
    credentials::Credential,
    exchange::{Answer, Ask},
    fault::{Fault, UNKNOWN_METHOD},
    health::For,
    link::Whose,
};

/// The longest mark of a page that is believed, in bytes.
const LONGEST_CURSOR: usize = 4_096;

/// A whole list, and what isn't in it.
pub(crate) struct Fetched<T> {
    list: Arc<List<T>>,
    ttl_ms: Option<u64>,
    pub(crate) omitted: Omitted,
}

/// What has come of a list so far.
struct Pages<T> {
    entries: Vec<Entry<T>>,
    names: HashSet<String>,
    cursors: HashSet<String>,
    omitted: Omitted,
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
            let fetched = fetching.await.unwrap_or_else(|_| {
                self.note_fault(For::List(T::METHOD), &Fault::Slow);
                Err(Fault::Slow)
            });
            // Another token may do.
            let is_ill = !matches!(fetched, Ok(_) | Err(Fault::Unauthorized));
            *failed = is_ill.then(Instant::now);
            let Fetched { list, ttl_ms, omitted } = fetched?;
            self.note_omitted::<T>(&omitted);
            Ok(shelves.keep(&whose, list, Instant::now() + lifetime(ttl_ms)))
        })
        .await
    }

    pub(crate) async fn fetch<T: Listed>(
        &self,
        whose: &Whose,
        credential: &Credential,
    ) -> Result<Fetched<T>, Fault> {
        let link = self.link(whose, credential).await?;
        let mut pages = Pages::<T>::new();
        if !link.has(T::CAPABILITY) {
            return Ok(pages.bound());
        }
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
        pages.omitted.is_cut = cursor.is_some();
        Ok(pages.bound())
    }
}

impl<T: Listed> Pages<T> {
    fn new() -> Self {
        let (names, cursors) = (HashSet::new(), HashSet::new());
        Self { entries: Vec::new(), names, cursors, omitted: Omitted::default(), ttl_ms: None }
    }

    fn bound(self) -> Fetched<T> {
        Fetched { list: List::new(self.entries), ttl_ms: self.ttl_ms, omitted: self.omitted }
    }

    /// Takes a page, and says what the next one is called, if there is one worth asking for.
    fn add(&mut self, remote: &Remote, mut answer: Answer) -> Option<String> {
        let limits = &remote.inner.wire.limits;
        let Some(Value::Array(page)) = answer.result.remove(T::FIELD) else { return None };
        for said in page {
            let called = Omitted::name::<T>(&said);
            if self.entries.len() >= limits.entries {
                self.omitted.add(called, LeftOut::Many);
                continue;
            }
            match Entry::read(remote.name(), said, limits.entry) {
                // The first of a name is the one.
                Ok(entry) if self.names.insert(entry.name.clone()) => self.entries.push(entry),
                Ok(_) => self.omitted.add(called, LeftOut::Twice),
                Err(why) => self.omitted.add(called, why),
            }
        }
        self.ttl_ms = answer.result.get("ttlMs").and_then(Value::as_u64).or(self.ttl_ms);
        let next = answer.result.get("nextCursor").and_then(Value::as_str)?;
        let is_new = next.len() <= LONGEST_CURSOR && self.cursors.insert(next.to_owned());
        (is_new && self.entries.len() < limits.entries).then(|| next.to_owned())
    }
}
