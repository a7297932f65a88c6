//! What is to be played: read from the arguments, and compared with what plays.

use serde_json::{Value, json};
use stagepass_kit::{Caller, ToolError};

use super::{Args, best};
use crate::{
    answer::{Playback, Row},
    api::{Ask, Failure, SpotifyApi, Trouble},
    player::COMMAND_SCOPES,
    uri::{Kind, SpotifyUri},
};

/// The most tracks that can be started at once.
const MOST_URIS: usize = 100;

/// What is to be played.
#[derive(Debug)]
pub(super) struct Wish {
    what: What,
    /// Title and artists, if known: Spotify may play another version of the same track.
    found: Option<Row>,
    /// What else a search found.
    pub(super) others: Vec<Row>,
}

#[derive(Debug)]
enum What {
    /// Go on with what was paused.
    Resume,
    /// These, in order.
    Singles(Vec<SpotifyUri>),
    /// All that is in this.
    Context(SpotifyUri),
}

/// Reads the wish, searching where it is a query.
///
/// # Errors
/// `invalid_argument`, `not_found`, or whatever the search answers.
pub(super) async fn read(
    api: &SpotifyApi,
    caller: &Caller,
    args: &Args,
) -> Result<Wish, ToolError> {
    let wish = match (&args.uri, &args.uris, &args.query) {
        (None, None, None) => Wish::of(What::Resume),
        (Some(uri), None, None) => Wish::of(What::one(SpotifyUri::parse(uri, Some(kind(args)))?)),
        (None, Some(uris), None) => Wish::of(What::Singles(singles(uris, kind(args))?)),
        (None, None, Some(query)) => {
            let found = best::find(api, caller, query, kind(args)).await?;
            Wish { what: What::one(found.uri), found: Some(found.row), others: found.others }
        }
        _ => return Err(bad("Only one of `uri`, `uris` and `query` can be played.")),
    };
    wish.what.check(args)?;
    Ok(wish)
}

fn kind(args: &Args) -> Kind {
    args.kind.unwrap_or(Kind::Track)
}

fn singles(uris: &[String], kind: Kind) -> Result<Vec<SpotifyUri>, ToolError> {
    if uris.is_empty() || uris.len() > MOST_URIS {
        return Err(bad("`uris` takes 1 to 100 tracks or episodes."));
    }
    let uris: Vec<_> =
        uris.iter().map(|uri| SpotifyUri::parse(uri, Some(kind))).collect::<Result<_, _>>()?;
    match uris.iter().find(|uri| !uri.kind().is_single()) {
        Some(uri) => Err(bad(&format!("`uris` takes tracks and episodes only, not {uri}."))),
        None => Ok(uris),
    }
}

fn bad(message: &str) -> ToolError {
    ToolError::invalid_argument(
        message,
        "Pass one of: `uri` (one track, album, playlist, artist or show), `uris` (several tracks), \
         `query` (words to search for), or none of them to resume.",
    )
}

impl What {
    fn one(uri: SpotifyUri) -> Self {
        if uri.kind().is_single() { Self::Singles(vec![uri]) } else { Self::Context(uri) }
    }

    /// An offset must lie inside what has an order.
    fn check(&self, args: &Args) -> Result<(), ToolError> {
        let Some(offset) = args.offset else {
            return match self {
                Self::Resume if args.position_ms.is_some() => Err(ToolError::invalid_argument(
                    "`position_ms` needs something to play.",
                    "To jump inside what plays, call spotify_control with action \"seek\".",
                )),
                _ => Ok(()),
            };
        };
        let fits = match self {
            Self::Resume => false,
            Self::Singles(uris) => usize::try_from(offset).is_ok_and(|offset| offset < uris.len()),
            Self::Context(uri) => uri.kind() != Kind::Artist,
        };
        if fits { Ok(()) } else { Err(bad("`offset` doesn't fit what is to be played.")) }
    }
}

impl Wish {
    fn of(what: What) -> Self {
        Self { what, found: None, others: Vec::new() }
    }

    /// The command.
    pub(super) fn ask(&self, offset: Option<u32>, position_ms: Option<u64>) -> Ask {
        let ask = Ask::put("me/player/play").needing(COMMAND_SCOPES);
        match self.body(offset, position_ms) {
            Some(body) => ask.sending(body),
            None => ask,
        }
    }

    /// The body of the command; `None` for "resume".
    fn body(&self, offset: Option<u32>, position_ms: Option<u64>) -> Option<Value> {
        let mut body = match &self.what {
            What::Resume => return None,
            What::Singles(uris) => {
                json!({ "uris": uris.iter().map(ToString::to_string).collect::<Vec<_>>() })
            }
            What::Context(uri) => json!({ "context_uri": uri.to_string() }),
        };
        if let Some(fields) = body.as_object_mut() {
            fields.extend(offset.map(|at| ("offset".into(), json!({ "position": at }))));
            fields.extend(position_ms.map(|at| ("position_ms".into(), at.into())));
        }
        Some(body)
    }

    /// Whether a refusal may only mean that it plays already.
    pub(super) fn may_be_met_already(&self, failure: &Failure) -> bool {
        matches!(self.what, What::Resume)
            && (failure.is(Trouble::AlreadySo) || failure.is(Trouble::PlayerRefuses))
    }

    /// The URI that was asked for, or the first of several.
    pub(super) fn first_uri(&self) -> Option<String> {
        match &self.what {
            What::Resume => None,
            What::Singles(uris) => uris.first().map(ToString::to_string),
            What::Context(uri) => Some(uri.to_string()),
        }
    }

    /// Whether `now` shows what was asked for, playing.
    pub(super) fn is_met_by(&self, now: &Playback) -> bool {
        let it_is = match &self.what {
            What::Resume => true,
            What::Context(uri) => now.context.as_deref() == Some(&uri.to_string()),
            What::Singles(uris) => {
                uris.iter()
                    .map(ToString::to_string)
                    .any(|uri| now.uri() == Some(&uri) || now.instead_of.as_deref() == Some(&uri))
                    || self.is_called_as(now)
            }
        };
        it_is && now.is_playing == Some(true)
    }

    /// The title alone wouldn't do: others have the same.
    fn is_called_as(&self, now: &Playback) -> bool {
        let both = self.found.as_ref().zip(now.item.as_ref());
        both.is_some_and(|(found, now)| found.name == now.name && found.artists == now.artists)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "spotify:track:4iV5W9uYEdYUVa79Axb7Rh";

    fn wish(uri: &str) -> Wish {
        Wish::of(What::one(SpotifyUri::parse(uri, None).unwrap()))
    }

    #[test]
    fn tracks_go_as_uris_and_all_else_as_context() {
        let track = wish(ONE).body(None, Some(1000)).unwrap();
        assert_eq!(track, json!({ "uris": [ONE], "position_ms": 1000 }));
        let album = "spotify:album:4iV5W9uYEdYUVa79Axb7Rh";
        let body = wish(album).body(Some(3), None).unwrap();
        assert_eq!(body, json!({ "context_uri": album, "offset": { "position": 3 } }));
        assert_eq!(Wish::of(What::Resume).body(None, None), None);
    }

    #[test]
    fn a_wish_is_met_only_by_what_plays() {
        let row = Row { name: "x".into(), uri: Some(ONE.into()), ..Row::default() };
        let mut now = Playback { is_playing: Some(true), item: Some(row), ..Playback::default() };
        assert!(wish(ONE).is_met_by(&now));
        assert!(!wish("spotify:track:0000000000000000000000").is_met_by(&now));
        assert!(!wish("spotify:album:4iV5W9uYEdYUVa79Axb7Rh").is_met_by(&now));
        now.instead_of = Some("spotify:track:0000000000000000000000".into());
        assert!(wish("spotify:track:0000000000000000000000").is_met_by(&now));
        now.is_playing = Some(false);
        assert!(!wish(ONE).is_met_by(&now));
    }

    #[test]
    fn offsets_have_to_fit() {
        let args = |offset, position_ms| Args { offset, position_ms, ..Args::default() };
        let fits = |wish: &Wish, args: &Args| wish.what.check(args).is_ok();
        assert!(fits(&wish(ONE), &args(Some(0), None)));
        assert!(!fits(&wish(ONE), &args(Some(1), None)));
        assert!(fits(&wish("spotify:album:4iV5W9uYEdYUVa79Axb7Rh"), &args(Some(1), None)));
        assert!(!fits(&wish("spotify:artist:4iV5W9uYEdYUVa79Axb7Rh"), &args(Some(1), None)));
        assert!(!fits(&Wish::of(What::Resume), &args(None, Some(1))));
        assert!(fits(&Wish::of(What::Resume), &args(None, None)));
    }
}
