//! This server as an authorization server, from the outside.

mod access;
mod authorize;
mod consent;
mod discovery;
mod links;
mod one_trip;
mod pages;
mod providers;
mod sign_in;
