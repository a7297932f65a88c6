//! Vaults for the tests of a toolset, where no host keeps one.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use secrecy::SecretString;

use crate::{AccessToken, Connections, Identity, LinkedAccount, ToolError};

/// A vault with nothing in it, for tools that need no account.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAccounts;

/// A vault with one account of one provider in it.
pub struct OneAccount {
    provider: &'static str,
    account: Arc<LinkedAccount>,
    scopes: Arc<BTreeSet<String>>,
    first: SecretString,
    issue: Box<dyn Fn() -> SecretString + Send + Sync>,
}

impl OneAccount {
    /// The account that `name` has at `provider`, with the scopes that the vault believes in. `issue`
    /// makes its tokens: the first one now, another one whenever the last was rejected.
    pub fn new(
        provider: &'static str,
        name: &str,
        scopes: &[&str],
        issue: impl Fn() -> SecretString + Send + Sync + 'static,
    ) -> Self {
        let account = LinkedAccount {
            id: name.to_owned(),
            name: name.to_owned(),
            label: None,
            one_of_several: false,
        };
        Self {
            provider,
            account: Arc::new(account),
            scopes: Arc::new(scopes.iter().map(|scope| (*scope).to_owned()).collect()),
            first: issue(),
            issue: Box::new(issue),
        }
    }

    fn token(&self, secret: SecretString, version: i64) -> AccessToken {
        let connection = self.account.id.as_str().into();
        AccessToken::new(secret, connection, version, self.scopes.clone(), self.account.clone())
    }
}

#[async_trait]
impl Connections for NoAccounts {
    async fn access_token(
        &self,
        _: &Identity,
        provider: &str,
        _: Option<&str>,
    ) -> Result<AccessToken, ToolError> {
        Err(ToolError::not_connected(provider))
    }

    async fn renewed_token(
        &self,
        _: &Identity,
        provider: &str,
        _: &AccessToken,
    ) -> Result<AccessToken, ToolError> {
        Err(ToolError::not_connected(provider))
    }
}

#[async_trait]
impl Connections for OneAccount {
    async fn access_token(
        &self,
        _: &Identity,
        provider: &str,
        account: Option<&str>,
    ) -> Result<AccessToken, ToolError> {
        if provider != self.provider {
            return Err(ToolError::not_connected(provider));
        }
        match account {
            Some(other) if other != self.account.name => Err(ToolError::invalid_argument(
                format!("There is no account {other}."),
                "Leave out `account`.",
            )),
            _ => Ok(self.token(self.first.clone(), 1)),
        }
    }

    async fn renewed_token(
        &self,
        _: &Identity,
        _: &str,
        rejected: &AccessToken,
    ) -> Result<AccessToken, ToolError> {
        Ok(self.token((self.issue)(), rejected.version() + 1))
    }
}
