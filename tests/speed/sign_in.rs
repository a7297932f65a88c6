//! An OAuth client on its way to access tokens: registration, consent, sign-in, refresh.

use anyhow::Context;
use reqwest::Client;
use serde_json::{Value, json};
use stagepass_standin::Browser;
use url::Url;

use crate::{load, server::Server};

/// Where the client waits for its code; nobody listens there.
const REDIRECT_URI: &str = "https://client.example/callback";
/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A client that alice has signed in to.
pub(crate) struct SignedIn {
    http: Client,
    token_url: Url,
    client_id: String,
    pub(crate) access: String,
    refresh: String,
}

impl SignedIn {
    /// Registers a client with `server`, and has alice agree to it and sign in at Spotify.
    ///
    /// # Errors
    /// When somebody refuses.
    pub(crate) async fn at(server: &Server) -> anyhow::Result<Self> {
        let http = load::client()?;
        let metadata = json!({
            "client_name": "Benchmark",
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none",
        });
        let registration = http.post(server.url.join("register")?).json(&metadata).send().await?;
        let client_id = text(&registration.error_for_status()?.json().await?, "client_id")?;
        let code = code(server, &client_id).await?;
        let mut signed_in = Self {
            http,
            token_url: server.url.join("token")?,
            client_id,
            access: String::new(),
            refresh: String::new(),
        };
        let proof = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("code_verifier", VERIFIER),
            ("redirect_uri", REDIRECT_URI),
        ];
        signed_in.redeem(&proof).await?;
        Ok(signed_in)
    }

    /// Gets another access token; the earlier ones live on.
    ///
    /// # Errors
    /// When it is refused.
    pub(crate) async fn renew(&mut self) -> anyhow::Result<()> {
        let refresh = self.refresh.clone();
        self.redeem(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await
    }

    async fn redeem(&mut self, proof: &[(&str, &str)]) -> anyhow::Result<()> {
        let form = [&[("client_id", self.client_id.as_str())], proof].concat();
        let answer = self.http.post(self.token_url.clone()).form(&form).send().await?;
        let tokens = answer.error_for_status()?.json().await?;
        self.access = text(&tokens, "access_token")?;
        self.refresh = text(&tokens, "refresh_token")?;
        Ok(())
    }
}

/// Goes through consent and sign-in in a browser, to the code.
async fn code(server: &Server, client_id: &str) -> anyhow::Result<String> {
    let mut authorize = server.url.join("authorize")?;
    authorize.query_pairs_mut().extend_pairs([
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", REDIRECT_URI),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("scope", "mcp.read mcp.write"),
        ("resource", &server.target(None).url),
    ]);
    let browser = Browser::new().stop_at(REDIRECT_URI);
    let page = browser.get(authorize.as_str()).await;
    let page = browser.submit(&page, "Continue with Spotify", &[]).await;
    let page = server.spotify.sign_in(&browser, page, "alice").await;
    page.param("code").with_context(|| page.describe())
}

fn text(answer: &Value, name: &str) -> anyhow::Result<String> {
    let text = answer.get(name).and_then(Value::as_str).context(name.to_owned())?;
    Ok(text.to_owned())
}
