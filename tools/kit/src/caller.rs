//! For whom a tool runs, and the way to that person's access token.

use std::{
    collections::BTreeSet,
    future::Future,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use rmcp::model::{CallToolResult, JsonObject};
use secrecy::{ExposeSecret, SecretString};

use crate::{Identity, LinkedAccount, ToolError, Watch, account::take_choice, code};

/// A provider's access token, fit to be sent now.
#[derive(Debug, Clone)]
pub struct AccessToken {
    secret: SecretString,
    connection: Arc<str>,
    version: i64,
    scopes: Arc<BTreeSet<String>>,
    account: Arc<LinkedAccount>,
}

impl AccessToken {
    /// A token of `account`, the id and the version of the connection it came from, and the scopes granted
    /// with it.
    #[must_use]
    pub fn new(
        secret: SecretString,
        connection: Arc<str>,
        version: i64,
        scopes: Arc<BTreeSet<String>>,
        account: Arc<LinkedAccount>,
    ) -> Self {
        Self { secret, connection, version, scopes, account }
    }

    /// The token itself, for an `Authorization` header and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }

    /// The id of the connection that it came from. No secret.
    #[must_use]
    pub fn connection(&self) -> &Arc<str> {
        &self.connection
    }

    /// Grows with every refresh, so that a rejected token can be told from its successor.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// What the person granted.
    #[must_use]
    pub fn scopes(&self) -> &BTreeSet<String> {
        &self.scopes
    }

    /// Whose it is.
    #[must_use]
    pub fn account(&self) -> &Arc<LinkedAccount> {
        &self.account
    }
}

/// The one door of the vault.
#[async_trait]
pub trait Connections: Send + Sync {
    /// An access token of `identity` at `provider` (its id) that is good for some minutes yet: of
    /// the account that is labelled, named or identified by `account`; of the first one connected
    /// that works, if that is left out.
    ///
    /// # Errors
    /// `not_connected`, `needs_reconnect`, `provider_unavailable` or `internal`; `invalid_argument`
    /// when there is no such `account`.
    async fn access_token(
        &self,
        identity: &Identity,
        provider: &str,
        account: Option<&str>,
    ) -> Result<AccessToken, ToolError>;

    /// The successor of `rejected`, which the provider answered with a 401 before its time: of the
    /// same account, however that was chosen.
    ///
    /// # Errors
    /// As for [`Connections::access_token`].
    async fn renewed_token(
        &self,
        identity: &Identity,
        provider: &str,
        rejected: &AccessToken,
    ) -> Result<AccessToken, ToolError>;
}

/// What became of one request to a provider.
#[derive(Debug)]
pub enum Attempt<T> {
    /// The provider took the token; this is what came of it.
    Done(T),
    /// The provider answered 401: the token is no good, whatever its expiry says.
    Unauthorized,
}

/// What a call went to, as far as it has come.
#[derive(Debug, Clone, Default)]
pub struct Used {
    /// The id of the provider that it last asked for.
    pub provider: Option<Arc<str>>,
    /// The id of the connection whose token it last had.
    pub connection: Option<Arc<str>>,
}

/// For whom a tool runs. Made by the host from the transport; a tool can read it, and can't make
/// one for somebody else.
#[derive(Clone)]
pub struct Caller {
    identity: Identity,
    called: Option<Arc<str>>,
    connections: Arc<dyn Connections>,
    needs: &'static [&'static str],
    /// The account that the call asks for.
    choice: Option<Arc<str>>,
    /// The account that was used, once there was one.
    used: Arc<OnceLock<Arc<LinkedAccount>>>,
    /// What the call went to, so far.
    route: Arc<Mutex<Used>>,
    watch: Watch,
}

impl Caller {
    /// The caller `identity`, with the door that its tokens come through.
    #[must_use]
    pub fn new(identity: Identity, connections: Arc<dyn Connections>) -> Self {
        let (choice, used) = (None, Arc::default());
        Self {
            identity,
            called: None,
            connections,
            needs: &[],
            choice,
            used,
            route: Arc::default(),
            watch: Watch::default(),
        }
    }

    /// The same caller, with whoever waits for what it does.
    #[must_use]
    pub fn watched(self, watch: Watch) -> Self {
        Self { watch, ..self }
    }

    /// Who waits for the call: long work tells how far it is, and ends when nobody does.
    #[must_use]
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// The same caller, with what whoever speaks for them calls them.
    #[must_use]
    pub fn called(self, name: Option<Arc<str>>) -> Self {
        Self { called: name, ..self }
    }

    /// The person this call acts for.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What whoever speaks for this person calls them: for people's eyes, and proof of nothing.
    #[must_use]
    pub fn name(&self) -> Option<&Arc<str>> {
        self.called.as_ref()
    }

    /// What the call went to, for the host's record of it. Clones share it.
    #[must_use]
    pub fn route(&self) -> Used {
        self.route.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn uses(&self, provider: &str, connection: Option<&Arc<str>>) {
        let used = Used { provider: Some(provider.into()), connection: connection.cloned() };
        *self.route.lock().unwrap_or_else(PoisonError::into_inner) = used;
    }

    /// The same caller, about to run a tool that needs `scopes`, with the account `choice`.
    #[must_use]
    pub(crate) fn running(
        &self,
        scopes: &'static [&'static str],
        choice: Option<Arc<str>>,
    ) -> Self {
        Self { needs: scopes, choice, used: Arc::default(), ..self.clone() }
    }

    /// The same caller with the account that `arguments` choose, which is taken out of them: for tools
    /// that weren't made here and had the choice added to their schema by
    /// [`describe_choice`](crate::describe_choice).
    ///
    /// # Errors
    /// `invalid_argument` when it isn't a text.
    pub fn choosing(&self, arguments: &mut JsonObject) -> Result<Self, ToolError> {
        Ok(self.running(&[], take_choice(arguments)?))
    }

    /// Says in what came of a run which account was used, where there are several.
    ///
    /// # Errors
    /// The error that `ran` is.
    pub fn signed(
        &self,
        ran: Result<CallToolResult, ToolError>,
    ) -> Result<CallToolResult, ToolError> {
        let Some(account) = self.used() else { return ran };
        match ran {
            Ok(mut result) => {
                account.sign(&mut result);
                Ok(result)
            }
            Err(error) => Err(error.about(account.clone())),
        }
    }

    /// The account that the tool has used.
    pub(crate) fn used(&self) -> Option<&Arc<LinkedAccount>> {
        self.used.get()
    }

    /// Sends a request with the caller's token, and once more with a newer one if the provider
    /// rejects the first.
    ///
    /// # Errors
    /// Those of [`Connections::access_token`], `missing_scope` when the tool needs more than was
    /// granted, and whatever `send` answers.
    pub async fn call<T, F, Fut>(&self, provider: &str, send: F) -> Result<T, ToolError>
    where
        F: Fn(AccessToken) -> Fut,
        Fut: Future<Output = Result<Attempt<T>, ToolError>>,
    {
        self.uses(provider, None);
        let choice = self.choice.as_deref();
        let token = self.connections.access_token(&self.identity, provider, choice).await?;
        self.uses(provider, Some(token.connection()));
        self.stay_with(token.account(), provider)?;
        self.check_scopes(provider, &token)?;
        if let Attempt::Done(answer) = send(token.clone()).await? {
            return Ok(answer);
        }
        let newer = self.connections.renewed_token(&self.identity, provider, &token).await?;
        self.uses(provider, Some(newer.connection()));
        match send(newer).await? {
            Attempt::Done(answer) => Ok(answer),
            // A token minutes old, refused: the provider's fault, and no reason to log anyone out.
            Attempt::Unauthorized => {
                Err(ToolError::provider_unavailable(provider, Duration::from_secs(30)))
            }
        }
    }

    /// One run of a tool uses one account: what it has looked at in the first, it mustn't do in
    /// another that took its place meanwhile.
    fn stay_with(&self, account: &Arc<LinkedAccount>, provider: &str) -> Result<(), ToolError> {
        if self.used.get_or_init(|| account.clone()).id == account.id {
            return Ok(());
        }
        Err(ToolError::new(
            code::NEEDS_RECONNECT,
            format!("The {provider} account that this was begun with was disconnected meanwhile."),
            "Call again to use the account that is connected now.",
        ))
    }

    fn check_scopes(&self, provider: &str, token: &AccessToken) -> Result<(), ToolError> {
        let missing: Vec<&str> =
            self.needs.iter().copied().filter(|scope| !token.scopes.contains(*scope)).collect();
        if missing.is_empty() { Ok(()) } else { Err(ToolError::missing_scope(provider, &missing)) }
    }
}
