//! Answers with something wrong in them, for tests of what reads them.

use serde_json::{Map, Value, json};

/// The paths to everything inside `value`.
fn paths(value: &Value, at: &str, all: &mut Vec<String>) {
    let inner: Vec<_> = match value {
        Value::Object(fields) => fields.iter().map(|(name, inner)| (name.clone(), inner)).collect(),
        Value::Array(entries) => {
            entries.iter().enumerate().map(|(index, inner)| (index.to_string(), inner)).collect()
        }
        _ => return,
    };
    for (name, inner) in inner {
        let path = format!("{at}/{name}");
        paths(inner, &path, all);
        all.push(path);
    }
}

/// `value` with each of its parts wrong in every way (gone, null, of another type, new), and the JSON
/// pointer to what is wrong.
///
/// # Panics
/// Never.
#[must_use]
pub fn mutations(value: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    paths(value, "", &mut all);
    let wrong = [
        json!(null),
        json!(-1.5),
        json!("a word of the future"),
        json!(true),
        json!([1, null, {}]),
        json!({"new": {"er": []}}),
    ];
    let mut mutated = Vec::new();
    for path in all {
        for wrong in &wrong {
            let mut copy = value.clone();
            *copy.pointer_mut(&path).expect("a path in it") = wrong.clone();
            mutated.push((path.clone(), copy));
        }
        let (parent, name) = path.rsplit_once('/').expect("a path");
        let mut copy = value.clone();
        if let Some(fields) = copy.pointer_mut(parent).and_then(Value::as_object_mut) {
            fields.remove(name);
            fields.insert("new_field".into(), Value::Object(Map::new()));
            mutated.push((path.clone(), copy));
        }
    }
    mutated
}
