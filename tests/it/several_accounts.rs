//! A person with two accounts of one provider, and the words that they go by.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use stagepass_kit::{Connections, Identity, Realm, code};
use stagepass_standin::{Browser, Page};
use tokio_util::task::TaskTracker;

use crate::harness::{Chat, TestApp, Told, code_on};

/// What Spotify calls their accounts.
const ALICE: &str = "yeE6RsXcNOPmeMjvqPVStN";
const BOB: &str = "KiaEdFrRgSnRFsTHsDDDXh";

/// Connects `who` under `label`, later than whoever was connected before.
async fn connect(app: &TestApp, chat: &Chat, who: &str, label: Option<&str>) -> Page {
    app.advance(Duration::from_mins(1));
    let page = app.sign_in(&Browser::new(), &link(chat, label).await, who).await;
    assert!(page.has_text("Spotify is connected"), "{}", page.describe());
    page
}

async fn link(chat: &Chat, label: Option<&str>) -> String {
    let told = chat.auth(json!({"action": "get_url", "account": label})).await.ok();
    told.data["url"].as_str().unwrap().to_owned()
}

/// Alice, who is called work, and bob.
async fn both(app: &TestApp) -> Chat {
    let chat = app.chat().await;
    connect(app, &chat, "alice", Some("work")).await;
    connect(app, &chat, "bob", None).await;
    chat
}

async fn now(chat: &Chat, account: Option<&str>) -> Told {
    chat.call("spotify_now", json!({"account": account})).await
}

/// Whom Spotify takes the caller for.
async fn whose(app: &TestApp, chat: &Chat, account: Option<&str>) -> String {
    let told = now(chat, account).await.ok();
    let subject = app.spotify.requests().last().unwrap().subject.clone().unwrap();
    // What is said is what was done.
    if let Some(id) = told.meta["io.stagepass/account"]["id"].as_str() {
        assert_eq!(id, if subject == "alice" { ALICE } else { BOB });
    }
    subject
}

async fn rows(chat: &Chat) -> Vec<Value> {
    let told = chat.auth(json!({"action": "status"})).await.ok();
    told.data["providers"].as_array().unwrap().clone()
}

/// The labels of alice's and bob's accounts.
async fn labels(chat: &Chat) -> [Option<String>; 2] {
    let rows = rows(chat).await;
    ["Alice Example", "Bob Example"].map(|name| {
        let row = rows.iter().find(|row| row["account"]["name"] == name);
        row?["account"]["label"].as_str().map(str::to_owned)
    })
}

#[tokio::test]
async fn the_answer_says_which_of_two_accounts_was_used() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let page = connect(&app, &chat, "alice", Some("  work\u{200b} ")).await;
    assert!(page.has_text("You call it work."), "{}", page.describe());
    let alone = now(&chat, None).await.ok();
    assert!(!alone.text.contains("Account:"), "{}", alone.text);
    assert!(alone.meta.get("io.stagepass/account").is_none(), "{}", alone.meta);

    connect(&app, &chat, "bob", None).await;
    let told = now(&chat, None).await.ok();
    assert!(told.text.ends_with("\nAccount: work (Alice Example)"), "{}", told.text);
    let used = json!({"id": ALICE, "name": "Alice Example", "label": "work"});
    assert_eq!(told.meta["io.stagepass/account"], used);
    assert_eq!(told.data, alone.data, "the data keep to their schema");
    let told = now(&chat, Some(BOB)).await.ok();
    assert!(told.text.ends_with("\nAccount: Bob Example"), "{}", told.text);
    app.finish().await;
}

#[tokio::test]
async fn an_account_is_chosen_by_label_name_or_id() {
    let app = TestApp::start().await;
    let chat = both(&app).await;
    assert_eq!(whose(&app, &chat, None).await, "alice", "the first one connected");
    for (word, who) in [
        ("work", "alice"),
        ("WORK", "alice"),
        (ALICE, "alice"),
        ("alice example", "alice"),
        ("Bob Example", "bob"),
        (BOB, "bob"),
    ] {
        assert_eq!(whose(&app, &chat, Some(word)).await, who, "{word}");
    }
    for word in ["nobody", "Example", "alice", "' OR 1=1", "local::owner"] {
        let told = now(&chat, Some(word)).await;
        assert_eq!(told.code(), code::INVALID_ARGUMENT);
        assert!(told.text.contains(r#""work", "Bob Example""#), "{}", told.text);
        assert!(!told.text.contains("owner"), "a stranger's words aren't repeated: {}", told.text);
    }
    let told = chat.call("spotify_now", json!({"account": 1})).await;
    assert_eq!(told.code(), code::INVALID_ARGUMENT);
    app.finish().await;
}

#[tokio::test]
async fn with_nothing_connected_a_chosen_account_is_not_connected() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    assert_eq!(now(&chat, Some("work")).await.code(), code::NOT_CONNECTED);
    app.finish().await;
}

#[tokio::test]
async fn status_shows_labels_and_revoke_takes_them() {
    let app = TestApp::start().await;
    let chat = both(&app).await;
    let told = chat.auth(json!({"action": "status"})).await.ok();
    assert!(told.text.contains("work (Alice Example), used by the tools"), "{}", told.text);
    assert_eq!(labels(&chat).await, [Some("work".to_owned()), None]);

    let told = chat.auth(json!({"action": "revoke"})).await;
    assert!(told.text.contains(r#""work", "Bob Example""#), "{}", told.text);
    chat.auth(json!({"action": "revoke", "account": "Work"})).await.ok();
    assert_eq!(rows(&chat).await.len(), 1);
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("alice")), 0);
    assert_eq!(now(&chat, Some("work")).await.code(), code::INVALID_ARGUMENT);
    assert_eq!(whose(&app, &chat, None).await, "bob");
    let told = now(&chat, None).await.ok();
    assert!(!told.text.contains("Account:"), "{}", told.text);
    app.finish().await;
}

#[tokio::test]
async fn signing_in_again_changes_a_label_only_where_one_is_given() {
    let app = TestApp::start().await;
    let chat = both(&app).await;
    connect(&app, &chat, "alice", None).await;
    assert_eq!(labels(&chat).await, [Some("work".to_owned()), None]);
    assert_eq!(whose(&app, &chat, Some("work")).await, "alice");
    connect(&app, &chat, "alice", Some("Office")).await;
    connect(&app, &chat, "bob", Some("work")).await;
    assert_eq!(labels(&chat).await, [Some("Office".to_owned()), Some("work".to_owned())]);
    assert_eq!(whose(&app, &chat, Some("work")).await, "bob", "no memory of whose it was");
    assert_eq!(whose(&app, &chat, Some("office")).await, "alice");
    assert_eq!(rows(&chat).await.len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_label_that_is_taken_or_can_not_be_seen_is_refused_at_once() {
    let app = TestApp::start().await;
    let chat = both(&app).await;
    let long = "x".repeat(61);
    for label in ["work", "WORK ", " ", "\u{200b}", &long] {
        let told = chat.auth(json!({"action": "get_url", "account": label})).await;
        assert_eq!(told.code(), code::INVALID_ARGUMENT, "{label}");
    }
    let told = chat.auth(json!({"action": "get_url", "account": "Work"})).await;
    assert!(told.text.contains("Alice Example"), "{}", told.text);
    link(&chat, Some(&"ü".repeat(60))).await;
    app.finish().await;
}

#[tokio::test]
async fn the_label_of_an_account_that_has_to_be_connected_again_may_be_given() {
    let app = TestApp::start().await;
    let chat = both(&app).await;
    app.spotify.world(|world| world.remove_apps_of("alice"));
    assert_eq!(now(&chat, Some("work")).await.code(), code::NEEDS_RECONNECT);
    let renewed = link(&chat, Some("work")).await;
    app.sign_in(&Browser::new(), &renewed, "alice").await;
    assert_eq!(labels(&chat).await, [Some("work".to_owned()), None]);
    assert_eq!(whose(&app, &chat, Some("work")).await, "alice");
    app.finish().await;
}

#[tokio::test]
async fn an_account_that_turns_out_to_be_another_does_not_take_its_label() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    connect(&app, &chat, "alice", Some("work")).await;
    app.spotify.world(|world| world.remove_apps_of("alice"));
    assert_eq!(now(&chat, None).await.code(), code::NEEDS_RECONNECT);
    let page = connect(&app, &chat, "bob", Some("work")).await;
    assert!(page.has_text("It isn't called work"), "{}", page.describe());
    assert_eq!(labels(&chat).await, [Some("work".to_owned()), None]);
    let told = now(&chat, Some("work")).await;
    assert_eq!(told.code(), code::NEEDS_RECONNECT, "never bob: {told:?}");

    // The name of another account is no label, either; and the chat hears of it.
    app.advance(Duration::from_mins(1));
    let lost = Browser::new().stop_at(format!("{}/callback", app.url));
    let lost = app.sign_in(&lost, &link(&chat, Some("bob example")).await, "alice").await.url;
    let code = code_on(&Browser::new().get(&lost).await);
    let told = chat.auth(json!({"action": "handle_callback", "code": code})).await.ok();
    assert!(told.text.contains("It isn't called \"bob example\""), "{}", told.text);
    assert_eq!(told.data["account"]["label"], "work", "it keeps the one it had");
    app.finish().await;
}

#[tokio::test]
async fn where_the_first_account_is_dead_the_next_is_used_and_named() {
    let app = TestApp::start().await;
    let chat = both(&app).await;
    assert_eq!(whose(&app, &chat, None).await, "alice");
    app.spotify.world(|world| world.remove_apps_of("alice"));
    let told = now(&chat, None).await;
    assert_eq!(told.code(), code::NEEDS_RECONNECT);
    assert!(told.text.ends_with("\nAccount: work (Alice Example)"), "{}", told.text);
    let told = now(&chat, None).await.ok();
    assert!(told.text.ends_with("\nAccount: Bob Example"), "{}", told.text);
    for _ in 0..3 {
        let told = now(&chat, Some("work")).await;
        assert_eq!(told.code(), code::NEEDS_RECONNECT, "whoever is chosen is not replaced");
        assert_eq!(told.meta["io.stagepass/account"]["id"], ALICE);
        assert_eq!(whose(&app, &chat, None).await, "bob");
    }
    app.finish().await;
}

#[tokio::test]
async fn the_same_label_means_another_account_to_another_person() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    connect(&app, &chat, "bob", Some("work")).await;
    let bob = Identity::new(Realm::Chat, "band", "bob");
    app.sql(&format!("UPDATE connections SET identity = '{bob}'")).await;
    connect(&app, &chat, "alice", Some("work")).await;
    let (db, vault) = app.vault(&TaskTracker::new()).await;
    for _ in ["cold", "warm"] {
        for (who, id) in [(&Identity::local(), ALICE), (&bob, BOB)] {
            for account in [Some("work"), Some("WORK"), None] {
                let token = vault.access_token(who, "spotify", account).await.unwrap();
                assert_eq!(token.account().id, id);
            }
        }
        let foreign = vault.access_token(&bob, "spotify", Some(ALICE)).await.unwrap_err();
        assert_eq!(foreign.code(), code::INVALID_ARGUMENT);
        assert!(!format!("{foreign:?}").contains("Alice"), "nobody hears of others' accounts");
    }
    // Whoever holds a token of another's doesn't get the next one for it.
    let bobs = vault.access_token(&bob, "spotify", None).await.unwrap();
    let stolen = vault.renewed_token(&Identity::local(), "spotify", &bobs).await.unwrap_err();
    assert_eq!(stolen.code(), code::NOT_CONNECTED);
    db.close().await;
    app.finish().await;
}

#[tokio::test]
async fn no_account_poses_as_another() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    connect(&app, &chat, "bob", None).await;
    connect(&app, &chat, "alice", Some("work")).await;
    // Whoever has an account calls it as they like.
    app.spotify.world(|world| world.person("bob").display_name = "work".to_owned());
    connect(&app, &chat, "bob", None).await;
    // Whichever of them is warm.
    for order in [[BOB, "work"], ["work", BOB]] {
        for word in order {
            let who = if word == "work" { "alice" } else { "bob" };
            assert_eq!(whose(&app, &chat, Some(word)).await, who);
        }
    }
    chat.auth(json!({"action": "revoke", "account": "work"})).await.ok();
    assert_eq!(rows(&chat).await.len(), 1);
    assert_eq!(whose(&app, &chat, Some("work")).await, "bob", "alone it goes by its name");
    app.finish().await;
}

#[tokio::test]
async fn warm_calls_with_a_choice_ask_no_database() {
    let app = TestApp::start().await;
    let chat = both(&app).await;
    for account in [Some("work"), Some(BOB)] {
        now(&chat, account).await.ok();
    }
    app.sql("ALTER TABLE connections RENAME TO away").await;
    for (account, who) in
        [(Some("work"), "alice"), (Some("Bob Example"), "bob"), (None, "alice"), (Some(BOB), "bob")]
    {
        assert_eq!(whose(&app, &chat, account).await, who);
    }
    app.sql("ALTER TABLE away RENAME TO connections").await;
    app.finish().await;
}

#[tokio::test]
async fn a_token_rejected_early_is_renewed_for_the_account_that_was_chosen() {
    let app = TestApp::start().await;
    let chat = both(&app).await;
    assert_eq!(whose(&app, &chat, None).await, "alice");
    app.spotify.world(|world| world.reject_access_tokens_of("bob"));
    assert_eq!(whose(&app, &chat, Some(BOB)).await, "bob");
    assert_eq!(app.spotify.refreshes(), 1);
    assert_eq!(app.count("SELECT version FROM connections WHERE account_id LIKE 'Kia%'").await, 2);
    assert_eq!(app.count("SELECT version FROM connections WHERE account_id LIKE 'yeE%'").await, 1);
    // That bob's was renewed a moment ago doesn't keep alice's from it.
    app.spotify.world(|world| world.reject_access_tokens_of("alice"));
    assert_eq!(whose(&app, &chat, Some("work")).await, "alice");
    assert_eq!(app.spotify.refreshes(), 2);
    app.finish().await;
}

#[tokio::test]
async fn two_accounts_are_refreshed_at_once_and_each_once_by_two_replicas() {
    let app = TestApp::start().await;
    let chat = both(&app).await;
    let (other_url, stop) = app.replica().await;
    let other = app.chat_at(&other_url).await;
    app.advance(Duration::from_hours(2));
    app.spotify.world(|world| {
        world.rotate_refresh = true;
        world.token_delay = Some(Duration::from_millis(200));
    });
    let calls = (0..15).flat_map(|_| {
        [(None, ALICE), (Some("work"), ALICE), (Some(BOB), BOB)]
            .into_iter()
            .flat_map(|(account, id)| [&chat, &other].map(|chat| (chat, account, id)))
    });
    let told = join_all(
        calls.map(|(chat, account, id)| async move { (now(chat, account).await.ok(), id) }),
    );
    for (told, id) in told.await {
        assert_eq!(told.meta["io.stagepass/account"]["id"], id);
    }
    assert_eq!(app.spotify.refreshes(), 2);
    other.end().await;
    stop.send(()).unwrap();
    app.finish().await;
}

#[tokio::test]
async fn what_one_replica_calls_otherwise_the_other_soon_does_too() {
    let app = TestApp::start().await;
    let chat = both(&app).await;
    let (other_url, stop) = app.replica().await;
    let other = app.chat_at(&other_url).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(whose(&app, &other, Some("work")).await, "alice");
    connect(&app, &chat, "alice", Some("home")).await;
    connect(&app, &chat, "bob", Some("work")).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(whose(&app, &other, Some("work")).await, "bob");
    chat.auth(json!({"action": "revoke", "account": "home"})).await.ok();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(now(&other, Some("home")).await.code(), code::INVALID_ARGUMENT);
    assert_eq!(whose(&app, &other, None).await, "bob");
    other.end().await;
    stop.send(()).unwrap();
    app.finish().await;
}
