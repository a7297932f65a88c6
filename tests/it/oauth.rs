//! This server as an authorization server, from the outside.

mod access;
mod access_list;
mod assertions;
mod audit;
mod authorize;
mod away;
mod bearer;
mod client_auth;
mod codes;
mod consent;
mod discovery;
mod documents;
mod introspection;
mod links;
mod one_trip;
mod pages;
mod principals;
mod providers;
mod refresh;
mod registration;
mod revocation;
mod scopes;
mod sign_in;
mod signing_keys;
