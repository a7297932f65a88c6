//! Playlists: which one is meant, what is in it, and how it is changed.

mod add;
mod change;
mod contents;
mod create;
mod details;
mod items;
mod latest;
mod list;
mod own;
mod remove;
mod reorder;
mod replace;
mod shelf;
mod target;
mod update;
mod uris;

use std::sync::Arc;

use stagepass_kit::{Attempt, Caller, ToolError};

use self::shelf::Shelf;
pub(crate) use self::{
    add::Add, create::Create, items::Items, list::List, remove::Remove, reorder::Reorder,
    replace::Replace, update::Update,
};
use crate::{PROVIDER, api::SpotifyApi};

/// What the list of a person's playlists needs, and what is in one.
pub(crate) const READ_SCOPES: &[&str] = &["playlist-read-private"];
/// What changing a public playlist needs.
const PUBLIC_SCOPES: &[&str] = &["playlist-modify-public"];
/// What changing any other needs.
const PRIVATE_SCOPES: &[&str] = &["playlist-modify-private"];
/// What making a public one of a private one needs, and the other way round.
const BOTH_SCOPES: &[&str] = &["playlist-modify-public", "playlist-modify-private"];
/// What asking who the person is needs.
const ME_SCOPES: &[&str] = &["user-read-private"];
/// What reading can use besides: others' collaborative playlists are listed with it, and with the
/// person's id their own are known from those of others.
const MORE_READ_SCOPES: &[&str] = &["playlist-read-collaborative", "user-read-private"];
/// What a change can need: which, depends on the playlist, and on how it is named.
const CHANGE_SCOPES: &[&str] = &[
    "playlist-modify-private",
    "playlist-modify-public",
    "playlist-read-collaborative",
    "playlist-read-private",
    "user-read-private",
];

/// What changing a playlist needs that is `public`, as far as Spotify says.
fn change_scopes(public: Option<bool>) -> &'static [&'static str] {
    if public == Some(true) { PUBLIC_SCOPES } else { PRIVATE_SCOPES }
}

/// The way to playlists, which all of their tools share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Playlists {
    api: SpotifyApi,
    shelf: Arc<Shelf>,
}

impl Playlists {
    /// The playlists behind `api`.
    pub(crate) fn new(api: SpotifyApi) -> Self {
        Self { api, shelf: Arc::default() }
    }

    /// What tells the accounts apart whose playlists are kept.
    async fn connection(&self, caller: &Caller) -> Result<Arc<str>, ToolError> {
        let id = |token: stagepass_kit::AccessToken| async move {
            Ok(Attempt::Done(Arc::clone(token.connection())))
        };
        caller.call(PROVIDER, id).await
    }
}
