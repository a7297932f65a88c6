//! The database, SQLite or Postgres, behind one text of SQL.
//!
//! Every function here is one transaction. A write that depends on what was read is one
//! conditional statement whose affected rows are checked.

mod connections;
mod db;
mod links;
mod vault_keys;

pub use connections::ConnectionRow;
pub use db::{Db, OpenError};
pub use links::{LinkRow, LinkState, Problem};
pub use vault_keys::VaultKeyRow;

/// What can go wrong once the database is open. "Not there" is an `Option`, not an error.
pub type Result<T> = std::result::Result<T, sqlx::Error>;
