//! People, assistants and clients who do things twice, halfway, or at the wrong moment.

use std::{io::Write, net::TcpStream, time::Duration};

use futures::future::join_all;
use serde_json::{Value, json};
use stagepass::{
    app::App,
    config::Config,
    store::Db,
    vault::{self, UnlockError},
};
use stagepass_kit::code;
use stagepass_standin::{
    Browser, Gate, Page,
    spotify::{Answer, Fault},
};
use tokio::net::TcpListener;

use crate::harness::{Chat, TestApp, code_on};

fn handing_over(code: &str) -> Value {
    json!({"action": "handle_callback", "code": code})
}

/// A sign-in of `who` that ended in another browser: the page with the code for the chat.
async fn pending(app: &TestApp, chat: &Chat, who: &str) -> Page {
    Browser::new().get(&app.lost_redirect(chat, who).await).await
}

fn live_tokens(app: &TestApp, who: &str) -> usize {
    app.spotify.world(|world| world.live_refresh_tokens_of(who))
}

/// Everything that was begun is done; then the connection outlives a refresh.
async fn assert_lives_on(app: &mut TestApp) {
    app.stop().await;
    assert_eq!(app.spotify.count("POST", "/oauth2/revoke/v1"), 0);
    app.restart_stopped().await;
    let chat = app.chat().await;
    app.advance(Duration::from_hours(2));
    chat.call("spotify_now", json!({})).await.ok();
    assert_eq!(chat.status().await["state"], "connected");
}

#[tokio::test]
async fn a_code_that_is_given_many_times_at_once_counts_once() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    let code = code_on(&pending(&app, &chat, "alice").await);
    let told = join_all((0..8).map(|_| chat.auth(handing_over(&code)))).await;
    assert_eq!(told.iter().filter(|told| !told.is_error).count(), 1, "{told:?}");
    for told in told.iter().filter(|told| told.is_error) {
        assert!(told.text.contains("finished already"), "the right code is never wrong: {told:?}");
    }
    drop(chat);
    assert_lives_on(&mut app).await;
    app.finish().await;
}

#[tokio::test]
async fn a_code_that_is_given_twice_in_one_batch_counts_once() {
    let mut app = TestApp::start().await;
    let code = code_on(&pending(&app, &app.chat().await, "alice").await);
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "Auth", "arguments": handing_over(&code)}});
    let batch = stagepass::http::client().unwrap().post(app.mcp_url()).json(&[&call, &call]);
    let answers: Value = batch.send().await.unwrap().json().await.unwrap();
    let done = |n: usize| answers[n]["result"]["structuredContent"]["connected"] == json!(true);
    assert_ne!(done(0), done(1), "{answers}");
    assert_lives_on(&mut app).await;
    app.finish().await;
}

#[tokio::test]
async fn wrong_codes_given_at_once_are_five_tries_and_no_more() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    let right = code_on(&pending(&app, &chat, "alice").await);
    let wrong = (0..40).map(|n| handing_over(&format!("0000-{n:04}")));
    let told = join_all(wrong.map(|wrong| chat.auth(wrong))).await;
    let said = |text: &str| told.iter().filter(|told| told.text.contains(text)).count();
    assert_eq!(said("isn't the code on the page"), 4);
    assert_eq!(app.count("SELECT tries FROM links").await, 5);
    let told = chat.auth(handing_over(&right)).await;
    assert_eq!(told.code(), code::LINK_EXPIRED);
    drop(chat);
    app.stop().await;
    assert_eq!(live_tokens(&app, "alice"), 0);
    app.finish().await;
}

#[tokio::test]
async fn an_unused_new_sign_in_is_not_given_back_while_its_account_is_connected() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    // Replaced, ended by wrong codes, and forgotten.
    pending(&app, &chat, "alice").await;
    pending(&app, &chat, "alice").await;
    for _ in 0..5 {
        assert!(chat.auth(handing_over("0000-0000")).await.is_error);
    }
    pending(&app, &chat, "alice").await;
    app.advance(Duration::from_mins(10));
    app.sweep().await;
    assert_eq!(app.count("SELECT count(*) FROM links WHERE sealed_grant IS NOT NULL").await, 0);
    drop(chat);
    assert_lives_on(&mut app).await;
    app.finish().await;
}

#[tokio::test]
async fn an_unused_sign_in_of_another_account_is_given_back() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    pending(&app, &chat, "bob").await;
    assert_eq!(live_tokens(&app, "bob"), 1);
    chat.get_url().await;
    drop(chat);
    app.stop().await;
    assert_eq!((live_tokens(&app, "bob"), live_tokens(&app, "alice")), (0, 1));
    app.finish().await;
}

/// Waits until Spotify was asked so often whose account it is.
async fn asked_who_it_is(app: &TestApp, times: usize) {
    while app.spotify.count("GET", "/v1/me") < times {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Keeps everybody from writing links for a while.
async fn hold_links(db: &Db) {
    macro_rules! hold {
        ($pool:expr) => {{
            let mut held = $pool.begin().await.unwrap();
            sqlx::query("UPDATE links SET tries = tries").execute(&mut *held).await.unwrap();
            tokio::time::sleep(Duration::from_millis(250)).await;
        }};
    }
    match db {
        Db::Sqlite(pool) => hold!(pool),
        Db::Postgres(pool) => hold!(pool),
    }
}

#[tokio::test]
async fn nothing_is_connected_by_a_sign_in_from_before_a_revocation() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let config = app.config();
    let db = Db::open(config.database_url.as_ref(), &config.data_dir).await.unwrap();
    for round in 1..=6 {
        let slow = Fault::once("GET", "/v1/me$", Answer::Delay(Duration::from_millis(200)));
        app.spotify.world(|world| world.fail(slow));
        let (link, browser) = (chat.get_url().await, Browser::new());
        let (page, ()) = tokio::join!(app.sign_in(&browser, &link, "alice"), async {
            asked_who_it_is(&app, round).await;
            // The revocation and the last step of the sign-in wait for the same row.
            let ((), told) = tokio::join!(hold_links(&db), chat.auth(json!({"action": "revoke"})));
            told.ok();
        });
        assert_eq!(chat.status().await["state"], "not_connected", "{}", page.describe());
    }
    db.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_revocation_gives_back_a_sign_in_that_waits_for_its_code_too() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    pending(&app, &chat, "alice").await;
    // So that no question to the database has to wait for a connection.
    join_all((0..8).map(|_| chat.status())).await;
    chat.auth(json!({"action": "revoke"})).await.ok();
    drop(chat);
    app.stop().await;
    assert_eq!(live_tokens(&app, "alice"), 0);
    app.finish().await;
}

#[tokio::test]
async fn a_pending_sign_in_outlives_a_reload_and_a_callback_that_says_nothing() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    for confirmed in [false, true] {
        let redirect = app.lost_redirect(&chat, "alice").await;
        let code = code_on(&Browser::new().get(&redirect).await);
        let (_, state) = redirect.split_once('&').unwrap();
        let said = format!("{}/callback/spotify?{state}", app.url);
        for again in [&redirect, &said, &format!("{said}&error=access_denied")] {
            let page = Browser::new().get(again).await;
            assert!(page.has_text("One step is left"), "{}", page.describe());
            assert!(!page.has_text(&code), "{}", page.describe());
            assert_eq!(chat.status().await["state"], "pending");
        }
        if confirmed {
            chat.auth(handing_over(&code)).await.ok();
            assert_eq!(chat.status().await["state"], "connected");
        } else {
            app.advance(Duration::from_mins(10));
            app.sweep().await;
            assert_eq!(live_tokens(&app, "alice"), 0);
            assert_eq!(chat.status().await["state"], "not_connected");
        }
    }
    app.finish().await;
}

/// The database is back: nothing hangs, nothing is left at the provider.
async fn assert_ended(mut app: TestApp, chat: Chat) {
    app.sql("ALTER TABLE away RENAME TO connections").await;
    let status = chat.status().await;
    assert_eq!(status["state"], "not_connected");
    assert_eq!(status["problem"]["code"], code::INTERNAL);
    app.advance(Duration::from_hours(2));
    app.sweep().await;
    drop(chat);
    app.stop().await;
    assert_eq!(live_tokens(&app, "alice"), 0, "what nobody uses is given back");
    app.finish().await;
}

#[tokio::test]
async fn a_sign_in_ends_when_the_database_fails_at_the_last_step() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let (link, browser) = (chat.get_url().await, Browser::new());
    let gate = Gate::shut();
    let slow = Fault::once("GET", "/v1/me$", Answer::Hold(gate.clone()));
    app.spotify.world(|world| world.fail(slow));
    let (page, ()) = tokio::join!(app.sign_in(&browser, &link, "alice"), async {
        asked_who_it_is(&app, 1).await;
        app.sql("ALTER TABLE connections RENAME TO away").await;
        gate.open();
    });
    assert!(page.has_text("Not connected"), "{}", page.describe());
    assert_ended(app, chat).await;
}

#[tokio::test]
async fn a_code_given_while_the_database_fails_ends_the_sign_in() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let code = code_on(&pending(&app, &chat, "alice").await);
    app.sql("ALTER TABLE connections RENAME TO away").await;
    assert_eq!(chat.auth(handing_over(&code)).await.code(), code::INTERNAL);
    assert_ended(app, chat).await;
}

#[tokio::test]
async fn a_client_that_sends_half_a_message_does_not_hold_a_shutdown() {
    let mut app = TestApp::start().await;
    let address = app.url.trim_start_matches("http://").to_owned();
    let mut client = TcpStream::connect(&address).unwrap();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: 1000\r\n\r\n{{"
    );
    client.write_all(head.as_bytes()).unwrap();
    // The server takes connections in turn: when this one is answered, that one is taken.
    app.chat().await.end().await;
    tokio::time::timeout(Duration::from_secs(25), app.stop()).await.unwrap();
    drop(client);
    app.finish().await;
}

#[tokio::test]
async fn a_server_that_others_might_reach_is_not_served_without_sign_in() {
    let app = TestApp::start().await;
    let other = App::builder(app.config()).clock(app.clock.clone()).build().await.unwrap();
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    // Were it served, it would stop at once, and well.
    let refused = other.serve(listener, async {}).await.unwrap_err().to_string();
    assert!(refused.contains("access.allow"), "{refused}");
    app.finish().await;
}

#[tokio::test]
async fn what_is_long_dead_can_be_disconnected() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.spotify.world(|world| world.remove_apps_of("alice"));
    assert_eq!(chat.call("spotify_now", json!({})).await.code(), code::NEEDS_RECONNECT);
    app.advance(Duration::from_hours(25));
    app.sweep().await;
    let told = chat.auth(json!({"action": "revoke"})).await.ok();
    assert_eq!(told.data["revoked_remotely"], "no");
    assert_eq!(told.data["deleted"], true);
    assert_eq!(app.spotify.count("POST", "/oauth2/revoke/v1"), 0);
    app.finish().await;
}

/// A person who has pressed the button, and what Spotify shows them.
async fn at_spotify(link: &str) -> (Browser, Page) {
    let browser = Browser::new();
    let page = browser.get(link).await;
    let page = browser.submit(&page, "Continue to Spotify", &[]).await;
    (browser, page)
}

#[tokio::test]
async fn an_assistant_that_chats_does_not_end_a_sign_in_under_way() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let (browser, spotify) = at_spotify(&chat.get_url().await).await;
    let unfinished = format!("{}/callback/spotify?state=guessed", app.url);
    for chatter in ["I am done!", "K7QM-2X9D", " ", "done", "It all went well.", &unfinished] {
        let told = chat.auth(handing_over(chatter)).await;
        assert_eq!(told.code(), code::CODE_INVALID, "{chatter}");
    }
    assert_eq!(app.spotify.count("POST", "/api/token"), 0);
    let page = app.spotify.sign_in(&browser, spotify, "alice").await;
    assert!(page.has_text("Spotify is connected"), "{}", page.describe());
    app.finish().await;
}

#[tokio::test]
async fn an_assistant_that_gives_the_link_back_does_not_end_a_sign_in_under_way() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let link = chat.get_url().await;
    let (browser, spotify) = at_spotify(&link).await;
    assert_eq!(chat.auth(handing_over(&link)).await.code(), code::CODE_INVALID);
    assert_eq!(app.spotify.count("POST", "/api/token"), 0, "a ticket is nothing for Spotify");
    let page = app.spotify.sign_in(&browser, spotify, "alice").await;
    assert!(page.has_text("Spotify is connected"), "{}", page.describe());
    app.finish().await;
}

#[tokio::test]
async fn an_account_name_is_shown_without_what_hides_or_turns_letters() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let odd = "Alice\u{202e} \u{200b}Exam\u{2066}ple\u{feff}";
    app.spotify.world(|world| world.person("alice").display_name = odd.to_owned());
    let page = app.sign_in(&Browser::new(), &chat.get_url().await, "alice").await;
    assert!(page.has_text("The account Alice Example is connected"), "{}", page.describe());
    assert!(!page.body.contains(['\u{202e}', '\u{200b}', '\u{2066}', '\u{feff}']));
    assert_eq!(chat.status().await["account"]["name"], "Alice Example");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_first_starts_with_keys_of_their_own_one_wins() {
    let mut app = TestApp::start().await;
    app.stop().await;
    for _ in 0..10 {
        app.sql("DELETE FROM vault_keys").await;
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let start = async |folder: &tempfile::TempDir| {
            let mut config: Config = app.config();
            let file = format!("sqlite:{}", app.data_dir().join("stagepass.db").display());
            config.database_url.get_or_insert(file.into());
            folder.path().clone_into(&mut config.data_dir);
            let db = Db::open(config.database_url.as_ref(), &config.data_dir).await.unwrap();
            vault::unlock(&config, &db, &app.clock).await.map(|_| ())
        };
        let [one, other] = &folders;
        let (first, second) = tokio::join!(start(one), start(other));
        let (winner, loser, refusal) = match (first, second) {
            (Ok(()), Err(refusal)) => (one, other, refusal),
            (Err(refusal), Ok(())) => (other, one, refusal),
            both => panic!("one of them wins: {both:?}"),
        };
        assert!(start(winner).await.is_ok() && start(loser).await.is_err());
        let UnlockError::WrongKey { key_id, .. } = &refusal else { panic!("{refusal}") };
        assert!(refusal.to_string().contains(key_id.as_str()), "{refusal}");
        let named = format!("SELECT count(*) FROM vault_keys WHERE key_id = '{key_id}'");
        assert_eq!(app.count(&named).await, 1);
        assert_eq!(app.count("SELECT count(*) FROM vault_keys").await, 1);
    }
    app.finish().await;
}
