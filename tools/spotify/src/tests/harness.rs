//! A person, their tools, and a Spotify of their own.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use serde_json::Value;
use stagepass_kit::{Caller, Identity, ToolError, Toolset, Watch, testing::OneAccount};
use stagepass_standin::{
    Spotify, schema,
    spotify::{Answer, Fault, Person},
};

use crate::{
    PROVIDER,
    api::{Pace, SpotifyApi},
};

pub(super) const LAPTOP: &str = "65b708073fc0480ea92a077233ca87bd1c2f0a11";
pub(super) const KITCHEN: &str = "0d1841b0976bae2a3a310dd74c0f3df354899bc8";
pub(super) const CAR: &str = "c5d2e41d4a5b6a1f90de1f73aa3aa7ad6f1c8b42";
pub(super) const TV: &str = "9f3e7c1a2b4d5e6f708192a3b4c5d6e7f8091a2b";

pub(super) const LIGHTHOUSE: &str = "spotify:track:oQoaF1LlqsajAIxNKu8iS2";
pub(super) const SLOW_FERRY: &str = "spotify:track:OzdmenCkhvMdgaKjIg8xNb";
pub(super) const HARBOUR: &str = "spotify:artist:u8jzPde0IgxLd6GncfBAep";
pub(super) const LANTERNS: &str = "spotify:album:fKtHF4vUCsMehGAkWvj7FA";

/// Every scope that the tools ask for.
pub(super) const ALL: &[&str] = &[
    "playlist-modify-private",
    "playlist-modify-public",
    "playlist-read-collaborative",
    "playlist-read-private",
    "ugc-image-upload",
    "user-follow-modify",
    "user-follow-read",
    "user-library-modify",
    "user-library-read",
    "user-modify-playback-state",
    "user-read-currently-playing",
    "user-read-playback-position",
    "user-read-playback-state",
    "user-read-private",
    "user-read-recently-played",
    "user-top-read",
];

/// Long enough for a request on this machine, short enough for a test of a hanging one.
const PACE: Pace = Pace {
    timeout: Duration::from_millis(1500),
    settle: Duration::ZERO,
    again: Duration::from_millis(1),
    patience: Duration::from_secs(1),
    per_person: NonZeroU32::new(10_000).unwrap(),
};

/// A person with their tools. At its end it checks that Spotify found nothing malformed.
pub(super) struct Stage {
    pub(super) spotify: Arc<Spotify>,
    tools: Toolset,
    caller: Caller,
}

impl Stage {
    /// Alice, who pays and has four devices, none of them active.
    pub(super) async fn alice() -> Self {
        Self::of("alice", ALL).await
    }

    /// Alice with one of her devices active.
    pub(super) async fn alice_on(device: &str) -> Self {
        let stage = Self::alice().await;
        stage.alter(|alice| alice.player.device = Some(device.into()));
        stage
    }

    /// Alice with an album playing on her laptop.
    pub(super) async fn alice_listening() -> Self {
        let stage = Self::alice_on(LAPTOP).await;
        stage.answer("spotify_play", r#"{"uri": "spotify:album:fKtHF4vUCsMehGAkWvj7FA"}"#).await;
        stage
    }

    /// Somebody, with a token of these scopes.
    pub(super) async fn of(person: &'static str, scopes: &'static [&'static str]) -> Self {
        let spotify = Arc::new(Spotify::start().await);
        let api = api(&spotify);
        Self::with(spotify, api, person, scopes)
    }

    fn with(
        spotify: Arc<Spotify>,
        api: SpotifyApi,
        person: &'static str,
        scopes: &'static [&'static str],
    ) -> Self {
        let issuing = Arc::clone(&spotify);
        let vault = OneAccount::new(PROVIDER, person, scopes, move || {
            issuing.world(|world| world.issue_access_token(person, scopes)).into()
        });
        let caller = Caller::new(Identity::local(), Arc::new(vault));
        Self { spotify, tools: crate::toolset_at(api), caller }
    }

    /// For whom the tools run.
    pub(super) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Lets somebody watch what the tools do.
    pub(super) fn watch(&mut self, watch: Watch) {
        self.caller = self.caller.clone().watched(watch);
    }

    /// A playlist of Alice's, with these items: its id.
    pub(super) fn playlist<U: Into<String>>(
        &self,
        name: &str,
        uris: impl IntoIterator<Item = U>,
    ) -> String {
        self.spotify.world(|world| world.add_playlist("alice", name, uris))
    }

    /// What is in a playlist.
    pub(super) fn uris(&self, id: &str) -> Vec<String> {
        let own = |uris: Vec<&str>| uris.into_iter().map(str::to_owned).collect();
        self.spotify.world(|world| own(world.playlist(id).uris()))
    }

    /// Reads a resource.
    pub(super) async fn read(&self, uri: &str) -> Result<String, ToolError> {
        let mut all = self.tools.resources().iter();
        let found = all.find_map(|resource| Some((resource, resource.matched(uri)?)));
        let (resource, variables) = found.unwrap();
        let result = resource.read(&self.caller, uri, variables).await?;
        let seen = serde_json::to_value(&result).unwrap();
        assert_eq!(seen["contents"][0]["mimeType"], "text/markdown");
        Ok(seen["contents"][0]["text"].as_str().unwrap().to_owned())
    }

    /// The tools, prompts and resources.
    pub(super) fn tools(&self) -> &Toolset {
        &self.tools
    }

    /// Changes what belongs to Alice.
    pub(super) fn alter(&self, change: impl FnOnce(&mut Person)) {
        self.spotify.world(|world| change(world.person("alice")));
    }

    /// Saves things for Alice or follows them, the last one last.
    pub(super) fn save(&self, uris: &[&str]) {
        self.spotify.world(|world| uris.iter().for_each(|uri| world.save("alice", uri)));
    }

    /// Lets the next request to this path go wrong.
    pub(super) fn fail(&self, method: &str, path: &str, answer: Answer) {
        self.fail_often(1, method, path, answer);
    }

    /// Lets the next requests to this path go wrong.
    pub(super) fn fail_often(&self, times: usize, method: &str, path: &str, answer: Answer) {
        let fault = Fault::times(times, method, &format!("/v1/{path}"), answer);
        self.spotify.world(|world| world.fail(fault));
    }

    /// How many requests came for this path.
    pub(super) fn count(&self, method: &str, path: &str) -> usize {
        self.spotify.count(method, &format!("/v1/{path}"))
    }

    /// Calls a tool: its text and its data, which are checked against its schema.
    pub(super) async fn call(
        &self,
        tool: &str,
        arguments: &str,
    ) -> Result<(String, Value), ToolError> {
        let tool = self.tools.tools().iter().find(|known| known.descriptor().name == tool).unwrap();
        let arguments = serde_json::from_str(arguments).unwrap();
        let result = tool.call(&self.caller, arguments).await?;
        let data = result.structured_content.unwrap();
        let schema = tool.descriptor().output_schema.as_deref().unwrap();
        schema::check(&Value::Object(schema.clone()), &data, "answer");
        let text = result.content[0].as_text().unwrap().text.clone();
        for secret in self.spotify.secrets() {
            assert!(!text.contains(&secret) && !data.to_string().contains(&secret));
        }
        Ok((text, data))
    }

    /// As [`Self::call`], for what has to succeed.
    pub(super) async fn answer(&self, tool: &str, arguments: &str) -> (String, Value) {
        self.call(tool, arguments).await.unwrap()
    }

    /// As [`Self::call`], for what has to fail: the code, and all that a client sees.
    pub(super) async fn error(&self, tool: &str, arguments: &str) -> (String, String) {
        let error = self.call(tool, arguments).await.unwrap_err();
        let seen = serde_json::to_string(&error.to_result()).unwrap();
        for secret in self.spotify.secrets() {
            assert!(!seen.contains(&secret), "a secret in {seen}");
        }
        (error.code().to_owned(), seen)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.spotify.violations(), Vec::<String>::new());
        }
    }
}

/// People who share a server.
pub(super) async fn stages<const N: usize>(people: [&'static str; N]) -> [Stage; N] {
    let spotify = Arc::new(Spotify::start().await);
    let api = api(&spotify);
    people.map(|person| Stage::with(spotify.clone(), api.clone(), person, ALL))
}

fn api(spotify: &Spotify) -> SpotifyApi {
    SpotifyApi::new(client(), &format!("{}/v1", spotify.url()), PACE)
}

/// A client as the host's: no redirects.
#[expect(clippy::disallowed_methods, reason = "there is no host here to share a client with")]
fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}
