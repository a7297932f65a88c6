//! `Auth(handle_callback)`: what came back through the chat.
//!
//! Three things may come: the one-time code from our page; the whole URL that the provider
//! redirected to, from a browser that couldn't reach this server, or a relay's line of it; or the
//! bare authorization code out of it. Whoever gives it in this chat is whoever asked in this chat, so nothing more has to
//! be proven. PKCE's verifier never leaves the server, so a stranger's code is worth nothing here.

use secrecy::SecretString;
use stagepass_kit::{Identity, ToolError, code};

use super::{
    CODE, Connect, TRIES,
    finish::{Connected, Ended, Finished, open_grant},
    link_expired, pasted, problem, tool_error,
};
use crate::{
    providers::{AuthorizationAnswer, ProviderClient},
    store::{LinkRow, LinkState},
    vault::{hash, read_spoken_code},
};

/// The longest thing that anybody would paste.
const LONGEST: usize = 8 * 1024;
/// The shortest authorization code that is believed to be one.
const SHORTEST: usize = 16;

impl Connect {
    /// Finishes the link of `identity` with what the person gave back. A one-time code of another
    /// chat's is caught before, by [`Connect::confirm_visit`], which sees every code first.
    ///
    /// # Errors
    /// `code_invalid`, `link_expired`, `wrong_identity`, or whatever the provider made of it.
    pub async fn confirm(
        &self,
        identity: &Identity,
        client: &ProviderClient,
        given: &str,
    ) -> Result<Connected, ToolError> {
        let given = stripped(given);
        if given.is_empty() || given.len() > LONGEST {
            return Err(unusable());
        }
        let pasted = pasted::read(given)?;
        let link = match &pasted {
            Some(answer) => self.link_of_pasted(identity, client, answer).await?,
            None => self.newest_link(identity, client).await?,
        };
        if link.state == LinkState::Completed {
            return Err(used());
        }
        if let Some(problem) = link.problem() {
            return Err(tool_error(&problem));
        }
        if !link.is_live(self.clock.now()) {
            return Err(tool_error(&link_expired()));
        }
        let finished = match (link.state, pasted) {
            (LinkState::Pending, Some(_)) => return Err(code_awaited()),
            (LinkState::Pending, None) => self.redeem(link, client, given).await?,
            (LinkState::Started, Some(answer)) => self.finish(link, answer, true, None).await?,
            (LinkState::Started, None) if !may_be_a_code(given) => return Err(unusable()),
            (LinkState::Started, None) => {
                // Alone, a code doesn't say whose it is.
                if !matches!(client.always_says_iss().await, Ok(false)) {
                    return Err(address_needed());
                }
                let code = SecretString::from(given);
                let answer = AuthorizationAnswer::of_code(code);
                self.finish(link, answer, true, None).await?
            }
            (LinkState::Exchanging, _) => return Err(used()),
            _ => return Err(not_begun()),
        };
        match finished {
            Finished::Connected { connected, .. } => Ok(connected),
            Finished::Pending { .. } => Err(ToolError::internal("a proven link can't be pending")),
        }
    }

    async fn newest_link(
        &self,
        identity: &Identity,
        client: &ProviderClient,
    ) -> Result<LinkRow, ToolError> {
        let link = self.db.link_of(&identity.to_string(), client.id()).await;
        link.map_err(ToolError::internal)?.ok_or_else(none_under_way)
    }

    async fn link_of_pasted(
        &self,
        identity: &Identity,
        client: &ProviderClient,
        answer: &AuthorizationAnswer,
    ) -> Result<LinkRow, ToolError> {
        let state = answer.state.as_deref().ok_or_else(unusable)?;
        let link = self.db.link_by_state(&hash(state)).await.map_err(ToolError::internal)?;
        let link = link.filter(|link| link.provider == client.id());
        let link = link.ok_or_else(|| tool_error(&link_expired()))?;
        if link.identity == identity.to_string() {
            Ok(link)
        } else {
            Err(self.wrong_chat(link).await?)
        }
    }

    /// The one-time code, at most a few wrong ones. Whoever gives the right one first has it.
    async fn redeem(
        &self,
        link: LinkRow,
        client: &ProviderClient,
        given: &str,
    ) -> Result<Finished, ToolError> {
        let typed = read_spoken_code::<CODE>(given).map(|code| hash(&code)).unwrap_or_default();
        let tried = self.db.try_code(&link.id, &typed, TRIES).await;
        let Some(link) = tried.map_err(ToolError::internal)? else { return Err(used()) };
        if link.state == LinkState::Exchanging {
            let grant = match open_grant(self, &link) {
                Ok(grant) => grant,
                Err(error) => return Err(self.broke_off(&link, error, None).await),
            };
            return match self.activate(&link, client, grant, None).await {
                Ok(finished) => Ok(finished),
                Err(Ended::Used) => Err(used()),
                Err(Ended::Problem(problem) | Ended::Denied(problem)) => Err(tool_error(&problem)),
                Err(Ended::Internal(error)) => Err(self.broke_off(&link, error, None).await),
            };
        }
        if link.tries < TRIES {
            return Err(ToolError::new(
                code::CODE_INVALID,
                "That isn't the code on the page.",
                "Ask the person to read the code from the page again; it looks like K7QM-2X9D.",
            ));
        }
        let problem = problem(
            code::LINK_EXPIRED,
            "Too many wrong codes were given, so the link was ended.",
            "Call Auth with action \"get_url\" and begin again.",
        );
        self.end_pending(link, &problem).await?;
        Err(tool_error(&problem))
    }
}

/// Chats wrap addresses and codes in all kinds of brackets and quotes.
pub(super) fn stripped(given: &str) -> &str {
    given.trim().trim_matches(['<', '>', '`', '"', '\'', '(', ')', '*'])
}

/// Whether `given` looks like an authorization code at all. A model that says "done" here, or gives
/// our own link back, must not end a sign-in that is under way.
fn may_be_a_code(given: &str) -> bool {
    given.len() >= SHORTEST && !given.contains(char::is_whitespace) && !given.contains("://")
}

pub(super) fn unusable() -> ToolError {
    ToolError::new(
        code::CODE_INVALID,
        "That is neither a one-time code nor a redirect URL.",
        "Give the code from the page, or the whole address of the page that the browser ended on.",
    )
}

fn address_needed() -> ToolError {
    ToolError::new(
        code::CODE_INVALID,
        "The code alone doesn't say which service has sent it.",
        "Give the whole address of the page that the browser ended on.",
    )
}

fn code_awaited() -> ToolError {
    ToolError::new(
        code::CODE_INVALID,
        "The person has signed in; only the code on the page is missing.",
        "Ask the person for the code on the page; it looks like K7QM-2X9D.",
    )
}

fn none_under_way() -> ToolError {
    ToolError::new(
        code::LINK_EXPIRED,
        "No sign-in is under way.",
        "Call Auth with action \"get_url\" and show the link to the person.",
    )
}

fn used() -> ToolError {
    ToolError::new(
        code::CODE_INVALID,
        "This sign-in is finished already.",
        "Call Auth with action \"status\" to see whether the account is connected.",
    )
}

fn not_begun() -> ToolError {
    ToolError::new(
        code::CODE_INVALID,
        "The link wasn't opened yet, so there is no sign-in for this code.",
        "Ask the person to open the link and press the button first.",
    )
}
