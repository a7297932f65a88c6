//! `prompts/get`.

use rmcp::model::{GetPromptResult, JsonObject, Prompt};
use serde_json::Value;
use stagepass_kit::{Caller, ToolError};

use crate::{Entry, Remote, exchange::Ask};

impl Remote {
    /// What `prompt` says with `arguments`, for `caller`.
    ///
    /// # Errors
    /// As for [`Remote::call`].
    pub async fn prompt(
        &self,
        caller: &Caller,
        prompt: &Entry<Prompt>,
        arguments: Option<JsonObject>,
    ) -> Result<GetPromptResult, ToolError> {
        let mut params = JsonObject::new();
        params.insert("name".to_owned(), prompt.own.clone().into());
        params.extend(arguments.map(|arguments| ("arguments".to_owned(), arguments.into())));
        let mut result = self.ask(caller, &Ask::new("prompts/get", params)).await?.result;
        self.rewrite(&mut result, "messages");
        let result = serde_json::from_value(Value::Object(result));
        result.map_err(|_| self.nonsense("the prompt can't be read"))
    }
}
