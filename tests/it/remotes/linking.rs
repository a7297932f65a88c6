//! A server with a sign-in of its own, from nothing to an answer.

use std::collections::HashMap;

use serde_json::json;
use stagepass_standin::{Browser, McpSite};

use crate::{
    calls::recorded,
    harness::{Chat, Setup, TestApp},
};

async fn begin() -> (McpSite, TestApp, Chat) {
    let site = McpSite::start().await;
    let variables: HashMap<_, _> =
        [("URL", site.mcp_url()), ("AUTH", "mcp".to_owned()), ("TITLE", "Notes".to_owned())]
            .map(|(key, value)| (format!("STAGEPASS_REMOTE__NOTES__{key}"), value))
            .into();
    let app = TestApp::start_with(Setup { providers: variables, ..Setup::default() }).await;
    let chat = app.chat().await;
    (site, app, chat)
}

/// Signs `who` in by the link that a tool was answered with.
async fn follow(app: &TestApp, site: &McpSite, link: &str, who: &str) {
    let browser = Browser::new();
    let page = browser.get(link).await;
    let page = browser.submit(&page, "Continue to Notes (127.0.0.1)", &[]).await;
    let page = site.sign_in(&browser, &page, who).await;
    assert!(page.has_text("is connected"), "{}", page.describe());
    app.heard(&page);
}

/// What a client is offered that keeps nothing from before.
async fn offers(app: &TestApp) -> Vec<String> {
    let chat = app.chat().await;
    let names = chat.tools().await.into_iter().map(|tool| tool.name.to_string());
    names.filter(|name| name.starts_with("notes_")).collect()
}

#[tokio::test]
async fn a_person_links_a_server_as_any_provider_and_its_tools_appear() {
    let (site, app, chat) = begin().await;
    assert!(offers(&app).await.is_empty(), "there is nothing for whoever has no account");
    let told = chat.call("notes_whoami", json!({})).await;
    assert_eq!(told.code(), "not_connected");
    follow(&app, &site, told.data["url"].as_str().unwrap(), "alice").await;
    assert_eq!(offers(&app).await, ["notes_whoami"]);
    assert_eq!(chat.call("notes_whoami", json!({})).await.ok().text, "alice");
    let rows = recorded(&app, "tool.called", 2).await;
    let row = rows.iter().find(|row| row.outcome == "done").unwrap();
    assert_eq!(
        (row.tool.as_deref(), row.provider.as_deref()),
        (Some("notes_whoami"), Some("notes"))
    );
    assert!(row.connection_id.is_some());

    // It wants more than was granted: the next link asks for that.
    site.world(|world| world.wants = Some("notes.write".to_owned()));
    let told = chat.call("notes_whoami", json!({})).await;
    assert_eq!(told.code(), "missing_scope");
    follow(&app, &site, told.data["url"].as_str().unwrap(), "alice").await;
    assert_eq!(chat.call("notes_whoami", json!({})).await.ok().text, "alice");

    let revoke = json!({"action": "revoke", "provider": "notes"});
    chat.auth(revoke).await.ok();
    assert!(offers(&app).await.is_empty());
    assert_eq!(chat.call("notes_whoami", json!({})).await.code(), "not_connected");
    assert!(site.violations().is_empty(), "{:?}", site.violations());
    app.finish_without(site.secrets()).await;
}

#[tokio::test]
async fn of_two_accounts_a_call_chooses_one() {
    let (site, app, chat) = begin().await;
    // Only so can two accounts there be told apart.
    site.world(|world| world.has_id_tokens = true);
    for who in ["alice", "bob"] {
        let get_url = json!({"action": "get_url", "provider": "notes", "account": who});
        let told = chat.auth(get_url).await.ok();
        follow(&app, &site, told.data["url"].as_str().unwrap(), who).await;
    }
    let tools = chat.tools().await;
    let tool = tools.iter().find(|tool| tool.name == "notes_whoami").unwrap();
    assert!(tool.input_schema["properties"]["account"].is_object(), "{tool:?}");
    for _ in 0..2 {
        for who in ["alice", "bob"] {
            let told = chat.call("notes_whoami", json!({"account": who})).await.ok();
            assert!(told.text.starts_with(who), "{told:?}");
            assert!(told.text.contains(&format!("Account: {who} (")), "{told:?}");
        }
    }
    let none = chat.call("notes_whoami", json!({"account": "eve"})).await;
    assert_eq!(none.code(), "invalid_argument");
    assert!(site.violations().is_empty(), "{:?}", site.violations());
    app.finish_without(site.secrets()).await;
}
