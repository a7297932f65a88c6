//! One other MCP server.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rmcp::model::{Prompt, Resource, ResourceTemplate, Tool};
use stagepass_kit::{Attempt, Caller, ToolError, Watch, code};
use tokio::time::Instant;
use url::Url;

use crate::{
    Answers, Credentials, Input, Outcome,
    answers::asks,
    breaker::Breaker,
    credentials::Credential,
    exchange::{Answer, Ask, Told, Wire},
    fault::Fault,
    limits::Limits,
    link::{Link, Links, Whose},
    lists::Shelves,
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
    credentials: Credentials,
    pub(crate) wire: Wire,
    links: Links,
    seats: Seats,
    pub(crate) waiting: Waiting,
    breaker: Breaker,
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
            breaker: Breaker::default(),
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

    /// Asks the server for `caller`, who waits and may hear of progress, and isn't asked anything.
    pub(crate) async fn ask(&self, caller: &Caller, ask: &Ask) -> Result<Answer, ToolError> {
        match self.ask_for(caller, ask, &Input::default()).await? {
            Outcome::Complete(answer) => Ok(answer),
            Outcome::Asks(_) => Err(self.unasked()),
        }
    }

    /// The same for a person who can be asked, and may have been: then the answers are in `input`.
    pub(crate) async fn ask_for(
        &self,
        caller: &Caller,
        ask: &Ask,
        input: &Input,
    ) -> Result<Outcome<Answer>, ToolError> {
        let seat = self.inner.seats.take(caller.identity(), self.inner.wire.limits.queue).await;
        let _seat = seat.map_err(|fault| fault.told(self.name(), self.provider()))?;
        let asking = |credential| self.ask_with(caller, credential, ask, input);
        match self.with_credential(caller, asking).await? {
            Outcome::Asks(asked) => Ok(Outcome::Asks(asked)),
            Outcome::Complete((link, answer)) if link.is_modern() && asks(&answer.result) => {
                self.questions(answer.result).map(Outcome::Asks)
            }
            Outcome::Complete((_, answer)) => Ok(Outcome::Complete(answer)),
        }
    }

    async fn ask_with(
        &self,
        caller: &Caller,
        credential: Credential,
        ask: &Ask,
        input: &Input,
    ) -> Result<Outcome<(Arc<Link>, Answer)>, Fault> {
        match self.ask_once_with(caller, credential, ask, input).await {
            Err(Fault::Links(wants)) => self.links(wants, input).map(Outcome::Asks),
            outcome => outcome,
        }
    }

    async fn ask_once_with(
        &self,
        caller: &Caller,
        credential: Credential,
        ask: &Ask,
        input: &Input,
    ) -> Result<Outcome<(Arc<Link>, Answer)>, Fault> {
        let (whose, watch) = (credential.whose(caller, self.answers), caller.watch());
        let state = input.state.as_deref();
        let waiting =
            state.and_then(|state| Some((state, self.inner.waiting.take(state, &whose)?)));
        let outcome = if let Some(call) = waiting {
            self.go_on(call, input.responses.as_ref(), credential, watch).await?
        } else {
            if input.is_brought() && !self.link(&whose, &credential).await?.is_modern() {
                input.is_of_use()?;
            }
            let (link, told) = self.ask_over(&whose, &credential, ask, Some(watch)).await?;
            self.outcome(link, credential, told)
        };
        if let Outcome::Complete((_, answer)) = &outcome {
            self.note_changes(&whose, answer);
        }
        Ok(outcome)
    }

    /// Asks over the link of `whose`, and over a new one if the server has forgotten the first.
    pub(crate) async fn ask_over(
        &self,
        whose: &Whose,
        credential: &Credential,
        ask: &Ask,
        watch: Option<&Watch>,
    ) -> Result<(Arc<Link>, Told), Fault> {
        let link = self.link(whose, credential).await?;
        match self.observed(self.inner.wire.ask(&link, credential, ask, watch).await) {
            Err(Fault::Forgotten) => self.inner.links.forget(whose, &link).await,
            told => return told.map(|told| (link, told)),
        }
        let link = self.link(whose, credential).await?;
        let told = self.observed(self.inner.wire.ask(&link, credential, ask, watch).await)?;
        Ok((link, told))
    }

    /// What was agreed on for `whose`, unless the server is dead.
    pub(crate) async fn link(
        &self,
        whose: &Whose,
        credential: &Credential,
    ) -> Result<Arc<Link>, Fault> {
        self.inner.breaker.check(Instant::now()).map_err(Fault::Resting)?;
        let link = self.inner.links.get(&self.inner.wire, whose, credential).await;
        match link {
            // One from before says nothing of now.
            Ok(link) => Ok(link),
            Err(Fault::Slow) => {
                self.rest();
                Err(Fault::Slow)
            }
            fault => self.observed(fault),
        }
    }

    fn rest(&self) {
        let limits = &self.inner.wire.limits;
        self.inner.breaker.failed(Instant::now(), limits.rest, limits.longest_rest);
    }

    /// The same; whether the server lives was seen on the way.
    pub(crate) fn observed<T>(&self, answer: Result<T, Fault>) -> Result<T, Fault> {
        match &answer {
            Err(fault) if fault.is_death() => self.rest(),
            Ok(_)
            | Err(
                Fault::Unauthorized | Fault::Forbidden(_) | Fault::Refused { .. } | Fault::Links(_),
            ) => {
                self.inner.breaker.answered();
            }
            Err(_) => {}
        }
        answer
    }

    fn note_changes(&self, whose: &Whose, answer: &Answer) {
        let changed = &answer.changed;
        if changed.tools {
            self.inner.tools.expire(whose);
        }
        if changed.prompts {
            self.inner.prompts.expire(whose);
        }
        if changed.resources {
            self.inner.resources.expire(whose);
            self.inner.templates.expire(whose);
        }
    }
}
