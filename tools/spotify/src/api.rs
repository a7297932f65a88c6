//! The one way to Spotify's Web API: attaches the token, waits and repeats where that helps, and
//! turns every failure into words.

mod ask;
mod budget;
mod failure;
mod reads;
mod reply;
mod trouble;

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use futures::FutureExt;
use reqwest::{Method, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use stagepass_kit::{AccessToken, Attempt, Caller, ToolError};

pub(crate) use self::{
    ask::Ask,
    failure::{Failure, Refusal, own_code},
    trouble::Trouble,
};
use self::{
    budget::{Budget, Closed},
    reads::{Outcome, Reads},
    reply::Reply,
};
use crate::PROVIDER;

/// How long things may take and how long to wait between them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// The most that one request may take.
    pub(crate) timeout: Duration,
    /// Between a command and the look at what came of it: Spotify shows the old state for a moment.
    pub(crate) settle: Duration,
    /// Before something is tried a second time.
    pub(crate) again: Duration,
    /// The longest wait that Spotify may ask for and get; longer ones are the caller's to wait.
    pub(crate) patience: Duration,
    /// How many calls one person may make in half a minute, so that nobody uses up what is there
    /// for all. A playlist of thousands fits.
    pub(crate) per_person: NonZeroU32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            settle: Duration::from_millis(700),
            again: Duration::from_secs(1),
            patience: Duration::from_secs(5),
            per_person: NonZeroU32::new(120).unwrap_or(NonZeroU32::MIN),
        }
    }
}

/// Spotify's Web API. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct SpotifyApi {
    http: reqwest::Client,
    base: Arc<str>,
    pace: Pace,
    budget: Budget,
    reads: Reads,
}

/// Why there is no answer.
#[derive(Debug, Clone)]
enum Silence {
    /// Nothing may be asked now.
    Closed(Closed),
    /// It got lost on the way.
    Lost(Arc<reqwest::Error>),
}

impl SpotifyApi {
    /// The API at `base`, without trailing slash.
    pub(crate) fn new(http: reqwest::Client, base: &str, pace: Pace) -> Self {
        let budget = Budget::new(pace.per_person);
        Self {
            http,
            base: base.trim_end_matches('/').into(),
            pace,
            budget,
            reads: Reads::default(),
        }
    }

    /// Waits until Spotify is likely to show what a command did.
    pub(crate) async fn settle(&self) {
        tokio::time::sleep(self.pace.settle).await;
    }

    /// Waits before something is tried again.
    pub(crate) async fn pause(&self) {
        tokio::time::sleep(self.pace.again).await;
    }

    /// Asks for an object; `None` is Spotify's 204, "there is none now".
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        caller: &Caller,
        ask: &Ask,
    ) -> Result<Option<T>, Failure> {
        Ok(self.send(caller, ask).await?.object()?)
    }

    /// Asks for a list: the few answers that are no objects.
    pub(crate) async fn read_list(
        &self,
        caller: &Caller,
        ask: &Ask,
    ) -> Result<Vec<Value>, Failure> {
        Ok(self.send(caller, ask).await?.list()?)
    }

    /// Gives a command. What Spotify says besides "yes" is of no use: sometimes it isn't even JSON.
    pub(crate) async fn write(&self, caller: &Caller, ask: &Ask) -> Result<(), Failure> {
        self.send(caller, ask).await.map(drop)
    }

    /// Sends it, and a second time where the first failure may be a passing one.
    async fn send(&self, caller: &Caller, ask: &Ask) -> Result<Arc<Reply>, Failure> {
        let refusal = match self.attempt(caller, ask).await {
            Err(Failure::Refused(refusal)) => refusal,
            other => return other,
        };
        let Some(wait) = self.second_chance(ask, &refusal) else { return Err(refusal.into()) };
        tokio::time::sleep(wait).await;
        self.attempt(caller, ask).await
    }

    /// How long to wait before a second try, if one makes sense. Not after a command that got lost:
    /// it may have been carried out.
    fn second_chance(&self, ask: &Ask, refusal: &Refusal) -> Option<Duration> {
        match refusal.trouble {
            Trouble::RateLimited => refusal.retry_after.filter(|wait| *wait <= self.pace.patience),
            Trouble::Unavailable if *ask.method() == Method::GET => Some(self.pace.again),
            // Spotify has been seen to say so by mistake.
            Trouble::PremiumRequired => Some(self.pace.again),
            _ => None,
        }
    }

    async fn attempt(&self, caller: &Caller, ask: &Ask) -> Result<Arc<Reply>, Failure> {
        Ok(caller.call(PROVIDER, |token| self.once(token, ask)).await??)
    }

    async fn once(
        &self,
        token: AccessToken,
        ask: &Ask,
    ) -> Result<Attempt<Result<Arc<Reply>, Refusal>>, ToolError> {
        let missing = |scope: &&&str| !token.scopes().contains(**scope);
        let missing: Vec<_> = ask.scopes().iter().filter(missing).copied().collect();
        if !missing.is_empty() {
            return Err(ToolError::missing_scope(PROVIDER, &missing));
        }
        let send = || self.clone().exchange(token.clone(), ask.clone()).boxed();
        let reply = match self.reads.ask(&token, ask, send).await {
            Ok(reply) => reply,
            Err(silence) => return Ok(Attempt::Done(Err(silence.into()))),
        };
        if reply.status().is_success() {
            return Ok(Attempt::Done(Ok(reply)));
        }
        let refusal = reply.refusal(ask);
        self.budget.learn(&refusal);
        // A missing scope comes as 401 too, and a newer token would have it no more than this one.
        if reply.status() == StatusCode::UNAUTHORIZED && refusal.trouble != Trouble::MissingScope {
            return Ok(Attempt::Unauthorized);
        }
        Ok(Attempt::Done(Err(refusal)))
    }

    async fn exchange(self, token: AccessToken, ask: Ask) -> Outcome {
        self.budget.take(token.connection()).map_err(Silence::Closed)?;
        let mut request = self
            .http
            .request(ask.method().clone(), format!("{}/{}", self.base, ask.path()))
            .timeout(self.pace.timeout)
            .bearer_auth(token.expose())
            .query(ask.query());
        if let Some(body) = ask.body() {
            request = request.json(body);
        } else if *ask.method() != Method::GET {
            // Spotify answers 411 to a command without body that doesn't say so.
            request = request.header(header::CONTENT_LENGTH, 0);
        }
        let reply = Reply::read(request.send().await?).await?;
        tracing::debug!(method = %ask.method(), path = ask.path(), status = reply.status().as_u16(), "spotify answered");
        Ok(Arc::new(reply))
    }
}

impl From<reqwest::Error> for Silence {
    fn from(error: reqwest::Error) -> Self {
        Self::Lost(Arc::new(error.without_url()))
    }
}

impl From<Silence> for Refusal {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::Closed(closed) => Self::closed(closed),
            Silence::Lost(error) => Self::lost(error),
        }
    }
}
