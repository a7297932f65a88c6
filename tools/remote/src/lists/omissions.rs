//! What a remote lists and nobody is shown, and why.

use std::fmt;

use moka::sync::Cache;
use serde_json::Value;

use super::entry::Listed;
use crate::{Remote, clean};

/// Of so many things of one list it is said which.
const MOST: usize = 20;
/// Characters of what each is called.
const LONGEST_NAME: usize = 80;
/// So much of what was said is remembered, so that it is said once.
const MOST_SAID: u64 = 1_000;

/// Why something that a remote lists is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeftOut {
    Name,
    Size,
    Schema,
    Hidden,
    Shape,
    Task,
    Twice,
    Many,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "no client could call it by its name",
            Self::Size => "its description is too large",
            Self::Schema => "its schema is too large or too deep, or refers to other addresses",
            Self::Hidden => "there are invisible characters in its names or values",
            Self::Shape => "it isn't described as MCP wants it",
            Self::Task => "it can only be run as a task",
            Self::Twice => "another one has that name",
            Self::Many => "there are too many before it",
        })
    }
}

/// What was left out of one list.
#[derive(Debug, Default)]
pub(crate) struct Omitted {
    /// What it is called there, in a few visible characters, and why.
    some: Vec<(String, LeftOut)>,
    pub(super) count: usize,
    /// Whether there were more pages than are read.
    pub(super) is_cut: bool,
}

impl Omitted {
    /// What `said` is called, for when it is left out.
    pub(super) fn name<T: Listed>(said: &Value) -> String {
        let name = said.get(T::KEY).and_then(Value::as_str).unwrap_or_default();
        clean::line(name, LONGEST_NAME)
    }

    pub(super) fn add(&mut self, name: String, why: LeftOut) {
        self.count += 1;
        if self.some.len() < MOST {
            self.some.push((name, why));
        }
    }

    /// One line for each that is known by name, and one for all others.
    pub(crate) fn told<T: Listed>(&self) -> Vec<String> {
        let word = T::WORD;
        let some = self.some.iter().map(|(name, why)| format!("The {word} {name:?}: {why}."));
        let mut told: Vec<_> = some.collect();
        let more = self.count - self.some.len();
        if more > 0 {
            told.push(format!("{more} more of its {word}s."));
        }
        if self.is_cut {
            told.push(format!("What stands on further pages of its {word}s: there are too many."));
        }
        told
    }

    /// The same for the log. An address may be somebody's secret, and what only some people are shown
    /// is theirs: neither is said there.
    fn logged<T: Listed>(&self, is_for_all: bool) -> String {
        let is_said = is_for_all && !T::BY_URI;
        let some = self
            .some
            .iter()
            .map(|(name, why)| if is_said { format!("{name:?}: {why}") } else { why.to_string() });
        some.collect::<Vec<_>>().join("; ")
    }
}

/// What was said of omissions.
pub(crate) struct Omissions(Cache<String, ()>);

impl Omissions {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(MOST_SAID).build())
    }
}

impl Remote {
    /// Says what was left out of a list, unless that was said before.
    pub(super) fn note_omitted<T: Listed>(&self, omitted: &Omitted) {
        let Omitted { count, is_cut, .. } = *omitted;
        if count == 0 && !is_cut {
            return;
        }
        let (remote, kind, which) =
            (self.name(), T::WORD, omitted.logged::<T>(self.provider().is_none()));
        let said = format!("{kind} {count} {is_cut} {which}");
        if self.inner.omissions.0.entry(said).or_insert(()).is_fresh() {
            tracing::warn!(
                remote,
                kind,
                left_out = count,
                cut = is_cut,
                %which,
                "not all that a remote lists is shown"
            );
        }
    }
}
