//! A tool that uses a token of any provider, and tells whose it was.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Attempt, Caller, Effect, Tool, ToolError, Toolset};
use stagepass_standin::provider::PROBE_SCOPE;

/// The toolsets for these providers: their tool needs a scope, or none.
macro_rules! toolsets {
    ($($id:literal)*) => {
        pub(super) fn toolset(provider: &str, has_scopes: bool) -> fn() -> Toolset {
            match (provider, has_scopes) {
                $(
                    ($id, true) => || Toolset::new("probe", Some($id)).with(Scoped(Probe($id))),
                    ($id, false) => || Toolset::new("probe", Some($id)).with(Probe($id)),
                )*
                _ => panic!("no toolset for {provider}"),
            }
        }
    };
}

toolsets! {
    "atlassian" "auth0" "discord" "dropbox" "figma" "github" "gitlab" "google" "home_assistant"
    "linear" "microsoft" "notion" "okta" "reddit" "slack" "spotify" "strava" "todoist" "twitch"
}

struct Probe(&'static str);
struct Scoped(Probe);

#[derive(Deserialize, JsonSchema)]
pub(super) struct Args {
    /// Where to show the token.
    url: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// Whose token it is.
    person: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.person)
    }
}

impl Tool for Probe {
    const NAME: &'static str = "probe_token";
    const TITLE: &'static str = "Whose token";
    const DESCRIPTION: &'static str = "Tells whose token it is.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let (url, client) = (&args.url, stagepass::http::client().unwrap());
        let send = async |token: stagepass_kit::AccessToken| {
            let request = client.get(url).bearer_auth(token.expose());
            let answer = request.send().await.map_err(ToolError::internal)?;
            if answer.status() == 401 {
                return Ok(Attempt::Unauthorized);
            }
            let told: serde_json::Value = answer.json().await.map_err(ToolError::internal)?;
            let person = told["person"].as_str().unwrap_or_default().to_owned();
            Ok(Attempt::Done(Answer { person }))
        };
        caller.call(self.0, send).await
    }
}

impl Tool for Scoped {
    const NAME: &'static str = Probe::NAME;
    const TITLE: &'static str = Probe::TITLE;
    const DESCRIPTION: &'static str = Probe::DESCRIPTION;
    const EFFECT: Effect = Probe::EFFECT;
    const SCOPES: &'static [&'static str] = &[PROBE_SCOPE];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        self.0.call(caller, args).await
    }
}
