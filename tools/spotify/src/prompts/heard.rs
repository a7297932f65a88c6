//! What was heard.

use schemars::JsonSchema;
use serde::Deserialize;
use stagepass_kit::{Prompt, Tool, ToolError};

use super::quoted;
use crate::{now::Now, recent::RecentlyPlayed};

/// The prompt.
pub(crate) struct Heard;

/// Which time.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The time, e.g. "this morning" or "about an hour ago"; the last hours if left out.
    when: Option<String>,
}

impl Prompt for Heard {
    const NAME: &'static str = "spotify_what_did_i_listen_to";
    const TITLE: &'static str = "What did I listen to?";
    const DESCRIPTION: &'static str = "Looks up what was played on Spotify lately.";
    const NEEDS: &'static [&'static str] = &[Now::NAME, RecentlyPlayed::NAME];
    type Args = Args;

    fn message(&self, args: Args) -> Result<String, ToolError> {
        let when = match args.when {
            Some(when) => format!("at this time: {}", quoted(&when)),
            None => "in the last hours".to_owned(),
        };
        Ok(format!(
            "What did I listen to on Spotify {when}? Look at what plays now and at what was played \
             recently, and tell me title, artist and time of each track, the newest first. Say so \
             if Spotify's history doesn't reach back that far. Don't play anything."
        ))
    }
}
