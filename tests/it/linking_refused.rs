//! Linking an account: what goes wrong on the way, by accident or on purpose.

use std::time::Duration;

use serde_json::json;
use stagepass_standin::{
    Browser, Gate, Page,
    spotify::{Answer, Fault},
};

use crate::harness::{Chat, TestApp};

/// Presses the button, and stays at Spotify.
async fn go_to_spotify(browser: &Browser, link: &str) -> Page {
    let page = browser.get(link).await;
    browser.submit(&page, "Continue to Spotify", &[]).await
}

async fn handle(chat: &Chat, code: &str) -> String {
    let told = chat.auth(json!({"action": "handle_callback", "code": code})).await;
    told.code().to_owned()
}

#[tokio::test]
async fn a_preview_bot_that_opens_the_link_changes_nothing() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    for _ in 0..3 {
        let page = Browser::new().get(&link).await;
        assert!(page.has_text("start, stop and change what plays"), "{}", page.describe());
    }
    assert_eq!(chat.status().await["state"], "not_connected");
    assert!(app.spotify.requests().is_empty());
    let page = app.sign_in(&Browser::new(), &link, "alice").await;
    assert!(page.has_text("Spotify is connected"));
    app.finish().await;
}

#[tokio::test]
async fn a_link_is_over_after_ten_minutes() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let browser = Browser::new();
    let page = browser.get(&link).await;
    app.advance(Duration::from_mins(10));
    assert_eq!(browser.get(&link).await.status, 410);
    let late = browser.submit(&page, "Continue to Spotify", &[]).await;
    assert_eq!(late.status, 410);
    assert!(late.has_text("Ask the assistant for a new link"));
    assert_eq!(handle(&chat, "AQABcode-0123456789").await, "link_expired");
    assert!(app.spotify.requests().is_empty());
    app.finish().await;
}

#[tokio::test]
async fn a_sign_in_that_takes_too_long_is_not_taken() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let browser = Browser::new();
    let spotify = go_to_spotify(&browser, &link).await;
    app.clock.advance(chrono::TimeDelta::minutes(11));
    let page = app.spotify.sign_in(&browser, spotify, "alice").await;
    assert!(page.has_text("no longer valid"), "{}", page.describe());
    assert_eq!(app.spotify.count("POST", "/api/token"), 0);
    assert_eq!(chat.status().await["state"], "not_connected");
    app.finish().await;
}

#[tokio::test]
async fn a_ticket_works_once() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    app.sign_in(&Browser::new(), &link, "alice").await;
    let page = Browser::new().get(&link).await;
    assert_eq!(page.status, 410);
    assert!(page.has_text("used already"));
    app.finish().await;
}

#[tokio::test]
async fn a_link_begun_in_one_browser_goes_on_only_there() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let own = Browser::new();
    go_to_spotify(&own, &link).await;
    let other = go_to_spotify(&Browser::new(), &link).await;
    assert_eq!(other.status, 409, "{}", other.describe());
    // Back, and the button once more: that is how people are.
    let spotify = go_to_spotify(&own, &link).await;
    let page = app.spotify.sign_in(&own, spotify, "alice").await;
    assert!(page.has_text("Spotify is connected"), "{}", page.describe());
    app.finish().await;
}

#[tokio::test]
async fn a_newer_link_replaces_the_older_even_at_spotify() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let old = chat.get_url().await;
    let browser = Browser::new();
    let spotify = go_to_spotify(&browser, &old).await;
    let new = chat.get_url().await;
    let page = app.spotify.sign_in(&browser, spotify, "bob").await;
    assert!(page.has_text("no longer valid"), "{}", page.describe());
    assert_eq!(app.spotify.count("POST", "/api/token"), 0);
    app.sign_in(&Browser::new(), &new, "alice").await;
    assert_eq!(chat.status().await["account"]["name"], "Alice Example");
    app.finish().await;
}

#[tokio::test]
async fn a_revocation_ends_a_sign_in_that_is_under_way() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let browser = Browser::new();
    let spotify = go_to_spotify(&browser, &link).await;
    chat.auth(json!({"action": "revoke"})).await.ok();
    let page = app.spotify.sign_in(&browser, spotify, "alice").await;
    assert!(page.has_text("no longer valid"), "{}", page.describe());
    assert_eq!(chat.status().await["state"], "not_connected");
    app.finish().await;
}

#[tokio::test]
async fn a_revocation_wins_over_an_exchange_that_is_under_way() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let gate = Gate::shut();
    let hold = Answer::Hold(gate.clone());
    app.spotify.world(|world| world.fail(Fault::once("GET", "/v1/me$", hold)));
    let browser = Browser::new();
    let (page, ()) = tokio::join!(app.sign_in(&browser, &link, "alice"), async {
        while app.spotify.count("GET", "/v1/me") == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        chat.auth(json!({"action": "revoke"})).await.ok();
        gate.open();
    });
    assert!(page.has_text("no longer valid"), "{}", page.describe());
    assert_eq!(chat.status().await["state"], "not_connected");
    let mut app = app;
    app.stop().await;
    let left = app.spotify.world(|world| world.live_refresh_tokens_of("alice"));
    assert_eq!(left, 0, "what came too late is given back");
    app.finish().await;
}

#[tokio::test]
async fn a_callback_with_a_strange_state_is_turned_away() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let browser = Browser::new();
    go_to_spotify(&browser, &link).await;
    for query in ["code=stolen&state=guessed", "code=stolen", "", "state=", "error=access_denied"] {
        let page = browser.get(&format!("{}/callback/spotify?{query}", app.url)).await;
        assert_eq!(page.status, 410, "{query}");
    }
    let state = app.spotify.requests()[0].query.clone();
    let state = state.split('&').find_map(|pair| pair.strip_prefix("state=")).unwrap();
    // The right state at another provider's callback is no better.
    let page = browser.get(&format!("{}/callback/github?code=x&state={state}", app.url)).await;
    assert_eq!(page.status, 410);
    assert_eq!(app.spotify.count("POST", "/api/token"), 0);
    assert_eq!(chat.status().await["state"], "pending");
    app.finish().await;
}

#[tokio::test]
async fn a_person_who_declines_is_not_connected_and_the_chat_knows() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let browser = Browser::new();
    let spotify = go_to_spotify(&browser, &link).await;
    let page = app.spotify.deny(&browser, spotify, "alice").await;
    assert!(page.has_text("declined"), "{}", page.describe());
    let status = chat.status().await;
    assert_eq!(status["state"], "not_connected");
    assert_eq!(status["problem"]["code"], "forbidden");
    assert_eq!(handle(&chat, "AQABcode-0123456789").await, "forbidden");
    app.finish().await;
}

#[tokio::test]
async fn a_providers_own_words_never_stand_on_our_page() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let browser = Browser::new();
    go_to_spotify(&browser, &link).await;
    let query = app.spotify.requests()[0].query.clone();
    let state = query.split('&').find_map(|pair| pair.strip_prefix("state=")).unwrap();
    let url = format!(
        "{}/callback/spotify?error=evil_words&error_description=call+0900+now&state={state}",
        app.url
    );
    let page = browser.get(&url).await;
    assert_eq!(page.status, 400);
    assert!(!page.body.contains("0900") && !page.body.contains("evil"), "{}", page.body);
    app.finish().await;
}

#[tokio::test]
async fn somebody_off_the_apps_list_is_told_whom_to_ask() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let page = app.sign_in(&Browser::new(), &link, "mallory").await;
    assert!(page.has_text("User Management"), "{}", page.describe());
    assert_eq!(chat.status().await["problem"]["code"], "not_allowlisted");

    let redirect = app.lost_redirect(&chat, "mallory").await;
    let told = chat.auth(json!({"action": "handle_callback", "code": redirect})).await;
    assert_eq!(told.code(), "not_allowlisted");
    assert!(told.text.contains("User Management"));
    let mut app = app;
    app.stop().await;
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("mallory")), 0);
    app.finish().await;
}

#[tokio::test]
async fn an_owner_without_premium_is_told_what_spotify_wants() {
    let app = TestApp::start().await;
    app.spotify.world(|world| world.owner_premium = false);
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let page = app.sign_in(&Browser::new(), &link, "alice").await;
    assert!(page.has_text("Premium"), "{}", page.describe());
    assert_eq!(chat.status().await["problem"]["code"], "owner_premium_required");
    app.finish().await;
}

#[tokio::test]
async fn a_provider_that_is_away_during_the_exchange_is_no_refusal() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    // Whose account it is, is asked twice.
    for (times, path) in [(1, "/api/token"), (2, "/v1/me$")] {
        let link = chat.get_url().await;
        let busy = Fault::times(times, "", path, Answer::text(503, "busy"));
        app.spotify.world(|world| world.fail(busy));
        let page = app.sign_in(&Browser::new(), &link, "alice").await;
        assert!(page.has_text("doesn't answer properly"), "{}", page.describe());
        assert_eq!(chat.status().await["problem"]["code"], "provider_unavailable");
    }
    app.connect_alice(&chat).await;
    assert!(chat.status().await.get("problem").is_none());
    app.finish().await;
}

#[tokio::test]
async fn nobody_elses_page_can_press_the_button() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let browser = Browser::new();
    // The victim has seen the page, so the cookie is there.
    let page = browser.get(&link).await;
    let (_, token) = page.body.split_once("name=\"token\" value=\"").unwrap();
    let token = token.split('"').next().unwrap();
    let evil = browser.post_from("https://evil.example/", &link, &[("token", token)]).await;
    assert_eq!(evil.status, 400, "a strict cookie isn't sent: {}", evil.describe());
    // With cookie and token, but sent from elsewhere.
    let client = reqwest_client();
    let cookie = &browser.cookies()[0];
    for (header, value) in
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")]
    {
        let sent = client
            .post(&link)
            .header("cookie", format!("{}={}", cookie.name, cookie.value))
            .header(header, value)
            .form(&[("token", token)])
            .send()
            .await
            .unwrap();
        assert_eq!(sent.status(), 403, "{header}: {value}");
    }
    // The right place, with another link's token.
    let other = chat.get_url().await;
    let sent = client
        .post(&other)
        .header("cookie", format!("{}={}", cookie.name, cookie.value))
        .form(&[("token", token)])
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), 403);
    assert!(app.spotify.requests().is_empty());
    app.finish().await;
}

#[tokio::test]
async fn a_browser_without_cookies_is_told_to_use_another() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let browser = Browser::new();
    let page = browser.get(&link).await;
    browser.clear_cookies();
    let page = browser.submit(&page, "Continue to Spotify", &[]).await;
    assert_eq!(page.status, 400);
    assert!(page.has_text("usual browser"));
    app.finish().await;
}

#[tokio::test]
async fn pages_cannot_be_framed_scripted_or_cached() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let missing = format!("{}/connect/unknown", app.url);
    let nowhere = format!("{}/nowhere", app.url);
    for url in [&app.url, &link, &missing, &nowhere] {
        let page = Browser::new().get(url).await;
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'"), "{url}");
        assert!(policy.contains("frame-ancestors 'none'"), "{url}");
        assert_eq!(page.header("x-frame-options"), Some("DENY"), "{url}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{url}");
        assert_eq!(page.header("cache-control"), Some("no-store"), "{url}");
        assert!(!page.body.contains("<script"), "{url}");
    }
    app.finish().await;
}

#[tokio::test]
async fn an_account_with_a_hostile_name_is_only_a_name() {
    let app = TestApp::start().await;
    app.spotify.world(|world| {
        world.person("alice").display_name = "<script>alert(1)</script>\u{1b}[31m".to_owned();
    });
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let page = app.sign_in(&Browser::new(), &link, "alice").await;
    assert!(page.has_text("is connected"), "{}", page.describe());
    assert!(!page.body.contains("<script"), "{}", page.body);
    assert!(!chat.status().await["account"]["name"].as_str().unwrap().contains('\u{1b}'));
    app.finish().await;
}

#[tokio::test]
async fn what_cannot_be_a_code_is_refused_with_advice() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let long = "x".repeat(10_000);
    assert_eq!(
        handle(&chat, "AQABcode-0123456789").await,
        "link_expired",
        "there is no link at all"
    );
    chat.get_url().await;
    assert_eq!(handle(&chat, "").await, "invalid_argument");
    assert_eq!(handle(&chat, " ").await, "code_invalid");
    assert_eq!(handle(&chat, &long).await, "code_invalid");
    assert_eq!(
        handle(&chat, "AQABcode-0123456789").await,
        "code_invalid",
        "the button wasn't pressed"
    );
    assert_eq!(handle(&chat, "https://example.org/?q=1").await, "code_invalid");
    assert_eq!(handle(&chat, "https://example.org/?code=1&state=2").await, "link_expired");
    let told = chat.auth(json!({"action": "handle_callback"})).await;
    assert_eq!(told.code(), "invalid_argument");
    let told = chat.auth(json!({"action": "get_url", "provider": "myspace"})).await;
    assert_eq!(told.code(), "invalid_argument");
    assert!(told.text.contains("spotify"));
    assert!(app.spotify.requests().is_empty());
    app.finish().await;
}

#[tokio::test]
async fn a_made_up_code_ends_the_link_at_spotifys_word() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    go_to_spotify(&Browser::new(), &link).await;
    assert_eq!(handle(&chat, "AQABmadeup-0123456789").await, "code_invalid");
    assert_eq!(chat.status().await["state"], "not_connected");
    app.finish().await;
}

#[tokio::test]
async fn two_callbacks_at_once_make_one_exchange() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let browser = Browser::new();
    let stopped = browser.clone().stop_at(format!("{}/callback", app.url));
    let redirect = app.sign_in(&stopped, &link, "alice").await.url;
    let pages = futures::future::join_all((0..20).map(|_| browser.get(&redirect))).await;
    let connected = pages.iter().filter(|page| page.has_text("The account Alice")).count();
    assert_eq!(connected, 1);
    assert_eq!(app.spotify.count("POST", "/api/token"), 1);
    assert_eq!(chat.status().await["state"], "connected");
    app.finish().await;
}

fn reqwest_client() -> reqwest::Client {
    #[expect(clippy::disallowed_methods, reason = "a stranger brings a client of their own")]
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}
