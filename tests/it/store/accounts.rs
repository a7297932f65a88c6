//! Labels of accounts, and those that nobody uses.

use super::*;

fn labelled(id: &str, account: &str, label: &str) -> ConnectionRow {
    ConnectionRow { label: Some(label.to_owned()), ..connection(id, account) }
}

/// A connection of a chat user's.
fn of_chat(id: &str) -> ConnectionRow {
    ConnectionRow { identity: format!("chat:bot:{id}"), ..connection(id, id) }
}

#[tokio::test]
async fn a_label_is_kept_with_its_link_and_with_its_connection() {
    let store = Store::open().await;
    let link = LinkRow { label: Some("Arbeit".to_owned()), ..link("l") };
    store.db.add_link(&link).await.unwrap();
    assert_eq!(store.link("l").await.label.as_deref(), Some("Arbeit"));

    let first = labelled("c", "a", "Arbeit");
    assert!(store.db.write_connection(&first).await.unwrap());
    let stored = async || store.db.connection("c").await.unwrap().unwrap().label;
    assert_eq!(stored().await.as_deref(), Some("Arbeit"));
    let second = ConnectionRow { label: Some("Büro".to_owned()), ..next(&first, b"2") };
    assert!(store.db.write_connection(&second).await.unwrap());
    assert_eq!(stored().await.as_deref(), Some("Büro"));
    store.finish().await;
}

#[tokio::test]
async fn a_label_names_one_account_of_an_identity_at_a_provider() {
    let store = Store::open().await;
    let db = &store.db;
    assert!(db.write_connection(&labelled("c", "a", "work")).await.unwrap());
    assert!(!db.write_connection(&labelled("d", "b", "work")).await.unwrap());
    assert!(db.write_connection(&labelled("d", "b", "home")).await.unwrap());
    let elsewhere = ConnectionRow { provider: "other".to_owned(), ..labelled("e", "a", "work") };
    assert!(db.write_connection(&elsewhere).await.unwrap());
    let bobs = ConnectionRow { identity: "bob".to_owned(), ..labelled("f", "a", "work") };
    assert!(db.write_connection(&bobs).await.unwrap());
    for id in ["g", "h"] {
        assert!(db.write_connection(&connection(id, id)).await.unwrap(), "none is no label");
    }
    store.finish().await;
}

#[tokio::test]
async fn a_use_is_noted_once_in_a_while_and_no_write_undoes_it() {
    let store = Store::open().await;
    let db = &store.db;
    let first = connection("c", "a");
    assert!(db.write_connection(&first).await.unwrap());
    let used_at = async || db.connection("c").await.unwrap().unwrap().used_at;
    assert_eq!(used_at().await, None);
    assert!(db.note_use("c", at(10), at(0)).await.unwrap());
    assert_eq!(used_at().await, Some(at(10)));
    assert!(!db.note_use("c", at(19), at(9)).await.unwrap(), "noted a moment ago");
    assert!(db.note_use("c", at(20), at(10)).await.unwrap());
    assert!(db.write_connection(&next(&first, b"2")).await.unwrap());
    assert_eq!(used_at().await, Some(at(20)));
    assert!(!db.note_use("nobody", at(99), at(99)).await.unwrap());
    store.finish().await;
}

#[tokio::test]
async fn the_unused_connections_of_a_realm_come_in_portions() {
    let store = Store::open().await;
    let db = &store.db;
    for id in ["a", "b", "c", "dead", "just signed in", "just used"] {
        let authorized_at = if id == "just signed in" { at(6) } else { at(5) };
        let row = ConnectionRow { authorized_at, ..of_chat(id) };
        assert!(db.write_connection(&row).await.unwrap());
    }
    assert!(db.write_connection(&connection("no chat", "z")).await.unwrap());
    assert!(db.note_use("b", at(5), at(5)).await.unwrap());
    assert!(db.note_use("just used", at(6), at(5)).await.unwrap());
    assert!(db.kill_connection("dead", 1, "why", &crate::store::death(at(5))).await.unwrap());
    let unused = async |after, most| {
        let rows = db.unused_connections("chat:", at(5), after, most).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(unused("", 2).await, ["a", "b"]);
    assert_eq!(unused("b", 2).await, ["c"]);
    assert!(unused("c", 2).await.is_empty());
    assert!(db.unused_connections("chat:", at(4), "", 9).await.unwrap().is_empty());
    store.finish().await;
}

#[tokio::test]
async fn only_what_is_still_unused_ends_for_it() {
    let store = Store::open().await;
    let db = &store.db;
    assert!(db.write_connection(&of_chat("c")).await.unwrap());
    let ends = async |version, before, now| {
        db.kill_unused_connection("c", version, at(before), "why", at(now)).await.unwrap()
    };
    assert!(!ends(2, 99, 100).await, "another version");
    assert!(!ends(1, 0, 100).await, "signed in since");
    assert!(db.note_use("c", at(50), at(50)).await.unwrap());
    assert!(!ends(1, 49, 100).await, "used since");
    assert!(ends(1, 50, 100).await);
    assert!(!ends(1, 50, 101).await, "once");
    let dead = db.connection("c").await.unwrap().unwrap();
    assert_eq!((dead.dead_reason.as_deref(), dead.updated_at), (Some("why"), at(100)));
    store.finish().await;
}
