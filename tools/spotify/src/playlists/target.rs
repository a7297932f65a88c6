//! Which playlist is meant.

use std::{collections::HashSet, fmt, sync::Arc};

use stagepass_kit::{Caller, ToolError, code};

use super::Playlists;
use crate::{
    answer::PlaylistRow,
    api::{Ask, Failure},
    model::Playlist,
    text::{clean, clip, unescaped},
    uri::{Kind, SpotifyUri},
};

/// What of a playlist is asked for, besides what is in it.
const FIELDS: &str = "id,uri,name,description,public,collaborative,snapshot_id,\
    owner(id,display_name),items(total),tracks(total)";
/// The length of a playlist's id.
const ID_LENGTH: usize = 22;
/// How many playlists an error names.
const MOST_NAMED: usize = 12;

/// A playlist, as Spotify just described it.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) public: Option<bool>,
    pub(super) collaborative: Option<bool>,
    /// Another one after every change; what is in the playlist is kept under it.
    pub(super) snapshot_id: Option<String>,
    /// How many places it has.
    pub(super) total: Option<u64>,
    /// What was added a moment ago, where Spotify still shows what was before it.
    pub(super) not_shown: Option<Arc<HashSet<String>>>,
}

impl Target {
    fn of(id: String, playlist: Playlist) -> Self {
        Self {
            id,
            total: playlist.total(),
            not_shown: None,
            name: playlist.name.as_deref().map(clean).filter(|name| !name.is_empty()),
            description: playlist.description.as_deref().map(|text| clip(&unescaped(text), 300)),
            public: playlist.public,
            collaborative: playlist.collaborative,
            snapshot_id: playlist.snapshot_id.filter(|id| !id.is_empty()),
        }
    }

    /// The playlist that was just made; `None` when Spotify doesn't say which that is.
    pub(super) fn made(playlist: Playlist) -> Option<Self> {
        Some(Self::of(playlist.spotify_uri()?.id().to_owned(), playlist))
    }

    /// How answers call it.
    pub(super) fn label(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.uri())
    }

    /// A link for people.
    pub(super) fn url(&self) -> String {
        format!("https://open.spotify.com/playlist/{}", self.id)
    }

    /// `place`, if the playlist has one such, or ends there.
    ///
    /// # Errors
    /// `invalid_argument`, with how many it has.
    pub(super) fn place(&self, argument: &str, place: u64) -> Result<u64, ToolError> {
        match self.total {
            Some(total) if place > total => Err(ToolError::invalid_argument(
                format!("`{argument}` is {place}, but {self} has only {total} items."),
                "Positions count from 0; spotify_playlist_items shows them.",
            )),
            _ => Ok(place),
        }
    }

    /// `error`, in better words when it comes of a version that isn't the newest.
    pub(super) fn outdated(&self, snapshot: Option<&str>, error: ToolError) -> ToolError {
        let is_old = snapshot.is_some() && snapshot != self.snapshot_id.as_deref();
        if !is_old || error.code() != code::INVALID_ARGUMENT {
            return error;
        }
        error.saying(format!("{self} was changed since that snapshot; nothing was done.")).advising(
            "Look with spotify_playlist_items where things are now, and call again with its \
             `snapshot_id`."
                .to_owned(),
        )
    }

    /// Its URI.
    pub(super) fn uri(&self) -> String {
        format!("spotify:playlist:{}", self.id)
    }

    /// The path of what is in it.
    pub(super) fn items_path(&self) -> String {
        format!("playlists/{}/items", self.id)
    }
}

/// Its name in quotes, or its URI.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "\"{name}\""),
            None => f.write_str(&self.uri()),
        }
    }
}

impl Playlists {
    /// The playlist that `wanted` means: an id, a URI, a link, or the name of one of the person's own.
    ///
    /// # Errors
    /// `invalid_argument` when it could be several or is no playlist, `not_found`, or whatever a
    /// call answers.
    pub(super) async fn target(&self, caller: &Caller, wanted: &str) -> Result<Target, Failure> {
        let id = self.id(caller, wanted).await?;
        self.newest(caller, &id).await
    }

    /// Its id.
    pub(super) async fn id(&self, caller: &Caller, wanted: &str) -> Result<String, Failure> {
        match named_by_id(wanted)? {
            Some(uri) => Ok(uri.id().to_owned()),
            None => self.id_of(caller, wanted).await,
        }
    }

    /// The playlist with this id, as it is now.
    pub(super) async fn look(&self, caller: &Caller, id: &str) -> Result<Target, Failure> {
        let ask = Ask::get(format!("playlists/{id}")).with("fields", FIELDS);
        let playlist: Option<Playlist> = self.api.read(caller, &ask).await?;
        Ok(Target::of(id.to_owned(), playlist.unwrap_or_default()))
    }

    async fn id_of(&self, caller: &Caller, name: &str) -> Result<String, Failure> {
        let own = self.own(caller, false).await?;
        let rows = own.rows.into_iter().filter(|row| row.editable != Some(false));
        Ok(only(&rows.collect::<Vec<_>>(), name)?)
    }
}

/// The playlist that an id, a URI or a link names; `None` for what can only be a name.
fn named_by_id(wanted: &str) -> Result<Option<SpotifyUri>, ToolError> {
    let wanted = wanted.trim();
    let is_id = wanted.len() == ID_LENGTH && wanted.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_id && !wanted.starts_with("spotify:") && !wanted.contains("open.spotify.com/") {
        return Ok(None);
    }
    let uri = SpotifyUri::parse(wanted, Some(Kind::Playlist))?;
    if uri.kind() == Kind::Playlist {
        return Ok(Some(uri));
    }
    Err(ToolError::invalid_argument(
        format!("{uri} is no playlist."),
        "Pass a playlist's name, id, URI or link as `playlist`; spotify_playlists lists them.",
    ))
}

/// The id of the one playlist that fits best: by its whole name, else by a part of it.
fn only(rows: &[PlaylistRow], wanted: &str) -> Result<String, ToolError> {
    let name = wanted.trim().to_lowercase();
    let fits: [&dyn Fn(&PlaylistRow) -> bool; 3] =
        [&|row| row.name == wanted.trim(), &|row| row.name.to_lowercase() == name, &|row| {
            !name.is_empty() && row.name.to_lowercase().contains(&name)
        }];
    for fit in fits {
        let fitting: Vec<_> = rows.iter().filter(|row| fit(row)).collect();
        match fitting.as_slice() {
            [] => {}
            [row] => return row.id.clone().ok_or_else(|| unknown(wanted, rows)),
            several => return Err(ambiguous(wanted, several)),
        }
    }
    Err(unknown(wanted, rows))
}

fn ambiguous(wanted: &str, fitting: &[&PlaylistRow]) -> ToolError {
    ToolError::invalid_argument(
        format!(
            "\"{}\" fits several of the person's playlists: {}.",
            clip(wanted, 80),
            names(fitting)
        ),
        "Pass the id of one of them as `playlist`; ask the person if it isn't clear which.",
    )
}

fn unknown(wanted: &str, rows: &[PlaylistRow]) -> ToolError {
    let rows: Vec<_> = rows.iter().collect();
    let known = if rows.is_empty() {
        "There is none of their own at all.".to_owned()
    } else {
        format!("There are: {}.", names(&rows))
    };
    ToolError::new(
        code::NOT_FOUND,
        format!("The person has no playlist \"{}\" of their own. {known}", clip(wanted, 80)),
        "Pass one of them, or a link or URI; spotify_playlists lists all, and spotify_search finds \
         those of others.",
    )
}

fn names(rows: &[&PlaylistRow]) -> String {
    let name = |row: &&PlaylistRow| match &row.id {
        Some(id) => format!("\"{}\" (id {id})", clip(&row.name, 60)),
        None => format!("\"{}\"", clip(&row.name, 60)),
    };
    let mut names: Vec<_> = rows.iter().take(MOST_NAMED).map(name).collect();
    if rows.len() > MOST_NAMED {
        names.push(format!("and {} more", rows.len() - MOST_NAMED));
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, name: &str) -> PlaylistRow {
        PlaylistRow { id: Some(id.into()), name: name.into(), ..PlaylistRow::default() }
    }

    fn found(rows: &[PlaylistRow], wanted: &str) -> Result<String, String> {
        only(rows, wanted).map_err(|error| error.code().to_owned())
    }

    #[test]
    fn a_name_beats_a_part_of_one_and_several_are_an_error() {
        let rows =
            [row("1", "Focus"), row("2", "Deep focus"), row("3", "focus"), row("4", "AC/DC")];
        assert_eq!(found(&rows, "Focus"), Ok("1".into()));
        assert_eq!(found(&rows, " deep "), Ok("2".into()));
        assert_eq!(found(&rows, "ac/dc"), Ok("4".into()));
        assert_eq!(found(&rows, "FOCUS"), Err("invalid_argument".into()));
        assert_eq!(found(&rows, "run"), Err("not_found".into()));
        assert_eq!(found(&rows, " "), Err("not_found".into()));
        let error = only(&rows, "c").unwrap_err();
        assert!(error.message().contains("\"Deep focus\" (id 2)"), "{error}");
    }

    #[test]
    fn ids_uris_and_links_are_no_names() {
        let id = "IjHGb3CXlMaXZjljENUhJd";
        for text in [
            id.to_owned(),
            format!("spotify:playlist:{id}"),
            format!("https://open.spotify.com/playlist/{id}?si=1"),
        ] {
            assert_eq!(named_by_id(&text).unwrap().unwrap().id(), id, "{text}");
        }
        for text in ["Focus", "AC/DC", "http://example.com/x", ""] {
            assert_eq!(named_by_id(text).unwrap(), None, "{text}");
        }
        assert!(named_by_id(&format!("spotify:album:{id}")).is_err());
        assert!(named_by_id("spotify:playlist:x").is_err());
    }
}
