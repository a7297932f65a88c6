//! Who signed in: from the id token, from the user-info endpoint, or from both.

use std::time::Duration;

use reqwest::{Response, StatusCode, header::CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};

use super::{
    ProviderClient,
    answer::{self, ProviderError, TokenAnswer, clean},
    fields::{Fields, first},
    issuer::Issuer,
};
use crate::config::{AccountFrom, Provider};

/// Before asking a second time whose token it is: a new token isn't known everywhere at once.
const AGAIN: Duration = Duration::from_millis(500);
/// The longest account id that is kept, in bytes.
const LONGEST_ID: usize = 256;
/// The longest e-mail address that there is, in bytes (RFC 5321 §4.5.3.1.3).
const LONGEST_EMAIL: usize = 254;

/// An account at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What identifies it there.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its e-mail address in small letters, if the provider says that it has verified it, and may say
    /// so of that domain.
    pub email: Option<String>,
}

impl ProviderClient {
    /// Who signed in to get `answer`. An issuer's id token is checked, and has to carry the
    /// `nonce` that its authorization request did; other providers are asked.
    ///
    /// # Errors
    /// When the provider refuses the account, can't be reached, or its id token is no good.
    pub async fn account(
        &self,
        answer: &TokenAnswer,
        nonce: Option<&str>,
    ) -> Result<Account, ProviderError> {
        let account = match (self.issuer_of_id_tokens(), self.provider().account_from) {
            (Some(issuer), _) => read(self.provider(), &self.told_by(issuer, answer, nonce).await?),
            (None, AccountFrom::Userinfo) => {
                read(self.provider(), &[self.ask(&answer.access_token).await?])
            }
            (None, AccountFrom::Token) => answer.account.clone(),
            (None, AccountFrom::Server) => self.only_account(),
        };
        account.ok_or_else(|| ProviderError::unavailable("no usable account id", None))
    }

    /// The account of a server that tells nothing of accounts.
    fn only_account(&self) -> Option<Account> {
        let name = self.provider().token_url.as_ref()?.host_str()?.to_owned();
        Some(Account { id: name.clone(), name, email: None })
    }

    /// What the id token says, and what the user-info endpoint adds where something is missing.
    async fn told_by(
        &self,
        issuer: &Issuer,
        answer: &TokenAnswer,
        nonce: Option<&str>,
    ) -> Result<Vec<Fields>, ProviderError> {
        let token = answer.id_token.as_ref();
        let token = token.ok_or(ProviderError::Untrusted("there is no id token"))?;
        let claims = issuer.claims(token, self.client_id(), nonce).await?;
        let is_named = first(&claims, &self.provider().account_name, " ").is_some();
        let has_email = self.provider().email.as_ref().is_none_or(|name| claims.contains_key(name));
        if is_named && has_email {
            return Ok(vec![claims]);
        }
        match self.ask(&answer.access_token).await {
            // Core §5.3.2: the access token might be somebody else's.
            Ok(more) if more.get("sub") != claims.get("sub") => {
                Err(ProviderError::Untrusted("the user info is another account's (sub)"))
            }
            Ok(more) => Ok(vec![claims, more]),
            // Not everybody has it, and who signed in is known.
            Err(error) if is_named => {
                tracing::warn!(provider = self.id(), %error, "no user info");
                Ok(vec![claims])
            }
            Err(error) => Err(error),
        }
    }

    /// Asks whose token it is, and once more if the first answer is no answer.
    async fn ask(&self, access_token: &SecretString) -> Result<Fields, ProviderError> {
        let url = self.userinfo_url().await?;
        let ask = async || {
            let request = self.bare_request(self.provider().userinfo_method, url.clone());
            let request = request.bearer_auth(access_token.expose_secret());
            let request = match self.provider().userinfo_body.clone() {
                Some(body) => request.header(CONTENT_TYPE, "application/json").body(body),
                None => request,
            };
            fields(request.send().await?).await
        };
        match ask().await {
            Err(ProviderError::Unavailable { .. }) => {
                tokio::time::sleep(AGAIN).await;
                ask().await
            }
            answered => answered,
        }
    }
}

/// Reads the answer of a user-info endpoint.
async fn fields(response: Response) -> Result<Fields, ProviderError> {
    let (status, wait) = (response.status(), answer::retry_after(&response));
    let body = answer::body(response).await?;
    if answer::unavailable(status) || status == StatusCode::UNAUTHORIZED {
        return Err(ProviderError::unavailable(format!("user info: {status}"), wait));
    }
    if !status.is_success() {
        // Refusals that matter come as plain text, so the body isn't parsed.
        return Err(ProviderError::Refused(clean(&String::from_utf8_lossy(&body))));
    }
    serde_json::from_slice(&body)
        .map_err(|_| ProviderError::unavailable("user info: no JSON object", None))
}

/// The account that is told of. Where two sources differ, the first counts.
pub(super) fn read(provider: &Provider, told: &[Fields]) -> Option<Account> {
    let id = told.iter().find_map(|told| first(told, &provider.account_id, "/"))?;
    if id.len() > LONGEST_ID || id.chars().any(char::is_control) {
        return None;
    }
    let names = told.iter().filter_map(|told| first(told, &provider.account_name, " "));
    let name = names.map(|name| clean(&name)).find(|name| !name.is_empty());
    let email = told.iter().find_map(|told| verified_email(provider, told));
    Some(Account { name: name.unwrap_or_else(|| clean(&id)), id, email })
}

/// The e-mail address that the same source calls verified.
fn verified_email(provider: &Provider, told: &Fields) -> Option<String> {
    let verified = told.get(provider.email_verified.as_ref()?)?;
    // Some write the word and not the value.
    if verified != true && verified != "true" {
        return None;
    }
    let email = told.get(provider.email.as_ref()?)?.as_str()?;
    let (mailbox, domain) = email.split_once('@')?;
    let sound = !mailbox.is_empty()
        && !domain.is_empty()
        && !domain.contains('@')
        && email.len() <= LONGEST_EMAIL
        && !email.contains(char::is_whitespace)
        // Nothing in it hides or turns letters.
        && clean(email) == email
        && speaks_for(provider, told, domain);
    // Beyond ASCII, two addresses may have the same small letters and different owners.
    sound.then(|| email.to_ascii_lowercase())
}

/// Whether the provider knows today whose the addresses in `domain` are.
fn speaks_for(provider: &Provider, told: &Fields, domain: &str) -> bool {
    let (field, own) = (provider.email_domain.as_ref(), &provider.email_own_domains);
    let is_it = |known: &str| known.eq_ignore_ascii_case(domain);
    let kept = field.and_then(|field| told.get(field)?.as_str());
    (field.is_none() && own.is_empty())
        || own.iter().any(|known| is_it(known))
        || kept.is_some_and(is_it)
}

#[cfg(test)]
mod tests;
