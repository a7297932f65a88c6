//! What an answer means that isn't a 200.

use std::time::Duration;

use reqwest::{
    Response, StatusCode,
    header::{HeaderMap, RETRY_AFTER, WWW_AUTHENTICATE},
};

use serde_json::Value;

use crate::{credentials::Credential, fault::Fault, link::Link};

/// Bytes of an error that are read.
const MOST: usize = 64 << 10;
/// The longest wait that is believed.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// JSON-RPC: the server doesn't speak this revision (MCP 2026-07-28).
const UNSUPPORTED_VERSION: i64 = -32022;
/// JSON-RPC: links have to be opened first (MCP 2025-11-25).
const LINKS_REQUIRED: i64 = -32042;
/// So many scopes of a challenge are passed on, of so many characters.
const MOST_SCOPES: usize = 20;
const LONGEST_SCOPE: usize = 128;

/// Why `response` is no answer.
pub(super) async fn fault(response: Response, link: &Link, credential: &Credential) -> Fault {
    let (status, wait) = (response.status(), wait(response.headers()));
    match status {
        StatusCode::UNAUTHORIZED => return Fault::Unauthorized,
        StatusCode::FORBIDDEN => return Fault::Forbidden(scopes(response.headers())),
        StatusCode::NOT_FOUND if link.session().is_some() => return Fault::Forgotten,
        StatusCode::TOO_MANY_REQUESTS => return Fault::Status(429, wait),
        _ => {}
    }
    let body = body(response).await;
    let error = credential.parse(String::from_utf8_lossy(&body).into_owned()).ok();
    let Some(error) = error.as_ref().and_then(|message| message.get("error")) else {
        return Fault::Status(status.as_u16(), wait);
    };
    match refusal(Some(error)) {
        Fault::Refused { code: UNSUPPORTED_VERSION, .. } if link.is_agreed() => Fault::Forgotten,
        // Some servers say 400 for 404. Beyond that it may have been done, and isn't asked again.
        Fault::Refused { message, .. }
            if status.is_client_error()
                && link.session().is_some()
                && message.to_ascii_lowercase().contains("session") =>
        {
            Fault::Forgotten
        }
        refused @ (Fault::Refused { .. } | Fault::Links(_)) => refused,
        _ => Fault::Status(status.as_u16(), wait),
    }
}

async fn body(mut response: Response) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MOST {
            break;
        }
    }
    bytes
}

fn wait(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

/// The scopes that a challenge asks for (RFC 6750 §3).
fn scopes(headers: &HeaderMap) -> Vec<String> {
    let challenges = headers.get_all(WWW_AUTHENTICATE).iter();
    let challenge = challenges.filter_map(|value| value.to_str().ok()).find_map(|challenge| {
        challenge.contains("insufficient_scope").then(|| challenge.split_once("scope=\""))?
    });
    let Some((_, rest)) = challenge else { return Vec::new() };
    let scopes = rest.split('"').next().unwrap_or_default().split_ascii_whitespace();
    let plain =
        |scope: &&str| scope.len() <= LONGEST_SCOPE && scope.bytes().all(|b| b.is_ascii_graphic());
    scopes.filter(plain).take(MOST_SCOPES).map(str::to_owned).collect()
}

/// What a JSON-RPC error says.
pub(super) fn refusal(error: Option<&Value>) -> Fault {
    let code = error.and_then(|error| error.get("code")).and_then(Value::as_i64);
    let message = error.and_then(|error| error.get("message")).and_then(Value::as_str);
    match (code, message) {
        (Some(LINKS_REQUIRED), _) => {
            let wants = error.and_then(|error| error.get("data")).cloned();
            Fault::Links(wants.unwrap_or_default())
        }
        (None, None) => Fault::Nonsense("there is neither a result nor an error"),
        (code, message) => Fault::Refused {
            code: code.unwrap_or_default(),
            message: message.unwrap_or_default().to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_says_which_scopes_would_do() {
        let asked = |challenge: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(WWW_AUTHENTICATE, challenge.parse().unwrap());
            scopes(&headers)
        };
        let challenge =
            "Bearer error=\"insufficient_scope\", scope=\"a:b c\", resource_metadata=\"x\"";
        assert_eq!(asked(challenge), ["a:b", "c"]);
        assert!(asked("Bearer error=\"invalid_token\", scope=\"a\"").is_empty());
        assert!(asked("Bearer error=\"insufficient_scope\"").is_empty());
    }
}
