//! People, their sessions and consents, and how all of it ends.

use std::time::Duration;

use futures::future::join_all;
use stagepass::store::{
    AuthorizationRow, CodeRow, Db, Epoch, GrantRow, SessionRow, Stage, UserRow,
};

use super::{Store, at, seen};

fn user(identity: &str) -> UserRow {
    UserRow {
        identity: identity.to_owned(),
        provider: "spotify".to_owned(),
        account_id: format!("account of {identity}"),
        account_name: "A. Example".to_owned(),
        email: Some("a@example.org".to_owned()),
        owner: None,
        created_at: at(0),
        signed_in_at: at(1),
    }
}

fn session(id: &str, identity: &str) -> SessionRow {
    SessionRow {
        id_hash: id.as_bytes().to_vec(),
        identity: identity.to_owned(),
        created_at: at(0),
        expires_at: at(100),
    }
}

/// A consent in the browser `b`, good until 100.
fn consent(id: &str) -> AuthorizationRow {
    AuthorizationRow {
        id: id.to_owned(),
        stage: Stage::Consented,
        browser_hash: b"b".to_vec(),
        sealed_request: vec![0, 1, 255],
        provider: None,
        state_hash: None,
        sealed_verifier: None,
        connects: false,
        claims: false,
        created_at: at(0),
        expires_at: at(100),
    }
}

/// The same on its way to a provider.
fn signing_in(id: &str) -> AuthorizationRow {
    AuthorizationRow {
        stage: Stage::SigningIn,
        provider: Some("spotify".to_owned()),
        state_hash: Some(format!("state of {id}").into_bytes()),
        sealed_verifier: Some(vec![9]),
        connects: true,
        claims: true,
        ..consent(id)
    }
}

pub(super) fn code(hash: &str, identity: &str, client: &str) -> CodeRow {
    CodeRow {
        code_hash: hash.as_bytes().to_vec(),
        identity: identity.to_owned(),
        client_id: client.to_owned(),
        redirect_uri: String::new(),
        code_challenge: String::new(),
        scopes: String::new(),
        resource: String::new(),
        expires_at: at(60),
        used_at: None,
        grant_id: None,
    }
}

pub(super) fn grant(id: &str, identity: &str, client: &str) -> GrantRow {
    GrantRow {
        id: id.to_owned(),
        identity: identity.to_owned(),
        client_id: client.to_owned(),
        scopes: String::new(),
        resource: String::new(),
        created_at: at(0),
        expires_at: at(100),
    }
}

#[tokio::test]
async fn a_person_who_comes_back_keeps_the_first_day_and_the_ownership() {
    let store = Store::open().await;
    let db = &store.db;
    assert!(db.user("alice").await.unwrap().is_none());
    db.save_user(&user("alice")).await.unwrap();
    assert_eq!(seen(db.user("alice").await.unwrap().unwrap()), seen(user("alice")));
    assert!(db.make_owner("alice").await.unwrap());
    let later = UserRow {
        account_name: "Alice".to_owned(),
        email: None,
        created_at: at(50),
        signed_in_at: at(50),
        ..user("alice")
    };
    db.save_user(&later).await.unwrap();
    let kept = UserRow { created_at: at(0), owner: Some(1), ..later };
    assert_eq!(seen(db.user("alice").await.unwrap().unwrap()), seen(kept));
    store.finish().await;
}

#[tokio::test]
async fn a_server_has_one_owner_and_then_no_claim_code() {
    let store = Store::open().await;
    let db = &store.db;
    for code in [b"one", b"two"] {
        db.add_claim(code, at(0)).await.unwrap();
        assert!(db.is_claim(code).await.unwrap());
    }
    assert!(!db.is_claim(b"other").await.unwrap());
    assert!(!db.make_owner("nobody").await.unwrap());
    assert!(!db.has_owner().await.unwrap() && db.is_claim(b"one").await.unwrap());
    db.save_user(&user("alice")).await.unwrap();
    db.save_user(&user("bob")).await.unwrap();
    assert!(db.make_owner("alice").await.unwrap());
    assert!(db.has_owner().await.unwrap());
    assert!(!db.is_claim(b"one").await.unwrap() && !db.is_claim(b"two").await.unwrap());
    assert!(!db.make_owner("bob").await.unwrap());
    assert_eq!(db.user("bob").await.unwrap().unwrap().owner, None);
    store.finish().await;
}

#[tokio::test]
async fn of_many_who_claim_at_once_one_is_the_owner() {
    let store = Store::open().await;
    let other = store.app.db().await;
    for number in 0..10 {
        store.db.save_user(&user(&number.to_string())).await.unwrap();
    }
    let tries = (0..10).map(|number| {
        let db = if number % 2 == 0 { &store.db } else { &other };
        async move { db.make_owner(&number.to_string()).await.unwrap() }
    });
    assert_eq!(join_all(tries).await.into_iter().filter(|made| *made).count(), 1);
    assert_eq!(store.count("SELECT COUNT(*) FROM users WHERE owner = 1").await, 1);
    other.close().await;
    store.finish().await;
}

#[tokio::test]
async fn an_invitation_is_given_and_taken_back_once() {
    let store = Store::open().await;
    let db = &store.db;
    assert!(db.invite("@example.org", at(0)).await.unwrap());
    assert!(db.invite("spotify:1", at(0)).await.unwrap());
    assert!(!db.invite("spotify:1", at(1)).await.unwrap());
    assert_eq!(db.invitations().await.unwrap(), ["@example.org", "spotify:1"]);
    let before = db.epoch(Epoch::Grants).await.unwrap();
    assert!(db.uninvite("spotify:1").await.unwrap());
    assert!(db.epoch(Epoch::Grants).await.unwrap() > before);
    assert!(!db.uninvite("spotify:1").await.unwrap());
    assert_eq!(db.invitations().await.unwrap(), ["@example.org"]);
    store.finish().await;
}

#[tokio::test]
async fn a_session_counts_until_its_time_is_over() {
    let store = Store::open().await;
    let db = &store.db;
    db.add_session(&session("s", "nobody")).await.unwrap_err();
    db.save_user(&user("alice")).await.unwrap();
    for id in ["s", "t", "u"] {
        db.add_session(&session(id, "alice")).await.unwrap();
    }
    let found = db.session(b"s", at(99)).await.unwrap().unwrap();
    assert_eq!(seen(found), seen(session("s", "alice")));
    assert!(db.session(b"s", at(100)).await.unwrap().is_none());
    assert!(db.session(b"other", at(0)).await.unwrap().is_none());
    db.end_session(b"s").await.unwrap();
    assert!(db.session(b"s", at(0)).await.unwrap().is_none());
    assert!(db.session(b"t", at(0)).await.unwrap().is_some());
    db.forget_sessions(at(99)).await.unwrap();
    assert_eq!(store.count("SELECT COUNT(*) FROM sessions").await, 2);
    db.forget_sessions(at(100)).await.unwrap();
    assert_eq!(store.count("SELECT COUNT(*) FROM sessions").await, 0);
    store.finish().await;
}

#[tokio::test]
async fn a_consent_is_given_once_and_goes_on_in_its_browser_and_in_time() {
    let store = Store::open().await;
    let db = &store.db;
    assert!(db.add_authorization(&consent("c")).await.unwrap());
    assert_eq!(seen(db.authorization("c").await.unwrap().unwrap()), seen(consent("c")));
    assert!(!db.add_authorization(&consent("c")).await.unwrap(), "the back button");
    assert!(db.authorization("other").await.unwrap().is_none());

    let elsewhere = AuthorizationRow { browser_hash: b"x".to_vec(), ..signing_in("c") };
    assert!(!db.begin_sign_in(&elsewhere, at(0)).await.unwrap());
    assert!(!db.begin_sign_in(&signing_in("c"), at(100)).await.unwrap());
    assert!(db.begin_sign_in(&signing_in("c"), at(99)).await.unwrap());
    let found = db.authorization_by_state(b"state of c").await.unwrap().unwrap();
    assert_eq!(seen(found), seen(signing_in("c")));
    assert!(db.authorization_by_state(b"state of x").await.unwrap().is_none());

    assert!(!db.end_authorization("c", Stage::Consented, at(0)).await.unwrap());
    assert!(!db.end_authorization("c", Stage::SigningIn, at(100)).await.unwrap());
    assert!(db.end_authorization("c", Stage::SigningIn, at(99)).await.unwrap());
    assert!(!db.end_authorization("c", Stage::SigningIn, at(99)).await.unwrap());
    assert!(!db.begin_sign_in(&signing_in("c"), at(0)).await.unwrap(), "it is done");
    db.forget_authorizations(at(100)).await.unwrap();
    assert!(db.authorization("c").await.unwrap().is_some());
    db.forget_authorizations(at(101)).await.unwrap();
    assert!(db.authorization("c").await.unwrap().is_none());
    store.finish().await;
}

#[tokio::test]
async fn of_many_who_press_or_come_back_at_once_one_goes_on() {
    let store = Store::open().await;
    let other = store.app.db().await;
    let row = consent("c");
    let tries = join_all([&store.db, &other].map(|db| db.add_authorization(&row))).await;
    assert_eq!(tries.into_iter().filter(|done| *done.as_ref().unwrap()).count(), 1);
    assert!(store.db.begin_sign_in(&signing_in("c"), at(0)).await.unwrap());
    let end = |db: Db| async move { db.end_authorization("c", Stage::SigningIn, at(0)).await };
    let ended = join_all([store.db.clone(), other.clone()].map(end)).await;
    assert_eq!(ended.into_iter().filter(|done| *done.as_ref().unwrap()).count(), 1);
    other.close().await;
    store.finish().await;
}

#[tokio::test]
async fn whoevers_access_ends_keeps_no_grant_code_or_session() {
    let store = Store::open().await;
    let db = &store.db;
    for who in ["alice", "bob"] {
        db.save_user(&user(who)).await.unwrap();
        db.add_session(&session(who, who)).await.unwrap();
        db.add_code(&code(who, who, "c")).await.unwrap();
        db.add_grant(&grant(who, who, "c")).await.unwrap();
    }
    let before = db.epoch(Epoch::Grants).await.unwrap();
    db.end_access("alice").await.unwrap();
    assert!(db.epoch(Epoch::Grants).await.unwrap() > before);
    assert!(db.user("alice").await.unwrap().is_some(), "who they are is known");
    assert_eq!(remains(db, "alice").await, (false, false, false));
    assert_eq!(remains(db, "bob").await, (true, true, true));
    store.finish().await;
}

async fn remains(db: &Db, who: &str) -> (bool, bool, bool) {
    (
        db.session(who.as_bytes(), at(0)).await.unwrap().is_some(),
        db.code(who.as_bytes()).await.unwrap().is_some(),
        db.grant(who).await.unwrap().is_some(),
    )
}

/// Redeems alice's code by hand, and stops before the end.
macro_rules! half_redeemed {
    ($pool:expr) => {{
        let mut half = $pool.begin().await.unwrap();
        for sql in [
            "UPDATE codes SET grant_id = 'g' WHERE code_hash = code_hash",
            "INSERT INTO grants (id, identity, client_id, scopes, resource, created_at, expires_at)
             SELECT 'g', identity, client_id, scopes, resource, expires_at, expires_at FROM codes",
        ] {
            sqlx::query(sql).execute(&mut *half).await.unwrap();
        }
        half
    }};
}

/// Ends something while a code is half redeemed; then the redemption goes on to its end.
async fn end_meanwhile<T: Send + 'static>(
    db: &Db,
    end: impl Future<Output = T> + Send + 'static,
) -> T {
    macro_rules! meanwhile {
        ($half:expr) => {{
            let ending = tokio::spawn(end);
            tokio::time::sleep(Duration::from_millis(200)).await;
            $half.commit().await.unwrap();
            ending.await.unwrap()
        }};
    }
    match db {
        Db::Sqlite(pool) => meanwhile!(half_redeemed!(pool)),
        Db::Postgres(pool) => meanwhile!(half_redeemed!(pool)),
    }
}

#[tokio::test]
async fn a_grant_that_is_being_made_ends_with_its_person() {
    let store = Store::open().await;
    let other = store.app.db().await;
    store.db.add_code(&code("alice", "alice", "c")).await.unwrap();
    let ending = other.clone();
    end_meanwhile(&store.db, async move { ending.end_access("alice").await.unwrap() }).await;
    assert!(store.db.grant("g").await.unwrap().is_none());
    other.close().await;
    store.finish().await;
}

#[tokio::test]
async fn a_grant_that_is_being_made_ends_with_its_client() {
    let store = Store::open().await;
    let other = store.app.db().await;
    store.db.add_code(&code("alice", "alice", "c")).await.unwrap();
    let ending = other.clone();
    end_meanwhile(&store.db, async move { ending.remove_client("c").await.unwrap() }).await;
    assert!(store.db.grant("g").await.unwrap().is_none());
    other.close().await;
    store.finish().await;
}
