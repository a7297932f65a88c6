//! Asking a provider whose token it is.

use reqwest::{Response, StatusCode};
use serde_json::Value;

use super::answer::{ProviderError, body, clean, retry_after, unavailable};
use crate::config::Provider;

/// An account at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What identifies it there.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// Reads the answer of the user-info path.
pub(super) async fn read(
    provider: &Provider,
    response: Response,
) -> Result<Account, ProviderError> {
    let (status, wait) = (response.status(), retry_after(&response));
    let body = body(response).await?;
    if unavailable(status) || status == StatusCode::UNAUTHORIZED {
        let why = format!("user info: {status}");
        return Err(ProviderError::Unavailable { why, retry_after: wait });
    }
    if !status.is_success() {
        // Refusals that matter come as plain text, so the body isn't parsed.
        return Err(ProviderError::Refused(clean(&String::from_utf8_lossy(&body))));
    }
    let fields: Value = serde_json::from_slice(&body).unwrap_or_default();
    let id = first(&fields, &provider.account_id).ok_or_else(|| ProviderError::Unavailable {
        why: "user info: no account id in the answer".to_owned(),
        retry_after: None,
    })?;
    let name = first(&fields, &provider.account_name).unwrap_or_else(|| id.clone());
    Ok(Account { id, name: clean(&name) })
}

/// The first of `names` that is there and holds something.
fn first(fields: &Value, names: &[String]) -> Option<String> {
    names.iter().find_map(|name| match fields.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}
