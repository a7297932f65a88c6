//! What the person keeps: saved tracks, albums and spoken word, artists and playlists they follow.

mod change;
mod check;
mod list;
mod remove;
mod save;
mod things;

pub(crate) use self::{check::Check, list::List, remove::Remove, save::Save};

/// What changing the library needs, whatever is saved or removed.
const WRITE_SCOPES: &[&str] =
    &["user-library-modify", "user-follow-modify", "playlist-modify-public"];
/// The most things that one call takes.
const MOST: usize = 200;
/// The most things that Spotify takes at once.
const AT_ONCE: usize = 40;
