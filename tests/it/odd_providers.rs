//! Providers that answer oddly: no token is lost, nobody is logged out, nothing becomes a storm.

use std::{sync::Mutex, time::Duration};

use futures::future::join_all;
use serde_json::{Value, json};
use stagepass::{
    providers::ProviderClient,
    store::Db,
    telemetry,
    vault::{self, IdleDays, Vault},
};
use stagepass_kit::{Connections, Identity, Realm, code};
use stagepass_standin::{
    Browser,
    spotify::{Answer, Fault, RefreshToken, World},
};
use tokio_util::task::TaskTracker;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

use crate::harness::{Chat, TestApp};

const HOURS: Duration = Duration::from_hours(2);

/// What the tools need.
fn scopes() -> Vec<&'static str> {
    stagepass_spotify::toolset(reqwest::Client::default(), "https://api.spotify.com/v1").scopes()
}

async fn now(chat: &Chat) {
    chat.call("spotify_now", json!({})).await.ok();
}

async fn refused(chat: &Chat) -> String {
    chat.call("spotify_now", json!({})).await.code().to_owned()
}

fn token_fault(app: &TestApp, times: usize, answer: Answer) {
    app.spotify.world(|world| world.fail(Fault::times(times, "POST", "/api/token", answer)));
}

/// The next token answer holds a token of alice's that works, and `odd`.
fn answer_oddly(world: &mut World, odd: &Value) {
    let mut body = json!({"access_token": world.issue_access_token("alice", &scopes())});
    body.as_object_mut().unwrap().extend(odd.as_object().unwrap().clone());
    world.fail(Fault::once("POST", "/api/token", Answer::json(200, &body)));
}

/// The same for a refresh that gives a new refresh token, and kills the old one.
fn rotate_oddly(world: &mut World, odd: &Value) {
    let token = format!("AQ-the-refresh-token-number-{}", world.refresh_tokens.len());
    let old = world.refresh_tokens[0].clone();
    world.kill_refresh_tokens_of("alice");
    let next = RefreshToken { token: token.clone(), revoked: false, ..old };
    world.refresh_tokens.push(next);
    let mut odd = odd.clone();
    odd["refresh_token"] = json!(token);
    answer_oddly(world, &odd);
}

#[tokio::test]
async fn a_rotated_token_is_kept_however_its_lifetime_is_written() {
    let odd = [
        json!({"expires_in": u64::MAX}),
        json!({"expires_in": 1e300}),
        json!({"expires_in": "3600"}),
        json!({"expires_in": 3600.0}),
        json!({"expires_in": -1}),
        json!({"expires_in": null, "error": null}),
        json!({"error": ""}),
    ];
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    for (done, odd) in odd.iter().enumerate() {
        app.advance(HOURS);
        app.spotify.world(|world| rotate_oddly(world, odd));
        now(&chat).await;
        assert_eq!(app.spotify.refreshes(), 2 * done + 1, "{odd}");
        // The token is dead, and whether we know or not: the new refresh token helps.
        app.advance(HOURS);
        now(&chat).await;
        assert_eq!(app.spotify.refreshes(), 2 * done + 2, "{odd}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_sign_in_succeeds_however_the_lifetime_is_written() {
    let sense = [json!(u64::MAX), json!("3600"), json!(3600.0)];
    let none = [json!(-1), json!("soon"), json!(null)];
    for odd in sense.iter().chain(&none) {
        let app = TestApp::start().await;
        let chat = app.chat().await;
        let answer = json!({"expires_in": odd, "refresh_token": "", "error": ""});
        app.spotify.world(|world| answer_oddly(world, &answer));
        app.connect_alice(&chat).await;
        now(&chat).await;
        assert_eq!(app.spotify.refreshes(), 0, "{odd}");
        let status = chat.status().await;
        assert_eq!(status["state"], "connected", "{odd}");
        assert_eq!(status["access_expires_at"].is_string(), sense.contains(odd), "{status}");
        app.finish().await;
    }
}

#[tokio::test]
async fn granted_scopes_are_understood_however_they_are_written() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    let all = scopes();
    let scopes = [json!(all), json!(all.join(",")), json!(""), json!(null), json!([])];
    for odd in scopes {
        app.advance(HOURS);
        app.spotify.world(|world| {
            rotate_oddly(world, &json!({"expires_in": 3600, "scope": odd}));
        });
        now(&chat).await;
        assert!(chat.status().await.get("missing_scopes").is_none(), "{odd}");
    }
    // A list of fewer is still a list of fewer.
    app.advance(HOURS);
    app.spotify.world(|world| rotate_oddly(world, &json!({"scope": ["user-read-private"]})));
    assert_eq!(refused(&chat).await, code::MISSING_SCOPE);
    app.finish().await;
}

#[tokio::test]
async fn no_provider_is_left_alone_for_longer_than_five_minutes() {
    let slow_down = |seconds: &str| {
        let wait = vec![("retry-after".to_owned(), seconds.to_owned())];
        Answer::Status(429, "text/plain".to_owned(), String::new(), wait)
    };
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(HOURS);
    for wait in ["18446744073709551615", "18446744073709551616", "86400", "901", "-1", "soon"] {
        let asked = app.spotify.refreshes();
        token_fault(&app, 1, slow_down(wait));
        let told = chat.call("spotify_now", json!({})).await;
        assert!(told.data["retry_after"].as_u64().unwrap() <= 900, "{wait}: {told:?}");
        assert_eq!(app.spotify.refreshes(), asked + 1, "{wait}");
        app.advance(Duration::from_mins(5));
    }
    now(&chat).await;
    app.finish().await;
}

#[tokio::test]
async fn a_provider_that_asks_for_no_pause_gets_a_growing_one() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(HOURS);
    token_fault(&app, 1_000, Answer::TooManyRequests { retry_after: 0, reason: None });
    for _ in 0..10 {
        assert_eq!(refused(&chat).await, code::PROVIDER_UNAVAILABLE);
    }
    assert_eq!(app.spotify.refreshes(), 1);
    for _ in 0..60 {
        app.advance(Duration::from_secs(1));
        refused(&chat).await;
    }
    assert!((3..10).contains(&app.spotify.refreshes()), "{}", app.spotify.refreshes());
    app.finish().await;
}

/// Two people, alice and bob, whose tokens are both due.
struct Two {
    vault: Vault,
    who: [Identity; 2],
}

impl Two {
    async fn of(app: &TestApp) -> Self {
        let chat = app.chat().await;
        for who in ["alice", "bob"] {
            app.sign_in(&Browser::new(), &chat.get_url().await, who).await;
        }
        let bob = Identity::new(Realm::Chat, "band", "bob");
        let is_bob = "WHERE account_name LIKE 'Bob%'";
        app.sql(&format!("UPDATE connections SET identity = '{bob}' {is_bob}")).await;
        app.advance(HOURS);
        let config = app.config();
        let db = Db::open(config.database_url.as_ref(), &config.data_dir).await.unwrap();
        let sealer = vault::unlock(&config, &db, &app.clock).await.unwrap();
        let (id, provider) = config.enabled_providers().next().unwrap();
        let back = config.public_url.join("callback/spotify").unwrap();
        let client = stagepass::http::client().unwrap();
        let client = ProviderClient::new(id, provider, None, back, client, app.clock.clone());
        let (providers, clock) = ([(id.to_owned(), client)].into(), app.clock.clone());
        let vault =
            Vault::new(db, sealer, clock, providers, IdleDays::default(), TaskTracker::new());
        Self { vault, who: [Identity::local(), bob] }
    }

    /// Whether each of them gets a token now, alice first.
    async fn served(&self) -> [bool; 2] {
        let [alice, bob] = &self.who;
        let alice = self.vault.access_token(alice, "spotify", None).await;
        let bob = self.vault.access_token(bob, "spotify", None).await;
        [alice, bob].map(|token| match token {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.code(), code::PROVIDER_UNAVAILABLE);
                false
            }
        })
    }
}

#[tokio::test]
async fn what_a_provider_has_against_one_person_stops_nobody_else() {
    let app = TestApp::start().await;
    let two = Two::of(&app).await;
    token_fault(&app, 1, Answer::json(400, &json!({"error": "invalid_request"})));
    assert_eq!(two.served().await, [false, true]);
    assert_eq!(two.served().await, [false, true]);
    assert_eq!(app.spotify.refreshes(), 2, "alice isn't asked for again at once");
    app.advance(Duration::from_secs(10));
    assert_eq!(two.served().await, [true, true]);
    app.finish().await;
}

/// Everything that is logged on this thread from now on, while the guard lives.
fn listen() -> (&'static Mutex<Vec<u8>>, DefaultGuard) {
    let log: &'static Mutex<_> = Box::leak(Box::default());
    let subscriber = telemetry::subscriber("trace", move || log.make_writer()).unwrap();
    (log, tracing::subscriber::set_default(subscriber))
}

fn heard(log: &Mutex<Vec<u8>>) -> String {
    String::from_utf8(log.lock().unwrap().clone()).unwrap()
}

#[tokio::test]
async fn credentials_of_ours_that_are_refused_stop_everybody_and_the_log_says_so() {
    let app = TestApp::start().await;
    let two = Two::of(&app).await;
    let (log, listening) = listen();
    let body = json!({"error": "invalid_client", "error_description": "told-in-confidence"});
    token_fault(&app, 1, Answer::json(401, &body));
    assert_eq!(two.served().await, [false, false]);
    assert_eq!(app.spotify.refreshes(), 1);
    drop(listening);
    let log = heard(log);
    let line = log.lines().find(|line| line.contains("refuses our client id or secret")).unwrap();
    assert!(line.contains("ERROR") && line.contains("spotify"), "{line}");
    assert!(!log.contains("told-in-confidence"), "{log}");
    app.advance(Duration::from_mins(2));
    assert_eq!(two.served().await, [true, true]);
    app.finish().await;
}

#[tokio::test]
async fn what_a_provider_says_in_prose_is_never_logged_or_told() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(HOURS);
    let (log, listening) = listen();
    // Providers quote what they were sent; the end of the story looks for the real token, too.
    let token = app.spotify.world(|world| world.refresh_tokens[0].token.clone());
    let prose = format!("told-in-confidence: {token}");
    for error in ["invalid_request", "invalid_scope", "server_error", "odd"] {
        let body = json!({"error": error, "error_description": prose, "error_uri": prose});
        token_fault(&app, 1, Answer::json(400, &body));
        assert_eq!(refused(&chat).await, code::PROVIDER_UNAVAILABLE);
        app.advance(Duration::from_mins(2));
        token_fault(&app, 1, Answer::json(400, &body));
        app.sign_in(&Browser::new(), &chat.get_url().await, "alice").await;
    }
    let no = Fault::once("GET", "/v1/me$", Answer::text(403, &prose));
    app.spotify.world(|world| world.fail(no));
    app.sign_in(&Browser::new(), &chat.get_url().await, "alice").await;
    drop(listening);
    let log = heard(log);
    assert!(log.contains("refresh refused"), "{log}");
    assert!(!log.contains("told-in-confidence"), "{log}");
    now(&chat).await;
    app.finish().await;
}

#[tokio::test]
async fn a_token_that_lives_shortly_is_used_for_most_of_its_life() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.spotify.world(|world| world.access_token_lifetime_s = 300);
    app.connect_alice(&chat).await;
    for refreshes in 0..3 {
        for _ in 0..5 {
            now(&chat).await;
            assert_eq!(app.spotify.refreshes(), refreshes);
        }
        app.advance(Duration::from_secs(239));
        now(&chat).await;
        assert_eq!(app.spotify.refreshes(), refreshes);
        app.advance(Duration::from_secs(1));
    }
    app.finish().await;
}

#[tokio::test]
async fn a_connection_without_a_refresh_token_is_used_to_its_end() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.spotify.world(|world| answer_oddly(world, &json!({"expires_in": 3600})));
    app.connect_alice(&chat).await;
    // Real time goes on as well.
    for passed in [3300, 270] {
        app.advance(Duration::from_secs(passed));
        now(&chat).await;
        assert_eq!(chat.status().await["state"], "connected");
    }
    app.advance(Duration::from_secs(30));
    assert_eq!(refused(&chat).await, code::NEEDS_RECONNECT);
    assert_eq!(app.spotify.refreshes(), 0);
    app.finish().await;
}

#[tokio::test]
async fn a_new_sign_in_without_a_refresh_token_keeps_the_old_one() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(Duration::from_mins(1));
    app.spotify.world(|world| answer_oddly(world, &json!({"expires_in": 3600})));
    app.connect_alice(&chat).await;
    now(&chat).await;
    assert_eq!(app.spotify.refreshes(), 0);
    app.advance(HOURS);
    now(&chat).await;
    assert_eq!(app.spotify.refreshes(), 1);
    app.finish().await;
}

#[tokio::test]
async fn an_api_that_rejects_every_token_causes_one_refresh() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    let no = Fault::times(40, "GET", "/v1/me/player", Answer::text(401, "no"));
    app.spotify.world(|world| world.fail(no));
    join_all((0..5).map(|_| refused(&chat))).await;
    for _ in 0..5 {
        assert_eq!(refused(&chat).await, code::PROVIDER_UNAVAILABLE);
    }
    assert_eq!(app.spotify.refreshes(), 1);
    app.spotify.world(|world| world.faults.clear());
    now(&chat).await;
    assert_eq!(app.spotify.refreshes(), 1, "the token was good all along");
    app.finish().await;
}

#[tokio::test]
async fn a_token_that_is_due_and_lives_is_served_while_the_database_is_away() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    now(&chat).await;
    app.advance(Duration::from_mins(56));
    app.sql("ALTER TABLE connections RENAME TO away").await;
    now(&chat).await;
    app.advance(Duration::from_mins(4));
    assert_eq!(refused(&chat).await, code::INTERNAL, "a dead token is no better than none");
    app.sql("ALTER TABLE away RENAME TO connections").await;
    now(&chat).await;
    app.finish().await;
}

#[tokio::test]
async fn a_sign_in_whose_renewal_was_lost_on_the_way_says_so() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(HOURS);
    app.spotify.world(|world| world.rotate_refresh = true);
    token_fault(&app, 1, Answer::DropAfter);
    assert_eq!(refused(&chat).await, code::PROVIDER_UNAVAILABLE);
    app.advance(Duration::from_secs(5));
    let told = chat.call("spotify_now", json!({})).await;
    assert_eq!(told.code(), code::NEEDS_RECONNECT);
    assert!(told.text.contains("interrupted"), "{}", told.text);
    app.finish().await;
}

#[tokio::test]
async fn a_hiccup_while_asking_whose_account_it_is_ends_nothing() {
    for hiccup in [Answer::text(503, "busy"), Answer::text(401, "no"), Answer::Drop] {
        let app = TestApp::start().await;
        let chat = app.chat().await;
        app.spotify.world(|world| world.fail(Fault::once("GET", "/v1/me$", hiccup)));
        app.connect_alice(&chat).await;
        assert_eq!(app.spotify.count("POST", "/api/token"), 1);
        app.finish().await;
    }
}
