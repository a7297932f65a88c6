//! Clients, and what they have proven.

use stagepass::store::{ClientKind, ClientRow, Epoch};

use super::{
    Store, at,
    people::{code, grant},
    seen,
};

fn client(id: &str, kind: ClientKind) -> ClientRow {
    ClientRow {
        id: id.to_owned(),
        kind,
        name: format!("The client {id}"),
        auth_method: "client_secret_basic".to_owned(),
        secret_hash: Some(vec![0, 1, 255]),
        redirect_uris: "https://a.example/cb https://b.example/cb".to_owned(),
        grant_types: "authorization_code refresh_token".to_owned(),
        scopes: "mcp.read mcp.write".to_owned(),
        jwks: Some("{}".to_owned()),
        jwks_uri: Some("https://a.example/jwks.json".to_owned()),
        created_at: at(0),
        used_at: None,
        fresh_until: Some(at(5)),
    }
}

async fn ids(store: &Store) -> Vec<String> {
    let mut ids = Vec::new();
    for kind in [ClientKind::Operator, ClientKind::Dynamic, ClientKind::Document] {
        ids.extend(store.db.clients(kind).await.unwrap().into_iter().map(|row| row.id));
    }
    ids
}

#[tokio::test]
async fn a_client_comes_back_as_it_was_written() {
    let store = Store::open().await;
    let db = &store.db;
    let full = client("full", ClientKind::Operator);
    let bare = ClientRow {
        secret_hash: None,
        jwks: None,
        jwks_uri: None,
        fresh_until: None,
        ..client("bare", ClientKind::Dynamic)
    };
    for row in [&full, &bare] {
        db.save_client(row).await.unwrap();
        assert_eq!(seen(db.client(&row.id).await.unwrap().unwrap()), seen(row));
    }
    assert!(db.client("other").await.unwrap().is_none());
    assert_eq!(seen(db.clients(ClientKind::Operator).await.unwrap()), seen([full]));
    store.finish().await;
}

#[tokio::test]
async fn only_a_document_is_replaced_by_a_newer_copy() {
    let store = Store::open().await;
    let db = &store.db;
    for kind in [ClientKind::Operator, ClientKind::Dynamic, ClientKind::Document] {
        let id = format!("{kind:?}");
        db.save_client(&client(&id, kind)).await.unwrap();
        db.touch_client(&id, at(3)).await.unwrap();
        let newer = ClientRow {
            name: "newer".to_owned(),
            redirect_uris: "https://evil.example/cb".to_owned(),
            auth_method: "none".to_owned(),
            scopes: "mcp.admin".to_owned(),
            created_at: at(9),
            fresh_until: Some(at(9)),
            ..client(&id, ClientKind::Document)
        };
        db.save_client(&newer).await.unwrap();
        let stored = db.client(&id).await.unwrap().unwrap();
        assert_eq!((stored.created_at, stored.used_at), (at(0), Some(at(3))));
        assert_eq!(stored.kind, kind);
        let replaced = kind == ClientKind::Document;
        assert_eq!(stored.name == "newer", replaced, "{id}");
        assert_eq!(stored.redirect_uris == newer.redirect_uris, replaced, "{id}");
        assert_eq!(stored.auth_method == "none", replaced, "{id}");
        assert_eq!(stored.scopes == "mcp.admin", replaced, "{id}");
        assert_eq!(stored.fresh_until == Some(at(9)), replaced, "{id}");
    }
    store.finish().await;
}

#[tokio::test]
async fn a_client_is_removed_with_everything_that_it_was_granted() {
    let store = Store::open().await;
    let db = &store.db;
    for id in ["c", "d"] {
        db.save_client(&client(id, ClientKind::Operator)).await.unwrap();
        db.add_code(&code(id, "alice", id)).await.unwrap();
        db.add_grant(&grant(id, "alice", id)).await.unwrap();
    }
    let before = db.epoch(Epoch::Grants).await.unwrap();
    assert!(db.remove_client("c").await.unwrap());
    assert!(db.epoch(Epoch::Grants).await.unwrap() > before);
    assert!(!db.remove_client("c").await.unwrap());
    for (id, there) in [("c", false), ("d", true)] {
        assert_eq!(db.client(id).await.unwrap().is_some(), there);
        assert_eq!(db.code(id.as_bytes()).await.unwrap().is_some(), there);
        assert_eq!(db.grant(id).await.unwrap().is_some(), there);
    }
    store.finish().await;
}

#[tokio::test]
async fn strangers_that_nobody_uses_are_forgotten_and_the_operators_stay() {
    let store = Store::open().await;
    let db = &store.db;
    for (id, kind, used) in [
        ("operator", ClientKind::Operator, None),
        ("never", ClientKind::Dynamic, None),
        ("never, a document", ClientKind::Document, None),
        ("never, with a grant", ClientKind::Dynamic, None),
        ("long ago", ClientKind::Dynamic, Some(10)),
        ("long ago, with a grant", ClientKind::Dynamic, Some(10)),
        ("lately", ClientKind::Document, Some(50)),
    ] {
        db.save_client(&client(id, kind)).await.unwrap();
        if let Some(used) = used {
            db.touch_client(id, at(used)).await.unwrap();
        }
    }
    for id in ["never, with a grant", "long ago, with a grant"] {
        db.add_grant(&grant(id, "alice", id)).await.unwrap();
    }
    db.forget_clients(at(0), at(10), 100).await.unwrap();
    assert_eq!(ids(&store).await.len(), 7, "none is old enough");
    db.forget_clients(at(1), at(11), 100).await.unwrap();
    let kept =
        ["operator", "long ago, with a grant", "never, with a grant", "lately"].map(str::to_owned);
    assert_eq!(ids(&store).await, kept);
    store.finish().await;
}

#[tokio::test]
async fn of_strangers_that_nobody_uses_the_newest_are_kept() {
    let store = Store::open().await;
    let db = &store.db;
    for number in 0..5 {
        let row = ClientRow {
            created_at: at(number),
            ..client(&format!("s{number}"), ClientKind::Dynamic)
        };
        db.save_client(&row).await.unwrap();
    }
    db.save_client(&client("used", ClientKind::Dynamic)).await.unwrap();
    db.touch_client("used", at(0)).await.unwrap();
    db.save_client(&client("operator", ClientKind::Operator)).await.unwrap();
    db.forget_clients(at(-10), at(-10), 2).await.unwrap();
    assert_eq!(ids(&store).await, ["operator", "used", "s3", "s4"]);
    store.finish().await;
}

#[tokio::test]
async fn an_assertion_is_used_once_until_it_is_forgotten() {
    let store = Store::open().await;
    let other = store.app.db().await;
    let (one, two) =
        tokio::join!(store.db.use_assertion(b"a", at(10)), other.use_assertion(b"a", at(10)));
    assert!(one.unwrap() ^ two.unwrap());
    assert!(!store.db.use_assertion(b"a", at(20)).await.unwrap());
    assert!(store.db.use_assertion(b"b", at(10)).await.unwrap());
    store.db.forget_assertions(at(10)).await.unwrap();
    assert!(!store.db.use_assertion(b"a", at(10)).await.unwrap());
    store.db.forget_assertions(at(11)).await.unwrap();
    assert!(store.db.use_assertion(b"a", at(10)).await.unwrap());
    other.close().await;
    store.finish().await;
}
