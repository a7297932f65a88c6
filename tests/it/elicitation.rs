//! Links in the answer itself: for clients that open them, and in words for all others.

mod bots;
mod legacy;
mod modern;
mod session;
mod state;
mod under_way;
mod words;

use serde_json::{Value, json};
use stagepass_standin::Browser;

use crate::harness::{Answer, Connector, TestApp};

/// Somebody who calls by hand, with what their client declares.
struct Raw {
    client: Connector,
    token: Option<String>,
    elicitation: Value,
}

impl Raw {
    /// Where nobody signs in: the owner, with a client that opens links.
    fn owner(app: &TestApp) -> Self {
        let elicitation = json!({"url": {}});
        Self { client: Connector::known(app, "nobody's", None), token: None, elicitation }
    }

    /// Somebody who is signed in at this client, without Spotify.
    async fn person(app: &TestApp, client: &Connector, who: &str) -> Self {
        let (browser, untick) = (Browser::new(), [("-connects", "")]);
        let end = client.agree_with(app, &browser, who, &client.authorize_url(), &untick).await;
        let tokens = Connector::tokens(app, &client.redeem(&client.code_at(app, &end)).await);
        let elicitation = json!({"url": {}});
        Self { client: client.clone(), token: Some(tokens.access), elicitation }
    }

    /// The same with another declaration.
    fn declaring(self, elicitation: Value) -> Self {
        Self { elicitation, ..self }
    }

    /// Calls `spotify_now` as of 2026-07-28; `more` is added to the parameters.
    async fn call(&self, more: Value) -> Answer {
        self.call_for(&json!({}), more).await
    }

    /// The same with this besides in its `_meta`.
    async fn call_for(&self, meta: &Value, more: Value) -> Answer {
        let mut params = json!({"name": "spotify_now", "arguments": {}});
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {"elicitation": self.elicitation},
        });
        for (name, value) in meta.as_object().unwrap() {
            params["_meta"][name] = value.clone();
        }
        for (name, value) in more.as_object().unwrap() {
            params[name] = value.clone();
        }
        let name = params["name"].as_str().unwrap().to_owned();
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let mut request = self.client.begin("/mcp").json(&message);
        request = request.header("mcp-protocol-version", "2026-07-28");
        request = request.header("mcp-method", "tools/call").header("mcp-name", name);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        Connector::send(request).await
    }

    /// The same, made once more with this state and the person's `action`.
    async fn again(&self, state: &str, action: &str) -> Answer {
        let responses = json!({"connect": {"action": action}});
        self.call(json!({"requestState": state, "inputResponses": responses})).await
    }

    /// Calls as of `version` before, with these headers; the answer's `result` or `error`.
    async fn legacy(&self, version: &str, headers: &[(&str, &str)]) -> Value {
        let params = json!({"name": "spotify_now", "arguments": {}});
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let mut request = self.client.begin("/mcp").json(&message);
        request = request.header("mcp-protocol-version", version);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = Connector::send(request).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let part = if answer.body["error"].is_null() { "result" } else { "error" };
        answer.body[part].clone()
    }
}

/// The link and the state of an answer that asks for input.
fn asked(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 200, "{answer:?}");
    let result = &answer.body["result"];
    assert_eq!(result["resultType"], "input_required", "{answer:?}");
    let url = result["inputRequests"]["connect"]["params"]["url"].as_str().unwrap();
    (url.to_owned(), result["requestState"].as_str().unwrap().to_owned())
}

/// The link of an answer in words.
fn told(result: &Value) -> String {
    assert_eq!(result["isError"], true, "{result}");
    let data = &result["structuredContent"];
    assert_eq!(data["code"], "not_connected", "{result}");
    let (url, until) = (data["url"].as_str().unwrap(), data["expires_at"].as_str().unwrap());
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.contains(&format!("{url} (until {until})")), "{text}");
    assert!(text.contains("handle_callback"), "{text}");
    url.to_owned()
}
