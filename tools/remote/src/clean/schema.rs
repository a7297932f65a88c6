//! Schemas that would harm whoever checks arguments with them.

use serde_json::Value;

/// Levels of a schema that no honest tool needs.
const DEEPEST: usize = 24;
/// So many schemas and values in one.
const MOST_NODES: usize = 5_000;
/// What refers to another schema.
const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];

/// Whether `schema` is an object of bearable size that refers to nothing outside of itself.
pub(crate) fn is_sound(schema: &Value) -> bool {
    schema.is_object() && is_bearable(schema, DEEPEST, &mut MOST_NODES.clone())
}

fn is_bearable(value: &Value, depth: usize, nodes: &mut usize) -> bool {
    let Some(left) = nodes.checked_sub(1) else { return false };
    *nodes = left;
    let Some(depth) = depth.checked_sub(1) else { return false };
    match value {
        Value::Object(fields) => fields.iter().all(|(key, value)| {
            let refers = REFERENCES.contains(&key.as_str());
            let outside = refers && value.as_str().is_some_and(|to| !to.starts_with('#'));
            !outside && is_bearable(value, depth, nodes)
        }),
        Value::Array(items) => items.iter().all(|item| is_bearable(item, depth, nodes)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_that_is_a_trap_is_told_from_one_that_isnt() {
        assert!(is_sound(&json!({"properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": {}}})));
        assert!(!is_sound(&json!({"properties": {"a": {"$ref": "http://127.0.0.1/x"}}})));
        assert!(!is_sound(&json!("object")));
        assert!(!is_sound(&json!({"enum": (0..6_000).collect::<Vec<_>>()})));
        let deep = (0..30).fold(json!({}), |inner, _| json!({"items": inner}));
        assert!(!is_sound(&deep));
    }
}
