//! What a token endpoint answers: tokens, or why there are none.

use chrono::{DateTime, Utc};
use reqwest::{Response, StatusCode};
use secrecy::SecretString;
use serde_json::Value;

use super::{
    account,
    answer::{self, ProviderError, TokenAnswer},
    fields::{self, Fields},
};
use crate::config::{AccountFrom, Provider};

/// What the tokens were asked for with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A code.
    Exchange,
    /// A refresh token.
    Refresh,
}

/// Reads the answer of `provider`'s token endpoint, which came at `now`.
pub(super) async fn read_token(
    response: Response,
    provider: &Provider,
    step: Step,
    now: DateTime<Utc>,
) -> Result<TokenAnswer, ProviderError> {
    let (status, retry_after) = (response.status(), answer::retry_after(&response));
    let body = answer::body(response).await?;
    if answer::unavailable(status) {
        return Err(ProviderError::unavailable(format!("token endpoint: {status}"), retry_after));
    }
    let Ok(told) = serde_json::from_slice::<Fields>(&body) else {
        // A page of HTML is a proxy or an outage, whatever its status says; never a logout.
        return Err(ProviderError::unavailable(format!("token endpoint: {status}, no JSON"), None));
    };
    if let Some(error) = error_in(&told, provider) {
        let description = answer::word(&told, "error_description").unwrap_or_default();
        // Some say so of a secret that is wrong (RFC 6749 §5.2 has `invalid_client` for that).
        let is_unknown = status == StatusCode::UNAUTHORIZED && error == "unauthorized_client";
        let error = if is_unknown { "invalid_client" } else { error.as_str() };
        return Err(refusal(provider, error, description));
    }
    let nested = provider.token_path.as_ref().and_then(|path| fields::at(&told, path)?.as_object());
    let tokens = match (&provider.token_path, nested) {
        // What is at the top of a first answer may be somebody else's: a bot's, for example.
        (Some(_), None) if step == Step::Exchange => None,
        (Some(_), Some(nested))
            if step == Step::Exchange || nested.contains_key("access_token") =>
        {
            Some(nested)
        }
        _ => Some(&told),
    };
    let answer = tokens.filter(|_| status.is_success()).and_then(|tokens| read(tokens, now));
    let mut answer = answer.ok_or_else(|| {
        ProviderError::unavailable(format!("token endpoint: {status}, no token"), None)
    })?;
    if provider.account_from == AccountFrom::Token && step == Step::Exchange {
        answer.account = account::read(provider, &[told]);
    }
    Ok(answer)
}

fn read(tokens: &Fields, now: DateTime<Utc>) -> Option<TokenAnswer> {
    let until = || {
        // Epoch seconds.
        let end = tokens.get("expires_at")?.as_i64()?;
        answer::seconds(Some(&Value::from(end.checked_sub(now.timestamp())?)))
    };
    Some(TokenAnswer {
        access_token: answer::word(tokens, "access_token")?.into(),
        refresh_token: answer::word(tokens, "refresh_token").map(SecretString::from),
        expires_in: answer::seconds(tokens.get("expires_in")).or_else(until),
        scopes: answer::scopes(tokens.get("scope")),
        id_token: answer::word(tokens, "id_token").map(SecretString::from),
        refresh_expires_in: answer::seconds(tokens.get("refresh_token_expires_in")),
        account: None,
    })
}

/// The word that says what went wrong, if something did.
fn error_in(told: &Fields, provider: &Provider) -> Option<String> {
    let named = match provider.error_path.as_slice() {
        [] => fields::text(told, "error"),
        paths => fields::first(told, paths, " "),
    };
    let is_bad = told.get("ok").and_then(Value::as_bool) == Some(false);
    named.filter(|word| word != "0").or_else(|| is_bad.then(String::new))
}

fn refusal(provider: &Provider, error: &str, description: &str) -> ProviderError {
    let is_in = |words: &[String]| words.iter().any(|word| word.eq_ignore_ascii_case(error));
    if error == "invalid_grant" || is_in(&provider.grant_errors) {
        return ProviderError::InvalidGrant;
    }
    if error == "invalid_client" || is_in(&provider.client_errors) {
        return ProviderError::InvalidClient;
    }
    match error {
        "unauthorized_client" => ProviderError::UnauthorizedClient,
        "server_error"
        | "temporarily_unavailable"
        | "slow_down"
        | "ratelimited"
        | "internal_error"
        | "service_unavailable" => {
            ProviderError::unavailable("token endpoint: says that it is busy", None)
        }
        _ => ProviderError::Refused(answer::clean(&format!("{error} {description}"))),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    async fn told(more: &str, step: Step, body: Value) -> Result<TokenAnswer, ProviderError> {
        answered(StatusCode::OK, more, step, body).await
    }

    async fn answered(
        status: StatusCode,
        more: &str,
        step: Step,
        body: Value,
    ) -> Result<TokenAnswer, ProviderError> {
        let provider = format!("{{\"name\": \"x\"{more}}}");
        let provider: Provider = serde_json::from_str(&provider).unwrap();
        let mut response = http::Response::new(body.to_string());
        *response.status_mut() = status;
        let response = Response::from(response);
        read_token(response, &provider, step, DateTime::from_timestamp(NOW, 0).unwrap()).await
    }

    #[tokio::test]
    async fn a_time_that_is_told_is_as_good_as_a_lifetime() {
        let at =
            |end: Value| told("", Step::Exchange, json!({"access_token": "a", "expires_at": end}));
        assert_eq!(at(json!(NOW + 90)).await.unwrap().expires_in.unwrap().as_secs(), 90);
        for odd in [json!(NOW - 1), json!(i64::MIN), json!(u64::MAX), json!("soon"), json!(null)] {
            assert_eq!(at(odd).await.unwrap().expires_in, None);
        }
    }

    #[tokio::test]
    async fn the_persons_token_is_not_mixed_up_with_the_bots() {
        let nested = ", \"token_path\": \"authed_user\"";
        let both = json!({"access_token": "bot", "authed_user": {"access_token": "person"}});
        let answer = told(nested, Step::Exchange, both).await.unwrap();
        assert_eq!(answer.access_token.expose_secret(), "person");
        let bot = json!({"access_token": "bot"});
        assert!(told(nested, Step::Exchange, bot.clone()).await.is_err());
        assert!(told(nested, Step::Refresh, bot).await.is_ok());
        let beside = json!({"access_token": "person", "authed_user": {"id": "U1"}});
        assert!(told(nested, Step::Refresh, beside).await.is_ok());
    }

    #[tokio::test]
    async fn a_client_that_may_not_is_told_from_one_that_isn_t_known() {
        let body = || json!({"error": "unauthorized_client"});
        let may_not = answered(StatusCode::BAD_REQUEST, "", Step::Refresh, body()).await;
        assert!(matches!(may_not, Err(ProviderError::UnauthorizedClient)), "{may_not:?}");
        let unknown = answered(StatusCode::UNAUTHORIZED, "", Step::Refresh, body()).await;
        assert!(matches!(unknown, Err(ProviderError::InvalidClient)), "{unknown:?}");
    }

    #[tokio::test]
    async fn no_is_no_also_with_a_status_that_says_yes() {
        let no = told("", Step::Refresh, json!({"ok": false, "access_token": "a"})).await;
        assert!(matches!(no, Err(ProviderError::Refused(_))), "{no:?}");
        let yes = told("", Step::Refresh, json!({"error": 0, "access_token": "a"})).await;
        assert!(yes.is_ok(), "{yes:?}");
        let words = ", \"error_path\": [\"errors.0.code\"], \"grant_errors\": [\"Dead\"]";
        let dead = told(words, Step::Refresh, json!({"errors": [{"code": "dead"}]})).await;
        assert!(matches!(dead, Err(ProviderError::InvalidGrant)), "{dead:?}");
    }
}
