//! A call that came to nothing, and the words for it.

use std::{sync::Arc, time::Duration};

use stagepass_kit::{ToolError, code};

use super::{Trouble, budget::Closed};
use crate::PROVIDER;

/// The codes of this crate; its front page says what they mean.
pub(crate) mod own_code {
    pub(crate) const NO_ACTIVE_DEVICE: &str = "no_active_device";
    pub(crate) const PREMIUM_REQUIRED: &str = "premium_required";
    pub(crate) const OWNER_PREMIUM_REQUIRED: &str = "owner_premium_required";
    pub(crate) const NOT_ALLOWLISTED: &str = "not_allowlisted";
    pub(crate) const ENDPOINT_UNAVAILABLE: &str = "endpoint_unavailable";
    pub(crate) const DEVICE_RESTRICTED: &str = "device_restricted";
    pub(crate) const VOLUME_UNSUPPORTED: &str = "volume_unsupported";
    pub(crate) const NOT_DONE: &str = "not_done";
    pub(crate) const PLAYLIST_NOT_READABLE: &str = "playlist_not_readable";
}

/// The wait that is advised when Spotify names none.
const SOME_TIME: Duration = Duration::from_secs(30);

/// Why a call came to nothing.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It never got to Spotify, or must not get there again.
    Tool(ToolError),
    /// Spotify said no, or nothing.
    Refused(Refusal),
}

impl Failure {
    /// Whether Spotify said no for this reason.
    pub(crate) fn is(&self, trouble: Trouble) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.trouble == trouble)
    }
}

impl From<ToolError> for Failure {
    fn from(error: ToolError) -> Self {
        Self::Tool(error)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Failure> for ToolError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Tool(error) => error,
            Failure::Refused(refusal) => refusal.into_error(),
        }
    }
}

/// A "no" of Spotify, or its silence.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) trouble: Trouble,
    /// Spotify's word for programs; may be empty.
    pub(crate) reason: String,
    /// Spotify's message, fit to be shown; may be empty.
    pub(crate) said: String,
    /// The scopes that the request needs.
    pub(crate) scopes: &'static [&'static str],
    /// How long Spotify wants us to wait.
    pub(crate) retry_after: Option<Duration>,
    /// For the log.
    pub(crate) cause: Option<Arc<reqwest::Error>>,
}

impl Refusal {
    /// No answer in time, or none at all.
    pub(super) fn lost(cause: Arc<reqwest::Error>) -> Self {
        Self { cause: Some(cause), ..Self::nonsense() }
    }

    /// It wasn't even sent: there have been too many calls.
    pub(super) fn closed(closed: Closed) -> Self {
        Self { trouble: closed.trouble, retry_after: Some(closed.wait), ..Self::nonsense() }
    }

    /// An answer that can't be read.
    pub(crate) fn nonsense() -> Self {
        Self {
            trouble: Trouble::Unavailable,
            reason: String::new(),
            said: String::new(),
            scopes: &[],
            retry_after: None,
            cause: None,
        }
    }

    fn into_error(self) -> ToolError {
        match self.trouble {
            Trouble::MissingScope => ToolError::missing_scope(PROVIDER, self.scopes_to_name()),
            Trouble::RateLimited => self.rate_limited(),
            Trouble::QuotaExceeded => self.quota_exceeded(),
            Trouble::Unavailable => self.unavailable(),
            Trouble::PlayerRefuses | Trouble::AlreadySo => self.player_refuses(),
            Trouble::NotFound => ToolError::new(
                code::NOT_FOUND,
                self.sentence("Spotify doesn't know what was asked for."),
                "Search for it again with spotify_search; for a device, call spotify_devices: \
                 their ids change.",
            ),
            Trouble::Invalid => ToolError::invalid_argument(
                self.sentence("Spotify can't use these arguments."),
                "Correct the arguments and call again.",
            ),
            Trouble::Forbidden => ToolError::new(
                code::FORBIDDEN,
                self.sentence("Spotify refuses this."),
                "Don't repeat the call as it is.",
            ),
            other => fixed(other),
        }
    }

    fn scopes_to_name(&self) -> &'static [&'static str] {
        if self.scopes.is_empty() { &["a permission that this needs"] } else { self.scopes }
    }

    fn rate_limited(&self) -> ToolError {
        let wait = self.retry_after.unwrap_or(SOME_TIME).max(Duration::from_secs(1));
        ToolError::new(
            code::RATE_LIMITED,
            "Spotify gets too many calls at the moment.",
            format!(
                "Wait {} seconds before the next Spotify call.",
                wait.as_millis().div_ceil(1000)
            ),
        )
        .retry_after(wait)
    }

    fn quota_exceeded(&self) -> ToolError {
        let error = ToolError::new(
            code::QUOTA_EXCEEDED,
            "This server's Spotify quota is used up; all apps of its owner share it.",
            "Stop calling Spotify tools for now and tell the person; it can last a day.",
        );
        match self.retry_after.filter(|wait| !wait.is_zero()) {
            Some(wait) => error.retry_after(wait),
            None => error,
        }
    }

    fn unavailable(self) -> ToolError {
        let error =
            ToolError::provider_unavailable(PROVIDER, self.retry_after.unwrap_or(SOME_TIME));
        match self.cause {
            Some(cause) => error.caused_by(cause),
            None => error,
        }
    }

    fn player_refuses(&self) -> ToolError {
        let message = match self.reason.as_str() {
            "NO_PREV_TRACK" => "There is no previous track.",
            "NO_NEXT_TRACK" => "There is no next track.",
            "NOT_PLAYING_TRACK" | "NOT_PLAYING_CONTEXT" | "NOT_PLAYING_LOCALLY" => {
                "Nothing is playing that this could be done to."
            }
            _ => "The player doesn't allow this at the moment.",
        };
        ToolError::new(
            code::FORBIDDEN,
            message,
            "Call spotify_now to see what plays; spotify_play starts something else.",
        )
    }

    /// `start`, and what Spotify said, if anything.
    fn sentence(&self, start: &str) -> String {
        if self.said.is_empty() {
            return start.to_owned();
        }
        let stop = if self.said.ends_with(['.', '!', '?']) { "" } else { "." };
        format!("{start} It says: {}{stop}", self.said)
    }
}

/// The refusals that always read the same.
fn fixed(trouble: Trouble) -> ToolError {
    let (code, message, next_step) = match trouble {
        Trouble::NoActiveDevice => (
            own_code::NO_ACTIVE_DEVICE,
            "No Spotify device is active.",
            "Call spotify_devices and pass one of them as `device`, or ask the person to open \
             Spotify on a device.",
        ),
        Trouble::PremiumRequired => (
            own_code::PREMIUM_REQUIRED,
            "Spotify lets only Premium accounts be controlled from outside.",
            "Tell the person; searching and looking still work. Don't repeat the call.",
        ),
        Trouble::OwnerPremiumRequired => (
            own_code::OWNER_PREMIUM_REQUIRED,
            "Spotify stopped this server's app, because its owner has no active Premium plan.",
            "Only the owner of this server can change that, and it can take hours to have effect. \
             Don't repeat the call.",
        ),
        Trouble::NotAllowlisted => (
            own_code::NOT_ALLOWLISTED,
            "This Spotify account isn't among the users of this server's Spotify app.",
            "The owner of this server has to add the account's e-mail address in the Spotify \
             Developer Dashboard under User Management (at most 5 people).",
        ),
        Trouble::DeviceRestricted => (
            own_code::DEVICE_RESTRICTED,
            "This device takes no commands from outside.",
            "Choose another one from spotify_devices, or use the device itself.",
        ),
        Trouble::VolumeUnsupported => (
            own_code::VOLUME_UNSUPPORTED,
            "The volume of this device can't be set from outside.",
            "Ask the person to set it on the device.",
        ),
        _ => (
            own_code::ENDPOINT_UNAVAILABLE,
            "Spotify doesn't offer this to apps like this server's.",
            "Don't repeat the call; try another way.",
        ),
    };
    ToolError::new(code, message, next_step)
}
