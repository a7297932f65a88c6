//! How a remote stands, as far as that is the operator's business: said once when it changes, and not with
//! every call. What may be due to one person, their token or what they ask for, isn't held against it.

use std::{
    error::Error,
    fmt,
    sync::{Mutex, PoisonError},
};

use crate::{
    Credentials, Remote, clean,
    fault::{Fault, UNKNOWN_METHOD},
};

/// Characters of what the system says of a line that doesn't come about.
const LONGEST_CAUSE: usize = 200;

/// HTTP: too many requests.
const TOO_MANY: u16 = 429;

/// How a remote stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// It speaks MCP.
    Answers,
    /// It is there, and what else can be known needs a person's token.
    WantsToken,
    /// It doesn't accept the header that it is shown; the status.
    RefusesHeader(u16),
    /// It is shown nothing, and wants something; the status.
    WantsCredentials(u16),
    /// There is no MCP endpoint at its address; the status.
    Absent(u16),
    /// It redirects; the status.
    Moved(u16),
    /// It answers with another status.
    Status(u16),
    /// It answers with an error of JSON-RPC; the code.
    Refuses(i64),
    /// There is no connection.
    Unreachable,
    /// It takes too long.
    Slow,
    /// What it says isn't MCP, or is too much.
    Nonsense,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answers => f.write_str("answers"),
            Self::WantsToken => f.write_str("answers whoever has linked an account"),
            Self::RefusesHeader(status) => write!(f, "refuses our header ({status})"),
            Self::WantsCredentials(status) => write!(f, "wants credentials ({status})"),
            Self::Absent(status) => write!(f, "isn't at that address ({status})"),
            Self::Moved(status) => write!(f, "has moved to another address ({status})"),
            Self::Status(status) => write!(f, "answers with status {status}"),
            Self::Refuses(code) => write!(f, "answers with error {code}"),
            Self::Unreachable => f.write_str("can't be reached"),
            Self::Slow => f.write_str("takes too long"),
            Self::Nonsense => f.write_str("doesn't speak MCP"),
        }
    }
}

impl State {
    /// What `fault` says of a server that is shown `credentials`.
    pub(crate) fn of(fault: &Fault, credentials: &Credentials) -> Option<Self> {
        let refusal = |status| match credentials {
            Credentials::None => Self::WantsCredentials(status),
            Credentials::Header(..) => Self::RefusesHeader(status),
            Credentials::Provider(_) => Self::WantsToken,
        };
        Some(match fault {
            Fault::Unauthorized => refusal(401),
            Fault::Forbidden(_) => refusal(403),
            Fault::Status(status @ (404 | 405 | 410), _) => Self::Absent(*status),
            Fault::Status(status @ 300..=399, _) => Self::Moved(*status),
            Fault::Status(status, _) if *status != TOO_MANY => Self::Status(*status),
            Fault::Refused { code, .. } => Self::Refuses(*code),
            Fault::Away(_) => Self::Unreachable,
            Fault::Slow => Self::Slow,
            Fault::TooLarge | Fault::Nonsense(_) => Self::Nonsense,
            // A server that has had too much of us is well.
            Fault::Status(..)
            | Fault::Links(_)
            | Fault::Declined
            | Fault::Late
            | Fault::Forgotten
            | Fault::Resting(_)
            | Fault::Busy
            | Fault::Cancelled
            | Fault::BadHeader => return None,
        })
    }

    /// The setting that is probably wrong.
    fn setting(self) -> &'static str {
        match self {
            Self::RefusesHeader(_) => "header_value",
            Self::WantsCredentials(_) => "auth",
            _ => "url",
        }
    }

    /// Whether a token that is no good may be why.
    fn is_perhaps_the_tokens(self) -> bool {
        let is_the_servers = matches!(
            self,
            Self::Absent(_)
                | Self::Moved(_)
                | Self::Status(502..=504)
                | Self::Unreachable
                | Self::Slow
                | Self::Nonsense
        );
        !is_the_servers
    }
}

/// What a server was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// Which protocol to speak.
    Agreement,
    /// A list: the method.
    List(&'static str),
    /// What somebody called.
    Call,
}

/// What is wrong, if something is.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<Option<Ill>>);

#[derive(Debug)]
struct Ill {
    state: State,
    /// The only list that doesn't come, if the server does all else.
    list: Option<&'static str>,
}

impl Health {
    #[cfg(test)]
    pub(crate) fn state(&self) -> Option<State> {
        self.0.lock().unwrap().as_ref().map(|ill| ill.state)
    }

    /// Answers whether that wasn't known.
    fn failed(&self, state: State, list: Option<&'static str>) -> bool {
        let mut ill = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ill.as_ref().is_some_and(|ill| ill.state == state) {
            return false;
        }
        *ill = Some(Ill { state, list });
        true
    }

    /// Answers whether it has recovered.
    fn answered(&self, list: Option<&'static str>) -> bool {
        let mut ill = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ill.take_if(|ill| ill.list.is_none() || ill.list == list).is_some()
    }
}

impl Remote {
    /// Notes that it answered.
    pub(crate) fn note_health(&self, asked: For) {
        let list = if let For::List(method) = asked { Some(method) } else { None };
        if self.inner.health.answered(list) {
            let remote = self.name();
            tracing::info!(remote, "the server {remote} answers again");
        }
    }

    /// Notes why it didn't, unless that may be one person's matter.
    pub(crate) fn note_fault(&self, asked: For, fault: &Fault) {
        let Some(state) = State::of(fault, &self.inner.credentials) else { return };
        let takes_tokens = self.provider().is_some();
        let list = match asked {
            _ if fault.is_unreachable() => None,
            For::Call => return,
            For::Agreement if takes_tokens && state == State::WantsToken => {
                return self.note_health(asked);
            }
            For::Agreement if takes_tokens && state.is_perhaps_the_tokens() => return,
            For::Agreement => None,
            For::List(_) if state == State::Refuses(UNKNOWN_METHOD) => {
                return self.note_health(asked);
            }
            // What somebody has may be too much, or not for them to see.
            For::List(_) if takes_tokens => return,
            For::List(method) => Some(method),
        };
        if !self.inner.health.failed(state, list) {
            return;
        }
        let (remote, setting) = (self.name(), state.setting());
        let cause = if let Fault::Away(error) = fault { deepest(error) } else { String::new() };
        tracing::warn!(
            remote,
            list,
            cause,
            "the server {remote} {state}: what it has may be missing; look at remote.{remote}.{setting}"
        );
    }
}

/// What the system says, without what was tried: a URL may hold a secret.
fn deepest(error: &reqwest::Error) -> String {
    let mut deepest = error.source();
    while let Some(below) = deepest.and_then(Error::source) {
        deepest = Some(below);
    }
    deepest.map(|error| clean::line(&error.to_string(), LONGEST_CAUSE)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GONE: State = State::Absent(404);

    #[test]
    fn what_stays_as_it_is_is_said_once() {
        let health = Health::default();
        assert!(!health.answered(None), "it was never ill");
        assert!(health.failed(GONE, None));
        assert!(!health.failed(GONE, Some("tools/list")));
        assert!(health.failed(State::Unreachable, None), "it fails otherwise");
        assert!(health.answered(None));
        assert!(!health.answered(None));
        assert!(health.failed(State::Unreachable, None), "once more");
    }

    #[test]
    fn a_list_that_never_comes_is_not_made_up_for_by_others() {
        let health = Health::default();
        assert!(health.failed(GONE, Some("prompts/list")));
        for _ in 0..3 {
            assert!(!health.failed(GONE, Some("prompts/list")));
            assert!(!health.answered(Some("tools/list")) && !health.answered(None));
        }
        assert!(health.answered(Some("prompts/list")));
    }

    #[test]
    fn no_word_of_the_server_and_no_secret_is_in_a_state() {
        let fault = Fault::Refused { code: -32_000, message: "canary".to_owned() };
        let header = "canary".into();
        let header = Credentials::Header(reqwest::header::AUTHORIZATION, header);
        let state = State::of(&fault, &header).unwrap();
        assert_eq!(state.to_string(), "answers with error -32000");
        let state = State::of(&Fault::Unauthorized, &header).unwrap();
        assert_eq!(state.to_string(), "refuses our header (401)");
    }
}
