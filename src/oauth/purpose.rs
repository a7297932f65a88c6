//! What somebody signs in for.

use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use url::Url;

use super::authorize::Request;
use crate::{audit::Entry, web::ACCOUNT};

/// What somebody signs in for.
#[derive(Serialize, Deserialize)]
pub(super) enum Purpose {
    /// A client asks, and the person agreed.
    Client(Request),
    /// Their own page here: nobody asks.
    Account,
}

impl Purpose {
    /// The same entry with the client that asks.
    pub(super) fn note(&self, entry: Entry) -> Entry {
        match self {
            Self::Client(request) => entry.client(&request.client_id),
            Self::Account => entry,
        }
    }

    /// Where the client waits for this `answer`; none where none does.
    pub(super) fn back(&self, issuer: &str, answer: &[(&str, &str)]) -> Option<Url> {
        match self {
            Self::Client(request) => request.back(issuer, answer),
            Self::Account => None,
        }
    }

    /// How a person begins once more, in the middle of a sentence.
    pub(super) fn once_more(&self) -> &'static str {
        match self {
            Self::Client(_) => "go back to your app and connect again",
            Self::Account => "open your page here again and sign in",
        }
    }

    /// The way from a page that says no back to where the person began.
    pub(super) fn way_back(&self, issuer: &str) -> Markup {
        let refused = self.back(issuer, &[("error", "access_denied")]);
        html! {
            @match (self, refused) {
                (Self::Client(request), Some(url)) => {
                    p { a href=(url) { "Back to " (request.client_name) } }
                }
                (Self::Client(_), None) => {}
                (Self::Account, _) => p { a href=(ACCOUNT) { "Back to the sign-in" } },
            }
        }
    }
}
