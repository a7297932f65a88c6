//! Tools that aren't offered, and words that would send a model to them.

use std::sync::Arc;

use rmcp::model::JsonObject;
use serde_json::Value;

/// What ends with a dot without ending a sentence.
const SHORT: [&str; 2] = ["e.g.", "i.e."];

/// The tools of a toolset whose sets are off. Texts name other tools, and are written for all of them;
/// what names one of these is left out: a sentence, or a part of it between semicolons.
#[derive(Debug, Clone, Default)]
pub(crate) struct Absent(Arc<[&'static str]>);

impl Absent {
    /// These, by their names.
    pub(crate) fn new(names: &[&'static str]) -> Self {
        Self(names.into())
    }

    /// Whether `text` names one of them.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        text.split(|c| !is_of_name(c)).any(|word| self.0.contains(&word))
    }

    /// `text` without what names one of them; nothing if that is all of it.
    pub(crate) fn left_out_of(&self, text: &str) -> String {
        if !self.is_in(text) {
            return text.to_owned();
        }
        let kept = pieces(text, ends_sentence).map(|sentence| {
            let parts = pieces(sentence, |word| word.ends_with(';'));
            let kept: String = parts.filter(|part| !self.is_in(part)).collect();
            if kept.len() == sentence.len() { kept } else { as_sentence(&kept) }
        });
        kept.collect::<String>().trim_end().to_owned()
    }

    /// The same for the descriptions in a JSON Schema, at every depth.
    pub(crate) fn leave_out_of_schema(&self, schema: &mut JsonObject) {
        for (key, value) in schema {
            match value {
                Value::String(text) if key == "description" && self.is_in(text) => {
                    *text = self.left_out_of(text);
                }
                _ => self.leave_out_of_value(value),
            }
        }
    }

    fn leave_out_of_value(&self, value: &mut Value) {
        match value {
            Value::Object(object) => self.leave_out_of_schema(object),
            Value::Array(values) => values.iter_mut().for_each(|one| self.leave_out_of_value(one)),
            _ => {}
        }
    }
}

/// `text` cut behind each word that `ends` a piece; the spaces stay where they are.
fn pieces(text: &str, ends: impl Fn(&str) -> bool) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut end = 0;
        for word in rest.split_inclusive(char::is_whitespace) {
            end += word.len();
            if ends(word.trim_end()) {
                break;
            }
        }
        let (piece, after) = rest.split_at_checked(end)?;
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

fn ends_sentence(word: &str) -> bool {
    word.ends_with(['.', '?', '!']) && !SHORT.contains(&word.trim_start_matches('('))
}

/// What was left of a sentence, as one.
fn as_sentence(kept: &str) -> String {
    let kept = kept.trim_end().trim_end_matches(';');
    let mut letters = kept.chars();
    let Some(first) = letters.next() else { return String::new() };
    let end = if ends_sentence(kept) { " " } else { ". " };
    first.to_uppercase().chain(letters.as_str().chars()).chain(end.chars()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn left_of(text: &str) -> String {
        Absent::new(&["a_play", "a_list"]).left_out_of(text)
    }

    #[test]
    fn a_sentence_that_names_an_absent_tool_goes() {
        let text = "Finds things. To play one, call a_play with `it`: it looks by itself. Fast.";
        assert_eq!(left_of(text), "Finds things. Fast.");
        assert_eq!(left_of("Call `a_list` with it."), "");
    }

    #[test]
    fn of_a_sentence_in_parts_the_others_stay() {
        let text = "To find one, call a_find; to play it, a_play. Asks nobody.";
        assert_eq!(left_of(text), "To find one, call a_find. Asks nobody.");
        let text = "For lists call a_list; for songs call a_find; to play one,\na_play.";
        assert_eq!(left_of(text), "For songs call a_find.");
        assert_eq!(left_of("What it is; `a_play` takes it."), "What it is.");
        assert_eq!(left_of("Is it old? Then a_list has it; ask."), "Is it old? Ask.");
    }

    #[test]
    fn what_names_no_absent_tool_stays_to_the_letter() {
        for text in ["", "Call a_playlist;  or a_lists. ", "a_find (e.g. now);\n\nthen  play"] {
            assert_eq!(left_of(text), text);
        }
    }

    #[test]
    fn an_example_ends_no_sentence() {
        assert_eq!(left_of("A mood, e.g. \"calm\" (e.g. of a_play). More."), "More.");
    }

    #[test]
    fn the_descriptions_of_a_schema_are_cut_at_every_depth() {
        let mut schema = json!({
            "description": "Pages. a_list has more.",
            "properties": {
                "description": { "type": "string", "description": "Words; a_play says them." },
                "rows": { "items": { "anyOf": [{ "description": "One. As in a_list." }] } },
            },
        });
        let object = schema.as_object_mut().unwrap();
        Absent::new(&["a_play", "a_list"]).leave_out_of_schema(object);
        let wanted = json!({
            "description": "Pages.",
            "properties": {
                "description": { "type": "string", "description": "Words." },
                "rows": { "items": { "anyOf": [{ "description": "One." }] } },
            },
        });
        assert_eq!(schema, wanted);
    }
}
