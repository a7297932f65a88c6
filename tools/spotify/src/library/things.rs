//! The things that a call names, in portions that Spotify takes.

use stagepass_kit::ToolError;

use super::{AT_ONCE, MOST};
use crate::{
    answer::Failed,
    limits::at_most,
    uri::{Kind, SpotifyUri},
};

/// What a call names.
pub(super) struct Things {
    /// Those that can be sent, each once, in portions; artists have portions of their own.
    pub(super) portions: Vec<Vec<String>>,
    /// Those that can't.
    pub(super) failed: Vec<Failed>,
}

/// Reads `uris`; bare ids are of `kind`.
///
/// # Errors
/// `invalid_argument` when there are too many, none, or none that names a thing.
pub(super) fn read(uris: Vec<String>, kind: Option<Kind>) -> Result<Things, ToolError> {
    let (mut others, mut artists, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    let mut first_error = None;
    for text in at_most("uris", uris, MOST)? {
        match keepable(&text, kind) {
            Ok(uri) => {
                let list = if uri.kind() == Kind::Artist { &mut artists } else { &mut others };
                let uri = uri.to_string();
                if !list.contains(&uri) {
                    list.push(uri);
                }
            }
            Err(error) => {
                failed.push(Failed::new(&text, &error));
                first_error.get_or_insert(error);
            }
        }
    }
    if let (true, true, Some(error)) = (others.is_empty(), artists.is_empty(), first_error) {
        return Err(error);
    }
    let lists = [others, artists];
    let portions = lists.iter().flat_map(|list| list.chunks(AT_ONCE)).map(<[_]>::to_vec);
    Ok(Things { portions: portions.collect(), failed })
}

fn keepable(text: &str, kind: Option<Kind>) -> Result<SpotifyUri, ToolError> {
    let uri = SpotifyUri::parse(text, kind)?;
    if uri.kind() == Kind::Chapter {
        return Err(ToolError::invalid_argument(
            "Spotify saves no single chapters.",
            "Pass the audiobook that it belongs to.",
        ));
    }
    Ok(uri)
}

/// Whether a portion is one of artists.
pub(super) fn are_artists(portion: &[String]) -> bool {
    portion.first().is_some_and(|uri| uri.starts_with("spotify:artist:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_cut_into_portions_each_once_and_artists_apart() {
        let uri = |kind: &str, n: usize| format!("spotify:{kind}:{n:022}");
        let mut uris: Vec<_> = (0..81).map(|n| uri("track", n)).collect();
        uris.insert(1, uri("artist", 7));
        uris.push(uri("track", 3));
        uris.push(uri("chapter", 1));
        uris.push("nonsense".into());
        let things = read(uris, None).unwrap();
        let sizes: Vec<_> = things.portions.iter().map(Vec::len).collect();
        assert_eq!(sizes, [40, 40, 1, 1]);
        assert!(are_artists(&things.portions[3]) && !are_artists(&things.portions[0]));
        assert_eq!(things.failed.len(), 2);
        assert!(read(vec![], None).is_err());
        assert!(read(vec![uri("track", 1); 201], None).is_err());
    }
}
