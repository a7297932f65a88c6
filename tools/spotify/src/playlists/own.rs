//! The person's list of playlists.

use std::{collections::HashSet, sync::Arc};

use stagepass_kit::{Caller, ToolError};

use super::{ME_SCOPES, Playlists, READ_SCOPES};
use crate::{
    answer::PlaylistRow,
    api::{Ask, Failure, Refusal},
    model::{Named, PlaylistPage},
};

/// How many playlists Spotify gives at once.
pub(super) const MOST_ROWS: u64 = 50;
/// How many playlists are looked at when one is searched for.
const MOST_PLAYLISTS: u64 = 3000;

/// A part of the person's list, or all of it.
#[derive(Debug, Default)]
pub(super) struct Own {
    pub(super) rows: Vec<PlaylistRow>,
    /// How many there are altogether, as far as Spotify says.
    pub(super) total: Option<u64>,
    /// Whether there is more behind it.
    pub(super) goes_on: bool,
    /// Whether it ends early, because nobody waits any more.
    pub(super) stopped: bool,
}

impl Playlists {
    /// The person's id, by which their own playlists are known.
    ///
    /// # Errors
    /// `missing_scope`, or whatever the call answers.
    pub(super) async fn me(&self, caller: &Caller) -> Result<Arc<str>, Failure> {
        let connection = self.connection(caller).await?;
        if let Some(id) = self.shelf.people.get(&connection) {
            return Ok(id);
        }
        let me: Option<Named> = self.api.read(caller, &Ask::get("me").needing(ME_SCOPES)).await?;
        let id: Arc<str> = me.and_then(|me| me.id).ok_or_else(Refusal::nonsense)?.into();
        self.shelf.people.insert(connection, Arc::clone(&id));
        Ok(id)
    }

    /// All playlists of the person's list, up to [`MOST_PLAYLISTS`]. Whether it tells how far it is:
    /// not when that is only the beginning of a call, whose reports have to grow.
    ///
    /// # Errors
    /// Whatever a call answers.
    pub(super) async fn own(&self, caller: &Caller, tells: bool) -> Result<Own, Failure> {
        let (mut own, mut seen) = (Own::default(), HashSet::new());
        for offset in (0..MOST_PLAYLISTS).step_by(50) {
            if offset > 0 && caller.watch().is_cancelled() {
                own.stopped = true;
                break;
            }
            let page = self.own_part(caller, offset, MOST_ROWS).await?;
            // Whatever is changed meanwhile moves others to the next page: one may come twice.
            let is_new = |row: &PlaylistRow| row.id.clone().is_none_or(|id| seen.insert(id));
            own.rows.extend(page.rows.into_iter().filter(is_new));
            (own.total, own.goes_on) = (page.total, page.goes_on);
            if !own.goes_on {
                break;
            }
            if tells {
                caller.watch().report(offset + MOST_ROWS, own.total, "Reading the playlists").await;
            }
        }
        Ok(own)
    }

    /// The whole of the person's list, for people's eyes.
    ///
    /// # Errors
    /// Whatever a call answers.
    pub(crate) async fn rows(&self, caller: &Caller) -> Result<Vec<PlaylistRow>, ToolError> {
        Ok(self.own(caller, true).await?.rows)
    }

    /// The names of the person's own playlists that somebody may mean who has `typed` so much: those
    /// that begin with it first. Who is still typing isn't asked to wait: one page of the list has
    /// to do.
    ///
    /// # Errors
    /// Whatever a call answers.
    pub(crate) async fn names_like(
        &self,
        caller: &Caller,
        typed: &str,
    ) -> Result<Vec<String>, ToolError> {
        let typed = typed.trim().to_lowercase();
        let own = self.own_part(caller, 0, MOST_ROWS).await?;
        let rows = own.rows.into_iter().filter(|row| row.editable != Some(false));
        let names = rows.map(|row| row.name);
        let mut names: Vec<_> = names.filter(|name| name.to_lowercase().contains(&typed)).collect();
        names.sort_by_key(|name| !name.to_lowercase().starts_with(&typed));
        Ok(names)
    }

    /// A part of the person's list, of at most [`MOST_ROWS`].
    ///
    /// # Errors
    /// Whatever a call answers.
    pub(super) async fn own_part(
        &self,
        caller: &Caller,
        offset: u64,
        limit: u64,
    ) -> Result<Own, Failure> {
        let ask = Ask::get("me/playlists")
            .with("limit", limit.to_string())
            .with("offset", offset.to_string())
            .needing(READ_SCOPES);
        // Whose they are is of use, and not worth failing for.
        let (page, me) = tokio::join!(self.api.read(caller, &ask), self.me(caller));
        let page: PlaylistPage = page?.unwrap_or_default();
        let playlists = page.items.ok_or_else(Refusal::nonsense)?;
        let me = me.ok();
        let row = |playlist| PlaylistRow::of(playlist, me.as_deref());
        let end = offset + limit;
        Ok(Own {
            rows: playlists.iter().filter_map(row).collect(),
            total: page.total,
            goes_on: page.total.map_or(page.next.is_some(), |total| end < total),
            stopped: false,
        })
    }
}
