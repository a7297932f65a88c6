//! A person, their tools, and a GitHub of their own.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use stagepass_kit::{Caller, Identity, ToolError, Toolset, Watch, testing::OneAccount};
use stagepass_standin::{
    GitHub,
    github::{Answer, Fault, Kind, World},
    schema,
};

use tokio_util::sync::CancellationToken;

use crate::{
    PROVIDER,
    api::{GitHubApi, Pace},
};

/// Every scope that the tools ask for.
pub(super) const ALL: &[&str] = &["notifications", "repo"];

/// Long enough for any request, also while the machine is busy.
const PACE: Pace = Pace {
    timeout: Duration::from_secs(30),
    again: Duration::from_millis(1),
    patience: Duration::from_secs(1),
};

/// A person with their tools. At its end it checks that GitHub found nothing malformed.
pub(super) struct Stage {
    pub(super) github: Arc<GitHub>,
    tools: Toolset,
    caller: Caller,
}

impl Stage {
    /// Alice, by an OAuth app with all scopes.
    pub(super) async fn alice() -> Self {
        Self::of("alice", Kind::OAuthApp, ALL).await
    }

    /// Alice, by a GitHub App.
    pub(super) async fn alice_by_app() -> Self {
        Self::of("alice", Kind::GitHubApp, &[]).await
    }

    /// Alice, with tools that wait for no answer for long.
    pub(super) async fn impatient() -> Self {
        let github = Arc::new(GitHub::start().await);
        let pace = Pace { timeout: Duration::from_millis(1500), ..PACE };
        let api = GitHubApi::new(client(), &github.api_url(), pace);
        Self::with(github, api, "alice", Kind::OAuthApp, ALL)
    }

    /// Somebody, with a token of this kind and these scopes.
    pub(super) async fn of(
        person: &'static str,
        kind: Kind,
        scopes: &'static [&'static str],
    ) -> Self {
        let github = Arc::new(GitHub::start().await);
        let api = api(&github);
        Self::with(github, api, person, kind, scopes)
    }

    /// As [`Self::of`], where the vault believes in other scopes than GitHub does.
    pub(super) async fn mistaken(
        kind: Kind,
        scopes: &'static [&'static str],
        believed: &'static [&'static str],
    ) -> Self {
        let github = Arc::new(GitHub::start().await);
        let api = api(&github);
        Self::believed(github, api, ("alice", kind), scopes, believed)
    }

    /// Alice, while nothing gets to GitHub.
    pub(super) async fn without_github() -> Self {
        let github = Arc::new(GitHub::start().await);
        // The discard service's port: nobody listens there.
        let api = GitHubApi::new(client(), "http://127.0.0.1:9", PACE);
        Self::with(github, api, "alice", Kind::OAuthApp, ALL)
    }

    /// Nobody waits any more for what the tools do.
    pub(super) fn hang_up(&mut self) {
        let gone = CancellationToken::new();
        gone.cancel();
        self.caller = self.caller.clone().watched(Watch::new(None, gone));
    }

    fn with(
        github: Arc<GitHub>,
        api: GitHubApi,
        person: &'static str,
        kind: Kind,
        scopes: &'static [&'static str],
    ) -> Self {
        Self::believed(github, api, (person, kind), scopes, scopes)
    }

    fn believed(
        github: Arc<GitHub>,
        api: GitHubApi,
        (person, kind): (&'static str, Kind),
        scopes: &'static [&'static str],
        believed: &[&str],
    ) -> Self {
        let issuing = Arc::clone(&github);
        let vault = OneAccount::new(PROVIDER, person, believed, move || {
            issuing.issue_token(kind, person, scopes).into()
        });
        let caller = Caller::new(Identity::local(), Arc::new(vault));
        Self { github, tools: crate::toolset_at(api), caller }
    }

    /// Changes the world.
    pub(super) fn alter(&self, change: impl FnOnce(&mut World)) {
        self.github.world(change);
    }

    /// Lets the next request to exactly this path go wrong.
    pub(super) fn fail(&self, method: &str, path: &str, answer: Answer) {
        self.fail_often(1, method, path, answer);
    }

    /// Lets the next requests to exactly this path go wrong.
    pub(super) fn fail_often(&self, times: usize, method: &str, path: &str, answer: Answer) {
        let fault = Fault::times(times, method, &format!("/api{path}$"), answer);
        self.github.world(|world| world.fail(fault));
    }

    /// The names of a tool's own arguments.
    pub(super) fn arguments(&self, tool: &str) -> Vec<String> {
        let tool = self.tools.tools().iter().find(|known| known.name() == tool).unwrap();
        let properties = tool.descriptor().input_schema["properties"].as_object().unwrap();
        properties.keys().filter(|name| *name != "account").cloned().collect()
    }

    /// Calls a tool: its text and its data, which are checked against its schema.
    pub(super) async fn call(
        &self,
        tool: &str,
        arguments: &str,
    ) -> Result<(String, Value), ToolError> {
        let tool = self.tools.tools().iter().find(|known| known.name() == tool).unwrap();
        let arguments = serde_json::from_str(arguments).unwrap();
        let result = tool.call(&self.caller, arguments).await?;
        let data = result.structured_content.unwrap();
        let schema = tool.descriptor().output_schema.as_deref().unwrap();
        schema::check(&Value::Object(schema.clone()), &data, "answer");
        let text = result.content[0].as_text().unwrap().text.clone();
        for secret in self.github.secrets() {
            assert!(!text.contains(&secret) && !data.to_string().contains(&secret));
        }
        Ok((text, data))
    }

    /// As [`Self::call`], for what has to succeed.
    pub(super) async fn answer(&self, tool: &str, arguments: &str) -> (String, Value) {
        self.call(tool, arguments).await.unwrap_or_else(|error| panic!("{tool}: {error:?}"))
    }

    /// As [`Self::call`], for what has to fail: the code, and all that a client sees.
    pub(super) async fn error(&self, tool: &str, arguments: &str) -> (String, String) {
        let error = self.call(tool, arguments).await.unwrap_err();
        let seen = serde_json::to_string(&error.to_result()).unwrap();
        for secret in self.github.secrets() {
            assert!(!seen.contains(&secret), "a secret in {seen}");
        }
        (error.code().to_owned(), seen)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.github.violations(), Vec::<String>::new());
        }
    }
}

/// People who share a server.
pub(super) async fn stages<const N: usize>(people: [&'static str; N]) -> [Stage; N] {
    let github = Arc::new(GitHub::start().await);
    let api = api(&github);
    people.map(|person| Stage::with(github.clone(), api.clone(), person, Kind::OAuthApp, ALL))
}

fn api(github: &GitHub) -> GitHubApi {
    GitHubApi::new(client(), &github.api_url(), PACE)
}

/// A client as the host's: no redirects.
#[expect(clippy::disallowed_methods, reason = "there is no host here to share a client with")]
fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}
