//! Linking an account in conversation: the ways that lead to a connection, and out of it.

use serde_json::json;
use stagepass_standin::{Browser, spotify::Revocation};

use crate::harness::{Setup, TestApp, code_on};

#[tokio::test]
async fn a_person_connects_plays_music_and_disconnects() {
    let app = TestApp::start().await;
    let chat = app.chat().await;

    let told = chat.call("spotify_search", json!({"query": "harbour"})).await;
    assert_eq!(told.code(), "not_connected");
    // The answer has the link: for the model in words, for programs as data.
    let link = told.data["url"].as_str().unwrap().to_owned();
    let until = told.data["expires_at"].as_str().unwrap();
    assert!(told.text.contains(&format!("{link} (until {until})")), "{}", told.text);
    assert_eq!(chat.status().await["state"], "not_connected");
    assert!(link.starts_with(&format!("{}/connect/", app.url)));
    let page = app.sign_in(&Browser::new(), &link, "alice").await;
    assert!(page.has_text("Spotify is connected"), "{}", page.describe());
    assert!(page.has_text("Alice Example"));

    let status = chat.status().await;
    assert_eq!(status["state"], "connected");
    assert_eq!(status["account"]["name"], "Alice Example");
    let connected = chrono::DateTime::parse_from_rfc3339(status["connected_at"].as_str().unwrap());
    let reconnect = chrono::DateTime::parse_from_rfc3339(status["reconnect_by"].as_str().unwrap());
    let half_a_year = connected.unwrap() + chrono::Months::new(6);
    assert_eq!(reconnect.unwrap(), half_a_year);

    let found = chat.call("spotify_search", json!({"query": "harbour"})).await.ok();
    let uri = found.data["results"]["track"][0]["uri"].clone();
    chat.call("spotify_play", json!({"uri": uri, "device": "Laptop"})).await.ok();
    let playing = app.spotify.world(|world| world.person("alice").player.item().map(str::to_owned));
    assert_eq!(playing.as_deref(), uri.as_str());

    let told = chat.auth(json!({"action": "revoke"})).await.ok();
    assert_eq!(told.data["revoked_remotely"], "yes");
    assert_eq!(told.data["deleted"], true);
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("alice")), 0);
    let told = chat.call("spotify_now", json!({})).await;
    assert_eq!(told.code(), "not_connected");
    assert_eq!(chat.status().await["state"], "not_connected");
    app.finish().await;
}

#[tokio::test]
async fn an_app_without_a_secret_is_protected_by_pkce_alone() {
    let setup = Setup { public_client: true, ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(std::time::Duration::from_hours(1));
    chat.call("spotify_now", json!({})).await.ok();
    assert_eq!(app.spotify.refreshes(), 1);
    chat.auth(json!({"action": "revoke"})).await.ok();
    app.finish().await;
}

#[tokio::test]
async fn a_redirect_that_could_not_be_loaded_is_pasted_into_the_chat() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let lost = Browser::new().stop_at(format!("{}/callback", app.url));
    let page = app.sign_in(&lost, &link, "alice").await;
    assert_eq!(page.status, 0);
    assert_eq!(chat.status().await["state"], "pending");

    let wrapped = format!("<{}>", page.url);
    let told = chat.auth(json!({"action": "handle_callback", "code": wrapped})).await.ok();
    assert_eq!(told.data["connected"], true);
    assert_eq!(told.data["account"]["name"], "Alice Example");
    assert_eq!(told.data["missing_scopes"], json!([]));
    chat.call("spotify_now", json!({})).await.ok();

    // Once more, by mistake: nothing breaks, and the account stays.
    let told = chat.auth(json!({"action": "handle_callback", "code": page.url})).await;
    assert_eq!(told.code(), "code_invalid");
    assert_eq!(chat.status().await["state"], "connected");
    assert_eq!(app.spotify.count("POST", "/api/token"), 1);
    app.finish().await;
}

#[tokio::test]
async fn the_bare_code_out_of_the_redirect_works_too() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let lost = Browser::new().stop_at(format!("{}/callback", app.url));
    let code = app.sign_in(&lost, &link, "alice").await.param("code").unwrap();
    let told = chat.auth(json!({"action": "handle_callback", "code": code})).await.ok();
    assert_eq!(told.data["account"]["name"], "Alice Example");
    app.finish().await;
}

#[tokio::test]
async fn who_comes_back_in_another_browser_gets_a_code_for_the_chat() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let redirect = app.lost_redirect(&chat, "alice").await;
    let page = Browser::new().get(&redirect).await;
    assert!(page.has_text("give this code to the assistant"), "{}", page.describe());
    let code = code_on(&page);

    let told = chat.auth(json!({"action": "status"})).await.ok();
    assert_eq!(told.data["providers"][0]["state"], "pending");
    assert!(told.text.contains("ask for the code"), "{}", told.text);
    assert_eq!(chat.call("spotify_now", json!({})).await.code(), "not_connected");
    // The address of that page is no code, and costs no try.
    for _ in 0..5 {
        let told = chat.auth(json!({"action": "handle_callback", "code": redirect})).await;
        assert_eq!(told.code(), "code_invalid");
    }
    // A reload of the page shows no code a second time.
    let reloaded = Browser::new().get(&redirect).await;
    assert!(!reloaded.has_text(&code));

    let typed = code.to_lowercase().replace('-', " ");
    let told = chat.auth(json!({"action": "handle_callback", "code": typed})).await.ok();
    assert_eq!(told.data["account"]["name"], "Alice Example");
    assert_eq!(chat.status().await["state"], "connected");
    let told = chat.auth(json!({"action": "handle_callback", "code": code})).await;
    assert_eq!(told.code(), "code_invalid");
    app.finish().await;
}

#[tokio::test]
async fn five_wrong_codes_end_the_link_and_give_the_tokens_back() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let redirect = app.lost_redirect(&chat, "alice").await;
    let page = Browser::new().get(&redirect).await;
    let code = code_on(&page);
    for _ in 0..4 {
        let told = chat.auth(json!({"action": "handle_callback", "code": "0000-0000"})).await;
        assert_eq!(told.code(), "code_invalid");
    }
    let told = chat.auth(json!({"action": "handle_callback", "code": "0000-0000"})).await;
    assert_eq!(told.code(), "link_expired");
    let told = chat.auth(json!({"action": "handle_callback", "code": code})).await;
    assert_eq!(told.code(), "link_expired");
    let mut app = app;
    app.stop().await;
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("alice")), 0);
    app.finish().await;
}

#[tokio::test]
async fn what_nobody_confirms_is_given_back_after_ten_minutes() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let redirect = app.lost_redirect(&chat, "alice").await;
    Browser::new().get(&redirect).await;
    app.sweep().await;
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("alice")), 1);
    app.advance(std::time::Duration::from_mins(10));
    app.sweep().await;
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("alice")), 0);
    assert_eq!(chat.status().await["state"], "not_connected");
    app.finish().await;
}

#[tokio::test]
async fn linking_the_same_account_again_renews_it_and_asks_again_at_spotify() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    let before = chat.status().await;
    app.advance(std::time::Duration::from_hours(30 * 24));
    app.connect_alice(&chat).await;
    let after = chat.status().await;
    assert!(after["reconnect_by"].as_str() > before["reconnect_by"].as_str());
    let told = chat.auth(json!({"action": "status"})).await.ok();
    assert_eq!(told.data["providers"].as_array().unwrap().len(), 1);
    let asked: Vec<_> = app
        .spotify
        .requests()
        .into_iter()
        .filter(|seen| seen.path == "/authorize" && seen.query.contains("show_dialog=true"))
        .collect();
    assert!(!asked.is_empty(), "the second sign-in must not be silent");
    app.finish().await;
}

#[tokio::test]
async fn of_two_accounts_the_first_is_used_and_each_can_be_ended_alone() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(std::time::Duration::from_mins(1));
    let link = chat.get_url().await;
    let page = app.sign_in(&Browser::new(), &link, "bob").await;
    assert!(page.has_text("goes on using Alice Example"), "{}", page.describe());
    let told = chat.auth(json!({"action": "status"})).await.ok();
    assert_eq!(told.data["providers"].as_array().unwrap().len(), 2);
    assert_eq!(told.data["providers"][0]["in_use"], true);
    assert_eq!(told.data["providers"][1]["in_use"], false);
    assert!(told.text.contains("Alice Example, used by the tools"), "{}", told.text);

    let told = chat.auth(json!({"action": "revoke"})).await;
    assert_eq!(told.code(), "invalid_argument");
    let told = chat.auth(json!({"action": "revoke", "account": "nobody"})).await;
    assert_eq!(told.code(), "invalid_argument");
    chat.call("spotify_now", json!({})).await.ok();
    assert_eq!(app.spotify.requests().last().unwrap().subject.as_deref(), Some("alice"));
    chat.auth(json!({"action": "revoke", "account": "Alice Example"})).await.ok();
    chat.call("spotify_now", json!({})).await.ok();
    assert_eq!(app.spotify.requests().last().unwrap().subject.as_deref(), Some("bob"));
    app.finish().await;
}

#[tokio::test]
async fn revoking_deletes_here_whatever_spotify_says() {
    for (revocation, word) in [(Revocation::NotFound, "unsupported"), (Revocation::Fails, "failed")]
    {
        let app = TestApp::start().await;
        let chat = app.chat().await;
        app.connect_alice(&chat).await;
        chat.call("spotify_now", json!({})).await.ok();
        app.spotify.world(|world| world.revocation = revocation);
        let told = chat.auth(json!({"action": "revoke"})).await.ok();
        assert_eq!(told.data["revoked_remotely"], word);
        assert_eq!(told.data["deleted"], true);
        assert!(told.text.contains("https://www.spotify.com/account/apps/"));
        assert_eq!(chat.status().await["state"], "not_connected");
        // Spotify would still take the token; it is used no more.
        assert_eq!(chat.call("spotify_now", json!({})).await.code(), "not_connected");
        app.spotify.forgive();
        app.finish().await;
    }
}

#[tokio::test]
async fn what_a_model_fills_with_nothing_is_left_out() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    let search = json!({"query": "harbour", "artist": "", "album": "", "year": "", "market": ""});
    chat.call("spotify_search", search).await.ok();
    let play = json!({"query": "harbour", "uri": "", "uris": [], "device": "", "kind": ""});
    let told = chat.call("spotify_play", play).await;
    assert_eq!(told.code(), "no_active_device", "{}", told.text);
    assert_eq!(chat.call("spotify_search", json!({"query": ""})).await.code(), "invalid_argument");
    let told = chat.auth(json!({"action": "status", "provider": "", "code": ""})).await;
    assert_eq!(told.ok().data["providers"][0]["state"], "connected");
    app.finish().await;
}

#[tokio::test]
async fn revoking_nothing_says_so() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let told = chat.auth(json!({"action": "revoke"})).await.ok();
    assert_eq!(told.data["revoked_remotely"], "no");
    assert_eq!(told.data["deleted"], false);
    app.finish().await;
}

#[tokio::test]
async fn a_connection_that_ends_within_a_month_says_so() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(std::time::Duration::from_hours(24 * 160));
    let status = chat.status().await;
    assert_eq!(status["state"], "expiring");
    app.finish().await;
}
