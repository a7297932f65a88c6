//! A chat user's link in wrong hands, and their code in a wrong chat.

use std::time::Duration;

use stagepass_standin::Browser;

use super::{bind, give, link_of, look, open, own_page, token_on};
use crate::harness::{Bot, TestApp, code_on};

const ANNA: &str = "whatsapp:+4915112345678";
const MALLORY: &str = "whatsapp:+4917099999999";

async fn state(app: &TestApp, state: &str) -> i64 {
    app.count(&format!("SELECT COUNT(*) FROM visits WHERE state = '{state}'")).await
}

async fn sessions(app: &TestApp) -> i64 {
    app.count("SELECT COUNT(*) FROM chat_sessions").await
}

#[tokio::test]
async fn a_link_that_leaked_shows_nobody_anything() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let link = link_of(&anna).await;
    // Anna was first: nobody else gets so far as a code, whether she is done or not.
    let (own, stranger) = (Browser::new(), Browser::new());
    let before = stranger.get(&link).await;
    let page = bind(&own, &link).await;
    let late = stranger.submit(&before, "Show me the code", &[]).await;
    for page in [late, stranger.get(&link).await] {
        assert_eq!(page.status, 409, "{}", page.describe());
        assert!(!page.has_text("weather") && !page.has_button("Continue"), "{}", page.text());
    }
    give(&anna, &code_on(&page)).await.ok();
    assert_eq!(stranger.get(&link).await.status, 409);
    let url = format!("{link}/enter");
    let forged = [("token", token_on(&page))];
    let forged: Vec<_> = forged.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(stranger.post_from(&link, &url, &forged).await.status, 403);
    let token = token_on(&before);
    assert_eq!(stranger.post_from(&link, &url, &[("token", &token)]).await.status, 409);
    assert_eq!(sessions(&app).await, 0);
    assert_eq!(own.submit(&page, "Continue", &[]).await.url, own_page(&app));
    // It is used up, for her too.
    assert_eq!(own.get(&link).await.status, 410);
    assert_eq!(own.submit(&page, "Continue", &[]).await.status, 410);

    // The stranger was first: without the chat he gets no further, and her next page ends his.
    let link = link_of(&anna).await;
    let page = bind(&stranger, &link).await;
    let end = stranger.submit(&page, "Continue", &[]).await;
    assert!(end.status == 409 && !end.has_text("Not connected"), "{}", end.describe());
    let hers = bind(&own, &link_of(&anna).await).await;
    assert_eq!(stranger.submit(&page, "Continue", &[]).await.status, 410);
    assert_eq!(give(&anna, &code_on(&page)).await.code(), "code_invalid", "no code of hers");
    give(&anna, &code_on(&hers)).await.ok();
    assert_eq!(sessions(&app).await, 1);
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn a_code_in_another_chat_ends_the_page_and_says_why() {
    let app = TestApp::start_for("owner").await;
    let (bot, other) = (Bot::add(&app, "weather").await, Bot::add(&app, "music").await);
    let anna = bot.chat(&app, ANNA).await;
    // The same number at another bot is somebody else, too.
    for elsewhere in [bot.chat(&app, MALLORY).await, other.chat(&app, ANNA).await] {
        let browser = Browser::new();
        let page = bind(&browser, &link_of(&anna).await).await;
        let told = give(&elsewhere, &code_on(&page)).await;
        assert_eq!(told.code(), "wrong_identity", "{}", told.text);
        assert!(!told.text.contains("weather") && !told.text.contains("whatsapp"), "{}", told.text);
        let end = browser.submit(&page, "Continue", &[]).await;
        assert_eq!(end.status, 410);
        assert!(end.has_text("The code was given in another chat"), "{}", end.describe());
        assert_eq!(give(&anna, &code_on(&page)).await.code(), "link_expired");
        elsewhere.end().await;
    }
    assert_eq!(sessions(&app).await, 0);
    let refused = (bot.key(ANNA), "refused".to_owned());
    assert_eq!(super::recorded(&app, "account.opened").await, [refused.clone(), refused]);
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn five_wrong_codes_close_the_page() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let browser = Browser::new();
    let page = bind(&browser, &link_of(&anna).await).await;
    for _ in 0..4 {
        assert_eq!(give(&anna, "0000-0000").await.code(), "code_invalid");
    }
    assert_eq!(give(&anna, "0000-0000").await.code(), "link_expired");
    assert_eq!(give(&anna, &code_on(&page)).await.code(), "link_expired");
    let end = browser.submit(&page, "Continue", &[]).await;
    assert!(end.status == 410 && end.has_text("Too many wrong codes"), "{}", end.describe());
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn a_preview_bot_changes_nothing_and_a_reload_shows_no_code() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let link = link_of(&anna).await;
    for _ in 0..3 {
        assert_eq!(Browser::new().get(&link).await.status, 200);
    }
    assert_eq!(state(&app, "issued").await, 1);
    let browser = Browser::new();
    let page = bind(&browser, &link).await;
    let again = browser.get(&link).await;
    assert!(!again.has_text(&code_on(&page)) && again.has_button("Continue"), "{}", again.text());
    give(&anna, &code_on(&page)).await.ok();
    assert_eq!(browser.submit(&again, "Continue", &[]).await.url, own_page(&app));
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn a_link_lasts_ten_minutes_and_the_newest_alone_counts() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let (first, second) = (link_of(&anna).await, link_of(&anna).await);
    assert_eq!(Browser::new().get(&first).await.status, 410);
    let browser = Browser::new();
    let page = bind(&browser, &second).await;
    app.advance(Duration::from_mins(10));
    assert_eq!(give(&anna, &code_on(&page)).await.code(), "link_expired");
    let over = browser.get(&second).await;
    assert_eq!(over.status, 410, "{}", over.describe());
    // Nor is one of use whose code came in time.
    let page = bind(&browser, &link_of(&anna).await).await;
    give(&anna, &code_on(&page)).await.ok();
    app.advance(Duration::from_mins(10));
    assert_eq!(browser.submit(&page, "Continue", &[]).await.status, 410);
    app.sweep().await;
    assert_eq!(app.count("SELECT COUNT(*) FROM visits").await, 0);
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn what_the_chat_says_after_the_code_leaves_the_page_open() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let browser = Browser::new();
    let page = bind(&browser, &link_of(&anna).await).await;
    give(&anna, &code_on(&page)).await.ok();
    link_of(&anna).await;
    assert_eq!(browser.submit(&page, "Continue", &[]).await.url, own_page(&app));
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn no_other_page_presses_its_buttons() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let link = link_of(&anna).await;
    let browser = Browser::new();
    let token = token_on(&browser.get(&link).await);
    for from in ["https://evil.example/", "http://127.0.0.1:1/"] {
        assert_eq!(browser.post_from(from, &link, &[("token", &token)]).await.status, 403);
    }
    assert_eq!(browser.post_from(&link, &link, &[("token", "guessed")]).await.status, 403);
    assert_eq!(Browser::new().post_from(&link, &link, &[("token", &token)]).await.status, 403);
    assert_eq!(state(&app, "issued").await, 1);
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn a_session_that_somebody_planted_is_never_the_chat_s() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let browser = Browser::new();
    open(&anna, &browser).await;
    let session = |browser: &Browser| {
        let cookies = browser.cookies();
        let found = cookies.into_iter().find(|cookie| cookie.name == "stagepass-chat");
        found.unwrap().value
    };
    let before = session(&browser);
    app.gave(&before);
    open(&anna, &browser).await;
    let after = session(&browser);
    app.gave(&after);
    assert_ne!(before, after);
    assert_eq!(sessions(&app).await, 1, "the one before has ended");
    let http = stagepass::http::client().unwrap();
    let old = http.get(own_page(&app)).header("cookie", format!("stagepass-chat={before}"));
    assert!(!old.send().await.unwrap().text().await.unwrap().contains("weather"));
    assert!(look(&app, &browser).await.has_text("weather"));
    anna.end().await;
    app.finish().await;
}
