//! Chat users who have gone: whoever has their number next must not find their accounts.

use std::time::Duration;

use serde_json::json;
use stagepass::{store::Db, vault::Vault};
use stagepass_kit::{Connections, Identity, Realm, ToolError, code};
use stagepass_standin::Browser;
use tokio_util::task::TaskTracker;

use crate::harness::{Bot as SpeakingBot, Setup, TestApp, code_on};

const DAY: Duration = Duration::from_hours(24);

/// The vault as the server of a bot uses it, and a chat user of that bot who has connected alice's
/// account.
struct Bot {
    app: TestApp,
    db: Db,
    vault: Vault,
    user: Identity,
}

impl Bot {
    async fn start() -> Self {
        Self::start_with(Vec::new()).await
    }

    async fn start_with(variables: Vec<(&'static str, String)>) -> Self {
        let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
        let user = Identity::new(Realm::Chat, "band", "whatsapp:+4915112345678");
        connect(&app, "alice", &user).await;
        let (db, vault) = app.vault(&TaskTracker::new()).await;
        Self { app, db, vault, user }
    }

    async fn call(&self) -> Result<(), ToolError> {
        self.call_as(&self.user).await
    }

    async fn call_as(&self, user: &Identity) -> Result<(), ToolError> {
        self.vault.access_token(user, "spotify", None).await.map(drop)
    }

    fn rest(&self, days: u32) {
        self.app.advance(DAY * days);
    }

    async fn assert_idle(&self) {
        let error = self.call().await.unwrap_err();
        assert_eq!(error.code(), code::NEEDS_RECONNECT);
        let status = self.vault.connections(&self.user).await.unwrap();
        let why = status[0].dead_reason.as_deref().unwrap();
        assert!(why.contains("Nobody used it for"), "{why}");
        assert!(error.message().contains(why), "{error:?}");
    }

    /// A token that never ends, as some providers give them.
    async fn with_a_token_for_ever(&self) {
        let endless = "UPDATE connections SET access_expires_at = NULL, sealed_refresh = NULL";
        self.app.sql(endless).await;
    }

    fn live_tokens(&self) -> usize {
        self.app.spotify.world(|world| world.live_refresh_tokens_of("alice"))
    }

    async fn finish(self) {
        self.db.close().await;
        self.app.finish().await;
    }
}

/// Connects an account of `who` to `user`.
async fn connect(app: &TestApp, who: &str, user: &Identity) {
    // There is no bot here: the owner signs in, for the other.
    let (owner, chat) = (Identity::local(), app.chat().await);
    for (from, to) in [(user, &owner), (&owner, user)] {
        let sql = format!("UPDATE connections SET identity = '{to}' WHERE identity = '{from}'");
        app.sql(&sql).await;
        if from == user {
            let page = app.sign_in(&Browser::new(), &chat.get_url().await, who).await;
            assert!(page.has_text("Spotify is connected"), "{}", page.describe());
        }
    }
}

#[tokio::test]
async fn after_eighty_nine_days_a_chat_user_is_still_known() {
    let bot = Bot::start().await;
    bot.rest(89);
    bot.app.sweep().await;
    bot.call().await.unwrap();
    assert_eq!(bot.live_tokens(), 1);
    bot.finish().await;
}

#[tokio::test]
async fn after_ninety_one_days_a_chat_user_has_to_sign_in_again() {
    let bot = Bot::start().await;
    bot.call().await.unwrap();
    bot.rest(91);
    bot.assert_idle().await;
    let error = bot.call().await.unwrap_err();
    assert!(error.message().contains("90 days, and chat accounts are handed on"), "{error:?}");
    assert!(error.next_step().contains("get_url"));
    assert_eq!(bot.app.spotify.refreshes(), 0, "nothing goes out");
    connect(&bot.app, "alice", &bot.user).await;
    bot.call().await.unwrap();
    bot.rest(89);
    bot.call().await.unwrap();
    bot.finish().await;
}

#[tokio::test]
async fn whoever_uses_an_account_keeps_it() {
    let bot = Bot::start().await;
    for _ in 0..3 {
        bot.rest(50);
        bot.app.sweep().await;
        bot.call().await.unwrap();
    }
    bot.rest(91);
    bot.assert_idle().await;
    bot.finish().await;
}

#[tokio::test]
async fn a_use_is_noted_once_an_hour() {
    let bot = Bot::start().await;
    bot.with_a_token_for_ever().await;
    let noted = async |since: chrono::DateTime<chrono::Utc>| {
        let row = bot.db.connections_of(&bot.user.to_string()).await.unwrap().remove(0);
        row.used_at == Some(since)
    };
    bot.call().await.unwrap();
    let unnoted = "SELECT count(*) FROM connections WHERE used_at IS NULL";
    assert_eq!(bot.app.count(unnoted).await, 1, "signing in counts");
    bot.app.advance(Duration::from_hours(1));
    let first = bot.app.clock.now();
    bot.call().await.unwrap();
    assert!(noted(first).await);
    bot.app.advance(Duration::from_mins(59));
    bot.call().await.unwrap();
    let (db, other) = bot.app.vault(&TaskTracker::new()).await;
    other.access_token(&bot.user, "spotify", None).await.unwrap();
    assert!(noted(first).await, "not by another process, either");
    bot.app.advance(Duration::from_mins(1));
    let second = bot.app.clock.now();
    bot.call().await.unwrap();
    assert!(noted(second).await);
    db.close().await;
    bot.finish().await;
}

#[tokio::test]
async fn a_token_that_never_ends_is_used_and_rests_like_any_other() {
    let bot = Bot::start().await;
    bot.with_a_token_for_ever().await;
    for _ in 0..100 {
        bot.call().await.unwrap();
        bot.rest(1);
    }
    bot.call().await.unwrap();
    bot.rest(91);
    bot.assert_idle().await;
    bot.finish().await;
}

#[tokio::test]
async fn a_warm_token_does_not_outlive_the_limit_while_the_database_is_away() {
    let bot = Bot::start().await;
    bot.with_a_token_for_ever().await;
    bot.call().await.unwrap();
    bot.app.sql("ALTER TABLE connections RENAME TO away").await;
    bot.rest(89);
    bot.call().await.unwrap();
    bot.rest(2);
    assert_eq!(bot.call().await.unwrap_err().code(), code::INTERNAL);
    bot.app.sql("ALTER TABLE away RENAME TO connections").await;
    bot.assert_idle().await;
    bot.finish().await;
}

#[tokio::test]
async fn every_bot_has_a_limit_of_its_own_and_may_have_none() {
    let bot = Bot::start_with(vec![
        ("CHAT__BAND__IDLE_DAYS", "30".to_owned()),
        ("CHAT__RADIO__IDLE_DAYS", "0".to_owned()),
    ])
    .await;
    let [radio, tv] = ["radio", "tv"].map(|client| Identity::new(Realm::Chat, client, "bob"));
    let owner = Identity::local();
    for user in [&radio, &tv, &owner] {
        connect(&bot.app, "bob", user).await;
    }
    bot.rest(31);
    bot.app.sweep().await;
    bot.assert_idle().await;
    bot.call_as(&tv).await.unwrap();
    bot.rest(91);
    bot.app.sweep().await;
    assert_eq!(bot.call_as(&tv).await.unwrap_err().code(), code::NEEDS_RECONNECT);
    for user in [&radio, &owner] {
        bot.call_as(user).await.unwrap();
    }
    bot.finish().await;
}

#[tokio::test]
async fn what_nobody_uses_is_given_back_and_emptied() {
    let bot = Bot::start().await;
    bot.rest(91);
    bot.app.sweep().await;
    assert_eq!(bot.live_tokens(), 0, "Spotify is told");
    bot.assert_idle().await;
    bot.app.sweep().await;
    assert_eq!(bot.app.spotify.count("POST", "/oauth2/revoke/v1"), 1, "once");
    let emptied = "SELECT count(*) FROM connections WHERE sealed_refresh IS NULL";
    assert_eq!(bot.app.count(emptied).await, 0);
    bot.app.advance(Duration::from_hours(25));
    bot.app.sweep().await;
    assert_eq!(bot.app.count(emptied).await, 1);
    bot.assert_idle().await;
    connect(&bot.app, "alice", &bot.user).await;
    bot.call().await.unwrap();
    bot.finish().await;
}

#[tokio::test]
async fn what_somebody_else_still_uses_is_not_given_back() {
    let bot = Bot::start().await;
    bot.rest(80);
    let chat = bot.app.chat().await;
    bot.app.connect_alice(&chat).await;
    bot.rest(11);
    bot.app.sweep().await;
    bot.assert_idle().await;
    assert_eq!(bot.app.spotify.count("POST", "/oauth2/revoke/v1"), 0);
    chat.call("spotify_now", json!({})).await.ok();
    bot.finish().await;
}

#[tokio::test]
async fn only_the_account_that_nobody_uses_rests() {
    let bot = Bot::start().await;
    bot.rest(1);
    connect(&bot.app, "bob", &bot.user).await;
    let call = async |account| bot.vault.access_token(&bot.user, "spotify", account).await;
    for _ in 0..2 {
        bot.rest(46);
        call(Some("Bob Example")).await.unwrap();
    }
    let error = call(Some("Alice Example")).await.unwrap_err();
    assert_eq!(error.code(), code::NEEDS_RECONNECT);
    assert_eq!(call(None).await.unwrap().account().name, "Bob Example");
    bot.finish().await;
}

#[tokio::test]
async fn whoever_has_the_number_next_is_told_to_sign_in() {
    let app = TestApp::start_for("owner").await;
    let bot = SpeakingBot::add(&app, "band").await;
    let chat = bot.chat(&app, "whatsapp:+4915112345678").await;
    let page = app.sign_in(&Browser::new(), &chat.get_url().await, "alice").await;
    let spoken = code_on(&page);
    chat.auth(json!({"action": "handle_callback", "code": spoken})).await.ok();
    // A bot's own token lives an hour.
    app.advance(DAY * 60);
    let chat = SpeakingBot::add(&app, "band").await.chat(&app, "whatsapp:+4915112345678").await;
    chat.call("spotify_now", json!({})).await.ok();
    app.advance(DAY * 91);
    let chat = SpeakingBot::add(&app, "band").await.chat(&app, "whatsapp:+4915112345678").await;
    let told = chat.call("spotify_now", json!({})).await;
    assert_eq!(told.code(), code::NEEDS_RECONNECT);
    assert!(told.text.contains("Nobody used it for 90 days"), "{}", told.text);
    let status = chat.status().await;
    assert_eq!(status["state"], "needs_reconnect");
    assert!(status["problem"]["message"].as_str().unwrap().contains("90 days"), "{status}");
    chat.end().await;
    app.finish().await;
}
