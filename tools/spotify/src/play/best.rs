//! The best match of a search, and what else was found.

use stagepass_kit::{Caller, ToolError, code};

use crate::{
    answer::Row,
    api::SpotifyApi,
    model::Item,
    search,
    text::clip,
    uri::{Kind, SpotifyUri},
};

/// How many other matches are told.
const OTHERS: usize = 4;

/// A match.
#[derive(Debug)]
pub(super) struct Best {
    pub(super) uri: SpotifyUri,
    pub(super) row: Row,
    pub(super) others: Vec<Row>,
}

/// Searches for `query` among things of `kind` and chooses.
///
/// # Errors
/// `not_found`, or whatever the search answers.
pub(super) async fn find(
    api: &SpotifyApi,
    caller: &Caller,
    query: &str,
    kind: Kind,
) -> Result<Best, ToolError> {
    let args = search::Args {
        query: Some(query.to_owned()),
        types: Some(vec![kind]),
        limit: Some(search::MOST_ROWS),
        ..search::Args::default()
    };
    let pages = search::find(api, caller, &args).await?;
    let items = pages.into_iter().filter_map(|(_, page)| page.items).flatten();
    let playable: Vec<_> = items.filter(|item| item.is_playable != Some(false)).collect();
    best_of(&playable, query, kind).ok_or_else(|| {
        ToolError::new(
            code::NOT_FOUND,
            format!("Spotify finds no {} for \"{}\".", kind.as_str(), clip(query, 80)),
            "Try other words, another `kind`, or spotify_search.",
        )
    })
}

/// The match with most of the words of `query` in its title and names; Spotify's own order decides
/// between equals.
fn best_of(items: &[Item], query: &str, kind: Kind) -> Option<Best> {
    let mut rows: Vec<_> = items.iter().filter_map(Row::of).collect();
    let uri_of = |row: &Row| SpotifyUri::parse(row.uri.as_deref()?, Some(kind)).ok();
    rows.retain(|row| uri_of(row).is_some());
    let words: Vec<String> = words(query);
    let score = |row: &Row| {
        let title = self::words(&row.title());
        words.iter().filter(|word| title.contains(word)).count()
    };
    // `max_by_key` gives the last of equals, so it looks from the end.
    let index = (0..rows.len()).rev().max_by_key(|index| rows.get(*index).map(score))?;
    let best = rows.remove(index);
    rows.truncate(OTHERS);
    Some(Best { uri: uri_of(&best)?, row: best, others: rows })
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn track(name: &str, artist: &str, last: char) -> Item {
        serde_json::from_value(json!({
            "type": "track",
            "name": name,
            "artists": [{ "name": artist }],
            "uri": format!("spotify:track:00000000000000000000{last}A"),
        }))
        .unwrap()
    }

    #[test]
    fn words_of_the_query_beat_spotifys_order_and_equals_keep_it() {
        let items = [
            track("Hurt", "Nine Inch Nails", '1'),
            track("Hurt", "Johnny Cash", '2'),
            track("Hurt (Live)", "Johnny Cash", '3'),
        ];
        let best = best_of(&items, "hurt, johnny cash", Kind::Track).unwrap();
        assert_eq!(best.uri.to_string(), "spotify:track:000000000000000000002A");
        assert_eq!(best.others.len(), 2);
        let first = best_of(&items, "hurt", Kind::Track).unwrap();
        assert_eq!(first.uri.to_string(), "spotify:track:000000000000000000001A");
        assert!(best_of(&[Item::default()], "hurt", Kind::Track).is_none());
    }
}
