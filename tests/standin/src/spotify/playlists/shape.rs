//! Playlists and their items, as answers tell them.

use serde_json::{Map, Value, json};

use super::{
    super::{
        ask::stamp,
        catalogue,
        paging::Page,
        quirks::{Naming, Quirks},
        world::World,
    },
    Item, Playlist,
};

/// How many items come with a whole playlist.
const FIRST: usize = 100;

impl Playlist {
    fn path(&self) -> String {
        format!("/v1/playlists/{}/items", self.id)
    }

    /// What all answers tell about it.
    fn basics(&self, display_name: Option<&str>) -> Value {
        let images = self.image.as_ref().map(|url| json!([picture(url)]));
        let images = images.or_else(|| self.items.is_empty().then(|| json!([])));
        let more = json!({
            "collaborative": self.collaborative,
            "description": self.description,
            "images": images,
            "owner": {
                "id": self.owner,
                "display_name": display_name,
                "type": "user",
                "uri": format!("spotify:user:{}", self.owner),
            },
            "primary_color": null,
            "public": self.public,
            "snapshot_id": self.snapshot_id(),
        });
        catalogue::with(catalogue::basics("playlist", &self.id, &self.name), more)
    }

    /// As search tells it.
    pub(in super::super) fn found(&self, who: &str, quirks: &Quirks) -> Value {
        let mut found = self.brief(who, None, quirks);
        // Whether it is on somebody's profile is nothing to a search.
        if let Some(public) = found.get_mut("public") {
            *public = Value::Null;
        }
        found
    }

    /// As lists tell it: with the number of items, and where they would be.
    pub(super) fn brief(&self, who: &str, display_name: Option<&str>, quirks: &Quirks) -> Value {
        if quirks.no_totals && !self.readable_by(who) {
            return self.basics(display_name);
        }
        let href = format!("https://api.spotify.com{}", self.path());
        let items = json!({"href": href, "total": self.items.len()});
        named(self.basics(display_name), "items", "tracks", &items, quirks.playlist_items)
    }

    /// The whole of it; without its items for those who may not read them.
    pub(super) fn whole(&self, world: &World, who: &str, episodes: bool) -> Value {
        let owner = world.people.iter().find(|person| person.id == self.owner);
        let basics = self.basics(owner.map(|owner| owner.display_name.as_str()));
        if !self.readable_by(who) {
            return basics;
        }
        let page = Page::first(&self.path(), FIRST);
        let items = page.cut(&self.items, |item| item.to_json(episodes, &world.quirks));
        named(basics, "items", "tracks", &items, world.quirks.playlist_items)
    }
}

impl Item {
    pub(super) fn to_json(&self, episodes: bool, quirks: &Quirks) -> Value {
        let local = self.uri.starts_with("spotify:local:");
        let thing = if local { Some(local_track(&self.uri)) } else { self.known(episodes) };
        let more = json!({
            "added_at": self.added_at.map(stamp),
            "added_by": {
                "external_urls":
                    {"spotify": format!("https://open.spotify.com/user/{}", self.added_by)},
                "href": format!("https://api.spotify.com/v1/users/{}", self.added_by),
                "id": self.added_by,
                "type": "user",
                "uri": format!("spotify:user:{}", self.added_by),
            },
            "is_local": local,
            "primary_color": null,
            "video_thumbnail": {"url": null},
        });
        named(more, "item", "track", &thing.unwrap_or_default(), quirks.playlist_item)
    }

    /// A track or an episode. Who does not ask for episodes gets them dressed up as tracks.
    fn known(&self, episodes: bool) -> Option<Value> {
        let thing = catalogue::playable(&self.uri)?;
        if episodes || !self.uri.starts_with("spotify:episode:") {
            return Some(thing);
        }
        let show = thing.get("show").and_then(|show| show.get("name"));
        let dressed = json!({
            "album": {"name": show, "type": "album", "artists": []},
            "artists": [{"name": show, "type": "artist"}],
            "episode": true,
            "track": false,
        });
        let kept = ["uri", "id", "name", "type", "href", "duration_ms", "explicit"];
        let Value::Object(thing) = thing else {
            return None;
        };
        let plain = thing.into_iter().filter(|(name, _)| kept.contains(&name.as_str()));
        Some(catalogue::with(Value::Object(plain.collect()), dressed))
    }
}

/// `spotify:local:artist:album:title:seconds`, a file on somebody's disk.
fn local_track(uri: &str) -> Value {
    let decode = |text: &str| {
        let pair = format!("{text}=");
        let mut pairs = url::form_urlencoded::parse(pair.as_bytes());
        pairs.next().map(|(name, _)| name.into_owned()).unwrap_or_default()
    };
    let parts = uri.split(':').skip(2).map(decode).collect::<Vec<_>>();
    let part = |number: usize| parts.get(number).cloned().unwrap_or_default();
    let seconds = part(3).parse::<i64>().unwrap_or_default();
    json!({
        "album": {"album_type": null, "artists": [], "external_urls": {}, "href": null,
            "id": null, "images": [], "name": part(1), "release_date": null, "type": "album",
            "uri": null},
        "artists": [{"external_urls": {}, "href": null, "id": null, "name": part(0),
            "type": "artist", "uri": null}],
        "disc_number": 0,
        "duration_ms": seconds * 1000,
        "explicit": false,
        "external_ids": {},
        "external_urls": {},
        "href": null,
        "id": null,
        "is_local": true,
        "name": part(2),
        "track_number": 0,
        "type": "track",
        "uri": uri,
    })
}

pub(super) fn picture(url: &str) -> Value {
    json!({"url": url, "height": null, "width": null})
}

/// Puts `value` into `all` by its new name, the one of before 2026, or both.
fn named(mut all: Value, new: &str, old: &str, value: &Value, naming: Naming) -> Value {
    if let Some(all) = all.as_object_mut() {
        put(all, old, naming != Naming::New, value);
        put(all, new, naming != Naming::Old, value);
    }
    all
}

fn put(all: &mut Map<String, Value>, name: &str, wanted: bool, value: &Value) {
    if wanted {
        all.insert(name.to_owned(), value.clone());
    }
}
