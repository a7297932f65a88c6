//! `prompts/get`: words for the model, which ask nobody anything.

use rmcp::{
    ErrorData, RoleServer,
    model::{GetPromptRequestParams, GetPromptResult},
    service::RequestContext,
};
use stagepass_kit::RegisteredPrompt;

use super::{Host, among};

impl Host {
    pub(super) async fn prompt(
        &self,
        request: GetPromptRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<GetPromptResult, ErrorData> {
        let mut result = if let Some(remote) = self.remote_of(&request.name, context) {
            self.prompt_at(&remote, request, context).await?
        } else {
            let prompt = self.prompt_named(&request.name)?;
            prompt.get(request.arguments.unwrap_or_default()).map_err(|error| {
                let message = format!("{} {}", error.message(), error.next_step());
                ErrorData::invalid_params(message, None)
            })?
        };
        if context.meta.protocol_version().is_some() {
            self.sign(&mut result.meta);
        }
        Ok(result)
    }

    /// # Errors
    /// When there is none of that name, with those that there are.
    pub(super) fn prompt_named(&self, name: &str) -> Result<&RegisteredPrompt, ErrorData> {
        let prompts = || self.0.prompts.iter();
        prompts().find(|prompt| prompt.name() == name).map(AsRef::as_ref).ok_or_else(|| {
            let there = among(prompts().map(|prompt| prompt.name()));
            ErrorData::invalid_params(format!("There is no prompt of that name. {there}"), None)
        })
    }
}
