//! The tools against a stand-in of Spotify.

mod control;
mod devices;
mod errors;
mod harness;
mod limits;
mod now;
mod play;
mod playlist_changes;
mod playlist_items;
mod playlist_tables;
mod playlist_tolerance;
mod playlists;
mod schema;
mod search;
mod tolerance;
