//! `spotify_playlist_update`: a playlist's name, description and who sees it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use super::{
    BOTH_SCOPES, CHANGE_SCOPES, Playlists, change_scopes, details::Details, target::Target,
};
use crate::{
    api::{Ask, Trouble},
    text::dotted,
};

/// The tool.
pub(crate) struct Update(pub(crate) Playlists);

/// What to change; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The playlist: the name of one of the person's own, or an id, URI or link.
    playlist: String,
    /// Its new name, at most 100 characters.
    #[schemars(length(max = 100))]
    name: Option<String>,
    /// Its new description, at most 300 characters.
    #[schemars(length(max = 300))]
    description: Option<String>,
    /// Whether it is shown on the person's profile.
    public: Option<bool>,
    /// Whether others can change what is in it; only possible when it isn't public.
    collaborative: Option<bool>,
}

/// What the playlist is now, as Spotify showed it afterwards.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// Whether Spotify was seen to have done it. If not, don't tell the person that it has.
    confirmed: bool,
    /// What the other tools take.
    uri: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What people read below the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Whether it is shown on the person's profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    public: Option<bool>,
    /// Whether others can change what is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    collaborative: Option<bool>,
}

impl Tool for Update {
    const NAME: &'static str = "spotify_playlist_update";
    const TITLE: &'static str = "Update a Spotify playlist";
    const DESCRIPTION: &'static str = "Renames a Spotify playlist, or changes its description or \
        who can see and change it, and looks afterwards. What is in it stays: to change that, \
        call spotify_playlist_add or spotify_playlist_reorder; to take something out, \
        spotify_playlist_remove.";
    const EFFECT: Effect = Effect::Sets;
    const SCOPES: &'static [&'static str] = &[];
    const OPTIONAL_SCOPES: &'static [&'static str] = CHANGE_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let wanted = Details {
            name: args.name,
            description: args.description,
            public: args.public,
            collaborative: args.collaborative,
        };
        wanted.check()?;
        if wanted.is_empty() {
            let message = "There is nothing to change.";
            return Err(ToolError::invalid_argument(message, "Pass what shall be different."));
        }
        let list = self.0.target(caller, &args.playlist).await?;
        wanted.check_openness(list.public, list.collaborative)?;
        let written = self.0.api.write(caller, &ask(&list, &wanted)).await;
        let refusal = match written {
            Ok(()) => None,
            // It may have arrived all the same.
            Err(failure) if failure.is(Trouble::Unavailable) => Some(failure),
            Err(failure) => return Err(failure.into()),
        };
        self.0.api.settle().await;
        let now = self.0.look(caller, &list.id).await.ok();
        let confirmed = now.as_ref().is_some_and(|now| wanted.are_in(now));
        match refusal {
            Some(refusal) if !confirmed => Err(refusal.into()),
            _ => Ok(Answer::of(now.unwrap_or(list), confirmed)),
        }
    }
}

fn ask(list: &Target, wanted: &Details) -> Ask {
    let changes_who_sees_it = wanted.public.is_some() && wanted.public != list.public;
    let scopes = if changes_who_sees_it { BOTH_SCOPES } else { change_scopes(list.public) };
    Ask::put(format!("playlists/{}", list.id)).sending(Value::Object(wanted.body())).needing(scopes)
}

impl Answer {
    fn of(now: Target, confirmed: bool) -> Self {
        Self {
            confirmed,
            uri: now.uri(),
            name: now.name,
            description: now.description,
            public: now.public,
            collaborative: now.collaborative,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_ref().map(|name| format!("\"{name}\""));
        let shown = |public| if public { "public" } else { "private" };
        f.write_str(if self.confirmed {
            "Done: "
        } else {
            "Spotify accepted it, but doesn't show it yet; spotify_playlists tells in a few \
             seconds. It shows: "
        })?;
        f.write_str(&dotted([
            name,
            self.description.clone(),
            self.public.map(|public| shown(public).to_owned()),
            (self.collaborative == Some(true)).then(|| "collaborative".into()),
            Some(self.uri.clone()),
        ]))
    }
}
