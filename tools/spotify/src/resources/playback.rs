//! `spotify://playback`: what plays now.

use stagepass_kit::{Caller, Resource, ToolError};

use super::{
    MARKDOWN, NoVariables,
    markdown::{escape, linked},
};
use crate::{answer::Playback, api::SpotifyApi, player, text::clock};

/// The resource.
pub(crate) struct NowPlaying(pub(crate) SpotifyApi);

impl Resource for NowPlaying {
    const URI: &'static str = "spotify://playback";
    const NAME: &'static str = "playback";
    const TITLE: &'static str = "What plays on Spotify";
    const DESCRIPTION: &'static str = "What plays on Spotify now, and where.";
    const MIME_TYPE: &'static str = MARKDOWN;
    const SCOPES: &'static [&'static str] = player::READ_SCOPES;
    type Variables = NoVariables;

    async fn read(&self, caller: &Caller, _: NoVariables) -> Result<String, ToolError> {
        let playback = player::playback(&self.0, caller).await?;
        Ok(markdown(&playback))
    }
}

fn markdown(playback: &Playback) -> String {
    let Some(item) = &playback.item else {
        return match playback.is_playing {
            Some(true) => "Something plays that Spotify doesn't name.\n".to_owned(),
            _ => "Nothing plays on Spotify.\n".to_owned(),
        };
    };
    let state = if playback.is_playing == Some(true) { "Playing" } else { "Paused" };
    let from = item.album.as_ref().or(item.show.as_ref()).map(|from| escape(from));
    let times = [playback.progress_ms, item.duration_ms].into_iter().flatten().map(clock);
    let device = playback.device.as_ref().map(|device| escape(&device.name));
    let lines = [
        Some(format!("**{state}:** {}", linked(&item.name, item.uri.as_deref()))),
        (!item.artists.is_empty()).then(|| format!("By {}", escape(&item.artists.join(", ")))),
        from.map(|from| format!("From {from}")),
        Some(times.collect::<Vec<_>>().join(" of ")).filter(|times| !times.is_empty()),
        device.map(|device| format!("On {device}")),
    ];
    let lines: Vec<_> = lines.into_iter().flatten().collect();
    format!("{}\n", lines.join("  \n"))
}
