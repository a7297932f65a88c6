//! Resources that people look at: Markdown, with links back to Spotify.

mod markdown;
mod playback;
mod playlist;
mod playlists;

pub(crate) use self::{playback::NowPlaying, playlist::PlaylistTable, playlists::PlaylistsTable};

/// The media type of all of them.
const MARKDOWN: &str = "text/markdown";

/// The variables of an address without any.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct NoVariables {}
