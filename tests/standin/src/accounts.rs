//! What the smaller stand-ins have in common: one app, some people, a page to sign in on, codes and
//! access tokens.

mod codes;
mod page;
mod request;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request as Incoming, State},
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::http::{Asked, Reply};
pub(crate) use codes::Code;
pub(crate) use page::{press, refusal};
pub(crate) use request::{Decided, Request};

/// The client id of the one app.
pub(crate) const CLIENT_ID: &str = "stagepass at work";
/// Its secret, with characters that have to be encoded in HTTP Basic.
pub(crate) const CLIENT_SECRET: &str = "s3cr3t/of the+app:5f0c2b7e9a1d";

/// Somebody with an account.
#[derive(Debug, Clone)]
pub struct Person {
    /// The name to sign in with.
    pub id: String,
    /// What identifies the account: digits.
    pub subject: String,
    /// The name to show.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// Whether the provider has verified it.
    pub email_verified: bool,
    /// The domain of the organisation that the account is managed by (Google's `hd`).
    pub domain: Option<String>,
}

impl Person {
    fn new(id: &str, subject: &str, name: &str, email: &str) -> Self {
        Self {
            id: id.to_owned(),
            subject: subject.to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
            email_verified: true,
            domain: None,
        }
    }
}

/// An access token.
#[derive(Debug)]
struct Token {
    value: String,
    person: String,
    revoked: bool,
}

/// All that a stand-in knows of its accounts.
#[derive(Debug)]
pub(crate) struct Accounts {
    pub(crate) people: Vec<Person>,
    /// Of the one app.
    pub(crate) client_id: String,
    pub(crate) redirect_uris: Vec<String>,
    /// What authorization responses carry as `iss` (RFC 9207).
    pub(crate) issuer: Option<String>,
    /// Method and path of every request so far.
    pub(crate) seen: Vec<(String, String)>,
    pub(crate) violations: Vec<String>,
    /// Whatever else must not be found anywhere.
    pub(crate) secrets: Vec<String>,
    codes: Vec<Code>,
    tokens: Vec<Token>,
    offset: TimeDelta,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            // Mallory claims somebody else's address.
            people: vec![
                Person::new("alice", "10045071", "Alice Example", "Alice@example.org"),
                Person::new("bob", "10045072", "Bob Example", "bob@example.net"),
                Person {
                    email_verified: false,
                    ..Person::new("mallory", "10045073", "Mallory Example", "alice@example.org")
                },
            ],
            client_id: CLIENT_ID.to_owned(),
            redirect_uris: Vec::new(),
            issuer: None,
            seen: Vec::new(),
            violations: Vec::new(),
            secrets: vec![CLIENT_SECRET.to_owned()],
            codes: Vec::new(),
            tokens: Vec::new(),
            offset: TimeDelta::zero(),
        }
    }
}

impl Accounts {
    /// Its time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "this is the clock that tests move")]
        let real = Utc::now();
        real + self.offset
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.offset += TimeDelta::from_std(by).expect("a step of sensible size");
    }

    pub(crate) fn person(&mut self, id: &str) -> &mut Person {
        let person = self.people.iter_mut().find(|person| person.id == id);
        person.unwrap_or_else(|| panic!("nobody is called `{id}`"))
    }

    /// A new access token for `person`.
    pub(crate) fn new_token(&mut self, person: &str) -> String {
        self.new_token_like("at-", person)
    }

    /// As [`Self::new_token`], with a beginning that tells its kind.
    pub(crate) fn new_token_like(&mut self, prefix: &str, person: &str) -> String {
        let value = mint(prefix);
        let (person, revoked) = (person.to_owned(), false);
        self.tokens.push(Token { value: value.clone(), person, revoked });
        value
    }

    /// Whose access token this is, if it works.
    pub(crate) fn owner_of(&self, token: &str) -> Option<Person> {
        let token = self.tokens.iter().find(|known| known.value == token && !known.revoked)?;
        self.people.iter().find(|person| person.id == token.person).cloned()
    }

    pub(crate) fn revoke(&mut self, token: &str) {
        for known in self.tokens.iter_mut().filter(|known| known.value == token) {
            known.revoked = true;
        }
    }

    /// How many access tokens of `person` work.
    pub(crate) fn live_tokens_of(&self, person: &str) -> usize {
        self.tokens.iter().filter(|token| token.person == person && !token.revoked).count()
    }

    /// Every code, token and secret so far.
    pub(crate) fn all_secrets(&self) -> Vec<String> {
        let tokens = self.tokens.iter().map(|token| token.value.clone());
        let codes = self.codes.iter().map(|code| code.value.clone());
        tokens.chain(codes).chain(self.secrets.clone()).collect()
    }

    /// Notes a request that arrived.
    pub(crate) fn note(&mut self, asked: &Asked) {
        self.seen.push((asked.method.to_string(), asked.path.clone()));
    }

    /// Notes what was wrong with a request, if anything.
    pub(crate) fn judge(&mut self, asked: &Asked, mut reply: Reply) -> Reply {
        if let Some(why) = reply.violation.take() {
            self.violations.push(format!("{}: {why}", asked.line()));
        }
        reply
    }
}

/// A random string.
pub(crate) fn mint(prefix: &str) -> String {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).expect("randomness");
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

type Answer<S> = fn(&mut S, &Asked) -> Reply;

/// A stand-in that listens, with the state that it and its handle share.
#[derive(Debug)]
pub(crate) struct Server<S> {
    pub(crate) url: String,
    state: Arc<Mutex<S>>,
    task: JoinHandle<()>,
}

impl<S: Send + 'static> Server<S> {
    /// Listens on a free loopback port. `make` gets its address.
    pub(crate) async fn start(make: impl FnOnce(&str) -> S, answer: Answer<S>) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = TcpListener::bind(address).await.expect("a free loopback port");
        let url = format!("http://{}", listener.local_addr().expect("the address just bound"));
        let state = Arc::new(Mutex::new(make(&url)));
        let router = Router::new().fallback(respond::<S>).with_state((state.clone(), answer));
        let task = tokio::spawn(async move {
            // Only fails when the listener does, and then the tests notice by themselves.
            let _ = axum::serve(listener, router).await;
        });
        Self { url, state, task }
    }

    pub(crate) fn with<R>(&self, change: impl FnOnce(&mut S) -> R) -> R {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn respond<S>(
    State((state, answer)): State<(Arc<Mutex<S>>, Answer<S>)>,
    request: Incoming,
) -> Response {
    let reply = match Asked::read(request).await {
        Ok(asked) => answer(&mut state.lock().unwrap_or_else(PoisonError::into_inner), &asked),
        Err(refusal) => refusal,
    };
    if let Some(pause) = &reply.held {
        pause.over().await;
    }
    reply.into_response()
}

impl<S> Drop for Server<S> {
    fn drop(&mut self) {
        self.task.abort();
    }
}
