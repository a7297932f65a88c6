//! The database, one function after the other, on whichever kind the run has.

mod accounts;
mod offers;
mod remotes;

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use stagepass::store::{
    AuditRow, ConnectionRow, Db, Epoch, LinkRow, LinkState, Problem, VaultKeyRow,
};

use crate::harness::{Store, TestApp, at};

impl Store {
    async fn link(&self, id: &str) -> LinkRow {
        self.db.link_by_ticket(id.as_bytes()).await.unwrap().unwrap()
    }

    /// A link of an identity of its own, with the button pressed in the browser `b`.
    async fn started(&self, id: &str) -> LinkRow {
        let mut link = link(id);
        self.db.add_link(&link).await.unwrap();
        press(&mut link, "b", id);
        assert!(self.db.start_link(&link, at(0)).await.unwrap());
        link
    }

    async fn exchanging(&self, id: &str) {
        self.started(id).await;
        assert!(self.db.begin_exchange(id, at(0)).await.unwrap());
    }

    async fn pending(&self, id: &str) {
        self.exchanging(id).await;
        assert!(self.db.hold_grant(id, b"grant", b"code").await.unwrap());
    }
}

/// What is recorded when a connection dies.
pub(crate) fn death(at: DateTime<Utc>) -> AuditRow {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let id = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
    AuditRow { id, at, event: "connection.died".to_owned(), ..AuditRow::default() }
}

/// The first version of a connection of alice's.
fn connection(id: &str, account: &str) -> ConnectionRow {
    ConnectionRow {
        id: id.to_owned(),
        identity: "alice".to_owned(),
        provider: "spotify".to_owned(),
        account_id: account.to_owned(),
        account_name: format!("The account {account}"),
        scopes: "one two".to_owned(),
        sealed_access: vec![0, 1, 255],
        sealed_refresh: Some(vec![2]),
        access_expires_at: Some(at(10)),
        authorized_at: at(1),
        reconnect_by: None,
        dead_reason: None,
        refreshing_until: None,
        version: 1,
        created_at: at(1),
        updated_at: at(1),
        label: None,
        used_at: None,
    }
}

/// What follows `row`.
fn next(row: &ConnectionRow, access: &[u8]) -> ConnectionRow {
    ConnectionRow { version: row.version + 1, sealed_access: access.to_vec(), ..row.clone() }
}

/// A link that is good for a minute; its ticket is its id, and it belongs to an identity of its own.
fn link(id: &str) -> LinkRow {
    let (ticket, identity) = (id.as_bytes().to_vec(), format!("identity of {id}"));
    let (provider, scopes) = ("spotify".to_owned(), "one two".to_owned());
    LinkRow::issued(id.to_owned(), ticket, identity, provider, scopes, at(0), at(60_000_000))
}

fn press(link: &mut LinkRow, browser: &str, state: &str) {
    link.browser_hash = Some(browser.as_bytes().to_vec());
    link.state_hash = Some(format!("state {state}").into_bytes());
    link.sealed_verifier = Some(b"verifier".to_vec());
}

fn problem() -> Problem {
    Problem { code: "c".to_owned(), message: "m".to_owned(), next_step: "n".to_owned() }
}

#[tokio::test]
async fn a_connection_comes_back_as_it_was_written() {
    let store = Store::open().await;
    let row = ConnectionRow {
        access_expires_at: Some(at(123_456)),
        authorized_at: at(1),
        reconnect_by: Some(at(100_000)),
        refreshing_until: Some(at(999_999)),
        created_at: at(0),
        updated_at: at(-1),
        ..connection("c", "a")
    };
    assert!(store.db.write_connection(&row).await.unwrap());
    let back = store.db.connection("c").await.unwrap().unwrap();
    assert_eq!(format!("{back:?}"), format!("{row:?}"));
    let bare = ConnectionRow {
        sealed_refresh: None,
        access_expires_at: None,
        dead_reason: Some("why".to_owned()),
        ..connection("d", "b")
    };
    assert!(store.db.write_connection(&bare).await.unwrap());
    let back = store.db.connection("d").await.unwrap().unwrap();
    assert_eq!(format!("{back:?}"), format!("{bare:?}"));
    assert!(store.db.connection("nobody").await.unwrap().is_none());
    store.finish().await;
}

#[tokio::test]
async fn connections_of_an_identity_come_in_the_order_they_were_linked() {
    let store = Store::open().await;
    for (id, account, created) in [("z", "1", 500_000), ("a", "2", 1_000_000), ("m", "3", 0)] {
        let row = ConnectionRow { created_at: at(created), ..connection(id, account) };
        assert!(store.db.write_connection(&row).await.unwrap());
    }
    let bobs = ConnectionRow { identity: "bob".to_owned(), ..connection("b", "1") };
    assert!(store.db.write_connection(&bobs).await.unwrap());
    let rows = store.db.connections_of("alice").await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["m", "z", "a"]);
    assert!(store.db.connections_of("carol").await.unwrap().is_empty());
    store.finish().await;
}

#[tokio::test]
async fn a_connection_is_written_only_over_its_predecessor() {
    let store = Store::open().await;
    let first = connection("c", "a");
    assert!(!store.db.write_connection(&next(&first, b"none to follow")).await.unwrap());
    assert!(store.db.write_connection(&first).await.unwrap());
    assert!(!store.db.write_connection(&first).await.unwrap(), "the same row, made twice");
    let again = ConnectionRow { id: "other".to_owned(), ..first.clone() };
    assert!(!store.db.write_connection(&again).await.unwrap(), "the same account, linked twice");

    let second = next(&first, b"second");
    assert!(store.db.write_connection(&second).await.unwrap());
    assert!(!store.db.write_connection(&next(&first, b"late")).await.unwrap());
    let strangers = ConnectionRow { identity: "bob".to_owned(), ..next(&second, b"bob's") };
    assert!(!store.db.write_connection(&strangers).await.unwrap());
    let others = ConnectionRow { account_id: "b".to_owned(), ..next(&second, b"other's") };
    assert!(!store.db.write_connection(&others).await.unwrap());

    let stored = store.db.connection("c").await.unwrap().unwrap();
    assert_eq!((stored.version, stored.sealed_access), (2, b"second".to_vec()));
    store.finish().await;
}

#[tokio::test]
async fn of_two_writers_at_once_one_wins() {
    let store = Store::open().await;
    let other = store.app.db().await;
    let (first, twin) = (connection("c", "a"), connection("d", "a"));
    let (one, two) = tokio::join!(store.db.write_connection(&first), other.write_connection(&twin));
    assert!(one.unwrap() ^ two.unwrap());

    let before = store.db.connections_of("alice").await.unwrap().remove(0);
    let (here, there) = (next(&before, b"here"), next(&before, b"there"));
    let (one, two) = tokio::join!(store.db.write_connection(&here), other.write_connection(&there));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert!(one ^ two);
    let stored = store.db.connection(&before.id).await.unwrap().unwrap();
    let winner = if one { b"here".to_vec() } else { b"there".to_vec() };
    assert_eq!((stored.version, stored.sealed_access), (2, winner));
    other.close().await;
    store.finish().await;
}

#[tokio::test]
async fn of_two_refreshes_at_once_one_begins() {
    let store = Store::open().await;
    let other = store.app.db().await;
    assert!(store.db.write_connection(&connection("c", "a")).await.unwrap());
    let (one, two) = tokio::join!(
        store.db.begin_refresh("c", 1, at(0), at(30)),
        other.begin_refresh("c", 1, at(0), at(30)),
    );
    assert!(one.unwrap() ^ two.unwrap());
    other.close().await;
    store.finish().await;
}

#[tokio::test]
async fn a_refresh_can_be_begun_again_when_it_was_ended_or_its_time_is_over() {
    let store = Store::open().await;
    let db = &store.db;
    let first = connection("c", "a");
    assert!(db.write_connection(&first).await.unwrap());
    assert!(!db.begin_refresh("c", 2, at(0), at(30)).await.unwrap(), "of a version to come");
    assert!(db.begin_refresh("c", 1, at(0), at(30)).await.unwrap());
    assert_eq!(db.connection("c").await.unwrap().unwrap().refreshing_until, Some(at(30)));
    assert!(!db.begin_refresh("c", 1, at(29), at(60)).await.unwrap());
    assert!(db.begin_refresh("c", 1, at(30), at(60)).await.unwrap(), "the first one crashed");

    db.end_refresh("c", 2, None).await.unwrap();
    assert!(!db.begin_refresh("c", 1, at(31), at(60)).await.unwrap(), "another version's end");
    db.end_refresh("c", 1, None).await.unwrap();
    assert!(db.begin_refresh("c", 1, at(31), at(60)).await.unwrap());

    assert!(db.write_connection(&next(&first, b"fresh")).await.unwrap());
    assert!(!db.begin_refresh("c", 1, at(99), at(100)).await.unwrap(), "of an old version");
    store.finish().await;
}

#[tokio::test]
async fn a_dead_connection_stays_dead_until_it_is_written_anew() {
    let store = Store::open().await;
    let db = &store.db;
    let first = connection("c", "a");
    assert!(db.write_connection(&first).await.unwrap());
    assert!(!db.kill_connection("c", 2, "too early", &death(at(5))).await.unwrap());
    assert!(db.begin_refresh("c", 1, at(0), at(30)).await.unwrap());
    assert!(db.kill_connection("c", 1, "why", &death(at(5))).await.unwrap());
    assert!(!db.kill_connection("c", 1, "again", &death(at(6))).await.unwrap());

    let dead = db.connection("c").await.unwrap().unwrap();
    assert_eq!(dead.dead_reason.as_deref(), Some("why"));
    assert_eq!((dead.refreshing_until, dead.updated_at), (None, at(5)));
    assert_eq!(dead.sealed_access, first.sealed_access, "the tokens stay for a while");
    assert!(!db.begin_refresh("c", 1, at(99), at(100)).await.unwrap());

    assert!(db.write_connection(&next(&first, b"signed in again")).await.unwrap());
    assert!(db.connection("c").await.unwrap().unwrap().dead_reason.is_none());
    assert!(db.begin_refresh("c", 2, at(99), at(100)).await.unwrap());
    store.finish().await;
}

#[tokio::test]
async fn the_tokens_of_what_is_long_dead_are_emptied() {
    let store = Store::open().await;
    let db = &store.db;
    for id in ["alive", "long dead", "just dead", "without refresh"] {
        let mut row = connection(id, id);
        if id == "without refresh" {
            row.sealed_refresh = None;
        }
        assert!(db.write_connection(&row).await.unwrap());
    }
    assert!(db.kill_connection("long dead", 1, "why", &death(at(5))).await.unwrap());
    assert!(db.kill_connection("without refresh", 1, "why", &death(at(5))).await.unwrap());
    assert!(db.kill_connection("just dead", 1, "why", &death(at(6))).await.unwrap());

    db.empty_dead_connections(at(6)).await.unwrap();
    assert_eq!(db.empty_dead_connections(at(6)).await.unwrap(), 0, "nothing is left to empty");
    for (id, emptied) in
        [("alive", false), ("long dead", true), ("just dead", false), ("without refresh", true)]
    {
        let row = db.connection(id).await.unwrap().unwrap();
        assert_eq!(row.sealed_access.is_empty(), emptied, "{id}");
        assert_eq!(row.sealed_refresh.is_none(), emptied, "{id}");
    }
    store.finish().await;
}

#[tokio::test]
async fn a_deleted_connection_is_gone() {
    let store = Store::open().await;
    let first = connection("c", "a");
    assert!(store.db.write_connection(&first).await.unwrap());
    assert_eq!(store.db.delete_connection("c").await.unwrap().unwrap().id, "c");
    assert!(store.db.delete_connection("c").await.unwrap().is_none());
    assert!(store.db.connection("c").await.unwrap().is_none());
    assert!(!store.db.write_connection(&next(&first, b"late")).await.unwrap(), "not brought back");
    store.finish().await;
}

#[tokio::test]
async fn the_epoch_grows_when_a_connection_ends_or_is_linked_anew() {
    let store = Store::open().await;
    let other = store.app.db().await;
    let start = other.epoch(Epoch::Connections).await.unwrap();
    let first = connection("c", "a");
    store.pending("l").await;
    assert!(!store.db.complete_link("l", &next(&first, b"none to follow")).await.unwrap());
    assert_eq!(other.epoch(Epoch::Connections).await.unwrap(), start, "nothing was linked");
    assert!(store.db.complete_link("l", &first).await.unwrap());
    let linked = other.epoch(Epoch::Connections).await.unwrap();
    assert!(linked > start);
    assert!(store.db.write_connection(&next(&first, b"refreshed")).await.unwrap());
    assert_eq!(other.epoch(Epoch::Connections).await.unwrap(), linked, "a refresh is no news");
    assert!(store.db.delete_connection("c").await.unwrap().is_some());
    assert!(other.epoch(Epoch::Connections).await.unwrap() > linked);
    other.close().await;
    store.finish().await;
}

#[tokio::test]
async fn a_link_is_completed_with_its_connection_or_not_at_all() {
    let store = Store::open().await;
    let db = &store.db;
    let first = connection("c", "a");
    store.pending("l").await;
    assert!(db.complete_link("l", &first).await.unwrap());
    let done = store.link("l").await;
    assert_eq!(done.state, LinkState::Completed);
    assert_eq!((done.sealed_grant, done.sealed_verifier, done.code_hash), (None, None, None));
    assert!(!db.complete_link("l", &next(&first, b"twice")).await.unwrap());
    assert_eq!(db.connection("c").await.unwrap().unwrap().version, 1);

    store.pending("late").await;
    assert!(!db.complete_link("late", &next(&next(&first, b"2"), b"3")).await.unwrap());
    let untouched = store.link("late").await;
    assert_eq!(untouched.state, LinkState::Pending);
    assert_eq!(untouched.sealed_grant.as_deref(), Some(b"grant".as_slice()));
    assert_eq!(db.connection("c").await.unwrap().unwrap().version, 1);
    assert!(db.complete_link("late", &next(&first, b"2")).await.unwrap());

    store.exchanging("at once").await;
    assert!(db.complete_link("at once", &connection("d", "b")).await.unwrap());
    store.started("too early").await;
    assert!(!db.complete_link("too early", &connection("e", "c")).await.unwrap());
    assert!(db.connection("e").await.unwrap().is_none());
    store.finish().await;
}

#[tokio::test]
async fn a_link_is_found_by_ticket_state_and_identity() {
    let store = Store::open().await;
    let db = &store.db;
    let link = store.started("l").await;
    let by_state = db.link_by_state(b"state l").await.unwrap().unwrap();
    let by_identity = db.link_of("identity of l", "spotify").await.unwrap().unwrap();
    for found in [store.link("l").await, by_state, by_identity] {
        let expected = LinkRow { state: LinkState::Started, ..link.clone() };
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }
    assert!(db.link_by_ticket(b"other").await.unwrap().is_none());
    assert!(db.link_by_state(b"other").await.unwrap().is_none());
    assert!(db.link_of("identity of l", "other").await.unwrap().is_none());
    assert!(db.link_of("other", "spotify").await.unwrap().is_none());

    assert!(db.take_link("identity of l", "other").await.unwrap().is_none());
    assert!(db.take_link("other", "spotify").await.unwrap().is_none());
    assert_eq!(store.link("l").await.id, "l");
    assert_eq!(db.take_link("identity of l", "spotify").await.unwrap().unwrap().id, "l");
    assert!(db.link_by_ticket(b"l").await.unwrap().is_none());
    store.finish().await;
}

#[tokio::test]
async fn only_the_newest_link_of_an_identity_lives() {
    let store = Store::open().await;
    let mut links = ["old", "new", "elsewhere"].map(link);
    for link in &mut links {
        link.identity = "alice".to_owned();
    }
    let [old, new, mut elsewhere] = links;
    elsewhere.provider = "other".to_owned();
    for link in [&old, &elsewhere, &new] {
        store.db.add_link(link).await.unwrap();
    }
    assert!(store.db.link_by_ticket(b"old").await.unwrap().is_none());
    assert_eq!(store.db.link_of("alice", "spotify").await.unwrap().unwrap().id, "new");
    assert_eq!(store.db.link_of("alice", "other").await.unwrap().unwrap().id, "elsewhere");
    store.finish().await;
}

#[tokio::test]
async fn of_links_made_at_once_one_lives() {
    let store = Store::open().await;
    let other = store.app.db().await;
    for round in 0..8 {
        let [one, two] = ["one", "two"].map(|name| {
            let id = format!("{name} {round}");
            LinkRow { identity: "alice".to_owned(), ..link(&id) }
        });
        let (first, second) = tokio::join!(store.db.add_link(&one), other.add_link(&two));
        first.unwrap();
        second.unwrap();
        let one = store.db.link_by_ticket(&one.ticket_hash).await.unwrap();
        let two = store.db.link_by_ticket(&two.ticket_hash).await.unwrap();
        assert!(one.is_some() ^ two.is_some(), "{one:?} {two:?}");
    }
    other.close().await;
    store.finish().await;
}

#[tokio::test]
async fn a_link_is_started_in_one_browser_and_in_time() {
    let store = Store::open().await;
    let db = &store.db;
    let mut link = store.started("l").await;
    press(&mut link, "b", "again");
    assert!(db.start_link(&link, at(1)).await.unwrap(), "the button, pressed again");
    assert!(db.link_by_state(b"state l").await.unwrap().is_none(), "the first state is over");
    assert!(db.link_by_state(b"state again").await.unwrap().is_some());
    let mut elsewhere = link.clone();
    press(&mut elsewhere, "another", "another");
    assert!(!db.start_link(&elsewhere, at(1)).await.unwrap());
    assert!(db.link_by_state(b"state another").await.unwrap().is_none());
    assert!(!db.start_link(&link, link.expires_at).await.unwrap(), "too late");
    assert!(db.begin_exchange("l", at(1)).await.unwrap());
    assert!(!db.start_link(&link, at(1)).await.unwrap(), "signed in already");
    store.finish().await;
}

#[tokio::test]
async fn a_code_is_exchanged_once_and_in_time() {
    let store = Store::open().await;
    let db = &store.db;
    db.add_link(&link("issued")).await.unwrap();
    assert!(!db.begin_exchange("issued", at(0)).await.unwrap(), "nobody pressed the button");
    let late = store.started("late").await;
    assert!(!db.begin_exchange("late", late.expires_at).await.unwrap());
    store.started("l").await;
    let other = store.app.db().await;
    let (one, two) = tokio::join!(db.begin_exchange("l", at(1)), other.begin_exchange("l", at(1)));
    assert!(one.unwrap() ^ two.unwrap());
    assert!(!db.begin_exchange("l", at(2)).await.unwrap());
    assert_eq!(store.link("l").await.state, LinkState::Exchanging);
    other.close().await;
    store.finish().await;
}

#[tokio::test]
async fn a_grant_is_held_only_after_an_exchange() {
    let store = Store::open().await;
    let db = &store.db;
    store.started("early").await;
    assert!(!db.hold_grant("early", b"grant", b"code").await.unwrap());
    store.exchanging("l").await;
    assert!(db.hold_grant("l", b"grant", b"code").await.unwrap());
    assert!(!db.hold_grant("l", b"another", b"another").await.unwrap());
    let held = store.link("l").await;
    assert_eq!((held.state, held.sealed_verifier), (LinkState::Pending, None));
    assert_eq!(held.sealed_grant.as_deref(), Some(b"grant".as_slice()));
    assert_eq!(held.code_hash.as_deref(), Some(b"code".as_slice()));
    store.finish().await;
}

#[tokio::test]
async fn tries_at_a_code_are_counted_and_bounded() {
    let store = Store::open().await;
    let db = &store.db;
    store.exchanging("l").await;
    assert!(db.try_code("l", b"code", 3).await.unwrap().is_none(), "there is no code yet");
    assert!(db.hold_grant("l", b"grant", b"code").await.unwrap());
    let other = store.app.db().await;
    let tries = tokio::join!(
        db.try_code("l", b"wrong", 3),
        other.try_code("l", b"wrong", 3),
        db.try_code("l", b"wrong", 3),
        other.try_code("l", b"wrong", 3),
    );
    let counted = [tries.0, tries.1, tries.2, tries.3].into_iter().filter_map(Result::unwrap);
    assert_eq!(counted.count(), 3);
    let link = store.link("l").await;
    assert_eq!((link.state, link.tries), (LinkState::Pending, 3));
    assert!(db.try_code("l", b"code", 3).await.unwrap().is_none(), "too late");
    other.close().await;
    store.finish().await;
}

#[tokio::test]
async fn the_right_code_is_redeemed_once() {
    let store = Store::open().await;
    store.exchanging("l").await;
    assert!(store.db.hold_grant("l", b"grant", b"code").await.unwrap());
    let other = store.app.db().await;
    let both = tokio::join!(store.db.try_code("l", b"code", 3), other.try_code("l", b"code", 3));
    let redeemed: Vec<_> = [both.0, both.1].into_iter().filter_map(Result::unwrap).collect();
    assert_eq!(redeemed.len(), 1);
    assert_eq!((redeemed[0].state, redeemed[0].tries), (LinkState::Exchanging, 0));
    assert_eq!(redeemed[0].sealed_grant.as_deref(), Some(b"grant".as_slice()));
    other.close().await;
    store.finish().await;
}

#[tokio::test]
async fn an_account_counts_as_linked_to_whomever() {
    let store = Store::open().await;
    let row = connection("c", "a");
    assert!(store.db.write_connection(&row).await.unwrap());
    let linked = async |account, identity: &str| {
        store.db.is_linked(&row.provider, account, identity).await.unwrap()
    };
    assert!(linked(Some(row.account_id.as_str()), "somebody else").await);
    assert!(!linked(Some("another"), &row.identity).await);
    assert!(linked(None, &row.identity).await);
    assert!(!linked(None, "somebody else").await);
    assert!(!store.db.is_linked("other", None, &row.identity).await.unwrap());
    store.finish().await;
}

#[tokio::test]
async fn a_link_fails_once_and_never_after_it_was_completed() {
    let store = Store::open().await;
    let db = &store.db;
    store.pending("l").await;
    assert!(!db.fail_link("l", LinkState::Started, &problem()).await.unwrap());
    assert!(db.fail_link("l", LinkState::Pending, &problem()).await.unwrap());
    let failed = store.link("l").await;
    assert_eq!((failed.state, failed.is_live(at(0))), (LinkState::Failed, false));
    assert_eq!(
        (&failed.sealed_grant, &failed.sealed_verifier, &failed.code_hash),
        (&None, &None, &None)
    );
    let told = failed.problem().unwrap();
    assert_eq!(
        (told.code.as_str(), told.message.as_str(), told.next_step.as_str()),
        ("c", "m", "n")
    );
    let another = Problem { code: "another".to_owned(), ..problem() };
    assert!(!db.fail_link("l", LinkState::Pending, &another).await.unwrap());
    assert_eq!(store.link("l").await.problem().unwrap().code, "c");
    assert!(!db.complete_link("l", &connection("c", "a")).await.unwrap());
    assert!(db.connection("c").await.unwrap().is_none());

    store.pending("done").await;
    assert!(db.complete_link("done", &connection("d", "a")).await.unwrap());
    assert!(!db.fail_link("done", LinkState::Exchanging, &problem()).await.unwrap());
    let done = store.link("done").await;
    assert_eq!(done.state, LinkState::Completed);
    assert!(done.problem().is_none());
    store.finish().await;
}

#[tokio::test]
async fn what_was_over_long_ago_is_forgotten() {
    let store = Store::open().await;
    let db = &store.db;
    for (id, expires) in [("a", 1), ("b", 2), ("c", 3)] {
        let link = LinkRow { expires_at: at(expires), ..link(id) };
        db.add_link(&link).await.unwrap();
    }
    assert_eq!(db.forget_links(at(2)).await.unwrap(), 1);
    assert!(db.link_by_ticket(b"a").await.unwrap().is_none());
    assert!(db.link_by_ticket(b"b").await.unwrap().is_some());
    assert_eq!(db.forget_links(at(3)).await.unwrap(), 1);
    assert!(db.link_by_ticket(b"c").await.unwrap().is_some());
    store.finish().await;
}

#[tokio::test]
async fn only_grants_that_wait_are_overdue() {
    let store = Store::open().await;
    store.pending("waits").await;
    store.exchanging("exchanges").await;
    store.pending("failed").await;
    assert!(store.db.fail_link("failed", LinkState::Pending, &problem()).await.unwrap());
    let end = link("any").expires_at;
    assert!(store.db.overdue_links(end - TimeDelta::microseconds(1)).await.unwrap().is_empty());
    let overdue = store.db.overdue_links(end).await.unwrap();
    assert_eq!(overdue.iter().map(|link| link.id.as_str()).collect::<Vec<_>>(), ["waits"]);
    assert_eq!(overdue[0].sealed_grant.as_deref(), Some(b"grant".as_slice()));
    store.finish().await;
}

#[tokio::test]
async fn the_database_orders_times_as_time_does() {
    let store = Store::open().await;
    // Fractions of every length, around the turn of a second, and far away.
    let times = [
        -1,
        0,
        1,
        10,
        999,
        1_000,
        1_001,
        99_999,
        100_000,
        120_000,
        500_000,
        999_999,
        1_000_000,
        1_000_001,
        60_000_000,
        3_000_000_000_000_000,
    ]
    .map(at);
    for (index, time) in times.iter().enumerate() {
        let link = LinkRow { expires_at: *time, ..link(&index.to_string()) };
        store.db.add_link(&link).await.unwrap();
        assert_eq!(store.link(&link.id).await.expires_at, *time);
    }
    for (index, time) in times.iter().enumerate() {
        // Whatever ended before this time has been forgotten one by one.
        let forgotten = store.db.forget_links(*time).await.unwrap();
        assert_eq!(forgotten, u64::from(index > 0), "{time}");
        assert_eq!(store.link(&index.to_string()).await.expires_at, *time);
    }
    store.finish().await;
}

#[tokio::test]
async fn a_key_is_noted_once_and_stays_as_it_is() {
    let store = Store::open().await;
    let before = store.db.vault_keys().await.unwrap().len();
    for check in ["first", "second"] {
        let key = VaultKeyRow { key_id: "k".to_owned(), sealed_check: check.into() };
        store.db.add_vault_key(&key, false, at(0)).await.unwrap();
    }
    let keys = store.db.vault_keys().await.unwrap();
    assert_eq!(keys.len(), before + 1);
    let key = keys.iter().find(|key| key.key_id == "k").unwrap();
    assert_eq!(key.sealed_check, b"first");
    store.finish().await;
}

#[tokio::test]
async fn processes_that_start_at_once_share_a_new_database() {
    let app = TestApp::start().await;
    for round in 0..4 {
        let folder = app.data_dir().join(format!("new {round}"));
        let opened = tokio::join!(
            Db::open(None, &folder),
            Db::open(None, &folder),
            Db::open(None, &folder),
            Db::open(None, &folder),
        );
        for db in [opened.0, opened.1, opened.2, opened.3] {
            let db = db.unwrap();
            assert!(db.vault_keys().await.unwrap().is_empty());
            db.close().await;
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
    app.finish().await;
}

#[tokio::test]
async fn a_link_that_is_added_started_belongs_to_no_browser() {
    let store = Store::open().await;
    let mut row = link("l");
    row.state = LinkState::Started;
    row.state_hash = Some(b"state".to_vec());
    row.sealed_verifier = Some(b"verifier".to_vec());
    assert!(store.db.add_link(&row).await.unwrap().is_none());
    let stored = store.db.link_by_state(b"state").await.unwrap().unwrap();
    assert_eq!(format!("{stored:?}"), format!("{row:?}"));
    press(&mut row, "b", "another");
    assert!(!store.db.start_link(&row, at(0)).await.unwrap(), "no browser goes on with it");
    assert!(store.db.begin_exchange("l", at(0)).await.unwrap());
    store.finish().await;
}
