//! `resources/read`.

use rmcp::model::{JsonObject, ReadResourceResult};
use serde_json::Value;
use stagepass_kit::{Caller, ToolError};

use crate::{Remote, exchange::Ask};

impl Remote {
    /// What stands at `uri`, which is the remote's own, for `caller`.
    ///
    /// # Errors
    /// As for [`Remote::call`].
    pub async fn read(&self, caller: &Caller, uri: &str) -> Result<ReadResourceResult, ToolError> {
        let mut params = JsonObject::new();
        params.insert("uri".to_owned(), uri.into());
        let mut result = self.ask(caller, &Ask::new("resources/read", params)).await?.result;
        self.rewrite(&mut result, "contents");
        // What others may be shown is for us to say.
        result.remove("cacheScope");
        let result = serde_json::from_value(Value::Object(result));
        result.map_err(|_| self.nonsense("the resource can't be read"))
    }
}
