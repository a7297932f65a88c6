//! What the MCP conformance suite's authorization scenarios are run against: Stagepass's own client
//! for remote servers, with nobody at the browser. `tests/conformance/run` starts it once for each
//! scenario, with the URL of the scenario's server.
//!
//! It finds the authorization server, signs in, and then lists the tools and calls the first one. A
//! 401 makes it look anew and sign in again; a 403 makes it ask for more; both a few times at most.

use std::{collections::BTreeSet, env, sync::Arc};

use anyhow::{Context, bail, ensure};
use chrono::TimeDelta;
use reqwest::{
    Response, StatusCode,
    header::{ACCEPT, LOCATION, WWW_AUTHENTICATE},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use stagepass::{
    clock::Clock,
    config::Config,
    http::{self, RemoteHttp, Rules},
    providers::{AuthorizeRequest, McpServer, ProviderClient, Surroundings, bearer},
    store::Db,
    vault::{Sealer, mint},
};
use url::Url;
use zeroize::Zeroizing;

/// The revision that is spoken where the suite asks for none.
const NEWEST: &str = "2026-07-28";
/// Where people would be sent back to.
const PUBLIC_URL: &str = "https://conformance-test.local";
/// How often somebody is asked to sign in.
const MOST_SIGN_INS: usize = 3;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let url = env::args().next_back().context("the URL of the server is missing")?;
    let context = said("CONTEXT").unwrap_or_else(|| "{}".to_owned());
    let context: Value = serde_json::from_str(&context).context("the context isn't JSON")?;
    let folder = tempfile::tempdir()?;
    let mut client = Client {
        provider: provider(&url, &context, folder.path()).await?,
        http: http::client()?,
        url: url.parse()?,
        version: said("PROTOCOL_VERSION").unwrap_or_else(|| NEWEST.to_owned()),
        token: None,
        scopes: BTreeSet::new(),
        sign_ins: 0,
        session: None,
    };
    if client.version.as_str() < NEWEST {
        client.initialize().await?;
    }
    let tools = client.ask("tools/list", json!({})).await?;
    if let Some(name) = tools.pointer("/result/tools/0/name") {
        client.ask("tools/call", json!({"name": name, "arguments": {}})).await?;
    }
    Ok(())
}

/// What the suite says of the scenario.
fn said(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the suite has no other way to say it")]
    env::var(format!("MCP_CONFORMANCE_{name}")).ok()
}

/// Time, which passes faster than it seems: what was found a minute ago may be doubted.
fn clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "the time that it begins at")]
    Clock::fixed(chrono::Utc::now(), 1)
}

/// The client for the scenario's server, by the same way as the server has it.
async fn provider(
    url: &str,
    context: &Value,
    folder: &std::path::Path,
) -> anyhow::Result<(ProviderClient, Clock)> {
    let mut settings = vec![("URL", url), ("AUTH", "mcp")];
    for (name, field) in [("CLIENT_ID", "client_id"), ("CLIENT_SECRET", "client_secret")] {
        settings.extend(context.get(field).and_then(Value::as_str).map(|value| (name, value)));
    }
    let set = |(key, value)| (format!("STAGEPASS_REMOTE__SUITE__{key}"), String::from(value));
    let config = Config::load(None, settings.into_iter().map(set).collect())?;
    let remote = config.remote.get("suite").context("the settings name no server")?;
    let (clock, public_url) = (clock(), Url::parse(PUBLIC_URL)?);
    let surroundings = Surroundings {
        http: RemoteHttp::new(&remote.url, Rules::default())?,
        db: Db::open(None, folder).await?,
        sealer: Arc::new(Sealer::new(&Zeroizing::new(clock.random()), &[], clock.clone())),
        clock: clock.clone(),
    };
    let back = public_url.join("callback/suite")?;
    let server = McpServer::new("suite", remote, &public_url, back.clone(), surroundings);
    let http = http::client()?;
    let client = ProviderClient::of_server("suite", remote, server, back, http, clock.clone());
    Ok((client, clock))
}

struct Client {
    provider: (ProviderClient, Clock),
    http: reqwest::Client,
    url: Url,
    version: String,
    token: Option<SecretString>,
    /// What turned out to be needed.
    scopes: BTreeSet<String>,
    sign_ins: usize,
    session: Option<String>,
}

impl Client {
    /// The handshake of the revisions before 2026-07-28.
    async fn initialize(&mut self) -> anyhow::Result<()> {
        let params = json!({
            "protocolVersion": self.version,
            "capabilities": {},
            "clientInfo": {"name": "stagepass", "version": env!("CARGO_PKG_VERSION")},
        });
        self.ask("initialize", params).await?;
        let told = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        self.send(&told, "notifications/initialized").await?;
        Ok(())
    }

    /// The answer to a request, however many sign-ins that takes.
    async fn ask(&mut self, method: &str, mut params: Value) -> anyhow::Result<Value> {
        if self.version.as_str() >= NEWEST {
            let meta = json!({
                "io.modelcontextprotocol/protocolVersion": self.version,
                "io.modelcontextprotocol/clientCapabilities": {},
            });
            params.as_object_mut().map(|params| params.insert("_meta".to_owned(), meta));
        }
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        loop {
            let response = self.send(&request, method).await?;
            match response.status() {
                StatusCode::UNAUTHORIZED => self.sign_in().await?,
                StatusCode::FORBIDDEN => {
                    let values = response.headers().get_all(WWW_AUTHENTICATE).into_iter();
                    let challenge = bearer(values.filter_map(|value| value.to_str().ok()));
                    let wants = challenge.and_then(|it| it.scope).context("refused")?;
                    self.scopes.extend(wants.split(' ').map(str::to_owned));
                    self.sign_in().await?;
                }
                status if status.is_success() => return self.read(response).await,
                status => bail!("{method}: {status}"),
            }
        }
    }

    async fn send(&self, message: &Value, method: &str) -> anyhow::Result<Response> {
        let mut request = self.http.post(self.url.clone()).json(message);
        request = request
            .header(ACCEPT, "application/json, text/event-stream")
            .header("MCP-Protocol-Version", &self.version);
        if self.version.as_str() >= NEWEST {
            request = request.header("Mcp-Method", method);
        }
        if let Some(name) = message.pointer("/params/name").and_then(Value::as_str) {
            request = request.header("Mcp-Name", name);
        }
        if let Some(session) = &self.session {
            request = request.header("Mcp-Session-Id", session);
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose_secret());
        }
        Ok(request.send().await?)
    }

    /// The message in an answer, which may be a stream of one event.
    async fn read(&mut self, response: Response) -> anyhow::Result<Value> {
        let session = response.headers().get("Mcp-Session-Id");
        if let Some(session) = session.and_then(|value| value.to_str().ok()) {
            self.session = Some(session.to_owned());
        }
        let text = response.text().await?;
        let event = text.lines().find_map(|line| line.strip_prefix("data:"));
        Ok(serde_json::from_str(event.unwrap_or(&text).trim()).unwrap_or_default())
    }

    /// Links once more, as the button and the callback do.
    async fn sign_in(&mut self) -> anyhow::Result<()> {
        self.sign_ins += 1;
        ensure!(self.sign_ins <= MOST_SIGN_INS, "asked to sign in again and again");
        let (provider, clock) = &self.provider;
        clock.advance(TimeDelta::minutes(2));
        let scopes = provider.scopes_to_ask(&self.scopes).await?;
        let (state, verifier) = (mint(clock, ""), mint(clock, ""));
        let request = AuthorizeRequest {
            state: state.expose_secret(),
            verifier: &verifier,
            nonce: None,
            scopes: &scopes,
            again: self.sign_ins > 1,
        };
        let (url, begun) = provider.begin(&request).await?;
        let answer = self.http.get(url).send().await?;
        let back = answer.headers().get(LOCATION).context("the browser isn't sent back")?;
        let back = Url::parse(back.to_str()?)?;
        let value = |name: &str| {
            back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        ensure!(value("state").as_deref() == Some(state.expose_secret()), "another state");
        let begun = begun.as_deref();
        provider.ensure_answer_to(begun, value("iss").as_deref()).await?;
        let code = SecretString::from(value("code").context("there is no code")?);
        let answer = provider.finish(&code, &verifier, begun).await?;
        self.scopes.extend(answer.scopes.unwrap_or_else(|| scopes.into_iter().collect()));
        self.token = Some(answer.access_token);
        Ok(())
    }
}
