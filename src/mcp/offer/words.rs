//! What an offer says: to the person, by a client that opens links, and to the model.

use rmcp::{
    ErrorData,
    model::{CallToolResult, ErrorCode},
};
use serde_json::{Value, json};
use stagepass_kit::ToolError;

use super::call::Reply;
use crate::{connect::IssuedLink, mcp::auth::when, providers::ProviderClient, store::Problem};

/// "URL elicitation required" (MCP 2025-11-25, elicitation, error handling).
const URL_REQUIRED: ErrorCode = ErrorCode(-32042);

/// The same error, saying why the last sign-in failed, too.
pub(super) fn after(error: ToolError, failed: &Problem) -> ToolError {
    let message = format!(
        "{} The last sign-in failed: {} {}",
        error.message(),
        failed.message,
        failed.next_step
    );
    error.saying(message)
}

/// For the person, where their client opens the link.
pub(super) fn to_the_person(error: &ToolError, provider: &ProviderClient) -> String {
    format!("{} Open the link to sign in at {}.", error.message(), provider.provider().name)
}

/// The same error with the link, for whoever reads errors of the protocol.
pub(super) fn to_read(error: ToolError, provider: &ProviderClient, link: &IssuedLink) -> ToolError {
    let name = &provider.provider().name;
    let step = format!(
        "Open this link to sign in at {name}, and try again: {} (until {}).",
        link.url,
        when(link.expires_at)
    );
    error.advising(step)
}

/// The error that names the link.
pub(super) fn url_required(
    error: &ToolError,
    provider: &ProviderClient,
    link: &IssuedLink,
) -> ErrorData {
    let message = to_the_person(error, provider);
    let elicitation = json!({
        "mode": "url",
        "elicitationId": link.id,
        "url": link.url,
        "message": message,
    });
    ErrorData::new(URL_REQUIRED, message, Some(json!({ "elicitations": [elicitation] })))
}

/// For the model: the link in words, and as data. `reply` is what the person did with it.
pub(super) fn told(
    error: ToolError,
    provider: &ProviderClient,
    link: &IssuedLink,
    reply: Option<Reply>,
) -> CallToolResult {
    let (url, until, id) = (&link.url, when(link.expires_at), provider.id());
    let show = match reply {
        None => format!("Show the person this link: {url} (until {until})."),
        Some(Reply::Opened) => {
            format!("The person was just shown this link to sign in: {url} (until {until}).")
        }
        Some(Reply::Declined) => format!(
            "The person didn't want to sign in just now. Only if they ask for it, show them this \
             link: {url} (until {until})."
        ),
    };
    let step = format!(
        "{show} When they have signed in, call this tool again. If they come back with a code, or \
         with the address of a page that wouldn't load, first pass that to Auth with action \
         \"handle_callback\" and provider \"{id}\"."
    );
    let mut result = with_step(error, step);
    if let Some(Value::Object(fields)) = &mut result.structured_content {
        fields.insert("url".to_owned(), url.as_str().into());
        fields.insert("expires_at".to_owned(), until.into());
    }
    result
}

/// For the model, when the person has signed in and has the code.
pub(super) fn code_awaited(error: ToolError, provider: &ProviderClient) -> CallToolResult {
    let id = provider.id();
    let step = format!(
        "The person has signed in; only the code on the page is missing. Ask them for it (it looks \
         like K7QM-2X9D), pass it to Auth with action \"handle_callback\" and provider \"{id}\", \
         and call this tool again. If they lost it, action \"get_url\" gives a new link."
    );
    with_step(error, step)
}

/// For the model, while the provider is asked who has signed in.
pub(super) fn finishing(error: ToolError, provider: &ProviderClient) -> CallToolResult {
    let id = provider.id();
    let step = format!(
        "The person has signed in, and this is just being finished. Call this tool again in a few \
         seconds. If the page shows a code, first pass it to Auth with action \"handle_callback\" \
         and provider \"{id}\"; if nothing helps, action \"get_url\" gives a new link."
    );
    with_step(error, step)
}

fn with_step(error: ToolError, step: String) -> CallToolResult {
    error.advising(step).to_result()
}
