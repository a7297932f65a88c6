//! What somebody has heard: of late, and most.

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::{
    ask::{self, Answered, PAGE, USUAL, malformed},
    catalogue,
    http::{Asked, Reply},
    paging::Page,
    player::{self, Play},
    world::World,
};

const RANGES: [&str; 3] = ["short_term", "medium_term", "long_term"];

/// `GET /v1/me/top/artists` and `/tracks`.
pub(super) fn top(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let range = asked.param("time_range").unwrap_or_else(|| "medium_term".to_owned());
    if !RANGES.contains(&range.as_str()) {
        return Err(malformed("Invalid time range"));
    }
    let page = Page::of(asked, USUAL, PAGE)?;
    let kind = if asked.path.ends_with("/artists") { "spotify:artist:" } else { "spotify:track:" };
    let all = world.person(who).top.get(&range).map(Vec::as_slice).unwrap_or_default();
    let all = all.iter().filter(|uri| uri.starts_with(kind)).collect::<Vec<_>>();
    let resume = catalogue::ResumePoints::new();
    let page = page.cut(&all, |uri| catalogue::whole(uri, &resume).unwrap_or_default());
    Ok(Reply::json(&page))
}

/// A point in time, in milliseconds since 1970.
fn instant(asked: &Asked, name: &str) -> Result<Option<i64>, Reply> {
    let Some(value) = asked.param(name) else {
        return Ok(None);
    };
    value.parse().map(Some).map_err(|_| malformed(&format!("Invalid {name}")))
}

/// `GET /v1/me/player/recently-played`: tracks, the latest first.
pub(super) fn recently_played(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let limit = ask::limit(asked, USUAL, PAGE)?;
    let (after, before) = (instant(asked, "after")?, instant(asked, "before")?);
    if after.is_some() && before.is_some() {
        return Err(malformed("Only one of after and before"));
    }
    let plays = &player::settled(world, who).player.plays;
    let mut rows = plays
        .iter()
        .filter(|play| play.uri.starts_with("spotify:track:"))
        .filter(|play| after.is_none_or(|after| play.millis() > after))
        .filter(|play| before.is_none_or(|before| play.millis() < before))
        .collect::<Vec<_>>();
    let more = rows.len() > limit;
    // The plays next to the cursor: the earliest ones after it, the latest ones before it.
    if after.is_some() {
        rows.truncate(limit);
    } else {
        rows.drain(..rows.len().saturating_sub(limit));
    }
    rows.reverse();
    Ok(Reply::json(&page(&rows, limit, more, after.is_some())))
}

fn page(rows: &[&Play], limit: usize, more: bool, forwards: bool) -> Value {
    let millis = |play: &&&Play| play.millis().to_string();
    let (newest, oldest) = (rows.first().as_ref().map(millis), rows.last().as_ref().map(millis));
    let address = "https://api.spotify.com/v1/me/player/recently-played";
    let next = if forwards { newest.as_ref() } else { oldest.as_ref() };
    let name = if forwards { "after" } else { "before" };
    let next = next.filter(|_| more).map(|at| format!("{address}?{name}={at}&limit={limit}"));
    json!({
        "cursors": newest.as_ref().map(|newest| json!({"after": newest, "before": oldest})),
        "href": format!("{address}?limit={limit}"),
        "items": rows.iter().map(|play| play.to_json()).collect::<Vec<_>>(),
        "limit": limit,
        "next": next,
    })
}

impl Play {
    fn millis(&self) -> i64 {
        self.played_at.timestamp_millis()
    }

    fn to_json(&self) -> Value {
        json!({
            "context": player::context(self.context_uri.as_deref()),
            "played_at": self.played_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            "track": catalogue::playable(&self.uri),
        })
    }
}
