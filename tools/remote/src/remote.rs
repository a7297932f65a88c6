//! One other MCP server.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rmcp::model::{Prompt, Resource, ResourceTemplate, Tool};
use stagepass_kit::{Attempt, Caller, Identity, ToolError, code};
use tokio::time::Instant;
use url::Url;

use crate::{
    Answers, Credentials,
    breaker::Breaker,
    credentials::Credential,
    exchange::Wire,
    fault::Fault,
    health::{For, Health},
    limits::Limits,
    link::{Link, Links, Whose},
    lists::{Omissions, Shelves},
    seats::Seats,
    waiting::Waiting,
};

/// One other MCP server, as a client sees it. Clones share everything.
#[derive(Clone)]
pub struct Remote {
    pub(crate) inner: Arc<Inner>,
    /// What the client can answer for the person.
    pub(crate) answers: Answers,
}

pub(crate) struct Inner {
    pub(crate) name: String,
    pub(crate) credentials: Credentials,
    pub(crate) wire: Wire,
    pub(crate) links: Links,
    pub(crate) seats: Seats,
    pub(crate) waiting: Waiting,
    breaker: Breaker,
    pub(crate) health: Health,
    pub(crate) omissions: Omissions,
    pub(crate) tools: Shelves<Tool>,
    pub(crate) prompts: Shelves<Prompt>,
    pub(crate) resources: Shelves<Resource>,
    pub(crate) templates: Shelves<ResourceTemplate>,
}

impl Remote {
    /// The server at `url`, which is called `name` here and shown `credentials`.
    ///
    /// `http` follows no redirects, keeps no cookies, and has no limit on a whole answer: those are
    /// here.
    #[must_use]
    pub fn new(name: &str, url: Url, credentials: Credentials, http: reqwest::Client) -> Self {
        Self::with_limits(name, url, credentials, http, Limits::default())
    }

    pub(crate) fn with_limits(
        name: &str,
        url: Url,
        credentials: Credentials,
        http: reqwest::Client,
        limits: Limits,
    ) -> Self {
        let inner = Inner {
            name: name.to_owned(),
            credentials,
            seats: Seats::new(limits.calls, limits.calls_each),
            waiting: Waiting::default(),
            wire: Wire::new(http, url, limits),
            links: Links::new(),
            breaker: Breaker::new(),
            health: Health::default(),
            omissions: Omissions::new(),
            tools: Shelves::new(),
            prompts: Shelves::new(),
            resources: Shelves::new(),
            templates: Shelves::new(),
        };
        Self { inner: Arc::new(inner), answers: Answers::default() }
    }

    /// The same for a client that can answer this.
    #[must_use]
    pub fn answered(&self, answers: Answers) -> Self {
        Self { inner: self.inner.clone(), answers }
    }

    /// What it is called here.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The id of the provider whose tokens it takes, if it takes tokens.
    #[must_use]
    pub fn provider(&self) -> Option<&str> {
        match &self.inner.credentials {
            Credentials::Provider(id) => Some(id),
            Credentials::None | Credentials::Header(..) => None,
        }
    }

    /// Whose account `caller` would use: the id of the connection, if the server takes tokens.
    pub(crate) async fn connection(&self, caller: &Caller) -> Result<Option<Arc<str>>, ToolError> {
        let Some(provider) = self.provider() else { return Ok(None) };
        let connection = caller
            .call(provider, |token| async move { Ok(Attempt::Done(token.connection().clone())) });
        connection.await.map(Some)
    }

    /// Runs `work` with what the server wants to be shown: once more with a newer token if it rejects the
    /// first, and then the person has to sign in again.
    pub(crate) async fn with_credential<T, F, Fut>(
        &self,
        caller: &Caller,
        work: F,
    ) -> Result<T, ToolError>
    where
        F: Fn(Credential) -> Fut,
        Fut: Future<Output = Result<T, Fault>>,
    {
        let told = |fault: Fault| fault.told(self.name(), self.provider());
        let provider = match &self.inner.credentials {
            Credentials::Provider(provider) => provider,
            Credentials::None => return work(Credential::default()).await.map_err(told),
            Credentials::Header(name, secret) => {
                let credential = Credential::fixed(name, secret);
                let credential = credential.map_err(|_| told(Fault::BadHeader))?;
                return work(credential).await.map_err(told);
            }
        };
        let again = AtomicBool::new(false);
        let (again, work) = (&again, &work);
        let send = |token| async move {
            let credential = Credential::bearer(&token).map_err(|_| told(Fault::BadHeader))?;
            match work(credential).await {
                Ok(done) => Ok(Attempt::Done(done)),
                Err(Fault::Unauthorized) if !again.swap(true, Ordering::Relaxed) => {
                    Ok(Attempt::Unauthorized)
                }
                Err(fault) => Err(told(fault)),
            }
        };
        caller.call(provider, send).await.map_err(|error| {
            let is_rejected = again.load(Ordering::Relaxed);
            // The vault gives no newer token so soon after the last.
            if is_rejected && error.code() == code::PROVIDER_UNAVAILABLE {
                let name = self.name();
                return error.saying(format!(
                    "The server \"{name}\" doesn't accept the token of {provider}, and there is no \
                     newer one yet."
                ));
            }
            error
        })
    }

    /// What was agreed on for `whose`, unless the server is dead.
    pub(crate) async fn link(
        &self,
        whose: &Whose,
        credential: &Credential,
    ) -> Result<Arc<Link>, Fault> {
        self.inner.breaker.check(&whose.identity, Instant::now()).map_err(Fault::Resting)?;
        let link = self.inner.links.get(&self.inner.wire, whose, credential).await;
        match link {
            // One from before says nothing of now.
            Ok(link) => Ok(link),
            Err(Fault::Slow) => {
                self.rest(Some(&whose.identity));
                self.note_fault(For::Agreement, &Fault::Slow);
                Err(Fault::Slow)
            }
            fault => self.observed(whose, For::Agreement, fault),
        }
    }

    fn rest(&self, who: Option<&Identity>) {
        let limits = &self.inner.wire.limits;
        self.inner.breaker.failed(who, Instant::now(), limits.rest, limits.longest_rest);
    }

    /// The same; whether the server lives was seen on the way.
    pub(crate) fn observed<T>(
        &self,
        whose: &Whose,
        asked: For,
        answer: Result<T, Fault>,
    ) -> Result<T, Fault> {
        match &answer {
            Ok(_) => self.note_health(asked),
            Err(fault) => self.note_fault(asked, fault),
        }
        match &answer {
            Err(fault) if fault.is_death() => {
                self.rest((!fault.is_unreachable()).then_some(&whose.identity));
            }
            Ok(_)
            | Err(
                Fault::Unauthorized | Fault::Forbidden(_) | Fault::Refused { .. } | Fault::Links(_),
            ) => {
                self.inner.breaker.answered(&whose.identity);
            }
            Err(_) => {}
        }
        answer
    }
}
