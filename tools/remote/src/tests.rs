//! What a remote gives and takes, against servers of both eras that can be told to be wrong.

mod asked;
mod eras;
mod health;
mod hostile;
mod lists;
mod people;
mod real;
mod tokens;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use rmcp::model::{CallToolResult, JsonObject};
use serde_json::Value;
use stagepass_kit::{
    AccessToken, Caller, Connections, Identity, LinkedAccount, Realm, ToolError, Watch,
};
use stagepass_standin::{McpServer, mcp_server::Era};

use crate::{Answers, Credentials, Input, Outcome, Remote, limits::Limits};

/// A vault: each person's tokens, of which the first is good until it is renewed.
#[derive(Default)]
pub(super) struct Vault {
    tokens: Mutex<HashMap<Identity, Vec<&'static str>>>,
    renewed: Mutex<usize>,
    /// The provider never answers.
    stuck: AtomicBool,
}

#[async_trait]
impl Connections for Vault {
    async fn access_token(
        &self,
        identity: &Identity,
        provider: &str,
        _: Option<&str>,
    ) -> Result<AccessToken, ToolError> {
        if self.stuck.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        let tokens = self.tokens.lock().unwrap();
        let token = tokens.get(identity).and_then(|tokens| tokens.first());
        let token = *token.ok_or_else(|| ToolError::not_connected(provider))?;
        let account = LinkedAccount {
            id: identity.to_string(),
            name: "somebody".to_owned(),
            label: None,
            one_of_several: false,
        };
        let connection = Arc::from(format!("connection of {identity}"));
        Ok(AccessToken::new(token.into(), connection, 1, Arc::default(), Arc::new(account)))
    }

    async fn renewed_token(
        &self,
        identity: &Identity,
        provider: &str,
        _: &AccessToken,
    ) -> Result<AccessToken, ToolError> {
        *self.renewed.lock().unwrap() += 1;
        if let Some(tokens) = self.tokens.lock().unwrap().get_mut(identity)
            && tokens.len() > 1
        {
            tokens.remove(0);
        }
        self.access_token(identity, provider, None).await
    }
}

/// A server, a remote for it, and people with tokens for it.
pub(super) struct World {
    pub(super) server: McpServer,
    pub(super) remote: Remote,
    pub(super) vault: Arc<Vault>,
}

pub(super) fn http() -> reqwest::Client {
    #[expect(clippy::disallowed_methods, reason = "there is no host here to hand one in")]
    let client = reqwest::Client::builder();
    client.redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

pub(super) fn person(name: &str) -> Identity {
    Identity::new(Realm::User, "test", name)
}

/// Short, so that nobody waits for a test.
pub(super) fn impatient() -> Limits {
    Limits {
        silence: Duration::from_millis(700),
        call: Duration::from_secs(3),
        list: Duration::from_millis(700),
        patience: Duration::from_millis(400),
        queue: Duration::from_millis(200),
        person: Duration::from_secs(20),
        waiting_each: 2,
        message: 64 << 10,
        answer: 128 << 10,
        entries: 50,
        pages: 5,
        entry: 4 << 10,
        ..Limits::default()
    }
}

impl World {
    /// A server that doesn't ask who it is.
    pub(super) async fn open(era: Era) -> Self {
        Self::with(era, Credentials::None).await
    }

    /// A server that wants tokens: `token-<name>` of each person.
    pub(super) async fn signed_in(era: Era, people: &[&'static str]) -> Self {
        let world = Self::with(era, Credentials::Provider("box".into())).await;
        for name in people {
            let token: &'static str = format!("token-of-{name}").leak();
            world.server.with(|it| it.tokens.insert(token.to_owned(), (*name).to_owned()));
            world.vault.tokens.lock().unwrap().insert(person(name), vec![token]);
        }
        world
    }

    pub(super) async fn with(era: Era, credentials: Credentials) -> Self {
        let server = McpServer::start(era).await;
        let url = server.url().parse().unwrap();
        let remote = Remote::with_limits("box", url, credentials, http(), impatient());
        Self { server, remote, vault: Arc::default() }
    }

    /// The same for clients that can answer this.
    pub(super) fn answered(self, answers: Answers) -> Self {
        Self { remote: self.remote.answered(answers), ..self }
    }

    pub(super) fn caller(&self, name: &str) -> Caller {
        Caller::new(person(name), self.vault.clone())
    }

    pub(super) async fn call(&self, who: &str, tool: &str) -> Result<CallToolResult, ToolError> {
        self.call_with(who, tool, Value::Null).await
    }

    pub(super) async fn call_with(
        &self,
        who: &str,
        tool: &str,
        arguments: Value,
    ) -> Result<CallToolResult, ToolError> {
        match self.ask(&self.caller(who), tool, arguments, &Input::default()).await? {
            Outcome::Complete(result) => Ok(result),
            Outcome::Asks(asked) => panic!("{asked:?}"),
        }
    }

    pub(super) async fn ask(
        &self,
        caller: &Caller,
        tool: &str,
        arguments: Value,
        input: &Input,
    ) -> Result<Outcome<CallToolResult>, ToolError> {
        let tools = self.remote.tools(caller).await?;
        let tool = tools.get(&format!("box_{tool}")).unwrap_or_else(|| panic!("no {tool}"));
        let arguments: JsonObject = arguments.as_object().cloned().unwrap_or_default();
        self.remote.call(caller, tool, arguments, input).await
    }

    /// Nothing that a strict server would complain of.
    pub(super) fn finish(self) {
        assert_eq!(self.server.violations(), Vec::<String>::new());
    }
}

pub(super) fn text(result: &CallToolResult) -> String {
    let texts = result.content.iter().filter_map(|block| block.as_text());
    texts.map(|block| block.text.as_str()).collect::<Vec<_>>().join("|")
}

pub(super) fn watched(caller: Caller) -> (Caller, tokio_util::sync::CancellationToken, Heard) {
    let (heard, stop) = (Heard::default(), tokio_util::sync::CancellationToken::new());
    let watch = Watch::new(Some(Arc::new(heard.clone())), stop.clone());
    (caller.watched(watch), stop, heard)
}

/// Hears of progress.
#[derive(Clone, Default)]
pub(super) struct Heard(pub(super) Arc<Mutex<Vec<Step>>>);

type Step = (u64, Option<u64>, String);

#[async_trait]
impl stagepass_kit::Progress for Heard {
    async fn report(&self, done: u64, total: Option<u64>, message: &str) {
        self.0.lock().unwrap().push((done, total, message.to_owned()));
    }
}
