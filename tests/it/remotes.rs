//! Other MCP servers, offered under their names: to whom, as whom, and what they can't do.

mod asked;
mod elicitation;
mod held_back;
mod linking;
mod lists;
mod many;
mod people;
mod tokens;
mod under_way;

use serde_json::{Value, json};
use stagepass_standin::{McpServer, mcp_server::Era};

use crate::harness::{Answer, Connector, Setup, TestApp};

/// A server of ours, with another one called `box` behind it.
struct Boxed {
    app: TestApp,
    server: McpServer,
}

impl Boxed {
    /// The box takes everybody, and so do we.
    async fn open(era: Era) -> Self {
        Self::with(era, &[("REMOTE__BOX__AUTH", "none")]).await
    }

    /// People sign in with Spotify, and the box takes their tokens of it.
    async fn signed_in(era: Era) -> Self {
        let auth = [("REMOTE__BOX__AUTH", "provider:spotify"), ("ACCESS__ALLOW", "open")];
        Self::with(era, &auth).await
    }

    async fn with(era: Era, variables: &[(&'static str, &str)]) -> Self {
        let server = McpServer::start(era).await;
        let mut all = vec![("REMOTE__BOX__URL", server.url().to_owned())];
        all.extend(variables.iter().map(|(key, value)| (*key, (*value).to_owned())));
        let app = TestApp::start_with(Setup { variables: all, ..Setup::default() }).await;
        Self { app, server }
    }

    /// Tells the box whose tokens of Spotify there are now.
    fn introduce(&self) {
        let mut tokens = self.app.spotify.world(|world| world.living_access_tokens());
        // With none it would take everybody.
        tokens.insert("nobody's".to_owned(), "nobody".to_owned());
        self.server.with(|it| it.tokens = tokens);
    }

    /// Somebody who signs in, and their token.
    async fn person(&self, client: &Connector, who: &str) -> String {
        let token = client.tokens_of(&self.app, who).await.access;
        self.introduce();
        token
    }

    /// Where sign-in is off: what the owner is answered.
    async fn ask(&self, method: &str, params: Value) -> Value {
        self.ask_at("/mcp", method, params).await
    }

    async fn ask_at(&self, path: &str, method: &str, params: Value) -> Value {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let request = stagepass::http::client().unwrap().post(format!("{}{path}", self.app.url));
        let request = request.header("mcp-protocol-version", "2025-11-25").json(&message);
        let answer = Answer::read(request.send().await.unwrap()).await;
        self.app.overheard(&answer.body.to_string());
        answer.body
    }

    async fn call(&self, tool: &str) -> Value {
        self.ask("tools/call", json!({"name": tool, "arguments": {}})).await["result"].clone()
    }

    async fn tools(&self) -> Vec<String> {
        names(&self.ask("tools/list", json!({})).await)
    }

    async fn finish(self) {
        self.finish_without(Vec::new()).await;
    }

    async fn finish_without(self, secrets: Vec<String>) {
        assert_eq!(self.server.violations(), Vec::<String>::new());
        self.app.finish_without(secrets).await;
    }
}

/// The names of the tools in an answer that are the box's.
fn names(answer: &Value) -> Vec<String> {
    let tools = answer["result"]["tools"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let names = tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned());
    names.filter(|name| name.starts_with("box_")).collect()
}

fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{result}"))
}
