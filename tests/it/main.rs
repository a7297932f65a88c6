//! Stories of people who use the whole server, through real ports.
//!
//! `STAGEPASS_TEST_DATABASE_URL=postgres://…` runs them on Postgres, one database per test;
//! otherwise each has a SQLite file of its own.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that goes wrong must stop at once"
)]

mod harness;

mod account;
mod bots;
mod calls;
mod cancellation;
mod catalogue;
mod cli;
mod config;
mod door;
mod elicitation;
mod github;
mod guarded;
mod hello;
mod idle;
mod linking;
mod linking_refused;
mod oauth;
mod odd_people;
mod odd_providers;
mod pages;
mod progress;
mod prompts;
mod protocol;
mod registry;
mod relay;
mod remote_auth;
mod remotes;
mod resources;
mod sets;
mod several_accounts;
mod sign_in_providers;
mod store;
mod store_oauth;
mod store_webhooks;
mod tokens;
mod tokens_astray;
mod webhooks;
