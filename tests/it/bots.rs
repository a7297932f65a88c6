//! Bots: one client, many people, nobody mixed up.

mod linking;
mod people;
mod speakers;
mod tokens;
