//! What other MCP servers answer, through the same door as our own things: for whom, with which scope,
//! in the record, and with the way to an account for whoever lacks one.

mod answers;

use rmcp::{
    ErrorData, RoleServer,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, CompletionInfo,
        GetPromptRequestParams, GetPromptResult, JsonObject, ReadResourceResult, Reference,
    },
    service::RequestContext,
};
use serde_json::{Value, json};
use stagepass_kit::{Caller, ToolError, code};
use stagepass_remote::{Answers, Input, Of, Outcome, Remote, split_name, split_uri};

use self::answers::{State, responses};
use super::{
    Host, log,
    resources::{may_not_read, refused_by},
    tools::{EVENT, whom},
    underway::{UnderWay, principal},
};
use crate::{
    identity::Principal,
    mcp::{
        offer::{Call, answers},
        remotes::{has_choice, only_reads},
        security,
    },
};

const PROMPT_EVENT: &str = "prompt.read";
const READ_EVENT: &str = "resource.read";

/// What stands in the way of a call.
enum Stop {
    /// The client's scopes.
    Scope(CallToolResult),
    Error(ToolError),
}

impl From<ToolError> for Stop {
    fn from(error: ToolError) -> Self {
        Self::Error(error)
    }
}

impl Host {
    /// Whose tool or prompt `name` is, if it is a remote's, as the client of `context` sees it.
    pub(super) fn remote_of(
        &self,
        name: &str,
        context: &RequestContext<RoleServer>,
    ) -> Option<Remote> {
        let (remote, own) = split_name(name)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        // It goes into the record before anybody has looked for it.
        let fits = name.len() <= 64 && own.chars().all(plain);
        let remote = self.0.house.remotes.named(remote).filter(|_| fits)?;
        Some(remote.answered(answers(context)))
    }

    /// Whose resource is at `uri`, and what it is called there, if it is a remote's.
    pub(super) fn remote_at<'a>(
        &self,
        uri: &'a str,
        context: &RequestContext<RoleServer>,
    ) -> Option<(Remote, &'a str)> {
        let (remote, own) = split_uri(uri)?;
        let remote = self.0.house.remotes.named(remote)?;
        Some((remote.answered(answers(context)), own))
    }

    /// For whom remotes are to list what they have, and what their client can answer; nobody, if there
    /// are none or the caller may not look.
    pub(super) fn looks_at_remotes(
        &self,
        context: &RequestContext<RoleServer>,
    ) -> Option<(Caller, Answers)> {
        if self.0.house.remotes.is_empty() || principal(context).and_then(may_not_read).is_some() {
            return None;
        }
        Some((self.caller(context).ok()?, answers(context)))
    }

    /// Has `remote` run the tool that `request` names for whoever asks.
    pub(super) async fn call_remote(
        &self,
        remote: &Remote,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let caller = self.caller(context)?;
        let call = Call { caller: &caller, request, context };
        let state = State::read(self.0.house.offers.check(&call)?)?;
        tracing::debug!(tool = %request.name, "tool of a remote called");
        let begun = match self.begin(caller.clone(), context, EVENT, &request.name).await {
            Ok(begun) => begun,
            Err(error) => {
                log(&request.name, &error);
                return Ok(error.to_result().into());
            }
        };
        match self.run_at(remote, &call, state, &begun.caller).await {
            Ok(Outcome::Complete(result)) => {
                begun.end(None).await;
                Ok(result.into())
            }
            Ok(Outcome::Asks(mut asked)) => {
                begun.end(None).await;
                let state = State::of(&asked).written();
                asked.request_state = Some(self.0.house.offers.state(&call, &state)?);
                Ok(asked.into())
            }
            Err(Stop::Scope(refusal)) => {
                begun.end(Some(code::FORBIDDEN)).await;
                Ok(refusal.into())
            }
            Err(Stop::Error(error)) => {
                begun.end(Some(error.code())).await;
                log(&request.name, &error);
                self.0.house.offers.answer(&call, error).await
            }
        }
    }

    async fn run_at(
        &self,
        remote: &Remote,
        call: &Call<'_>,
        state: Option<State>,
        caller: &Caller,
    ) -> Result<Outcome<CallToolResult>, Stop> {
        let principal = principal(call.context);
        if principal.is_some_and(Principal::speaks_for_nobody) {
            return Err(whom().into());
        }
        let mut arguments = call.request.arguments.clone().unwrap_or_default();
        let caller = self.choosing(remote, &call.request.name, caller, &mut arguments).await?;
        let list = remote.tools(&caller).await?;
        let tool = self.0.house.remotes.entry(remote, &list, &call.request.name).await?;
        let refusal = |principal| security::refusal(only_reads(&tool.shown), principal);
        if let Some(refusal) = principal.and_then(refusal) {
            return Err(Stop::Scope(refusal));
        }
        let responses = state.as_ref().and_then(|_| responses(call.request));
        let state = state.and_then(|state| state.0);
        let input = Input { responses, state };
        let ran = match remote.call(&caller, tool, arguments, &input).await {
            Ok(Outcome::Asks(asked)) => return Ok(Outcome::Asks(asked)),
            Ok(Outcome::Complete(result)) => Ok(result),
            Err(error) => Err(error),
        };
        Ok(Outcome::Complete(caller.signed(ran)?))
    }

    /// The caller with the account that the call chooses. Where the tool has an argument of that name
    /// itself, it is the tool's.
    async fn choosing(
        &self,
        remote: &Remote,
        name: &str,
        caller: &Caller,
        arguments: &mut JsonObject,
    ) -> Result<Caller, ToolError> {
        if remote.provider().is_none() || !arguments.contains_key("account") {
            return Ok(caller.clone());
        }
        let list = remote.tools(&caller.choosing(&mut JsonObject::new())?).await?;
        if list.get(name).is_some_and(|tool| !has_choice(&tool.shown)) {
            return Ok(caller.clone());
        }
        caller.choosing(arguments)
    }

    /// What the prompt of `remote` that `request` names says, for whoever asks.
    pub(super) async fn prompt_at(
        &self,
        remote: &Remote,
        request: GetPromptRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<GetPromptResult, ErrorData> {
        let name = request.name;
        let begun = self.begin_reading(context, PROMPT_EVENT, &name).await?;
        let asking = async {
            let caller = &begun.caller;
            let list = remote.prompts(caller).await?;
            let prompt = self.0.house.remotes.entry(remote, &list, &name).await?;
            let arguments = request.arguments.map(JsonObject::from_iter);
            remote.prompt(caller, prompt, arguments).await
        };
        let said = asking.await;
        self.ended(begun, &name, said).await
    }

    /// What `remote` has at `uri`, for whoever asks.
    pub(super) async fn read_at(
        &self,
        remote: &Remote,
        uri: &str,
        context: &RequestContext<RoleServer>,
    ) -> Result<ReadResourceResult, ErrorData> {
        let begun = self.begin_reading(context, READ_EVENT, remote.name()).await?;
        let read = remote.read(&begun.caller, uri).await;
        self.ended(begun, remote.name(), read).await
    }

    /// What an argument of something of `remote` may be.
    pub(super) async fn complete_at(
        &self,
        remote: &Remote,
        caller: &Caller,
        of: &Reference,
        argument: (&str, &str),
        context: Option<Value>,
    ) -> Result<CompletionInfo, ToolError> {
        let of = match of {
            Reference::Prompt(prompt) => {
                let list = remote.prompts(caller).await?;
                let prompt = self.0.house.remotes.entry(remote, &list, &prompt.name).await?;
                return remote.complete(caller, Of::Prompt(&prompt.own), argument, context).await;
            }
            Reference::Resource(resource) => resource,
            _ => return Ok(CompletionInfo::default()),
        };
        let list = remote.templates(caller).await?;
        let template = self.0.house.remotes.entry(remote, &list, &of.uri).await?;
        remote.complete(caller, Of::Template(&template.own), argument, context).await
    }

    async fn begin_reading(
        &self,
        context: &RequestContext<RoleServer>,
        event: &str,
        name: &str,
    ) -> Result<UnderWay, ErrorData> {
        let caller = self.caller(context)?;
        let begun = self.begin(caller, context, event, name).await;
        let begun = begun.map_err(|error| refused_by(name, &error))?;
        match principal(context).and_then(may_not_read) {
            None => Ok(begun),
            Some(error) => {
                begun.end(Some(error.code())).await;
                Err(refused_by(name, &error))
            }
        }
    }

    async fn ended<T>(
        &self,
        begun: UnderWay,
        name: &str,
        result: Result<T, ToolError>,
    ) -> Result<T, ErrorData> {
        match result {
            Ok(done) => {
                begun.end(None).await;
                Ok(done)
            }
            Err(error) => {
                let caller = begun.caller.clone();
                begun.end(Some(error.code())).await;
                let error = self.0.house.offers.in_words(&caller, error).await;
                Err(refused_by(name, &error))
            }
        }
    }
}

/// The arguments that are known so far.
pub(super) fn known_so_far(request: &rmcp::model::CompleteRequestParams) -> Option<Value> {
    let arguments = request.context.as_ref()?.arguments.as_ref()?;
    Some(json!({ "arguments": arguments }))
}
