//! The tool, called as the host calls it.

use std::sync::Arc;

use serde_json::json;
use stagepass_kit::{Caller, Identity, ToolError, testing::NoAccounts};

async fn greet(name: &str) -> Result<serde_json::Value, ToolError> {
    let caller = Caller::new(Identity::local(), Arc::new(NoAccounts));
    let arguments = serde_json::from_value(json!({ "name": name })).unwrap();
    let result = super::toolset().tools()[0].call(&caller, arguments).await?;
    Ok(serde_json::to_value(result).unwrap())
}

#[tokio::test]
async fn it_greets_in_words_and_as_data() {
    let result = greet(" Ada ").await.unwrap();
    assert_eq!(result["content"][0]["text"], "Hello, Ada.");
    assert_eq!(result["structuredContent"], json!({ "greeting": "Hello, Ada." }));
}

#[tokio::test]
async fn a_name_that_is_none_is_refused_with_what_to_do() {
    for name in ["", " ", &"a".repeat(81)] {
        let error = greet(name).await.unwrap_err();
        assert_eq!(error.code(), "invalid_argument");
        assert!(error.next_step().contains("80 characters"));
    }
}
