//! `spotify://playlists`: the person's playlists.

use stagepass_kit::{Caller, Resource, ToolError};

use super::{
    MARKDOWN, NoVariables,
    markdown::{Table, escape, linked},
};
use crate::{answer::PlaylistRow, playlists::Playlists};

/// How many playlists are shown.
const MOST: usize = 500;

/// The resource.
pub(crate) struct PlaylistsTable(pub(crate) Playlists);

impl Resource for PlaylistsTable {
    const URI: &'static str = "spotify://playlists";
    const NAME: &'static str = "playlists";
    const TITLE: &'static str = "Spotify playlists";
    const DESCRIPTION: &'static str = "Your Spotify playlists, those you follow included.";
    const MIME_TYPE: &'static str = MARKDOWN;
    const SCOPES: &'static [&'static str] = crate::playlists::READ_SCOPES;
    type Variables = NoVariables;

    async fn read(&self, caller: &Caller, _: NoVariables) -> Result<String, ToolError> {
        let rows = self.0.rows(caller).await?;
        let shown = rows.iter().take(MOST).map(cells).collect();
        let table = Table { heads: ["Playlist", "By", "Items", "Shown"], rows: shown };
        let note = if rows.len() > MOST {
            format!("\nThese are the first {MOST} of {}.\n", rows.len())
        } else {
            String::new()
        };
        Ok(format!("# Playlists\n\n{table}{note}"))
    }
}

fn cells(row: &PlaylistRow) -> [String; 4] {
    let shown = |public| if public { "public" } else { "private" };
    [
        linked(&row.name, row.uri.as_deref()),
        escape(row.owner.as_deref().unwrap_or_default()),
        row.total.map(|total| total.to_string()).unwrap_or_default(),
        row.public.map(shown).unwrap_or_default().to_owned(),
    ]
}
