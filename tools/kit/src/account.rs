//! Which of several accounts a tool uses: how a call says it, and how the answer does.

use std::{fmt, sync::Arc};

use rmcp::model::{CallToolResult, ContentBlock, JsonObject, MetaObject};
use serde_json::{Value, json};

use crate::ToolError;

/// The argument by which a call chooses.
const ARGUMENT: &str = "account";
/// Where a result says which one was used. Not in its data: that has a schema of the tool's own,
/// which clients hold it against.
const META: &str = "io.stagepass/account";

/// An account at a provider, one of those that the caller has connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedAccount {
    /// What identifies it at the provider.
    pub id: String,
    /// What it is called there.
    pub name: String,
    /// What the person calls it, if they have said so.
    pub label: Option<String>,
    /// Whether others of the same provider are connected, so that an answer has to say which one
    /// was used.
    pub one_of_several: bool,
}

impl fmt::Display for LinkedAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.label {
            Some(label) => write!(f, "{label} ({})", self.name),
            None => f.write_str(&self.name),
        }
    }
}

impl LinkedAccount {
    /// Says in `result` that this account was used, where there are others.
    pub(crate) fn sign(&self, result: &mut CallToolResult) {
        if !self.one_of_several {
            return;
        }
        let line = format!("Account: {self}");
        match result.content.last_mut() {
            Some(ContentBlock::Text(last)) => last.text = format!("{}\n{line}", last.text),
            _ => result.content.push(ContentBlock::text(line)),
        }
        self.note(&mut result.meta);
    }

    /// Says in `meta` that this account was used, where there are others.
    pub(crate) fn note(&self, meta: &mut Option<MetaObject>) {
        if !self.one_of_several {
            return;
        }
        let account = json!({ "id": self.id, "name": self.name, "label": self.label });
        meta.get_or_insert_default().0.insert(META.to_owned(), account);
    }
}

/// Adds the argument to a tool's input schema: to each of its shapes, where it has several.
pub(crate) fn describe_choice(schema: &mut JsonObject) {
    let shapes = ["oneOf", "anyOf"].into_iter().find(|key| schema.contains_key(*key));
    match shapes.and_then(|key| schema.get_mut(key)?.as_array_mut()) {
        Some(shapes) => shapes.iter_mut().filter_map(Value::as_object_mut).for_each(add_to),
        None => add_to(schema),
    }
}

fn add_to(shape: &mut JsonObject) {
    let properties = shape.entry("properties").or_insert_with(|| json!({}));
    if let Some(properties) = properties.as_object_mut() {
        let argument = json!({
            "description": "Which account to use, where several are connected: its label, name or \
                            id. The first one connected if left out.",
            "type": ["string", "null"],
        });
        properties.insert(ARGUMENT.to_owned(), argument);
    }
}

/// Takes the argument out of `arguments`, before the tool reads them.
pub(crate) fn take_choice(arguments: &mut JsonObject) -> Result<Option<Arc<str>>, ToolError> {
    match arguments.remove(ARGUMENT) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            let text = text.trim();
            Ok((!text.is_empty()).then(|| text.into()))
        }
        Some(_) => Err(ToolError::invalid_argument(
            "`account` isn't a text.",
            "Set it to the label, name or id of one account, or leave it out.",
        )),
    }
}

#[cfg(test)]
mod tests;
