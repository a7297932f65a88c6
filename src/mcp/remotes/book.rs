//! Which descriptions of other servers were accepted. The first list that is seen of a server is; what
//! is new or reads otherwise later waits for the operator.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use chrono::TimeDelta;
use moka::sync::Cache;
use rmcp::model::Tool;
use stagepass_kit::ToolError;
use stagepass_remote::{Entry, List, Listed};
use tokio_util::sync::CancellationToken;

use crate::{
    audit::{Audit, Entry as Event},
    clock::Clock,
    store::{Db, DescriptionRow, Epoch, Result as Stored},
};

/// How long what was accepted elsewhere may be unknown here.
const PAUSE: Duration = Duration::from_secs(2);
/// So many descriptions of one server are held back. A server that has more to say isn't listened to.
const MOST: usize = 2_000;
/// How long they are. What was accepted stays: another wording of the same name may be another person's.
const HELD_BACK: TimeDelta = TimeDelta::days(30);
/// How often what is older is forgotten.
const SWEEP: Duration = Duration::from_mins(1);
/// Of so many tools it is remembered whether they change something.
const MOST_HINTS: u64 = 20_000;
/// What isn't a client's to call, so that its address has no place in the record.
const TEMPLATE: &str = "template";

/// What is known of a server: by kind and hash, whether it was accepted.
type Known = HashMap<String, HashMap<(String, String), bool>>;

pub(super) struct Book {
    db: Db,
    clock: Clock,
    audit: Audit,
    known: RwLock<Known>,
    /// Whether a tool only reads, by its name here.
    hints: Cache<String, bool>,
}

impl Book {
    pub(super) async fn open(db: Db, clock: Clock, audit: Audit) -> Stored<Self> {
        let hints = Cache::builder().max_capacity(MOST_HINTS).build();
        let book = Self { db, clock, audit, known: RwLock::default(), hints };
        book.load().await?;
        Ok(book)
    }

    async fn load(&self) -> Stored<()> {
        let mut known = Known::new();
        for row in self.db.all_descriptions().await? {
            known.entry(row.remote).or_default().insert((row.kind, row.hash), row.accepted);
        }
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    pub(super) async fn keep_watching(&self, shutdown: CancellationToken) {
        let mut seen = None;
        while shutdown.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
            let looked = match self.db.epoch(Epoch::Remotes).await {
                Ok(epoch) if seen == Some(epoch) => continue,
                Ok(epoch) => self.load().await.map(|()| seen = Some(epoch)),
                Err(error) => Err(error),
            };
            if let Err(error) = looked {
                tracing::warn!(%error, "can't learn what was accepted of other servers");
            }
        }
    }

    pub(super) async fn keep_sweeping(&self, shutdown: CancellationToken) {
        while shutdown.run_until_cancelled(tokio::time::sleep(SWEEP)).await.is_some() {
            if let Err(error) = self.sweep().await {
                tracing::warn!(%error, "sweep failed");
            }
        }
    }

    pub(super) async fn sweep(&self) -> Stored<()> {
        self.db.forget_held_back(self.clock.now() - HELD_BACK).await.map(|_| ())
    }

    /// Those of `list` that were accepted. What was never seen before is written down first.
    ///
    /// # Errors
    /// When that fails: what isn't known isn't shown.
    pub(super) async fn accepted<'a, T: Listed>(
        &self,
        remote: &str,
        list: &'a List<T>,
    ) -> Result<Vec<&'a Entry<T>>, ToolError> {
        let new = self.unknown(remote, list);
        if !new.is_empty() {
            self.note(new).await.map_err(ToolError::internal)?;
        }
        let is_accepted = |entry: &&Entry<T>| self.find(remote, T::WORD, &entry.hash) == Some(true);
        Ok(list.entries.iter().filter(is_accepted).collect())
    }

    fn find(&self, remote: &str, kind: &str, hash: &str) -> Option<bool> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(remote)?.get(&(kind.to_owned(), hash.to_owned())).copied()
    }

    /// What nobody has seen yet, as far as there is room for it.
    fn unknown<T: Listed>(&self, remote: &str, list: &List<T>) -> Vec<DescriptionRow> {
        let new = list.entries.iter();
        let new = new.filter(|entry| self.find(remote, T::WORD, &entry.hash).is_none());
        let new: Vec<_> = new.collect();
        if new.is_empty() {
            return Vec::new();
        }
        let room = MOST.saturating_sub(self.held_back(remote));
        let now = self.clock.now();
        new.into_iter()
            .take(room)
            .map(|entry| DescriptionRow {
                remote: remote.to_owned(),
                kind: T::WORD.to_owned(),
                name: entry.name.clone(),
                hash: entry.hash.clone(),
                said: entry.said.clone(),
                accepted: false,
                shown: false,
                seen_at: now,
                accepted_at: None,
            })
            .collect()
    }

    fn held_back(&self, remote: &str) -> usize {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(remote).map_or(0, |all| all.values().filter(|accepted| !**accepted).count())
    }

    async fn note(&self, new: Vec<DescriptionRow>) -> Stored<()> {
        let added = self.db.add_descriptions(&new, self.clock.now()).await?;
        for row in &added {
            self.audit.note(event(row)).await;
        }
        let held = added.iter().filter(|row| !row.accepted).count();
        if let Some(DescriptionRow { remote, kind, .. }) = added.first().filter(|_| held > 0) {
            tracing::warn!(
                remote,
                kind,
                held,
                "new descriptions are held back: run `stagepass remotes diff {remote}`"
            );
        }
        // Another process may have been first, and what was accepted there is accepted here.
        self.load().await
    }

    pub(super) fn note_hints(&self, tools: &[&Entry<Tool>]) {
        for tool in tools {
            self.hints.insert(tool.name.clone(), only_reads(&tool.shown));
        }
    }

    pub(super) fn only_reads(&self, tool: &str) -> Option<bool> {
        self.hints.get(tool)
    }
}

/// Whether a tool says that it changes nothing.
pub(in crate::mcp) fn only_reads(tool: &Tool) -> bool {
    tool.annotations.as_ref().and_then(|hints| hints.read_only_hint).unwrap_or(false)
}

/// What the record says of a description that was seen for the first time, or accepted by the operator.
pub(crate) fn event(row: &DescriptionRow) -> Event {
    let event = Event::done(if row.accepted { "remote.accepted" } else { "remote.held_back" });
    let event = event.detail(&format!("{} {}", row.remote, row.kind));
    if row.kind == TEMPLATE { event } else { event.tool(&row.name) }
}
