//! An OAuth client as hosted assistants are: found nothing but a URL, and a browser beside it.

use std::time::{Duration, Instant};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::{Client, Method, RequestBuilder, Response, header::HeaderMap, redirect::Policy};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use stagepass_standin::{Browser, Page};
use url::Url;

use super::TestApp;

/// Where the client waits for its code; nobody listens there.
pub(crate) const REDIRECT_URI: &str = "https://client.example/callback";

/// One client, registered with one server.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<String>,
    pub(crate) redirect_uri: String,
    /// The PKCE verifier of its next authorization.
    pub(crate) verifier: String,
    /// The server, as it was reached.
    pub(crate) url: String,
    /// What it is called, whichever of its replicas is reached.
    host: String,
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
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let headers = response.headers().clone();
        let challenge = headers.get("www-authenticate");
        Self {
            status: response.status().as_u16(),
            challenge: challenge.map(|value| value.to_str().unwrap().to_owned()),
            headers,
            body: serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default(),
        }
    }

    /// The `error` of a refusal.
    pub(crate) fn error(&self) -> &str {
        assert!(self.status >= 400, "not an error: {self:?}");
        self.body["error"].as_str().unwrap_or_default()
    }

    /// A header; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
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
            host: host(app),
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
            host: host(app),
            http: http(),
        }
    }

    /// The same client at another replica, which has the same name.
    pub(crate) fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
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

    /// From nothing to a code, for somebody who may come in.
    pub(crate) async fn code_of(&self, app: &TestApp, who: &str) -> String {
        self.code_with(app, who, &[]).await
    }

    /// The same with other values in the request.
    pub(crate) async fn code_with(
        &self,
        app: &TestApp,
        who: &str,
        changes: &[(&str, &str)],
    ) -> String {
        let url = self.authorize_url_with(changes);
        let page = self.agree_with(app, &Browser::new(), who, &url, &[]).await;
        self.code_at(app, &page)
    }

    /// From nothing to tokens, for somebody who may come in.
    pub(crate) async fn tokens_of(&self, app: &TestApp, who: &str) -> Tokens {
        self.tokens_with(app, who, &[]).await
    }

    /// The same with other values in the request.
    pub(crate) async fn tokens_with(
        &self,
        app: &TestApp,
        who: &str,
        changes: &[(&str, &str)],
    ) -> Tokens {
        let code = self.code_with(app, who, changes).await;
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
        Self::send(self.begin(path).form(form)).await
    }

    /// The beginning of a request, to be finished by a story.
    pub(crate) fn begin(&self, path: &str) -> RequestBuilder {
        self.begin_as(Method::POST, path)
    }

    /// The same by another method.
    pub(crate) fn begin_as(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).header("host", &self.host)
    }

    /// The end of it.
    pub(crate) async fn send(request: RequestBuilder) -> Answer {
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

    /// Whether this token opens `/mcp`. If it doesn't, the answer is that it is no good.
    pub(crate) async fn is_let_in(&self, token: &str) -> bool {
        let answer = self.list("/mcp", Some(token)).await;
        assert!([200, 401].contains(&answer.status), "{answer:?}");
        answer.status == 200
    }

    /// Whether this token is no good any more, within the five seconds that this may take.
    pub(crate) async fn is_soon_out(&self, token: &str) -> bool {
        let began = Instant::now();
        while self.is_let_in(token).await {
            if began.elapsed() > Duration::from_secs(5) {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        true
    }

    /// Calls a tool as clients of 2025-11-25 do.
    pub(crate) async fn call(&self, token: &str, tool: &str, arguments: Value) -> Answer {
        let params = json!({"name": tool, "arguments": arguments});
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        self.mcp("/mcp", Some(token), message).await
    }

    /// Asks as clients of 2026-07-28 do.
    pub(crate) async fn modern(&self, token: &str, method: &str, mut params: Value) -> Answer {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let mut request = self.begin("/mcp").json(&message).bearer_auth(token);
        request = request.header("mcp-protocol-version", "2026-07-28").header("mcp-method", method);
        if let Some(name) = params["name"].as_str().or(params["uri"].as_str()) {
            request = request.header("mcp-name", name);
        }
        Self::send(request).await
    }

    /// Sends a message of 2025-11-25 to `path` with this token.
    pub(crate) async fn mcp(&self, path: &str, token: Option<&str>, message: Value) -> Answer {
        let mut request = self.begin(path).json(&message);
        request = request.header("MCP-Protocol-Version", "2025-11-25");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Self::send(request).await
    }

    /// Reads a document.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let url =
            if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        Self::send(self.http.get(url).header("host", &self.host)).await
    }
}

fn host(app: &TestApp) -> String {
    app.url.trim_start_matches("http://").to_owned()
}

fn http() -> Client {
    #[expect(clippy::disallowed_methods, reason = "a client is no part of the server")]
    Client::builder().redirect(Policy::none()).no_proxy().build().unwrap()
}
