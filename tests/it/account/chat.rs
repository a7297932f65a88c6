//! A chat user's own page, from the link in the chat to leaving it.

use serde_json::json;
use stagepass_standin::Browser;

use super::{bind, give, link_of, look, open, own_page, recorded, sign_in};
use crate::harness::{Bot, Connector, TestApp, code_on};

const ANNA: &str = "whatsapp:+4915112345678";
const BEN: &str = "whatsapp:+4917099999999";

#[tokio::test]
async fn the_code_goes_through_the_chat_and_the_page_opens_in_this_browser() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let told = anna.auth(json!({"action": "status"})).await.ok();
    let link = told.data["account_url"].as_str().unwrap().to_owned();
    assert!(told.text.lines().last().unwrap().ends_with(&link), "{}", told.text);

    let browser = Browser::new();
    let page = browser.get(&link).await;
    for text in ["weather", "whatsapp:+49•••5678", "If it isn't your chat, close this page"] {
        assert!(page.has_text(text), "{text}: {}", page.text());
    }
    assert!(!page.body.contains("15112345678"), "{}", page.body);
    let page = browser.submit(&page, "Show me the code", &[]).await;
    let code = code_on(&page);
    let early = browser.submit(&page, "Continue", &[]).await;
    assert_eq!(early.status, 409);
    assert!(early.has_text("The code hasn't come back"), "{}", early.describe());

    let told = give(&anna, &format!("`{}`", code.to_lowercase().replace('-', " "))).await.ok();
    assert_eq!(told.data["page_open"], true);
    assert!(told.text.contains("press Continue"), "{}", told.text);
    let page = browser.submit(&early, "Continue", &[]).await;
    assert_eq!((page.url.as_str(), page.status), (own_page(&app).as_str(), 200));
    for text in ["weather", "whatsapp:+49•••5678", "Not connected.", "The bot named above"] {
        assert!(page.has_text(text), "{text}: {}", page.text());
    }
    assert!(!page.body.contains("15112345678"), "{}", page.body);
    assert_eq!(recorded(&app, "account.opened").await, [super::done(&bot.key(ANNA))]);
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn from_there_accounts_are_connected_and_ended_without_another_code() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let (anna, ben) = (bot.chat(&app, ANNA).await, bot.chat(&app, BEN).await);
    let (browser, other) = (Browser::new(), Browser::new());
    let page = open(&anna, &browser).await;
    let page = browser.submit(&page, "Connect Spotify", &[]).await;
    assert!(page.has_text("whatsapp:+49•••5678"), "{}", page.text());
    let page = browser.submit(&page, "Continue to Spotify", &[]).await;
    let page = app.spotify.sign_in(&browser, page, "alice").await;
    assert_eq!(page.url, own_page(&app), "{}", page.describe());
    assert!(page.has_text("Spotify: Alice Example"), "{}", page.text());
    anna.call("spotify_now", json!({})).await.ok();

    // Another chat of the same bot sees and ends nothing of it.
    let bens = open(&ben, &other).await;
    assert!(!bens.has_text("Alice"), "{}", bens.text());
    let theirs =
        [("token", super::token_on(&bens)), ("connection", super::value_of(&page, "Disconnect"))];
    let theirs: Vec<_> = theirs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let url = format!("{}/account/disconnect", app.url);
    assert_eq!(other.post_from(&own_page(&app), &url, &theirs).await.status, 404);

    browser.submit(&page, "Disconnect", &[]).await;
    assert_eq!(anna.call("spotify_now", json!({})).await.code(), "not_connected");
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("alice")), 0);
    anna.end().await;
    ben.end().await;
    app.finish().await;
}

#[tokio::test]
async fn the_page_stays_open_half_an_hour_and_closes_by_its_button() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let browser = Browser::new();
    let page = open(&anna, &browser).await;
    browser.submit(&page, "Sign out", &[]).await;
    assert!(!look(&app, &browser).await.has_text("weather"));
    open(&anna, &browser).await;
    app.advance(std::time::Duration::from_mins(29));
    assert!(look(&app, &browser).await.has_text("weather"));
    app.advance(std::time::Duration::from_mins(1));
    assert!(!look(&app, &browser).await.has_text("weather"));
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn with_their_bot_the_pages_of_its_chats_go() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let browser = Browser::new();
    open(&anna, &browser).await;
    anna.end().await;
    let db = app.db().await;
    db.remove_client(&bot.client.client_id).await.unwrap();
    db.close().await;
    let page = look(&app, &browser).await;
    assert!(!page.has_text("whatsapp") && page.has_button("Continue with Spotify"));
    app.finish().await;
}

#[tokio::test]
async fn two_codes_that_are_awaited_go_each_to_its_own() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let (page_browser, link_browser) = (Browser::new(), Browser::new());
    let page = bind(&page_browser, &link_of(&anna).await).await;
    let signed_in = app.sign_in(&link_browser, &anna.get_url().await, "alice").await;
    for _ in 0..4 {
        assert_eq!(give(&anna, "0000-0000").await.code(), "code_invalid");
    }
    // The wrong ones counted for the account alone, where they were nearer to doing harm.
    assert_eq!(give(&anna, &code_on(&signed_in)).await.ok().data["connected"], true);
    assert_eq!(give(&anna, &code_on(&page)).await.ok().data["page_open"], true);
    let page = page_browser.submit(&page, "Continue", &[]).await;
    assert!(page.has_text("Spotify: Alice Example"), "{}", page.text());
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn a_chat_user_deletes_everything() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let (anna, ben) = (bot.chat(&app, ANNA).await, bot.chat(&app, BEN).await);
    for (chat, who) in [(&anna, "alice"), (&ben, "bob")] {
        let page = app.sign_in(&Browser::new(), &chat.get_url().await, who).await;
        give(chat, &code_on(&page)).await.ok();
    }
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", ANNA),
        ("subject_token_type", "urn:stagepass:chat-id"),
    ];
    let handed_on = Connector::tokens(&app, &bot.client.post("/token", &form).await);
    assert!(bot.client.is_let_in(&handed_on.access).await);
    let browser = Browser::new();
    let page = open(&anna, &browser).await;
    let page = browser.click(&page, "Delete everything about me").await;
    assert!(page.has_text("Alice Example") && page.has_text("the id of your chat"));
    let page = browser.submit(&page, "Delete everything about me", &[]).await;
    assert!(page.has_text("Nothing is connected any more"), "{}", page.describe());

    for table in ["connections", "links", "grants", "visits", "chat_sessions"] {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE identity = '{}'", bot.key(ANNA));
        assert_eq!(app.count(&sql).await, 0, "{table}");
    }
    assert!(bot.client.is_soon_out(&handed_on.access).await);
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("alice")), 0);
    assert!(!look(&app, &browser).await.has_text("weather"));
    assert_eq!(anna.call("spotify_now", json!({})).await.code(), "not_connected");
    ben.call("spotify_now", json!({})).await.ok();
    assert_eq!(recorded(&app, "account.deleted").await, [super::done(&bot.key(ANNA))]);
    anna.end().await;
    ben.end().await;
    app.finish().await;
}

#[tokio::test]
async fn people_get_the_plain_address_and_programs_none() {
    let app = TestApp::start_for("open").await;
    let (_, tokens) = super::allowed_app(&app, "alice").await;
    let alice = app.chat_with(&tokens.access).await;
    assert_eq!(link_of(&alice).await, own_page(&app));
    let program = Bot::stored(&app, "program", None).await;
    app.sql("UPDATE clients SET scopes = 'mcp.read mcp.write' WHERE id = 'spo_program'").await;
    let program = Connector::known(&app, &program.id, Some(crate::harness::BOT_SECRET));
    let form = [("grant_type", "client_credentials"), ("scope", "mcp.write")];
    let token = Connector::tokens(&app, &program.post("/token", &form).await).access;
    let told = app.chat_with(&token).await.auth(json!({"action": "status"})).await.ok();
    assert_eq!(told.data.get("account_url"), None);
    assert_eq!(app.count("SELECT COUNT(*) FROM visits").await, 0);
    let bot = Bot::add(&app, "weather").await;
    // Whoever is signed in sees the chat's page while it is open: that was asked for last.
    let browser = Browser::new();
    sign_in(&app, &browser, "alice").await;
    let anna = bot.chat(&app, ANNA).await;
    let page = open(&anna, &browser).await;
    assert!(page.has_text("weather") && !page.has_text("Alice"), "{}", page.text());
    browser.submit(&page, "Sign out", &[]).await;
    assert!(look(&app, &browser).await.has_text("Alice"));
    anna.end().await;
    app.finish().await;
}
