//! Linking an account in conversation, and everything that can go wrong on the way.

use serde_json::json;
use stagepass_standin::Browser;

use crate::harness::TestApp;

#[tokio::test]
async fn a_person_connects_plays_music_and_disconnects() {
    let app = TestApp::start().await;
    let chat = app.chat().await;

    let told = chat.call("spotify_search", json!({"query": "blue"})).await;
    assert_eq!(told.code(), "not_connected");
    assert!(told.data["next_step"].as_str().unwrap().contains("get_url"));

    let link = chat.get_url().await;
    assert!(link.starts_with(&format!("{}/connect/", app.url)));
    let page = app.sign_in(&Browser::new(), &link, "alice").await;
    assert!(page.has_text("Spotify is connected"), "{}", page.describe());
    assert!(page.has_text("Alice Example"));

    let status = chat.status().await;
    assert_eq!(status["state"], "connected");
    assert_eq!(status["account"]["name"], "Alice Example");

    chat.call("spotify_search", json!({"query": "harbour"})).await.ok();
    chat.end().await;
    app.finish().await;
}
