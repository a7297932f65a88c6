//! The tables of the authorization server, one function after the other.

mod clients;
mod own;
mod people;
mod record;
mod tokens;
mod visits;

use crate::harness::{Store, at};

/// What a row looks like, to be compared.
fn seen(row: impl std::fmt::Debug) -> String {
    format!("{row:?}")
}
