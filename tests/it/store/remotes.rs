//! What other servers say of their things.

use stagepass::store::{DescriptionRow, Epoch};

use super::{Store, at};

fn row(name: &str, hash: &str) -> DescriptionRow {
    DescriptionRow {
        remote: "box".to_owned(),
        kind: "tool".to_owned(),
        name: name.to_owned(),
        hash: hash.to_owned(),
        said: "{}".to_owned(),
        accepted: false,
        shown: false,
        seen_at: at(0),
        accepted_at: None,
    }
}

#[tokio::test]
async fn the_first_list_of_a_kind_is_accepted_and_what_comes_later_when_it_was_shown() {
    let store = Store::open().await;
    let db = &store.db;
    let epoch = db.epoch(Epoch::Remotes).await.unwrap();
    let first = db.add_descriptions(&[row("a", "1"), row("b", "2")], at(1)).await.unwrap();
    assert!(first.iter().all(|row| row.accepted && row.accepted_at == Some(at(1))), "{first:?}");
    let later = db.add_descriptions(&[row("a", "1"), row("a", "3")], at(2)).await.unwrap();
    let [new] = later.as_slice() else { panic!("what is known isn't new: {later:?}") };
    assert_eq!((new.hash.as_str(), new.accepted, new.shown), ("3", false, false));
    let prompt = DescriptionRow { kind: "prompt".to_owned(), ..row("a", "4") };
    let prompts = db.add_descriptions(&[prompt], at(3)).await.unwrap();
    assert!(prompts[0].accepted, "the first of its kind");

    assert!(!db.accept_description(new, at(4)).await.unwrap(), "nobody has seen it");
    db.note_shown(new).await.unwrap();
    assert!(db.accept_description(new, at(4)).await.unwrap());
    assert!(!db.accept_description(new, at(5)).await.unwrap(), "once");
    let all = db.descriptions_of("box").await.unwrap();
    let known: Vec<_> = all.iter().map(|row| (row.hash.as_str(), row.accepted)).collect();
    assert_eq!(known, [("1", true), ("3", true), ("2", true), ("4", true)]);
    assert!(db.descriptions_of("other").await.unwrap().is_empty());
    assert!(db.all_descriptions().await.unwrap().iter().all(|row| row.said.is_empty()));
    assert!(db.epoch(Epoch::Remotes).await.unwrap() > epoch + 3);
    store.finish().await;
}

#[tokio::test]
async fn of_two_first_lists_at_once_one_is_the_first() {
    let store = Store::open().await;
    let (one, other) = ([row("a", "1")], [row("a", "2")]);
    let (db, now) = (&store.db, at(1));
    let (one, other) =
        tokio::join!(db.add_descriptions(&one, now), db.add_descriptions(&other, now));
    let accepted = [one.unwrap(), other.unwrap()].concat();
    assert_eq!(accepted.iter().filter(|row| row.accepted).count(), 1, "{accepted:?}");
    store.finish().await;
}

#[tokio::test]
async fn what_nobody_accepts_is_forgotten_and_held_back_again() {
    let store = Store::open().await;
    let db = &store.db;
    db.add_descriptions(&[row("a", "1")], at(1)).await.unwrap();
    db.add_descriptions(&[row("a", "2"), row("b", "3")], at(2)).await.unwrap();
    db.note_shown(&row("a", "2")).await.unwrap();
    assert!(db.accept_description(&row("a", "2"), at(3)).await.unwrap());
    let new = DescriptionRow { remote: "new".to_owned(), ..row("c", "4") };
    db.add_descriptions(std::slice::from_ref(&new), at(9)).await.unwrap();
    db.add_descriptions(&[row("b", "5")], at(9)).await.unwrap();
    db.note_shown(&row("b", "3")).await.unwrap();

    let epoch = db.epoch(Epoch::Remotes).await.unwrap();
    assert_eq!(db.forget_held_back(at(2)).await.unwrap(), 0);
    assert_eq!(db.epoch(Epoch::Remotes).await.unwrap(), epoch);
    assert_eq!(db.forget_held_back(at(9)).await.unwrap(), 1);
    assert!(db.epoch(Epoch::Remotes).await.unwrap() > epoch, "others hear of it");
    let hashes = async || {
        let all = db.descriptions_of("box").await.unwrap();
        all.into_iter().map(|row| (row.hash, row.accepted)).collect::<Vec<_>>()
    };
    let left = [("1", true), ("2", true), ("5", false)].map(|(hash, it)| (hash.to_owned(), it));
    assert_eq!(hashes().await, left, "the accepted ones stay, the older one, too");
    assert!(!db.accept_description(&row("b", "3"), at(10)).await.unwrap(), "it is gone");

    let again = db.add_descriptions(&[row("b", "3")], at(10)).await.unwrap();
    assert_eq!((again[0].accepted, again[0].shown), (false, false), "the server isn't new");
    assert_eq!(db.forget_held_back(at(99)).await.unwrap(), 2);
    let again = db.add_descriptions(&[row("b", "3")], at(100)).await.unwrap();
    assert!(!again[0].accepted);
    assert_eq!(db.forget_held_back(at(200)).await.unwrap(), 1);
    assert!(db.descriptions_of("new").await.unwrap()[0].accepted);
    store.finish().await;
}

#[tokio::test]
async fn a_client_of_the_operators_belongs_to_the_issuer_that_it_was_first_used_at() {
    let store = Store::open().await;
    let db = &store.db;
    assert_eq!(db.remote_issuer("box", "id").await.unwrap(), None);
    let (one, other) = tokio::join!(
        db.settle_remote_issuer("box", "id", "https://a.example"),
        db.settle_remote_issuer("box", "id", "https://b.example"),
    );
    let first = one.unwrap();
    assert_eq!(other.unwrap(), first, "of two at once one is the first");
    let late = db.settle_remote_issuer("box", "id", "https://c.example").await.unwrap();
    assert_eq!(late, first);
    assert_eq!(db.remote_issuer("box", "id").await.unwrap(), Some(first));
    for (remote, id) in [("box", "another"), ("other", "id")] {
        assert_eq!(db.remote_issuer(remote, id).await.unwrap(), None);
    }
    store.finish().await;
}
