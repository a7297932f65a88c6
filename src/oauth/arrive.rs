//! A person comes back from the provider that they signed in with.

use axum::{
    http::{
        HeaderMap, StatusCode,
        header::{LOCATION, SET_COOKIE},
    },
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use stagepass_kit::{Identity, Realm};
use url::Url;

use super::{
    OAuth,
    authorize::Request,
    login::{away, verifier_place},
    page::{Stop, to_client},
    purpose::Purpose,
};
use crate::{
    audit::Entry,
    providers::{
        Account, AuthorizationAnswer, ProviderClient, ProviderError, TokenAnswer, nonce_of,
    },
    store::{AuthorizationRow, CodeRow, Stage, UserRow},
    vault::{Grant, hash, mint, same},
    web::{ACCOUNT, address::ClientAddress},
};

/// How long an authorization code lives (OAuth 2.1 §4.1.2 allows ten minutes).
const CODE: TimeDelta = TimeDelta::seconds(60);

/// What is known once the provider has sent somebody back.
pub(super) struct Arrival {
    pub(super) row: AuthorizationRow,
    pub(super) purpose: Purpose,
    pub(super) address: ClientAddress,
}

impl Arrival {
    /// The same entry with from where the person came, and for which client.
    pub(super) fn note(&self, entry: Entry) -> Entry {
        self.purpose.note(entry).address(self.address.0)
    }
}

impl OAuth {
    /// Finishes the sign-in that `answer` belongs to: the person goes on to the client, with a code.
    pub async fn arrive(
        &self,
        provider: &str,
        answer: AuthorizationAnswer,
        headers: &HeaderMap,
        address: ClientAddress,
    ) -> Response {
        match self.try_arrive(provider, answer, headers, address).await {
            Ok(response) => response,
            Err(stop) => stop.into_response(),
        }
    }

    async fn try_arrive(
        &self,
        provider: &str,
        answer: AuthorizationAnswer,
        headers: &HeaderMap,
        address: ClientAddress,
    ) -> Result<Response, Stop> {
        let row = self.signing_in(provider, &answer, headers).await?;
        let client = self.sign_in_providers().find(|known| known.id() == provider);
        let client = client.ok_or_else(Stop::again)?;
        let rendering = self.open(&row.id, &row.sealed_request).ok_or_else(Stop::again)?;
        let arrival = Arrival { purpose: rendering.purpose, row, address };
        let ours =
            self.db().end_authorization(&arrival.row.id, Stage::SigningIn, self.clock().now());
        if !ours.await? {
            return Err(Stop::again());
        }
        // Before the code goes anywhere: it may be another provider's.
        if let Err(error) = client.ensure_answer_of(answer.iss.as_deref()).await {
            return Err(self.failed(&arrival, client, &error).await);
        }
        let granted = answer.scopes();
        let Some(code) = answer.code.filter(|_| answer.error.is_none()) else {
            return Err(self.declined(&arrival, client, answer.error.as_deref()).await);
        };
        let (tokens, account) = match self.exchange(client, &arrival.row, &code).await {
            Ok((mut tokens, account)) => {
                tokens.scopes = tokens.scopes.or(granted);
                (tokens, account)
            }
            Err(error) => return Err(self.failed(&arrival, client, &error).await),
        };
        let user = match self.admit(&arrival, client, &account).await {
            Ok(user) => user,
            Err(stop) => {
                self.give_back(client, tokens, account);
                return Err(stop);
            }
        };
        if arrival.row.connects {
            self.connect(client, &user, tokens, account, &arrival).await;
        }
        let session = self.sessions().begin(headers, &user.identity).await?;
        let mut response = match &arrival.purpose {
            Purpose::Client(request) => {
                to_client(&self.code_for(request, &user).await?, &request.client_name)
            }
            Purpose::Account => (StatusCode::SEE_OTHER, [(LOCATION, ACCOUNT)]).into_response(),
        };
        response.headers_mut().extend(session.map(|line| (SET_COOKIE, line)));
        Ok(response)
    }

    /// The consent that an authorization response belongs to: of this provider, in this browser.
    async fn signing_in(
        &self,
        provider: &str,
        answer: &AuthorizationAnswer,
        headers: &HeaderMap,
    ) -> Result<AuthorizationRow, Stop> {
        let state = answer.state.as_deref().ok_or_else(Stop::again)?;
        let row = self.db().authorization_by_state(&hash(state)).await?;
        let row = row.filter(|row| row.provider.as_deref() == Some(provider));
        let row = row.ok_or_else(Stop::again)?;
        let cookie = self.cookie().read(headers).map(|cookie| hash(&cookie));
        if !cookie.is_some_and(|cookie| same(&cookie, &row.browser_hash)) {
            return Err(Stop::no_cookie());
        }
        Ok(row)
    }

    async fn exchange(
        &self,
        client: &ProviderClient,
        row: &AuthorizationRow,
        code: &SecretString,
    ) -> Result<(TokenAnswer, Account), ProviderError> {
        let sealed = row.sealed_verifier.as_deref().unwrap_or_default();
        let verifier = self.vault().sealer().open(verifier_place(&row.id), sealed);
        let verifier = verifier.map_err(|_| ProviderError::InvalidGrant)?;
        let verifier = SecretString::from(String::from_utf8_lossy(&verifier).into_owned());
        let tokens = client.exchange(code, &verifier).await?;
        match client.account(&tokens, Some(&nonce_of(&verifier))).await {
            Ok(account) => Ok((tokens, account)),
            // It may be the account of somebody who is connected.
            Err(error @ ProviderError::Unavailable { .. }) => Err(error),
            Err(error) => {
                let nobody = Account { id: String::new(), name: String::new(), email: None };
                self.give_back(client, tokens, nobody);
                Err(error)
            }
        }
    }

    /// Nobody comes in with these.
    fn give_back(&self, client: &ProviderClient, tokens: TokenAnswer, account: Account) {
        let identity = Identity::new(Realm::User, client.id(), account.id.as_str()).to_string();
        let grant = Grant::new(tokens, account, client.scopes(), self.clock());
        self.vault().give_back(&identity, client.id(), grant);
    }

    /// The tools may use the account, too. The sign-in stands whether that can be stored or not.
    async fn connect(
        &self,
        client: &ProviderClient,
        user: &UserRow,
        tokens: TokenAnswer,
        account: Account,
        arrival: &Arrival,
    ) {
        let Ok(identity) = user.identity.parse::<Identity>() else { return };
        let grant = Grant::new(tokens, account, client.scopes(), self.clock());
        match self.vault().adopt(&identity, client.id(), &grant).await {
            Ok(id) => {
                let made = Entry::done("connection.made").identity(&user.identity).connection(&id);
                self.audit().note(arrival.note(made.provider(client.id()))).await;
            }
            Err(error) => {
                tracing::error!(%error, provider = client.id(), "signed in, but not connected");
                self.vault().give_back(&user.identity, client.id(), grant);
            }
        }
    }

    /// A code for `user`, and the way to the client with it.
    pub(super) async fn code_for(&self, request: &Request, user: &UserRow) -> Result<Url, Stop> {
        let code = mint(self.clock(), "spc_");
        let now = self.clock().now();
        self.db().touch_client(&request.client_id, now).await?;
        self.db()
            .add_code(&CodeRow {
                code_hash: hash(code.expose_secret()),
                identity: user.identity.clone(),
                client_id: request.client_id.clone(),
                redirect_uri: request.redirect_uri.clone(),
                code_challenge: request.code_challenge.clone(),
                scopes: request.scopes().given_by(user.owner.is_some()).to_string(),
                resource: request.resource.clone(),
                expires_at: now + CODE,
                used_at: None,
                grant_id: None,
            })
            .await?;
        let answer = [("code", code.expose_secret())];
        request.back(self.description().issuer(), &answer).ok_or(Stop::Internal)
    }

    /// The provider sent the person back without a code, and says `error`. Neither that nor its
    /// other words are repeated.
    async fn declined(
        &self,
        arrival: &Arrival,
        client: &ProviderClient,
        error: Option<&str>,
    ) -> Stop {
        let (error, why) = match error {
            Some("access_denied") => ("access_denied", "The sign-in at the provider was declined."),
            _ => ("server_error", "The provider didn't sign the person in."),
        };
        let entry = Entry::refused("sign_in", why).provider(client.id());
        self.audit().refused(arrival.note(entry)).await;
        let answer = [("error", error), ("error_description", why)];
        match (&arrival.purpose, arrival.purpose.back(self.description().issuer(), &answer)) {
            (_, Some(url)) => Stop::Back(url),
            (Purpose::Client(_), None) => Stop::Internal,
            (Purpose::Account, None) => {
                let step = format!("To try once more, {}.", arrival.purpose.once_more());
                Stop::page(StatusCode::FORBIDDEN, "Not signed in", why, step)
            }
        }
    }

    async fn failed(
        &self,
        arrival: &Arrival,
        client: &ProviderClient,
        error: &ProviderError,
    ) -> Stop {
        let name = &client.provider().name;
        tracing::warn!(provider = client.id(), %error, "a sign-in failed");
        let entry = Entry::refused("sign_in", "the provider's answer can't be used");
        self.audit().refused(arrival.note(entry.provider(client.id()))).await;
        if let ProviderError::Refused(sentence) = error
            && let Some(advice) = client.advice(sentence)
        {
            let (message, next_step) = (advice.message.clone(), advice.next_step.clone());
            return Stop::page(StatusCode::FORBIDDEN, "Not signed in", message, next_step);
        }
        match error {
            ProviderError::Unavailable { .. } => away(name, &arrival.purpose),
            _ => Stop::page(
                StatusCode::BAD_GATEWAY,
                "Not signed in",
                format!("{name} didn't confirm who you are, so you weren't signed in."),
                format!(
                    "To try once more, {}. If it happens again, whoever runs this server checks the settings of its \
                     app at the provider.",
                    arrival.purpose.once_more()
                ),
            ),
        }
    }
}
