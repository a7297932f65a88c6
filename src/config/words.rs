//! A list that may also be written as one string, as the environment has to.

use serde::Deserialize;

/// A list, or its items in one string with spaces or commas between them, or with brackets and quotes.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Written")]
pub(super) struct Words(pub(super) Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    List(Vec<String>),
    Line(String),
}

impl From<Written> for Words {
    fn from(written: Written) -> Self {
        Self(match written {
            Written::List(words) => words,
            // As it stands in the file.
            Written::Line(line) if line.trim_start().starts_with('[') => {
                serde_json::from_str(&line).unwrap_or_else(|_| vec![line])
            }
            Written::Line(line) => {
                line.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
            }
        })
    }
}

/// For a field that is a plain list of words.
pub(super) fn words<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Words::deserialize(from).map(|Words(words)| words)
}
