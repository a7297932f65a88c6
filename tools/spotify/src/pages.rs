//! Lists that Spotify gives in pages, read as far as they were asked for.

use serde_json::{Map, Value};
use stagepass_kit::{Caller, ToolError};

use crate::{
    answer::{Entry, Part},
    api::{Ask, Failure, Refusal, SpotifyApi},
    limits::within,
    model::{Entries, Followed},
};

/// The most entries that one call gives.
pub(crate) const MOST: u32 = 50;
/// How many entries when nobody says how many.
const SOME: u32 = 20;
/// Nobody's list is longer.
const LAST_OFFSET: u32 = 100_000;
/// Following more artists than this, nobody can page to the end: each call begins at the start.
const LAST_FOLLOWED: u32 = 2_000;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    offset: u32,
    limit: u32,
}

impl Span {
    /// The part that these arguments mean.
    ///
    /// # Errors
    /// `invalid_argument` when they are out of bounds.
    pub(crate) fn read(offset: Option<u32>, limit: Option<u32>) -> Result<Self, ToolError> {
        Ok(Self {
            offset: within("offset", offset.unwrap_or(0), 0, LAST_OFFSET)?,
            limit: within("limit", limit.unwrap_or(SOME), 1, MOST)?,
        })
    }

    fn end(self) -> u32 {
        self.offset + self.limit
    }
}

/// A list with offsets.
pub(crate) struct Paged {
    /// The request, without offset and limit.
    pub(crate) ask: Ask,
    /// The most entries that Spotify gives at once.
    pub(crate) page: u32,
    /// As what an entry holds the thing; if it holds none, it is one.
    pub(crate) holds: &'static str,
}

impl Paged {
    /// Reads `span` of it, page by page. When a later page fails or nobody waits any more, the
    /// answer is what was read, and where it goes on.
    pub(crate) async fn read(
        &self,
        api: &SpotifyApi,
        caller: &Caller,
        span: Span,
    ) -> Result<Part, Failure> {
        let (mut at, mut total) = (span.offset, None);
        let mut rows = Vec::new();
        loop {
            let size = (span.end() - at).min(self.page);
            let page = match self.page(api, caller, at, size).await {
                Err(_) if !rows.is_empty() => {
                    return Ok(Part { rows, total, offset: span.offset, next_offset: Some(at) });
                }
                page => page?,
            };
            at += size;
            total = page.total.or(total);
            let more = goes_on(&page, at);
            rows.extend(entries(&page, self.holds).into_iter().take(size as usize));
            if !more || at >= span.end() || caller.watch().is_cancelled() {
                let next_offset = more.then_some(at);
                return Ok(Part { rows, total, offset: span.offset, next_offset });
            }
            let (done, all) = (at - span.offset, span.limit);
            caller.watch().report(done.into(), Some(all.into()), "Reading the list").await;
        }
    }

    async fn page(
        &self,
        api: &SpotifyApi,
        caller: &Caller,
        offset: u32,
        limit: u32,
    ) -> Result<Entries, Failure> {
        let ask = self.ask.clone().with("limit", limit.to_string());
        let ask = ask.with("offset", offset.to_string());
        readable(api.read(caller, &ask).await?)
    }
}

/// The artists whom the person follows. Spotify's list of them has no offsets: it is read from its
/// beginning every time.
pub(crate) async fn followed(
    api: &SpotifyApi,
    caller: &Caller,
    span: Span,
    ask: &Ask,
) -> Result<Part, Failure> {
    within("offset", span.offset, 0, LAST_FOLLOWED)?;
    let mut part = Part { offset: span.offset, ..Part::default() };
    let (mut at, mut after) = (0, None::<String>);
    loop {
        let size = (span.end() - at).min(MOST);
        let ask = ask.clone().with("limit", size.to_string()).with_some("after", after);
        let list: Option<Followed> = api.read(caller, &ask).await?;
        let page = readable(list.and_then(|list| list.artists))?;
        let before = span.offset.saturating_sub(at);
        let skipped = usize::try_from(before).unwrap_or(usize::MAX);
        let artists = entries(&page, "artist").into_iter().take(size as usize);
        part.rows.extend(artists.skip(skipped));
        part.total = page.total.or(part.total);
        at += size;
        after = page.cursors.as_ref().and_then(|cursors| cursors.after.clone());
        after = after.or_else(|| last_id(&page));
        let more = goes_on(&page, at) && after.is_some();
        if !more || at >= span.end() || caller.watch().is_cancelled() {
            part.next_offset = more.then_some(at.max(span.offset));
            return Ok(part);
        }
        let all = span.end();
        caller.watch().report(at.into(), Some(all.into()), "Reading the list").await;
    }
}

fn last_id(page: &Entries) -> Option<String> {
    let id = |entry: &Map<String, Value>| Some(entry.get("id")?.as_str()?.to_owned());
    page.items.as_deref()?.iter().rev().find_map(id)
}

/// A page whose entries can't be read at all is not the same as one without entries.
fn readable(page: Option<Entries>) -> Result<Entries, Failure> {
    let page = page.filter(|page| page.items.is_some());
    page.ok_or_else(|| Refusal::nonsense().into())
}

fn entries(page: &Entries, holds: &str) -> Vec<Entry> {
    let items = page.items.as_deref().unwrap_or_default();
    items.iter().filter_map(|entry| Entry::of(entry, holds)).collect()
}

/// Not after an empty page, whatever Spotify says of what follows.
fn goes_on(page: &Entries, next: u32) -> bool {
    let is_empty = page.items.as_ref().is_none_or(Vec::is_empty);
    !is_empty && page.total.map_or(page.next.is_some(), |total| u64::from(next) < total)
}
