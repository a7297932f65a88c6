//! A server that people link no accounts to: what it offers, and when it is of no use.

use serde_json::json;
use stagepass::app::App;
use stagepass_standin::{Browser, mcp_server::Era};

use super::{Boxed, text};
use crate::harness::{Setup, TestApp};

/// Without the provider that other stories have.
const NO_SPOTIFY: [(&str, &str); 2] =
    [("PROVIDER__SPOTIFY__CLIENT_ID", ""), ("PROVIDER__SPOTIFY__CLIENT_SECRET", "")];

async fn boxed() -> Boxed {
    let [id, secret] = NO_SPOTIFY;
    Boxed::with(Era::Modern, &[id, secret, ("REMOTE__BOX__AUTH", "none")]).await
}

#[tokio::test]
async fn another_server_that_takes_everybody_needs_no_provider() {
    let boxed = boxed().await;
    for path in ["/mcp", "/mcp/box"] {
        let listed = boxed.ask_at(path, "tools/list", json!({})).await;
        let tools = listed["result"]["tools"].as_array().unwrap();
        assert_eq!(
            tools.len(),
            super::names(&listed).len(),
            "there is nothing to connect: {listed}"
        );
        assert!(!tools.is_empty(), "{listed}");
    }
    assert_eq!(text(&boxed.call("box_echo").await), "{}");
    let begun = boxed.ask("initialize", json!({
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"},
    }));
    let begun = begun.await;
    assert!(begun["result"]["capabilities"]["tools"].is_object(), "{begun}");
    assert!(
        !begun.to_string().contains("Auth"),
        "nothing is said of a tool that isn't there: {begun}"
    );
    let page = Browser::new().get(&format!("{}/account", boxed.app.url)).await;
    assert!(page.has_text("none of them needs one"), "{}", page.describe());
    boxed.finish().await;
}

#[tokio::test]
async fn a_toolset_of_ones_own_needs_no_provider() {
    let variables = NO_SPOTIFY.map(|(key, value)| (key, value.to_owned())).into();
    let setup = Setup { variables, toolset: Some(stagepass_hello::toolset), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let told = app.chat().await.call("hello_greet", json!({ "name": "Ada" })).await.ok();
    assert_eq!(told.text, "Hello, Ada.");
    app.finish().await;
}

#[tokio::test]
async fn where_people_sign_in_or_nothing_is_offered_it_does_not_start() {
    let mut boxed = boxed().await;
    let refused = async |app: &TestApp| {
        let error = App::builder(app.config()).build().await.err().expect("of no use").to_string();
        assert!(error.contains("no provider is configured"), "{error}");
    };
    boxed.app.set("ACCESS__ALLOW", "owner");
    refused(&boxed.app).await;
    boxed.app.set("ACCESS__ALLOW", "local");
    boxed.app.set("REMOTE__BOX__URL", "");
    boxed.app.set("REMOTE__BOX__AUTH", "");
    refused(&boxed.app).await;
    boxed.finish().await;
}
