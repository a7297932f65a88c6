//! A chat user links an account, and nobody else does it for them (security of linking in chat).

use serde_json::{Value, json};
use stagepass_standin::{Browser, Page};

use crate::harness::{Bot, Chat, Setup, TestApp, code_on};

const ANNA: &str = "whatsapp:+4915112345678";
const MALLORY: &str = "whatsapp:+4917099999999";

async fn with_chat(settings: &[(&'static str, &str)]) -> TestApp {
    let settings = settings.iter().map(|(key, value)| (*key, (*value).to_owned()));
    let variables = [("ACCESS__ALLOW", "owner".to_owned())].into_iter().chain(settings).collect();
    TestApp::start_with(Setup { variables, ..Setup::default() }).await
}

/// Brings a code to a chat.
async fn give(chat: &Chat, code: &str) -> crate::harness::Told {
    chat.auth(json!({"action": "handle_callback", "code": code})).await
}

/// Somebody follows the link of `chat` and signs in as `who`: the page with the code.
async fn follow(app: &TestApp, chat: &Chat, who: &str) -> Page {
    let link = chat.get_url().await;
    app.sign_in(&Browser::new(), &link, who).await
}

/// Waits until Spotify was asked, once, to withdraw what it gave.
async fn revoked_once(app: &TestApp) {
    while app.spotify.count("POST", "/oauth2/revoke/v1") == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(app.spotify.count("POST", "/oauth2/revoke/v1"), 1);
}

#[tokio::test]
async fn a_chat_user_links_by_the_code_on_the_page_and_is_served() {
    let app = with_chat(&[]).await;
    let bot = Bot::add(&app, "bot").await;
    let anna = bot.chat(&app, ANNA).await;
    assert_eq!(anna.call("spotify_now", json!({})).await.code(), "not_connected");
    let code = code_on(&follow(&app, &anna, "alice").await);
    // Until it comes back nothing is connected, and the chat is told what is missing.
    assert_eq!(anna.call("spotify_now", json!({})).await.code(), "not_connected");
    assert_eq!(anna.status().await["awaits_code"], true);
    let told = give(&anna, &code).await.ok();
    // Whoever's account it is, the chat is told: it may be somebody else's.
    assert_eq!(told.data["account"]["name"], "Alice Example");
    for part in ["Alice Example", "isn't their own", "\"revoke\""] {
        assert!(told.text.contains(part), "{part}: {}", told.text);
    }
    anna.call("spotify_now", json!({})).await.ok();
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn the_page_names_bot_chat_and_provider_and_tells_others_nothing() {
    let app = with_chat(&[]).await;
    let bot = Bot::add(&app, "bot").await;
    let anna = bot.chat(&app, ANNA).await;
    let page = Browser::new().get(&anna.get_url().await).await;
    for part in ["Spotify", "whatsapp:+49•••5678", "in the chat of bot", "asked for this yourself"]
    {
        assert!(page.has_text(part), "{part}: {}", page.describe());
    }
    assert!(!page.body.contains("15112345678"), "{}", page.describe());
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn a_victim_who_follows_somebody_elses_link_ends_it_by_bringing_the_code_home() {
    let app = with_chat(&[]).await;
    let bot = Bot::add(&app, "bot").await;
    let (mallory, anna) = (bot.chat(&app, MALLORY).await, bot.chat(&app, ANNA).await);
    let browser = Browser::new();
    let page = app.sign_in(&browser, &mallory.get_url().await, "alice").await;
    let (code, address) = (code_on(&page), page.url.clone());
    let told = give(&anna, &code).await;
    assert_eq!(told.code(), "wrong_identity");
    assert!(told.text.contains("nothing was connected"), "{}", told.text);
    // What Spotify gave is given back, and the code is worth nothing to Mallory either.
    assert_eq!(give(&mallory, &code).await.code(), "wrong_identity");
    revoked_once(&app).await;
    // The person who signed in sees why, until the next call makes another link.
    let page = browser.get(&address).await;
    assert!(page.has_text("another chat"), "{}", page.describe());
    for chat in [&mallory, &anna] {
        assert_eq!(chat.call("spotify_now", json!({})).await.code(), "not_connected");
    }
    let rejected: Vec<_> = app.audit().await;
    let rejected: Vec<_> = rejected.iter().filter(|row| row.event == "link.rejected").collect();
    assert_eq!(rejected.len(), 1);
    assert_eq!(rejected[0].detail.as_deref(), Some("wrong_identity"));
    assert_eq!(rejected[0].identity, Some(bot.key(MALLORY)));
    mallory.end().await;
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn a_pasted_address_of_somebody_elses_sign_in_ends_that_too() {
    let app = with_chat(&[]).await;
    let bot = Bot::add(&app, "bot").await;
    let (mallory, anna) = (bot.chat(&app, MALLORY).await, bot.chat(&app, ANNA).await);
    let address = app.lost_redirect(&mallory, "alice").await;
    assert_eq!(give(&anna, &address).await.code(), "wrong_identity");
    assert_eq!(give(&mallory, &address).await.code(), "wrong_identity");
    assert_eq!(mallory.call("spotify_now", json!({})).await.code(), "not_connected");
    mallory.end().await;
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn an_old_code_from_elsewhere_undoes_nothing() {
    let app = with_chat(&[]).await;
    let bot = Bot::add(&app, "bot").await;
    let (mallory, anna) = (bot.chat(&app, MALLORY).await, bot.chat(&app, ANNA).await);
    let code = code_on(&follow(&app, &anna, "alice").await);
    give(&anna, &code).await.ok();
    assert_eq!(give(&mallory, &code).await.code(), "link_expired");
    anna.call("spotify_now", json!({})).await.ok();
    mallory.end().await;
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn whoever_comes_by_the_browser_inside_an_app_is_told_of_their_own() {
    let app = with_chat(&[]).await;
    let bot = Bot::add(&app, "bot").await;
    let anna = bot.chat(&app, ANNA).await;
    let url = anna.get_url().await;
    let path = url.strip_prefix(&app.url).unwrap();
    let shown = async |browser: &str| {
        let request = bot.client.begin_as(reqwest::Method::GET, path).header("user-agent", browser);
        request.send().await.unwrap().text().await.unwrap()
    };
    let inside = "Mozilla/5.0 (Linux; Android 15; wv) AppleWebKit/537.36 Chrome/140.0 Mobile";
    assert!(shown(inside).await.contains("the browser inside an app"));
    assert!(
        !shown("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0").await.contains("inside an app")
    );
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn a_preview_bot_that_opens_the_link_changes_nothing() {
    let app = with_chat(&[]).await;
    let bot = Bot::add(&app, "bot").await;
    let anna = bot.chat(&app, ANNA).await;
    let link = anna.get_url().await;
    for _ in 0..3 {
        assert_eq!(Browser::new().get(&link).await.status, 200);
    }
    let code = code_on(&app.sign_in(&Browser::new(), &link, "alice").await);
    give(&anna, &code).await.ok();
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn five_wrong_codes_end_it_and_the_right_one_is_worth_nothing_then() {
    let app = with_chat(&[]).await;
    let bot = Bot::add(&app, "bot").await;
    let anna = bot.chat(&app, ANNA).await;
    let code = code_on(&follow(&app, &anna, "alice").await);
    for _ in 0..4 {
        assert_eq!(give(&anna, "0000-0000").await.code(), "code_invalid");
    }
    assert_eq!(give(&anna, "0000-0000").await.code(), "link_expired");
    assert_eq!(give(&anna, &code).await.code(), "link_expired");
    revoked_once(&app).await;
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn what_nobody_confirms_is_given_back_after_ten_minutes() {
    let app = with_chat(&[]).await;
    let bot = Bot::add(&app, "bot").await;
    let anna = bot.chat(&app, ANNA).await;
    let code = code_on(&follow(&app, &anna, "alice").await);
    app.advance(std::time::Duration::from_secs(601));
    app.sweep().await;
    revoked_once(&app).await;
    assert_eq!(give(&anna, &code).await.code(), "link_expired");
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn the_page_leads_back_into_the_chat_with_the_code() {
    let link = "https://wa.me/15551234567?text={code}";
    let app = with_chat(&[("CHAT__SPO_BOT__RETURN_LINK", link)]).await;
    let bot = Bot::add(&app, "bot").await;
    let anna = bot.chat(&app, ANNA).await;
    let page = follow(&app, &anna, "alice").await;
    let code = code_on(&page);
    let back = format!("https://wa.me/15551234567?text={code}");
    assert!(page.body.contains(&format!("href=\"{back}\"")), "{}", page.body);
    assert!(page.body.contains("<svg class=\"qr\" role=\"img\""), "{}", page.body);
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn a_bot_whose_platform_proves_its_people_needs_no_code() {
    let app = with_chat(&[("CHAT__SPO_BOT__CONFIRM", "auto")]).await;
    let (bot, other) = (Bot::add(&app, "bot").await, Bot::add(&app, "other").await);
    let anna = bot.chat(&app, ANNA).await;
    let page = follow(&app, &anna, "alice").await;
    assert!(page.has_text("Spotify is connected"), "{}", page.describe());
    anna.call("spotify_now", json!({})).await.ok();
    // Another bot's people are asked, as always.
    let bob = other.chat(&app, ANNA).await;
    code_on(&follow(&app, &bob, "bob").await);
    anna.end().await;
    bob.end().await;
    app.finish().await;
}

#[tokio::test]
async fn what_the_bot_calls_somebody_is_shown_and_proves_nothing() {
    let app = with_chat(&[]).await;
    let bot = Bot::add(&app, "bot").await;
    let name = crate::harness::encoded("An\u{202e}na <b>");
    let headers =
        [("stagepass-chat-id", crate::harness::encoded(ANNA)), ("stagepass-chat-name", name)];
    let params = json!({"name": "Auth", "arguments": {"action": "get_url"}});
    let answer = bot.call_with(&headers, params).await;
    let url = answer.body["result"]["structuredContent"]["url"].as_str().unwrap().to_owned();
    let page = Browser::new().get(&url).await;
    assert!(page.has_text("Anna <b>"), "{}", page.describe());
    assert!(page.has_text("whatsapp:+49•••5678"), "{}", page.describe());
    let status: Value = json!({"action": "status"});
    let said = bot.call(ANNA, "Auth", status).await;
    assert_eq!(said.body["result"]["structuredContent"]["identity"]["label"], ANNA);
    app.finish().await;
}
