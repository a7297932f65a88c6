//! Where in an answer something is: providers nest what they tell in different ways.

use serde_json::{Map, Value};

/// What is told, by name.
pub(super) type Fields = Map<String, Value>;

/// The value at `path`: names, and places in lists, with dots between them. A name that holds a dot
/// itself comes first, as claims may have.
pub(super) fn at<'a>(fields: &'a Fields, path: &str) -> Option<&'a Value> {
    if let Some(value) = fields.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    rest.split('.').try_fold(fields.get(first)?, |value, name| match value {
        Value::Array(list) => list.get(name.parse::<usize>().ok()?),
        other => other.get(name),
    })
}

/// The text at `path`, if it holds something; a number in digits.
pub(super) fn text(fields: &Fields, path: &str) -> Option<String> {
    match at(fields, path)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The texts of the first of `paths` whose parts, with slashes between them, are all there, with
/// `between` put between them.
pub(super) fn first(fields: &Fields, paths: &[String], between: &str) -> Option<String> {
    paths.iter().find_map(|path| {
        let parts = path.split('/').map(|part| text(fields, part));
        text(fields, path).or_else(|| Some(parts.collect::<Option<Vec<_>>>()?.join(between)))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_leads_into_objects_and_lists() {
        let told = json!({
            "id": 7,
            "data": [{"id": "a"}, {"id": "b", "name": ""}],
            "team": {"id": "T1"},
            "https://x.example/claims/id": "literal",
        });
        let told = told.as_object().unwrap();
        for (path, found) in [
            ("id", Some("7")),
            ("data.1.id", Some("b")),
            ("team.id/id", Some("T1/7")),
            ("https://x.example/claims/id", Some("literal")),
            ("data.2.id", None),
            ("data.1.name", None),
            ("data.x", None),
            ("data", None),
            ("id.x", None),
            ("team.id/name", None),
            ("", None),
            (".", None),
        ] {
            assert_eq!(first(told, &[path.to_owned()], "/").as_deref(), found, "{path}");
        }
        let either = ["name".to_owned(), "team.id".to_owned()];
        assert_eq!(first(told, &either, " ").as_deref(), Some("T1"));
    }
}
