//! Changing playlists, and the truth about how far it came.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use serde_json::{Value, json};
use stagepass_kit::{Progress, Watch};
use stagepass_standin::spotify::{Answer, songs};
use tokio_util::sync::CancellationToken;

use super::harness::{LIGHTHOUSE, SLOW_FERRY, Stage};

const EPISODE: &str = "spotify:episode:BenQtYh5Xj8TPQxjq4i9Do";

fn many(count: usize) -> Vec<String> {
    songs().into_iter().map(|song| song.uri).cycle().take(count).collect()
}

fn says(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"error": {"status": status, "message": message}}))
}

/// Somebody who stops waiting after so many reports.
struct Impatient {
    left: AtomicU64,
    last: AtomicU64,
    token: CancellationToken,
}

#[async_trait]
impl Progress for Impatient {
    async fn report(&self, done: u64, total: Option<u64>, message: &str) {
        assert!(done <= total.unwrap() && !message.is_empty());
        assert!(self.last.swap(done, Ordering::SeqCst) < done, "reports have to grow");
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.token.cancel();
        }
    }
}

fn impatient(reports: u64) -> Watch {
    let token = CancellationToken::new();
    let progress = Impatient { left: reports.into(), last: 0.into(), token: token.clone() };
    Watch::new(Some(Arc::new(progress)), token)
}

async fn change(stage: &Stage, tool: &str, arguments: Value) -> (String, Value) {
    stage.answer(tool, &arguments.to_string()).await
}

async fn refused(stage: &Stage, tool: &str, arguments: Value) -> (String, String) {
    stage.error(tool, &arguments.to_string()).await
}

#[tokio::test]
async fn a_playlist_is_made_private_and_filled_in_one_call() {
    let stage = Stage::alice().await;
    let uris = many(250);
    let made = json!({"name": "Rain", "description": "Slow", "uris": uris});
    let (text, data) = change(&stage, "spotify_playlist_create", made).await;
    let id = data["uri"].as_str().unwrap().strip_prefix("spotify:playlist:").unwrap().to_owned();
    assert_eq!(
        text,
        format!(
            "Made the private playlist \"Rain\" with 250 items: spotify:playlist:{id} \
             https://open.spotify.com/playlist/{id}"
        )
    );
    assert_eq!(stage.uris(&id), uris);
    assert_eq!(stage.count("POST", &format!("playlists/{id}/items")), 3);
    stage.spotify.world(|world| {
        let list = world.playlist(&id);
        assert!(!list.public && !list.collaborative && list.description == "Slow");
        assert_eq!(data["snapshot_id"], list.snapshot_id());
    });
}

#[tokio::test]
async fn what_cannot_be_made_is_refused_before_any_call() {
    let stage = Stage::alice().await;
    for arguments in [
        json!({"name": "x", "public": true, "collaborative": true}),
        json!({"name": " "}),
        json!({"name": "x".repeat(101)}),
        json!({"name": "x", "uris": ["spotify:album:fKtHF4vUCsMehGAkWvj7FA"]}),
        json!({"name": "x", "uris": many(1001)}),
        json!({"uris": [LIGHTHOUSE]}),
    ] {
        let (code, _) = refused(&stage, "spotify_playlist_create", arguments.clone()).await;
        assert_eq!(code, "invalid_argument", "{arguments}");
    }
    assert!(stage.spotify.requests().is_empty());
}

#[tokio::test]
async fn a_playlist_that_was_made_is_told_even_if_it_could_not_be_filled() {
    let stage = Stage::alice().await;
    let gone = "spotify:track:0000000000000000000000";
    let made = json!({"name": "Rain", "uris": [gone]});
    let (text, data) = change(&stage, "spotify_playlist_create", made).await;
    assert_eq!((&data["added"], &data["left"]), (&json!(0), &json!(1)));
    assert!(text.contains("with 0 items") && text.contains("non-existing ID"), "{text}");
    stage.fail("POST", "me/playlists", Answer::DropAfter);
    let (code, seen) = refused(&stage, "spotify_playlist_create", json!({"name": "Sun"})).await;
    assert_eq!(code, "provider_unavailable");
    assert!(seen.contains("may have been made or not"), "{seen}");
    assert_eq!(stage.count("POST", "me/playlists"), 2);
}

#[tokio::test]
async fn details_are_changed_and_looked_at() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Old", [LIGHTHOUSE]);
    let wanted = json!({"playlist": "old", "name": "New", "public": false, "collaborative": true});
    let (text, data) = change(&stage, "spotify_playlist_update", wanted).await;
    assert_eq!(text, format!("Done: \"New\" · private · collaborative · spotify:playlist:{id}"));
    assert_eq!(data["confirmed"], true);
    for arguments in [
        json!({"playlist": id}),
        json!({"playlist": id, "public": true}),
        json!({"playlist": id, "name": ""}),
    ] {
        let (code, _) = refused(&stage, "spotify_playlist_update", arguments.clone()).await;
        assert_eq!(code, "invalid_argument", "{arguments}");
    }
    let renamed = || json!({"playlist": id, "name": "Newer"});
    stage.fail("PUT", &format!("playlists/{id}"), Answer::Drop);
    let (code, _) = refused(&stage, "spotify_playlist_update", renamed()).await;
    assert_eq!(code, "provider_unavailable");
    stage.fail("PUT", &format!("playlists/{id}"), Answer::DropAfter);
    let (_, data) = change(&stage, "spotify_playlist_update", renamed()).await;
    assert_eq!((&data["confirmed"], &data["name"]), (&json!(true), &json!("Newer")));
    // Accepted, and yet not so.
    stage.fail("PUT", &format!("playlists/{id}"), Answer::text(200, ""));
    let other = json!({"playlist": id, "name": "Newest"});
    let (text, data) = change(&stage, "spotify_playlist_update", other).await;
    assert_eq!(data["confirmed"], false);
    assert!(text.contains("doesn't show it yet"), "{text}");
}

#[tokio::test]
async fn what_is_there_or_comes_twice_is_not_added_again() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Focus", [LIGHTHOUSE, EPISODE]);
    let bare = SLOW_FERRY.strip_prefix("spotify:track:").unwrap();
    let link = format!("https://open.spotify.com/track/{bare}?si=1");
    let add = json!({"playlist": "focus", "uris": [LIGHTHOUSE, bare, link, EPISODE]});
    let (text, data) = change(&stage, "spotify_playlist_add", add).await;
    assert_eq!(
        text,
        format!(
            "Added 1 to Focus.\nSkipped 3, which are in it already or came twice: {LIGHTHOUSE}, \
             {SLOW_FERRY}, {EPISODE}"
        )
    );
    assert_eq!(data["added"], 1);
    assert_eq!(stage.uris(&id), [LIGHTHOUSE, EPISODE, SLOW_FERRY]);
    let snapshot = stage.spotify.world(|world| world.playlist(&id).snapshot_id());
    assert_eq!(data["snapshot_id"], snapshot);
    let again = json!({"playlist": id, "uris": [LIGHTHOUSE]});
    let (text, _) = change(&stage, "spotify_playlist_add", again).await;
    assert!(text.starts_with("Nothing was added to Focus."), "{text}");
    let twice =
        json!({"playlist": id, "uris": [LIGHTHOUSE], "skip_duplicates": false, "position": 1});
    change(&stage, "spotify_playlist_add", twice).await;
    assert_eq!(stage.uris(&id), [LIGHTHOUSE, LIGHTHOUSE, EPISODE, SLOW_FERRY]);
    let beyond = json!({"playlist": id, "uris": [LIGHTHOUSE], "position": 5});
    let (code, seen) = refused(&stage, "spotify_playlist_add", beyond).await;
    assert_eq!(code, "invalid_argument");
    assert!(seen.contains("only 4 items"), "{seen}");
}

#[tokio::test]
async fn many_are_added_in_order_before_a_position() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Focus", [LIGHTHOUSE, SLOW_FERRY]);
    let uris = many(250);
    let add = json!({"playlist": id, "uris": uris, "position": 1, "skip_duplicates": false});
    let (text, _) = change(&stage, "spotify_playlist_add", add).await;
    assert_eq!(text, "Added 250 to Focus.");
    let now = stage.uris(&id);
    assert_eq!(
        (now[0].as_str(), &now[1..251], now[251].as_str()),
        (LIGHTHOUSE, &uris[..], SLOW_FERRY)
    );
}

#[tokio::test]
async fn a_long_add_stops_between_chunks_and_tells_how_far_it_came() {
    let mut stage = Stage::alice().await;
    stage.watch(impatient(2));
    let id = stage.playlist("Focus", Vec::<String>::new());
    let add = json!({"playlist": id, "uris": many(1000), "skip_duplicates": false});
    let (text, data) = change(&stage, "spotify_playlist_add", add).await;
    assert_eq!(
        text,
        "Added 200 to Focus.\nStopped before the end, because the call was cancelled.\nNot got to: \
         the last 800 of the URIs."
    );
    assert_eq!(
        (&data["stopped"], &data["added"], &data["left"]),
        (&json!(true), &json!(200), &json!(800))
    );
    assert_eq!(stage.uris(&id), many(200));
}

#[tokio::test]
async fn nothing_is_written_when_nobody_waits_for_the_look_before_it() {
    let mut stage = Stage::alice().await;
    stage.watch(impatient(1));
    let id = stage.playlist("Focus", many(200));
    let path = format!("playlists/{id}/items");
    let (text, data) =
        change(&stage, "spotify_playlist_add", json!({"playlist": id, "uris": [EPISODE]})).await;
    assert_eq!((&data["stopped"], &data["added"]), (&json!(true), &json!(0)), "{text}");
    assert_eq!((stage.count("GET", &path), stage.count("POST", &path)), (1, 0));
    let mut stage = Stage::alice().await;
    stage.watch(impatient(1));
    let id = stage.playlist("Focus", many(200));
    let find = json!({"playlist": id, "query": "salt"});
    let (text, data) = change(&stage, "spotify_playlist_items", find).await;
    assert_eq!(data["stopped_at"], 50);
    assert!(text.contains("only the first 50 were looked at"), "{text}");
}

#[tokio::test]
async fn a_chunk_that_fails_in_the_middle_leaves_the_truth() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Focus", Vec::<String>::new());
    let path = format!("playlists/{id}/items");
    let mut uris = many(250);
    uris[150] = "spotify:track:0000000000000000000000".to_owned();
    let add = json!({"playlist": id, "uris": uris, "skip_duplicates": false});
    let (text, data) = change(&stage, "spotify_playlist_add", add.clone()).await;
    assert_eq!((&data["added"], &data["left"]), (&json!(100), &json!(150)));
    assert!(
        text.starts_with("Added 100 to Focus.\nIt ended early: Spotify can't use these"),
        "{text}"
    );
    assert_eq!(stage.uris(&id).len(), 100);
    assert_eq!(stage.count("POST", &path), 2);
    // With nothing done at all, it is an error.
    stage.fail("POST", &path, says(403, "No way"));
    assert_eq!(refused(&stage, "spotify_playlist_add", add).await.0, "forbidden");
}

#[tokio::test]
async fn a_lost_answer_is_never_taken_for_a_no_nor_for_a_yes() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Focus", Vec::<String>::new());
    let path = format!("playlists/{id}/items");
    let add = || json!({"playlist": id, "uris": many(250), "skip_duplicates": false});
    // It arrived: the playlist shows it, and the next chunks follow.
    stage.fail("POST", &path, Answer::DropAfter);
    let (text, _) = change(&stage, "spotify_playlist_add", add()).await;
    assert_eq!(text, "Added 250 to Focus.");
    assert_eq!(stage.uris(&id), many(250));
    // It didn't: the playlist is as it was.
    stage.fail("POST", &path, Answer::Drop);
    let (code, seen) = refused(&stage, "spotify_playlist_add", add()).await;
    assert_eq!(code, "provider_unavailable");
    assert!(seen.contains("as it was before"), "{seen}");
    assert_eq!(stage.uris(&id).len(), 250);
    assert_eq!(stage.count("POST", &path), 4);
    // Nobody can tell: the playlist can't be looked at.
    stage.fail("POST", &path, Answer::DropAfter);
    let (move_on, one) = (format!("playlists/{id}$"), Answer::text(503, ""));
    stage.spotify.world(|world| {
        let mut fault =
            stagepass_standin::spotify::Fault::times(2, "GET", &format!("/v1/{move_on}"), one);
        fault.times = 2;
        world.fail(fault);
    });
    let look = stage.error("spotify_playlist_add", &add().to_string()).await;
    assert_eq!(look.0, "provider_unavailable");
}

#[tokio::test]
async fn all_occurrences_are_removed_and_counted() {
    let stage = Stage::alice().await;
    let uris = [LIGHTHOUSE, SLOW_FERRY, LIGHTHOUSE, EPISODE];
    let id = stage.playlist("Focus", uris);
    let remove = |dry_run: bool| json!({"playlist": "focus", "uris": [LIGHTHOUSE, LIGHTHOUSE, many(9)[8]], "dry_run": dry_run});
    let (text, data) = change(&stage, "spotify_playlist_remove", remove(true)).await;
    assert_eq!(
        text,
        format!(
            "Would remove 2 from Focus; nothing was changed.\n- Lighthouse · Northern Harbour · \
             Lanterns · {LIGHTHOUSE} · at 0, 2\nNot in it: 1, {}",
            many(9)[8]
        )
    );
    assert_eq!((data["removed"].clone(), stage.uris(&id).len()), (json!(2), 4));
    let (text, data) = change(&stage, "spotify_playlist_remove", remove(false)).await;
    assert!(text.starts_with("Removed 2 from Focus.\n- Lighthouse"), "{text}");
    assert_eq!(data["rows"][0]["positions"], json!([0, 2]));
    assert_eq!(stage.uris(&id), [SLOW_FERRY, EPISODE]);
    let (text, _) = change(&stage, "spotify_playlist_remove", remove(false)).await;
    assert!(text.starts_with("Nothing was removed from Focus."), "{text}");
    assert_eq!(stage.count("DELETE", &format!("playlists/{id}/items")), 1);
}

#[tokio::test]
async fn an_outdated_snapshot_is_said_to_be_one() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Focus", [LIGHTHOUSE, SLOW_FERRY]);
    let old = stage.spotify.world(|world| {
        world.quirks.snapshot_conflicts = true;
        let list = world.playlist(&id);
        let old = list.snapshot_id();
        list.change(|items| items.reverse());
        old
    });
    for (tool, arguments) in [
        (
            "spotify_playlist_remove",
            json!({"playlist": id, "uris": [LIGHTHOUSE], "snapshot_id": old}),
        ),
        (
            "spotify_playlist_reorder",
            json!({"playlist": id, "range_start": 0, "insert_before": 2, "snapshot_id": old}),
        ),
    ] {
        let (code, seen) = refused(&stage, tool, arguments).await;
        assert_eq!(code, "invalid_argument");
        assert!(seen.contains("changed since that snapshot"), "{seen}");
    }
    assert_eq!(stage.uris(&id), [SLOW_FERRY, LIGHTHOUSE]);
}

#[tokio::test]
async fn items_are_moved_and_it_is_told_where_they_are() {
    let stage = Stage::alice().await;
    let uris = many(6);
    let id = stage.playlist("Focus", uris.clone());
    let order = |places: [usize; 6]| places.map(|place| uris[place].clone()).to_vec();
    for (arguments, said, places) in [
        (
            json!({"range_start": 4, "insert_before": 0, "range_length": 2}),
            "4 to 0",
            [4, 5, 0, 1, 2, 3],
        ),
        (
            json!({"range_start": 0, "insert_before": 6, "range_length": 2}),
            "0 to 4",
            [0, 1, 2, 3, 4, 5],
        ),
        (json!({"range_start": 1, "insert_before": 2}), "1 to 1", [0, 1, 2, 3, 4, 5]),
    ] {
        let mut arguments = arguments;
        arguments["playlist"] = json!(id);
        let (text, data) = change(&stage, "spotify_playlist_reorder", arguments).await;
        let moved = &data["moved"];
        assert_eq!(text, format!("Moved {moved} in Focus: from position {said}."));
        assert_eq!(stage.uris(&id), order(places));
    }
    for arguments in [
        json!({"playlist": id, "range_start": 6, "insert_before": 0}),
        json!({"playlist": id, "range_start": 0, "insert_before": 7}),
        json!({"playlist": id, "range_start": 0, "insert_before": 1, "range_length": 0}),
    ] {
        let (code, _) = refused(&stage, "spotify_playlist_reorder", arguments.clone()).await;
        assert_eq!(code, "invalid_argument", "{arguments}");
    }
    // Whether it was moved can't be seen by the number of items.
    stage.fail("PUT", &format!("playlists/{id}/items"), Answer::DropAfter);
    let moved = json!({"playlist": id, "range_start": 0, "insert_before": 2});
    let (code, seen) = refused(&stage, "spotify_playlist_reorder", moved).await;
    assert_eq!(code, "provider_unavailable");
    assert!(seen.contains("nobody knows whether") && seen.contains("Don't repeat"), "{seen}");
}

#[tokio::test]
async fn replacing_needs_a_yes_and_says_what_would_be_lost() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Focus", [LIGHTHOUSE, SLOW_FERRY]);
    for confirm in [json!(null), json!(false)] {
        let replace = json!({"playlist": id, "uris": [EPISODE], "confirm": confirm});
        let (code, seen) = refused(&stage, "spotify_playlist_replace", replace).await;
        assert_eq!(code, "invalid_argument");
        assert!(seen.contains("the 2 items out of \\\"Focus\\\" for good"), "{seen}");
    }
    assert_eq!(stage.uris(&id).len(), 2);
    let uris = many(250);
    let replace = json!({"playlist": id, "uris": uris, "confirm": true});
    let (text, _) = change(&stage, "spotify_playlist_replace", replace).await;
    assert_eq!(text, "Focus has these 250 items now, instead of the 2 items before.");
    assert_eq!(stage.uris(&id), uris);
    let empty = json!({"playlist": id, "uris": [], "confirm": true});
    let (text, _) = change(&stage, "spotify_playlist_replace", empty).await;
    assert_eq!(text, "Focus is empty now, instead of the 250 items before.");
    assert!(stage.uris(&id).is_empty());
}

#[tokio::test]
async fn a_replacement_that_fails_in_the_middle_says_what_is_in_the_playlist_now() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Focus", [LIGHTHOUSE]);
    let path = format!("playlists/{id}/items");
    let replace = || json!({"playlist": id, "uris": many(250), "confirm": true});
    stage.fail("POST", &path, says(403, "No way"));
    let (text, data) = change(&stage, "spotify_playlist_replace", replace()).await;
    assert!(
        text.starts_with("Focus has the first 100 of the URIs now, instead of the 1 items before."),
        "{text}"
    );
    assert_eq!((&data["items"], &data["left"]), (&json!(100), &json!(150)));
    assert_eq!(stage.uris(&id), many(100));
    stage.fail("PUT", &path, says(403, "No way"));
    assert_eq!(refused(&stage, "spotify_playlist_replace", replace()).await.0, "forbidden");
}

#[tokio::test]
async fn whoever_waits_hears_how_far_it_is() {
    let mut stage = Stage::alice().await;
    stage.watch(impatient(u64::MAX));
    for number in 0..60 {
        stage.playlist(&format!("List {number}"), Vec::<String>::new());
    }
    stage.playlist("Focus", many(120));
    let more = json!({"playlist": "focus", "uris": many(songs().len())});
    let (text, _) = change(&stage, "spotify_playlist_add", more).await;
    assert!(text.starts_with(&format!("Added {} to Focus.", songs().len() - 120)), "{text}");
    stage.watch(impatient(u64::MAX));
    let id = stage.playlist("Others", many(songs().len()));
    let gone = json!({"playlist": id, "uris": many(150)});
    let (text, _) = change(&stage, "spotify_playlist_remove", gone).await;
    assert!(text.starts_with("Removed 150 from Others."), "{text}");
}

#[tokio::test]
async fn what_occurs_very_often_is_told_in_few_words() {
    let stage = Stage::alice().await;
    let uris = many(songs().len().min(100));
    let id = stage.playlist("Loop", uris.iter().cycle().take(3_000).cloned());
    let remove = json!({"playlist": id, "uris": uris, "dry_run": true});
    let (text, data) = change(&stage, "spotify_playlist_remove", remove).await;
    assert!(text.starts_with("Would remove 3000 from Loop;"), "{text}");
    assert!(text.contains(" · at 0, 100, 200 and 27 more\n"), "{text}");
    assert!(text.ends_with("\n- and 60 more"), "{text}");
    assert!(text.len() < 6 * 1024, "{}", text.len());
    assert_eq!(data["rows"][0]["occurrences"], 30);
    assert_eq!(data["rows"][0]["positions"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn two_additions_at_once_add_nothing_twice() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Focus", [LIGHTHOUSE]);
    let add = || json!({"playlist": id, "uris": [SLOW_FERRY, EPISODE]});
    let (one, two) = tokio::join!(
        change(&stage, "spotify_playlist_add", add()),
        change(&stage, "spotify_playlist_add", add()),
    );
    assert_eq!(stage.uris(&id), [LIGHTHOUSE, SLOW_FERRY, EPISODE]);
    assert_eq!(one.1["added"].as_u64().unwrap() + two.1["added"].as_u64().unwrap(), 2);
}

#[tokio::test]
async fn an_old_version_that_is_still_shown_makes_no_duplicates() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Focus", [LIGHTHOUSE]);
    let snapshot = stage.spotify.world(|world| world.playlist(&id).snapshot_id());
    let old = json!({"id": id, "name": "Focus", "snapshot_id": snapshot, "items": {"total": 1}});
    let add = |uri: &str| json!({"playlist": id, "uris": [uri]});
    change(&stage, "spotify_playlist_add", add(EPISODE)).await;
    // Shown once, then no more.
    stage.fail("GET", &format!("playlists/{id}$"), Answer::json(200, &old));
    let (_, data) = change(&stage, "spotify_playlist_add", add(EPISODE)).await;
    assert_eq!(data["added"], 0);
    // Shown for longer, with what was in it.
    stage.fail_often(2, "GET", &format!("playlists/{id}$"), Answer::json(200, &old));
    let then = json!({"total": 1, "items": [{"item": {"name": "Lighthouse", "uri": LIGHTHOUSE}}]});
    stage.fail("GET", &format!("playlists/{id}/items"), Answer::json(200, &then));
    let (_, data) = change(&stage, "spotify_playlist_add", add(EPISODE)).await;
    assert_eq!(data["skipped"], json!([EPISODE]));
    assert_eq!(stage.uris(&id), [LIGHTHOUSE, EPISODE]);
    // What was taken out again may come back.
    let gone = json!({"playlist": id, "uris": [EPISODE]});
    change(&stage, "spotify_playlist_remove", gone).await;
    stage.fail_often(2, "GET", &format!("playlists/{id}$"), Answer::json(200, &old));
    let (_, data) = change(&stage, "spotify_playlist_add", add(EPISODE)).await;
    assert_eq!(data["added"], 1);
}

#[tokio::test]
async fn a_new_version_with_what_was_in_the_old_one_is_not_kept() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Focus", [LIGHTHOUSE, EPISODE]);
    let then = json!({"total": 1, "items": [{"item": {"name": "Lighthouse", "uri": LIGHTHOUSE}}]});
    stage.fail("GET", &format!("playlists/{id}/items"), Answer::json(200, &then));
    let look = || json!({"playlist": id});
    let (_, data) = change(&stage, "spotify_playlist_items", look()).await;
    assert_eq!(data["rows"].as_array().unwrap().len(), 1);
    let (_, data) = change(&stage, "spotify_playlist_items", look()).await;
    assert_eq!(data["rows"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_playlist_that_comes_on_two_pages_is_still_one() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Focus", [LIGHTHOUSE]);
    let page = json!({"items": [{"id": id, "name": "Focus"}], "total": 100, "next": "…"});
    stage.fail_often(2, "GET", "me/playlists", Answer::json(200, &page));
    let (_, data) = change(&stage, "spotify_playlist_items", json!({"playlist": "Focus"})).await;
    assert_eq!(data["rows"][0]["uri"], LIGHTHOUSE);
}

#[tokio::test]
async fn a_description_is_the_same_however_its_signs_are_written() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Focus", [LIGHTHOUSE]);
    let shown =
        json!({"id": id, "name": "Focus", "description": "Rock &amp; Roll&#x27;s &amp;lt;"});
    stage.fail_often(2, "GET", &format!("playlists/{id}$"), Answer::json(200, &shown));
    let wanted = json!({"playlist": id, "description": "Rock & Roll's &lt;"});
    let (text, data) = change(&stage, "spotify_playlist_update", wanted).await;
    assert_eq!(data["confirmed"], true, "{text}");
}
