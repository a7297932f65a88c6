//! The best result for a line, how sure that is, and what else it could be.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    score::{FULL, Score, score},
    wanted::Reading,
};
use crate::{
    answer::Row,
    uri::{Kind, SpotifyUri},
};

/// The most other results that are told.
const OTHERS: usize = 3;
/// How many bytes the line of one result has.
const ROOM: usize = 240;
/// As good as the title or the artist itself, but for a typing error.
const SAME: u32 = 850;
/// Anything below is something else.
const LEAST: u32 = 500;
/// Anything above may be it.
const LIKELY: u32 = 750;

/// How sure it is that the best result is what was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Confidence {
    Low,
    Medium,
    High,
}

/// What a line was taken for.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Chosen {
    /// What fits best; missing when nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    best: Option<Row>,
    /// How sure that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<Confidence>,
    /// What else it could be, where that isn't sure.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alternatives: Vec<Row>,
    #[serde(skip)]
    total: u32,
}

/// Chooses among `rows`, which are in Spotify's order.
pub(super) fn choose(readings: &[Reading], rows: Vec<Row>, kind: Kind) -> Chosen {
    let usable = |row: &Row| SpotifyUri::parse(row.uri.as_deref()?, Some(kind)).ok().map(drop);
    let mut scored: Vec<(Score, Row)> = rows
        .into_iter()
        .filter(|row| usable(row).is_some())
        .filter_map(|row| Some((score(readings, &row)?, row)))
        .collect();
    // Stable: Spotify's order decides between equals.
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(score.total));
    let confidence = scored.first().map(|(first, row)| sure(*first, row, &scored));
    let mut rows = scored.into_iter().map(|(score, row)| (score.total, row));
    let (total, best) = match rows.next() {
        Some((total, row)) => (total, Some(row)),
        None => return Chosen::default(),
    };
    let fits = total >= LEAST;
    let is_sure = confidence == Some(Confidence::High);
    let others = rows.map(|(_, row)| row);
    if fits {
        let alternatives = if is_sure { Vec::new() } else { others.take(OTHERS).collect() };
        return Chosen { best, confidence, alternatives, total };
    }
    let alternatives = best.into_iter().chain(others).take(OTHERS).collect();
    Chosen { best: None, confidence: None, alternatives, total }
}

fn sure(first: Score, row: &Row, all: &[(Score, Row)]) -> Confidence {
    let has_title = |score: Score| score.title >= SAME && score.is_that_version;
    // A title alone says it only if nobody else has it.
    let rival = |(score, other): &(Score, Row)| has_title(*score) && other.artists != row.artists;
    let sure = match first.artist {
        Some(artist) => has_title(first) && artist >= SAME,
        None => has_title(first) && first.title == FULL && !all.iter().any(rival),
    };
    match first.total {
        _ if sure => Confidence::High,
        LIKELY.. => Confidence::Medium,
        _ => Confidence::Low,
    }
}

impl Chosen {
    /// Whether there is no need to look further.
    pub(super) fn is_good(&self) -> bool {
        self.confidence >= Some(Confidence::Medium)
    }

    /// This, or `other` if that fits better.
    pub(super) fn better_of(self, other: Self) -> Self {
        if other.total > self.total { other } else { self }
    }
}

impl fmt::Display for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let best = self.best.as_ref().map(|best| best.line(ROOM));
        match (best, self.confidence) {
            (Some(best), Some(Confidence::High)) => write!(f, "high · {best}")?,
            (Some(best), Some(Confidence::Medium)) => write!(f, "medium · {best}")?,
            (Some(best), _) => write!(f, "low · {best}")?,
            (None, _) if self.alternatives.is_empty() => f.write_str("Spotify finds nothing.")?,
            (None, _) => f.write_str("nothing that fits.")?,
        }
        for row in &self.alternatives {
            write!(f, "\n   or: {}", row.line(ROOM))?;
        }
        Ok(())
    }
}
