//! The calls that read the catalogue.

use serde_json::Value;

use super::{
    ask::{self, Answered, PAGE, USUAL},
    catalogue::{self, Album, ResumePoints},
    http::{Asked, Reply},
    paging::Page,
    world::World,
};

/// The most albums of an artist that Development Mode gets at once, and how many without asking.
const ALBUMS: (usize, usize) = (5, 10);

/// Where audiobooks are sold.
const AUDIOBOOK_MARKETS: [&str; 6] = ["US", "GB", "CA", "IE", "NZ", "AU"];

const GROUPS: [&str; 4] = ["album", "single", "appears_on", "compilation"];

/// `GET /v1/tracks/{id}` and its like.
pub(super) fn one(world: &mut World, asked: &Asked, who: &str) -> Answered {
    check_market(asked)?;
    let kind = asked.path.split('/').nth(2).unwrap_or_default().trim_end_matches('s');
    let uri = format!("spotify:{kind}:{}", ask::id(asked)?);
    let found = catalogue::whole(&uri, &world.person(who).player.resume_points);
    found.map(|found| Reply::json(&found)).ok_or_else(ask::not_found)
}

/// There are no audiobooks where they are not sold.
fn check_market(asked: &Asked) -> Result<(), Reply> {
    let market = ask::market(asked)?;
    let elsewhere = market.is_some_and(|code| !AUDIOBOOK_MARKETS.contains(&code.as_str()));
    let book = asked.path.contains("/audiobooks/") || asked.path.contains("/chapters/");
    if elsewhere && book { Err(ask::not_found()) } else { Ok(()) }
}

/// A page of what is in the thing of the path.
fn children<T: 'static>(
    asked: &Asked,
    find: impl FnOnce(&str) -> Option<Vec<&'static T>>,
    to_json: impl Fn(&T) -> Value,
) -> Answered {
    check_market(asked)?;
    let page = Page::of(asked, USUAL, PAGE)?;
    let all = find(ask::id(asked)?).ok_or_else(ask::not_found)?;
    Ok(Reply::json(&page.cut(&all, |one| to_json(one))))
}

/// `GET /v1/albums/{id}/tracks`.
pub(super) fn tracks(_: &mut World, asked: &Asked, _: &str) -> Answered {
    let tracks = |id: &str| Some(catalogue::album(id)?.tracks().collect());
    children(asked, tracks, catalogue::Track::brief)
}

/// `GET /v1/shows/{id}/episodes`.
pub(super) fn episodes(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let resume = resume_points(world, who);
    let episodes = |id: &str| Some(catalogue::show(id)?.episodes().collect());
    children(asked, episodes, |episode| episode.brief(resume))
}

/// `GET /v1/audiobooks/{id}/chapters`.
pub(super) fn chapters(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let resume = resume_points(world, who);
    let chapters = |id: &str| Some(catalogue::book(id)?.chapters().collect());
    children(asked, chapters, |chapter| chapter.brief(resume))
}

fn resume_points<'a>(world: &'a mut World, who: &str) -> &'a ResumePoints {
    &super::player::settled(world, who).player.resume_points
}

/// `GET /v1/artists/{id}/albums`: the newest first.
pub(super) fn albums(_: &mut World, asked: &Asked, _: &str) -> Answered {
    ask::market(asked)?;
    let groups = ask::listed(asked, "include_groups", &GROUPS)?;
    let (usual, most) = ALBUMS;
    let page = Page::of(asked, usual, most)?;
    let artist = catalogue::artist(ask::id(asked)?).ok_or_else(ask::not_found)?;
    let wanted = |group: &str| groups.is_empty() || groups.iter().any(|wanted| wanted == group);
    let mut albums = (catalogue::all().albums.iter())
        .filter(|album| album.group(artist.id).is_some_and(wanted))
        .collect::<Vec<_>>();
    albums.sort_by(|a, b| b.released.cmp(a.released));
    Ok(Reply::json(&page.cut(&albums, |album| album.to_json())))
}

impl Album {
    /// What it is among an artist's albums, if it is one of them.
    fn group(&self, artist: &str) -> Option<&'static str> {
        if self.artist != artist {
            let guest = self.tracks().any(|track| track.artists.contains(&artist));
            return guest.then_some("appears_on");
        }
        Some(match self.kind {
            "album" => "album",
            "compilation" => "compilation",
            // Whatever is short.
            _ => "single",
        })
    }
}
