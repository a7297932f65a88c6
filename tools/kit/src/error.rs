//! What a tool says when it couldn't do what was asked.

use std::{borrow::Cow, error::Error as StdError, fmt, sync::Arc, time::Duration};

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::json;

use crate::{LinkedAccount, absent::Absent};

/// The codes that all toolsets share. A toolset may add its own and documents them.
pub mod code {
    /// Nobody has linked an account of this provider yet.
    pub const NOT_CONNECTED: &str = "not_connected";
    /// The link is dead: the provider no longer accepts it, and the person has to sign in again.
    pub const NEEDS_RECONNECT: &str = "needs_reconnect";
    /// The account is linked, but without a scope that this tool needs.
    pub const MISSING_SCOPE: &str = "missing_scope";
    /// A link, or the sign-in begun from it, is too old, was used before, or was replaced.
    pub const LINK_EXPIRED: &str = "link_expired";
    /// A one-time code or an authorization code that can't be redeemed.
    pub const CODE_INVALID: &str = "code_invalid";
    /// A code that belongs to somebody else's link.
    pub const WRONG_IDENTITY: &str = "wrong_identity";
    /// The arguments can't be used as they are.
    pub const INVALID_ARGUMENT: &str = "invalid_argument";
    /// The thing that was named doesn't exist.
    pub const NOT_FOUND: &str = "not_found";
    /// Too many calls; `retry_after` says how long to wait.
    pub const RATE_LIMITED: &str = "rate_limited";
    /// The provider's longer quota is used up; trying again soon won't help.
    pub const QUOTA_EXCEEDED: &str = "quota_exceeded";
    /// The provider is away, slow, or answers nonsense. The link is untouched.
    pub const PROVIDER_UNAVAILABLE: &str = "provider_unavailable";
    /// The provider understood and refuses.
    pub const FORBIDDEN: &str = "forbidden";
    /// A fault of ours. The log has the cause, the answer doesn't.
    pub const INTERNAL: &str = "internal";
}

/// In the place of advice to call a tool that isn't offered.
const NO_TOOL: &str = "The tool for that is switched off on this server: tell the person.";

/// Why a tool couldn't do what was asked, in words that a model can act on.
///
/// `code` is for programs, `message` says what is wrong, `next_step` says what to do about it. The
/// cause, if any, is for the log alone.
#[derive(Debug)]
pub struct ToolError {
    code: Cow<'static, str>,
    message: Box<str>,
    next_step: Box<str>,
    cure: Option<Box<Cure>>,
    retry_after: Option<Duration>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
    account: Option<Arc<LinkedAccount>>,
}

/// A new sign-in, which would help.
#[derive(Debug)]
struct Cure {
    provider: String,
    /// What the last one didn't give.
    scopes: Vec<String>,
}

impl ToolError {
    /// An error with its code, what is wrong, and what to do.
    pub fn new(
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
        next_step: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            message: message.into().into(),
            next_step: next_step.into().into(),
            cure: None,
            retry_after: None,
            cause: None,
            account: None,
        }
    }

    /// Nobody has linked an account of `provider` (its id) yet.
    #[must_use]
    pub fn not_connected(provider: &str) -> Self {
        Self::new(
            code::NOT_CONNECTED,
            format!("No {provider} account is connected."),
            reconnect_step(provider),
        )
        .cured_by(provider)
    }

    /// The link to `provider` is dead; `why` is a sentence.
    #[must_use]
    pub fn needs_reconnect(provider: &str, why: &str) -> Self {
        Self::new(
            code::NEEDS_RECONNECT,
            format!("The {provider} account has to be connected again. {why}"),
            reconnect_step(provider),
        )
        .cured_by(provider)
    }

    /// The link to `provider` lacks `scopes`.
    #[must_use]
    pub fn missing_scope(provider: &str, scopes: &[&str]) -> Self {
        let mut error = Self::new(
            code::MISSING_SCOPE,
            format!("The {provider} account was connected without {}.", scopes.join(" and ")),
            reconnect_step(provider),
        );
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        error.cure = Some(Box::new(Cure { provider: provider.to_owned(), scopes }));
        error
    }

    /// Arguments that can't be used; `message` names the argument.
    pub fn invalid_argument(message: impl Into<String>, next_step: impl Into<String>) -> Self {
        Self::new(code::INVALID_ARGUMENT, message, next_step)
    }

    /// `provider` is away. Retrying after `wait` may help.
    #[must_use]
    pub fn provider_unavailable(provider: &str, wait: Duration) -> Self {
        Self::new(
            code::PROVIDER_UNAVAILABLE,
            format!(
                "{provider} doesn't answer properly at the moment. The account stays connected."
            ),
            format!("Try again in {}.", seconds(wait)),
        )
        .retry_after(wait)
    }

    /// A fault of ours, with its cause for the log.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(
            code::INTERNAL,
            "Something went wrong inside this server.",
            "Try again; if it stays, the server's log says why.",
        )
        .caused_by(cause)
    }

    /// The same error in other words about what is wrong.
    #[must_use]
    pub fn saying(self, message: String) -> Self {
        Self { message: message.into(), ..self }
    }

    /// The same error with something else to do about it.
    #[must_use]
    pub fn advising(self, next_step: String) -> Self {
        Self { next_step: next_step.into(), ..self }
    }

    /// The same error, advising no `absent` tool.
    pub(crate) fn without(self, absent: &Absent) -> Self {
        if !absent.is_in(&self.next_step) {
            return self;
        }
        let left = absent.left_out_of(&self.next_step);
        let next_step = if left.is_empty() { NO_TOOL.to_owned() } else { left };
        self.advising(next_step)
    }

    fn cured_by(mut self, provider: &str) -> Self {
        self.cure = Some(Box::new(Cure { provider: provider.to_owned(), scopes: Vec::new() }));
        self
    }

    /// The same error, with how long to wait before the next try.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The same error, with its cause for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The same error, about `account`: where others are connected, the client is told.
    #[must_use]
    pub fn about(mut self, account: Arc<LinkedAccount>) -> Self {
        self.account = Some(account);
        self
    }

    /// The word for programs.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What is wrong, as a sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it, as a sentence.
    #[must_use]
    pub fn next_step(&self) -> &str {
        &self.next_step
    }

    /// The id of the provider at which the person has to sign in before the call can succeed; none
    /// if that wouldn't help. A host can offer the way there.
    #[must_use]
    pub fn provider(&self) -> Option<&str> {
        self.cure.as_ref().map(|cure| cure.provider.as_str())
    }

    /// The scopes that the link lacks, if that is what is wrong.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        self.cure.as_ref().map_or(&[], |cure| &cure.scopes)
    }

    /// What a client sees: `isError`, a text for the model, and the same as data.
    #[must_use]
    pub fn to_result(&self) -> CallToolResult {
        let mut data = json!({
            "code": self.code,
            "message": self.message,
            "next_step": self.next_step,
        });
        if let (Some(wait), Some(fields)) = (self.retry_after, data.as_object_mut()) {
            fields.insert("retry_after".into(), whole_seconds(wait).into());
        }
        let text = format!("{} {}", self.message, self.next_step);
        let mut result = CallToolResult::error(vec![ContentBlock::text(text)]);
        result.structured_content = Some(data);
        if let Some(account) = &self.account {
            account.sign(&mut result);
        }
        result
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl StdError for ToolError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

fn reconnect_step(provider: &str) -> String {
    format!(
        "Call Auth with action \"get_url\" and provider \"{provider}\", show the link to the \
         person, and try again when they have signed in."
    )
}

fn seconds(wait: Duration) -> String {
    match whole_seconds(wait) {
        1 => "1 second".into(),
        n => format!("{n} seconds"),
    }
}

/// Rounded up: whoever waits that long has waited long enough.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_sees_code_sentence_next_step_and_wait_but_never_the_cause() {
        let result = ToolError::provider_unavailable("spotify", Duration::from_millis(1_200))
            .caused_by("canary")
            .to_result();
        assert_eq!(result.is_error, Some(true));
        let data = result.structured_content.clone().unwrap();
        assert_eq!(data["code"], "provider_unavailable");
        assert_eq!(data["retry_after"], 2);
        assert!(!serde_json::to_string(&result).unwrap().contains("canary"));
    }
}
