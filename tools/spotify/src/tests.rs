//! The tools against a stand-in of Spotify.

mod control;
mod devices;
mod errors;
mod harness;
mod limits;
mod now;
mod play;
mod schema;
mod search;
mod tolerance;
