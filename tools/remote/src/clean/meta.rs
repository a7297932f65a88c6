//! `_meta` that a remote may not set: clients would take it for ours.

use serde_json::Value;

/// Where data about a thing stands.
const META: &str = "_meta";
/// What clients take for a question to sign in, or for the scopes that we ask for.
const OURS: [&str; 3] = ["mcp/www_authenticate", "securitySchemes", "www_authenticate"];

/// Takes such keys out of every `_meta` in `value`, however deep.
pub(crate) fn strip_meta(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::Object(meta)) = fields.get_mut(META) {
                meta.retain(|key, _| !is_ours(key));
                if meta.is_empty() {
                    fields.remove(META);
                }
            }
            fields.values_mut().for_each(strip_meta);
        }
        Value::Array(items) => items.iter_mut().for_each(strip_meta),
        _ => {}
    }
}

/// Keys whose prefix has `modelcontextprotocol` or `mcp` as one of its labels are the protocol's (MCP,
/// `_meta`).
fn is_ours(key: &str) -> bool {
    let prefix = key.split_once('/').map_or("", |(prefix, _)| prefix).to_ascii_lowercase();
    let reserved = |label: &str| matches!(label, "modelcontextprotocol" | "mcp" | "stagepass");
    prefix.split('.').any(reserved) || OURS.iter().any(|ours| key.eq_ignore_ascii_case(ours))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_remote_doesnt_speak_for_us_in_meta() {
        let mut said = json!({
            "_meta": {"mcp/www_authenticate": ["Bearer"], "io.stagepass/account": 1, "a.b/c": 2},
            "content": [{"type": "text", "_meta": {"io.modelcontextprotocol/serverInfo": {}}}],
            "structuredContent": {"securitySchemes": 1},
        });
        strip_meta(&mut said);
        let left = json!({
            "_meta": {"a.b/c": 2},
            "content": [{"type": "text"}],
            "structuredContent": {"securitySchemes": 1},
        });
        assert_eq!(said, left);
    }
}
