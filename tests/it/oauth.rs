//! This server as an authorization server, from the outside.

mod discovery;
mod one_trip;
