//! Bots: one client, many people, nobody mixed up.

mod linking;
mod speakers;
mod tokens;
