//! The one way to GitHub's REST API: attaches the token, waits and repeats where that helps, and
//! turns every failure into words.

mod ask;
mod budget;
mod failure;
mod head;
mod reply;
mod scopes;
mod trouble;
mod words;

use std::{sync::Arc, time::Duration};

use reqwest::{StatusCode, header};
use serde::de::DeserializeOwned;
use stagepass_kit::{AccessToken, Attempt, Caller, ToolError};
use url::Url;

pub(crate) use self::{
    ask::Ask,
    budget::Bucket,
    failure::{Failure, Refusal},
    trouble::Trouble,
};
use self::{budget::Budget, head::Head, reply::Reply};
use crate::PROVIDER;

/// The version of the API that this speaks.
const VERSION: &str = "2022-11-28";
/// GitHub answers nobody who doesn't say what program they are.
const USER_AGENT: &str = concat!("stagepass/", env!("CARGO_PKG_VERSION"));

/// How long things may take and how long to wait between them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// The most that one request may take.
    pub(crate) timeout: Duration,
    /// Before a question is asked a second time.
    pub(crate) again: Duration,
    /// The longest wait that GitHub may ask for and get; longer ones are the caller's to wait.
    pub(crate) patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(12),
            again: Duration::from_secs(1),
            patience: Duration::from_secs(5),
        }
    }
}

/// GitHub's REST API. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct GitHubApi {
    http: reqwest::Client,
    base: Arc<str>,
    pace: Pace,
    budget: Budget,
}

/// One part of a longer list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Whether there is another one after it.
    pub(crate) goes_on: bool,
}

/// An object, and what its answer's headers tell.
#[derive(Debug)]
pub(crate) struct Told<T> {
    pub(crate) object: T,
    /// The token's scopes; none where it has no such thing.
    pub(crate) scopes: Option<Vec<String>>,
    /// Whether organizations that want a single sign-on are left out.
    pub(crate) is_partial: bool,
}

impl GitHubApi {
    /// The API at `base`, without trailing slash.
    pub(crate) fn new(http: reqwest::Client, base: &str, pace: Pace) -> Self {
        let base = base.trim_end_matches('/').into();
        Self { http, base, pace, budget: Budget::default() }
    }

    /// Asks for an object, or has one made or changed. A change whose answer can't be read was made.
    pub(crate) async fn object<T: DeserializeOwned>(
        &self,
        caller: &Caller,
        ask: &Ask,
    ) -> Result<T, Failure> {
        let object = self.send(caller, ask).await?.object();
        Ok(object.map_err(|why| if ask.is_read() { why } else { Refusal::unreadable() })?)
    }

    /// As [`Self::object`], with what the headers tell.
    pub(crate) async fn told<T: DeserializeOwned>(
        &self,
        caller: &Caller,
        ask: &Ask,
    ) -> Result<Told<T>, Failure> {
        let reply = self.send(caller, ask).await?;
        let (object, is_partial) = (reply.object()?, reply.head.is_partial());
        Ok(Told { object, is_partial, scopes: reply.head.scopes })
    }

    /// Asks for one page of a list. What exceeds it wasn't asked for.
    pub(crate) async fn page<T: DeserializeOwned>(
        &self,
        caller: &Caller,
        ask: &Ask,
    ) -> Result<Page<T>, Failure> {
        let reply = self.send(caller, ask).await?;
        let mut items = reply.list()?;
        items.truncate(usize::try_from(ask.limit()).unwrap_or(usize::MAX));
        Ok(Page { items, goes_on: reply.head.goes_on() })
    }

    /// Gives a command whose answer is of no interest.
    pub(crate) async fn command(&self, caller: &Caller, ask: &Ask) -> Result<(), Failure> {
        self.send(caller, ask).await.map(drop)
    }

    /// Sends it, and a second time where the first failure may be a passing one.
    async fn send(&self, caller: &Caller, ask: &Ask) -> Result<Reply, Failure> {
        let refusal = match self.attempt(caller, ask).await {
            Err(Failure::Refused(refusal)) => refusal,
            other => return other,
        };
        let Some(wait) = self.second_chance(ask, &refusal) else {
            return Err(Failure::Refused(refusal));
        };
        tokio::time::sleep(wait).await;
        self.attempt(caller, ask).await
    }

    /// How long to wait before a second try, if one makes sense. Not after a command that got lost:
    /// it may have been carried out.
    fn second_chance(&self, ask: &Ask, refusal: &Refusal) -> Option<Duration> {
        match refusal.trouble {
            Trouble::RateLimited => refusal.retry_after.filter(|wait| *wait <= self.pace.patience),
            Trouble::Unavailable if ask.is_read() => Some(self.pace.again),
            _ => None,
        }
    }

    async fn attempt(&self, caller: &Caller, ask: &Ask) -> Result<Reply, Failure> {
        let url = ask.url(&self.base)?;
        Ok(caller.call(PROVIDER, |token| self.once(token, ask, url.clone())).await??)
    }

    async fn once(
        &self,
        token: AccessToken,
        ask: &Ask,
        url: Url,
    ) -> Result<Attempt<Result<Reply, Refusal>>, ToolError> {
        if scopes::lacks(&token, ask.scopes()) {
            return Ok(Attempt::Done(Err(Refusal {
                scopes: ask.scopes(),
                ..Refusal::plain(Trouble::MissingScope)
            })));
        }
        let reply = match self.follow(&token, ask, url).await {
            Ok(reply) if reply.is_success() => return Ok(Attempt::Done(Ok(reply))),
            Ok(reply) => reply,
            Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
        };
        if reply.head.status == StatusCode::UNAUTHORIZED {
            return Ok(Attempt::Unauthorized);
        }
        let refusal = reply.refusal(ask, scopes::is_of_an_app(&token));
        self.budget.learn(token.connection(), &refusal);
        Ok(Attempt::Done(Err(refusal)))
    }

    /// Sends it, and once more to where the thing has moved, if that is still this API: the token
    /// goes nowhere else.
    async fn follow(&self, token: &AccessToken, ask: &Ask, url: Url) -> Result<Reply, Refusal> {
        let reply = self.exchange(token, ask, url.clone()).await?;
        match self.new_place(&reply, ask, &url) {
            Some(place) => self.exchange(token, ask, place).await,
            None => Ok(reply),
        }
    }

    /// Only 307 and 308 say that a command is to be repeated as it is.
    fn new_place(&self, reply: &Reply, ask: &Ask, from: &Url) -> Option<Url> {
        let follows = match reply.head.status.as_u16() {
            301 | 302 => ask.is_read(),
            307 | 308 => true,
            _ => false,
        };
        let place = from.join(reply.head.location.as_deref().filter(|_| follows)?).ok()?;
        let base = Url::parse(&self.base).ok()?;
        let is_below = place.path().starts_with(&format!("{}/", base.path().trim_end_matches('/')));
        (place.origin() == base.origin() && place.username().is_empty() && is_below)
            .then_some(place)
    }

    async fn exchange(&self, token: &AccessToken, ask: &Ask, url: Url) -> Result<Reply, Refusal> {
        let bucket = ask.bucket();
        self.budget.take(token.connection(), bucket).map_err(Refusal::closed)?;
        let mut request = self
            .http
            .request(ask.method().clone(), url.clone())
            .timeout(self.pace.timeout)
            .bearer_auth(token.expose())
            .header(header::ACCEPT, ask.accept())
            .header(header::USER_AGENT, USER_AGENT)
            .header("x-github-api-version", VERSION);
        if let Some(body) = ask.body() {
            request = request.json(body);
        }
        let response = request.send().await.map_err(|lost| Refusal::lost(lost, ask))?;
        let reply = Reply::read(response).await.map_err(|lost| Refusal::lost(lost, ask))?;
        let status = reply.head.status.as_u16();
        tracing::debug!(method = %ask.method(), path = url.path(), status, "github answered");
        if let Some(left) = reply.head.left {
            self.budget.note(token.connection(), bucket, left);
        }
        Ok(reply)
    }
}
