//! Other MCP servers, as far as models may see them: what an operator hasn't accepted isn't there.

mod book;

use std::{future::Future, sync::Arc};

use anyhow::Context;
use futures::future::join_all;
use reqwest::header::HeaderName;
use rmcp::model::{Prompt, Resource, ResourceTemplate, Tool};
use serde_json::Value;
use stagepass_kit::{Caller, ToolError, code, describe_choice};
use stagepass_remote::{Answers, Credentials, Entry, List, Listed, Remote};
use tokio_util::sync::CancellationToken;

use crate::{
    audit::Audit,
    clock::Clock,
    config::{Config, RemoteAuth},
    http,
    store::{Db, Result as Stored},
};
use book::Book;
pub(crate) use book::event;
pub(super) use book::only_reads;

/// What remotes have for somebody.
pub(super) struct Listing<T> {
    pub(super) items: Vec<T>,
    /// Whether each of them has said what it has. One may be dead, or want the person to sign in first.
    pub(super) is_whole: bool,
}

/// The servers of the configuration, or one of them. Clones share everything.
#[derive(Clone)]
pub struct Remotes {
    all: Arc<[Remote]>,
    book: Arc<Book>,
}

impl Remotes {
    /// The servers of `config`.
    ///
    /// # Errors
    /// When the database fails, or a header can't be sent.
    pub async fn open(config: &Config, db: Db, clock: Clock, audit: Audit) -> anyhow::Result<Self> {
        let all = configured(config)?;
        let book = Book::open(db, clock, audit).await?;
        Ok(Self { all: all.into(), book: Arc::new(book) })
    }

    /// The one called `name` alone; none if there isn't one.
    #[must_use]
    pub fn only(&self, name: Option<&str>) -> Self {
        let Some(name) = name else { return self.clone() };
        let named = self.all.iter().filter(|remote| remote.name() == name).cloned();
        Self { all: named.collect(), book: self.book.clone() }
    }

    /// What they are called.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(Remote::name)
    }

    /// Learns what was accepted elsewhere, every two seconds until `shutdown`. Then no call waits for a
    /// person any more.
    pub async fn keep_watching(self, shutdown: CancellationToken) {
        if !self.all.is_empty() {
            self.book.keep_watching(shutdown).await;
            join_all(self.all.iter().map(Remote::close)).await;
        }
    }

    /// Forgets every minute what was held back for too long, until `shutdown`.
    pub async fn keep_sweeping(self, shutdown: CancellationToken) {
        self.book.keep_sweeping(shutdown).await;
    }

    /// Forgets once what was held back for too long.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Stored<()> {
        self.book.sweep().await
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn named(&self, name: &str) -> Option<&Remote> {
        self.all.iter().find(|remote| remote.name() == name)
    }

    /// Whether a tool is known to change nothing; nothing is known of one that nobody has seen.
    pub(super) fn only_reads(&self, tool: &str) -> Option<bool> {
        self.book.only_reads(tool)
    }

    /// The accepted tools of all for `caller`, whose client can answer this.
    pub(super) async fn tools(&self, caller: &Caller, answers: Answers) -> Listing<Tool> {
        self.of_each(answers, |remote| async move {
            let list = remote.tools(caller).await?;
            let accepted = self.book.accepted(remote.name(), &list).await?;
            self.book.note_hints(&accepted);
            let mut tools = shown(accepted);
            if remote.provider().is_some() {
                tools.iter_mut().for_each(offer_choice);
            }
            Ok(tools)
        })
        .await
    }

    /// Their accepted prompts.
    pub(super) async fn prompts(&self, caller: &Caller, answers: Answers) -> Listing<Prompt> {
        self.of_each(answers, |remote| async move {
            let list = remote.prompts(caller).await?;
            Ok(shown(self.book.accepted(remote.name(), &list).await?))
        })
        .await
    }

    /// Their resources: what is in them isn't the operator's to accept.
    pub(super) async fn resources(&self, caller: &Caller, answers: Answers) -> Listing<Resource> {
        self.of_each(answers, |remote| async move {
            Ok(shown(remote.resources(caller).await?.entries.iter().collect()))
        })
        .await
    }

    /// Their accepted templates.
    pub(super) async fn templates(
        &self,
        caller: &Caller,
        answers: Answers,
    ) -> Listing<ResourceTemplate> {
        self.of_each(answers, |remote| async move {
            let list = remote.templates(caller).await?;
            Ok(shown(self.book.accepted(remote.name(), &list).await?))
        })
        .await
    }

    /// The entry of `list` that is called `name`, if it is accepted.
    ///
    /// # Errors
    /// `not_found` when it isn't there or isn't accepted, which is said.
    pub(super) async fn entry<'a, T: Listed>(
        &self,
        remote: &Remote,
        list: &'a List<T>,
        name: &str,
    ) -> Result<&'a Entry<T>, ToolError> {
        let accepted = self.book.accepted(remote.name(), list).await?;
        if let Some(entry) = accepted.into_iter().find(|entry| entry.name == name) {
            return Ok(entry);
        }
        let (remote, kind) = (remote.name(), T::WORD);
        Err(if list.get(name).is_some() {
            ToolError::new(
                code::FORBIDDEN,
                format!(
                    "The server \"{remote}\" describes this {kind} in other words than it did, or \
                     it is new, and nobody has accepted that yet."
                ),
                format!(
                    "Tell the person that whoever runs this server can look at it with `stagepass \
                     remotes diff {remote}` and accept it."
                ),
            )
        } else {
            ToolError::new(
                code::NOT_FOUND,
                format!("The server \"{remote}\" has no {kind} of that name for this person."),
                "List again to see what there is.",
            )
        })
    }

    /// What all have together, each asked at the same time. One that has nothing to say is left out.
    async fn of_each<T, F, Fut>(&self, answers: Answers, of: F) -> Listing<T>
    where
        F: Fn(Remote) -> Fut,
        Fut: Future<Output = Result<Vec<T>, ToolError>>,
    {
        let lists = join_all(self.all.iter().map(|remote| of(remote.answered(answers)))).await;
        let mut listing = Listing { items: Vec::new(), is_whole: true };
        for (list, remote) in lists.into_iter().zip(self.all.iter()) {
            match list {
                Ok(list) => listing.items.extend(list),
                Err(error) => {
                    listing.is_whole = false;
                    let cause = std::error::Error::source(&error);
                    tracing::debug!(remote = remote.name(), %error, cause, "lists nothing");
                }
            }
        }
        listing
    }
}

/// The servers of `config`, of whom nothing is known yet.
///
/// # Errors
/// When a header can't be sent.
pub(crate) fn configured(config: &Config) -> anyhow::Result<Vec<Remote>> {
    let client = http::remote_client().context("can't make the HTTP client")?;
    let mut all = Vec::new();
    for (name, remote) in &config.remote {
        let credentials = match (&remote.auth, &remote.header_value) {
            (RemoteAuth::None, _) | (RemoteAuth::Header, None) => Credentials::None,
            (RemoteAuth::Header, Some(value)) => {
                let header = HeaderName::from_bytes(remote.header_name().as_bytes())?;
                Credentials::Header(header, value.clone())
            }
            (RemoteAuth::Provider(id), _) => Credentials::Provider(id.as_str().into()),
            (RemoteAuth::Mcp, _) => Credentials::Provider(name.as_str().into()),
        };
        all.push(Remote::new(name, remote.url.clone(), credentials, client.clone()));
    }
    Ok(all)
}

/// Whether calls of `tool` can choose an account: not if it has an argument of that name itself.
pub(super) fn has_choice(tool: &Tool) -> bool {
    let schema = &tool.input_schema;
    let properties = schema.get("properties").and_then(Value::as_object);
    let taken = properties.is_some_and(|all| all.contains_key("account"));
    !taken && !["oneOf", "anyOf", "allOf"].iter().any(|key| schema.contains_key(*key))
}

fn offer_choice(tool: &mut Tool) {
    if has_choice(tool) {
        describe_choice(Arc::make_mut(&mut tool.input_schema));
    }
}

fn shown<T: Clone>(entries: Vec<&Entry<T>>) -> Vec<T> {
    entries.into_iter().map(|entry| entry.shown.clone()).collect()
}
