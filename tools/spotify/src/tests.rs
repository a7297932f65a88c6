//! The tools against a stand-in of Spotify.

mod control;
mod devices;
mod errors;

mod harness;

mod mutations;
mod now;
mod play;

mod samples;
mod schema;
mod search;
mod tolerance;
