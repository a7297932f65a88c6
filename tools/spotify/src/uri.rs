//! The one way of naming a thing on Spotify: `spotify:track:…`, a link, or a bare id.

use std::fmt;

use rspotify_model::{AlbumId, ArtistId, EpisodeId, PlaylistId, ShowId, TrackId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::ToolError;
use url::Url;

use crate::text::clip;

/// The length of every id of a [`Kind`].
const ID_LENGTH: usize = 22;

/// A kind of thing that Spotify has.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Track,
    Album,
    Artist,
    Playlist,
    Show,
    Episode,
    Audiobook,
    /// Part of an audiobook; can be played, can't be searched for.
    #[serde(skip)]
    Chapter,
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::Track,
        Self::Album,
        Self::Artist,
        Self::Playlist,
        Self::Show,
        Self::Episode,
        Self::Audiobook,
        Self::Chapter,
    ];

    /// The word in URIs, links and search types.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Album => "album",
            Self::Artist => "artist",
            Self::Playlist => "playlist",
            Self::Show => "show",
            Self::Episode => "episode",
            Self::Audiobook => "audiobook",
            Self::Chapter => "chapter",
        }
    }

    /// Whether it is played by itself, and not as a context with others in it.
    pub(crate) fn is_single(self) -> bool {
        matches!(self, Self::Track | Self::Episode | Self::Chapter)
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    fn accepts(self, id: &str) -> bool {
        let letters = match self {
            Self::Track => TrackId::id_is_valid(id),
            Self::Album => AlbumId::id_is_valid(id),
            Self::Artist => ArtistId::id_is_valid(id),
            Self::Playlist => PlaylistId::id_is_valid(id),
            Self::Show => ShowId::id_is_valid(id),
            Self::Episode => EpisodeId::id_is_valid(id),
            Self::Audiobook | Self::Chapter => id.bytes().all(|b| b.is_ascii_alphanumeric()),
        };
        letters && id.is_ascii() && id.len() == ID_LENGTH
    }
}

/// A thing on Spotify. Its `Display` is `spotify:<kind>:<id>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpotifyUri {
    kind: Kind,
    id: String,
}

impl SpotifyUri {
    /// Reads a URI, a link, or, when `kind` is known, a bare id.
    ///
    /// # Errors
    /// `invalid_argument` with the forms that are understood.
    pub(crate) fn parse(text: &str, kind: Option<Kind>) -> Result<Self, ToolError> {
        let text = text.trim();
        let found = if let Some(rest) = text.strip_prefix("spotify:") {
            last_two(rest.split(':'))
        } else if text.contains('/') {
            from_link(text)
        } else {
            kind.map(|kind| (kind, text.to_owned()))
        };
        match found {
            Some((kind, id)) if kind.accepts(&id) => Ok(Self { kind, id }),
            _ => Err(not_a_uri(text)),
        }
    }

    /// What the Web API's paths have.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// What kind of thing it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Where the Web API has it: `tracks/<id>`.
    pub(crate) fn path(&self) -> String {
        format!("{}s/{}", self.kind.as_str(), self.id)
    }
}

impl fmt::Display for SpotifyUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "spotify:{}:{}", self.kind.as_str(), self.id)
    }
}

/// `https://open.spotify.com/[intl-xx/]kind/id?si=…`, with or without the scheme.
fn from_link(text: &str) -> Option<(Kind, String)> {
    let url = if text.contains("://") {
        Url::parse(text)
    } else {
        Url::parse(&format!("https://{text}"))
    };
    let url = url.ok()?;
    if !matches!(url.scheme(), "https" | "http") || url.host_str() != Some("open.spotify.com") {
        return None;
    }
    last_two(url.path_segments()?.filter(|part| !part.is_empty()))
}

/// The kind and the id stand last, also in the old `user:<name>:playlist:<id>`.
fn last_two<'a>(parts: impl DoubleEndedIterator<Item = &'a str>) -> Option<(Kind, String)> {
    let mut backwards = parts.rev();
    let id = backwards.next()?;
    let kind = Kind::from_word(backwards.next()?)?;
    Some((kind, id.to_owned()))
}

fn not_a_uri(text: &str) -> ToolError {
    ToolError::invalid_argument(
        format!("\"{}\" doesn't name anything on Spotify.", clip(text, 80)),
        "Pass a URI such as spotify:track:<22 characters> or a link to open.spotify.com; \
         spotify_search finds them.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4iV5W9uYEdYUVa79Axb7Rh";

    fn read(text: &str, kind: Option<Kind>) -> Option<String> {
        SpotifyUri::parse(text, kind).ok().map(|uri| uri.to_string())
    }

    #[test]
    fn uris_links_and_bare_ids_name_the_same_thing() {
        let track = format!("spotify:track:{ID}");
        for text in [
            track.clone(),
            format!("  {track}\n"),
            format!("https://open.spotify.com/track/{ID}"),
            format!("https://open.spotify.com/track/{ID}?si=abc&utm=x"),
            format!("https://open.spotify.com/intl-de/track/{ID}/?si=abc"),
            format!("http://open.spotify.com/embed/track/{ID}"),
            format!("open.spotify.com/track/{ID}"),
        ] {
            assert_eq!(read(&text, None).as_ref(), Some(&track), "{text}");
        }
        assert_eq!(read(ID, Some(Kind::Track)), Some(track));
    }

    #[test]
    fn every_kind_reads_back_and_a_full_uri_beats_the_kind_given() {
        for kind in Kind::ALL {
            let uri = format!("spotify:{}:{ID}", kind.as_str());
            assert_eq!(read(&uri, Some(Kind::Track)), Some(uri));
        }
        let old = format!("spotify:user:somebody:playlist:{ID}");
        assert_eq!(read(&old, None), Some(format!("spotify:playlist:{ID}")));
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            ID,
            "spotify:",
            "spotify:track:",
            "spotify:track:short",
            "spotify:local:a:b:c:221",
            "spotify:track:4iV5W9uYEdYUVa79Axb7R!",
            "spotify:track:4iV5W9uYEdYUVa79Axb7Rh2",
            "spotify:user:somebody",
            "https://open.spotify.com.evil.example/track/4iV5W9uYEdYUVa79Axb7Rh",
            "https://evil.example/open.spotify.com/track/4iV5W9uYEdYUVa79Axb7Rh",
            "file://open.spotify.com/track/4iV5W9uYEdYUVa79Axb7Rh",
            "../../me/track/4iV5W9uYEdYUVa79Axb7Rh",
        ] {
            assert_eq!(read(text, None), None, "{text}");
        }
        assert_eq!(read("ä".repeat(11).as_str(), Some(Kind::Track)), None);
        assert_eq!(read("a/b", Some(Kind::Track)), None);
    }
}
