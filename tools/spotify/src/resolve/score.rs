//! How well a result fits what was wanted, in thousandths.

use std::collections::BTreeMap;

use super::{
    names::{Title, fold},
    wanted::Reading,
};
use crate::answer::Row;

/// The best there is.
pub(super) const FULL: u32 = 1000;
/// What a version costs that was not asked for, or isn't what was.
const OTHER_VERSION: u32 = 250;
/// What a remark on the version costs that makes no difference to the ear.
const REMARK: u32 = 10;
/// Title first, artist second, is the usual way.
const TURNED: u32 = 20;

/// How well a result fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Score {
    /// All in all.
    pub(super) total: u32,
    pub(super) title: u32,
    /// The artist; `None` when none was named.
    pub(super) artist: Option<u32>,
    /// Whether it is the version that was asked for.
    pub(super) is_that_version: bool,
}

/// How well `row` fits the best of `readings`.
pub(super) fn score(readings: &[Reading], row: &Row) -> Option<Score> {
    let (title, names) = (Title::read(&row.name), names_of(row));
    readings.iter().map(|reading| fit(reading, &title, &names)).max()
}

fn fit(reading: &Reading, title: &Title, names: &[String]) -> Score {
    let likeness = alike(&reading.title.base, &title.base);
    let artist = reading.artist.as_deref().map(|artist| by(artist, names));
    let sum = match artist {
        Some(artist) => (likeness * 3 + artist * 2) / 5,
        None => likeness,
    };
    let is_that_version = reading.title.versions == title.versions;
    let mut malus = if is_that_version { 0 } else { OTHER_VERSION };
    if reading.title.is_marked != title.is_marked {
        malus += REMARK;
    }
    if reading.is_turned {
        malus += TURNED;
    }
    Score { total: sum.saturating_sub(malus), title: likeness, artist, is_that_version }
}

/// Everybody who could be named as the maker: each artist, and all together.
fn names_of(row: &Row) -> Vec<String> {
    let mut names: Vec<_> = row.artists.iter().map(|name| fold(name)).collect();
    names.push(fold(&row.artists.join(" & ")));
    names.extend(row.show.as_deref().or(row.owner.as_deref()).map(fold));
    names
}

/// How well a maker fits: one of `names`, or several of them.
fn by(artist: &str, names: &[String]) -> u32 {
    let artist = without_article(&fold(artist)).to_owned();
    let best = names.iter().map(|name| alike(&artist, without_article(name))).max();
    let all: Vec<_> = names.iter().flat_map(|name| name.split(' ')).collect();
    let mut words = artist.split(' ').filter(|word| *word != "and").peekable();
    if words.peek().is_some_and(|first| !first.is_empty()) && words.all(|word| all.contains(&word))
    {
        return FULL;
    }
    best.unwrap_or(0)
}

fn without_article(name: &str) -> &str {
    name.strip_prefix("the ").unwrap_or(name)
}

/// How alike two texts are: twice the pairs of letters that they share, of all they have.
fn alike(one: &str, other: &str) -> u32 {
    if one == other {
        return if one.is_empty() { 0 } else { FULL };
    }
    let (one, other) = (pairs(one), pairs(other));
    let all: u32 = one.values().chain(other.values()).sum();
    let shared: u32 = one.iter().map(|(pair, n)| other.get(pair).map_or(0, |m| *n.min(m))).sum();
    (shared * 2 * FULL).checked_div(all).unwrap_or(0)
}

/// The pairs of neighbouring letters, blanks at both ends included, and how often each comes.
fn pairs(text: &str) -> BTreeMap<(char, char), u32> {
    let mut pairs = BTreeMap::new();
    let mut last = ' ';
    for c in text.chars().chain([' ']) {
        *pairs.entry((last, c)).or_insert(0) += 1;
        last = c;
    }
    pairs
}
