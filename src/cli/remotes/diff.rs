//! What is different, in words: field by field.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{cli::text::visible, store::DescriptionRow};

/// What is held back as `new`, against what was accepted as `old`.
pub(super) fn told(old: Option<&DescriptionRow>, new: &DescriptionRow) -> String {
    let (kind, name) = (&new.kind, visible(&new.name));
    let mut said = match old {
        Some(_) => format!("The {kind} {name} reads otherwise:\n"),
        None => format!("The {kind} {name} is new:\n"),
    };
    let (before, after) = (old.map(fields).unwrap_or_default(), fields(new));
    let mut all: Vec<_> = before.keys().chain(after.keys()).collect();
    all.sort_unstable();
    all.dedup();
    for field in all {
        let (before, after) = (before.get(field), after.get(field));
        if before == after {
            continue;
        }
        said.extend(["  ", field, "\n"]);
        for (mark, text) in [("-", before), ("+", after)] {
            for line in text.into_iter().flat_map(|text| text.split('\n')) {
                said.extend(["    ", mark, " ", &visible(line), "\n"]);
            }
        }
    }
    said + "\n"
}

/// Every value of a description by its path.
fn fields(row: &DescriptionRow) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let said = serde_json::from_str(&row.said).unwrap_or_default();
    collect(&said, String::new(), &mut fields);
    fields
}

fn collect(value: &Value, path: String, fields: &mut BTreeMap<String, String>) {
    let below = |key: &str| {
        let key = named(key);
        if path.is_empty() { key } else { format!("{path}.{key}") }
    };
    match value {
        Value::Object(inner) if !inner.is_empty() => {
            for (key, value) in inner {
                collect(value, below(key), fields);
            }
        }
        Value::String(text) => drop(fields.insert(path, text.clone())),
        other => drop(fields.insert(path, other.to_string())),
    }
}

/// A key as it stands in a path. One that could be read as several is quoted: otherwise a server could
/// have one field shown in the place of another.
fn named(key: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '/');
    if !key.is_empty() && key.chars().all(is_plain) {
        return key.to_owned();
    }
    visible(&Value::from(key).to_string())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn row(said: &str) -> DescriptionRow {
        DescriptionRow {
            remote: "box".to_owned(),
            kind: "tool".to_owned(),
            name: "box_echo".to_owned(),
            hash: String::new(),
            said: said.to_owned(),
            accepted: false,
            shown: false,
            seen_at: DateTime::UNIX_EPOCH,
            accepted_at: None,
        }
    }

    #[test]
    fn a_change_is_told_field_by_field_and_does_nothing_to_a_terminal() {
        let old = row(r#"{"name":"x","description":"Says.\nMore.","a":{"b":1,"c":[1]}}"#);
        let new =
            row(r#"{"name":"x","description":"Says\u001b[2J.","a":{"b":2,"c":[1]},"d":null}"#);
        let said = told(Some(&old), &new);
        let expected = "The tool box_echo reads otherwise:\n  a.b\n    - 1\n    + 2\n  d\n    + null\n  \
                        description\n    - Says.\n    - More.\n    + Says\\u{1b}[2J.\n\n";
        assert_eq!(said, expected);
        assert!(told(None, &new).starts_with("The tool box_echo is new:\n  a.b\n    + 2\n"));
    }

    #[test]
    fn no_field_is_shown_in_the_place_of_another() {
        let old = row(r#"{"a":{"b":"Reads."},"a.b":"Reads.","":{"c":"Reads."},"c":"Reads."}"#);
        let new = row(r#"{"a":{"b":"Evil."},"a.b":"Reads.","":{"c":"Worse."},"c":"Reads."}"#);
        let said = told(Some(&old), &new);
        let expected = "The tool box_echo reads otherwise:\n  \"\".c\n    - Reads.\n    + Worse.\n  a.b\n    \
                        - Reads.\n    + Evil.\n\n";
        assert_eq!(said, expected);
    }
}
