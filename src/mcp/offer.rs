//! What a call answers for want of an account: the way to connect one, as the client can take it.
//!
//! A client that opens links for people is given the link to open, by an answer that asks for input
//! (MCP 2026-07-28) or by an error (MCP 2025-11-25; elicitation, URL mode in both). For all others
//! it stands in the words for the model.

use http::request::Parts;
use rmcp::{
    ErrorData, RoleServer,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ElicitRequest,
        ElicitRequestParams, ErrorCode, InputRequest, InputRequiredResult, ProtocolVersion,
    },
    service::RequestContext,
};
use serde_json::{Value, json};
use stagepass_kit::{Identity, ToolError};

use super::{auth::when, session::OpensLinks, state::Bond};
use crate::{
    clock::Clock,
    connect::{Connect, IssuedLink, Offer},
    providers::ProviderClient,
    vault::Vault,
};

/// Names the one request in an answer that asks for input.
const CONNECT: &str = "connect";
/// "URL elicitation required" (MCP 2025-11-25, elicitation, error handling).
const URL_REQUIRED: ErrorCode = ErrorCode(-32042);

/// Makes offers.
pub struct Offers {
    connect: Connect,
    vault: Vault,
    clock: Clock,
}

/// One call, and who makes it.
pub(super) struct Call<'a> {
    pub(super) identity: &'a Identity,
    pub(super) request: &'a CallToolRequestParams,
    pub(super) context: &'a RequestContext<RoleServer>,
}

/// How a client takes a link.
enum Taken {
    /// In an answer that asks for input; the call is then made once more.
    AsInput,
    /// In an error that names links.
    AsError,
    /// In words, by the model.
    InWords,
}

/// What a person did with the link when it was shown for this call before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reply {
    Opened,
    Declined,
}

impl Offers {
    /// Offers of `connect`'s links.
    #[must_use]
    pub fn new(connect: Connect, vault: Vault, clock: Clock) -> Self {
        Self { connect, vault, clock }
    }

    /// Whether the state that the call brings, if any, is its own.
    ///
    /// # Errors
    /// Invalid parameters when it isn't.
    pub(super) fn check(&self, call: &Call<'_>) -> Result<(), ErrorData> {
        match call.request.request_state.as_deref().filter(|_| call.is_modern()) {
            Some(state) => call.bond().check(state, self.vault.sealer(), self.clock.now()),
            None => Ok(()),
        }
    }

    /// The answer to `call`, which ended with `error`.
    ///
    /// # Errors
    /// The error that is the offer, for clients that take it so.
    pub(super) async fn answer(
        &self,
        call: &Call<'_>,
        error: &ToolError,
    ) -> Result<CallToolResponse, ErrorData> {
        let provider = error.provider().and_then(|id| self.connect.provider(Some(id)).ok());
        let Some(provider) = provider else { return Ok(error.to_result().into()) };
        let link = match self.connect.offer(call.identity, provider).await {
            Ok(Offer::Link(link)) => link,
            Ok(Offer::CodeAwaited) => return Ok(code_awaited(error, provider).into()),
            Ok(Offer::Finishing) => return Ok(finishing(error).into()),
            Err(failure) => {
                let cause = std::error::Error::source(&failure);
                tracing::error!(cause, "no link could be offered");
                return Ok(error.to_result().into());
            }
        };
        let reply = call.reply();
        match call.taken() {
            Taken::AsInput if reply.is_none() => self.ask(call, error, provider, &link),
            Taken::AsError => Err(url_required(error, provider, &link)),
            Taken::AsInput | Taken::InWords => Ok(told(error, provider, &link, reply).into()),
        }
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
            message: to_the_person(error, provider),
            url: link.url.to_string(),
            elicitation_id: link.id.clone(),
        };
        let asked = InputRequest::Elicitation(ElicitRequest::new(params));
        let state = call.bond().seal(self.vault.sealer(), self.clock.now());
        let state =
            state.map_err(|_| ErrorData::internal_error("the state can't be sealed", None))?;
        let asked = [(CONNECT.to_owned(), asked)].into();
        Ok(InputRequiredResult::new(Some(asked), Some(state)).into())
    }
}

impl Call<'_> {
    fn bond(&self) -> Bond {
        Bond::new(self.identity, self.request)
    }

    fn is_modern(&self) -> bool {
        let version = self.context.protocol_version();
        version.is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
    }

    fn taken(&self) -> Taken {
        let declared = self.context.client_capabilities().is_some_and(|it| opens_links(&it));
        if self.is_modern() {
            return if declared { Taken::AsInput } else { Taken::InWords };
        }
        let parts = self.context.extensions.get::<Parts>();
        let declared_before =
            parts.is_some_and(|parts| parts.extensions.get::<OpensLinks>().is_some());
        let has_links = self.context.protocol_version() == Some(ProtocolVersion::V_2025_11_25);
        if has_links && (declared || declared_before) { Taken::AsError } else { Taken::InWords }
    }

    /// What isn't an answer to the link counts for nothing.
    fn reply(&self) -> Option<Reply> {
        let reply = self.request.input_responses.as_ref()?.get(CONNECT)?;
        match reply.get("action").and_then(Value::as_str)? {
            "accept" => Some(Reply::Opened),
            "decline" | "cancel" => Some(Reply::Declined),
            _ => None,
        }
    }
}

/// `elicitation: {}` means forms alone, as it did before there were links.
fn opens_links(capabilities: &ClientCapabilities) -> bool {
    capabilities.elicitation.as_ref().is_some_and(|elicitation| elicitation.url.is_some())
}

fn to_the_person(error: &ToolError, provider: &ProviderClient) -> String {
    format!("{} Open the link to sign in at {}.", error.message(), provider.provider().name)
}

fn url_required(error: &ToolError, provider: &ProviderClient, link: &IssuedLink) -> ErrorData {
    let message = to_the_person(error, provider);
    let elicitation = json!({
        "mode": "url",
        "elicitationId": link.id,
        "url": link.url,
        "message": message,
    });
    ErrorData::new(URL_REQUIRED, message, Some(json!({ "elicitations": [elicitation] })))
}

/// In words, and as data.
fn told(
    error: &ToolError,
    provider: &ProviderClient,
    link: &IssuedLink,
    reply: Option<Reply>,
) -> CallToolResult {
    let (url, until, id) = (&link.url, when(link.expires_at), provider.id());
    let show = match reply {
        None => format!("Show the person this link: {url} (until {until})."),
        Some(Reply::Opened) => {
            format!("The person is signing in by this link: {url} (until {until}).")
        }
        Some(Reply::Declined) => format!(
            "The person didn't want to sign in just now. Only if they ask for it, show them this \
             link: {url} (until {until})."
        ),
    };
    let step = format!(
        "{show} When they have signed in, call this tool again. If they come back with a code, or \
         with the address of a page that wouldn't load, first pass that to Auth with action \
         \"handle_callback\" and provider \"{id}\"."
    );
    let mut result = with_step(error, step);
    if let Some(Value::Object(fields)) = &mut result.structured_content {
        fields.insert("url".to_owned(), url.as_str().into());
        fields.insert("expires_at".to_owned(), until.into());
    }
    result
}

fn code_awaited(error: &ToolError, provider: &ProviderClient) -> CallToolResult {
    let id = provider.id();
    let step = format!(
        "The person has signed in; only the code on the page is missing. Ask them for it (it looks \
         like K7QM-2X9D), pass it to Auth with action \"handle_callback\" and provider \"{id}\", \
         and call this tool again. If they lost it, action \"get_url\" gives a new link."
    );
    with_step(error, step)
}

fn finishing(error: &ToolError) -> CallToolResult {
    let step = "The person has signed in, and this server is just finishing it. Call this tool \
                again in a few seconds. If the page shows a code, first ask the person for it and \
                pass it to Auth with action \"handle_callback\".";
    with_step(error, step.to_owned())
}

fn with_step(error: &ToolError, step: String) -> CallToolResult {
    ToolError::new(error.code().to_owned(), error.message(), step).to_result()
}
