//! What there is to hear. All of it is made up; the ids have the shape of real ones.

/// Somebody who makes music.
pub(in crate::spotify) struct Artist {
    pub(in crate::spotify) id: &'static str,
    pub(in crate::spotify) name: &'static str,
}

/// A record.
pub(in crate::spotify) struct Album {
    pub(in crate::spotify) id: &'static str,
    pub(in crate::spotify) name: &'static str,
    pub(in crate::spotify) artist: &'static str,
    pub(in crate::spotify) kind: &'static str,
    pub(in crate::spotify) released: &'static str,
    pub(in crate::spotify) precision: &'static str,
}

/// A song on a record; its number is its place among the songs of the record.
pub(in crate::spotify) struct Track {
    pub(in crate::spotify) id: &'static str,
    pub(in crate::spotify) name: &'static str,
    pub(in crate::spotify) album: &'static str,
    pub(in crate::spotify) artists: &'static [&'static str],
    pub(in crate::spotify) duration_ms: i64,
    pub(in crate::spotify) explicit: bool,
}

/// A playlist of somebody else, so its items are withheld.
pub(in crate::spotify) struct Playlist {
    pub(in crate::spotify) id: &'static str,
    pub(in crate::spotify) name: &'static str,
    pub(in crate::spotify) owner: &'static str,
    pub(in crate::spotify) tracks: &'static [&'static str],
}

/// Something told in instalments.
pub(in crate::spotify) struct Show {
    pub(in crate::spotify) id: &'static str,
    pub(in crate::spotify) name: &'static str,
}

/// An episode of a show.
pub(in crate::spotify) struct Episode {
    pub(in crate::spotify) id: &'static str,
    pub(in crate::spotify) name: &'static str,
    pub(in crate::spotify) show: &'static str,
    pub(in crate::spotify) duration_ms: i64,
}

/// A book that is read out.
pub(in crate::spotify) struct Audiobook {
    pub(in crate::spotify) id: &'static str,
    pub(in crate::spotify) name: &'static str,
    pub(in crate::spotify) author: &'static str,
    pub(in crate::spotify) narrator: &'static str,
}

/// A chapter of an audiobook.
pub(in crate::spotify) struct Chapter {
    pub(in crate::spotify) id: &'static str,
    pub(in crate::spotify) name: &'static str,
    pub(in crate::spotify) book: &'static str,
    pub(in crate::spotify) duration_ms: i64,
}

const HARBOUR: &str = "u8jzPde0IgxLd6GncfBAep";
const MARLENE: &str = "fJBd0Kh8oOOL8dKLzdocJ2";
const SIGUR: &str = "isAjIhKtJ0RlgLKOmxgJTe";
const QUARTET: &str = "KdNnFRIBXuDL7DxtpYlSXp";

pub(in crate::spotify) const ARTISTS: [Artist; 4] = [
    Artist { id: HARBOUR, name: "Northern Harbour" },
    Artist { id: MARLENE, name: "Marlene Okafor" },
    Artist { id: SIGUR, name: "Ásgerður & The Tides" },
    Artist { id: QUARTET, name: "Quartet Nine" },
];

const LANTERNS: &str = "fKtHF4vUCsMehGAkWvj7FA";
const SALT: &str = "c9QeWJKY40uvSwMFLZDe1f";
const NIGHT: &str = "8rESQedUStPKR0CsTy4Qwb";
const FJORD: &str = "8DwkNhFdnXsiVpzz63FfkC";
const STRINGS: &str = "zJr4i0B3JrTAwR4y9ojflj";

pub(in crate::spotify) const ALBUMS: [Album; 5] = [
    album(LANTERNS, "Lanterns", HARBOUR, "album", "2019-03-15", "day"),
    // A type that is on no list.
    album(SALT, "Salt and Copper", HARBOUR, "ep", "2022-10", "month"),
    album(NIGHT, "Night Bus Home", MARLENE, "album", "2024-05-03", "day"),
    album(FJORD, "Fjörður", SIGUR, "single", "2025-01-17", "day"),
    album(STRINGS, "Strings for Winter", QUARTET, "compilation", "1998", "year"),
];

const fn album(
    id: &'static str,
    name: &'static str,
    artist: &'static str,
    kind: &'static str,
    released: &'static str,
    precision: &'static str,
) -> Album {
    Album { id, name, artist, kind, released, precision }
}

pub(in crate::spotify) const TRACKS: [Track; 13] = [
    track("oQoaF1LlqsajAIxNKu8iS2", "Lighthouse", LANTERNS, &[HARBOUR], 214_000),
    track("G8NPRVdD53X83RZJzzzzgE", "Paper Lanterns", LANTERNS, &[HARBOUR, MARLENE], 187_500),
    track("OzdmenCkhvMdgaKjIg8xNb", "Slow Ferry", LANTERNS, &[HARBOUR], 301_250),
    track("e3nNyjOq9wMxEhh2FDEEtf", "Salt", SALT, &[HARBOUR], 199_000),
    track("jgVvVqE1SkHbn88HxjSI6b", "Copper Wire", SALT, &[HARBOUR], 223_400),
    track("WHtP3fS2qHx6kwXoIIXGvO", "Night Bus", NIGHT, &[MARLENE], 245_000),
    // The same title by somebody else: a search for it alone is ambiguous.
    track("oNZYW2mZp0zVZomHFwUbbY", "Lighthouse", NIGHT, &[MARLENE], 178_900),
    Track {
        explicit: true,
        ..track("rEqmSM9wCZ7Uw9xfogoEmv", "Last Stop", NIGHT, &[MARLENE], 205_000)
    },
    track("nEN5N1aE6PwZPf1Qh6yYTW", "Window Seat", NIGHT, &[MARLENE], 192_300),
    track("mE4lBYOvfZ8UzDzV8fUkki", "Fjörður", FJORD, &[SIGUR], 412_000),
    track("bjL5DZPjN0MEQ7wjJJibaZ", "Prelude in Snow", STRINGS, &[QUARTET], 126_000),
    track("UPgHV7iB3m03nbqnsGpWLu", "Winter Lighthouse", STRINGS, &[QUARTET], 334_700),
    track("qIA1id6Vw5DQL05HA064Gi", "Salt (Reprise)", STRINGS, &[QUARTET, HARBOUR], 90_000),
];

const fn track(
    id: &'static str,
    name: &'static str,
    album: &'static str,
    artists: &'static [&'static str],
    duration_ms: i64,
) -> Track {
    Track { id, name, album, artists, duration_ms, explicit: false }
}

pub(in crate::spotify) const PLAYLISTS: [Playlist; 2] = [
    Playlist {
        id: "IjHGb3CXlMaXZjljENUhJd",
        name: "Lighthouse Keepers",
        owner: "bob",
        tracks: &["oQoaF1LlqsajAIxNKu8iS2", "oNZYW2mZp0zVZomHFwUbbY", "UPgHV7iB3m03nbqnsGpWLu"],
    },
    Playlist {
        id: "uRHHJEYXg4JdpmrcXgGCJb",
        name: "Night Drive with Salt",
        owner: "alice",
        tracks: &["WHtP3fS2qHx6kwXoIIXGvO", "e3nNyjOq9wMxEhh2FDEEtf"],
    },
];

const STORIES: &str = "W56eCuNGMGmSrCGIZEG8pS";

pub(in crate::spotify) const SHOW: Show = Show { id: STORIES, name: "Lighthouse Stories" };

pub(in crate::spotify) const EPISODES: [Episode; 2] = [
    Episode {
        id: "H4487q7J58m1CiAhzCueQp",
        name: "The Keeper's Daughter",
        show: STORIES,
        duration_ms: 1_830_000,
    },
    Episode {
        id: "BenQtYh5Xj8TPQxjq4i9Do",
        name: "Fog Signal",
        show: STORIES,
        duration_ms: 2_412_000,
    },
];

pub(in crate::spotify) const AUDIOBOOK: Audiobook = Audiobook {
    id: "V8gz4FkQ1okTBGzvAmwufU",
    name: "A History of Lighthouses",
    author: "R. Beacon",
    narrator: "S. Foghorn",
};
