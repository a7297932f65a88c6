//! From the provider's answer to a connection, or to a grant that waits for its code.

use std::{collections::BTreeSet, net::IpAddr};

use secrecy::SecretString;
use stagepass_kit::{Identity, ToolError, code};

use super::{CODE, Connect, begin::scopes_of, link_expired, problem, record::about, tool_error};
use crate::{
    audit::Entry,
    providers::{Account, AuthorizationAnswer, ProviderClient, ProviderError},
    store::{LinkRow, LinkState, Problem},
    vault::{Grant, Place, hash, spoken_code},
    webhooks::Event,
};

/// How a link came out.
pub(super) enum Finished {
    /// The connection is active.
    Connected { provider: String, connected: Connected },
    /// The one-time code has to come back through the chat.
    Pending { provider: String, code: String },
}

impl Connect {
    /// Exchanges the code at once and asks the provider who this is. `proven` says that whoever
    /// signed in is whoever asked. Goes on when the caller has gone.
    pub(super) async fn finish(
        &self,
        link: LinkRow,
        answer: AuthorizationAnswer,
        proven: bool,
        address: Option<IpAddr>,
    ) -> Result<Finished, ToolError> {
        let connect = self.clone();
        let work = self.tasks.spawn(async move {
            let (from, problem) = match connect.try_finish(&link, answer, proven, address).await {
                Ok(finished) => return Ok(finished),
                Err(Ended::Used) => return Err(tool_error(&link_expired())),
                Err(Ended::Denied(problem)) => (LinkState::Started, problem),
                Err(Ended::Problem(problem)) => (LinkState::Exchanging, problem),
                Err(Ended::Internal(error)) => {
                    return Err(connect.broke_off(&link, error, address).await);
                }
            };
            let ended = connect.db.fail_link(&link.id, from, &problem).await;
            if !ended.map_err(ToolError::internal)? {
                return Err(tool_error(&link_expired()));
            }
            connect.rejected(&link, &problem, address).await;
            connect.tell(&link, Event::Rejected(&problem)).await;
            Err(tool_error(&problem))
        });
        work.await.map_err(ToolError::internal)?
    }

    /// The code is spent, whatever went wrong: only a new link helps.
    pub(super) async fn broke_off(
        &self,
        link: &LinkRow,
        error: ToolError,
        address: Option<IpAddr>,
    ) -> ToolError {
        let over = self.db.fail_link(&link.id, LinkState::Exchanging, &broken()).await;
        tracing::warn!(recorded = over.is_ok(), "linking broke off");
        if let Ok(true) = over {
            self.rejected(link, &broken(), address).await;
            self.tell(link, Event::Rejected(&broken())).await;
        }
        error
    }

    async fn try_finish(
        &self,
        link: &LinkRow,
        answer: AuthorizationAnswer,
        proven: bool,
        address: Option<IpAddr>,
    ) -> Result<Finished, Ended> {
        let client = self.vault.providers().get(&link.provider).ok_or(Ended::Used)?;
        let (verifier, begun) =
            self.begun(link).map_err(|error| unopened(&error))?.ok_or(Ended::Used)?;
        let begun = begun.as_deref();
        let own = client.ensure_answer_to(begun, answer.iss.as_deref()).await;
        own.map_err(|error| Ended::Denied(explain(client, &error)))?;
        let granted = answer.scopes();
        let Some(code) = answer.code.filter(|_| answer.error.is_none()) else {
            return Err(Ended::Denied(denied(client, answer.error.as_deref())));
        };
        if !self.db.begin_exchange(&link.id, self.clock.now()).await? {
            return Err(Ended::Used);
        }
        let spent = (&code, &verifier, begun);
        let grant = self.exchange(client, link, spent, granted).await?;
        self.audit.note(about(Entry::done("link.authorized"), link, address)).await;
        if proven {
            return self.activate(link, client, grant, address).await;
        }
        let code = spoken_code::<CODE>(&self.clock);
        let sealed = grant.seal(self.vault.sealer(), grant_place(&link.id));
        let sealed = sealed.map_err(ToolError::internal)?;
        match self.db.hold_grant(&link.id, &sealed, &hash(&code)).await {
            Ok(true) => {
                self.tell(link, Event::Authorized).await;
                Ok(Finished::Pending { provider: client.provider().name.clone(), code })
            }
            held => {
                self.vault.give_back(&link.identity, client.id(), grant);
                held?;
                Err(Ended::Used)
            }
        }
    }

    async fn exchange(
        &self,
        client: &ProviderClient,
        link: &LinkRow,
        (code, verifier, begun): (&SecretString, &SecretString, Option<&str>),
        granted: Option<BTreeSet<String>>,
    ) -> Result<Grant, Ended> {
        let mut answer = match client.finish(code, verifier, begun).await {
            Ok(answer) => answer,
            Err(error) => return Err(Ended::Problem(explain(client, &error))),
        };
        answer.scopes = answer.scopes.or(granted);
        let asked = scopes_of(link);
        match client.account_of(&answer, verifier, begun, &link.identity).await {
            Ok(account) => Ok(Grant::new(answer, account, &asked, &self.clock)),
            Err(error) => {
                let nobody = Account { id: String::new(), name: String::new(), email: None };
                let grant = Grant::new(answer, nobody, &asked, &self.clock);
                self.vault.give_back(&link.identity, client.id(), grant);
                Err(Ended::Problem(explain(client, &error)))
            }
        }
    }

    /// Tells the bot whose chat `link` is for, if it is for one.
    pub(super) async fn tell(&self, link: &LinkRow, event: Event<'_>) {
        self.webhooks.tell(&link.identity, &link.provider, &event).await;
    }

    /// Makes `grant` the connection, as the last step of `link`.
    pub(super) async fn activate(
        &self,
        link: &LinkRow,
        client: &ProviderClient,
        grant: Grant,
        address: Option<IpAddr>,
    ) -> Result<Finished, Ended> {
        let identity: Identity = link.identity.parse().map_err(ToolError::internal)?;
        let asked = link.label.as_deref();
        let active = self.vault.activate(&link.id, &identity, client.id(), &grant, asked).await;
        let Ok(Some(connection)) = active else {
            // Revoked, or replaced by a newer link, while the person was at the provider.
            self.vault.give_back(&link.identity, client.id(), grant);
            active.map_err(ToolError::internal)?;
            return Err(Ended::Used);
        };
        let made = Entry::done("connection.made").connection(&connection.id);
        self.audit.note(about(made, link, address)).await;
        self.tell(link, Event::Completed(&grant.account)).await;
        // The connection is made; not knowing this doesn't unmake it.
        let in_use = self.vault.account_in_use(&identity, client.id()).await.ok().flatten();
        let connected = Connected {
            in_use: in_use.unwrap_or_else(|| grant.account.clone()),
            taken_label: link.label.clone().filter(|_| connection.label != link.label),
            label: connection.label,
            account: grant.account,
            scopes: grant.scopes,
        };
        Ok(Finished::Connected { provider: client.provider().name.clone(), connected })
    }
}

/// A connection that was just made.
#[derive(Debug)]
pub struct Connected {
    /// Whose it is.
    pub account: Account,
    /// What the person calls it.
    pub label: Option<String>,
    /// What the person wanted to call it, if another account goes by that.
    pub taken_label: Option<String>,
    /// What was granted.
    pub scopes: BTreeSet<String>,
    /// The account that tools use where none is chosen: another one, if that was linked before.
    pub in_use: Account,
}

/// Where the pending grant of link `id` is sealed for.
pub(super) fn grant_place(id: &str) -> Place<'_> {
    Place { table: "links", row: id, field: "sealed_grant", version: 1 }
}

/// Why a link isn't finished.
pub(super) enum Ended {
    /// The provider sent nobody, and this is why.
    Denied(Problem),
    /// The exchange came to nothing, and this is why.
    Problem(Problem),
    /// It had ended before.
    Used,
    /// A fault of ours.
    Internal(ToolError),
}

impl From<ToolError> for Ended {
    fn from(error: ToolError) -> Self {
        Self::Internal(error)
    }
}

impl From<sqlx::Error> for Ended {
    fn from(error: sqlx::Error) -> Self {
        Self::Internal(ToolError::internal(error))
    }
}

fn broken() -> Problem {
    problem(
        code::INTERNAL,
        "Something went wrong inside this server, and nothing was connected.",
        "Call Auth with action \"get_url\" and try again; if it stays, the server's log says why.",
    )
}

/// What this sign-in was begun with doesn't open, so it can't be finished.
fn unopened(error: &ToolError) -> Ended {
    tracing::error!(cause = std::error::Error::source(error), "a sign-in under way doesn't open");
    Ended::Denied(broken())
}

/// The provider sent the browser back without a code. Its own words aren't repeated.
fn denied(client: &ProviderClient, error: Option<&str>) -> Problem {
    let name = &client.provider().name;
    if error == Some("access_denied") {
        return problem(
            code::FORBIDDEN,
            format!("Access was declined at {name}, so nothing was connected."),
            "If that was a mistake, ask the assistant for a new link and agree this time.",
        );
    }
    problem(
        code::FORBIDDEN,
        format!("{name} ended the sign-in without connecting anything."),
        "Ask the assistant for a new link. If it happens again, the operator checks the app's \
         settings at the provider.",
    )
}

/// What a provider's refusal means for the person.
pub(super) fn explain(client: &ProviderClient, error: &ProviderError) -> Problem {
    let name = &client.provider().name;
    match error {
        ProviderError::InvalidGrant => problem(
            code::CODE_INVALID,
            format!(
                "{name} didn't accept the code: it is too old, was used before, or is another sign-in's."
            ),
            "Ask the assistant for a new link and sign in again.",
        ),
        ProviderError::InvalidClient => {
            tracing::error!(provider = client.id(), "the provider refuses our client id or secret");
            problem(
                code::FORBIDDEN,
                format!("{name} doesn't accept this server's app."),
                "The operator checks the client id and the client secret.",
            )
        }
        ProviderError::UnauthorizedClient => {
            tracing::error!(provider = client.id(), "the provider doesn't allow our client this");
            problem(
                code::FORBIDDEN,
                format!("{name} doesn't let this server's app have tokens."),
                "The operator checks the app's settings at the provider, the client id and the \
                 client secret.",
            )
        }
        ProviderError::Refused(sentence) => match client.advice(sentence) {
            Some(advice) => problem(&advice.code, &advice.message, &advice.next_step),
            None => problem(
                code::FORBIDDEN,
                format!("{name} refuses this account or this app, for a reason unknown here."),
                "The operator checks the app's settings at the provider.",
            ),
        },
        ProviderError::Untrusted(why) => {
            tracing::error!(provider = client.id(), why, "linking broke off");
            problem(
                code::FORBIDDEN,
                format!("{name} sent an answer that can't be trusted, so nothing was connected."),
                "Ask the assistant for a new link. If it happens again, the server's log tells the \
                 operator what is wrong with the answer.",
            )
        }
        ProviderError::Unavailable { why, .. } => {
            tracing::warn!(provider = client.id(), why, "linking broke off");
            problem(
                code::PROVIDER_UNAVAILABLE,
                format!("{name} doesn't answer properly at the moment, so nothing was connected."),
                "Wait a minute and ask the assistant for a new link.",
            )
        }
    }
}

/// A grant that was sealed while its code was awaited.
pub(super) fn open_grant(connect: &Connect, link: &LinkRow) -> Result<Grant, ToolError> {
    let sealed = link.sealed_grant.as_deref().unwrap_or_default();
    let opened = connect.vault.sealer().open(grant_place(&link.id), sealed);
    Grant::open(&opened.map_err(ToolError::internal)?).map_err(ToolError::internal)
}
