//! The headers that say again what stands in a request (MCP 2026-07-28, transports).

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::header::{HeaderName, HeaderValue};
use rmcp::model::JsonObject;
use serde_json::Value;

use super::Ask;

/// What marks an argument whose value is to stand in a header.
const ANNOTATION: &str = "x-mcp-header";
/// Levels of arguments that are looked through.
const DEEPEST: usize = 8;
/// So many headers for one call.
const MOST: usize = 32;

/// The method, what it is about, and what the tool's schema wants besides.
pub(super) fn standard(ask: &Ask) -> Vec<(HeaderName, HeaderValue)> {
    let key = match ask.method {
        "tools/call" | "prompts/get" => "name",
        "resources/read" => "uri",
        _ => "",
    };
    let name = ask.params.get(key).and_then(Value::as_str).and_then(encoded);
    let method = (HeaderName::from_static("mcp-method"), HeaderValue::from_static(ask.method));
    let name = name.map(|name| (HeaderName::from_static("mcp-name"), name));
    [method].into_iter().chain(name).chain(ask.headers.iter().cloned()).collect()
}

/// The headers for those of `arguments` that `schema` marks.
pub(crate) fn parameter_headers(
    schema: &JsonObject,
    arguments: &JsonObject,
) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers = Vec::new();
    collect(schema, arguments, DEEPEST, &mut headers);
    headers
}

fn collect(
    schema: &JsonObject,
    arguments: &JsonObject,
    depth: usize,
    headers: &mut Vec<(HeaderName, HeaderValue)>,
) {
    let Some(Value::Object(properties)) = schema.get("properties").filter(|_| depth > 0) else {
        return;
    };
    for (name, property) in properties {
        let (Some(property), Some(value)) = (property.as_object(), arguments.get(name)) else {
            continue;
        };
        let marked = property.get(ANNOTATION).and_then(Value::as_str);
        let name = marked.and_then(|name| format!("mcp-param-{name}").parse().ok());
        if let (Some(name), Some(value), true) = (name, plain(value), headers.len() < MOST) {
            headers.push((name, value));
        }
        if let Some(inner) = value.as_object() {
            collect(property, inner, depth - 1, headers);
        }
    }
}

fn plain(value: &Value) -> Option<HeaderValue> {
    match value {
        Value::String(text) => encoded(text),
        Value::Bool(_) | Value::Number(_) => encoded(&value.to_string()),
        _ => None,
    }
}

/// A text that a header can hold as it is, or else as base64 with a mark.
fn encoded(text: &str) -> Option<HeaderValue> {
    let visible = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let marked = text.starts_with("=?base64?") && text.ends_with("?=");
    if visible && text.trim() == text && !marked {
        return HeaderValue::from_str(text).ok();
    }
    HeaderValue::from_str(&format!("=?base64?{}?=", BASE64_STANDARD.encode(text))).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_schema_marks_stands_in_headers_too() {
        let schema = json!({"properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
            "deep": {"type": "object", "properties": {
                "n": {"type": "integer", "x-mcp-header": "N"},
            }},
            "odd": {"type": "string", "x-mcp-header": "not a token"},
            "plain": {"type": "string"},
        }});
        let arguments = json!({"region": " Köln", "deep": {"n": 7}, "odd": "x", "plain": "never"});
        let headers =
            parameter_headers(schema.as_object().unwrap(), arguments.as_object().unwrap());
        let mut text: Vec<_> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        text.sort();
        assert_eq!(text, ["mcp-param-n: 7", "mcp-param-region: =?base64?IEvDtmxu?="]);
    }
}
