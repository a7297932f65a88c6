//! The database, SQLite or Postgres, behind one text of SQL.
//!
//! Every function here is one transaction. A write that depends on what was read is one
//! conditional statement whose affected rows are checked.

mod announcements;
mod audit;
mod authorizations;
mod chat_sessions;
mod clients;
mod codes;
mod connections;
mod db;
mod deliveries;
mod epoch;
mod grants;
mod links;
mod people;
mod refresh_tokens;
mod remote_clients;
mod sessions;
mod signing_keys;
mod tokens;
mod vault_keys;
mod visits;

pub use announcements::EndingRow;
pub use audit::{AuditFilter, AuditRow};
pub use authorizations::{AuthorizationRow, Stage};
pub use clients::{ClientKind, ClientRow};
pub use codes::{CodeRow, Redemption};
pub use connections::ConnectionRow;
pub use db::{Db, OpenError};
pub use deliveries::{DeliveryRow, DeliveryState};
pub use epoch::Epoch;
pub use grants::{AccessRow, GrantRow};
pub use links::{LinkRow, LinkState, Offered, Problem};
pub use people::UserRow;
pub use refresh_tokens::{RefreshRow, RefreshState, Rotation};
pub use remote_clients::RemoteClientRow;
pub use sessions::SessionRow;
pub use signing_keys::SigningKeyRow;
pub use tokens::TokenRow;
pub use vault_keys::VaultKeyRow;
pub use visits::{VisitRow, VisitState};

/// What can go wrong once the database is open. "Not there" is an `Option`, not an error.
pub type Result<T> = std::result::Result<T, sqlx::Error>;
