//! What clients are told of a tool's arguments and answers, as JSON Schema 2020-12.

use std::sync::Arc;

use rmcp::model::JsonObject;
use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::{Value, json};

/// The schema of arguments, as they come in.
pub(crate) fn input_schema<T: JsonSchema>() -> JsonObject {
    schema_of::<T>(SchemaSettings::draft2020_12())
}

/// The schema of an answer as it goes out, or of an error.
///
/// The TypeScript SDK 1.x and the MCP Inspector hold the data of a failed call, too, against the
/// output schema, and show their own complaint instead of the error.
pub(crate) fn output_schema<T: JsonSchema>() -> Arc<JsonObject> {
    let mut schema = schema_of::<T>(SchemaSettings::draft2020_12().for_serialize());
    let error = json!({
        "description": "What went wrong, when the result has `isError`.",
        "type": "object",
        "properties": {
            "code": { "type": "string" },
            "message": { "type": "string" },
            "next_step": { "type": "string" },
            "retry_after": { "type": "integer", "description": "Seconds." },
            "url": {
                "type": "string",
                "description": "The link by which the person signs in, where that is missing.",
            },
            "expires_at": { "type": "string", "description": "Until when the link works." },
        },
        "required": ["code", "message", "next_step"],
    });
    if let Some(answers) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        answers.push(error);
    } else {
        let required = schema.remove("required").unwrap_or_else(|| json!([]));
        schema.insert("anyOf".into(), json!([{ "type": "object", "required": required }, error]));
    }
    Arc::new(schema)
}

/// The JSON Schema (2020-12) of `T`, without `$ref`s, which not every client follows, and without
/// formats that JSON Schema doesn't know, which some clients complain about.
fn schema_of<T: JsonSchema>(mut settings: SchemaSettings) -> JsonObject {
    settings.inline_subschemas = true;
    settings.transforms.push(Box::new(RecursiveTransform(|schema: &mut Schema| {
        let format = schema.get("format").and_then(Value::as_str);
        if format.is_some_and(|format| format.starts_with("uint") || format.starts_with("int")) {
            schema.remove("format");
        }
    })));
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.remove("title");
    let mut object = match schema.to_value() {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    };
    // MCP wants an object at the root, also where the arguments or the answer are one of several.
    object.insert("type".into(), "object".into());
    object
}
