//! `spotify_list_children`, `spotify_top`, `spotify_library_list`, `spotify_me`.

use serde_json::json;
use stagepass_standin::spotify::Answer;

use super::harness::{HARBOUR, LANTERNS, LIGHTHOUSE, SLOW_FERRY, Stage};

#[tokio::test]
async fn an_album_is_its_tracks_in_their_order() {
    let stage = Stage::of("alice", &[]).await;
    let link = r#"{"uri": "https://open.spotify.com/intl-de/album/fKtHF4vUCsMehGAkWvj7FA?si=x"}"#;
    let (text, data) = stage.answer("spotify_list_children", link).await;
    assert_eq!(
        text,
        "Tracks: 3 of 3\n\
         1. Lighthouse · Northern Harbour · 3:34 · spotify:track:oQoaF1LlqsajAIxNKu8iS2\n\
         2. Paper Lanterns · Northern Harbour, Marlene Okafor · 3:07 · \
         spotify:track:G8NPRVdD53X83RZJzzzzgE\n\
         3. Slow Ferry · Northern Harbour · 5:01 · spotify:track:OzdmenCkhvMdgaKjIg8xNb"
    );
    assert_eq!(data["total"], 3);
    assert!(data.get("next_offset").is_none());
    let rest = r#"{"uri": "fKtHF4vUCsMehGAkWvj7FA", "offset": 1, "limit": 1}"#;
    let (text, data) = stage.answer("spotify_list_children", rest).await;
    assert!(text.ends_with("\nMore with offset 2.") && text.contains("\n2. Paper"), "{text}");
    assert_eq!(data["next_offset"], 2);
}

#[tokio::test]
async fn albums_of_an_artist_are_stitched_from_pages_of_ten() {
    let stage = Stage::of("alice", &[]).await;
    let (_, found) =
        stage.answer("spotify_search", r#"{"query": "juniper vale", "types": ["artist"]}"#).await;
    let uri = found["results"]["artist"][0]["uri"].as_str().unwrap();
    let all = format!(r#"{{"uri": "{uri}", "limit": 50}}"#);
    let path = format!("artists/{}/albums", uri.rsplit(':').next().unwrap());
    stage.fail_often(2, "GET", &path, Answer::text(503, "…"));
    assert_eq!(stage.error("spotify_list_children", &all).await.0, "provider_unavailable");
    let (text, data) = stage.answer("spotify_list_children", &all).await;
    let rows = data["rows"].as_array().unwrap();
    assert_eq!((rows.len() as u64, data["total"].as_u64().unwrap()), (14, 14), "{text}");
    assert_eq!(stage.count("GET", &path), 4);
    let some = format!(r#"{{"uri": "{uri}", "limit": 12, "offset": 1}}"#);
    let (_, data) = stage.answer("spotify_list_children", &some).await;
    assert_eq!(data["rows"].as_array().unwrap().len(), 12);
    assert_eq!(data["next_offset"], 13);
}

#[tokio::test]
async fn what_is_in_something_else_is_told_where_to_find() {
    let stage = Stage::alice().await;
    for (kind, tool) in [
        ("show", "spotify_episodes"),
        ("playlist", "spotify_playlist_items"),
        ("track", "spotify_get"),
    ] {
        let uri = format!(r#"{{"uri": "spotify:{kind}:oQoaF1LlqsajAIxNKu8iS2"}}"#);
        let (code, seen) = stage.error("spotify_list_children", &uri).await;
        assert!(code == "invalid_argument" && seen.contains(tool), "{seen}");
    }
    let unknown = r#"{"uri": "spotify:album:0000000000000000000000"}"#;
    assert_eq!(stage.error("spotify_list_children", unknown).await.0, "not_found");
    for bad in [r#"{"uri": "x"}"#, r#"{"uri": "fKtHF4vUCsMehGAkWvj7FA", "limit": 51}"#] {
        assert_eq!(stage.error("spotify_list_children", bad).await.0, "invalid_argument");
    }
}

#[tokio::test]
async fn what_is_heard_most_is_told_with_its_time() {
    let stage = Stage::of("alice", &["user-top-read"]).await;
    stage.alter(|alice| {
        let uris = [LIGHTHOUSE, HARBOUR, SLOW_FERRY].map(str::to_owned);
        alice.top.insert("short_term".into(), uris.into());
    });
    let tracks = r#"{"kind": "tracks", "time_range": "short"}"#;
    let (text, data) = stage.answer("spotify_top", tracks).await;
    assert_eq!(
        text,
        "Top tracks of about the last 4 weeks: 2 of 2\n\
         1. Lighthouse · Northern Harbour · Lanterns · 3:34 · spotify:track:oQoaF1LlqsajAIxNKu8iS2\n\
         2. Slow Ferry · Northern Harbour · Lanterns · 5:01 · spotify:track:OzdmenCkhvMdgaKjIg8xNb"
    );
    assert_eq!(data["rows"][0]["name"], "Lighthouse");
    let artists = r#"{"kind": "artists", "time_range": "short_term"}"#;
    let (text, _) = stage.answer("spotify_top", artists).await;
    assert!(text.ends_with("1 of 1\n1. Northern Harbour · spotify:artist:u8jzPde0IgxLd6GncfBAep"));
    let (text, _) = stage.answer("spotify_top", r#"{"kind": "artists"}"#).await;
    assert_eq!(text, "Top artists of about the last 6 months: none.");
}

#[tokio::test]
async fn the_library_is_listed_newest_first_with_its_days() {
    let stage = Stage::of("alice", &["user-library-read", "user-follow-read"]).await;
    stage.save(&[SLOW_FERRY, LIGHTHOUSE, LANTERNS, HARBOUR]);
    stage.alter(|alice| {
        for saved in &mut alice.saved {
            saved.added_at = "2026-11-20T18:00:00Z".parse().unwrap();
        }
    });
    let (text, data) = stage.answer("spotify_library_list", r#"{"limit": 1}"#).await;
    assert_eq!(
        text,
        "Saved tracks: 1 of 2\n\
         1. Lighthouse · Northern Harbour · Lanterns · 3:34 · saved 2026-11-20 · \
         spotify:track:oQoaF1LlqsajAIxNKu8iS2\n\
         More with offset 1."
    );
    assert_eq!(data["rows"][0]["added_at"], "2026-11-20T18:00:00Z");
    let (text, _) = stage.answer("spotify_library_list", r#"{"kind": "albums"}"#).await;
    assert!(text.starts_with("Saved albums: 1 of 1\n1. Lanterns · Northern Harbour"), "{text}");
    let (text, _) = stage.answer("spotify_library_list", r#"{"kind": "artists"}"#).await;
    assert_eq!(
        text,
        "Followed artists: 1 of 1\n1. Northern Harbour · spotify:artist:u8jzPde0IgxLd6GncfBAep"
    );
    let (text, _) = stage.answer("spotify_library_list", r#"{"offset": 5}"#).await;
    assert_eq!(text, "Saved tracks: no more after 5.");
}

#[tokio::test]
async fn followed_artists_have_offsets_although_spotify_has_cursors() {
    let stage = Stage::of("alice", &["user-follow-read"]).await;
    let mut uris = Vec::new();
    for name in [
        "Northern Harbour",
        "Marlene Okafor",
        "Quartet Nine",
        "Juniper Vale",
        "Odessa Quill",
        "Velvet Ditch",
        "Marble Swimmers",
        "Hana Brightwater",
        "Coppice",
        "Glass Orchard",
        "DJ Ombra",
    ] {
        let query = format!(r#"{{"query": "{name}", "types": ["artist"], "limit": 1}}"#);
        let (_, data) = stage.answer("spotify_search", &query).await;
        uris.push(data["results"]["artist"][0]["uri"].as_str().unwrap().to_owned());
    }
    stage.save(&uris.iter().map(String::as_str).collect::<Vec<_>>());
    uris.reverse();
    let mut seen = Vec::new();
    let mut offset = Some(0);
    while let Some(at) = offset {
        let page = format!(r#"{{"kind": "artists", "limit": 5, "offset": {at}}}"#);
        let (_, data) = stage.answer("spotify_library_list", &page).await;
        let rows = data["rows"].as_array().unwrap();
        seen.extend(rows.iter().map(|row| row["uri"].as_str().unwrap().to_owned()));
        offset = data["next_offset"].as_u64();
    }
    assert_eq!(seen, uris);
    let far = r#"{"kind": "artists", "offset": 2001}"#;
    assert_eq!(stage.error("spotify_library_list", far).await.0, "invalid_argument");
}

#[tokio::test]
async fn each_shelf_needs_its_own_scope_only() {
    let stage = Stage::of("alice", &["user-follow-read"]).await;
    assert!(stage.call("spotify_library_list", r#"{"kind": "artists"}"#).await.is_ok());
    let (code, seen) = stage.error("spotify_library_list", "{}").await;
    assert!(code == "missing_scope" && seen.contains("user-library-read"), "{seen}");
    let (code, seen) = stage.error("spotify_top", r#"{"kind": "tracks"}"#).await;
    assert!(code == "missing_scope" && seen.contains("user-top-read"), "{seen}");
    assert_eq!(stage.error("spotify_me", "{}").await.0, "missing_scope");
}

#[tokio::test]
async fn whose_account_it_is() {
    let stage = Stage::of("alice", &["user-read-private"]).await;
    let (text, data) = stage.answer("spotify_me", "{}").await;
    assert_eq!(text, "Alice Example · user id alice · account id yeE6RsXcNOPmeMjvqPVStN");
    assert_eq!(data["account_id"], "yeE6RsXcNOPmeMjvqPVStN");
}

#[tokio::test]
async fn nonsense_about_the_catalogue_is_not_kept() {
    let stage = Stage::alice().await;
    for body in [json!({}), json!({"items": null}), json!({"items": [], "total": 8})] {
        stage.fail("GET", "albums/fKtHF4vUCsMehGAkWvj7FA/tracks", Answer::json(200, &body));
        let list = r#"{"uri": "spotify:album:fKtHF4vUCsMehGAkWvj7FA", "limit": 7}"#;
        let _ = stage.call("spotify_list_children", list).await;
    }
    let list = r#"{"uri": "spotify:album:fKtHF4vUCsMehGAkWvj7FA", "limit": 7}"#;
    let (text, _) = stage.answer("spotify_list_children", list).await;
    assert!(text.contains("Lighthouse"), "{text}");
}
