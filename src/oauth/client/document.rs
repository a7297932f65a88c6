//! Clients whose id is the URL of a document about them (OAuth Client ID Metadata Documents).

use chrono::TimeDelta;

use super::{ClientIdUrl, LARGEST_DOCUMENT, OAuth, check_document, row};
use crate::{
    oauth::error::OAuthError,
    store::{ClientKind, ClientRow},
};

/// How long a copy is fresh, if its document doesn't say less.
const FRESH: TimeDelta = TimeDelta::hours(24);
/// And if it says less than this.
const SHORTEST: TimeDelta = TimeDelta::minutes(5);

/// The client that `id` is the document of. A copy that was good is used while the document can't
/// be fetched, as long as anybody uses the client; one that has become wrong counts at once.
pub(super) async fn client(oauth: &OAuth, id: &str) -> Result<Option<ClientRow>, OAuthError> {
    let Ok(url) = ClientIdUrl::parse(id) else { return Ok(None) };
    let now = oauth.clock().now();
    let copy = oauth.db().client(id).await?;
    if copy.as_ref().is_some_and(|copy| copy.fresh_until.is_some_and(|until| now < until)) {
        return Ok(copy);
    }
    let fetched = match oauth.guarded().get_json(url.url(), LARGEST_DOCUMENT).await {
        Ok(fetched) => fetched,
        Err(error) => {
            tracing::warn!(%error, host = url.host(), "a client's document can't be fetched");
            let Some(copy) = copy else { return Ok(None) };
            // Nobody has to wait for that site again in a moment.
            let copy = ClientRow { fresh_until: Some(now + SHORTEST), ..copy };
            oauth.db().save_client(&copy).await?;
            return Ok(Some(copy));
        }
    };
    let metadata = match check_document(&url, &fetched.body) {
        Ok(metadata) => metadata,
        Err(error) => {
            tracing::warn!(%error, host = url.host(), "a client's document can't be used");
            return Ok(None);
        }
    };
    let age = fetched.max_age.and_then(|age| TimeDelta::from_std(age).ok()).unwrap_or(FRESH);
    let row = ClientRow {
        fresh_until: Some(now + age.clamp(SHORTEST, FRESH)),
        ..row(ClientKind::Document, id.to_owned(), &metadata, now)
    };
    oauth.db().save_client(&row).await?;
    Ok(Some(row))
}
