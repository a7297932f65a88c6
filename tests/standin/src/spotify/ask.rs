//! What requests say, read as strictly as Spotify reads it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::de::DeserializeOwned;

use super::{
    catalogue,
    http::{Asked, Reply},
};

/// An answer, or the refusal that takes its place.
pub(super) type Answered = Result<Reply, Reply>;

/// The most that most pages hold.
pub(super) const PAGE: usize = 50;

/// How many rows a page has that nobody asked a number of.
pub(super) const USUAL: usize = 20;

/// A refusal of what no tool should send.
pub(super) fn malformed(why: &str) -> Reply {
    Reply::api_error(400, why).violating(why)
}

pub(super) fn not_found() -> Reply {
    Reply::api_error(404, "Resource not found")
}

/// The id in a path like `/v1/playlists/{id}/items`.
pub(super) fn id(asked: &Asked) -> Result<&str, Reply> {
    let id = asked.path.split('/').nth(3).unwrap_or_default();
    if is_id(id) {
        return Ok(id);
    }
    Err(Reply::api_error(400, "Invalid base62 id").violating("a malformed id"))
}

/// Whether this has the shape of an id: 22 digits and letters.
pub(super) fn is_id(id: &str) -> bool {
    id.len() == 22 && id.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Refuses parameters that the call does not have, and those that come twice.
pub(super) fn only(asked: &Asked, known: &[&str]) -> Result<(), Reply> {
    if let Some(name) = asked.repeated_param() {
        return Err(malformed(&format!("Duplicate parameter {name}")));
    }
    for (name, _) in url::form_urlencoded::parse(asked.query.as_bytes()) {
        if !known.contains(&name.as_ref()) {
            return Err(malformed(&format!("Unknown parameter {name}")));
        }
    }
    Ok(())
}

fn number(asked: &Asked, name: &str, usual: usize) -> Result<usize, Reply> {
    let Some(value) = asked.param(name) else {
        return Ok(usual);
    };
    value.parse().map_err(|_| malformed(&format!("Invalid {name}")))
}

/// `limit`, between 1 and `most`.
pub(super) fn limit(asked: &Asked, usual: usize, most: usize) -> Result<usize, Reply> {
    let limit = number(asked, "limit", usual)?;
    if (1..=most).contains(&limit) { Ok(limit) } else { Err(malformed("Invalid limit")) }
}

/// `offset`, from 0 on.
pub(super) fn offset(asked: &Asked) -> Result<usize, Reply> {
    let offset = number(asked, "offset", 0)?;
    if offset <= 100_000 { Ok(offset) } else { Err(malformed("Invalid offset")) }
}

/// `market`, if there is one: a country by its two letters.
pub(super) fn market(asked: &Asked) -> Result<Option<String>, Reply> {
    let market = asked.param("market");
    let sound = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    if market.as_ref().is_none_or(sound) {
        return Ok(market);
    }
    Err(malformed("Invalid market code"))
}

/// A parameter with several values out of a known list, joined by commas.
pub(super) fn listed(asked: &Asked, name: &str, known: &[&str]) -> Result<Vec<String>, Reply> {
    let Some(value) = asked.param(name) else {
        return Ok(Vec::new());
    };
    let values = value.split(',').map(str::to_owned).collect::<Vec<_>>();
    if values.iter().all(|value| known.contains(&value.as_str())) {
        return Ok(values);
    }
    Err(malformed(&format!("Invalid {name}")))
}

/// The JSON body, with exactly the fields it may have.
pub(super) fn body<T: DeserializeOwned>(asked: &Asked) -> Result<T, Reply> {
    serde_json::from_slice(&asked.body).map_err(|error| {
        Reply::api_error(400, "Error parsing JSON.").violating(format!("a body with {error}"))
    })
}

/// Checks URIs of these kinds for their form, and that there are 1 to `most`.
pub(super) fn check_uris(uris: &[String], kinds: &[&str], most: usize) -> Result<(), Reply> {
    if uris.is_empty() {
        return Err(malformed("Missing required field: uris"));
    }
    if uris.len() > most {
        return Err(malformed(&format!("You can use a maximum of {most} uris per request.")));
    }
    for uri in uris {
        let (kind, id) = catalogue::split(uri).unwrap_or_default();
        // People have names of their own choice.
        if !kinds.contains(&kind) || id.is_empty() || (kind != "user" && !is_id(id)) {
            return Err(malformed(&format!("Unsupported URL / URI: {uri}")));
        }
    }
    Ok(())
}

/// A time as Spotify writes it, to the second.
pub(super) fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
