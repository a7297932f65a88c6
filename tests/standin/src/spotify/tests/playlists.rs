use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    super::{Naming, fields::Fields},
    Caller, Spotify, send,
};

const SCOPES: [&str; 5] = [
    "playlist-read-private",
    "playlist-read-collaborative",
    "playlist-modify-public",
    "playlist-modify-private",
    "ugc-image-upload",
];
const LIGHTHOUSE: &str = "spotify:track:oQoaF1LlqsajAIxNKu8iS2";
const SALT: &str = "spotify:track:e3nNyjOq9wMxEhh2FDEEtf";
const FOG: &str = "spotify:episode:BenQtYh5Xj8TPQxjq4i9Do";
const LOCAL: &str = "spotify:local:Some+Band:Demos:First+Take:187";
const GONE: &str = "spotify:track:0000000000000000000000";
const BOBS: &str = "IjHGb3CXlMaXZjljENUhJd";

struct Stage {
    spotify: Spotify,
    caller: Caller,
    token: String,
}

impl Stage {
    async fn alice() -> Self {
        let spotify = Spotify::start().await;
        let caller = Caller::of(&spotify);
        let token = spotify.world(|world| world.issue_access_token("alice", &SCOPES));
        Self { spotify, caller, token }
    }

    fn list(&self, uris: &[&str]) -> String {
        self.spotify.world(|world| world.add_playlist("alice", "Mine", uris.iter().copied()))
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        send(self.caller.get(&self.token, path)).await
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let method = method.parse().unwrap();
        let url = format!("{}/v1{path}", self.caller.base);
        let request = self.caller.client.request(method, url).bearer_auth(&self.token);
        send(request.json(body)).await
    }

    fn uris(&self, id: &str) -> Vec<String> {
        let own = |list: &mut super::super::Playlist| {
            list.uris().into_iter().map(str::to_owned).collect()
        };
        self.spotify.world(|world| own(world.playlist(id)))
    }

    /// How many violations there were since the last look.
    fn violations(&self) -> usize {
        let count = self.spotify.violations().len();
        self.spotify.forgive();
        count
    }
}

#[tokio::test]
async fn a_playlist_is_made_filled_sorted_and_emptied() {
    let stage = Stage::alice().await;
    let (status, made) = stage.send("POST", "/me/playlists", &json!({"name": "Coast"})).await;
    assert_eq!((status, &made["public"], &made["items"]["total"]), (201, &true.into(), &0.into()));
    let id = made["id"].as_str().unwrap();
    let items = format!("/playlists/{id}/items");
    let body = json!({"uris": [LIGHTHOUSE, SALT, LIGHTHOUSE]});
    let (status, first) = stage.send("POST", &items, &body).await;
    assert_eq!(status, 201);
    assert_ne!(first["snapshot_id"], made["snapshot_id"]);
    stage.send("POST", &items, &json!({"uris": [FOG], "position": 1})).await;
    assert_eq!(stage.uris(id), [LIGHTHOUSE, FOG, SALT, LIGHTHOUSE]);

    let order = json!({"range_start": 0, "insert_before": 3, "range_length": 2,
        "snapshot_id": first["snapshot_id"]});
    assert_eq!(stage.send("PUT", &items, &order).await.0, 200);
    assert_eq!(stage.uris(id), [SALT, LIGHTHOUSE, FOG, LIGHTHOUSE]);
    let (status, removed) =
        stage.send("DELETE", &items, &json!({"items": [{"uri": LIGHTHOUSE}]})).await;
    assert_eq!((status, stage.uris(id)), (200, vec![SALT.to_owned(), FOG.to_owned()]));
    let (_, nothing) = stage.send("DELETE", &items, &json!({"items": [{"uri": LIGHTHOUSE}]})).await;
    assert_eq!(nothing, removed, "no change, no new snapshot");
    assert_eq!(stage.send("PUT", &items, &json!({"uris": []})).await.0, 200);
    assert!(stage.uris(id).is_empty());

    let details = json!({"name": "Inland", "public": false, "collaborative": true});
    assert_eq!(stage.send("PUT", &format!("/playlists/{id}"), &details).await.0, 200);
    let (_, list) = stage.get(&format!("/playlists/{id}")).await;
    assert_eq!((&list["name"], &list["collaborative"]), (&"Inland".into(), &true.into()));
    let (_, mine) = stage.get("/me/playlists").await;
    assert_eq!((&mine["total"], &mine["items"][0]["name"]), (&2.into(), &"Inland".into()));
    assert_eq!(stage.violations(), 0);
}

#[tokio::test]
async fn rows_may_be_local_withdrawn_or_episodes() {
    let stage = Stage::alice().await;
    let id = stage.list(&[LIGHTHOUSE, LOCAL, GONE, FOG]);
    let (_, page) =
        stage.get(&format!("/playlists/{id}/items?additional_types=track,episode")).await;
    let item = |number: usize| &page["items"][number]["item"];
    assert_eq!((&page["total"], &page["limit"]), (&4.into(), &20.into()));
    assert_eq!(item(0)["uri"], LIGHTHOUSE);
    assert_eq!((&item(1)["id"], &item(1)["name"]), (&Value::Null, &"First Take".into()));
    assert_eq!(
        (&page["items"][1]["is_local"], &item(1)["duration_ms"]),
        (&true.into(), &187_000.into())
    );
    assert!(item(2).is_null() && page["items"][2]["added_at"].is_string());
    assert_eq!((&item(3)["type"], &item(3)["show"]["type"]), (&"episode".into(), &"show".into()));
    assert!(page["items"][0].get("track").is_none());
    let (_, page) = stage.get(&format!("/playlists/{id}/items")).await;
    assert_eq!(page["items"][3]["item"]["track"], false, "dressed up as a track");

    stage.spotify.world(|world| {
        world.quirks.playlist_item = Naming::Old;
        world.quirks.playlist_items = Naming::Both;
    });
    let (_, list) = stage.get(&format!("/playlists/{id}")).await;
    assert_eq!(list["items"], list["tracks"]);
    assert_eq!(list["tracks"]["items"][0]["track"]["uri"], LIGHTHOUSE);
    assert!(list["tracks"]["items"][0].get("item").is_none());
    assert_eq!(stage.violations(), 0);
}

#[tokio::test]
async fn ten_thousand_rows_come_in_pages() {
    let stage = Stage::alice().await;
    let id = stage.spotify.world(|world| {
        let uris = (0..10_000).map(|number| if number % 2 == 0 { LIGHTHOUSE } else { SALT });
        world.add_playlist("alice", "Everything", uris)
    });
    let (_, page) = stage
        .get(&format!(
            "/playlists/{id}/items?limit=50&offset=9960&fields=total,next,previous,items(item(uri))"
        ))
        .await;
    assert_eq!((&page["total"], &page["next"]), (&10_000.into(), &Value::Null));
    assert_eq!(page["items"].as_array().unwrap().len(), 40);
    assert!(page["previous"].as_str().unwrap().contains("offset=9910&limit=50&fields=total"));
    assert_eq!(page["items"][0], json!({"item": {"uri": LIGHTHOUSE}}));
    assert!(page.get("href").is_none());
    for query in ["limit=51", "limit=0", "offset=-1", "fields=items(", "market=germany", "page=2"] {
        assert_eq!(stage.get(&format!("/playlists/{id}/items?{query}")).await.0, 400, "{query}");
    }
    assert_eq!(stage.violations(), 6);
}

#[test]
fn fields_nest() {
    let all = json!({"a": {"b": 1, "c": 2}, "l": [{"x": 1, "y": 2}, null], "z": 0});
    for (fields, cut) in [
        ("z", json!({"z": 0})),
        ("a.b,z", json!({"a": {"b": 1}, "z": 0})),
        ("a.b,a.c", json!({"a": {"b": 1, "c": 2}})),
        ("a(!b),l(y)", json!({"a": {"c": 2}, "l": [{"y": 2}, null]})),
        ("!l,!a", json!({"z": 0})),
        ("nothing", json!({})),
    ] {
        assert_eq!(Fields::parse(fields).unwrap().cut(&all), cut, "{fields}");
    }
    let deep = "a(".repeat(10_000);
    for fields in ["", "a,", "a(b", "a)", "a b", "a..b", "(a)", "a()", &deep] {
        assert_eq!(Fields::parse(fields), None, "{fields:.9}");
    }
}

#[tokio::test]
async fn other_peoples_items_are_withheld() {
    let stage = Stage::alice().await;
    let (status, list) = stage.get(&format!("/playlists/{BOBS}")).await;
    assert_eq!((status, &list["name"]), (200, &"Lighthouse Keepers".into()));
    assert!(list.get("items").is_none() && list.get("tracks").is_none());
    let items = format!("/playlists/{BOBS}/items");
    assert_eq!(stage.get(&items).await.0, 403);
    assert_eq!(stage.send("POST", &items, &json!({"uris": [SALT]})).await.0, 403);
    assert_eq!(
        stage.send("PUT", &format!("/playlists/{BOBS}"), &json!({"name": "x"})).await.0,
        403
    );

    let (_, found) = stage.get("/search?q=lighthouse&type=playlist").await;
    assert_eq!(found["playlists"]["items"][0]["items"]["total"], 3);
    stage.spotify.world(|world| world.quirks.no_totals = true);
    let (_, found) = stage.get("/search?q=lighthouse&type=playlist").await;
    assert!(found["playlists"]["items"][0].get("items").is_none());

    stage.spotify.world(|world| {
        let list = world.playlist(BOBS);
        (list.public, list.collaborative) = (false, true);
    });
    assert_eq!(stage.get(&items).await.0, 404, "private now");
    stage.spotify.world(|world| world.playlist(BOBS).collaborators.push("alice".into()));
    assert_eq!(stage.get(&items).await.0, 200);
    assert_eq!(stage.send("POST", &items, &json!({"uris": [SALT]})).await.0, 201);
    assert_eq!(
        stage.send("PUT", &format!("/playlists/{BOBS}"), &json!({"name": "x"})).await.0,
        403
    );
    assert_eq!(stage.get("/playlists/0000000000000000000000").await.0, 404);
    assert_eq!(stage.violations(), 0);
    assert_eq!(stage.get("/playlists/today's%20hits").await.0, 400);
    assert_eq!(stage.violations(), 1);
}

#[tokio::test]
async fn malformed_changes_change_nothing() {
    let stage = Stage::alice().await;
    let id = stage.list(&[LIGHTHOUSE, SALT]);
    let (list, items) = (format!("/playlists/{id}"), format!("/playlists/{id}/items"));
    let many = vec![SALT; 101];
    let before = stage.spotify.world(|world| world.playlist(&id).snapshot_id());
    let wrong = [
        ("POST", &items, json!({"uris": []})),
        ("POST", &items, json!({"uris": many})),
        ("POST", &items, json!({"uris": [LOCAL]})),
        ("POST", &items, json!({"uris": ["spotify:track:short"]})),
        ("POST", &items, json!({"uris": [SALT], "position": "1"})),
        ("POST", &items, json!({"tracks": [SALT]})),
        ("PUT", &items, json!({})),
        ("PUT", &items, json!({"uris": [SALT], "range_start": 0, "insert_before": 1})),
        ("PUT", &items, json!({"range_start": 0})),
        ("PUT", &items, json!({"range_start": 0, "insert_before": 2, "snapshot_id": "AAAA"})),
        ("DELETE", &items, json!({"items": [{"uri": SALT, "positions": [1]}]})),
        ("DELETE", &items, json!({"tracks": [{"uri": SALT}]})),
        ("DELETE", &items, json!({"items": []})),
        ("PUT", &list, json!({"name": " "})),
        ("PUT", &list, json!({"public": true, "collaborative": true})),
        ("PUT", &list, json!({"title": "x"})),
    ];
    for (method, path, body) in &wrong {
        assert_eq!(stage.send(method, path, body).await.0, 400, "{method} {body:.60}");
    }
    assert_eq!(stage.send("POST", "/me/playlists", &json!({"public": true})).await.0, 400);
    assert_eq!(stage.violations(), wrong.len() + 1);
    // What a caller could not know is no violation.
    for (method, body) in [
        ("POST", json!({"uris": [GONE]})),
        ("POST", json!({"uris": [SALT], "position": 3})),
        ("PUT", json!({"range_start": 2, "insert_before": 0})),
    ] {
        assert_eq!(stage.send(method, &items, &body).await.0, 400, "{body}");
    }
    stage.spotify.world(|world| {
        world.quirks.snapshot_conflicts = true;
        world.playlist(&id).change(|items| items.reverse());
    });
    let old = json!({"items": [{"uri": SALT}], "snapshot_id": before});
    assert_eq!(stage.send("DELETE", &items, &old).await.0, 409);
    assert_eq!(stage.uris(&id), [SALT, LIGHTHOUSE]);
    assert_eq!(stage.violations(), 0);
}

#[tokio::test]
async fn public_and_private_need_a_scope_each() {
    let stage = Stage::alice().await;
    let id = stage.list(&[]);
    let only = ["playlist-modify-private"];
    let token = stage.spotify.world(|world| world.issue_access_token("alice", &only));
    let stage = Stage { token, ..stage };
    let items = format!("/playlists/{id}/items");
    let body = json!({"uris": [SALT]});
    assert_eq!(stage.send("POST", &items, &body).await.0, 403);
    stage.spotify.world(|world| world.playlist(&id).public = false);
    assert_eq!(stage.send("POST", &items, &body).await.0, 201);
    assert_eq!(stage.send("POST", "/me/playlists", &json!({"name": "x"})).await.0, 403);
    let private = json!({"name": "x", "public": false});
    assert_eq!(stage.send("POST", "/me/playlists", &private).await.0, 201);
    assert_eq!(stage.get("/me/playlists").await.0, 403);
    assert_eq!(stage.get(&items).await.0, 403);
    assert_eq!(stage.violations(), 0);
}

#[tokio::test]
async fn a_picture_is_a_jpeg_in_base64() {
    let stage = Stage::alice().await;
    let id = stage.list(&[SALT]);
    let path = format!("/playlists/{id}/images");
    let jpeg = STANDARD.encode([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
    let put = async |media_type: &str, body: String| {
        let request = stage.caller.bare_put(&stage.token, &path);
        send(request.header("content-type", media_type).body(body)).await.0
    };
    assert_eq!(stage.get(&path).await, (200, json!([])));
    assert_eq!(put("image/jpeg", jpeg.clone()).await, 202);
    let (_, images) = stage.get(&path).await;
    assert!(images[0]["url"].as_str().unwrap().starts_with("https://"));
    let (_, list) = stage.get(&format!("/playlists/{id}")).await;
    assert_eq!(list["images"], images);
    assert_eq!(stage.violations(), 0);
    assert_eq!(put("image/png", jpeg.clone()).await, 415);
    assert_eq!(put("image/jpeg", STANDARD.encode("GIF89a")).await, 400);
    assert_eq!(put("image/jpeg", "not base64!".to_owned()).await, 400);
    assert_eq!(stage.violations(), 3);
    assert_eq!(put("image/jpeg", jpeg.repeat(40_000)).await, 413);
    assert_eq!(stage.violations(), 1);
}
