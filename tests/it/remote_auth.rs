//! Remote servers with an authorization server of their own: how it is found, who this server is to
//! it, and what is linked there.

mod answers;
mod discovery;
mod guard;
mod introduction;
mod linking;
mod operators;
mod tokens;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta};
use secrecy::{ExposeSecret, SecretString};
use stagepass::{
    clock::Clock,
    config::Config,
    http::{RemoteHttp, Rules},
    providers::{
        Account, AuthorizeRequest, McpServer, ProviderClient, ProviderError, Surroundings,
        TokenAnswer,
    },
    store::Db,
    vault::Sealer,
};
use stagepass_standin::{Browser, McpSite, Page, mcp_site::World};
use tempfile::TempDir;
use url::Url;
use zeroize::Zeroizing;

const HERE: &str = "http://127.0.0.1:9";
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters";

/// The client for one remote server, by itself, and what it keeps.
struct Direct {
    site: McpSite,
    db: Db,
    clock: Clock,
    _folder: TempDir,
}

impl Direct {
    async fn start() -> Self {
        Self::with(|_| ()).await
    }

    async fn with(change: impl FnOnce(&mut World)) -> Self {
        let site = McpSite::start().await;
        site.world(change);
        let start = DateTime::UNIX_EPOCH + TimeDelta::days(1);
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(None, folder.path()).await.unwrap();
        Self { site, db, clock: Clock::fixed(start, 7), _folder: folder }
    }

    /// The client, as a server at `HERE` has it that has just started.
    fn client(&self) -> ProviderClient {
        self.client_at(HERE, &[])
    }

    /// The same of a server elsewhere, with more settings.
    fn client_at(&self, public_url: &str, settings: &[(&str, &str)]) -> ProviderClient {
        let url = self.site.mcp_url();
        let own = [("URL", url.as_str()), ("AUTH", "mcp")];
        let all = own.into_iter().chain(settings.iter().copied());
        let set = |(key, value)| (format!("STAGEPASS_REMOTE__NOTES__{key}"), String::from(value));
        let config = Config::load(None, all.map(set).collect::<HashMap<_, _>>()).unwrap();
        self.client_of(&config, public_url, Rules::default())
    }

    fn client_of(&self, config: &Config, public_url: &str, rules: Rules) -> ProviderClient {
        let remote = &config.remote["notes"];
        let surroundings = Surroundings {
            http: RemoteHttp::new(&remote.url, rules).unwrap(),
            db: self.db.clone(),
            sealer: Arc::new(Sealer::new(&Zeroizing::new([7; 32]), &[], self.clock.clone())),
            clock: self.clock.clone(),
        };
        let public_url = Url::parse(public_url).unwrap();
        let back = public_url.join("callback/notes").unwrap();
        let server = McpServer::new("notes", remote, &public_url, back.clone(), surroundings);
        let http = stagepass::http::client().unwrap();
        ProviderClient::of_server("notes", remote, server, back, http, self.clock.clone())
    }

    /// A sign-in as alice, up to where the browser comes back.
    async fn begin(&self, client: &ProviderClient) -> Result<Begun, ProviderError> {
        self.begin_with(client, &[]).await
    }

    async fn begin_with(
        &self,
        client: &ProviderClient,
        more: &[&str],
    ) -> Result<Begun, ProviderError> {
        let more: BTreeSet<_> = more.iter().map(|scope| (*scope).to_owned()).collect();
        let scopes = client.scopes_to_ask(&more).await?;
        let verifier = SecretString::from(VERIFIER);
        let request = AuthorizeRequest {
            state: "the-state",
            verifier: &verifier,
            nonce: None,
            scopes: &scopes,
            again: false,
        };
        let (url, begun) = client.begin(&request).await?;
        let browser = Browser::new().stop_at(client.redirect_uri().as_str());
        let page = browser.get(url.as_str()).await;
        let page = self.site.sign_in(&browser, &page, "alice").await;
        Ok(Begun { begun, page })
    }

    /// A whole sign-in as alice.
    async fn link(&self, client: &ProviderClient) -> Result<(TokenAnswer, Account), ProviderError> {
        let begun = self.begin(client).await?;
        begun.finish(client).await
    }

    fn assert_in_order(&self) {
        assert!(self.site.violations().is_empty(), "{:?}", self.site.violations());
    }
}

/// A browser that has come back.
struct Begun {
    begun: Option<String>,
    page: Page,
}

impl Begun {
    async fn finish(
        &self,
        client: &ProviderClient,
    ) -> Result<(TokenAnswer, Account), ProviderError> {
        let begun = self.begun.as_deref();
        client.ensure_answer_to(begun, self.page.param("iss").as_deref()).await?;
        let code = SecretString::from(self.page.param("code").unwrap());
        let verifier = SecretString::from(VERIFIER);
        let answer = client.finish(&code, &verifier, begun).await?;
        let account = client.account_of(&answer, &verifier, begun, "chat:bot:one").await?;
        Ok((answer, account))
    }
}

/// The refresh token of an answer.
fn refresh_of(answer: &TokenAnswer) -> SecretString {
    answer.refresh_token.clone().unwrap()
}

/// What the MCP server says to somebody with this token.
async fn ask(url: &str, token: &SecretString) -> u16 {
    let client = stagepass::http::client().unwrap();
    let request = client.post(url).bearer_auth(token.expose_secret()).body("{}");
    request.send().await.unwrap().status().as_u16()
}
