//! An OAuth client as hosted assistants are: found nothing but a URL, and a browser beside it.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::{Client, Response, redirect::Policy};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use stagepass_standin::{Browser, Page};
use url::Url;

use super::TestApp;

/// Where the client waits for its code; nobody listens there.
pub(crate) const REDIRECT_URI: &str = "https://client.example/callback";

/// One client, registered with one server.
pub(crate) struct Connector {
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<String>,
    pub(crate) redirect_uri: String,
    /// The PKCE verifier of its next authorization.
    pub(crate) verifier: String,
    /// The server, as it was reached.
    pub(crate) url: String,
    http: Client,
}

/// What the token endpoint gave.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
    pub(crate) scope: String,
}

/// An answer of an endpoint for programs.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) challenge: Option<String>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let header = response.headers().get("www-authenticate");
        Self {
            status: response.status().as_u16(),
            challenge: header.map(|value| value.to_str().unwrap().to_owned()),
            body: serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default(),
        }
    }

    /// The `error` of a refusal.
    pub(crate) fn error(&self) -> &str {
        assert!(self.status >= 400, "not an error: {self:?}");
        self.body["error"].as_str().unwrap_or_default()
    }
}

impl Connector {
    /// Registers a public client, as most do.
    pub(crate) async fn register(app: &TestApp) -> Self {
        let metadata = json!({
            "client_name": "Claude",
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        });
        Self::register_as(app, metadata).await
    }

    /// Registers a client with this description.
    pub(crate) async fn register_as(app: &TestApp, metadata: Value) -> Self {
        let http = http();
        let answer = http.post(format!("{}/register", app.url)).json(&metadata).send().await;
        let answer = Answer::read(answer.unwrap()).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let text = |name: &str| answer.body[name].as_str().map(str::to_owned);
        app.gave(&text("client_secret").unwrap_or_default());
        Self {
            client_id: text("client_id").unwrap(),
            client_secret: text("client_secret"),
            redirect_uri: answer.body["redirect_uris"][0].as_str().unwrap().to_owned(),
            verifier: "a-verifier-of-at-least-forty-three-characters-x".to_owned(),
            url: app.url.clone(),
            http,
        }
    }

    /// A client that is known already.
    pub(crate) fn known(app: &TestApp, id: &str, secret: Option<&str>) -> Self {
        Self {
            client_id: id.to_owned(),
            client_secret: secret.map(str::to_owned),
            redirect_uri: REDIRECT_URI.to_owned(),
            verifier: "a-verifier-of-at-least-forty-three-characters-x".to_owned(),
            url: app.url.clone(),
            http: http(),
        }
    }

    /// The parameters of its authorization request, to be changed by a story.
    pub(crate) fn request(&self) -> Vec<(&'static str, String)> {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()));
        vec![
            ("response_type", "code".to_owned()),
            ("client_id", self.client_id.clone()),
            ("redirect_uri", self.redirect_uri.clone()),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
            ("state", "the-client-s-own-state".to_owned()),
            ("scope", "mcp.read mcp.write".to_owned()),
            ("resource", format!("{}/mcp", self.url)),
        ]
    }

    /// Where it sends the browser.
    pub(crate) fn authorize_url(&self) -> String {
        self.authorize_url_with(&[])
    }

    /// The same with other values; an empty one leaves the parameter out.
    pub(crate) fn authorize_url_with(&self, changes: &[(&str, &str)]) -> String {
        let mut url = Url::parse(&format!("{}/authorize", self.url)).unwrap();
        let kept = self.request();
        let kept = kept.iter().filter(|(name, _)| !changes.iter().any(|(other, _)| other == name));
        let given = changes.iter().filter(|(_, value)| !value.is_empty());
        url.query_pairs_mut()
            .extend_pairs(kept.map(|(name, value)| (*name, value.as_str())))
            .extend_pairs(given);
        url.into()
    }

    /// A person agrees, signs in at Spotify as `who`, and is sent back: the page at the client.
    pub(crate) async fn agree(&self, app: &TestApp, browser: &Browser, who: &str) -> Page {
        self.agree_with(app, browser, who, &self.authorize_url(), &[]).await
    }

    /// The same from this address, with these fields filled in on our page.
    pub(crate) async fn agree_with(
        &self,
        app: &TestApp,
        browser: &Browser,
        who: &str,
        url: &str,
        fields: &[(&str, &str)],
    ) -> Page {
        let browser = browser.clone().stop_at(self.redirect_uri.as_str());
        let page = browser.get(url).await;
        assert_eq!(page.status, 200, "{}", page.describe());
        let page = browser.submit(&page, "Continue with Spotify", fields).await;
        app.spotify.sign_in(&browser, page, who).await
    }

    /// From nothing to a code, for the owner of a server that nobody has claimed.
    pub(crate) async fn code_for_owner(&self, app: &TestApp, browser: &Browser) -> String {
        let claim = app.claim_code.clone().unwrap();
        let fields = [("claim", claim.as_str())];
        let page = self.agree_with(app, browser, "alice", &self.authorize_url(), &fields).await;
        self.code_at(app, &page)
    }

    /// The code that a person was sent back with.
    pub(crate) fn code_at(&self, app: &TestApp, page: &Page) -> String {
        let code = page.param("code").unwrap_or_else(|| panic!("no code: {}", page.describe()));
        assert!(page.url.starts_with(&self.redirect_uri), "{}", page.url);
        assert_eq!(page.param("iss").as_deref(), Some(self.url.as_str()), "{}", page.url);
        assert_eq!(page.param("state").as_deref(), Some("the-client-s-own-state"));
        app.gave(&code);
        code
    }

    /// From nothing to tokens, on a server that is open to everybody.
    pub(crate) async fn tokens_of(&self, app: &TestApp, who: &str) -> Tokens {
        let page = self.agree(app, &Browser::new(), who).await;
        let code = self.code_at(app, &page);
        Self::tokens(app, &self.redeem(&code).await)
    }

    /// Sends a form to an endpoint, with the client's own proof.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut form = form.to_vec();
        form.push(("client_id", &self.client_id));
        if let Some(secret) = &self.client_secret {
            form.push(("client_secret", secret));
        }
        self.post_bare(path, &form).await
    }

    /// Sends a form to an endpoint as it is.
    pub(crate) async fn post_bare(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.http.post(format!("{}{path}", self.url)).form(form);
        Answer::read(request.send().await.unwrap()).await
    }

    /// Redeems a code.
    pub(crate) async fn redeem(&self, code: &str) -> Answer {
        self.post("/token", &self.redemption(code)).await
    }

    /// What it sends to redeem a code.
    pub(crate) fn redemption<'a>(&'a self, code: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", &self.verifier),
            ("redirect_uri", &self.redirect_uri),
        ]
    }

    /// Refreshes.
    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post("/token", &form).await
    }

    /// The tokens in an answer, which has to have some.
    pub(crate) fn tokens(app: &TestApp, answer: &Answer) -> Tokens {
        assert_eq!(answer.status, 200, "{answer:?}");
        let text = |name: &str| answer.body[name].as_str().map(str::to_owned);
        assert_eq!(text("token_type").as_deref(), Some("Bearer"));
        let tokens = Tokens {
            access: text("access_token").unwrap(),
            refresh: text("refresh_token"),
            scope: text("scope").unwrap(),
        };
        app.gave(&tokens.access);
        app.gave(tokens.refresh.as_deref().unwrap_or_default());
        tokens
    }

    /// Asks `/mcp` (or below it) for the tools with this token.
    pub(crate) async fn list(&self, path: &str, token: Option<&str>) -> Answer {
        self.mcp(path, token, json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})).await
    }

    /// Sends a message of 2025-11-25 to `path` with this token.
    pub(crate) async fn mcp(&self, path: &str, token: Option<&str>, message: Value) -> Answer {
        let mut request = self.http.post(format!("{}{path}", self.url)).json(&message);
        request = request.header("MCP-Protocol-Version", "2025-11-25");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Answer::read(request.send().await.unwrap()).await
    }

    /// Reads a document.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let url =
            if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        Answer::read(self.http.get(url).send().await.unwrap()).await
    }
}

fn http() -> Client {
    #[expect(clippy::disallowed_methods, reason = "a client is no part of the server")]
    Client::builder().redirect(Policy::none()).no_proxy().build().unwrap()
}
