//! The tools against a stand-in of GitHub.

mod errors;
mod files;
mod harness;
mod issue;
mod limits;
mod notifications;
mod odd;
mod people;
mod repositories;
mod schema;
mod scopes;
mod search;
mod size;
mod strangers;
mod tolerance;
mod write;
