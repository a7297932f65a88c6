//! Where a person's way ends early: on a page of ours, or back at the client.

use std::{borrow::Cow, time::Duration};

use axum::{
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use maud::Markup;
use url::Url;

use super::{error::OAuthError, parameters::Repeated};
use crate::{
    vault::SealError,
    web::{layout, limit::Refusal},
};

/// Why there is no page, or no code.
pub(super) enum Stop {
    /// A page that says what is wrong and what to do.
    Page(StatusCode, &'static str, Cow<'static, str>, Cow<'static, str>),
    /// A page of its own.
    Shown(StatusCode, Box<Markup>),
    /// The client hears of it. Its redirect URI was checked.
    Back(Url),
    /// The client has sent too many people, and has to wait so long.
    TooMany(Duration),
    /// A fault of ours.
    Internal,
    /// The database is away.
    Away,
}

impl Stop {
    pub(super) fn page(
        status: StatusCode,
        title: &'static str,
        message: impl Into<Cow<'static, str>>,
        next_step: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Page(status, title, message.into(), next_step.into())
    }

    /// The form was sent from elsewhere, too late, or twice.
    pub(super) fn again() -> Self {
        Self::page(
            StatusCode::FORBIDDEN,
            "This page is over",
            "It was used already, is too old, or was opened from somewhere else.",
            "Go back to your app and connect again. If you came for your own page here, open that \
             again.",
        )
    }

    /// Nothing tells that it is still the same person.
    pub(super) fn no_cookie() -> Self {
        Self::page(
            StatusCode::BAD_REQUEST,
            "This isn't the browser in which it began",
            "You began in another browser, or this one keeps no cookies.",
            "Go on in the browser in which you began. If that is this one, allow cookies for this \
             page, go back to your app and connect again.",
        )
    }
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "a page can't use the database");
        Self::Away
    }
}

/// No form of ours says anything twice.
impl From<Repeated> for Stop {
    fn from(_: Repeated) -> Self {
        Self::again()
    }
}

impl From<SealError> for Stop {
    fn from(error: SealError) -> Self {
        tracing::error!(%error, "a page can't seal");
        Self::Internal
    }
}

impl From<OAuthError> for Stop {
    fn from(_: OAuthError) -> Self {
        // It was logged where it arose.
        Self::Away
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        match self {
            Self::Page(status, title, message, next_step) => {
                layout::problem(status, title, &message, &next_step)
            }
            Self::Shown(status, page) => (status, *page).into_response(),
            Self::Back(url) => to_client(&url, "the app"),
            Self::TooMany(wait) => Refusal::Page.too_many(wait),
            Self::Internal => layout::problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong",
                "This server has a fault; its log says more.",
                "Try again; if it stays, tell whoever runs this server.",
            ),
            Self::Away => layout::problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "Not at the moment",
                "This server can't reach its database.",
                "Try again in a minute.",
            ),
        }
    }
}

/// The way to a client, whose redirect URI was checked, where no form of ours comes before it.
///
/// To an app that isn't a website by a page: the browser stays where it is, and else that would be
/// the provider's page, with nothing on it to press if the app doesn't open.
pub(super) fn to_client(url: &Url, name: &str) -> Response {
    if matches!(url.scheme(), "http" | "https") {
        (StatusCode::SEE_OTHER, [(LOCATION, url.as_str())]).into_response()
    } else {
        layout::onward(url, name)
    }
}
