//! One line of a list as people write it, and what it can mean.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::names::Title;
use crate::text::clip;

/// The most characters of a line that are looked at.
const LONGEST: usize = 200;
/// What stands between title and artist.
const SEPARATORS: [&str; 5] = [" – ", " — ", " - ", " by ", "\t"];

/// What to find: a line, or its parts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Wanted {
    /// A title, or title and artist with a dash or "by" between them.
    Line(String),
    /// The parts of it.
    Parts(Parts),
}

/// A title, and who made it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parts {
    /// The title.
    title: String,
    /// The artist, if known.
    artist: Option<String>,
}

/// One way to understand a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) title: Title,
    pub(super) artist: Option<String>,
    /// Whether the artist stands first, which is the rarer way.
    pub(super) is_turned: bool,
}

impl Wanted {
    /// All ways to understand it.
    pub(super) fn readings(&self) -> Vec<Reading> {
        let line = match self {
            Self::Line(line) => clip(line, LONGEST),
            Self::Parts(Parts { title, artist }) => {
                let artist = artist.as_deref().map(|artist| clip(artist, LONGEST));
                return vec![reading(&clip(title, LONGEST), artist.as_deref(), false)];
            }
        };
        let mut readings = vec![reading(&line, None, false)];
        for separator in SEPARATORS {
            for (at, _) in line.match_indices(separator) {
                let (before, after) = line.split_at(at);
                let after = after.get(separator.len()..).unwrap_or_default();
                readings.push(reading(before, Some(after), false));
                if separator != " by " {
                    readings.push(reading(after, Some(before), true));
                }
            }
        }
        readings
    }

    /// What to search for, one after the other.
    pub(super) fn queries(&self) -> Vec<String> {
        let (all, title) = match self {
            Self::Line(line) => {
                let cut = SEPARATORS.iter().filter_map(|separator| line.rfind(separator)).max();
                let spoken = SEPARATORS.iter().fold(line.clone(), |line, separator| {
                    let last = line.rfind(separator);
                    match (*separator, last) {
                        (" by ", Some(at)) => {
                            let after = line.get(at + separator.len()..).unwrap_or_default();
                            format!("{} {after}", line.get(..at).unwrap_or_default())
                        }
                        _ => line,
                    }
                });
                (spoken, line.get(..cut.unwrap_or(line.len())).unwrap_or_default().to_owned())
            }
            Self::Parts(Parts { title, artist }) => {
                (format!("{title} {}", artist.as_deref().unwrap_or_default()), title.clone())
            }
        };
        let title = Title::read(&clip(&title, LONGEST)).base;
        let mut queries = vec![searchable(&all), searchable(&title)];
        // Some titles are nothing but signs.
        queries.retain(|query| !query.is_empty());
        queries.dedup();
        if queries.is_empty() {
            queries.push(clip(&all, LONGEST));
        }
        queries
    }
}

fn reading(title: &str, artist: Option<&str>, is_turned: bool) -> Reading {
    let artist = artist.map(str::trim).filter(|artist| !artist.is_empty());
    Reading { title: Title::read(title), artist: artist.map(str::to_owned), is_turned }
}

/// The words alone: marks such as `:` and `"` mean something to Spotify's search, and a guest is
/// often told in another way.
fn searchable(text: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '&' | '$' | '!');
    let spaced: String = text.chars().map(|c| if is_word(c) { c } else { ' ' }).collect();
    let is_filler =
        |word: &&str| !matches!(word.to_lowercase().as_str(), "feat" | "ft" | "featuring");
    let words: Vec<_> = spaced.split_whitespace().filter(is_filler).collect();
    clip(&words.join(" "), LONGEST)
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = match self {
            Self::Line(line) => line.clone(),
            Self::Parts(Parts { title, artist: Some(artist) }) => format!("{title} – {artist}"),
            Self::Parts(Parts { title, artist: None }) => title.clone(),
        };
        f.write_str(&clip(&line, 80))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_a_line_is_looked_at_beyond_its_length() {
        let long = || "na ".repeat(100_000);
        let parts = Parts { title: long(), artist: Some(long()) };
        for wanted in [Wanted::Line(long()), Wanted::Parts(parts)] {
            let size = |reading: &Reading| {
                let artist = reading.artist.as_ref().map_or(0, String::len);
                reading.title.base.len().max(artist)
            };
            assert!(wanted.readings().iter().all(|reading| size(reading) <= LONGEST + 3));
            assert!(wanted.queries().iter().all(|query| query.len() <= LONGEST + 3));
        }
    }

    #[test]
    fn signs_alone_are_searched_for_as_they_are() {
        let signs = Wanted::Parts(Parts { title: "÷".into(), artist: Some("Somebody".into()) });
        assert_eq!(signs.queries(), ["Somebody"]);
        assert_eq!(Wanted::Line("???".into()).queries(), ["???"]);
    }
}
