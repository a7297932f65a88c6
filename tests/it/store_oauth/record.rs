//! The record of what happened.

use stagepass::store::{AuditFilter, AuditRow};

use super::{Store, at, seen};

fn bare(id: i64) -> AuditRow {
    AuditRow { id: id.to_string(), at: at(id), ..AuditRow::default() }
}

fn full(id: i64) -> AuditRow {
    let text = |text: &str| Some(text.to_owned());
    AuditRow {
        id: id.to_string(),
        at: at(id),
        event: "tool.called".to_owned(),
        outcome: "done".to_owned(),
        detail: text("d"),
        identity: text("i"),
        client_id: text("c"),
        token_id: text("t"),
        grant_id: text("g"),
        tool: text("n"),
        provider: text("p"),
        connection_id: text("k"),
        address: text("a"),
    }
}

/// The ids of the newest that `filter` means.
async fn found(store: &Store, filter: AuditFilter) -> Vec<String> {
    let rows = store.db.audit_since(at(1), 3, &filter).await.unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn the_record_gives_the_newest_events_the_oldest_of_them_first() {
    let store = Store::open().await;
    let (db, all) = (&store.db, AuditFilter::default());
    for row in [&bare(2), &full(3), &bare(1), &bare(4)] {
        db.add_audit(row).await.unwrap();
    }
    assert!(db.add_audit(&full(3)).await.is_err());
    let rows = db.audit_since(at(2), 2, &all).await.unwrap();
    assert_eq!(seen(&rows), seen([&full(3), &bare(4)]));
    let rows = db.audit_since(at(2), 10, &all).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["2", "3", "4"]);
    store.finish().await;
}

#[tokio::test]
async fn each_thing_that_is_asked_for_narrows_what_is_found() {
    let store = Store::open().await;
    let db = &store.db;
    let named = |name: &str| Some(name.to_owned());
    let others = [
        AuditRow { identity: named("other"), ..full(2) },
        AuditRow { client_id: named("other"), ..full(3) },
        AuditRow { tool: named("other"), ..full(4) },
        AuditRow { event: "other".to_owned(), ..full(5) },
    ];
    db.add_audits(&[&[full(0)], &others[..], &[full(6), bare(7)]].concat()).await.unwrap();
    assert_eq!(found(&store, AuditFilter::default()).await, ["5", "6", "7"]);
    let (identity, client_id, tool) = (named("i"), named("c"), named("n"));
    let event = named("tool.called");
    let none = AuditFilter::default;
    for (filter, expected) in [
        (AuditFilter { identity: identity.clone(), ..none() }, ["4", "5", "6"]),
        (AuditFilter { client_id: client_id.clone(), ..none() }, ["4", "5", "6"]),
        (AuditFilter { tool: tool.clone(), ..none() }, ["3", "5", "6"]),
        (AuditFilter { event: event.clone(), ..none() }, ["3", "4", "6"]),
    ] {
        assert_eq!(found(&store, filter.clone()).await, expected, "{filter:?}");
    }
    let one = AuditFilter { identity: named("other"), client_id: client_id.clone(), ..none() };
    assert_eq!(found(&store, one).await, ["2"]);
    assert_eq!(found(&store, AuditFilter { identity, client_id, tool, event }).await, ["6"]);
    assert!(found(&store, AuditFilter { tool: named("i"), ..none() }).await.is_empty());
    store.finish().await;
}

#[tokio::test]
async fn what_was_written_already_is_not_written_again() {
    let store = Store::open().await;
    let db = &store.db;
    db.add_audits(&[bare(1), full(2)]).await.unwrap();
    // The answer was lost, and the group comes again.
    db.add_audits(&[bare(1), full(2), bare(3)]).await.unwrap();
    let rows = db.audit_since(at(0), 9, &AuditFilter::default()).await.unwrap();
    assert_eq!(seen(rows), seen([bare(1), full(2), bare(3)]));
    store.finish().await;
}

#[tokio::test]
async fn what_is_old_is_forgotten_bit_by_bit() {
    let store = Store::open().await;
    let db = &store.db;
    let rows: Vec<_> = (0..1_003).map(bare).collect();
    db.add_audits(&rows).await.unwrap();
    assert!(db.forget_audit(at(1_001)).await.unwrap(), "there may be more");
    assert_eq!(store.count("SELECT COUNT(*) FROM audit").await, 3);
    assert!(!db.forget_audit(at(1_001)).await.unwrap());
    let rows = db.audit_since(at(0), 9, &AuditFilter::default()).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.at).collect::<Vec<_>>(), [at(1_001), at(1_002)]);
    store.finish().await;
}
