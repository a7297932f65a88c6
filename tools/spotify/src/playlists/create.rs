//! `spotify_playlist_create`: a new playlist, filled at once if wanted.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use super::{
    Playlists, add,
    change::{Ending, Outcome},
    change_scopes,
    details::Details,
    target::Target,
    uris,
};
use crate::{
    api::{Ask, Failure, Refusal, Trouble},
    model::Playlist,
};

/// The tool.
pub(crate) struct Create(pub(crate) Playlists);

/// What to make.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// Its name, at most 100 characters.
    #[schemars(length(min = 1, max = 100))]
    name: String,
    /// What people read below the name, at most 300 characters.
    #[schemars(length(max = 300))]
    description: Option<String>,
    /// Whether it is shown on the person's profile; false if left out.
    public: Option<bool>,
    /// Whether others can change what is in it; only possible when it isn't public.
    collaborative: Option<bool>,
    /// Tracks and episodes to put in, in this order, at most 1000: URIs, links, or bare ids of
    /// tracks.
    #[schemars(length(max = 1000))]
    uris: Option<Vec<String>>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// What the other tools take.
    uri: String,
    /// A link for the person.
    url: String,
    /// Its name.
    name: String,
    /// Whether it is shown on the person's profile, as Spotify says.
    #[serde(skip_serializing_if = "Option::is_none")]
    public: Option<bool>,
    /// How many items were put in.
    added: usize,
    /// The version of the playlist.
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_id: Option<String>,
    #[serde(flatten)]
    ending: Ending,
}

impl Tool for Create {
    const NAME: &'static str = "spotify_playlist_create";
    const TITLE: &'static str = "Create a Spotify playlist";
    const DESCRIPTION: &'static str = "Makes a new Spotify playlist of the person's and puts \
        tracks in, in one call; nobody else sees it unless `public` is true. It takes URIs; \
        spotify_resolve finds those of many titles at once. To put more into a playlist that there is, call \
        spotify_playlist_add.";
    const EFFECT: Effect = Effect::Changes;
    const SCOPES: &'static [&'static str] = &[];
    const OPTIONAL_SCOPES: &'static [&'static str] = super::BOTH_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let uris = uris::read(&args.uris.unwrap_or_default())?;
        let wanted = Details {
            name: Some(args.name),
            description: args.description,
            // Spotify's own default is a public one.
            public: Some(args.public.unwrap_or(false)),
            collaborative: args.collaborative,
        };
        wanted.check()?;
        wanted.check_openness(None, None)?;
        let list = self.create(caller, &wanted).await?;
        let outcome = self.0.change(caller, &list, add::steps(&list, &uris, None), 0).await;
        Ok(Answer::of(list, &outcome))
    }
}

impl Create {
    async fn create(&self, caller: &Caller, wanted: &Details) -> Result<Target, ToolError> {
        let ask = Ask::post("me/playlists")
            .sending(Value::Object(wanted.body()))
            .needing(change_scopes(wanted.public));
        let made: Result<Option<Playlist>, Failure> = self.0.api.read(caller, &ask).await;
        let list = made.and_then(|playlist| {
            Target::made(playlist.unwrap_or_default()).ok_or_else(|| Refusal::nonsense().into())
        });
        match list {
            Ok(mut list) => {
                list.total = Some(0);
                list.name = list.name.or_else(|| wanted.name.clone());
                list.public = list.public.or(wanted.public);
                Ok(list)
            }
            Err(failure) if failure.is(Trouble::Unavailable) => Err(unsure(failure.into())),
            Err(failure) => Err(failure.into()),
        }
    }
}

fn unsure(lost: ToolError) -> ToolError {
    lost.saying("Spotify's answer got lost: the playlist may have been made or not.".to_owned())
        .advising(
            "Call spotify_playlists with its name first. If it is there, fill it with \
             spotify_playlist_add; if not, call again."
                .to_owned(),
        )
}

impl Answer {
    fn of(list: Target, outcome: &Outcome) -> Self {
        Self {
            uri: list.uri(),
            url: list.url(),
            added: outcome.done,
            ending: outcome.ending(),
            snapshot_id: outcome.snapshot_id.clone(),
            public: list.public,
            name: list.name.unwrap_or_default(),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.public {
            Some(true) => "public",
            Some(false) => "private",
            None => "new",
        };
        let (name, added, uri, url) = (&self.name, self.added, &self.uri, &self.url);
        write!(f, "Made the {kind} playlist \"{name}\" with {added} items: {uri} {url}")?;
        write!(f, "{}", self.ending)
    }
}
