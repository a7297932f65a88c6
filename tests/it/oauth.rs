//! This server as an authorization server, from the outside.

mod authorize;
mod consent;
mod discovery;
mod one_trip;
mod pages;
mod providers;
mod sign_in;
