//! The story itself. It answers with what went wrong first, so that others can see it fail.

use std::time::Duration;

use chrono::{DateTime, Months, TimeDelta, Utc};
use serde_json::{Value, json};
use stagepass_kit::code;
use stagepass_standin::{Browser, Page, Provider, provider::PROBE};

use super::{
    entry::{Entry, RELAY},
    probe,
};
use crate::harness::{Chat, Setup, TestApp, Told};

type Result<T = ()> = std::result::Result<T, String>;

/// Whether `entry` works with its stand-in, with these fields changed. The first thing that goes wrong
/// is the error.
pub(super) async fn passes(entry: &Entry, changes: &[(&str, &str)]) -> Result {
    let story = Story::begin(entry, changes).await?;
    let ended = story.told().await;
    let violations = story.standin.violations();
    story.end().await;
    ended?;
    ensure(violations.is_empty(), || format!("{} would object: {violations:?}", entry.id))
}

fn ensure(is_so: bool, otherwise: impl FnOnce() -> String) -> Result {
    if is_so { Ok(()) } else { Err(otherwise()) }
}

/// A server that uses an entry with its stand-in.
pub(super) struct Story {
    app: TestApp,
    pub(super) standin: Provider,
    chat: Chat,
    id: &'static str,
    /// Where the provider sends people back to.
    back: String,
    has_relay: bool,
}

impl Story {
    pub(super) async fn begin(entry: &Entry, changes: &[(&str, &str)]) -> Result<Self> {
        let standin = entry.start().await;
        let providers = entry.variables(&standin, changes);
        Entry::loads(&providers)?;
        let (id, has_scopes) = (entry.id, standin.has_scopes());
        let toolset = Some(probe::toolset(id, has_scopes));
        let setup = Setup { providers, toolset, ..Setup::default() };
        let app = TestApp::start_with(setup).await;
        let has_relay = entry.needs_relay();
        let back = if has_relay { RELAY.to_owned() } else { format!("{}/callback/{id}", app.url) };
        standin.register(&back);
        let chat = app.chat().await;
        Ok(Self { app, standin, chat, id, back, has_relay })
    }

    async fn end(self) {
        self.app.finish_without(self.standin.secrets()).await;
    }

    /// Ends a story in which everything was as the provider wants it.
    pub(super) async fn finish(self) {
        let violations = self.standin.violations();
        assert!(violations.is_empty(), "{violations:?}");
        self.end().await;
    }

    async fn told(&self) -> Result {
        self.link().await?;
        self.is_alice().await?;
        self.is_used().await?;
        self.is_refreshed().await?;
        self.is_away().await?;
        self.is_refused().await?;
        self.knows_its_errors().await?;
        self.is_revoked(false).await?;
        self.is_revoked(true).await
    }

    pub(super) fn advance(&self, by: Duration) {
        self.app.advance(by);
        self.standin.advance(by);
    }

    async fn auth(&self, mut arguments: Value) -> Told {
        arguments["provider"] = json!(self.id);
        self.chat.auth(arguments).await
    }

    /// From a new link to where the provider sends the browser, which doesn't get there.
    async fn answer(&self) -> Result<(Browser, String)> {
        let told = self.auth(json!({"action": "get_url"})).await;
        let link = told.data["url"].as_str().ok_or_else(|| format!("no link: {}", told.text))?;
        let browser = Browser::new().stop_at(&self.back);
        let mut page = browser.get(link).await;
        if !self.has_relay {
            let button = format!("Continue to {}", self.name());
            ensure(page.has_button(&button), || page.describe())?;
            page = browser.submit(&page, &button, &[]).await;
        }
        ensure(page.has_button("Sign in"), || page.describe())?;
        let page = self.standin.sign_in(&browser, page, "alice").await;
        ensure(page.url.starts_with(&self.back), || page.describe())?;
        ensure(page.param("code").is_some(), || page.describe())?;
        Ok((browser, page.url))
    }

    fn name(&self) -> String {
        self.app.config().provider[self.id].name.clone()
    }

    /// Brings the provider's answer here, in the browser or through the chat; what is told then.
    async fn deliver(&self, browser: Browser, address: &str) -> String {
        if self.has_relay {
            let told = self.auth(json!({"action": "handle_callback", "code": address})).await;
            return format!("{} {}", told.text, told.data);
        }
        let page: Page = browser.stop_at("https://nowhere.example.org").get(address).await;
        self.app.heard(&page);
        page.describe()
    }

    pub(super) async fn link(&self) -> Result {
        let (browser, address) = self.answer().await?;
        let told = self.deliver(browser, &address).await;
        ensure(told.contains("is connected") || told.contains("\"connected\":true"), || told)
    }

    pub(super) async fn status(&self) -> Value {
        let told = self.auth(json!({"action": "status"})).await;
        told.data["providers"][0].clone()
    }

    /// The right account, all scopes, and the right end.
    async fn is_alice(&self) -> Result {
        let status = self.status().await;
        let (id, name) = self.standin.account_of("alice");
        let is_she = status["account"] == json!({"id": id, "name": name});
        ensure(is_she, || format!("another account: {status}"))?;
        ensure(status.get("missing_scopes").is_none(), || format!("lacks scopes: {status}"))?;
        let state = status["state"].as_str();
        ensure(state == Some("connected"), || format!("not connected: {status}"))?;
        self.ends_right(&status)
    }

    /// `reconnect_by` is what the provider's own limits make of now.
    fn ends_right(&self, status: &Value) -> Result {
        let (months, days) = self.standin.limits();
        let begun = time(&status["connected_at"]).ok_or("connected at no time")?;
        let months = months.map(|months| begun + Months::new(months));
        let days = days.map(|days| self.app.clock.now() + TimeDelta::days(days.into()));
        let right = [months, days].into_iter().flatten().min();
        let told = time(&status["reconnect_by"]);
        let fits = match (right, told) {
            (None, None) => true,
            (Some(right), Some(told)) => (right - told).abs() < TimeDelta::hours(2),
            _ => false,
        };
        ensure(fits, || format!("has to be connected again by {right:?}, not {told:?}"))
    }

    async fn use_it(&self) -> Told {
        let url = format!("{}{PROBE}", self.standin.url());
        self.chat.call("probe_token", json!({"url": url})).await
    }

    pub(super) async fn is_used(&self) -> Result {
        let told = self.use_it().await;
        ensure(told.data["person"] == "alice", || format!("not used: {}", told.text))
    }

    pub(super) async fn fails_with(&self, wanted: &str) -> Result {
        let told = self.use_it().await;
        let code = told.data["code"].as_str().unwrap_or("no error");
        ensure(code == wanted, || format!("{code} and not {wanted}: {}", told.text))
    }

    /// Each expiry is one refresh, with the token that the last one gave.
    async fn is_refreshed(&self) -> Result {
        for done in 1..=2 {
            self.advance(self.life());
            self.is_used().await?;
            let wanted = if self.standin.refreshes_tokens() { done } else { 0 };
            let made = self.standin.refreshes();
            ensure(made == wanted, || format!("{made} refreshes and not {wanted}"))?;
        }
        let status = self.status().await;
        ensure(status.get("missing_scopes").is_none(), || format!("lost scopes: {status}"))?;
        self.ends_right(&status)
    }

    /// Time after which an access token has expired, or after which others would have.
    fn life(&self) -> Duration {
        self.standin.life().unwrap_or(Duration::from_hours(24)) + Duration::from_mins(1)
    }

    /// An outage is no end.
    async fn is_away(&self) -> Result {
        if !self.standin.refreshes_tokens() {
            return Ok(());
        }
        self.standin.be_away(true);
        self.advance(self.life());
        self.fails_with(code::PROVIDER_UNAVAILABLE).await?;
        self.standin.be_away(false);
        self.advance(Duration::from_mins(20));
        self.is_used().await
    }

    /// A refusal is.
    async fn is_refused(&self) -> Result {
        self.standin.withdraw();
        self.advance(self.life());
        self.fails_with(code::NEEDS_RECONNECT).await?;
        let status = self.status().await;
        ensure(status["state"] == "needs_reconnect", || format!("still alive: {status}"))
    }

    /// A code that isn't theirs, and a secret that isn't ours any more, are told apart.
    async fn knows_its_errors(&self) -> Result {
        let (browser, address) = self.answer().await?;
        let (before, rest) = address.split_once("code=").ok_or("no code")?;
        let rest = rest.split_once('&').map_or("", |(_, rest)| rest);
        let made_up = format!("{before}code=made-up-0123456789&{rest}");
        let told = self.deliver(browser, &made_up).await;
        ensure(told.contains("accept the code"), || told)?;
        if self.app.config().provider[self.id].client_secret.is_none() {
            return Ok(());
        }
        self.standin.change_secret();
        let (browser, address) = self.answer().await?;
        let told = self.deliver(browser, &address).await;
        self.standin.restore_secret();
        ensure(told.contains("accept this server"), || told)
    }

    /// Revoked here is revoked there, also when the access token has expired.
    async fn is_revoked(&self, after_expiry: bool) -> Result {
        self.link().await?;
        ensure(self.standin.live_grants() == 1, || "not one grant".to_owned())?;
        if after_expiry {
            self.advance(self.life());
        }
        let told = self.auth(json!({"action": "revoke"})).await;
        let can = self.standin.can_revoke();
        let wanted = if can { "yes" } else { "unsupported" };
        let data = &told.data;
        ensure(data["revoked_remotely"] == wanted, || format!("not {wanted}: {data}"))?;
        let left = self.standin.live_grants();
        ensure(left == usize::from(!can), || format!("{left} grants are left"))?;
        self.standin.withdraw();
        Ok(())
    }
}

pub(super) fn time(value: &Value) -> Option<DateTime<Utc>> {
    value.as_str()?.parse().ok()
}
