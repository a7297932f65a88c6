//! A connection as the rooms above see it: no secret in it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::{providers::Account, store::ConnectionRow};

/// One account at one provider, linked to one identity.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its id.
    pub id: String,
    /// The id of the provider.
    pub provider: String,
    /// The account there.
    pub account: Account,
    /// What the person calls it, if they have said so.
    pub label: Option<String>,
    /// What the person granted.
    pub scopes: BTreeSet<String>,
    /// When the person last signed in for it.
    pub authorized_at: DateTime<Utc>,
    /// When the access token ends; none if it doesn't.
    pub access_expires_at: Option<DateTime<Utc>>,
    /// When the person will have to sign in again, as far as is known. At providers that count from
    /// the last refresh, each refresh moves it.
    pub reconnect_by: Option<DateTime<Utc>>,
    /// Why the person has to sign in again now; none while the link lives.
    pub dead_reason: Option<String>,
}

impl From<ConnectionRow> for Connection {
    fn from(row: ConnectionRow) -> Self {
        Self {
            id: row.id,
            provider: row.provider,
            account: Account { id: row.account_id, name: row.account_name, email: None },
            label: row.label,
            scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
            authorized_at: row.authorized_at,
            access_expires_at: row.access_expires_at,
            reconnect_by: row.reconnect_by,
            dead_reason: row.dead_reason,
        }
    }
}
