//! Chat users' ways to their own page, and their sessions there.

use futures::future::join_all;
use stagepass::store::{SessionRow, VisitRow, VisitState};

use super::{Store, at, seen};

const ANNA: &str = "chat:bot:anna";

/// A visit of `identity`, good until 100.
fn visit(id: &str, identity: &str) -> VisitRow {
    VisitRow {
        id: id.to_owned(),
        ticket_hash: id.as_bytes().to_vec(),
        identity: identity.to_owned(),
        state: VisitState::Issued,
        browser_hash: None,
        code_hash: None,
        tries: 0,
        problem: None,
        created_at: at(0),
        expires_at: at(100),
    }
}

impl Store {
    async fn visit(&self, id: &str) -> Option<VisitRow> {
        self.db.visit(id.as_bytes(), at(0)).await.unwrap()
    }

    /// One of anna's that the browser `b` has, with the code `c`.
    async fn bound(&self, id: &str) {
        self.db.add_visit(&visit(id, ANNA)).await.unwrap();
        assert!(self.db.bind_visit(id, b"b", b"c", at(0)).await.unwrap());
    }
}

#[tokio::test]
async fn a_visit_is_kept_as_it_was_given_until_its_time_is_over() {
    let store = Store::open().await;
    let one = visit("one", ANNA);
    store.db.add_visit(&one).await.unwrap();
    assert_eq!(seen(store.visit("one").await), seen(Some(one)));
    assert!(store.db.visit(b"one", at(100)).await.unwrap().is_none());
    assert!(store.visit("two").await.is_none());
    store.db.forget_visits(at(99)).await.unwrap();
    assert!(store.visit("one").await.is_some());
    store.db.forget_visits(at(100)).await.unwrap();
    assert!(store.visit("one").await.is_none());
    store.finish().await;
}

#[tokio::test]
async fn a_newer_visit_takes_the_place_of_one_that_waits_and_of_no_other() {
    let store = Store::open().await;
    store.bound("one").await;
    store.db.add_visit(&visit("other", "chat:bot:ben")).await.unwrap();
    store.bound("two").await;
    assert!(store.visit("one").await.is_none());
    assert!(store.db.prove_visit(ANNA, b"c", at(0)).await.unwrap());
    let many = (0..10).map(|n| visit(&format!("n{n}"), ANNA)).collect::<Vec<_>>();
    for done in join_all(many.iter().map(|visit| store.db.add_visit(visit))).await {
        done.unwrap();
    }
    let waiting =
        format!("SELECT COUNT(*) FROM visits WHERE identity = '{ANNA}' AND state = 'issued'");
    assert_eq!(store.count(&waiting).await, 1);
    assert_eq!(store.visit("two").await.unwrap().state, VisitState::Proven);
    assert!(store.visit("other").await.is_some());
    store.finish().await;
}

#[tokio::test]
async fn a_visit_is_bound_to_the_first_browser_in_time() {
    let store = Store::open().await;
    store.db.add_visit(&visit("one", ANNA)).await.unwrap();
    assert!(!store.db.bind_visit("one", b"b", b"c", at(100)).await.unwrap());
    let browsers = [b"b1", b"b2", b"b3", b"b4"];
    let tries = browsers.map(|browser| store.db.bind_visit("one", browser, b"c", at(0)));
    let won = join_all(tries).await.into_iter().filter(|done| *done.as_ref().unwrap()).count();
    assert_eq!(won, 1);
    let bound = store.visit("one").await.unwrap();
    assert_eq!((bound.state, bound.code_hash.as_deref()), (VisitState::Bound, Some(&b"c"[..])));
    store.finish().await;
}

#[tokio::test]
async fn a_code_proves_its_own_visit_once_in_time() {
    let store = Store::open().await;
    store.bound("one").await;
    assert!(!store.db.prove_visit("chat:bot:ben", b"c", at(0)).await.unwrap());
    assert!(!store.db.prove_visit(ANNA, b"d", at(0)).await.unwrap());
    assert!(!store.db.prove_visit(ANNA, b"c", at(100)).await.unwrap());
    assert!(store.db.prove_visit(ANNA, b"c", at(99)).await.unwrap());
    assert!(!store.db.prove_visit(ANNA, b"c", at(99)).await.unwrap());
    assert_eq!(store.visit("one").await.unwrap().code_hash, None);
    store.finish().await;
}

#[tokio::test]
async fn another_s_code_ends_the_visit_that_it_is_for() {
    let store = Store::open().await;
    store.bound("one").await;
    let end = async |giver: &str, code: &[u8], when| {
        store.db.end_visit_of_another(giver, code, "why", at(when)).await.unwrap()
    };
    assert_eq!(end(ANNA, b"c", 0).await, None);
    assert_eq!(end("chat:bot:ben", b"d", 0).await, None);
    assert_eq!(end("chat:bot:ben", b"c", 100).await, None);
    assert_eq!(end("chat:bot:ben", b"c", 0).await.as_deref(), Some(ANNA));
    let ended = store.visit("one").await.unwrap();
    assert_eq!((ended.state, ended.problem.as_deref()), (VisitState::Failed, Some("why")));
    assert!(!store.db.prove_visit(ANNA, b"c", at(0)).await.unwrap());
    store.finish().await;
}

#[tokio::test]
async fn the_last_wrong_code_ends_the_visit() {
    let store = Store::open().await;
    let miss = async |when| store.db.miss_visit(ANNA, 3, "why", at(when)).await.unwrap();
    assert_eq!(miss(0).await, None);
    store.bound("one").await;
    assert_eq!(miss(100).await, None);
    assert_eq!((miss(0).await, miss(0).await), (Some(1), Some(2)));
    let bound = store.visit("one").await.unwrap();
    assert_eq!((bound.state, bound.problem), (VisitState::Bound, None));
    assert_eq!((miss(0).await, miss(0).await), (Some(3), None));
    let ended = store.visit("one").await.unwrap();
    assert_eq!((ended.state, ended.problem.as_deref()), (VisitState::Failed, Some("why")));
    assert_eq!(ended.code_hash, None);
    store.finish().await;
}

#[tokio::test]
async fn a_proven_visit_is_used_once_in_its_browser() {
    let store = Store::open().await;
    store.bound("one").await;
    assert!(!store.db.use_visit("one", b"b", at(0)).await.unwrap());
    assert!(store.db.prove_visit(ANNA, b"c", at(0)).await.unwrap());
    assert!(!store.db.use_visit("one", b"x", at(0)).await.unwrap());
    assert!(!store.db.use_visit("one", b"b", at(100)).await.unwrap());
    let tries = (0..4).map(|_| store.db.use_visit("one", b"b", at(0)));
    let won = join_all(tries).await.into_iter().filter(|done| *done.as_ref().unwrap()).count();
    assert_eq!(won, 1);
    store.finish().await;
}

#[tokio::test]
async fn a_chat_session_counts_until_it_ends() {
    let store = Store::open().await;
    let session = |id: &str, until| SessionRow {
        id_hash: id.as_bytes().to_vec(),
        identity: ANNA.to_owned(),
        created_at: at(0),
        expires_at: at(until),
    };
    for (id, until) in [("one", 100), ("two", 50)] {
        store.db.add_chat_session(&session(id, until)).await.unwrap();
    }
    let known = async |id: &str, when| {
        store.db.chat_session(id.as_bytes(), at(when)).await.unwrap().map(|row| seen(&row))
    };
    assert_eq!(known("one", 99).await, Some(seen(session("one", 100))));
    assert_eq!((known("one", 100).await, known("three", 0).await), (None, None));
    store.db.forget_chat_sessions(at(50)).await.unwrap();
    assert_eq!(known("two", 0).await, None);
    store.db.end_chat_session(b"one").await.unwrap();
    assert_eq!(known("one", 0).await, None);
    store.finish().await;
}

#[tokio::test]
async fn whoever_s_access_ends_has_no_visit_and_no_chat_session_either() {
    let store = Store::open().await;
    store.bound("one").await;
    store.db.add_visit(&visit("other", "chat:bot:ben")).await.unwrap();
    let row = SessionRow {
        id_hash: b"s".to_vec(),
        identity: ANNA.to_owned(),
        created_at: at(0),
        expires_at: at(100),
    };
    store.db.add_chat_session(&row).await.unwrap();
    store.db.end_access(ANNA).await.unwrap();
    assert!(store.visit("one").await.is_none() && store.visit("other").await.is_some());
    assert_eq!(store.count("SELECT COUNT(*) FROM chat_sessions").await, 0);
    store.finish().await;
}
