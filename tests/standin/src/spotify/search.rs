//! `GET /v1/search`.

use serde_json::{Map, Value, json};

use super::{
    ask::{Answered, malformed},
    catalogue::{self, Album, Artist, Audiobook, Episode, Show, Track, album, artist},
    http::{Asked, Reply},
    world::World,
};

/// The most results per type that Development Mode gets.
const MOST: usize = 10;

/// How many it gets without asking.
const USUAL: usize = 5;

/// How deep anybody can page.
const DEEPEST: usize = 1000;

/// A query, taken apart.
#[derive(Debug, Default)]
struct Query {
    words: Vec<String>,
    artist: Option<String>,
    track: Option<String>,
    album: Option<String>,
    year: Option<(String, String)>,
    /// A filter that nothing here can match.
    hopeless: bool,
}

/// What a candidate is compared by.
struct Names<'a> {
    title: &'a str,
    artists: String,
    album: &'a str,
    year: &'a str,
}

pub(super) fn search(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let results = results((world, who), asked).map_err(|why| malformed(&why))?;
    Ok(Reply::json(&Value::Object(results)))
}

fn results(viewer: (&World, &str), asked: &Asked) -> Result<Map<String, Value>, String> {
    let q = asked.param("q").filter(|q| !q.trim().is_empty()).ok_or("No search query")?;
    if q.chars().count() > 250 {
        return Err("Query exceeds maximum length of 250 characters".to_owned());
    }
    let kinds = asked.param("type").filter(|kinds| !kinds.is_empty());
    let kinds = kinds.ok_or("Missing parameter type")?;
    let limit = number(asked, "limit", USUAL)?;
    if !(1..=MOST).contains(&limit) {
        return Err("Invalid limit".to_owned());
    }
    let offset = number(asked, "offset", 0)?;
    if offset > DEEPEST {
        return Err("Invalid offset".to_owned());
    }
    if asked.param("market").is_some_and(|market| market.len() != 2) {
        return Err("Invalid market code".to_owned());
    }
    let query = parse(&q);
    let mut all = Map::new();
    for kind in kinds.split(',') {
        let found =
            found(viewer, kind, &query).ok_or_else(|| format!("Bad search type field {kind}"))?;
        all.insert(format!("{kind}s"), page(kind, found, &q, limit, offset));
    }
    Ok(all)
}

fn number(asked: &Asked, name: &str, default: usize) -> Result<usize, String> {
    match asked.param(name) {
        None => Ok(default),
        Some(value) => value.parse().map_err(|_| format!("Invalid {name}")),
    }
}

fn page(kind: &str, mut found: Vec<Value>, q: &str, limit: usize, offset: usize) -> Value {
    // Spotify leaves a hole where a playlist is not to be shown.
    if kind == "playlist" {
        found.insert(found.len().min(1), Value::Null);
    }
    let total = found.len();
    let address = |offset: usize| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("query", q)
            .append_pair("type", kind)
            .append_pair("offset", &offset.to_string())
            .append_pair("limit", &limit.to_string())
            .finish();
        format!("https://api.spotify.com/v1/search?{query}")
    };
    json!({
        "href": address(offset),
        "items": found.into_iter().skip(offset).take(limit).collect::<Vec<_>>(),
        "limit": limit,
        "next": (offset + limit < total).then(|| address(offset + limit)),
        "offset": offset,
        "previous": (offset > 0).then(|| address(offset.saturating_sub(limit))),
        "total": total,
    })
}

fn found(viewer: (&World, &str), kind: &str, query: &Query) -> Option<Vec<Value>> {
    let all = catalogue::all();
    Some(match kind {
        "track" => pick(&all.tracks, query, Names::track, Track::to_json),
        "album" => pick(&all.albums, query, Names::album, Album::to_json),
        "artist" => pick(&all.artists, query, Names::artist, Artist::to_json),
        "playlist" => playlists(viewer, query),
        "episode" => pick(&all.episodes, query, |one| Names::title(one.name), Episode::to_json),
        "show" => pick(&all.shows, query, |show| Names::title(show.name), Show::to_json),
        "audiobook" => pick(&all.books, query, |book| Names::title(book.name), Audiobook::to_json),
        _ => return None,
    })
}

/// The public ones.
fn playlists((world, who): (&World, &str), query: &Query) -> Vec<Value> {
    let found = world.playlists.iter().filter(|list| list.public);
    let found = found.filter(|list| query.matches(&Names::title(&list.name)));
    found.map(|list| list.found(who, &world.quirks)).collect()
}

fn pick<T>(
    all: &'static [T],
    query: &Query,
    names: impl Fn(&'static T) -> Names<'static>,
    to_json: impl Fn(&T) -> Value,
) -> Vec<Value> {
    all.iter().filter(|one| query.matches(&names(one))).map(to_json).collect()
}

impl<'a> Names<'a> {
    fn title(title: &'a str) -> Self {
        Self { title, artists: String::new(), album: "", year: "" }
    }
}

impl Names<'static> {
    fn track(track: &'static Track) -> Self {
        let artists = track.artists.iter().filter_map(|id| artist(id)).map(|artist| artist.name);
        let record = album(track.album);
        Self {
            title: track.name,
            artists: artists.collect::<Vec<_>>().join(" "),
            album: record.map_or("", |album| album.name),
            year: record.map_or("", Album::year),
        }
    }

    fn album(album: &'static Album) -> Self {
        let by = artist(album.artist).map_or("", |artist| artist.name);
        Self { title: "", artists: by.to_owned(), album: album.name, year: album.year() }
    }

    fn artist(artist: &'static Artist) -> Self {
        Self { artists: artist.name.to_owned(), ..Self::title("") }
    }
}

impl Album {
    fn year(&self) -> &str {
        self.released.get(..4).unwrap_or_default()
    }
}

impl Query {
    fn matches(&self, names: &Names<'_>) -> bool {
        let has = |text: &str, wanted: &Option<String>| {
            wanted.as_ref().is_none_or(|wanted| fold(text).contains(wanted))
        };
        let all = fold(&format!("{} {} {}", names.title, names.artists, names.album));
        let in_years =
            |(from, to): &(String, String)| (from.as_str()..=to.as_str()).contains(&names.year);
        !self.hopeless
            && self.words.iter().all(|word| all.contains(word))
            && has(&names.artists, &self.artist)
            && has(names.title, &self.track)
            && has(names.album, &self.album)
            && self.year.as_ref().is_none_or(in_years)
    }
}

/// Takes `artist:"Marlene Okafor" lighthouse` apart.
fn parse(q: &str) -> Query {
    let mut query = Query::default();
    for part in parts(q) {
        let Some((name, value)) = part.split_once(':') else {
            query.words.extend(fold(&part).split_whitespace().map(str::to_owned));
            continue;
        };
        let value = fold(value);
        match name.to_ascii_lowercase().as_str() {
            "artist" => query.artist = Some(value),
            "track" => query.track = Some(value),
            "album" => query.album = Some(value),
            "year" => {
                let (from, to) = value.split_once('-').unwrap_or((&value, &value));
                query.year = Some((from.to_owned(), to.to_owned()));
            }
            "genre" | "isrc" | "upc" | "tag" => query.hopeless = true,
            // A colon in a title.
            _ => query.words.extend(fold(&part).split_whitespace().map(str::to_owned)),
        }
    }
    query
}

/// Splits at blanks outside quotation marks, which are dropped.
fn parts(q: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in q.chars() {
        match (c, parts.last_mut()) {
            ('"', _) => quoted = !quoted,
            (' ', _) if !quoted => parts.push(String::new()),
            (c, Some(part)) => part.push(c),
            (_, None) => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Lower case, without accents or punctuation, as a search compares.
fn fold(text: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' => 'e',
        'í' => 'i',
        'ó' | 'ö' => 'o',
        'ú' | 'ü' => 'u',
        'ð' => 'd',
        c => c,
    };
    let kept = |c: &char| c.is_alphanumeric() || c.is_whitespace() || *c == '-';
    text.to_lowercase().chars().filter(kept).map(plain).collect()
}
