//! What a call answers for want of an account: the way to connect one, as the client can take it.
//!
//! A client that opens links for people is given the link to open, by an answer that asks for input
//! (MCP 2026-07-28) or by an error (MCP 2025-11-25; elicitation, URL mode in both). For all others
//! it stands in the words for the model.

mod call;
mod words;

use rmcp::{
    ErrorData,
    model::{
        CallToolResponse, ElicitRequest, ElicitRequestParams, InputRequest, InputRequiredResult,
    },
};
use stagepass_kit::{Caller, ToolError};

use crate::{
    clock::Clock,
    connect::{Connect, IssuedLink, Offer},
    providers::ProviderClient,
    vault::Vault,
};

pub(super) use call::{Call, answers};
use call::{Reply, Taken};

/// Names the one request in an answer that asks for input.
const CONNECT: &str = "connect";

/// Makes offers.
pub struct Offers {
    connect: Connect,
    vault: Vault,
    clock: Clock,
}

impl Offers {
    /// Offers of `connect`'s links.
    #[must_use]
    pub fn new(connect: Connect, vault: Vault, clock: Clock) -> Self {
        Self { connect, vault, clock }
    }

    /// What is in the state that the call brings, if any, and if it is its own. It is empty in those
    /// of offers.
    ///
    /// # Errors
    /// Invalid parameters when it isn't.
    pub(super) fn check(&self, call: &Call<'_>) -> Result<Option<Vec<u8>>, ErrorData> {
        let check = |state| call.bond().check(state, self.vault.sealer(), self.clock.now());
        call.state().map(check).transpose()
    }

    /// A state for the call with `inner` in it.
    ///
    /// # Errors
    /// Never in practice.
    pub(super) fn state(&self, call: &Call<'_>, inner: &[u8]) -> Result<String, ErrorData> {
        let state = call.bond().seal(inner, self.vault.sealer(), self.clock.now());
        state.map_err(|_| ErrorData::internal_error("the state can't be sealed", None))
    }

    /// The answer to `call`, which ended with `error`.
    ///
    /// # Errors
    /// The error that is the offer, for clients that take it so.
    pub(super) async fn answer(
        &self,
        call: &Call<'_>,
        error: ToolError,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(provider) = self.cure(&error) else { return Ok(error.to_result().into()) };
        let offered = self.connect.offer(call.caller, provider, error.scopes()).await;
        let (link, error, is_new) = match offered {
            Ok(Offer::New(link, None)) => (link, error, true),
            Ok(Offer::New(link, Some(failed))) => (link, words::after(error, &failed), true),
            Ok(Offer::Again(link)) => (link, error, false),
            Ok(Offer::CodeAwaited) => return Ok(words::code_awaited(error, provider).into()),
            Ok(Offer::Finishing) => return Ok(words::finishing(error, provider).into()),
            Err(failure) => {
                let cause = std::error::Error::source(&failure);
                tracing::error!(cause, "no link could be offered");
                return Ok(error.to_result().into());
            }
        };
        let reply = call.reply();
        match call.taken() {
            // Asked again and again, a person would get the same window again and again.
            Taken::AsInput if reply.is_none() => self.ask(call, &error, provider, &link),
            Taken::AsError => Err(words::url_required(&error, provider, &link)),
            Taken::AsInput | Taken::InWords => {
                // What was opened before wasn't this one.
                let reply = reply.filter(|reply| *reply == Reply::Declined || !is_new);
                Ok(words::told(error, provider, &link, reply).into())
            }
        }
    }

    /// The same in words, for what isn't a tool's call, and maybe read by the person.
    pub(super) async fn in_words(&self, caller: &Caller, error: ToolError) -> ToolError {
        let Some(provider) = self.cure(&error) else { return error };
        match self.connect.offer(caller, provider, error.scopes()).await {
            Ok(Offer::New(link, _) | Offer::Again(link)) => words::to_read(error, provider, &link),
            _ => error,
        }
    }

    /// Where somebody has to sign in to be spared this error.
    fn cure(&self, error: &ToolError) -> Option<&ProviderClient> {
        self.connect.provider(Some(error.provider()?)).ok()
    }

    fn ask(
        &self,
        call: &Call<'_>,
        error: &ToolError,
        provider: &ProviderClient,
        link: &IssuedLink,
    ) -> Result<CallToolResponse, ErrorData> {
        let params = ElicitRequestParams::UrlElicitationParams {
            meta: None,
            message: words::to_the_person(error, provider),
            url: link.url.to_string(),
            elicitation_id: link.id.clone(),
        };
        let asked = InputRequest::Elicitation(ElicitRequest::new(params));
        let state = self.state(call, &[])?;
        let asked = [(CONNECT.to_owned(), asked)].into();
        Ok(InputRequiredResult::new(Some(asked), Some(state)).into())
    }
}
