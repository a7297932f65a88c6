//! From arguments to the pages of a search.

use stagepass_kit::{Caller, ToolError};

use super::{Args, LAST_OFFSET};
use crate::{
    api::{Ask, Failure, Refusal, SpotifyApi},
    limits::within,
    model::{Found, Page},
    uri::Kind,
};

/// How many rows when nobody says how many.
pub(super) const SOME_ROWS: u32 = 5;
/// The most rows that Spotify gives at once.
pub(crate) const MOST_ROWS: u32 = 10;

/// The most characters of a query with its filters.
const LONGEST_QUERY: usize = 250;

/// Searches, and gives a page for each kind that Spotify answered for.
///
/// # Errors
/// `invalid_argument`, or whatever the call answers.
pub(crate) async fn find(
    api: &SpotifyApi,
    caller: &Caller,
    args: &Args,
) -> Result<Vec<(Kind, Page)>, Failure> {
    let kinds = kinds(args.types.as_deref().unwrap_or_default());
    let mut found: Found = api.read(caller, &ask(args, &kinds)?).await?.unwrap_or_default();
    let pages: Vec<_> = kinds
        .into_iter()
        .filter_map(|kind| Some((kind, found.take(kind)?)))
        .filter(|(_, page)| page.items.is_some())
        .collect();
    if pages.is_empty() {
        // No page that can be read is not the same as pages without results.
        return Err(Refusal::nonsense().into());
    }
    Ok(pages)
}

fn ask(args: &Args, kinds: &[Kind]) -> Result<Ask, ToolError> {
    let words: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
    let limit = within("limit", args.limit.unwrap_or(SOME_ROWS), 1, MOST_ROWS)?;
    let offset = within("offset", args.offset.unwrap_or(0), 0, LAST_OFFSET)?;
    Ok(Ask::get("search")
        .with("q", words_and_filters(args)?)
        .with("type", words.join(","))
        .with("limit", limit.to_string())
        .with("offset", offset.to_string())
        .with_some("market", args.market.as_deref().map(country).transpose()?))
}

/// Each kind once, in the order given.
fn kinds(asked: &[Kind]) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for kind in asked {
        if !kinds.contains(kind) {
            kinds.push(*kind);
        }
    }
    if kinds.is_empty() { vec![Kind::Track] } else { kinds }
}

/// Spotify's own form: `words artist:"name" album:"title" year:1990-1999`.
fn words_and_filters(args: &Args) -> Result<String, ToolError> {
    let quoted = |name: &str, value: &Option<String>| {
        let value = value.as_deref()?.replace('"', " ");
        let value = value.trim();
        (!value.is_empty()).then(|| format!("{name}:\"{value}\""))
    };
    let year = args.year.as_deref().map(years).transpose()?;
    let parts = [
        args.query
            .as_deref()
            .map(|query| query.trim().to_owned())
            .filter(|query| !query.is_empty()),
        quoted("artist", &args.artist),
        quoted("album", &args.album),
        year.map(|year| format!("year:{year}")),
    ];
    let q = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    match q.chars().count() {
        0 => Err(ToolError::invalid_argument("There is nothing to look for.", "Pass `query`.")),
        1..=LONGEST_QUERY => Ok(q),
        _ => Err(ToolError::invalid_argument("The query is too long.", "Use fewer words.")),
    }
}

fn years(text: &str) -> Result<&str, ToolError> {
    let is_year = |part: &str| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit());
    let text = text.trim();
    if text.splitn(2, '-').all(is_year) {
        return Ok(text);
    }
    Err(ToolError::invalid_argument(
        "`year` is neither a year nor a range of years.",
        "Pass it as \"1994\" or \"1990-1999\".",
    ))
}

fn country(text: &str) -> Result<String, ToolError> {
    let text = text.trim();
    if text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Ok(text.to_ascii_uppercase());
    }
    Err(ToolError::invalid_argument(
        "`market` is not a country code.",
        "Pass two letters such as \"DE\", or leave it out.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args() -> Args {
        Args::default()
    }

    #[test]
    fn filters_are_folded_into_the_query() {
        let all = Args {
            query: Some(" hurt ".into()),
            artist: Some("Johnny \"Cash\"".into()),
            album: Some(" ".into()),
            year: Some("1990-1999".into()),
            ..args()
        };
        let q = words_and_filters(&all).unwrap();
        assert_eq!(q, "hurt artist:\"Johnny  Cash\" year:1990-1999");
    }

    #[test]
    fn arguments_that_spotify_would_refuse_are_refused_here() {
        let hurt = || Args { query: Some("hurt".into()), ..args() };
        for bad in [
            args(),
            Args { query: Some("x".repeat(251)), ..args() },
            Args { limit: Some(0), ..hurt() },
            Args { limit: Some(11), ..hurt() },
            Args { offset: Some(1001), ..hurt() },
            Args { year: Some("94".into()), ..hurt() },
            Args { year: Some("1994 OR".into()), ..hurt() },
            Args { market: Some("Germany".into()), ..hurt() },
        ] {
            assert_eq!(
                ask(&bad, &[Kind::Track]).unwrap_err().code(),
                "invalid_argument",
                "{bad:?}"
            );
        }
        assert!(ask(&hurt(), &[Kind::Track]).is_ok());
    }

    #[test]
    fn kinds_are_asked_for_once() {
        assert_eq!(kinds(&[]), [Kind::Track]);
        assert_eq!(kinds(&[Kind::Show, Kind::Album, Kind::Show]), [Kind::Show, Kind::Album]);
    }
}
