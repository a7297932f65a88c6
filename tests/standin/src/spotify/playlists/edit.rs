//! The calls that change playlists.

use serde::Deserialize;
use serde_json::json;

use super::{
    super::{
        ask::{self, Answered, malformed},
        catalogue,
        http::{Asked, Reply},
        world::World,
    },
    Item, Playlist,
    read::find,
};

/// The most URIs in one request.
const MOST: usize = 100;

/// What a playlist can hold.
const KINDS: &[&str] = &["track", "episode"];

fn forbidden() -> Reply {
    Reply::api_error(403, "You cannot change a playlist you don't own.")
}

/// The playlist of the path, if this person and this token may change its items.
fn editable<'a>(world: &'a mut World, asked: &Asked, who: &str) -> Result<&'a mut Playlist, Reply> {
    let list = find(world, asked, who)?;
    if !list.editable_by(who) {
        return Err(forbidden());
    }
    let (id, scope) = (list.id.clone(), scope(list.public));
    needs(world, asked, scope)?;
    Ok(world.playlist(&id))
}

/// The playlist of the path, if it is this person's own.
pub(super) fn own<'a>(
    world: &'a mut World,
    asked: &Asked,
    who: &str,
) -> Result<&'a mut Playlist, Reply> {
    let list = editable(world, asked, who)?;
    if list.owner == who { Ok(list) } else { Err(forbidden()) }
}

fn scope(public: bool) -> &'static str {
    if public { "playlist-modify-public" } else { "playlist-modify-private" }
}

/// A public playlist needs one scope, a private one another.
fn needs(world: &World, asked: &Asked, scope: &str) -> Result<(), Reply> {
    if world.grants_scope(asked, scope) {
        return Ok(());
    }
    Err(Reply::api_error(403, "Insufficient client scope"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Details {
    name: Option<String>,
    public: Option<bool>,
    collaborative: Option<bool>,
    description: Option<String>,
}

impl Details {
    fn read(asked: &Asked) -> Result<Self, Reply> {
        let details: Self = ask::body(asked)?;
        if details.name.as_deref().is_some_and(|name| name.trim().is_empty()) {
            return Err(malformed("Missing required field: name"));
        }
        Ok(details)
    }

    fn apply(self, list: &mut Playlist) -> Result<(), Reply> {
        let public = self.public.unwrap_or(list.public);
        let collaborative = self.collaborative.unwrap_or(list.collaborative);
        if public && collaborative {
            return Err(malformed("Collaborative playlists can't be public"));
        }
        (list.public, list.collaborative) = (public, collaborative);
        list.name = self.name.unwrap_or_else(|| list.name.clone());
        list.description = self.description.unwrap_or_else(|| list.description.clone());
        Ok(())
    }
}

/// `POST /v1/me/playlists`; public unless told otherwise.
pub(in super::super) fn create(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let details = Details::read(asked)?;
    let Some(name) = details.name.clone() else {
        return Err(malformed("Missing required field: name"));
    };
    needs(world, asked, scope(details.public.unwrap_or(true)))?;
    // Tried first, so that nothing is made of a malformed request.
    details.apply(&mut Playlist::new("", who, &name))?;
    let id = world.add_playlist(who, &name, Vec::<String>::new());
    Details::read(asked)?.apply(world.playlist(&id))?;
    let whole = world.find_playlist(&id, who).map(|list| list.whole(world, who, false));
    let whole = whole.unwrap_or_default().to_string();
    Ok(Reply::new(201, "application/json; charset=utf-8", whole))
}

/// `PUT /v1/playlists/{id}`.
pub(in super::super) fn change_details(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let details = Details::read(asked)?;
    let list = own(world, asked, who)?;
    details.apply(list)?;
    list.revision += 1;
    Ok(Reply::empty(200))
}

/// Checks URIs that are to go into a playlist.
fn check(uris: &[String]) -> Result<(), Reply> {
    if !uris.is_empty() {
        ask::check_uris(uris, KINDS, MOST)?;
    }
    // Well-formed and yet of nothing: the caller could not know.
    if uris.iter().any(|uri| catalogue::duration_ms(uri).is_none()) {
        return Err(Reply::api_error(400, "Payload contains a non-existing ID"));
    }
    Ok(())
}

fn snapshot(status: u16, list: &Playlist) -> Reply {
    let body = json!({"snapshot_id": list.snapshot_id()}).to_string();
    Reply::new(status, "application/json; charset=utf-8", body)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Add {
    uris: Vec<String>,
    position: Option<usize>,
}

/// `POST /v1/playlists/{id}/items`.
pub(in super::super) fn add(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let Add { uris, position } = ask::body(asked)?;
    if uris.is_empty() {
        return Err(malformed("Missing required field: uris"));
    }
    check(&uris)?;
    let now = world.now();
    let list = editable(world, asked, who)?;
    let position = position.unwrap_or(list.items.len());
    if position > list.items.len() {
        return Err(Reply::api_error(400, "Index out of bounds."));
    }
    let new = |uri| Item { uri, added_at: Some(now), added_by: who.to_owned() };
    list.change(|items| {
        items.splice(position..position, uris.into_iter().map(new));
    });
    Ok(snapshot(201, list))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Put {
    uris: Option<Vec<String>>,
    range_start: Option<usize>,
    insert_before: Option<usize>,
    range_length: Option<usize>,
    snapshot_id: Option<String>,
}

/// `PUT /v1/playlists/{id}/items`: other items, or the same in another order.
pub(in super::super) fn put_items(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let put: Put = ask::body(asked)?;
    let conflicts = world.quirks.snapshot_conflicts;
    let now = world.now();
    match put {
        Put {
            uris: Some(uris),
            range_start: None,
            insert_before: None,
            range_length: None,
            snapshot_id: None,
        } => {
            check(&uris)?;
            let list = editable(world, asked, who)?;
            let new = |uri| Item { uri, added_at: Some(now), added_by: who.to_owned() };
            list.change(|items| *items = uris.into_iter().map(new).collect());
            Ok(snapshot(200, list))
        }
        Put {
            uris: None,
            range_start: Some(from),
            insert_before: Some(to),
            range_length,
            snapshot_id,
        } => {
            let list = editable(world, asked, who)?;
            current(list, snapshot_id.as_deref(), conflicts)?;
            reorder(list, from, range_length.unwrap_or(1), to)?;
            Ok(snapshot(200, list))
        }
        _ => Err(malformed("Either uris, or range_start and insert_before")),
    }
}

fn reorder(list: &mut Playlist, from: usize, length: usize, to: usize) -> Result<(), Reply> {
    if length == 0 {
        return Err(malformed("Invalid range_length"));
    }
    let end = from.saturating_add(length);
    if end > list.items.len() || to > list.items.len() {
        return Err(Reply::api_error(400, "Index out of bounds."));
    }
    // Into itself or to where it is: nothing moves.
    if (from..=end).contains(&to) {
        return Ok(());
    }
    list.change(|items| {
        let moved = items.drain(from..end).collect::<Vec<_>>();
        let to = if to > from { to - length } else { to };
        items.splice(to..to, moved);
    });
    Ok(())
}

/// Whether the snapshot named is one of this playlist, and (where that matters) the newest.
fn current(list: &Playlist, snapshot: Option<&str>, conflicts: bool) -> Result<(), Reply> {
    let Some(snapshot) = snapshot else {
        return Ok(());
    };
    if !list.knows(snapshot) {
        return Err(malformed("Invalid snapshot_id"));
    }
    if conflicts && snapshot != list.snapshot_id() {
        return Err(Reply::api_error(409, "Conflict"));
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Remove {
    items: Vec<Named>,
    snapshot_id: Option<String>,
}

/// No positions: since 2026 all occurrences go.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    uri: String,
}

/// `DELETE /v1/playlists/{id}/items`.
pub(in super::super) fn remove(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let Remove { items, snapshot_id } = ask::body(asked)?;
    let uris = items.into_iter().map(|named| named.uri).collect::<Vec<_>>();
    ask::check_uris(&uris, KINDS, MOST)?;
    let conflicts = world.quirks.snapshot_conflicts;
    let list = editable(world, asked, who)?;
    current(list, snapshot_id.as_deref(), conflicts)?;
    if list.items.iter().any(|item| uris.contains(&item.uri)) {
        list.change(|items| items.retain(|item| !uris.contains(&item.uri)));
    }
    Ok(snapshot(200, list))
}
