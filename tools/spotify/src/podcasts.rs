//! Spoken word: shows with their episodes, audiobooks with their chapters.

mod episodes;
mod shows;

pub(crate) use self::{episodes::Episodes, shows::Shows};

/// Where somebody stopped listening, and all that Spotify tells of shows.
const POSITION_SCOPES: &[&str] = &["user-read-playback-position"];
