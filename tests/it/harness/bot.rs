//! A bot: one client that speaks for all users of its chat.

use std::collections::HashMap;

use http::{HeaderName, HeaderValue};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use serde_json::{Value, json};
use stagepass::{
    identity::{Scope, Scopes},
    oauth::{AuthMethod, ClientKeys, ClientMetadata, GrantType, client_row},
    store::{ClientKind, ClientRow},
    vault::hash,
};
use stagepass_kit::{Identity, Realm};

use super::{Answer, Chat, Connector, TestApp};

/// What every bot here proves itself by.
const SECRET: &str = "spk_the-secret-of-a-bot-in-a-story";

/// A bot, with a token of its own.
pub(crate) struct Bot {
    pub(crate) client: Connector,
    pub(crate) token: String,
}

impl Bot {
    /// Adds one as `stagepass clients add NAME --act-as` does, and has it fetch its token. Its id is
    /// `spo_NAME`.
    pub(crate) async fn add(app: &TestApp, name: &str) -> Self {
        let client = Self::stored(app, name, None).await;
        app.gave(SECRET);
        let client = Connector::known(app, &client.id, Some(SECRET));
        let form = [("grant_type", "client_credentials"), ("scope", "mcp.write mcp.act_as")];
        let token = Connector::tokens(app, &client.post("/token", &form).await).access;
        Self { client, token }
    }

    /// The same without a token: `keys` are those that it signs with, instead of having a secret.
    pub(crate) async fn stored(app: &TestApp, name: &str, keys: Option<Value>) -> ClientRow {
        let signs = keys.is_some();
        let metadata = ClientMetadata {
            name: Some(name.to_owned()),
            redirect_uris: Vec::new(),
            auth_method: if signs {
                AuthMethod::PrivateKeyJwt
            } else {
                AuthMethod::ClientSecretBasic
            },
            grant_types: vec![GrantType::ClientCredentials, GrantType::TokenExchange],
            keys: keys.map(ClientKeys::Set),
            application_type: None,
            scopes: None,
        };
        let now = app.clock.now();
        let scopes: Scopes = [Scope::Read, Scope::Write, Scope::ActAs].into_iter().collect();
        let row = ClientRow {
            secret_hash: (!signs).then(|| hash(SECRET)),
            scopes: scopes.to_string(),
            ..client_row(ClientKind::Operator, format!("spo_{name}"), &metadata, now)
        };
        let db = app.db().await;
        db.save_client(&row).await.unwrap();
        db.close().await;
        row
    }

    /// The conversation of one chat user with it.
    pub(crate) async fn chat(&self, app: &TestApp, id: &str) -> Chat {
        let mut headers = HashMap::new();
        headers.insert(HeaderName::from_static("stagepass-chat-id"), encoded(id));
        app.chat_as(&self.token, headers).await
    }

    /// Calls a tool for a chat user.
    pub(crate) async fn call(&self, id: &str, tool: &str, arguments: Value) -> Answer {
        let headers = [("stagepass-chat-id", encoded(id))];
        self.call_with(&headers, json!({"name": tool, "arguments": arguments})).await
    }

    /// Calls a tool with these headers and parameters.
    pub(crate) async fn call_with(&self, headers: &[(&str, HeaderValue)], params: Value) -> Answer {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let request = self.client.begin("/mcp").json(&message).bearer_auth(&self.token);
        let request = request.header("mcp-protocol-version", "2025-11-25");
        let headers = headers.iter();
        let request =
            headers.fold(request, |request, (name, value)| request.header(*name, value.clone()));
        Connector::send(request).await
    }

    /// The key under which the server knows a chat user of this bot.
    pub(crate) fn key(&self, id: &str) -> String {
        Identity::new(Realm::Chat, self.client.client_id.as_str(), id).to_string()
    }
}

/// An id as a header carries it.
pub(crate) fn encoded(id: &str) -> HeaderValue {
    let encoded = percent_encode(id.as_bytes(), NON_ALPHANUMERIC).to_string();
    HeaderValue::from_str(&encoded).unwrap()
}
