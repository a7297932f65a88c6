//! `spotify_me`: whose account it is.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use crate::{
    api::{Ask, Failure, Refusal, SpotifyApi},
    model::Profile,
    text::{clean, dotted},
};

/// What reading it needs.
const SCOPES: &[&str] = &["user-read-private"];

/// The tool.
pub(crate) struct Me(pub(crate) SpotifyApi);

/// Nothing to say.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {}

/// The person, as Spotify knows them.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// What the person is called there.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Their user id, as in the owner of a playlist.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Their account, which keeps this id whatever they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
}

impl Tool for Me {
    const NAME: &'static str = "spotify_me";
    const TITLE: &'static str = "Spotify account";
    const DESCRIPTION: &'static str = "Tells whose Spotify account is connected: name and ids. \
        Spotify tells neither the person's country nor their e-mail address, nor whether they pay; \
        that shows when something is played.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, _: Args) -> Result<Answer, ToolError> {
        let ask = Ask::get("me").needing(SCOPES);
        let profile: Profile = self.0.read(caller, &ask).await?.unwrap_or_default();
        let known = |text: Option<String>| text.map(|text| clean(&text)).filter(|t| !t.is_empty());
        let answer = Answer {
            name: known(profile.display_name),
            id: known(profile.id),
            account_id: known(profile.account_id),
        };
        if answer.name.is_none() && answer.id.is_none() && answer.account_id.is_none() {
            return Err(Failure::from(Refusal::nonsense()).into());
        }
        Ok(answer)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&dotted([
            Some(self.name.clone().unwrap_or_else(|| "(no name)".into())),
            self.id.as_ref().map(|id| format!("user id {id}")),
            self.account_id.as_ref().map(|id| format!("account id {id}")),
        ]))
    }
}
