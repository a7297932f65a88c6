//! Asking a provider whose token it is.

use reqwest::{Response, StatusCode};
use serde_json::Value;

use super::answer::{ProviderError, body, clean, retry_after, unavailable};
use crate::config::Provider;

/// The longest account id that is kept, in bytes.
const LONGEST_ID: usize = 256;

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
        return Err(ProviderError::unavailable(why, wait));
    }
    if !status.is_success() {
        // Refusals that matter come as plain text, so the body isn't parsed.
        return Err(ProviderError::Refused(clean(&String::from_utf8_lossy(&body))));
    }
    let fields: Value = serde_json::from_slice(&body).unwrap_or_default();
    let id = first(&fields, &provider.account_id)
        .filter(|id| id.len() <= LONGEST_ID && !id.chars().any(char::is_control))
        .ok_or_else(|| ProviderError::unavailable("user info: no usable account id", None))?;
    let name = first(&fields, &provider.account_name).map(|name| clean(&name));
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| clean(&id));
    Ok(Account { id, name })
}

/// The first of `names` that is there and holds something.
fn first(fields: &Value, names: &[String]) -> Option<String> {
    names.iter().find_map(|name| match fields.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}
