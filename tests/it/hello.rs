//! The smallest toolset, as the README says to add one.

use serde_json::json;

use crate::harness::{Setup, TestApp};

#[tokio::test]
async fn a_toolset_of_ones_own_stands_beside_the_others() {
    let setup = Setup { toolset: Some(stagepass_hello::toolset), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let chat = app.chat().await;
    let told = chat.call("hello_greet", json!({ "name": "Ada" })).await.ok();
    assert_eq!(told.text, "Hello, Ada.");
    assert_eq!(told.data, json!({ "greeting": "Hello, Ada." }));
    assert_eq!(chat.call("hello_greet", json!({ "name": "" })).await.code(), "invalid_argument");
    app.finish().await;
}
