//! A desktop client that opens links by itself.

use serde_json::{Value, json};
use stagepass_standin::Browser;

use super::{super::Machine, Desktop};

fn call() -> Value {
    json!({"name": "spotify_search", "arguments": {"query": "harbour"}})
}

async fn sign_in(machine: &Machine, link: &Value) {
    let browser = Browser::new();
    let page = browser.get(link.as_str().unwrap()).await;
    let page = browser.submit(&page, "Continue to Spotify", &[]).await;
    let page = machine.spotify.sign_in(&browser, page, "alice").await;
    assert_eq!(page.status, 200, "{}", page.describe());
}

#[tokio::test]
async fn what_it_declared_at_first_is_remembered_on_a_pipe() {
    let mut machine = Machine::new().await;
    machine.set("LOG", "trace");
    let mut desktop = Desktop::begin_as(&machine, json!({"elicitation": {"url": {}}})).await;
    let error = desktop.exchange("tools/call", call()).await["error"].clone();
    assert_eq!(error["code"], -32042, "{error}");
    sign_in(&machine, &error["data"]["elicitations"][0]["url"]).await;
    let found = desktop.ask("tools/call", call()).await;
    assert_ne!(found["isError"], true, "{found}");
    let ended = desktop.end().await;
    machine.finish(&[&ended]);
}

#[tokio::test]
async fn without_a_declaration_the_link_stands_in_the_words() {
    let machine = Machine::new().await;
    let mut desktop = Desktop::begin(&machine).await;
    let told = desktop.ask("tools/call", call()).await;
    assert_eq!(told["structuredContent"]["code"], "not_connected", "{told}");
    sign_in(&machine, &told["structuredContent"]["url"]).await;
    let found = desktop.ask("tools/call", call()).await;
    assert_ne!(found["isError"], true, "{found}");
    let ended = desktop.end().await;
    machine.finish(&[&ended]);
}

#[tokio::test]
async fn a_client_of_today_is_asked_to_open_the_link() {
    let machine = Machine::new().await;
    let mut desktop = Desktop::start(&machine);
    let with_meta = |mut params: Value| {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"url": {}}},
        });
        params
    };
    desktop.ask("server/discover", with_meta(json!({}))).await;
    let asked = desktop.ask("tools/call", with_meta(call())).await;
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    sign_in(&machine, &asked["inputRequests"]["connect"]["params"]["url"]).await;
    let mut again = with_meta(call());
    again["requestState"] = asked["requestState"].clone();
    again["inputResponses"] = json!({"connect": {"action": "accept"}});
    let found = desktop.ask("tools/call", again).await;
    assert_eq!(found["resultType"], "complete", "{found}");
    assert_ne!(found["isError"], true, "{found}");
    let ended = desktop.end().await;
    machine.finish(&[&ended]);
}
