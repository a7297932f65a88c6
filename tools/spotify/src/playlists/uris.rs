//! The tracks and episodes that a playlist is given, or loses.

use stagepass_kit::ToolError;

use crate::{
    text::clip,
    uri::{Kind, SpotifyUri},
};

/// How many one call takes.
pub(super) const MOST: usize = 1000;
/// How many Spotify takes at once.
pub(super) const CHUNK: usize = 100;

/// The URIs that these texts mean, in their order. A bare id is a track.
///
/// # Errors
/// `invalid_argument`, with the place of the first that can't be used.
pub(super) fn read(texts: &[String]) -> Result<Vec<String>, ToolError> {
    if texts.len() > MOST {
        return Err(ToolError::invalid_argument(
            format!("`uris` has {} entries, and may have {MOST}.", texts.len()),
            "Split them over several calls.",
        ));
    }
    texts.iter().enumerate().map(|(index, text)| read_one(index, text)).collect()
}

/// As [`read`], for a call that makes no sense without any.
pub(super) fn read_some(texts: &[String]) -> Result<Vec<String>, ToolError> {
    if texts.is_empty() {
        let message = "`uris` is empty.";
        return Err(ToolError::invalid_argument(message, "Pass the URIs of tracks or episodes."));
    }
    read(texts)
}

fn read_one(index: usize, text: &str) -> Result<String, ToolError> {
    let uri = SpotifyUri::parse(text, Some(Kind::Track)).map_err(|error| {
        let message = format!("`uris[{index}]`: {}", error.message());
        error.saying(message)
    })?;
    if matches!(uri.kind(), Kind::Track | Kind::Episode) {
        return Ok(uri.to_string());
    }
    Err(ToolError::invalid_argument(
        format!("`uris[{index}]`: {uri} is neither a track nor an episode."),
        "A playlist takes tracks and episodes; pass those that are in it one by one.",
    ))
}

/// URIs in one line, the first ones if there are many.
pub(super) fn in_words(uris: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown: Vec<_> = uris.iter().take(SHOWN).map(|uri| clip(uri, 60)).collect();
    let more = uris.len().saturating_sub(SHOWN);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", shown.join(", "))
}
