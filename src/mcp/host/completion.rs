//! `completion/complete`: what a person may mean who is typing. It is a help and no more: what goes
//! wrong is an empty list.

use rmcp::{
    ErrorData, RoleServer,
    model::{CompleteRequestParams, CompleteResult, CompletionInfo, Reference},
    service::RequestContext,
};
use stagepass_kit::{Caller, RegisteredPrompt, RegisteredResource, ToolError};
use stagepass_remote::Remote;

use super::{Host, among, log, remote::known_so_far, resources::may_not_read, underway::principal};

/// What is recorded, if a provider was asked.
const EVENT: &str = "argument.completed";

/// Whose argument it is.
enum Of<'a> {
    Prompt(&'a RegisteredPrompt),
    Resource(&'a RegisteredResource),
}

impl Host {
    /// The values that fit what is typed.
    pub(super) async fn complete_for(
        &self,
        request: &CompleteRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        if let Some(remote) = self.remote_named_in(&request.r#ref, context) {
            let shown = self.completed_at(&remote, request, context).await?;
            let mut result = CompleteResult::new(shown);
            if context.meta.protocol_version().is_some() {
                self.sign(&mut result.meta);
            }
            return Ok(result);
        }
        let of = match &request.r#ref {
            Reference::Prompt(prompt) => Of::Prompt(self.prompt_named(&prompt.name)?),
            Reference::Resource(resource) => Of::Resource(self.resource_of_form(&resource.uri)?),
            _ => return Err(ErrorData::invalid_params("This reference is of no kind.", None)),
        };
        let (argument, typed) = (&request.argument.name, &request.argument.value);
        of.check(argument)?;
        let caller = self.caller(context)?;
        let may_not = principal(context).and_then(may_not_read);
        let values = match may_not {
            None => self.values(&of, caller, context, argument, typed).await,
            Some(error) => Err(error),
        };
        let values = values.unwrap_or_else(|error| {
            log(of.name(), &error);
            Vec::new()
        });
        let mut result = CompleteResult::new(shown(values));
        if context.meta.protocol_version().is_some() {
            self.sign(&mut result.meta);
        }
        Ok(result)
    }

    fn remote_named_in(
        &self,
        of: &Reference,
        context: &RequestContext<RoleServer>,
    ) -> Option<Remote> {
        match of {
            Reference::Prompt(prompt) => self.remote_of(&prompt.name, context),
            Reference::Resource(resource) => Some(self.remote_at(&resource.uri, context)?.0),
            _ => None,
        }
    }

    async fn completed_at(
        &self,
        remote: &Remote,
        request: &CompleteRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CompletionInfo, ErrorData> {
        let caller = self.caller(context)?;
        if let Some(error) = principal(context).and_then(may_not_read) {
            log(remote.name(), &error);
            return Ok(CompletionInfo::default());
        }
        let values = async {
            let begun = self.begin(caller, context, EVENT, remote.name()).await?;
            let argument = (request.argument.name.as_str(), request.argument.value.as_str());
            let (of, so_far) = (&request.r#ref, known_so_far(request));
            let values = self.complete_at(remote, &begun.caller, of, argument, so_far).await;
            begun.end(values.as_ref().err().map(ToolError::code)).await;
            values
        };
        Ok(values.await.unwrap_or_else(|error| {
            log(remote.name(), &error);
            CompletionInfo::default()
        }))
    }

    async fn values(
        &self,
        of: &Of<'_>,
        caller: Caller,
        context: &RequestContext<RoleServer>,
        argument: &str,
        typed: &str,
    ) -> Result<Vec<String>, ToolError> {
        let begun = self.begin(caller, context, EVENT, of.name()).await?;
        let values = match of {
            Of::Prompt(prompt) => prompt.complete(&begun.caller, argument, typed).await,
            Of::Resource(resource) => resource.complete(&begun.caller, argument, typed).await,
        };
        if begun.caller.route().provider.is_some() {
            begun.end(values.as_ref().err().map(ToolError::code)).await;
        } else {
            begun.forget();
        }
        values
    }
}

impl Of<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Prompt(prompt) => prompt.name(),
            Self::Resource(resource) => resource.name(),
        }
    }

    fn check(&self, argument: &str) -> Result<(), ErrorData> {
        let names: Vec<_> = match self {
            Self::Prompt(prompt) => prompt.arguments().collect(),
            Self::Resource(resource) => resource.variables().collect(),
        };
        if names.contains(&argument) {
            return Ok(());
        }
        let there = among(names.into_iter());
        Err(ErrorData::invalid_params(format!("It has no argument of that name. {there}"), None))
    }
}

/// As many as may be shown, and how many there are.
fn shown(mut values: Vec<String>) -> CompletionInfo {
    let all = values.len();
    values.truncate(CompletionInfo::MAX_VALUES);
    let mut shown = CompletionInfo::default();
    shown.total = u32::try_from(all).ok();
    shown.has_more = Some(values.len() < all);
    shown.values = values;
    shown
}
