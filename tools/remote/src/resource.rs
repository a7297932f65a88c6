//! `resources/read`.

use rmcp::model::{JsonObject, ReadResourceResult};
use serde_json::Value;
use stagepass_kit::{Caller, ToolError};

use crate::{Input, Outcome, Remote, answers::asks, exchange::Ask};

impl Remote {
    /// What stands at `uri`, which is the remote's own, for `caller`.
    ///
    /// # Errors
    /// As for [`Remote::call`].
    pub async fn read(
        &self,
        caller: &Caller,
        uri: &str,
        input: &Input,
    ) -> Result<Outcome<ReadResourceResult>, ToolError> {
        let mut params = JsonObject::new();
        params.insert("uri".to_owned(), uri.into());
        let mut ask = Ask::new("resources/read", params);
        input.put_into(&mut ask);
        let asked = self.ask(caller, &ask).await?;
        let mut result = asked.answer.result;
        if asks(&result) && asked.is_modern {
            return self.questions(result, input.answers).map(Outcome::Asks);
        }
        self.rewrite(&mut result, "contents");
        // What others may be shown is for us to say.
        result.remove("cacheScope");
        let result = serde_json::from_value(Value::Object(result));
        result.map(Outcome::Complete).map_err(|_| self.nonsense("the resource can't be read"))
    }
}
