//! `stagepass stdio`: a desktop client starts it and speaks with it line by line.

mod links;

use serde_json::{Value, json};
use stagepass_standin::Browser;

use super::{
    Machine,
    process::{Ended, Process},
};

/// A desktop client and the process that it started.
struct Desktop(Process);

impl Desktop {
    /// Starts it and says nothing yet.
    fn start(machine: &Machine) -> Self {
        Self(machine.start(&["stdio"]))
    }

    /// Starts it and shakes hands as clients before 2026-07-28 do.
    async fn begin(machine: &Machine) -> Self {
        Self::begin_as(machine, json!({})).await
    }

    /// The same with these capabilities.
    async fn begin_as(machine: &Machine, capabilities: Value) -> Self {
        let mut desktop = Self::start(machine);
        let result = desktop
            .ask(
                "initialize",
                json!({
                    "protocolVersion": "2025-11-25",
                    "capabilities": capabilities,
                    "clientInfo": {"name": "desktop", "version": "1"},
                }),
            )
            .await;
        assert_eq!(result["protocolVersion"], "2025-11-25");
        desktop
            .0
            .say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string());
        desktop
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.exchange(method, params).await;
        assert!(answer["error"].is_null(), "{answer}");
        answer["result"].clone()
    }

    /// The whole answer to a request.
    async fn exchange(&mut self, method: &str, params: Value) -> Value {
        let request = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        self.0.say(&request.to_string());
        let line = self.0.hear().await;
        let answer: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(answer["id"], 7, "{answer}");
        answer
    }

    async fn auth(&mut self, action: &str) -> Value {
        let call = json!({"name": "Auth", "arguments": {"action": action}});
        let result = self.ask("tools/call", call).await;
        assert_ne!(result["isError"], true, "{result}");
        result["structuredContent"].clone()
    }

    async fn link(&mut self) -> String {
        self.auth("get_url").await["url"].as_str().unwrap().to_owned()
    }

    /// Hangs up; the process must end by itself, and have said nothing but MCP.
    async fn end(mut self) -> Ended {
        self.0.hang_up();
        let ended = self.0.ended().await;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert_speaks_only_mcp(&ended);
        ended
    }
}

fn assert_speaks_only_mcp(ended: &Ended) {
    for line in &ended.stdout {
        let message: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("said: {line}"));
        assert_eq!(message["jsonrpc"], "2.0", "{line}");
    }
}

#[tokio::test]
async fn a_person_connects_from_a_desktop_client() {
    let mut machine = Machine::new().await;
    machine.set("LISTEN", format!("127.0.0.1:{}", super::process::free_port()));
    machine.set("LOG", "trace");
    let mut desktop = Desktop::begin(&machine).await;
    let listed = desktop.ask("tools/list", json!({})).await;
    assert!(listed["tools"].as_array().unwrap().iter().any(|tool| tool["name"] == "Auth"));

    let link = desktop.link().await;
    assert!(link.starts_with(&format!("http://{}/connect/", machine.get("LISTEN"))), "{link}");
    let browser = Browser::new();
    let page = browser.get(&link).await;
    let page = browser.submit(&page, "Continue to Spotify", &[]).await;
    let page = machine.spotify.sign_in(&browser, page, "alice").await;
    assert_eq!(page.status, 200, "{}", page.describe());

    let status = desktop.auth("status").await;
    assert_eq!(status["providers"][0]["state"], "connected", "{status}");
    assert_eq!(status["providers"][0]["account"]["name"], "Alice Example");
    let ended = desktop.end().await;
    machine.finish(&[&ended]);
}

#[tokio::test]
async fn the_account_is_still_connected_when_the_client_starts_again() {
    let machine = Machine::new().await;
    let mut desktop = Desktop::begin(&machine).await;
    let link = desktop.link().await;
    let browser = Browser::new();
    let page = browser.get(&link).await;
    let page = browser.submit(&page, "Continue to Spotify", &[]).await;
    machine.spotify.sign_in(&browser, page, "alice").await;
    let first = desktop.end().await;

    let mut desktop = Desktop::begin(&machine).await;
    assert_eq!(desktop.auth("status").await["providers"][0]["state"], "connected");
    let search = json!({"name": "spotify_search", "arguments": {"query": "harbour"}});
    let found = desktop.ask("tools/call", search).await;
    assert_ne!(found["isError"], true, "{found}");
    let second = desktop.end().await;
    machine.finish(&[&first, &second]);
}

#[tokio::test]
async fn a_modern_client_discovers_and_calls() {
    let machine = Machine::new().await;
    let mut desktop = Desktop(machine.start(&["stdio"]));
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let found = desktop.ask("server/discover", json!({"_meta": meta})).await;
    assert_eq!(found["resultType"], "complete");
    assert!(found["supportedVersions"].as_array().unwrap().contains(&json!("2026-07-28")));
    let call = json!({"name": "Auth", "arguments": {"action": "status"}, "_meta": meta});
    let called = desktop.ask("tools/call", call).await;
    assert_eq!(called["resultType"], "complete");
    assert_eq!(called["structuredContent"]["identity"]["kind"], "local");
    let ended = desktop.end().await;
    machine.finish(&[&ended]);
}

#[tokio::test]
async fn two_clients_at_once_have_a_port_each() {
    let mut machine = Machine::new().await;
    machine.set("LISTEN", format!("127.0.0.1:{}", super::process::free_port()));
    machine.set("LOG", "trace");
    let mut one = Desktop::begin(&machine).await;
    let first = one.link().await;
    let mut two = Desktop::begin(&machine).await;
    let second = two.link().await;
    let port = |link: &str| link.split('/').nth(2).unwrap().to_owned();
    assert_ne!(port(&first), port(&second));
    assert!(second.starts_with("http://127.0.0.1:"), "{second}");
    // Both serve one person from one database, where the newest link is the one that counts.
    let page = Browser::new().get(&second).await;
    assert!(page.has_button("Continue to Spotify"), "{}", page.describe());
    let page = Browser::new().get(&first).await;
    assert!(!page.has_button("Continue to Spotify"), "{}", page.describe());
    let said = [one.end().await, two.end().await];
    assert!(said[1].stderr.contains("using another port"), "logs go there: {}", said[1].stderr);
    machine.finish(&said.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn its_port_shows_pages_and_speaks_no_mcp() {
    let machine = Machine::new().await;
    let mut desktop = Desktop::begin(&machine).await;
    let link = desktop.link().await;
    let origin = link.split("/connect/").next().unwrap().to_owned();
    let client = stagepass::http::client().unwrap();
    assert_eq!(client.get(format!("{origin}/healthz")).send().await.unwrap().status(), 200);
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    let answer = client.post(format!("{origin}/mcp")).json(&list).send().await.unwrap();
    assert_eq!(answer.status(), 404, "any program on this machine could call the tools");
    let landing = client.get(&origin).send().await.unwrap().text().await.unwrap();
    assert!(landing.contains("There is no URL to add"), "{landing}");
    let ended = desktop.end().await;
    machine.finish(&[&ended]);
}

#[tokio::test]
async fn it_ends_when_it_is_asked_to_though_the_client_still_listens() {
    let machine = Machine::new().await;
    let mut desktop = Desktop::begin(&machine).await;
    desktop.auth("status").await;
    let ended = desktop.0.stop().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    machine.finish(&[&ended]);
}

#[tokio::test]
async fn lines_that_are_no_messages_do_not_end_it() {
    let machine = Machine::new().await;
    let mut desktop = Desktop::begin(&machine).await;
    for line in ["", "nonsense", "{\"jsonrpc\":\"2.0\"", "[]", "{}"] {
        desktop.0.say(line);
    }
    // Some of them may have been answered with an error.
    desktop.0.say(&json!({"jsonrpc": "2.0", "id": "last", "method": "ping"}).to_string());
    while !desktop.0.hear().await.contains("\"last\"") {}
    let ended = desktop.end().await;
    machine.finish(&[&ended]);
}

/// A bot that starts us as a process names its chat users as it would over HTTP.
#[tokio::test]
async fn a_chat_user_named_over_a_pipe_is_not_the_owner() {
    let machine = Machine::new().await;
    let mut desktop = Desktop::begin(&machine).await;
    let call = json!({
        "name": "Auth", "arguments": {"action": "status"},
        "_meta": {"io.stagepass/chat-id": "whatsapp:+4915112345678"},
    });
    let answer = desktop.exchange("tools/call", call).await;
    let kind = &answer["result"]["structuredContent"]["identity"]["kind"];
    assert_ne!(kind, "local", "taken for the owner: {answer}");
}
