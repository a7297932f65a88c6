//! This server as an authorization server, from the outside.

mod authorize;
mod discovery;
mod one_trip;
