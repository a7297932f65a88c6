//! Holding a tool's answer against its schema.

use serde_json::Value;

/// Checks `value` against the parts of JSON Schema that our schemas use; nothing may be in it that is
/// in no schema.
///
/// # Panics
/// When it doesn't fit.
pub fn check(schema: &Value, value: &Value, at: &str) {
    if let Some(any) = schema.get("anyOf").and_then(Value::as_array) {
        assert!(any.iter().any(|one| has_type(one, value)), "{at}: {value} fits none of {any:?}");
        if schema.get("properties").is_none() {
            // One of several kinds: it is checked as the one that has its type.
            return any.iter().filter(|one| has_type(one, value)).for_each(|one| {
                if one.get("properties").is_some() {
                    check(one, value, at);
                }
            });
        }
    }
    assert!(has_type(schema, value), "{at}: {value} doesn't fit {schema}");
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        assert!(value.get(name.as_str().expect("a name")).is_some(), "{at}: no {name} in {value}");
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        let known = schema.get("properties").and_then(|all| all.get(name));
        let known = known.or_else(|| schema.get("additionalProperties"));
        check(known.unwrap_or_else(|| panic!("{at}: {name} is in no schema")), value, name);
    }
    for value in value.as_array().into_iter().flatten() {
        check(schema.get("items").expect("what a list has"), value, at);
    }
}

fn has_type(schema: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("no such type here: {other}"),
    };
    match schema.get("type") {
        Some(Value::String(name)) => is(name),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(is),
        _ => panic!("a schema without type: {schema}"),
    }
}
