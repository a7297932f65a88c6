//! Lists of what is saved and followed.

use serde_json::{Map, Value, json};

use super::super::{
    ask::{self, Answered, PAGE, USUAL, stamp},
    catalogue,
    http::{Asked, Reply},
    paging::Page,
    world::World,
};

fn list(world: &World, asked: &Asked, who: &str, kind: &str) -> Answered {
    ask::market(asked)?;
    let page = Page::of(asked, USUAL, PAGE)?;
    let person = world.somebody(who)?;
    let page = page.cut(&person.saved_of(kind), |saved| {
        let thing = catalogue::whole(&saved.uri, &person.player.resume_points);
        let mut row = Map::new();
        row.insert("added_at".to_owned(), stamp(saved.added_at).into());
        row.insert(kind.to_owned(), thing.unwrap_or_default());
        Value::Object(row)
    });
    Ok(Reply::json(&page))
}

/// `GET /v1/me/tracks`.
pub(in super::super) fn tracks(world: &mut World, asked: &Asked, who: &str) -> Answered {
    list(world, asked, who, "track")
}

/// `GET /v1/me/albums`.
pub(in super::super) fn albums(world: &mut World, asked: &Asked, who: &str) -> Answered {
    list(world, asked, who, "album")
}

/// `GET /v1/me/shows`.
pub(in super::super) fn shows(world: &mut World, asked: &Asked, who: &str) -> Answered {
    list(world, asked, who, "show")
}

/// `GET /v1/me/episodes`.
pub(in super::super) fn episodes(world: &mut World, asked: &Asked, who: &str) -> Answered {
    list(world, asked, who, "episode")
}

/// `GET /v1/me/audiobooks`.
pub(in super::super) fn audiobooks(world: &mut World, asked: &Asked, who: &str) -> Answered {
    list(world, asked, who, "audiobook")
}

/// `GET /v1/me/following`: artists only, and the way on is the id of the last one.
pub(in super::super) fn following(world: &mut World, asked: &Asked, who: &str) -> Answered {
    if asked.param("type").as_deref() != Some("artist") {
        return Err(ask::malformed("Invalid type"));
    }
    let limit = ask::limit(asked, USUAL, PAGE)?;
    let after = asked.param("after");
    if after.as_deref().is_some_and(|after| !ask::is_id(after)) {
        return Err(ask::malformed("Invalid cursor"));
    }
    let person = world.somebody(who)?;
    let all = person.saved_of("artist");
    let place = after.as_ref().map_or(0, |after| {
        let uri = format!("spotify:artist:{after}");
        all.iter().position(|saved| saved.uri == uri).map_or(all.len(), |place| place + 1)
    });
    let rows = all.iter().skip(place).take(limit).collect::<Vec<_>>();
    let more = place + rows.len() < all.len();
    let last = rows.last().filter(|_| more).and_then(|saved| catalogue::split(&saved.uri));
    let cursor = last.map(|(_, id)| id);
    let address = |after: &str| {
        format!("https://api.spotify.com/v1/me/following?type=artist&limit={limit}{after}")
    };
    let items = rows.iter().map(|saved| {
        catalogue::whole(&saved.uri, &person.player.resume_points).unwrap_or_default()
    });
    let artists = json!({
        "cursors": {"after": cursor},
        "href": address(&after.map(|after| format!("&after={after}")).unwrap_or_default()),
        "items": items.collect::<Vec<_>>(),
        "limit": limit,
        "next": cursor.map(|cursor| address(&format!("&after={cursor}"))),
        "total": all.len(),
    });
    Ok(Reply::json(&json!({"artists": artists})))
}
