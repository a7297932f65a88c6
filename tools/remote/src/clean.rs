//! Takes from what a remote says what isn't its to say: invisible characters in what models read, and
//! `_meta` that speaks for us.

mod meta;
mod schema;

use serde_json::Value;
use stagepass_kit::text;

pub(crate) use meta::strip_meta;
pub(crate) use schema::is_sound;

/// What a text needs for its lines.
fn is_layout(c: char) -> bool {
    matches!(c, '\n' | '\t')
}

/// Whether a character shows nothing, or changes how others are shown.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || text::is_hidden(c)
}

/// `text` without hidden characters.
pub(crate) fn visible(text: &str) -> String {
    text.chars().filter(|c| is_layout(*c) || !is_hidden(*c)).collect()
}

/// `text` as one line of at most `most` characters, without hidden ones.
pub(crate) fn line(text: &str, most: usize) -> String {
    let words = |c: char| if c.is_whitespace() { ' ' } else { c };
    let mut line: String = text.chars().map(words).filter(|c| !is_hidden(*c)).take(most).collect();
    if text.chars().nth(most).is_some() {
        line.push('…');
    }
    line.trim().to_owned()
}

/// Makes visible what models and people read: titles and descriptions, at every depth.
pub(crate) fn show(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(text) if matches!(key.as_str(), "title" | "description") => {
                        *text = visible(text);
                    }
                    other => show(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(show),
        _ => {}
    }
}

/// Whether names and values, at every depth, are free of hidden characters.
pub(crate) fn is_visible(value: &Value) -> bool {
    let shown = |text: &str| text.chars().all(|c| is_layout(c) || c == '\r' || !is_hidden(c));
    match value {
        Value::Object(fields) => fields.iter().all(|(key, value)| shown(key) && is_visible(value)),
        Value::Array(items) => items.iter().all(is_visible),
        Value::String(text) => shown(text),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_nobody_sees_is_taken_out_of_what_models_read() {
        let mut said = json!({
            "description": "Reads\u{202e} a\u{200b} file\u{7}.\nThen \u{e0049}\u{e0067}more.",
            "inputSchema": {"properties": {"title": {"description": "a\u{feff}b"}}},
        });
        show(&mut said);
        assert_eq!(said["description"], "Reads a file.\nThen more.");
        assert_eq!(said.pointer("/inputSchema/properties/title/description").unwrap(), "ab");
        assert!(is_visible(&said));
        assert!(!is_visible(&json!({"enum": ["a\u{202e}b"]})));
        assert!(!is_visible(&json!({"enum": ["a\u{fe01}b"]})), "bytes, spelled in selectors");
        assert!(!is_visible(&json!({"a\u{0}b": 1})));
    }

    #[test]
    fn a_remotes_words_become_one_short_line() {
        assert_eq!(line("a\r\n\u{1b}[31mb\u{2066}c ", 99), "a  [31mbc");
        assert_eq!(line(&"x".repeat(10), 4), "xxxx…");
    }
}
