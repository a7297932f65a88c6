//! An authorization code becomes tokens (RFC 6749 §4.1.3, OAuth 2.1 §4.1.3), once.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use secrecy::ExposeSecret;

use super::{GRANT, Issued, OAuth, OAuthError, Parameters};
use crate::{
    audit::Entry,
    identity::Scopes,
    oauth::{GrantType, client::Client},
    store::{CodeRow, GrantRow, Redemption, RefreshRow},
    vault::{hash, mint, same},
    web::address::ClientAddress,
};

/// A client that sends its request twice at once has lost nothing and is no thief.
const TWICE: TimeDelta = TimeDelta::seconds(10);

pub(super) async fn redeem(
    oauth: &OAuth,
    client: &Client,
    form: &Parameters,
    address: ClientAddress,
) -> Result<Issued, OAuthError> {
    if !client.may_use(GrantType::AuthorizationCode) {
        return Err(OAuthError::new("unauthorized_client", "This client has no codes to redeem."));
    }
    let code = form.get("code").ok_or_else(|| OAuthError::invalid_request("code is missing."))?;
    let code = oauth.db().code(&hash(code)).await?.ok_or_else(refused)?;
    prove(client, &code, form)?;
    let now = oauth.clock().now();
    if let Some(used_at) = code.used_at {
        if now - used_at >= TWICE {
            end(oauth, &code, address).await?;
        }
        return Err(refused());
    }
    // Whoever isn't welcome any more since they agreed gets nothing for it.
    let identity = code.identity.parse().map_err(|_| refused())?;
    if !oauth.may_come_in(&identity).await? {
        return Err(refused());
    }
    let resource = oauth.resource_asked(form, Some(&code.resource))?;
    let grant = GrantRow {
        id: BASE64_URL_SAFE_NO_PAD.encode(oauth.clock().random::<16>()),
        identity: code.identity,
        client_id: code.client_id,
        scopes: code.scopes,
        resource,
        created_at: now,
        expires_at: now + GRANT,
    };
    let refresh = mint(oauth.clock(), "spr_");
    let row = RefreshRow::live(hash(refresh.expose_secret()), grant.id.clone(), None, now);
    let scopes = Scopes::parse(&grant.scopes);
    // Signed before the code is spent, so that nothing can fail between the two.
    let issued = oauth.issued(grant, scopes, Some(refresh))?;
    oauth.db().touch_client(client.id(), now).await?;
    match oauth.db().redeem(&code.code_hash, &issued.grant, &row, now).await? {
        Redemption::Done => Ok(issued),
        Redemption::Over => Err(refused()),
    }
}

/// Whether `client` is whom the code was made for, at the same redirect URI, and holds the PKCE
/// verifier (RFC 7636 §4.6).
fn prove(client: &Client, code: &CodeRow, form: &Parameters) -> Result<(), OAuthError> {
    let verifier = form.get("code_verifier").ok_or_else(|| {
        OAuthError::invalid_request("code_verifier is missing; PKCE is required.")
    })?;
    // OAuth 2.1 has dropped the redirect URI here; who sends it has to send the same.
    let same_uri = form.get("redirect_uri").is_none_or(|uri| uri == code.redirect_uri);
    let proven =
        client.id() == code.client_id && same_uri && verifies(verifier, &code.code_challenge);
    if proven { Ok(()) } else { Err(refused()) }
}

/// Whether `verifier` is one (RFC 7636 §4.1), and the one that `challenge` was made from.
fn verifies(verifier: &str, challenge: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let made = BASE64_URL_SAFE_NO_PAD.encode(hash(verifier));
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(is_unreserved)
        && same(made.as_bytes(), challenge.as_bytes())
}

/// A code that comes a second time is in two hands: what it gave ends (RFC 6749 §4.1.2).
async fn end(oauth: &OAuth, code: &CodeRow, address: ClientAddress) -> Result<(), OAuthError> {
    let Some(grant) = &code.grant_id else { return Ok(()) };
    if oauth.db().end_grant(grant).await? {
        oauth.forget_checked().await;
        tracing::warn!(grant, "an authorization code was used again; its tokens were revoked");
        let entry = Entry::refused("code.reused", "tokens revoked").identity(&code.identity);
        let entry = entry.client(&code.client_id).grant(grant).address(address.0);
        // Whatever else was refused to that address: each of these has cost a grant.
        oauth.audit().record(entry).await?;
    }
    Ok(())
}

fn refused() -> OAuthError {
    OAuthError::invalid_grant(
        "The code is too old, was used before, or is for another client, redirect URI or verifier. \
         Send the person to the authorization endpoint again.",
    )
}

#[cfg(test)]
mod tests {
    use oauth2::{PkceCodeChallenge, PkceCodeVerifier};
    use proptest::prelude::*;

    use super::*;

    fn challenge(verifier: &str) -> String {
        let verifier = PkceCodeVerifier::new(verifier.to_owned());
        PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str().to_owned()
    }

    proptest! {
        #[test]
        fn a_verifier_fits_its_own_challenge(verifier in "[A-Za-z0-9._~-]{43,128}") {
            prop_assert!(verifies(&verifier, &challenge(&verifier)));
        }

        #[test]
        fn no_other_verifier_does(
            one in "[A-Za-z0-9._~-]{43,128}",
            other in "[A-Za-z0-9._~-]{43,128}",
        ) {
            prop_assume!(one != other);
            prop_assert!(!verifies(&other, &challenge(&one)));
            // Nor the challenge itself, as with the method `plain`.
            prop_assert!(!verifies(&challenge(&one), &challenge(&one)));
        }

        #[test]
        fn what_is_no_verifier_never_does(text in "(?s).{0,42}|.{43,60}[^A-Za-z0-9._~-]") {
            let made = BASE64_URL_SAFE_NO_PAD.encode(hash(&text));
            prop_assert!(!verifies(&text, &made));
        }
    }
}
