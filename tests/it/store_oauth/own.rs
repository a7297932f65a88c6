//! What a person's own page asks of the tables, and takes out of them.

use stagepass::store::{Epoch, LinkRow, RefreshRow, RefreshState, UserRow};

use super::{
    Store, at,
    people::{code, grant},
};

const ANN: &str = "user:spotify:ann";

fn refresh(hash: &str, grant: &str, created: i64) -> RefreshRow {
    RefreshRow {
        token_hash: hash.as_bytes().to_vec(),
        grant_id: grant.to_owned(),
        state: RefreshState::Live,
        parent_hash: None,
        rotated_at: None,
        successor_hash: None,
        sealed_successor: None,
        created_at: at(created),
    }
}

#[tokio::test]
async fn what_was_given_is_listed_while_it_counts() {
    let store = Store::open().await;
    let db = &store.db;
    db.add_code(&code("one", ANN, "app")).await.unwrap();
    db.redeem(b"one", &grant("g1", ANN, "app"), &refresh("r1", "g1", 7), at(1)).await.unwrap();
    db.add_grant(&grant("g2", ANN, "other")).await.unwrap();
    db.add_grant(&grant("g3", "user:spotify:bob", "app")).await.unwrap();
    let given = db.access_given(ANN, at(50)).await.unwrap();
    let seen: Vec<_> = given.iter().map(|row| (row.client_id.as_str(), row.renewed_at)).collect();
    assert_eq!(seen, [("app", Some(at(7))), ("other", None)]);
    assert!(db.access_given(ANN, at(100)).await.unwrap().is_empty());
    store.finish().await;
}

#[tokio::test]
async fn taking_access_ends_what_one_person_gave_to_one_client() {
    let store = Store::open().await;
    let db = &store.db;
    for (id, who, client) in
        [("g1", ANN, "app"), ("g2", ANN, "app"), ("g3", ANN, "other"), ("g4", "bob", "app")]
    {
        db.add_grant(&grant(id, who, client)).await.unwrap();
        db.add_code(&code(&format!("c{id}"), who, client)).await.unwrap();
    }
    let before = db.epoch(Epoch::Grants).await.unwrap();
    assert!(db.take_access(ANN, "app").await.unwrap());
    assert_eq!(db.epoch(Epoch::Grants).await.unwrap(), before + 1);
    for (id, left) in [("g1", false), ("g2", false), ("g3", true), ("g4", true)] {
        assert_eq!(db.grant(id).await.unwrap().is_some(), left, "{id}");
        assert_eq!(db.code(format!("c{id}").as_bytes()).await.unwrap().is_some(), left, "{id}");
    }
    assert!(!db.take_access(ANN, "app").await.unwrap());
    store.finish().await;
}

#[tokio::test]
async fn a_person_is_forgotten_and_an_owner_only_in_part() {
    let store = Store::open().await;
    let db = &store.db;
    let user = |identity: &str| UserRow {
        identity: identity.to_owned(),
        provider: "spotify".to_owned(),
        account_id: identity.to_owned(),
        account_name: "A. Example".to_owned(),
        email: Some("a@example.org".to_owned()),
        owner: None,
        created_at: at(0),
        signed_in_at: at(0),
    };
    for who in [ANN, "owner", "bob"] {
        db.save_user(&user(who)).await.unwrap();
    }
    assert!(db.make_owner("owner").await.unwrap());
    assert!(db.forget_user(ANN).await.unwrap());
    assert!(!db.forget_user(ANN).await.unwrap());
    assert!(!db.forget_user("owner").await.unwrap());
    assert!(db.user(ANN).await.unwrap().is_none());
    let owner = db.user("owner").await.unwrap().unwrap();
    assert_eq!((owner.owner, owner.email), (Some(1), None));
    assert_eq!(db.user("bob").await.unwrap().unwrap().email.as_deref(), Some("a@example.org"));
    store.finish().await;
}

#[tokio::test]
async fn all_links_of_a_person_are_taken_at_once() {
    let store = Store::open().await;
    let link = |id: &str, who: &str, provider: &str| LinkRow {
        from_account: id == "one",
        ..LinkRow::issued(
            id.to_owned(),
            id.as_bytes().to_vec(),
            who.to_owned(),
            provider.to_owned(),
            String::new(),
            at(0),
            at(100),
        )
    };
    for (id, who, provider) in
        [("one", ANN, "spotify"), ("two", ANN, "google"), ("three", "bob", "spotify")]
    {
        store.db.add_link(&link(id, who, provider)).await.unwrap();
    }
    let mut taken = store.db.take_links(ANN, None).await.unwrap();
    taken.sort_by(|one, other| one.id.cmp(&other.id));
    let taken: Vec<_> = taken.iter().map(|link| (link.id.as_str(), link.from_account)).collect();
    assert_eq!(taken, [("one", true), ("two", false)]);
    assert!(store.db.link_of("bob", "spotify").await.unwrap().is_some());
    assert!(store.db.take_links(ANN, None).await.unwrap().is_empty());
    store.finish().await;
}
