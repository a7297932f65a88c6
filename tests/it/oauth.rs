//! This server as an authorization server, from the outside.

mod one_trip;
