//! Several providers to sign in with, and answers of the wrong one.

use std::time::Duration;

use serde_json::json;
use stagepass_standin::{Browser, GitHub, OpenId, Page, oidc::Fault};

use crate::harness::{Connector, Setup, TestApp};

/// A server on which people sign in with Spotify, with GitHub, or with the issuer `Work`.
struct Several {
    app: TestApp,
    openid: OpenId,
    github: GitHub,
    client: Connector,
}

impl Several {
    async fn start(allow: &str) -> Self {
        Self::start_with(vec![("ACCESS__ALLOW", allow.to_owned())]).await
    }

    async fn start_with(variables: Vec<(&'static str, String)>) -> Self {
        let (openid, github) = (OpenId::start().await, GitHub::start().await);
        let mut providers = openid.variables("work");
        providers.extend(github.variables());
        let app = TestApp::start_with(Setup { variables, providers, ..Setup::default() }).await;
        openid.register(&format!("{}/callback/work", app.url));
        github.register(&format!("{}/callback/github", app.url));
        let client = Connector::register(&app).await;
        Self { app, openid, github, client }
    }

    /// A browser that stays before the client.
    fn browser(&self) -> Browser {
        Browser::new().stop_at(self.client.redirect_uri.as_str())
    }

    /// Agrees: the page with the providers.
    async fn agree(&self, browser: &Browser) -> Page {
        let page = browser.get(&self.client.authorize_url()).await;
        assert_eq!(page.status, 200, "{}", page.describe());
        browser.submit(&page, "agree", &[]).await
    }

    async fn with_work(&self, browser: &Browser, who: &str) -> Page {
        let page = self.agree(browser).await;
        let page = browser.submit(&page, "Continue with Work", &[]).await;
        self.openid.sign_in(browser, page, who).await
    }

    /// What `Auth(status)` says of Spotify to whoever was sent back to the client.
    async fn spotify_of(&self, end: &Page) -> String {
        let code = self.client.code_at(&self.app, end);
        let tokens = Connector::tokens(&self.app, &self.client.redeem(&code).await);
        let chat = self.app.chat_with(&tokens.access).await;
        let told = chat.auth(json!({"action": "status", "provider": "spotify"})).await.ok();
        told.data["providers"][0]["state"].as_str().unwrap().to_owned()
    }

    async fn users(&self) -> i64 {
        self.app.count("SELECT COUNT(*) FROM users").await
    }

    async fn finish(self) {
        assert!(self.openid.violations().is_empty(), "{:?}", self.openid.violations());
        assert!(self.github.violations().is_empty(), "{:?}", self.github.violations());
        let mut secrets = self.openid.secrets();
        secrets.extend(self.github.secrets());
        self.app.finish_without(secrets).await;
    }
}

#[tokio::test]
async fn people_choose_with_which_account_they_sign_in() {
    let several = Several::start("open").await;
    let browser = several.browser();
    let page = browser.get(&several.client.authorize_url()).await;
    assert!(page.has_button("Continue") && !page.has_text("Spotify"), "{}", page.describe());
    for name in ["Spotify", "Work", "GitHub"] {
        let browser = several.browser();
        let page = several.agree(&browser).await;
        assert!(page.url.starts_with(&format!("{}/login?", several.app.url)), "{}", page.url);
        let box_label = "If it is a GitHub or Spotify account, let the tools use it";
        assert!(page.has_text(box_label), "{}", page.describe());
        let page = browser.submit(&page, &format!("Continue with {name}"), &[]).await;
        let (end, state) = match name {
            "Work" => (several.openid.sign_in(&browser, page, "alice").await, "not_connected"),
            "GitHub" => (several.github.sign_in(&browser, page, "alice").await, "not_connected"),
            _ => (several.app.spotify.sign_in(&browser, page, "alice").await, "connected"),
        };
        assert_eq!(several.spotify_of(&end).await, state, "{name}");
        let page = browser.get(&several.client.authorize_url()).await;
        assert!(page.has_text(&format!("with {name}")), "{}", page.describe());
    }
    assert_eq!(several.users().await, 3, "one name, and three people");
    several.finish().await;
}

#[tokio::test]
async fn a_domain_lets_in_only_those_whose_address_the_provider_speaks_for() {
    let several = Several::start_with(vec![
        ("ACCESS__ALLOW", "@example.org, @example.net".to_owned()),
        ("PROVIDER__WORK__EMAIL_DOMAIN", "hd".to_owned()),
        ("PROVIDER__WORK__EMAIL_OWN_DOMAINS", "example.net".to_owned()),
    ])
    .await;
    for domain in [None, Some("example.com")] {
        several.openid.person("alice", |alice| alice.domain = domain.map(str::to_owned));
        let page = several.with_work(&several.browser(), "alice").await;
        assert_eq!(page.status, 403, "{}", page.describe());
        assert!(page.has_text("You need an invitation"), "{}", page.describe());
    }
    several.openid.person("alice", |alice| alice.domain = Some("example.org".to_owned()));
    for who in ["alice", "bob"] {
        let page = several.with_work(&several.browser(), who).await;
        assert!(page.param("code").is_some(), "{who}: {}", page.describe());
    }
    several.finish().await;
}

#[tokio::test]
async fn a_provider_that_is_not_for_signing_in_is_not_offered() {
    let off = |id: &'static str| (id, "false".to_owned());
    let several = Several::start_with(vec![
        ("ACCESS__ALLOW", "open".to_owned()),
        off("PROVIDER__GITHUB__LOGIN"),
    ])
    .await;
    let browser = several.browser();
    let page = several.agree(&browser).await;
    assert!(!page.has_button("Continue with GitHub"), "{}", page.describe());
    let form = [("id", page.forms[0].fields[0].1.as_str()), ("provider", "github")];
    let login = format!("{}/login", several.app.url);
    assert_eq!(browser.post_from(&page.url, &login, &form).await.status, 403);
    several.finish().await;

    // With a single one left there is nothing to choose.
    let several = Several::start_with(vec![
        ("ACCESS__ALLOW", "open".to_owned()),
        off("PROVIDER__GITHUB__LOGIN"),
        off("PROVIDER__WORK__LOGIN"),
    ])
    .await;
    let page = several.agree(&several.browser()).await;
    assert!(page.url.starts_with(&several.app.spotify.url()), "{}", page.describe());
    several.finish().await;
}

#[tokio::test]
async fn the_choice_is_for_the_browser_in_which_somebody_agreed() {
    let several = Several::start("open").await;
    let (browser, other) = (several.browser(), several.browser());
    let page = several.agree(&browser).await;
    several.agree(&other).await;
    for (who, page_status) in [(&Browser::new(), 400), (&other, 400), (&browser, 200)] {
        assert_eq!(who.get(&page.url).await.status, page_status);
    }
    let id = page.forms[0].fields[0].1.clone();
    let form = [("id", id.as_str()), ("provider", "work")];
    let login = format!("{}/login", several.app.url);
    let evil = browser.post_from("https://evil.example/", &login, &form).await;
    assert_eq!(evil.status, 400, "the cookie isn't sent along");
    assert_eq!(other.post_from(&page.url, &login, &form).await.status, 400);
    let http = stagepass::http::client().unwrap();
    let cookie = &browser.cookies()[0];
    let sent = http.post(&login).header("cookie", format!("{}={}", cookie.name, cookie.value));
    let sent = sent.header("origin", "https://evil.example").form(&form).send().await.unwrap();
    assert_eq!(sent.status(), 403);
    for id in ["", "unknown", "%00", "AAAAAAAAAAAAAAAAAAAAAA", &format!("{id}&id={id}")] {
        assert_eq!(browser.get(&format!("{login}?id={id}")).await.status, 403, "{id}");
    }
    assert_eq!(several.openid.count("GET", "/authorize"), 0);
    several.app.advance(Duration::from_mins(10));
    assert_eq!(browser.get(&page.url).await.status, 403, "too late");
    several.finish().await;
}

#[tokio::test]
async fn whoever_comes_back_from_one_provider_may_take_another() {
    let several = Several::start("open").await;
    let browser = several.browser();
    let page = several.agree(&browser).await;
    let work = browser.submit(&page, "Continue with Work", &[]).await;
    let spotify = browser.submit(&page, "Continue with Spotify", &[]).await;
    // The first sign-in, left open in another tab, is over.
    let over = several.openid.sign_in(&browser, work, "alice").await;
    assert_eq!(over.status, 403, "{}", over.describe());
    assert_eq!(several.openid.count("POST", "/token"), 0);
    let end = several.app.spotify.sign_in(&browser, spotify, "alice").await;
    assert_eq!(several.spotify_of(&end).await, "connected");
    let page = browser.get(&page.url).await;
    assert_eq!(page.status, 403, "somebody has signed in: {}", page.describe());
    several.finish().await;
}

#[tokio::test]
async fn an_answer_of_another_issuer_is_no_answer() {
    for fault in [Fault::ForeignAnswer, Fault::NamelessAnswer] {
        let several = Several::start("open").await;
        several.openid.begin(fault);
        let browser = several.browser();
        let page = several.with_work(&browser, "alice").await;
        assert_eq!(page.status, 502, "{fault:?}: {}", page.describe());
        assert!(page.has_text("Work didn't confirm who you are"), "{}", page.describe());
        assert_eq!(several.openid.count("POST", "/token"), 0, "the code went nowhere");
        assert_eq!(several.users().await, 0);
        // What the real one says afterwards is too late for this sign-in, and right for the next.
        several.openid.end_faults();
        let end = several.with_work(&browser, "alice").await;
        several.client.code_at(&several.app, &end);
        several.finish().await;
    }
}

#[tokio::test]
async fn a_code_of_one_provider_is_worth_nothing_at_the_callback_of_another() {
    let several = Several::start("open").await;
    let browser = Browser::new().stop_at(format!("{}/callback", several.app.url));
    let answer = several.with_work(&browser, "alice").await.url;
    let browser = browser.stop_at(several.client.redirect_uri.as_str());
    for other in ["spotify", "github", "unknown", "WORK"] {
        let elsewhere = answer.replace("/callback/work", &format!("/callback/{other}"));
        assert_eq!(browser.get(&elsewhere).await.status, 403, "{other}");
    }
    assert_eq!(several.app.spotify.count("POST", "/api/token"), 0);
    let end = browser.get(&answer).await;
    several.client.code_at(&several.app, &end);
    several.finish().await;
}

#[tokio::test]
async fn somebody_whom_the_id_token_does_not_prove_is_not_signed_in() {
    let mut several = Several::start("open").await;
    for fault in [Fault::ForeignNonce, Fault::ForeignAudience, Fault::Unsigned, Fault::NoIdToken] {
        several.openid.begin(fault);
        let page = several.with_work(&several.browser(), "alice").await;
        assert_eq!(page.status, 502, "{fault:?}: {}", page.describe());
        several.openid.end_faults();
    }
    assert_eq!(several.users().await, 0);
    several.app.stop().await;
    assert_eq!(several.openid.live_tokens_of("alice"), 0, "what it gave is given back");
    several.finish().await;
}

#[tokio::test]
async fn while_one_provider_is_away_people_take_another() {
    let several = Several::start("open").await;
    several.openid.begin(Fault::DiscoveryAway);
    let browser = several.browser();
    let page = several.agree(&browser).await;
    let away = browser.submit(&page, "Continue with Work", &[]).await;
    assert_eq!(away.status, 502, "{}", away.describe());
    assert!(away.has_text("Work doesn't answer properly"), "{}", away.describe());
    let spotify = browser.submit(&page, "Continue with Spotify", &[]).await;
    let end = several.app.spotify.sign_in(&browser, spotify, "alice").await;
    several.client.code_at(&several.app, &end);
    several.finish().await;
}

#[tokio::test]
async fn the_claim_code_is_asked_for_once_whichever_provider_is_taken() {
    let several = Several::start("owner").await;
    let claim = several.app.claim_code.clone().unwrap();
    let browser = several.browser();
    let page = browser.get(&several.client.authorize_url()).await;
    assert!(!page.has_text("Claim code"), "{}", page.describe());
    let page = several.agree(&browser).await;
    assert_eq!(page.body.matches("id=\"claim\"").count(), 1);
    let wrong = browser.submit(&page, "Continue with Work", &[("claim", "wrong")]).await;
    assert!(wrong.has_text("That isn't the claim code"), "{}", wrong.describe());
    let page = browser.submit(&page, "Continue with Work", &[("claim", &claim)]).await;
    let end = several.openid.sign_in(&browser, page, "alice").await;
    several.client.code_at(&several.app, &end);
    assert_eq!(several.app.count("SELECT COUNT(*) FROM users WHERE owner = 1").await, 1);
    let page = several.agree(&Browser::new()).await;
    assert!(!page.has_text("Claim code"), "{}", page.describe());
    several.finish().await;
}
