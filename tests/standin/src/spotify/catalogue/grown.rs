//! A catalogue of some size, grown from few words, the same in every run.

use sha2::{Digest, Sha256};

use super::{
    Album, Artist, Audiobook, Catalogue, Chapter, Episode, Show, Track,
    data::{ALBUMS, ARTISTS, AUDIOBOOK, EPISODES, SHOW, TRACKS},
};

/// Artists, with how many albums they made and how many tracks are on each.
const GROWN: [(&str, usize, usize); 12] = [
    ("Juniper Vale", 14, 6),
    ("The Paper Moths", 1, 56),
    ("Odessa Quill", 2, 8),
    ("Velvet Ditch", 2, 8),
    ("Tomas & the Kites", 1, 8),
    ("Marble Swimmers", 1, 8),
    ("DJ Ombra", 1, 5),
    ("Hana Brightwater", 1, 8),
    ("Coppice", 1, 8),
    ("Glass Orchard", 1, 8),
    ("Rue Delacroix-Ngata", 1, 8),
    ("Møllehave Duo", 1, 8),
];

/// Titles that artists share, and takes of the same song; those of each album come first.
const SHARED: [(&str, &[&str]); 8] = [
    ("Juniper Vale", &["Undertow", "Undertow - Live", "Stay Gold Tonight"]),
    ("Odessa Quill", &["Undertow", "Hollow Year", "Hollow Year - Acoustic"]),
    ("Velvet Ditch", &["Hollow Year", "Hollow Year - Remastered 2011", "Runaway Tram"]),
    ("Tomas & the Kites", &["Runaway Tram", "Runaway Tram (feat. Hana Brightwater)"]),
    ("Marble Swimmers", &["Stay Gold Tonight", "Stay Gold Tonight - Remastered 2009"]),
    ("Hana Brightwater", &["Undertow - Radio Edit", "Intro"]),
    ("Coppice", &["Intro", "Interlude"]),
    ("Møllehave Duo", &["Ærø", "Intro"]),
];

const FIRST: [&str; 17] = [
    "Amber", "Broken", "Crimson", "Distant", "Electric", "Faded", "Golden", "Hidden", "Iron",
    "Jaded", "Kind", "Lonely", "Midnight", "Neon", "Open", "Pale", "Quiet",
];

const SECOND: [&str; 19] = [
    "Avenue",
    "Bridges",
    "Circles",
    "Daylight",
    "Engine",
    "Fields",
    "Garden",
    "Horizon",
    "Island",
    "Jackets",
    "Kingdom",
    "Letters",
    "Mirrors",
    "Novembers",
    "Oceans",
    "Pilots",
    "Rivers",
    "Satellites",
    "Thunder",
];

/// How many episodes the long show has.
const EPISODES_OF_THE_LONG_SHOW: usize = 64;

/// How many chapters each book has.
const CHAPTERS: usize = 12;

pub(super) fn everything() -> Catalogue {
    let mut all = Catalogue {
        artists: ARTISTS.into(),
        albums: ALBUMS.into(),
        tracks: TRACKS.into(),
        shows: vec![SHOW],
        episodes: EPISODES.into(),
        ..Catalogue::default()
    };
    for (name, albums, tracks) in GROWN {
        let id = id("artist", name);
        all.artists.push(Artist { id, name });
        for number in 0..albums {
            add_album(&mut all, (id, name), number, tracks);
        }
    }
    add_show(&mut all);
    let second = Audiobook {
        id: id("book", "The Cartographer's Winter"),
        name: "The Cartographer's Winter",
        author: "I. Meridian",
        narrator: "P. Vellum",
    };
    for book in [AUDIOBOOK, second] {
        add_book(&mut all, book);
    }
    all.find_places();
    all
}

fn add_album(all: &mut Catalogue, (artist, by): (&'static str, &str), number: usize, size: usize) {
    let place = all.albums.len();
    let (kind, precision) = match number % 4 {
        _ if size > 50 => ("compilation", "day"),
        1 => ("single", "day"),
        3 => ("ep", "month"),
        _ => ("album", "day"),
    };
    let released =
        format!("{}-{:02}-{:02}", 2024 - (place * 3) % 40, place % 12 + 1, place % 28 + 1);
    let released =
        if precision == "month" { released.get(..7).unwrap_or(&released) } else { &released };
    let name = keep(format!("The {}", words(place * 5 + 3)));
    let album = id("album", &format!("{by}/{number}"));
    all.albums.push(Album { id: album, name, artist, kind, released: keep(released), precision });
    let shared = SHARED.iter().find(|(name, _)| *name == by).map_or(&[][..], |(_, titles)| titles);
    for track in 0..size {
        let shared = if number == 0 { shared.get(track).copied() } else { None };
        let title = shared.unwrap_or_else(|| keep(words(all.tracks.len())));
        let length = i64::try_from(120 + (all.tracks.len() * 37) % 240).unwrap_or(180);
        all.tracks.push(Track {
            id: id("track", &format!("{by}/{number}/{track}")),
            name: title,
            album,
            artists: Box::leak(Box::new([artist])),
            duration_ms: length * 1000,
            explicit: track % 9 == 8,
        });
    }
}

fn add_show(all: &mut Catalogue) {
    let show = Show { id: id("show", "Night Trains"), name: "Night Trains" };
    for number in (1..=EPISODES_OF_THE_LONG_SHOW).rev() {
        all.episodes.push(Episode {
            id: id("episode", &number.to_string()),
            name: keep(format!("{number}. {}", words(number * 7))),
            show: show.id,
            duration_ms: 1_500_000 + i64::try_from(number).unwrap_or(0) * 1000,
        });
    }
    all.shows.push(show);
}

fn add_book(all: &mut Catalogue, book: Audiobook) {
    for number in 1..=CHAPTERS {
        all.chapters.push(Chapter {
            id: id("chapter", &format!("{}/{number}", book.name)),
            name: keep(format!("Chapter {number}")),
            book: book.id,
            duration_ms: 900_000 + i64::try_from(number).unwrap_or(0) * 60_000,
        });
    }
    all.books.push(book);
}

/// Two words; another two for every number below 323.
fn words(number: usize) -> String {
    let word = |words: &[&'static str]| words.iter().copied().cycle().nth(number % words.len());
    format!("{} {}", word(&FIRST).unwrap_or_default(), word(&SECOND).unwrap_or_default())
}

/// 22 digits and letters.
fn id(kind: &str, name: &str) -> &'static str {
    const DIGITS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let digest = Sha256::digest(format!("{kind}/{name}"));
    let digits = digest.iter().take(22).filter_map(|byte| DIGITS.get(usize::from(*byte) % 62));
    keep(digits.map(|digit| char::from(*digit)).collect::<String>())
}

/// The catalogue is there once and stays.
fn keep(text: impl Into<String>) -> &'static str {
    Box::leak(text.into().into_boxed_str())
}
