//! Where people's browsers can't reach this server: the provider sends them to a page elsewhere, and
//! what that shows comes back through the chat.

use serde_json::json;
use stagepass_standin::{Browser, OpenId, Page};

use crate::harness::{Bot, Chat, Connector, Setup, TestApp, code_on};

/// Nobody of ours listens there.
const RELAY: &str = "https://script.google.com/macros/s/AKfycb-example_1/exec";

async fn start() -> TestApp {
    start_for("local").await
}

async fn start_for(allow: &str) -> TestApp {
    let variables = vec![
        ("ACCESS__ALLOW", allow.to_owned()),
        ("PROVIDER__SPOTIFY__REDIRECT_URL", RELAY.to_owned()),
    ];
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    app.spotify.world(|world| world.app().redirect_uris = vec![RELAY.to_owned()]);
    app
}

/// Follows `link`, signs in, and stops before the relay.
async fn sign_in(app: &TestApp, link: &str, who: &str) -> Page {
    let browser = Browser::new().stop_at(RELAY);
    let page = browser.get(link).await;
    let page = app.spotify.sign_in(&browser, page, who).await;
    assert!(page.url.starts_with(RELAY), "{}", page.describe());
    page
}

/// The line that the relay's page shows of this address.
fn line(page: &Page) -> String {
    format!("{}#{}", page.param("code").unwrap(), page.param("state").unwrap())
}

async fn give(chat: &Chat, code: &str) -> String {
    let told = chat.auth(json!({"action": "handle_callback", "code": code})).await;
    told.code().to_owned()
}

#[tokio::test]
async fn the_link_is_the_providers_own_and_the_relays_line_finishes_it() {
    let app = start().await;
    let chat = app.chat().await;
    let told = chat.auth(json!({"action": "get_url"})).await.ok();
    let link = told.data["url"].as_str().unwrap();
    assert!(link.starts_with(&format!("{}/authorize?", app.spotify.url())), "{link}");
    assert!(link.contains("code_challenge_method=S256"), "{link}");
    assert!(told.data["next_step"].as_str().unwrap().contains("line"));
    assert_eq!(chat.status().await["state"], "pending");

    let page = sign_in(&app, link, "alice").await;
    app.gave(&page.param("state").unwrap());
    let told = chat.auth(json!({"action": "handle_callback", "code": line(&page)})).await.ok();
    assert_eq!(told.data["account"]["name"], "Alice Example");
    chat.call("spotify_now", json!({})).await.ok();

    // Once more, by mistake: nothing breaks.
    assert_eq!(give(&chat, &line(&page)).await, "code_invalid");
    assert_eq!(app.spotify.count("POST", "/api/token"), 1);
    assert_eq!(chat.status().await["state"], "connected");
    app.finish().await;
}

#[tokio::test]
async fn what_a_call_offers_is_the_providers_own_link_too_and_stays_the_same() {
    let app = start().await;
    let chat = app.chat().await;
    let told = chat.call("spotify_now", json!({})).await;
    assert_eq!(told.code(), "not_connected");
    let link = told.data["url"].as_str().unwrap();
    assert!(link.starts_with(&format!("{}/authorize?", app.spotify.url())), "{link}");
    let page = sign_in(&app, link, "alice").await;
    app.gave(&page.param("state").unwrap());
    assert_eq!(chat.call("spotify_now", json!({})).await.data["url"], link);
    chat.auth(json!({"action": "handle_callback", "code": line(&page)})).await.ok();
    chat.call("spotify_now", json!({})).await.ok();
    app.finish().await;
}

#[tokio::test]
async fn the_whole_address_of_the_relays_page_works_as_well_as_the_bare_code() {
    let app = start().await;
    let chat = app.chat().await;
    let page = sign_in(&app, &chat.get_url().await, "alice").await;
    let wrapped = format!("<{}>", page.url);
    let told = chat.auth(json!({"action": "handle_callback", "code": wrapped})).await.ok();
    assert_eq!(told.data["account"]["name"], "Alice Example");
    let page = sign_in(&app, &chat.get_url().await, "bob").await;
    let code = page.param("code").unwrap();
    let told = chat.auth(json!({"action": "handle_callback", "code": code})).await.ok();
    assert_eq!(told.data["account"]["name"], "Bob Example");
    app.finish().await;
}

#[tokio::test]
async fn somebody_who_declines_can_tell_the_chat_by_the_address() {
    let app = start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let browser = Browser::new().stop_at(RELAY);
    let page = browser.get(&link).await;
    let page = app.spotify.deny(&browser, page, "alice").await;
    assert_eq!(page.param("error").as_deref(), Some("access_denied"));
    assert_eq!(give(&chat, &page.url).await, "forbidden");
    assert_eq!(chat.status().await["state"], "not_connected");
    app.finish().await;
}

#[tokio::test]
async fn a_newer_link_a_revocation_and_ten_minutes_end_a_relays_line() {
    let app = start().await;
    let chat = app.chat().await;
    let old = sign_in(&app, &chat.get_url().await, "alice").await;
    let new = sign_in(&app, &chat.get_url().await, "alice").await;
    assert_eq!(give(&chat, &line(&old)).await, "link_expired");
    chat.auth(json!({"action": "revoke"})).await.ok();
    assert_eq!(give(&chat, &line(&new)).await, "link_expired");
    let late = sign_in(&app, &chat.get_url().await, "alice").await;
    app.advance(std::time::Duration::from_mins(10));
    assert_eq!(give(&chat, &line(&late)).await, "link_expired");
    assert_eq!(app.spotify.count("POST", "/api/token"), 0);
    app.finish().await;
}

#[tokio::test]
async fn a_line_with_another_code_or_another_state_connects_nobody() {
    let app = start().await;
    let chat = app.chat().await;
    let page = sign_in(&app, &chat.get_url().await, "alice").await;
    let (code, state) = (page.param("code").unwrap(), page.param("state").unwrap());
    let guessed = "s".repeat(state.len());
    assert_eq!(give(&chat, &format!("{code}#{guessed}")).await, "link_expired");
    assert_eq!(chat.status().await["state"], "pending");
    // Somebody else's code, from a sign-in with another PKCE challenge.
    let challenge = "c".repeat(43);
    let link = chat.get_url().await;
    let (before, after) = link.split_once("code_challenge=").unwrap();
    let (_, after) = after.split_once('&').unwrap();
    let foreign = format!("{before}code_challenge={challenge}&{after}");
    let page = sign_in(&app, &foreign, "bob").await;
    assert_eq!(give(&chat, &line(&page)).await, "code_invalid");
    assert_eq!(chat.status().await["state"], "not_connected");
    app.finish().await;
}

#[tokio::test]
async fn a_bots_people_each_bring_their_own_line() {
    let app = start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    for (id, account) in [("tg:1", "alice"), ("tg:2", "bob")] {
        let chat = bot.chat(&app, id).await;
        let page = sign_in(&app, &chat.get_url().await, account).await;
        chat.auth(json!({"action": "handle_callback", "code": line(&page)})).await.ok();
        chat.call("spotify_now", json!({})).await.ok();
        let seen = app.spotify.requests().last().unwrap().subject.clone();
        assert_eq!(seen.as_deref(), Some(account));
        chat.end().await;
    }
    app.finish().await;
}

#[tokio::test]
async fn a_line_from_another_chat_is_refused_and_ends_what_it_was_for() {
    let app = start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let (mallory, anna) = (bot.chat(&app, "tg:666").await, bot.chat(&app, "tg:1").await);
    // Mallory sends the own link to Anna, who signs in and brings the line to her own chat.
    let page = sign_in(&app, &mallory.get_url().await, "alice").await;
    assert_eq!(give(&anna, &line(&page)).await, "wrong_identity");
    assert_eq!(give(&mallory, &line(&page)).await, "wrong_identity");
    assert_eq!(app.spotify.count("POST", "/api/token"), 0);
    for chat in [&mallory, &anna] {
        assert_eq!(chat.call("spotify_now", json!({})).await.code(), "not_connected");
    }
    mallory.end().await;
    anna.end().await;
    app.finish().await;
}

#[tokio::test]
async fn who_gets_here_after_all_is_shown_a_code_for_the_chat() {
    let app = start().await;
    let chat = app.chat().await;
    let page = sign_in(&app, &chat.get_url().await, "alice").await;
    let (_, query) = page.url.split_once('?').unwrap();
    // No browser has begun it, so none proves anything.
    let page = Browser::new().get(&format!("{}/callback/spotify?{query}", app.url)).await;
    app.heard(&page);
    let code = code_on(&page);
    assert_eq!(chat.status().await["awaits_code"], true);
    chat.auth(json!({"action": "handle_callback", "code": code})).await.ok();
    app.finish().await;
}

#[tokio::test]
async fn a_provider_that_says_whose_answer_it_is_says_so_in_the_line_too() {
    let openid = OpenId::start().await;
    openid.register(RELAY);
    let variables = vec![("PROVIDER__WORK__REDIRECT_URL", RELAY.to_owned())];
    let providers = openid.variables("work");
    let app = TestApp::start_with(Setup { variables, providers, ..Setup::default() }).await;
    let chat = app.chat().await;
    let browser = Browser::new().stop_at(RELAY);
    let mut lines = Vec::new();
    for _ in 0..3 {
        let told = chat.auth(json!({"action": "get_url", "provider": "work"})).await.ok();
        let page = browser.get(told.data["url"].as_str().unwrap()).await;
        let page = openid.sign_in(&browser, page, "alice").await;
        let iss = page.param("iss").unwrap();
        let given = match lines.len() {
            0 => line(&page),
            1 => format!("{}#https://evil.example", line(&page)),
            _ => format!("{}#{iss}", line(&page)),
        };
        let args = json!({"action": "handle_callback", "provider": "work", "code": given});
        let told = chat.auth(args).await;
        lines.push(if told.is_error { told.code().to_owned() } else { "connected".to_owned() });
    }
    assert_eq!(lines, ["forbidden", "forbidden", "connected"]);
    app.finish_without(openid.secrets()).await;
}

#[tokio::test]
async fn a_provider_that_is_away_gives_no_link() {
    let openid = OpenId::start().await;
    let variables = vec![("PROVIDER__WORK__REDIRECT_URL", RELAY.to_owned())];
    let mut providers = openid.variables("work");
    providers.insert("STAGEPASS_PROVIDER__WORK__ISSUER".into(), "http://127.0.0.1:9".into());
    let app = TestApp::start_with(Setup { variables, providers, ..Setup::default() }).await;
    let chat = app.chat().await;
    let told = chat.auth(json!({"action": "get_url", "provider": "work"})).await;
    assert_eq!(told.code(), "provider_unavailable");
    app.finish().await;
}

#[tokio::test]
async fn nobody_is_sent_to_sign_in_where_they_could_not_come_back_from() {
    let app = start_for("open").await;
    let client = Connector::register(&app).await;
    let page = Browser::new().get(&client.authorize_url()).await;
    assert_eq!(page.status, 403, "{}", page.describe());
    assert!(page.has_text("Nobody can sign in here"), "{}", page.describe());
    assert!(app.spotify.requests().is_empty());
    app.finish().await;
}

#[tokio::test]
async fn another_provider_is_offered_for_signing_in_and_the_relayed_one_is_not() {
    let openid = OpenId::start().await;
    let variables = vec![
        ("ACCESS__ALLOW", "open".to_owned()),
        ("PROVIDER__SPOTIFY__REDIRECT_URL", RELAY.to_owned()),
    ];
    let providers = openid.variables("work");
    let app = TestApp::start_with(Setup { variables, providers, ..Setup::default() }).await;
    openid.register(&format!("{}/callback/work", app.url));
    let client = Connector::register(&app).await;
    let page = Browser::new().get(&client.authorize_url()).await;
    assert!(page.has_text("Work") && !page.has_text("Spotify"), "{}", page.describe());
    app.finish_without(openid.secrets()).await;
}
