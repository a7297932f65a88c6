//! The tools against a stand-in of Spotify.

mod compact;
mod control;
mod devices;
mod errors;
mod get;
mod harness;
mod library;
mod limits;
mod listed;
mod lists;
mod many;
mod mutations;
mod now;
mod play;
mod podcasts;
mod queue;
mod recent;
mod resolve;
mod samples;
mod schema;
mod search;
mod tolerance;
