//! Proof that the stand-in is as strict as the real thing.

mod accounts;
mod api;
mod faults;
mod library;
mod lookups;
mod player;
mod playlists;
mod token;

use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

use super::{CLIENT_ID, CLIENT_SECRET, Spotify};
use crate::{Browser, Page};

const REDIRECT: &str = "http://127.0.0.1:9/callback/spotify";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A client as the server under test would have one.
#[derive(Clone)]
struct Caller {
    client: Client,
    base: String,
}

impl Caller {
    fn of(spotify: &Spotify) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a client to provoke with")]
        let client = Client::new();
        Self { client, base: spotify.url() }
    }

    fn get(&self, token: &str, path: &str) -> RequestBuilder {
        self.client.get(format!("{}/v1{path}", self.base)).bearer_auth(token)
    }

    /// With an explicit `Content-Length: 0`.
    fn put(&self, token: &str, path: &str) -> RequestBuilder {
        self.bare_put(token, path).header("content-length", "0")
    }

    fn bare_put(&self, token: &str, path: &str) -> RequestBuilder {
        self.client.put(format!("{}/v1{path}", self.base)).bearer_auth(token)
    }

    fn post(&self, token: &str, path: &str) -> RequestBuilder {
        let url = format!("{}/v1{path}", self.base);
        self.client.post(url).bearer_auth(token).header("content-length", "0")
    }

    async fn token(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let request = self.client.post(format!("{}/api/token", self.base));
        let request = request.basic_auth(CLIENT_ID, Some(CLIENT_SECRET)).form(form);
        json(request.send().await.unwrap()).await
    }

    async fn exchange(&self, code: &str) -> (u16, Value) {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        self.token(&form).await
    }

    async fn refresh(&self, token: &str) -> (u16, Value) {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }
}

async fn json(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

async fn send(request: RequestBuilder) -> (u16, Value) {
    json(request.send().await.unwrap()).await
}

fn authorize_url(spotify: &Spotify, change: &[(&str, &str)]) -> String {
    let mut query = vec![
        ("client_id", CLIENT_ID),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("state", "st-1"),
        ("scope", "user-read-private user-read-playback-state"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in change {
        query.retain(|(known, _)| known != name);
        query.push((name, value));
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{}/authorize?{query}", spotify.url())
}

async fn approve(spotify: &Spotify, browser: &Browser, who: &str) -> Page {
    let page = browser.get(&authorize_url(spotify, &[])).await;
    spotify.sign_in(browser, page, who).await
}

/// A fresh sign-in: the token reply.
async fn connect(spotify: &Spotify, who: &str) -> Value {
    let browser = Browser::new().stop_at(REDIRECT);
    let code = approve(spotify, &browser, who).await.param("code").unwrap();
    let (status, tokens) = Caller::of(spotify).exchange(&code).await;
    assert_eq!(status, 200, "{tokens}");
    tokens
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no `{name}` in {value}")).to_owned()
}
