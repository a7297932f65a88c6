//! The calls that read playlists.

use serde_json::Value;

use super::{
    super::{
        ask::{self, Answered, PAGE, USUAL},
        fields::Fields,
        http::{Asked, Reply},
        paging::Page,
        world::World,
    },
    Playlist,
};

/// The playlist of the path.
pub(super) fn find<'a>(world: &'a World, asked: &Asked, who: &str) -> Result<&'a Playlist, Reply> {
    world.find_playlist(ask::id(asked)?, who).ok_or_else(ask::not_found)
}

/// Whether episodes are wanted as such.
fn episodes(asked: &Asked) -> Result<bool, Reply> {
    let kinds = ask::listed(asked, "additional_types", &["track", "episode"])?;
    Ok(kinds.iter().any(|kind| kind == "episode"))
}

/// The answer, cut down to `fields`.
fn cut(asked: &Asked, answer: &Value) -> Answered {
    let Some(fields) = asked.param("fields").filter(|fields| !fields.is_empty()) else {
        return Ok(Reply::json(answer));
    };
    let fields = Fields::parse(&fields).ok_or_else(|| ask::malformed("Invalid fields"))?;
    Ok(Reply::json(&fields.cut(answer)))
}

/// `GET /v1/playlists/{id}`.
pub(in super::super) fn one(world: &mut World, asked: &Asked, who: &str) -> Answered {
    ask::market(asked)?;
    let episodes = episodes(asked)?;
    let list = find(world, asked, who)?;
    cut(asked, &list.whole(world, who, episodes))
}

/// `GET /v1/playlists/{id}/items`.
pub(in super::super) fn items(world: &mut World, asked: &Asked, who: &str) -> Answered {
    ask::market(asked)?;
    let episodes = episodes(asked)?;
    let page = Page::of(asked, USUAL, PAGE)?;
    let list = find(world, asked, who)?;
    if !list.readable_by(who) {
        return Err(Reply::api_error(403, "Forbidden"));
    }
    let items = page.cut(&list.items, |item| item.to_json(episodes, &world.quirks));
    cut(asked, &items)
}

/// `GET /v1/me/playlists`: one's own and those one follows.
pub(in super::super) fn mine(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let page = Page::of(asked, USUAL, PAGE)?;
    let collaborative = world.grants_scope(asked, "playlist-read-collaborative");
    let person = world.people.iter().find(|person| person.id == who);
    let saved = person.map(|person| person.saved.as_slice()).unwrap_or_default();
    let lists = saved
        .iter()
        .filter_map(|saved| saved.uri.strip_prefix("spotify:playlist:"))
        .filter_map(|id| world.find_playlist(id, who))
        .filter(|list| !list.collaborative || collaborative)
        .collect::<Vec<_>>();
    let name = |list: &Playlist| {
        let owner = world.people.iter().find(|person| person.id == list.owner);
        owner.map(|owner| owner.display_name.clone())
    };
    let page = page.cut(&lists, |list| list.brief(who, name(list).as_deref(), &world.quirks));
    Ok(Reply::json(&page))
}
