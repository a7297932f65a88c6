//! The words for a refusal: what is wrong, and what to do.

use std::time::Duration;

use stagepass_kit::{ToolError, code};
use url::Url;

use super::{Refusal, Trouble, failure::SOME_TIME};
use crate::PROVIDER;

/// The codes of this crate; its front page says what they mean.
mod own_code {
    pub(super) const APP_NOT_PERMITTED: &str = "app_not_permitted";
    pub(super) const SSO_REQUIRED: &str = "sso_required";
    pub(super) const ORGANIZATION_RESTRICTED: &str = "organization_restricted";
    pub(super) const ISSUES_DISABLED: &str = "issues_disabled";
    pub(super) const EMPTY_REPOSITORY: &str = "empty_repository";
    pub(super) const MOVED: &str = "moved";
    pub(super) const BLOCKED: &str = "blocked";
}

impl Refusal {
    pub(super) fn into_error(self) -> ToolError {
        match self.trouble {
            Trouble::MissingScope => ToolError::missing_scope(PROVIDER, self.scope_to_name()),
            Trouble::RateLimited => self.rate_limited(),
            Trouble::QuotaExceeded => self.quota_exceeded(),
            Trouble::Unavailable => self.unavailable(),
            Trouble::NotFound => self.not_found(),
            Trouble::AppNotPermitted => self.app_not_permitted(),
            Trouble::SsoRequired => self.sso_required(),
            Trouble::Invalid => ToolError::invalid_argument(
                self.sentence("GitHub can't use these arguments."),
                "Correct the arguments and call again.",
            ),
            Trouble::Forbidden => ToolError::new(
                code::FORBIDDEN,
                self.sentence("GitHub refuses this."),
                "Don't repeat the call as it is; tell the person what GitHub says.",
            ),
            Trouble::Gone => ToolError::new(
                own_code::ISSUES_DISABLED,
                self.sentence("There are no issues here, or this one was deleted."),
                "Don't repeat the call. github_repository tells about the repository.",
            ),
            other => fixed(other),
        }
    }

    fn scope_to_name(&self) -> &'static [&'static str] {
        self.scopes.get(..1).unwrap_or(&["a permission that this needs"])
    }

    fn wait(&self) -> Duration {
        self.retry_after.unwrap_or(SOME_TIME).max(Duration::from_secs(1))
    }

    fn rate_limited(&self) -> ToolError {
        let wait = self.wait();
        ToolError::new(
            code::RATE_LIMITED,
            "GitHub gets too many calls, or searches, for this account at the moment.",
            format!("Wait {} before the next GitHub call, and make fewer.", span(wait)),
        )
        .retry_after(wait)
    }

    fn quota_exceeded(&self) -> ToolError {
        let wait = self.wait();
        ToolError::new(
            code::QUOTA_EXCEEDED,
            "This account's hourly allowance of GitHub calls is used up; all programs that act for \
             the person share it.",
            format!("It starts anew in {}: tell the person, and don't call before.", span(wait)),
        )
        .retry_after(wait)
    }

    fn unavailable(self) -> ToolError {
        let mut error = ToolError::provider_unavailable(PROVIDER, self.wait());
        if self.may_be_done {
            error = error.saying("GitHub gave no answer, so it may have been done or not.".into());
            error = error.advising(
                "Don't repeat it unseen. github_issue or github_search_issues shows whether it was \
                 done."
                    .into(),
            );
        }
        match self.cause {
            Some(cause) => error.caused_by(cause),
            None => error,
        }
    }

    fn not_found(&self) -> ToolError {
        let why = match (self.is_of_an_app, self.sees_private) {
            (true, _) => "A private one is seen only where this server's GitHub App is installed.",
            (false, true) => "A private one is seen only by those who have access to it.",
            (false, false) => "This account was connected without access to private repositories.",
        };
        ToolError::new(
            code::NOT_FOUND,
            format!("GitHub has no such thing, or this account may not see it. {why}"),
            "Check the spelling, or look for it with github_search_repositories or \
             github_search_issues.",
        )
    }

    fn app_not_permitted(&self) -> ToolError {
        let need = match &self.permissions {
            Some(permissions) => format!(" It needs: {permissions}."),
            None => String::new(),
        };
        ToolError::new(
            own_code::APP_NOT_PERMITTED,
            format!("This server's GitHub App isn't permitted to do this here.{need}"),
            "Don't repeat the call. The owner of this server can add the permission to the GitHub \
             App, or somebody with access installs it for the repository; some things, such as \
             notifications, no GitHub App can do.",
        )
    }

    fn sso_required(&self) -> ToolError {
        let link = self.sso.as_deref().and_then(link_for_sso);
        let next_step = match link {
            Some(link) => format!("Show this link to the person, and call again then: {link}"),
            None => "The person signs in to the organization on github.com and authorizes this \
                     app there (Settings, Applications); then call again."
                .to_owned(),
        };
        ToolError::new(
            own_code::SSO_REQUIRED,
            "The organization lets this app in only after a single sign-on.",
            next_step,
        )
    }

    /// `start`, and what GitHub said, if anything.
    fn sentence(&self, start: &str) -> String {
        if self.said.is_empty() {
            return start.to_owned();
        }
        let stop = if self.said.ends_with(['.', '!', '?']) { "" } else { "." };
        format!("{start} It says: {}{stop}", self.said)
    }
}

/// The link in `required; url=https://github.com/orgs/…`, if it is one of GitHub's.
fn link_for_sso(sso: &str) -> Option<String> {
    let url = Url::parse(sso.split_once("url=")?.1.trim()).ok()?;
    let is_githubs = url.scheme() == "https" && url.host_str() == Some("github.com");
    (is_githubs && url.as_str().len() < 500).then(|| url.to_string())
}

/// A time that people can read, rounded up.
fn span(wait: Duration) -> String {
    match wait.as_millis().div_ceil(1000) {
        1 => "1 second".into(),
        seconds @ ..=120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
    }
}

/// The refusals that always read the same.
fn fixed(trouble: Trouble) -> ToolError {
    let (code, message, next_step) = match trouble {
        Trouble::OrganizationRestricted => (
            own_code::ORGANIZATION_RESTRICTED,
            "The organization hasn't approved this server's app, so it shows nothing of its own.",
            "An owner of the organization approves the app; the person can ask for that on \
             github.com under Settings, Applications. Don't repeat the call.",
        ),
        Trouble::EmptyRepository => (
            own_code::EMPTY_REPOSITORY,
            "The repository is empty: nothing was ever pushed there.",
            "Tell the person; there is nothing to read.",
        ),
        Trouble::Blocked => (
            own_code::BLOCKED,
            "GitHub has taken this down, for legal reasons or for its rules.",
            "Tell the person. Don't repeat the call.",
        ),
        _ => (
            own_code::MOVED,
            "The repository has another name now.",
            "Call github_repository with the old name; it says the new one. Then call again with \
             that.",
        ),
    };
    ToolError::new(code, message, next_step)
}
