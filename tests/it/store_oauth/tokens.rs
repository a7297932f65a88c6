//! Codes, grants, refresh tokens, signing keys, and the number that grows when one ends.

use chrono::TimeDelta;
use futures::future::join_all;
use stagepass::store::{
    CodeRow, Db, Epoch, GrantRow, Redemption, RefreshRow, RefreshState, Rotation, SigningKeyRow,
    TokenRow,
};

use super::{Store, at, seen};

const GRACE: TimeDelta = TimeDelta::microseconds(10);

/// A code of alice's for the client `c`, which is good until 60.
fn code(hash: &str) -> CodeRow {
    CodeRow {
        code_hash: hash.as_bytes().to_vec(),
        identity: "alice".to_owned(),
        client_id: "c".to_owned(),
        redirect_uri: "https://client.example/cb".to_owned(),
        code_challenge: "challenge".to_owned(),
        scopes: "mcp.read mcp.write".to_owned(),
        resource: "https://server.example/mcp".to_owned(),
        expires_at: at(60),
        used_at: None,
        grant_id: None,
    }
}

/// A grant of alice's to the client `c`, which lives until 100.
fn grant(id: &str) -> GrantRow {
    GrantRow {
        id: id.to_owned(),
        identity: "alice".to_owned(),
        client_id: "c".to_owned(),
        scopes: "mcp.read".to_owned(),
        resource: "https://server.example/mcp".to_owned(),
        created_at: at(0),
        expires_at: at(100),
    }
}

/// A refresh token of the grant `g`, the successor of `parent`.
fn refresh(hash: &str, parent: Option<&str>, made: i64) -> RefreshRow {
    let parent = parent.map(|parent| parent.as_bytes().to_vec());
    RefreshRow::live(hash.as_bytes().to_vec(), "g".to_owned(), parent, at(made))
}

fn key(kid: &str, made: i64) -> SigningKeyRow {
    SigningKeyRow {
        kid: kid.to_owned(),
        sealed_private: vec![0, 1, 255],
        public_jwk: "{}".to_owned(),
        created_at: at(made),
        retired_at: None,
    }
}

#[tokio::test]
async fn a_token_that_was_made_is_found_until_it_or_its_grant_ends() {
    let store = Store::open().await;
    let db = &store.db;
    let made = |id: &str| TokenRow { token_id: id.to_owned(), grant: grant(&format!("g-{id}")) };
    db.add_token(&made("one"), b"hash-one").await.unwrap();
    db.add_token(&made("two"), b"hash-two").await.unwrap();
    let found = db.token(b"hash-one", at(99)).await.unwrap().unwrap();
    assert_eq!((found.token_id.as_str(), found.grant.id.as_str()), ("one", "g-one"));
    assert_eq!(found.grant.scopes, "mcp.read");
    assert!(db.token(b"hash-one", at(100)).await.unwrap().is_none());
    assert!(db.token(b"another", at(0)).await.unwrap().is_none());
    // Neither the number nor the hash twice, and nothing is left of such a try.
    assert!(db.add_token(&made("one"), b"hash-new").await.is_err());
    let again = TokenRow { token_id: "three".to_owned(), grant: grant("g-three") };
    assert!(db.add_token(&again, b"hash-one").await.is_err());
    assert!(db.grant("g-three").await.unwrap().is_none());
    let listed = db.tokens(at(0)).await.unwrap();
    assert_eq!(listed.iter().map(|row| row.token_id.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert!(db.end_grant("g-one").await.unwrap());
    assert!(db.token(b"hash-one", at(0)).await.unwrap().is_none());
    assert!(db.tokens(at(100)).await.unwrap().is_empty());
    store.finish().await;
}

async fn epoch(db: &Db) -> i64 {
    db.epoch(Epoch::Grants).await.unwrap()
}

/// The grant `g` with its first refresh token, `a`.
async fn start(store: &Store) {
    store.db.add_code(&code("code")).await.unwrap();
    let first = refresh("a", None, 0);
    assert_eq!(
        store.db.redeem(b"code", &grant("g"), &first, at(0)).await.unwrap(),
        Redemption::Done
    );
}

/// Rotates `parent` to `new`, so many microseconds after the start.
async fn rotate(db: &Db, parent: &str, new: &str, now: i64) -> Rotation {
    let row = refresh(new, Some(parent), now);
    db.rotate(&row, new.as_bytes(), at(now + 100), GRACE).await.unwrap()
}

async fn state(db: &Db, hash: &str) -> Option<RefreshState> {
    db.refresh_token(hash.as_bytes()).await.unwrap().map(|row| row.state)
}

#[tokio::test]
async fn a_code_comes_back_as_it_was_written_and_is_redeemed_once() {
    let store = Store::open().await;
    let db = &store.db;
    db.add_code(&code("code")).await.unwrap();
    assert_eq!(seen(db.code(b"code").await.unwrap().unwrap()), seen(code("code")));
    assert!(db.code(b"other").await.unwrap().is_none());
    db.add_code(&code("code")).await.unwrap_err();

    let first = refresh("a", None, 5);
    assert_eq!(db.redeem(b"code", &grant("g"), &first, at(5)).await.unwrap(), Redemption::Done);
    let used = db.code(b"code").await.unwrap().unwrap();
    assert_eq!((used.used_at, used.grant_id.as_deref()), (Some(at(5)), Some("g")));
    assert_eq!(seen(db.grant("g").await.unwrap().unwrap()), seen(grant("g")));
    assert_eq!(seen(db.refresh_token(b"a").await.unwrap().unwrap()), seen(first));

    let again = refresh("b", None, 6);
    assert_eq!(db.redeem(b"code", &grant("h"), &again, at(6)).await.unwrap(), Redemption::Over);
    assert_eq!(db.redeem(b"other", &grant("h"), &again, at(6)).await.unwrap(), Redemption::Over);
    assert!(db.grant("h").await.unwrap().is_none());
    assert_eq!(state(db, "b").await, None);
    store.finish().await;
}

#[tokio::test]
async fn a_code_is_redeemed_in_time() {
    let store = Store::open().await;
    let db = &store.db;
    let first = refresh("a", None, 0);
    db.add_code(&code("code")).await.unwrap();
    assert_eq!(db.redeem(b"code", &grant("g"), &first, at(60)).await.unwrap(), Redemption::Over);
    assert_eq!(db.redeem(b"code", &grant("g"), &first, at(59)).await.unwrap(), Redemption::Done);
    db.forget_codes(at(60)).await.unwrap();
    assert!(db.code(b"code").await.unwrap().is_some(), "it expired at 60");
    db.forget_codes(at(61)).await.unwrap();
    assert!(db.code(b"code").await.unwrap().is_none());
    assert!(db.grant("g").await.unwrap().is_some(), "what it gave is another matter");
    store.finish().await;
}

#[tokio::test]
async fn a_redemption_is_done_as_a_whole_or_not_at_all() {
    let store = Store::open().await;
    let db = &store.db;
    start(&store).await;
    db.add_code(&code("next")).await.unwrap();
    // Its refresh token is there already.
    db.redeem(b"next", &grant("h"), &refresh("a", None, 1), at(1)).await.unwrap_err();
    assert_eq!(db.code(b"next").await.unwrap().unwrap().used_at, None);
    assert!(db.grant("h").await.unwrap().is_none());
    store.finish().await;
}

#[tokio::test]
async fn of_many_redemptions_at_once_one_is_done() {
    let store = Store::open().await;
    let other = store.app.db().await;
    store.db.add_code(&code("code")).await.unwrap();
    let tries = (0..20).map(|number| {
        let db = if number % 2 == 0 { &store.db } else { &other };
        let id = format!("g{number}");
        let first = RefreshRow::live(id.clone().into_bytes(), id.clone(), None, at(0));
        async move { db.redeem(b"code", &grant(&id), &first, at(0)).await.unwrap() }
    });
    let done = join_all(tries).await;
    assert_eq!(done.iter().filter(|done| **done == Redemption::Done).count(), 1);
    assert_eq!(store.count("SELECT COUNT(*) FROM grants").await, 1);
    other.close().await;
    store.finish().await;
}

#[tokio::test]
async fn a_rotated_token_works_until_its_successor_is_used() {
    let store = Store::open().await;
    let db = &store.db;
    start(&store).await;
    assert_eq!(rotate(db, "a", "b", 0).await, Rotation::Done);
    assert_eq!(state(db, "a").await, Some(RefreshState::Rotated));
    assert_eq!(rotate(db, "a", "x", 9).await, Rotation::Same(b"b".to_vec()));
    assert_eq!(state(db, "x").await, None);
    assert_eq!(rotate(db, "a", "c", 10).await, Rotation::Done);
    assert_eq!(state(db, "b").await, Some(RefreshState::Dead), "nobody had used it");

    assert_eq!(rotate(db, "c", "d", 11).await, Rotation::Done);
    let parent = db.refresh_token(b"a").await.unwrap().unwrap();
    assert_eq!((parent.state, parent.sealed_successor), (RefreshState::Dead, None));
    assert_eq!(state(db, "c").await, Some(RefreshState::Rotated));
    assert_eq!(state(db, "d").await, Some(RefreshState::Live));
    store.finish().await;
}

#[tokio::test]
async fn a_dead_token_takes_its_grant_along() {
    let store = Store::open().await;
    let db = &store.db;
    start(&store).await;
    db.add_grant(&grant("other")).await.unwrap();
    assert_eq!(rotate(db, "a", "b", 0).await, Rotation::Done);
    assert_eq!(rotate(db, "b", "c", 0).await, Rotation::Done);
    let before = epoch(db).await;
    assert_eq!(rotate(db, "a", "x", 1).await, Rotation::Reused);
    assert!(epoch(db).await > before);
    for hash in ["a", "b", "c", "x"] {
        assert_eq!(state(db, hash).await, None, "{hash}");
    }
    assert!(db.grant("g").await.unwrap().is_none());
    assert!(db.grant("other").await.unwrap().is_some());
    assert_eq!(rotate(db, "c", "d", 2).await, Rotation::Over);
    store.finish().await;
}

#[tokio::test]
async fn a_grant_lives_on_with_each_rotation_and_not_without() {
    let store = Store::open().await;
    let db = &store.db;
    start(&store).await;
    assert_eq!(rotate(db, "a", "b", 99).await, Rotation::Done);
    assert_eq!(db.grant("g").await.unwrap().unwrap().expires_at, at(199));
    assert_eq!(rotate(db, "b", "c", 199).await, Rotation::Over);
    assert_eq!(state(db, "b").await, Some(RefreshState::Live), "nothing was done");
    assert_eq!(rotate(db, "nothing", "c", 100).await, Rotation::Over);
    assert_eq!(db.grant("g").await.unwrap().unwrap().expires_at, at(199), "not even prolonged");
    db.forget_grants(at(198)).await.unwrap();
    assert!(db.grant("g").await.unwrap().is_some());
    db.forget_grants(at(199)).await.unwrap();
    assert!(db.grant("g").await.unwrap().is_none());
    assert_eq!(state(db, "b").await, None);
    store.finish().await;
}

#[tokio::test]
async fn rotations_at_once_have_one_successor() {
    let store = Store::open().await;
    let other = store.app.db().await;
    start(&store).await;
    let tries = (0..20).map(|number| {
        let db = if number % 2 == 0 { &store.db } else { &other };
        async move { rotate(db, "a", &format!("b{number}"), 0).await }
    });
    let mut done = join_all(tries).await;
    done.retain(|done| *done != Rotation::Done);
    assert_eq!(done.len(), 19);
    assert!(matches!(done[0], Rotation::Same(_)));
    assert!(done.iter().all(|one| *one == done[0]));
    assert_eq!(store.count("SELECT COUNT(*) FROM refresh_tokens WHERE state = 'live'").await, 1);
    other.close().await;
    store.finish().await;
}

#[tokio::test]
async fn only_dead_refresh_tokens_are_forgotten() {
    let store = Store::open().await;
    let db = &store.db;
    start(&store).await;
    assert_eq!(rotate(db, "a", "b", 20).await, Rotation::Done);
    assert_eq!(rotate(db, "b", "c", 40).await, Rotation::Done);
    db.forget_refresh_tokens(at(0)).await.unwrap();
    assert_eq!(state(db, "a").await, Some(RefreshState::Dead));
    db.forget_refresh_tokens(at(1000)).await.unwrap();
    assert_eq!(state(db, "a").await, None);
    assert_eq!(state(db, "b").await, Some(RefreshState::Rotated));
    assert_eq!(state(db, "c").await, Some(RefreshState::Live));
    store.finish().await;
}

#[tokio::test]
async fn a_grant_ends_with_all_of_its_tokens_and_everybody_hears_of_it() {
    let store = Store::open().await;
    let db = &store.db;
    start(&store).await;
    let before = epoch(db).await;
    assert!(!db.end_grant("other").await.unwrap());
    assert_eq!(epoch(db).await, before, "there is nothing to forget");
    assert!(db.end_grant("g").await.unwrap());
    let after = epoch(db).await;
    assert!(after > before);
    assert!(!db.end_grant("g").await.unwrap());
    assert_eq!(state(db, "a").await, None);
    db.bump(Epoch::Grants).await.unwrap();
    assert_eq!(epoch(db).await, after + 1);
    assert_eq!(db.epoch(Epoch::Connections).await.unwrap(), 0, "another number");
    store.finish().await;
}

#[tokio::test]
async fn a_signing_key_retires_the_others_and_stays_for_a_while() {
    let store = Store::open().await;
    let db = &store.db;
    assert!(db.signing_keys().await.unwrap().is_empty());
    let before = epoch(db).await;
    assert!(db.rotate_signing_key(&key("one", 0), at(-100)).await.unwrap());
    assert!(epoch(db).await > before);
    assert_eq!(seen(db.signing_keys().await.unwrap()), seen([key("one", 0)]));
    let unchanged = epoch(db).await;
    assert!(!db.rotate_signing_key(&key("early", 5), at(-1)).await.unwrap(), "one was made since");
    assert_eq!(epoch(db).await, unchanged);

    assert!(db.rotate_signing_key(&key("two", 10), at(0)).await.unwrap());
    let retired = SigningKeyRow { retired_at: Some(at(10)), ..key("one", 0) };
    assert_eq!(seen(db.signing_keys().await.unwrap()), seen([key("two", 10), retired]));

    let before = epoch(db).await;
    db.forget_signing_keys(at(10)).await.unwrap();
    assert_eq!(db.signing_keys().await.unwrap().len(), 2);
    assert_eq!(epoch(db).await, before);
    db.forget_signing_keys(at(11)).await.unwrap();
    assert_eq!(seen(db.signing_keys().await.unwrap()), seen([key("two", 10)]));
    assert!(epoch(db).await > before, "nobody takes what it signed any more");
    store.finish().await;
}

#[tokio::test]
async fn of_many_new_signing_keys_at_once_one_is_added() {
    let store = Store::open().await;
    let other = store.app.db().await;
    let tries = (0..10).map(|number| {
        let db = if number % 2 == 0 { &store.db } else { &other };
        async move { db.rotate_signing_key(&key(&number.to_string(), 0), at(-1)).await.unwrap() }
    });
    assert_eq!(join_all(tries).await.into_iter().filter(|added| *added).count(), 1);
    assert_eq!(store.db.signing_keys().await.unwrap().len(), 1);
    other.close().await;
    store.finish().await;
}
