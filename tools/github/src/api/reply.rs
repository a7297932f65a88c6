//! One answer of the REST API, read with a limit on its size.

use reqwest::Response;
use serde::de::DeserializeOwned;
use serde_json::Value;
use stagepass_kit::{
    Capped,
    text::{clip, message},
};

use super::{Ask, Head, Refusal, Trouble, scopes::covers};

/// The most bytes of an answer that are read. A file comes in base64 and has a megabyte at the most;
/// a hundred changed files may have more.
const LARGEST: usize = 4 * 1024 * 1024;
/// The most characters of an error's text that are looked at.
const LONGEST_TEXT: usize = 500;
/// The most of GitHub's complaints about fields that are passed on.
const MOST_COMPLAINTS: usize = 4;

/// One answer of the REST API.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) head: Head,
    body: Vec<u8>,
}

impl Reply {
    /// Reads a response; what exceeds [`LARGEST`] is cut off, and then isn't JSON any more.
    pub(super) async fn read(mut response: Response) -> Result<Self, reqwest::Error> {
        let head = Head::of(&response);
        let mut body = Capped::new(LARGEST);
        while let Some(chunk) = response.chunk().await? {
            if !body.take(&chunk) {
                break;
            }
        }
        Ok(Self { head, body: body.into_bytes() })
    }

    /// Whether it did what was asked; that it was so before is as good.
    pub(super) fn is_success(&self) -> bool {
        self.head.status.is_success() || self.head.status.as_u16() == 304
    }

    /// The object in it.
    pub(super) fn object<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        match serde_json::from_slice(&self.body) {
            Ok(value @ Value::Object(_)) => serde_json::from_value(value).ok(),
            _ => None,
        }
        .ok_or_else(Refusal::nonsense)
    }

    /// The list in it, without what can't be read.
    pub(super) fn list<T: DeserializeOwned>(&self) -> Result<Vec<T>, Refusal> {
        let Ok(Value::Array(entries)) = serde_json::from_slice(&self.body) else {
            return Err(Refusal::nonsense());
        };
        let objects = entries.into_iter().filter(Value::is_object);
        Ok(objects.filter_map(|entry| serde_json::from_value(entry).ok()).collect())
    }

    /// What is wrong, for an answer that isn't a success.
    pub(super) fn refusal(&self, ask: &Ask, is_of_an_app: bool) -> Refusal {
        let json: Option<Value> = serde_json::from_slice(&self.body).ok();
        let said = json.as_ref().and_then(|json| json.get("message")?.as_str());
        let plain = String::from_utf8_lossy(&self.body);
        let text = clip(said.unwrap_or(&plain), LONGEST_TEXT);
        let (head, bucket) = (&self.head, ask.bucket());
        let mut trouble = Trouble::of(head, &text, bucket);
        if !is_of_an_app && self.lacks_scope(ask, trouble) {
            trouble = Trouble::MissingScope;
        }
        let used_up = head.left.filter(|left| left.remaining == 0).map(|left| left.resets_in);
        let is_limit = matches!(trouble, Trouble::RateLimited | Trouble::QuotaExceeded);
        let is_used_up = is_limit && head.retry_after.is_none() && used_up.is_some();
        Refusal {
            said: complaints(json.as_ref(), said),
            scopes: ask.scopes(),
            sees_private: is_of_an_app || self.has_scope("repo"),
            is_of_an_app,
            permissions: head.accepted_permissions.as_deref().map(|words| clip(words, 100)),
            sso: head.sso.clone(),
            retry_after: if is_used_up { used_up } else { head.retry_after },
            wants_quiet: is_limit && !is_used_up,
            may_be_done: trouble == Trouble::Unavailable && !ask.is_read(),
            ..Refusal::plain(trouble)
        }
    }

    /// GitHub hides what a token may not touch as if it weren't there, but says which scopes the token
    /// has and which would do.
    fn lacks_scope(&self, ask: &Ask, trouble: Trouble) -> bool {
        let hidden = matches!(trouble, Trouble::NotFound | Trouble::Forbidden);
        let accepted = &self.head.accepted_scopes;
        hidden
            && !ask.scopes().is_empty()
            && self.head.scopes.is_some()
            && !accepted.is_empty()
            && !accepted.iter().any(|wanted| self.has_scope(wanted))
    }

    fn has_scope(&self, wanted: &str) -> bool {
        self.head.scopes.iter().flatten().any(|has| covers(has, wanted))
    }
}

/// GitHub's message, and what it has against single fields (REST API, validation failed).
fn complaints(json: Option<&Value>, said: Option<&str>) -> String {
    let errors = json.and_then(|json| json.get("errors")?.as_array());
    let each = errors.into_iter().flatten().take(MOST_COMPLAINTS).filter_map(|error| {
        let word = |name| error.get(name).and_then(Value::as_str);
        let told = error.as_str().or_else(|| word("message")).map(message);
        told.or_else(|| Some(message(&format!("{} is {}", word("field")?, word("code")?))))
    });
    let said = said.map(message).filter(|said| !said.is_empty());
    said.into_iter().chain(each).collect::<Vec<_>>().join("; ")
}
