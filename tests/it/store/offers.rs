//! Links that stand back for one that is under way.

use stagepass::store::{LinkRow, LinkState, Offered};

use super::{Store, at, link, problem};

/// Another link for whom the link `id` is for.
fn another(id: &str) -> LinkRow {
    let (name, ticket) = (format!("another {id}"), b"another".to_vec());
    LinkRow { id: name, ticket_hash: ticket, sealed_ticket: Some(b"sealed".to_vec()), ..link(id) }
}

async fn offer(store: &Store, link: &LinkRow, now: i64) -> Offered {
    store.db.offer_link(link, at(now)).await.unwrap()
}

#[tokio::test]
async fn a_link_that_may_be_finished_stays() {
    let store = Store::open().await;
    let first = LinkRow { sealed_ticket: Some(b"first".to_vec()), ..link("l") };
    assert!(matches!(offer(&store, &first, 0).await, Offered::New(None)));
    let kept = async |state: LinkState| match offer(&store, &another("l"), 0).await {
        Offered::Kept(kept) => assert_eq!((kept.id.as_str(), kept.state), ("l", state)),
        Offered::New(earlier) => panic!("{state:?}: {earlier:?}"),
    };
    kept(LinkState::Issued).await;
    assert_eq!(store.link("l").await.sealed_ticket.as_deref(), Some(b"first".as_slice()));
    let mut pressed = first.clone();
    super::press(&mut pressed, "b", "l");
    assert!(store.db.start_link(&pressed, at(0)).await.unwrap());
    kept(LinkState::Started).await;
    assert_eq!(store.link("l").await.sealed_ticket.as_deref(), Some(b"first".as_slice()));
    assert!(store.db.begin_exchange("l", at(0)).await.unwrap());
    kept(LinkState::Exchanging).await;
    assert!(store.db.hold_grant("l", b"grant", b"code").await.unwrap());
    kept(LinkState::Pending).await;
    assert_eq!(store.link("l").await.sealed_ticket, None, "nobody needs it any more");
    store.finish().await;
}

#[tokio::test]
async fn a_link_that_is_over_makes_room_and_is_given_back() {
    let store = Store::open().await;
    for id in ["late", "failed", "completed"] {
        let first = LinkRow { sealed_ticket: Some(b"first".to_vec()), ..link(id) };
        store.db.add_link(&first).await.unwrap();
        let mut now = 0;
        if id == "failed" {
            assert!(store.db.fail_link(id, LinkState::Issued, &problem()).await.unwrap());
            assert_eq!(store.link(id).await.sealed_ticket, None);
        } else {
            store.db.take_link(&first.identity, "spotify").await.unwrap();
            store.pending(id).await;
            now = 60_000_000;
        }
        if id == "completed" {
            let row = super::connection("c", "a");
            assert!(store.db.complete_link(id, &row).await.unwrap());
            now = 0;
        }
        let new = LinkRow { ticket_hash: id.as_bytes().to_vec(), ..another(id) };
        let Offered::New(Some(earlier)) = offer(&store, &new, now).await else { panic!("{id}") };
        assert_eq!(earlier.id, id);
        assert_eq!(earlier.sealed_grant.is_some(), id == "late");
        let stored = store.link(id).await;
        assert_eq!(stored.id, new.id);
        assert_eq!(stored.sealed_ticket.as_deref(), Some(b"sealed".as_slice()));
    }
    store.finish().await;
}

#[tokio::test]
async fn of_several_at_once_one_is_kept_for_all() {
    let store = Store::open().await;
    let other = store.app.db().await;
    for number in 0..10 {
        let (one, two) = (link(&format!("l{number}")), another(&format!("l{number}")));
        let two = LinkRow { ticket_hash: format!("another {number}").into_bytes(), ..two };
        let both = tokio::join!(store.db.offer_link(&one, at(0)), other.offer_link(&two, at(0)));
        let ids = match (both.0.unwrap(), both.1.unwrap()) {
            (Offered::New(None), Offered::Kept(kept)) => (kept.id, one.id),
            (Offered::Kept(kept), Offered::New(None)) => (kept.id, two.id),
            odd => panic!("{odd:?}"),
        };
        assert_eq!(ids.0, ids.1);
    }
    other.close().await;
    store.finish().await;
}
