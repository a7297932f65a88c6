//! An operator switches sets of tools off.

use serde_json::json;
use stagepass::app::App;
use stagepass_standin::Browser;

use crate::harness::{Setup, TestApp, shelf};

async fn with_sets(sets: &str) -> TestApp {
    // What else asks for scopes is out of the way.
    let variables =
        vec![("TOOLS__SHELF__SETS", sets.to_owned()), ("TOOLS__SPOTIFY__SETS", "core".to_owned())];
    TestApp::start_with(Setup { variables, toolset: Some(shelf), ..Setup::default() }).await
}

/// The scopes that somebody is asked for at Spotify.
async fn asked_scopes(app: &TestApp) -> String {
    let chat = app.chat().await;
    let browser = Browser::new().stop_at(app.spotify.url());
    let page = browser.get(&chat.get_url().await).await;
    browser.submit(&page, "Continue to Spotify", &[]).await.param("scope").unwrap()
}

#[tokio::test]
async fn what_is_switched_off_is_not_there_and_asks_for_nothing() {
    for (sets, is_there) in [("core", false), ("core,edits", true), ("", true)] {
        let app = with_sets(sets).await;
        let chat = app.chat().await;
        let names: Vec<_> = chat.tools().await.into_iter().map(|tool| tool.name).collect();
        assert!(names.iter().any(|name| name == "shelf_sort"), "{names:?}");
        assert_eq!(names.iter().any(|name| name == "shelf_burn"), is_there, "{names:?}");
        let called = chat.attempt("shelf_burn", json!({"books": 1})).await;
        assert_eq!(called.is_ok(), is_there, "{called:?}");
        let shown = chat.shown().await;
        for name in ["shelf_empty", "shelf://ashes"] {
            assert_eq!(shown.iter().any(|other| other == name), is_there, "{shown:?}");
        }
        let scopes = asked_scopes(&app).await;
        assert_eq!(scopes.contains("playlist-modify-private"), is_there, "{scopes}");
        app.finish().await;
    }
}

#[tokio::test]
async fn a_set_that_there_is_not_is_refused_with_those_that_there_are() {
    let mut app = with_sets("core").await;
    for (key, sets, told, line) in [
        (
            "TOOLS__SHELF__SETS",
            "core films",
            "there is no set \"films\"; there are: core, edits",
            "tools.shelf.sets = [\"core\", \"edits\"]",
        ),
        (
            "TOOLS__SHELVES__SETS",
            "core",
            "isn't there; there are: spotify, shelf",
            "tools.shelf.sets = ",
        ),
        (
            "TOOLS__GITHUB__SETS",
            "core",
            "isn't there: `provider.github.client_id` isn't set",
            "provider.github.client_id = ",
        ),
    ] {
        app.set(key, sets);
        let built = App::builder(app.config()).toolset(shelf()).build().await;
        let error = built.err().expect(sets).to_string();
        assert!(error.contains(told), "{error}");
        assert!(error.contains(&format!("\nA correct line:\n  {line}")), "{error}");
        app.set(key, if key == "TOOLS__SHELF__SETS" { "core" } else { "" });
    }
    // Where there are no toolsets at all, no empty list is shown.
    app.set("PROVIDER__SPOTIFY__CLIENT_ID", "");
    app.set("PROVIDER__SPOTIFY__CLIENT_SECRET", "");
    let error = App::builder(app.config()).build().await.err().unwrap().to_string();
    assert!(error.contains("there is none") && !error.contains("there are"), "{error}");
    app.set("PROVIDER__SPOTIFY__CLIENT_ID", "x");
    app.finish().await;
}
