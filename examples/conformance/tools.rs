//! The tools that answer in one go.

use std::time::Duration;

use rmcp::{
    ErrorData, RoleServer,
    model::{
        CallToolRequestParams, CallToolResult, ClientCapabilities, ContentBlock, LoggingLevel,
        LoggingMessageNotificationParam, ProgressNotificationParam, ProtocolVersion,
        ResourceContents, Tool,
    },
    service::{RequestContext, ServiceError},
};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    fixture::{Change, Fixture},
    mrtr::{Dialogue, Dialogues},
};

/// A PNG of one red pixel.
pub(crate) const RED_PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP8z8AARAAFAAH/q842iQAAAABJRU5ErkJggg==";

/// A WAV without samples: 8 kHz, mono, 8 bits.
const SILENCE: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

/// Long enough for a client to see one message before the next.
const PAUSE: Duration = Duration::from_millis(50);

/// Every tool, those of [`Dialogues`] included.
pub(crate) fn all(dialogues: &Dialogues) -> Vec<Tool> {
    let plain = [
        ("test_simple_text", "Answers with a text."),
        ("test_image_content", "Answers with an image."),
        ("test_audio_content", "Answers with a sound."),
        ("test_embedded_resource", "Answers with a resource."),
        ("test_multiple_content_types", "Answers with a text, an image and a resource."),
        ("test_tool_with_logging", "Sends three log messages on its way."),
        ("test_tool_with_progress", "Reports its progress three times."),
        ("test_error_handling", "Always fails."),
        ("test_missing_capability", "Refuses clients that don't offer sampling."),
        ("test_logging_tool", "Sends a log message to whoever asked for them."),
        ("test_trigger_tool_change", "Announces that the list of tools has changed."),
        ("test_trigger_prompt_change", "Announces that the list of prompts has changed."),
        ("test_elicitation_sep1034_defaults", "Asks for values that have defaults."),
        ("test_elicitation_sep1330_enums", "Asks for choices of every kind."),
    ];
    let plain = plain.map(|(name, text)| tool(name, text, &json!({ "type": "object" })));
    let with_arguments = [
        tool("test_sampling", "Asks the client's model.", &required_text("prompt")),
        tool("test_elicitation", "Asks the person.", &required_text("message")),
        tool("json_schema_2020_12_tool", "Has every keyword of JSON Schema.", &rich_schema()),
        tool("test_mirrored_argument", "Has an argument that is also a header.", &mirrored()),
    ];
    plain.into_iter().chain(with_arguments).chain(dialogues.tools().map(Dialogue::tool)).collect()
}

pub(crate) async fn call(
    fixture: &Fixture,
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResult, ErrorData> {
    let blocks = match &*request.name {
        "test_simple_text" => text("This is a simple text response for testing."),
        "test_image_content" => vec![ContentBlock::image(RED_PIXEL, "image/png")],
        "test_audio_content" => vec![ContentBlock::audio(SILENCE, "audio/wav")],
        "test_embedded_resource" => vec![embedded()],
        "test_multiple_content_types" => mixed(),
        "test_tool_with_logging" => with_logging(context).await.map_err(|error| lost(&error))?,
        "test_tool_with_progress" => with_progress(context).await.map_err(|error| lost(&error))?,
        "test_error_handling" => {
            return Ok(CallToolResult::error(text(
                "This tool intentionally returns an error for testing",
            )));
        }
        "test_missing_capability" => needs_sampling(context)?,
        "test_logging_tool" => {
            log(context, "This tool was called").await.map_err(|error| lost(&error))?;
            text("Logged, if that was asked for.")
        }
        "test_trigger_tool_change" => announced(fixture, Change::Tools),
        "test_trigger_prompt_change" => announced(fixture, Change::Prompts),
        "json_schema_2020_12_tool" | "test_mirrored_argument" => {
            text(&json!(request.arguments).to_string())
        }
        // The handshake era asks by requests of the server's own, which need a session to come
        // back to. This transport keeps none; its tools ask through `mrtr` instead.
        "test_sampling"
        | "test_elicitation"
        | "test_elicitation_sep1034_defaults"
        | "test_elicitation_sep1330_enums" => {
            return Ok(CallToolResult::error(text("This server can't send requests of its own.")));
        }
        name => return Err(ErrorData::invalid_params(format!("no tool `{name}`"), None)),
    };
    Ok(CallToolResult::success(blocks))
}

pub(crate) fn tool(name: &'static str, text: &'static str, schema: &Value) -> Tool {
    Tool::new(name, text, schema.as_object().cloned().unwrap_or_default())
}

pub(crate) fn text(text: &str) -> Vec<ContentBlock> {
    vec![ContentBlock::text(text)]
}

fn embedded() -> ContentBlock {
    ContentBlock::resource(
        ResourceContents::text("This is an embedded resource content.", "test://embedded-resource")
            .with_mime_type("text/plain"),
    )
}

fn mixed() -> Vec<ContentBlock> {
    let data = json!({ "test": "data", "value": 123 }).to_string();
    let resource = ResourceContents::text(data, "test://mixed-content-resource")
        .with_mime_type("application/json");
    vec![
        ContentBlock::text("Multiple content types test:"),
        ContentBlock::image(RED_PIXEL, "image/png"),
        ContentBlock::resource(resource),
    ]
}

async fn with_logging(
    context: &RequestContext<RoleServer>,
) -> Result<Vec<ContentBlock>, ServiceError> {
    log(context, "Tool execution started").await?;
    sleep(PAUSE).await;
    log(context, "Tool processing data").await?;
    sleep(PAUSE).await;
    log(context, "Tool execution completed").await?;
    Ok(text("Logged three messages."))
}

/// Modern clients ask for log messages in each request; the others get them unasked.
async fn log(context: &RequestContext<RoleServer>, message: &str) -> Result<(), ServiceError> {
    let modern = context.protocol_version().is_some_and(|v| v >= ProtocolVersion::V_2026_07_28);
    let asked = matches!(context.meta.log_level(), Some(LoggingLevel::Debug | LoggingLevel::Info));
    if modern && !asked {
        return Ok(());
    }
    let message = LoggingMessageNotificationParam::new(LoggingLevel::Info, json!(message));
    context.peer.notify_logging_message(message).await
}

async fn with_progress(
    context: &RequestContext<RoleServer>,
) -> Result<Vec<ContentBlock>, ServiceError> {
    let token = context.meta.get_progress_token();
    for progress in [0.0, 50.0, 100.0] {
        if let Some(token) = token.clone() {
            let progress = ProgressNotificationParam::new(token, progress).with_total(100.0);
            context.peer.notify_progress(progress).await?;
        }
        sleep(PAUSE).await;
    }
    Ok(text("Went from 0 to 100."))
}

fn needs_sampling(context: &RequestContext<RoleServer>) -> Result<Vec<ContentBlock>, ErrorData> {
    let declared = context.client_capabilities().unwrap_or_default();
    if declared.sampling.is_none() {
        let required = ClientCapabilities::builder().enable_sampling().build();
        return Err(ErrorData::missing_required_client_capability(required));
    }
    Ok(text("This client offers sampling."))
}

fn announced(fixture: &Fixture, change: Change) -> Vec<ContentBlock> {
    fixture.announce(change);
    text("Announced.")
}

fn lost(error: &ServiceError) -> ErrorData {
    ErrorData::internal_error(error.to_string(), None)
}

fn required_text(name: &str) -> Value {
    json!({ "type": "object", "properties": { name: { "type": "string" } }, "required": [name] })
}

fn mirrored() -> Value {
    let region = json!({ "type": "string", "x-mcp-header": "Region" });
    json!({ "type": "object", "properties": { "region": region } })
}

/// Nothing of it may get lost on its way through `tools/list`.
fn rich_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {
            "address": {
                "$anchor": "addressDef",
                "type": "object",
                "properties": { "street": { "type": "string" }, "city": { "type": "string" } },
            },
        },
        "properties": {
            "name": { "type": "string" },
            "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" },
            "email": { "type": "string" },
        },
        "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
        "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
        "then": { "required": ["phone"] },
        "else": { "required": ["email"] },
        "additionalProperties": false,
    })
}
