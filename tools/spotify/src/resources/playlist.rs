//! `spotify://playlists/{playlist}`: one playlist.

use serde::Deserialize;
use stagepass_kit::{Caller, Resource, ToolError};

use super::{
    MARKDOWN,
    markdown::{Table, escape, linked},
};
use crate::{answer::EntryRow, playlists::Playlists, text::clock};

/// How many items are shown.
const MOST: u64 = 500;

/// The resource.
pub(crate) struct PlaylistTable(pub(crate) Playlists);

/// Which playlist.
#[derive(Debug, Deserialize)]
pub(crate) struct Variables {
    playlist: String,
}

impl Resource for PlaylistTable {
    const URI: &'static str = "spotify://playlists/{playlist}";
    const NAME: &'static str = "playlist";
    const TITLE: &'static str = "A Spotify playlist";
    const DESCRIPTION: &'static str = "What is in a playlist, by its name, id or URI: one of your \
        own, or a collaborative one.";
    const MIME_TYPE: &'static str = MARKDOWN;
    const SCOPES: &'static [&'static str] = crate::playlists::READ_SCOPES;
    type Variables = Variables;

    async fn read(&self, caller: &Caller, variables: Variables) -> Result<String, ToolError> {
        let (name, uri, part) = self.0.first(caller, &variables.playlist, MOST).await?;
        let rows = part.rows.iter().map(cells).collect();
        let table = Table { heads: ["#", "Title", "By", "From", "Length"], rows };
        let note = match (part.goes_on, part.total) {
            (false, _) => String::new(),
            (true, Some(total)) => {
                format!("\nThese are the first {} of {total} items.\n", part.end)
            }
            (true, None) => format!("\nThese are the first {} items; there are more.\n", part.end),
        };
        Ok(format!("# {}\n\n{table}{note}", linked(&name, Some(&uri))))
    }

    async fn complete(
        &self,
        caller: &Caller,
        _variable: &str,
        typed: &str,
    ) -> Result<Vec<String>, ToolError> {
        self.0.names_like(caller, typed).await
    }
}

/// Counted from 1, as in Spotify's own list.
fn cells(entry: &EntryRow) -> [String; 5] {
    let row = &entry.row;
    let from = row.album.as_ref().or(row.show.as_ref());
    [
        (entry.position + 1).to_string(),
        linked(&row.name, row.uri.as_deref()),
        escape(&row.artists.join(", ")),
        from.map(|from| escape(from)).unwrap_or_default(),
        row.duration_ms.map(clock).unwrap_or_default(),
    ]
}
