//! What a person gave to clients, and how they take it back.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use stagepass_kit::Identity;

use super::{OAuth, RedirectUri};
use crate::{
    identity::Scopes,
    store::{AccessRow, ClientKind, ClientRow},
};

/// A client that may act for a person.
#[derive(Debug)]
pub struct ClientAccess {
    /// Its `client_id`.
    pub id: String,
    /// What it calls itself.
    pub name: String,
    /// Whether the operator added it; of any other the name is its own claim.
    pub by_operator: bool,
    /// Where it lets people be sent back to.
    pub hosts: BTreeSet<String>,
    /// What it may do.
    pub scopes: Scopes,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it was last seen, as far as that is known: when it last got a token.
    pub seen_at: Option<DateTime<Utc>>,
}

impl OAuth {
    /// The clients that may act for `identity`, the first that was allowed to first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn access_of(&self, identity: &Identity) -> sqlx::Result<Vec<ClientAccess>> {
        let now = self.clock().now();
        let rows = self.db().access_given(&identity.to_string(), now).await?;
        let mut by_client = BTreeMap::<_, Vec<_>>::new();
        for row in rows {
            by_client.entry(row.client_id.clone()).or_default().push(row);
        }
        let mut all = Vec::new();
        for (id, rows) in by_client {
            let client = self.db().client(&id).await?;
            all.extend(access(id, client.as_ref(), &rows));
        }
        all.sort_by(|one, other| (one.since, &one.id).cmp(&(other.since, &other.id)));
        Ok(all)
    }

    /// Ends what `identity` gave to the client `client_id`: within seconds its tokens are worth
    /// nothing. Answers whether it had anything.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_access(&self, identity: &Identity, client_id: &str) -> sqlx::Result<bool> {
        let taken = self.db().take_access(&identity.to_string(), client_id).await?;
        self.forget_checked().await;
        Ok(taken)
    }

    /// Ends everything that `identity` has here but its connections: what it gave to clients, and
    /// its sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_access(&self, identity: &Identity) -> sqlx::Result<()> {
        self.db().end_access(&identity.to_string()).await?;
        self.forget_checked().await;
        Ok(())
    }
}

fn access(id: String, client: Option<&ClientRow>, rows: &[AccessRow]) -> Option<ClientAccess> {
    let uris = client.map(|client| client.redirect_uris.as_str()).unwrap_or_default();
    let uris = uris.split_whitespace().filter_map(|uri| RedirectUri::parse(uri).ok());
    Some(ClientAccess {
        name: client.map_or_else(|| id.clone(), |client| client.name.clone()),
        by_operator: client.is_some_and(|client| client.kind == ClientKind::Operator),
        hosts: uris.map(|uri| uri.host_shown().to_owned()).collect(),
        scopes: rows.iter().flat_map(|row| Scopes::parse(&row.scopes).iter()).collect(),
        since: rows.iter().map(|row| row.created_at).min()?,
        seen_at: rows.iter().filter_map(|row| row.renewed_at).max(),
        id,
    })
}
