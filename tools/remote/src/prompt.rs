//! `prompts/get`.

use rmcp::model::{GetPromptResult, JsonObject, Prompt};
use serde_json::Value;
use stagepass_kit::{Caller, ToolError};

use crate::{Entry, Input, Outcome, Remote, answers::asks, exchange::Ask};

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
        input: &Input,
    ) -> Result<Outcome<GetPromptResult>, ToolError> {
        let mut params = JsonObject::new();
        params.insert("name".to_owned(), prompt.own.clone().into());
        params.extend(arguments.map(|arguments| ("arguments".to_owned(), arguments.into())));
        let mut ask = Ask::new("prompts/get", params);
        input.put_into(&mut ask);
        let asked = self.ask(caller, &ask).await?;
        let mut result = asked.answer.result;
        if asks(&result) && asked.is_modern {
            return self.questions(result, input.answers).map(Outcome::Asks);
        }
        self.rewrite(&mut result, "messages");
        let result = serde_json::from_value(Value::Object(result));
        result.map(Outcome::Complete).map_err(|_| self.nonsense("the prompt can't be read"))
    }
}
