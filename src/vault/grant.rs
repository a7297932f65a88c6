//! What a provider gave, and how it is sealed into a row and opened again.

use std::{borrow::Cow, collections::BTreeSet, sync::Arc};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use stagepass_kit::{AccessToken, Identity, LinkedAccount};
use zeroize::Zeroizing;

use super::{Place, SealError, Sealer, access::due_at, cache::Fresh};
use crate::{
    clock::Clock,
    config::Provider,
    providers::{Account, TokenAnswer, Tokens},
    store::ConnectionRow,
};

/// What a provider gave when a person signed in, and whose it is.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The access token.
    pub access: SecretString,
    /// The refresh token, if there is one.
    pub refresh: Option<SecretString>,
    /// When the access token ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// The granted scopes.
    pub scopes: BTreeSet<String>,
    /// When the refresh token ends, if the provider has said so.
    pub refresh_expires_at: Option<DateTime<Utc>>,
    /// When the person signed in.
    pub authorized_at: DateTime<Utc>,
    /// Who signed in.
    pub account: Account,
}

impl Grant {
    /// The grant in `answer`, given to `account` just now for `asked` scopes.
    #[must_use]
    pub fn new(answer: TokenAnswer, account: Account, asked: &[String], clock: &Clock) -> Self {
        let now = clock.now();
        Self {
            access: answer.access_token,
            refresh: answer.refresh_token,
            expires_at: answer.expires_in.map(|left| now + left),
            scopes: answer.scopes.unwrap_or_else(|| asked.iter().cloned().collect()),
            refresh_expires_at: answer.refresh_expires_in.map(|left| now + left),
            authorized_at: now,
            account,
        }
    }

    /// The whole grant, sealed for `place`.
    ///
    /// # Errors
    /// When it can't be sealed.
    pub fn seal(&self, sealer: &Sealer, place: Place<'_>) -> Result<Vec<u8>, SealError> {
        let written = Written {
            access: self.access.expose_secret().into(),
            refresh: self.refresh.as_ref().map(|token| token.expose_secret().into()),
            expires_at: self.expires_at,
            scopes: self.scopes.clone(),
            refresh_expires_at: self.refresh_expires_at,
            authorized_at: self.authorized_at,
            account_id: self.account.id.clone(),
            account_name: self.account.name.clone(),
        };
        let text = serde_json::to_vec(&written).map(Zeroizing::new);
        sealer.seal(place, &text.map_err(|_| SealError::Damaged)?)
    }

    /// The grant in what [`Grant::seal`] sealed, opened.
    ///
    /// # Errors
    /// When that isn't a grant.
    pub fn open(opened: &[u8]) -> Result<Self, SealError> {
        let written: Written<'_> =
            serde_json::from_slice(opened).map_err(|_| SealError::Damaged)?;
        Ok(Self {
            access: SecretString::from(&*written.access),
            refresh: written.refresh.as_deref().map(SecretString::from),
            expires_at: written.expires_at,
            scopes: written.scopes,
            refresh_expires_at: written.refresh_expires_at,
            authorized_at: written.authorized_at,
            account: Account { id: written.account_id, name: written.account_name, email: None },
        })
    }

    /// What there is to be revoked.
    pub(super) fn into_tokens(self) -> Tokens {
        Tokens { access: Some(self.access), refresh: self.refresh }
    }

    /// The row that this grant makes, in place of `before` if the account was linked already, and
    /// without a label.
    pub(super) fn to_row(
        &self,
        sealer: &Sealer,
        clock: &Clock,
        identity: &Identity,
        provider: (&str, Option<&Provider>),
        before: Option<ConnectionRow>,
    ) -> Result<ConnectionRow, SealError> {
        let now = clock.now();
        let (id_of_provider, provider) = provider;
        // Some providers give a refresh token only the first time: then the old one lives on. One
        // that doesn't open any more is no loss.
        let kept = before.as_ref().filter(|_| self.refresh.is_none());
        let kept = kept.and_then(|row| open_refresh(sealer, row).ok().flatten());
        let (id, version, created_at) = before.map_or_else(
            || (BASE64_URL_SAFE_NO_PAD.encode(clock.random::<16>()), 1, now),
            |row| (row.id, row.version + 1, row.created_at),
        );
        let seal = |field, token: &SecretString| {
            sealer.seal(place(&id, field, version), token.expose_secret().as_bytes())
        };
        let refresh = self.refresh.as_ref().or(kept.as_ref());
        Ok(ConnectionRow {
            sealed_access: seal(ACCESS, &self.access)?,
            sealed_refresh: refresh.map(|token| seal(REFRESH, token)).transpose()?,
            id,
            identity: identity.to_string(),
            provider: id_of_provider.to_owned(),
            account_id: self.account.id.clone(),
            account_name: self.account.name.clone(),
            scopes: line(&self.scopes),
            access_expires_at: self.expires_at,
            authorized_at: self.authorized_at,
            reconnect_by: provider.and_then(|provider| {
                let (since, told) = (self.authorized_at, self.refresh_expires_at);
                provider.reconnect_by(since, since, told)
            }),
            dead_reason: None,
            refreshing_until: None,
            version,
            created_at,
            updated_at: now,
            label: None,
            used_at: None,
        })
    }
}

/// A grant as it is written down, before it is sealed.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    #[serde(borrow)]
    access: Cow<'a, str>,
    #[serde(borrow)]
    refresh: Option<Cow<'a, str>>,
    expires_at: Option<DateTime<Utc>>,
    scopes: BTreeSet<String>,
    #[serde(default)]
    refresh_expires_at: Option<DateTime<Utc>>,
    authorized_at: DateTime<Utc>,
    account_id: String,
    account_name: String,
}

const ACCESS: &str = "sealed_access";
const REFRESH: &str = "sealed_refresh";

fn place<'a>(id: &'a str, field: &'static str, version: i64) -> Place<'a> {
    Place { table: "connections", row: id, field, version }
}

/// The row after a refresh. A provider that sends no new refresh token means the old one.
pub(super) fn refreshed(
    sealer: &Sealer,
    clock: &Clock,
    provider: &Provider,
    row: &ConnectionRow,
    old_refresh: &SecretString,
    answer: &TokenAnswer,
) -> Result<ConnectionRow, SealError> {
    let now = clock.now();
    let told = answer.refresh_expires_in.map(|left| now + left);
    let moves = told.is_some() || provider.idle_days.is_some();
    let reconnect_by = provider.reconnect_by(row.authorized_at, now, told).filter(|_| moves);
    let version = row.version + 1;
    let refresh = answer.refresh_token.as_ref().unwrap_or(old_refresh);
    let seal = |field, token: &SecretString| {
        sealer.seal(place(&row.id, field, version), token.expose_secret().as_bytes())
    };
    Ok(ConnectionRow {
        sealed_access: seal(ACCESS, &answer.access_token)?,
        sealed_refresh: Some(seal(REFRESH, refresh)?),
        access_expires_at: answer.expires_in.map(|left| now + left),
        scopes: answer.scopes.as_ref().map_or_else(|| row.scopes.clone(), line),
        reconnect_by: reconnect_by.or(row.reconnect_by),
        refreshing_until: None,
        version,
        updated_at: now,
        ..row.clone()
    })
}

/// The access token of `row`, which is the row of `account`, fit for a tool.
pub(super) fn open(
    sealer: &Sealer,
    row: &ConnectionRow,
    account: Arc<LinkedAccount>,
) -> Result<Fresh, SealError> {
    let scopes = Arc::new(row.scopes.split_whitespace().map(str::to_owned).collect());
    let secret = open_access(sealer, row)?;
    let token = AccessToken::new(secret, row.id.as_str().into(), row.version, scopes, account);
    Ok(Fresh { token, expires_at: row.access_expires_at, due_at: due_at(row) })
}

/// What is left of `row` at `now`, to be revoked.
pub(super) fn tokens(
    sealer: &Sealer,
    row: &ConnectionRow,
    now: DateTime<Utc>,
) -> Result<Tokens, SealError> {
    let lives = !row.sealed_access.is_empty() && row.access_expires_at.is_none_or(|end| end > now);
    let refresh = open_refresh(sealer, row)?;
    let access = (lives || refresh.is_none() && !row.sealed_access.is_empty())
        .then(|| open_access(sealer, row))
        .transpose()?;
    Ok(Tokens { access, refresh })
}

/// The access token of `row`.
pub(super) fn open_access(sealer: &Sealer, row: &ConnectionRow) -> Result<SecretString, SealError> {
    text(&sealer.open(place(&row.id, ACCESS, row.version), &row.sealed_access)?)
}

/// The refresh token of `row`, if it has one.
pub(super) fn open_refresh(
    sealer: &Sealer,
    row: &ConnectionRow,
) -> Result<Option<SecretString>, SealError> {
    let Some(token) = &row.sealed_refresh else { return Ok(None) };
    text(&sealer.open(place(&row.id, REFRESH, row.version), token)?).map(Some)
}

fn text(bytes: &[u8]) -> Result<SecretString, SealError> {
    str::from_utf8(bytes).map(SecretString::from).map_err(|_| SealError::Damaged)
}

fn line(scopes: &BTreeSet<String>) -> String {
    scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}
