//! The tables of webhooks, one function after the other.

use stagepass::store::{ConnectionRow, Db, DeliveryRow, DeliveryState};

use crate::harness::{Store, at};

impl Store {
    /// The ids of what `bot` gets to try at `now`, until ten microseconds later.
    async fn claim(&self, bot: &str, now: i64, most: i64) -> Vec<String> {
        let rows = self.db.claim_deliveries(bot, at(now), at(now + 10), most).await.unwrap();
        let mut ids: Vec<_> = rows.into_iter().map(|row| row.id).collect();
        ids.sort();
        ids
    }

    async fn all(&self, bot: Option<&str>, most: i64) -> Vec<String> {
        let rows = self.db.deliveries(bot, most).await.unwrap();
        rows.into_iter().map(|row| row.id).collect()
    }

    /// The connections of `prefix` that are dead and untold, or end before 100.
    async fn unannounced(&self, prefix: &str) -> Vec<String> {
        let rows = self.db.unannounced(prefix, "dead", at(100), 10).await.unwrap();
        let mut ids: Vec<_> = rows.into_iter().map(|row| row.id).collect();
        ids.sort();
        ids
    }
}

fn message(id: &str, bot: &str, now: i64) -> DeliveryRow {
    let (id, bot, body) = (id.to_owned(), bot.to_owned(), format!("{{\"about\":\"{id}\"}}"));
    DeliveryRow::new(id, bot, "link.completed".to_owned(), body, at(now))
}

/// A connection of a chat user of `bot` that ends at `end`.
fn connection(id: &str, bot: &str, end: Option<i64>) -> ConnectionRow {
    ConnectionRow {
        label: None,
        used_at: None,
        id: id.to_owned(),
        identity: format!("chat:{bot}:{id}"),
        provider: "spotify".to_owned(),
        account_id: "a".to_owned(),
        account_name: "Anna".to_owned(),
        scopes: "one".to_owned(),
        sealed_access: vec![1],
        sealed_refresh: None,
        access_expires_at: None,
        authorized_at: at(1),
        reconnect_by: end.map(at),
        dead_reason: None,
        refreshing_until: None,
        version: 1,
        created_at: at(1),
        updated_at: at(1),
    }
}

fn next(row: &ConnectionRow) -> ConnectionRow {
    ConnectionRow { version: row.version + 1, ..row.clone() }
}

#[tokio::test]
async fn a_message_comes_back_as_it_was_written() {
    let store = Store::open().await;
    let row = message("m", "bot", 3);
    store.db.add_delivery(&row).await.unwrap();
    assert!(store.db.add_delivery(&row).await.is_err(), "an id names one message");
    let back = store.db.deliveries(None, 10).await.unwrap();
    assert_eq!(format!("{back:?}"), format!("{:?}", [row]));
    store.finish().await;
}

#[tokio::test]
async fn whoever_claims_a_message_has_it_alone_until_the_lease_ends() {
    let store = Store::open().await;
    for (id, bot, due) in [("a", "bot", 0), ("b", "bot", 1), ("c", "bot", 9), ("d", "other", 0)] {
        store.db.add_delivery(&message(id, bot, due)).await.unwrap();
    }
    assert_eq!(store.claim("bot", 5, 1).await, ["a"], "the one that has waited longest");
    assert_eq!(store.claim("bot", 5, 9).await, ["b"]);
    assert_eq!(store.claim("bot", 5, 9).await, [""; 0]);
    assert_eq!(store.claim("bot", 14, 9).await, ["c"]);
    assert_eq!(store.claim("bot", 15, 9).await, ["a", "b"], "whoever had them has crashed");
    let rows = store.db.deliveries(Some("bot"), 9).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.attempts).collect::<Vec<_>>(), [2, 2, 1]);
    store.finish().await;
}

#[tokio::test]
async fn of_many_who_claim_at_once_each_message_goes_to_one() {
    let store = Store::open().await;
    let other = store.app.db().await;
    let claim = |db: Db| async move { db.claim_deliveries("bot", at(1), at(2), 3).await.unwrap() };
    for round in 0..20 {
        for n in 0..4 {
            store.db.add_delivery(&message(&format!("{round}-{n}"), "bot", 0)).await.unwrap();
        }
        let dbs = (0..12).map(|n| if n % 2 == 0 { store.db.clone() } else { other.clone() });
        let claimed = futures::future::join_all(dbs.map(claim)).await.concat();
        assert!(claimed.iter().all(|row| row.attempts == 1), "{claimed:?}");
        assert!(claimed.len() >= 3, "whoever comes first gets what there is");
    }
    other.close().await;
    store.finish().await;
}

#[tokio::test]
async fn only_the_newest_try_settles_a_message() {
    let store = Store::open().await;
    store.db.add_delivery(&message("m", "bot", 0)).await.unwrap();
    let claim = async |now| store.db.claim_deliveries("bot", at(now), at(now + 10), 1).await;
    let late = claim(0).await.unwrap().remove(0);
    let newest = claim(10).await.unwrap().remove(0);
    let answered = |row: &DeliveryRow, state, answer: &str, next| DeliveryRow {
        state,
        last_answer: Some(answer.to_owned()),
        next_at: at(next),
        delivered_at: (state == DeliveryState::Delivered).then(|| at(11)),
        ..row.clone()
    };
    let failed = answered(&late, DeliveryState::GivenUp, "500", 1);
    assert!(!store.db.settle_delivery(&failed).await.unwrap());
    let again = answered(&newest, DeliveryState::Waiting, "503", 15);
    assert!(store.db.settle_delivery(&again).await.unwrap());
    assert!(claim(14).await.unwrap().is_empty());
    let third = claim(15).await.unwrap().remove(0);
    assert_eq!((third.attempts, third.last_answer.as_deref()), (3, Some("503")));
    let taken = answered(&third, DeliveryState::Delivered, "204", 25);
    assert!(store.db.settle_delivery(&taken).await.unwrap());
    assert!(!store.db.settle_delivery(&failed).await.unwrap());
    let back = store.db.deliveries(None, 1).await.unwrap();
    assert_eq!(format!("{back:?}"), format!("{:?}", [taken]));
    assert!(claim(99).await.unwrap().is_empty(), "it is told");
    store.finish().await;
}

#[tokio::test]
async fn the_newest_messages_are_listed_and_old_ones_are_forgotten() {
    let store = Store::open().await;
    for (id, bot, now) in [("a", "one", 1), ("b", "two", 2), ("c", "one", 3)] {
        store.db.add_delivery(&message(id, bot, now)).await.unwrap();
    }
    assert_eq!(store.all(None, 9).await, ["a", "b", "c"]);
    assert_eq!(store.all(None, 2).await, ["b", "c"]);
    assert_eq!(store.all(Some("one"), 9).await, ["a", "c"]);
    assert_eq!(store.all(Some("none"), 9).await, [""; 0]);
    assert_eq!(store.db.forget_deliveries(at(2)).await.unwrap(), 1);
    assert_eq!(store.all(None, 9).await, ["b", "c"]);
    store.finish().await;
}

#[tokio::test]
async fn connections_that_end_are_found_for_their_own_bot() {
    let store = Store::open().await;
    let db = &store.db;
    for row in [
        connection("soon", "bot", Some(100)),
        connection("later", "bot", Some(101)),
        connection("never", "bot", None),
        connection("dead", "bot", None),
        connection("other's", "bot_2", Some(1)),
        connection("odd", "b_t", Some(1)),
        ConnectionRow { identity: "user:bot:x".to_owned(), ..connection("u", "bot", Some(1)) },
    ] {
        assert!(db.write_connection(&row).await.unwrap());
    }
    assert!(db.kill_connection("dead", 1, "why", &crate::store::death(at(5))).await.unwrap());
    assert_eq!(store.unannounced("chat:bot:").await, ["dead", "soon"]);
    assert_eq!(store.unannounced("chat:bot_2:").await, ["other's"]);
    assert_eq!(store.unannounced("chat:b_t:").await, ["odd"]);
    assert_eq!(db.unannounced("chat:bot:", "dead", at(100), 1).await.unwrap().len(), 1);
    store.finish().await;
}

#[tokio::test]
async fn an_end_is_announced_once_with_its_message_until_the_person_signs_in_anew() {
    let store = Store::open().await;
    let db = &store.db;
    let first = connection("c", "bot", Some(1));
    assert!(db.write_connection(&first).await.unwrap());
    let read = async || db.unannounced("chat:bot:", "dead", at(100), 9).await.unwrap();
    let told =
        |id: &str, event: &str| DeliveryRow { event: event.to_owned(), ..message(id, "bot", 0) };
    let ending = read().await.remove(0);
    assert!(db.announce(&ending, &told("1", "expiring")).await.unwrap());
    assert!(!db.announce(&ending, &told("2", "expiring")).await.unwrap(), "told already");
    assert_eq!(store.all(None, 9).await, ["1"]);
    assert_eq!(store.unannounced("chat:bot:").await, [""; 0]);

    let refreshed = next(&first);
    assert!(db.write_connection(&refreshed).await.unwrap());
    assert_eq!(store.unannounced("chat:bot:").await, [""; 0], "a refresh is no sign-in");

    assert!(db.kill_connection("c", 2, "why", &crate::store::death(at(5))).await.unwrap());
    let dead = read().await.remove(0);
    assert_eq!(dead.dead_reason.as_deref(), Some("why"));
    assert!(db.announce(&dead, &told("1", "dead")).await.is_err(), "the message can't be stored");
    assert!(!db.announce(&ending, &told("3", "expiring")).await.unwrap(), "an older row");
    assert!(db.announce(&dead, &told("4", "dead")).await.unwrap());
    assert_eq!(store.unannounced("chat:bot:").await, [""; 0]);
    assert_eq!(store.all(None, 9).await.len(), 2);

    let anew = ConnectionRow { authorized_at: at(50), ..next(&refreshed) };
    assert!(db.replace_connection(&anew).await.unwrap());
    assert_eq!(store.unannounced("chat:bot:").await, ["c"], "it will end again");
    assert!(!db.announce(&dead, &told("5", "dead")).await.unwrap(), "it lives again");
    store.finish().await;
}

#[tokio::test]
async fn a_dead_connection_that_a_late_answer_revives_is_told_when_it_dies_again() {
    let store = Store::open().await;
    let db = &store.db;
    let first = connection("c", "bot", None);
    assert!(db.write_connection(&first).await.unwrap());
    assert!(db.kill_connection("c", 1, "why", &crate::store::death(at(5))).await.unwrap());
    let dead = db.unannounced("chat:bot:", "dead", at(0), 9).await.unwrap().remove(0);
    let message = DeliveryRow { event: "dead".to_owned(), ..message("1", "bot", 0) };
    assert!(db.announce(&dead, &message).await.unwrap());
    assert!(db.write_connection(&next(&first)).await.unwrap());
    assert!(db.kill_connection("c", 2, "why", &crate::store::death(at(6))).await.unwrap());
    assert_eq!(store.unannounced("chat:bot:").await, ["c"]);
    store.finish().await;
}
