//! One call, as far as the way to an account depends on it: who makes it, and how its client takes
//! a link.

use http::request::Parts;
use rmcp::{
    RoleServer,
    model::{CallToolRequestParams, ClientCapabilities, ProtocolVersion},
    service::RequestContext,
};
use serde_json::Value;
use stagepass_kit::Caller;
use stagepass_remote::Answers;

use super::CONNECT;
use crate::mcp::{session::OpensLinks, state::Bond};

/// One call, and who makes it.
pub(in crate::mcp) struct Call<'a> {
    pub(in crate::mcp) caller: &'a Caller,
    pub(in crate::mcp) request: &'a CallToolRequestParams,
    pub(in crate::mcp) context: &'a RequestContext<RoleServer>,
}

/// How a client takes a link.
pub(super) enum Taken {
    /// In an answer that asks for input; the call is then made once more.
    AsInput,
    /// In an error that names links.
    AsError,
    /// In words, by the model.
    InWords,
}

/// What a person did with the link when it was shown for this call before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    Opened,
    Declined,
}

impl Call<'_> {
    /// What a state of this call is bound to.
    pub(super) fn bond(&self) -> Bond {
        Bond::new(self.caller.identity(), self.request)
    }

    /// The state that came with it.
    pub(super) fn state(&self) -> Option<&str> {
        self.request.request_state.as_deref().filter(|_| self.is_modern())
    }

    /// How its client takes a link.
    pub(super) fn taken(&self) -> Taken {
        let declared = self.context.client_capabilities().is_some_and(|it| opens_links(&it));
        if self.is_modern() {
            return if declared { Taken::AsInput } else { Taken::InWords };
        }
        let parts = self.context.extensions.get::<Parts>();
        let by_session = parts.is_some_and(|parts| parts.extensions.get::<OpensLinks>().is_some());
        let has_links = self.context.protocol_version() == Some(ProtocolVersion::V_2025_11_25);
        if has_links && (declared || by_session) { Taken::AsError } else { Taken::InWords }
    }

    /// What the person did with the link. What isn't an answer to it counts for nothing.
    pub(super) fn reply(&self) -> Option<Reply> {
        let reply = self.request.input_responses.as_ref()?.get(CONNECT)?;
        match reply.get("action").and_then(Value::as_str)? {
            "accept" => Some(Reply::Opened),
            "decline" | "cancel" => Some(Reply::Declined),
            _ => None,
        }
    }

    fn is_modern(&self) -> bool {
        is_modern(self.context)
    }
}

/// What the client can answer for the person, in a call that is made once more.
pub(in crate::mcp) fn answers(context: &RequestContext<RoleServer>) -> Answers {
    let capabilities = context.client_capabilities().filter(|_| is_modern(context));
    let elicitation = capabilities.and_then(|it| it.elicitation);
    let Some(elicitation) = elicitation else { return Answers::default() };
    let links = elicitation.url.is_some();
    Answers { forms: elicitation.form.is_some() || !links, links }
}

fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    let version = context.protocol_version();
    version.is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

/// `elicitation: {}` means forms alone, as it did before there were links.
fn opens_links(capabilities: &ClientCapabilities) -> bool {
    capabilities.elicitation.as_ref().is_some_and(|elicitation| elicitation.url.is_some())
}
