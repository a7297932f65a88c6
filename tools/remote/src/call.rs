//! `tools/call`.

use rmcp::model::{CallToolResult, ContentBlock, JsonObject, Tool};
use serde_json::Value;
use stagepass_kit::{Caller, ToolError};

use crate::{
    Entry, Input, Outcome, Remote, clean,
    exchange::{Ask, TOOLS_CALL, parameter_headers},
    fault::Fault,
    names,
};

/// Blocks of one answer.
const MOST_BLOCKS: usize = 1_000;

impl Remote {
    /// Calls `tool` with `arguments` for `caller`. A tool's own failure is an answer, as anywhere.
    ///
    /// # Errors
    /// Those of the caller's token; `remote_error` and `invalid_argument` with the remote's words;
    /// `provider_unavailable`, `rate_limited`, `forbidden`.
    pub async fn call(
        &self,
        caller: &Caller,
        tool: &Entry<Tool>,
        arguments: JsonObject,
        input: &Input,
    ) -> Result<Outcome<CallToolResult>, ToolError> {
        let headers = parameter_headers(&tool.shown.input_schema, &arguments);
        let mut params = JsonObject::new();
        params.insert("name".to_owned(), tool.own.clone().into());
        params.insert("arguments".to_owned(), arguments.into());
        let mut ask = Ask { headers, ..Ask::new(TOOLS_CALL, params) };
        ask.capabilities = self.answers.declared();
        input.put_into(&mut ask);
        let answer = match self.ask_for(caller, &ask, input).await? {
            Outcome::Complete(answer) => answer,
            Outcome::Asks(asked) => return Ok(Outcome::Asks(asked)),
        };
        let mut result = answer.result;
        self.rewrite(&mut result, "content");
        let mut result = self.read_call(result)?;
        if answer.unasked && result.is_error == Some(true) {
            result.content.push(ContentBlock::text(self.unasked().message()));
        }
        Ok(Outcome::Complete(result))
    }

    fn read_call(&self, mut result: JsonObject) -> Result<CallToolResult, ToolError> {
        let blocks = match result.remove("content") {
            Some(Value::Array(blocks)) => blocks,
            _ => Vec::new(),
        };
        result.insert("content".to_owned(), Value::Array(Vec::new()));
        if blocks.len() > MOST_BLOCKS {
            return Err(Fault::TooLarge.told(self.name(), self.provider()));
        }
        let blocks = blocks.into_iter().map(block).collect();
        let mut result: CallToolResult = serde_json::from_value(Value::Object(result))
            .map_err(|_| self.nonsense("the tool's result can't be read"))?;
        result.content = blocks;
        Ok(result)
    }

    pub(crate) fn nonsense(&self, what: &'static str) -> ToolError {
        Fault::Nonsense(what).told(self.name(), self.provider())
    }

    /// Makes `result` ours: no `_meta` that speaks for us, and resources called as they are here.
    pub(crate) fn rewrite(&self, result: &mut JsonObject, field: &str) {
        for (key, value) in result.iter_mut() {
            // What a tool says as data is its own.
            if key != "structuredContent" {
                clean::strip_meta(value);
            }
        }
        let mut whole = Value::Object(std::mem::take(result));
        if let Some(meta) = whole.get_mut("_meta").map(Value::take) {
            let mut meta = serde_json::json!({ "_meta": meta });
            clean::strip_meta(&mut meta);
            if let (Some(fields), Value::Object(mut meta)) = (whole.as_object_mut(), meta) {
                fields.remove("_meta");
                fields.extend(meta.remove("_meta").map(|meta| ("_meta".to_owned(), meta)));
            }
        }
        if let Some(items) = whole.get_mut(field) {
            self.rename(items);
        }
        if let Value::Object(fields) = whole {
            *result = fields;
        }
        // Servers of before 2026-07-28 don't say so.
        result.insert("resultType".to_owned(), "complete".into());
    }

    /// Resources in content, however they stand there.
    fn rename(&self, value: &mut Value) {
        let items = match value {
            Value::Array(items) => items.as_mut_slice(),
            one => std::slice::from_mut(one),
        };
        for item in items {
            for place in ["/uri", "/resource/uri", "/content/uri", "/content/resource/uri"] {
                let Some(Value::String(uri)) = item.pointer_mut(place) else { continue };
                if let Some(here) = names::uri(self.name(), uri) {
                    *uri = here;
                }
            }
        }
    }
}

/// What can't be read is left out, and the rest of the answer is not lost for it.
fn block(block: Value) -> ContentBlock {
    serde_json::from_value(block).unwrap_or_else(|_| {
        ContentBlock::text("(Here the server says something of a kind that isn't known.)")
    })
}
