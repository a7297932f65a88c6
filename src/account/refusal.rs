//! Why there is no page, and why a button did nothing.

use axum::{
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use maud::html;
use stagepass_kit::ToolError;

use crate::web::{ACCOUNT, layout};

/// Why there is no page.
pub(super) enum Refusal {
    /// Nobody is signed in in this browser any more.
    NobodyThere,
    /// The form wasn't ours, or is from another time.
    ForeignForm,
    /// What was named isn't this person's, or isn't there any more.
    NotThere,
    /// The link from the chat is over, and why.
    LinkOver(String),
    /// The link from the chat was opened in another browser first.
    OtherBrowser,
    /// A fault of ours.
    Internal(ToolError),
}

impl From<ToolError> for Refusal {
    fn from(error: ToolError) -> Self {
        Self::Internal(error)
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::Internal(ToolError::internal(error))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            // That page says how to sign in.
            Self::NobodyThere => (StatusCode::SEE_OTHER, [(LOCATION, ACCOUNT)]).into_response(),
            Self::ForeignForm => with_way_back(
                StatusCode::FORBIDDEN,
                "Please press the button again",
                "The form was sent from another page, or is too old, so nothing was changed.",
            ),
            Self::NotThere => with_way_back(
                StatusCode::NOT_FOUND,
                "That isn't there",
                "It isn't yours, or was ended already, so nothing was changed.",
            ),
            Self::LinkOver(why) => layout::problem(
                StatusCode::GONE,
                "This link is over",
                &why,
                "Ask in your chat for a new link to your own page.",
            ),
            Self::OtherBrowser => layout::problem(
                StatusCode::CONFLICT,
                "Opened in another browser",
                "This link was opened in another browser already, so it shows nothing here.",
                "Go on there, or ask in your chat for a new link.",
            ),
            Self::Internal(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "page failed");
                let (status, title) = (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong");
                layout::problem(status, title, error.message(), "Wait a minute and try again.")
            }
        }
    }
}

fn with_way_back(status: StatusCode, title: &str, message: &str) -> Response {
    let body = html! {
        div role="alert" { p { (message) } }
        p { a href=(ACCOUNT) { "Back to your own page" } }
    };
    (status, layout::page(title, &body)).into_response()
}
