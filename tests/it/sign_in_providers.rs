//! Providers of another kind than Spotify: OpenID Connect issuers that are discovered, and GitHub.

mod direct;
mod faults;
mod github;

use std::time::Duration;

use serde_json::json;
use stagepass_standin::{
    Browser, OpenId, Page,
    oidc::{Algorithm, Fault},
};

use crate::harness::{Chat, Setup, TestApp, Told};

/// A server whose provider `work` is an issuer.
struct Work {
    app: TestApp,
    openid: OpenId,
    chat: Chat,
}

impl Work {
    async fn start() -> Self {
        Self::start_with(OpenId::start().await).await
    }

    async fn start_with(openid: OpenId) -> Self {
        let providers = openid.variables("work");
        let app = TestApp::start_with(Setup { providers, ..Setup::default() }).await;
        openid.register(&format!("{}/callback/work", app.url));
        let chat = app.chat().await;
        Self { app, openid, chat }
    }

    /// The page that a new link leads to.
    async fn open(&self, browser: &Browser) -> Page {
        let told = self.chat.auth(json!({"action": "get_url", "provider": "work"})).await.ok();
        let page = browser.get(told.data["url"].as_str().unwrap()).await;
        self.app.heard(&page);
        page
    }

    /// From a new link to where it ends.
    async fn link(&self, browser: &Browser, who: &str) -> Page {
        let page = self.open(browser).await;
        let page = browser.submit(&page, "Continue to Work", &[]).await;
        let page = self.openid.sign_in(browser, page, who).await;
        self.app.heard(&page);
        page
    }

    async fn link_alice(&self) {
        let page = self.link(&Browser::new(), "alice").await;
        assert!(page.has_text("The account Alice Example is connected"), "{}", page.describe());
    }

    async fn status(&self) -> serde_json::Value {
        let told = self.chat.auth(json!({"action": "status", "provider": "work"})).await.ok();
        told.data["providers"][0].clone()
    }

    async fn handle(&self, code: &str) -> Told {
        let asked = json!({"action": "handle_callback", "provider": "work", "code": code});
        self.chat.auth(asked).await
    }

    fn advance(&self, by: Duration) {
        self.app.advance(by);
        self.openid.advance(by);
    }

    async fn finish(self) {
        assert!(self.openid.violations().is_empty(), "{:?}", self.openid.violations());
        self.app.finish_without(self.openid.secrets()).await;
    }
}

const DOCUMENT: &str = "/.well-known/openid-configuration";

#[tokio::test]
async fn an_issuer_is_all_that_has_to_be_known_of_a_provider() {
    let work = Work::start().await;
    let browser = Browser::new();
    let page = work.open(&browser).await;
    assert!(page.has_text("see your e-mail address"), "{}", page.describe());
    assert!(page.has_text("127.0.0.1"), "where one signs in: {}", page.describe());
    work.link_alice().await;
    let status = work.status().await;
    assert_eq!(status["account"], json!({"id": "10045071", "name": "Alice Example"}));
    assert_eq!(status.get("missing_scopes"), None, "{status}");
    assert_eq!(work.openid.count("GET", "/userinfo"), 0, "the id token said it all");
    assert_eq!(work.openid.live_tokens_of("alice"), 1);
    let told = work.chat.auth(json!({"action": "revoke", "provider": "work"})).await.ok();
    assert_eq!(told.data["revoked_remotely"], "yes");
    assert_eq!(work.openid.live_tokens_of("alice"), 0);
    work.finish().await;
}

#[tokio::test]
async fn a_secret_in_the_form_is_sent_where_that_is_wanted() {
    let openid = OpenId::start().await;
    openid.want_secret_in_form();
    let work = Work::start_with(openid).await;
    work.link_alice().await;
    work.chat.auth(json!({"action": "revoke", "provider": "work"})).await.ok();
    assert_eq!(work.openid.live_tokens_of("alice"), 0);
    work.finish().await;
}

#[tokio::test]
async fn every_kind_of_key_will_do() {
    let work = Work::start().await;
    for kind in [Algorithm::Rs256, Algorithm::Ps256, Algorithm::EdDsa] {
        work.openid.add_key(kind);
        work.advance(Duration::from_mins(1));
        work.link_alice().await;
    }
    work.finish().await;
}

#[tokio::test]
async fn an_issuer_that_is_away_at_the_start_stops_nothing() {
    let openid = OpenId::start().await;
    openid.begin(Fault::DiscoveryAway);
    let work = Work::start_with(openid).await;
    let browser = Browser::new();
    let page = work.open(&browser).await;
    assert_eq!(page.status, 503, "{}", page.describe());
    assert!(page.has_text("Work doesn't answer at the moment"), "{}", page.describe());
    for _ in 0..5 {
        browser.get(&page.url).await;
    }
    assert_eq!(work.openid.count("GET", DOCUMENT), 1, "it is left alone for a moment");
    let spotify = work.chat.auth(json!({"action": "get_url", "provider": "spotify"})).await.ok();
    let link = spotify.data["url"].as_str().unwrap().to_owned();
    let connected = work.app.sign_in(&Browser::new(), &link, "alice").await;
    assert!(connected.has_text("Spotify is connected"), "{}", connected.describe());

    work.openid.end_faults();
    work.advance(Duration::from_secs(10));
    // The same link, loaded again.
    let page = browser.get(&page.url).await;
    let page = browser.submit(&page, "Continue to Work", &[]).await;
    let page = work.openid.sign_in(&browser, page, "alice").await;
    assert!(page.has_text("The account Alice Example is connected"), "{}", page.describe());
    work.finish().await;
}

#[tokio::test]
async fn an_issuers_documents_are_fetched_once_an_hour() {
    let work = Work::start().await;
    for hour in 1..=3 {
        for _ in 0..3 {
            work.link_alice().await;
        }
        assert_eq!(work.openid.count("GET", DOCUMENT), hour);
        assert_eq!(work.openid.count("GET", "/jwks"), hour);
        work.advance(Duration::from_hours(1));
    }
    work.finish().await;
}

#[tokio::test]
async fn while_an_issuers_documents_are_away_the_last_ones_do() {
    let work = Work::start().await;
    work.link_alice().await;
    work.advance(Duration::from_hours(5));
    work.openid.begin(Fault::DiscoveryAway);
    work.openid.begin(Fault::KeysAway);
    work.link_alice().await;
    assert_eq!(work.openid.count("GET", DOCUMENT), 2);
    // Nor does a document that is no good replace one that was.
    work.openid.end_faults();
    work.openid.begin(Fault::ForeignDocument);
    work.advance(Duration::from_mins(1));
    work.link_alice().await;
    assert_eq!(work.openid.count("GET", DOCUMENT), 3);
    work.finish().await;
}

#[tokio::test]
async fn rotated_keys_are_fetched_at_most_once_a_minute() {
    let work = Work::start().await;
    work.link_alice().await;
    work.advance(Duration::from_mins(1));
    work.openid.rotate_keys();
    work.link_alice().await;
    assert_eq!(work.openid.count("GET", "/jwks"), 2);
    work.openid.rotate_keys();
    for _ in 0..3 {
        let page = work.link(&Browser::new(), "alice").await;
        assert!(page.has_text("can't be trusted"), "{}", page.describe());
    }
    assert_eq!(work.openid.count("GET", "/jwks"), 2);
    work.advance(Duration::from_mins(1));
    work.link_alice().await;
    assert_eq!(work.openid.count("GET", "/jwks"), 3);
    work.finish().await;
}

#[tokio::test]
async fn a_key_that_is_no_longer_published_is_no_longer_believed() {
    let work = Work::start().await;
    work.link_alice().await;
    // Somebody has got hold of the old key, and goes on signing with it.
    work.openid.begin(Fault::KeysWithdrawn);
    work.advance(Duration::from_hours(1));
    let page = work.link(&Browser::new(), "alice").await;
    assert!(page.has_text("can't be trusted"), "{}", page.describe());
    work.finish().await;
}

#[tokio::test]
async fn what_the_id_token_leaves_out_the_user_info_tells() {
    let work = Work::start().await;
    work.openid.be_taciturn();
    work.link_alice().await;
    assert_eq!(work.openid.count("GET", "/userinfo"), 1);
    // Without a name nobody would know which account it is.
    work.openid.begin(Fault::UserInfoAway);
    let page = work.link(&Browser::new(), "bob").await;
    assert!(page.has_text("Work doesn't answer properly"), "{}", page.describe());
    work.openid.end_faults();
    work.openid.begin(Fault::ForeignUserInfo);
    let page = work.link(&Browser::new(), "bob").await;
    assert!(page.has_text("can't be trusted"), "{}", page.describe());
    work.finish().await;
}

#[tokio::test]
async fn a_person_who_cancels_at_the_issuer_is_not_connected() {
    let work = Work::start().await;
    let browser = Browser::new();
    let page = work.open(&browser).await;
    let page = browser.submit(&page, "Continue to Work", &[]).await;
    let page = work.openid.deny(&browser, page, "alice").await;
    assert!(page.has_text("declined"), "{}", page.describe());
    work.finish().await;
}

#[tokio::test]
async fn where_nobody_knows_how_to_withdraw_access_nothing_is_made_up() {
    let mut work = Work::start().await;
    work.link_alice().await;
    work.app.restart().await;
    work.openid.begin(Fault::DiscoveryAway);
    let chat = work.app.chat().await;
    let told = chat.auth(json!({"action": "revoke", "provider": "work"})).await.ok();
    assert_eq!(told.data["revoked_remotely"], "failed");
    assert_eq!(told.data.get("manage_url"), None);
    assert!(told.text.contains("in the account's settings there"), "{}", told.text);
    work.finish().await;
}

#[tokio::test]
async fn a_provider_has_to_be_named_where_there_is_a_choice() {
    let link_at = |told: &Told| told.data["provider"].as_str().unwrap_or_default().to_owned();
    let get_url = || json!({"action": "get_url"});
    // Tools use the one, and people only sign in with the other.
    let mut work = Work::start().await;
    assert_eq!(link_at(&work.chat.auth(get_url()).await.ok()), "spotify");
    // Another server's tools use the other, so either may be meant.
    work.app.set("REMOTE__BOX__URL", "http://127.0.0.1:9/mcp");
    work.app.set("REMOTE__BOX__AUTH", "provider:work");
    work.app.restart().await;
    let chat = work.app.chat().await;
    let told = chat.auth(get_url()).await;
    assert_eq!(told.code(), "invalid_argument");
    assert!(told.text.contains("one of: spotify, work"), "{}", told.text);
    let status = chat.auth(json!({"action": "status"})).await.ok();
    assert_eq!(status.data["providers"][1]["provider"], "work");
    // There is nothing else.
    let spotify = ["PROVIDER__SPOTIFY__CLIENT_ID", "PROVIDER__SPOTIFY__CLIENT_SECRET"];
    for key in ["REMOTE__BOX__URL", "REMOTE__BOX__AUTH"].into_iter().chain(spotify) {
        work.app.set(key, "");
    }
    work.app.restart().await;
    let chat = work.app.chat().await;
    assert_eq!(link_at(&chat.auth(get_url()).await.ok()), "work");
    work.finish().await;
}
