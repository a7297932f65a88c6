//! The address of a resource, or the form of many (RFC 6570, level 1).

use percent_encoding::percent_decode_str;
use rmcp::model::JsonObject;

/// What ends the value of a variable wherever it stands.
const RESERVED: [char; 3] = ['/', '?', '#'];

/// Text and variables, by turns.
#[derive(Clone)]
pub(crate) struct Template(Vec<Part>);

#[derive(Clone)]
enum Part {
    Text(&'static str),
    Variable(&'static str),
}

impl Template {
    /// The form that `uri` writes.
    pub(crate) fn new(uri: &'static str) -> Self {
        let mut parts = Vec::new();
        for piece in uri.split('{') {
            let (variable, text) = match piece.split_once('}') {
                Some((name, text)) => (Some(Part::Variable(name)), text),
                None => (None, piece),
            };
            let text = (!text.is_empty()).then_some(Part::Text(text));
            parts.extend(variable.into_iter().chain(text));
        }
        Self(parts)
    }

    /// The names of its variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(*name),
            Part::Text(_) => None,
        })
    }

    /// The values of the variables in `uri`; none if it has another form.
    ///
    /// A client that leaves something unescaped is understood as far as that is possible.
    pub(crate) fn matched(&self, uri: &str) -> Option<JsonObject> {
        let mut rest = uri;
        let mut values = JsonObject::new();
        for (index, part) in self.0.iter().enumerate() {
            match part {
                Part::Text(text) => rest = rest.strip_prefix(text)?,
                Part::Variable(name) => {
                    let end = match self.0.get(index + 1) {
                        Some(Part::Text(next)) => rest.find(next)?,
                        _ => rest.len(),
                    };
                    let (value, after) = rest.split_at(end);
                    let value = decoded(value)?;
                    values.insert((*name).to_owned(), value.into());
                    rest = after;
                }
            }
        }
        rest.is_empty().then_some(values)
    }
}

fn decoded(value: &str) -> Option<String> {
    if value.is_empty() || value.contains(RESERVED) {
        return None;
    }
    percent_decode_str(value).decode_utf8().ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matched(form: &'static str, uri: &str) -> Option<serde_json::Value> {
        Template::new(form).matched(uri).map(Into::into)
    }

    #[test]
    fn an_address_gives_the_values_of_its_variables_unescaped() {
        let form = "spotify://playlists/{playlist}/items/{at}";
        let values = matched(form, "spotify://playlists/R%26B%2FSoul%20caf%C3%A9/items/3");
        assert_eq!(values, Some(json!({"playlist": "R&B/Soul café", "at": "3"})));
        assert_eq!(Template::new(form).variables().collect::<Vec<_>>(), ["playlist", "at"]);
    }

    #[test]
    fn an_address_without_variables_is_itself_alone() {
        assert_eq!(matched("spotify://playback", "spotify://playback"), Some(json!({})));
        for other in ["", "spotify://playbac", "spotify://playback/", "spotify://playback?a=b"] {
            assert_eq!(matched("spotify://playback", other), None, "{other}");
        }
    }

    #[test]
    fn a_client_that_escapes_nothing_is_understood() {
        let values = matched("spotify://playlists/{playlist}", "spotify://playlists/Sad & slow: 2");
        assert_eq!(values, Some(json!({"playlist": "Sad & slow: 2"})));
    }

    #[test]
    fn what_has_another_form_is_none() {
        let form = "spotify://playlists/{playlist}";
        for other in ["", "a/b", "a?b", "a#b", "%FF"] {
            assert_eq!(matched(form, &format!("spotify://playlists/{other}")), None, "{other}");
        }
        assert_eq!(matched(form, "other://playlists/a"), None);
    }
}
