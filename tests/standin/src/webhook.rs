//! The bot's end of a webhook: it checks every message as Standard Webhooks says, and keeps it.

use std::time::Duration;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, verify};
use axum::http::{HeaderName, Method, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::{
    accounts::Server,
    http::{Asked, Reply},
    pause::Pause,
};

/// A running stand-in; it stops when this value is dropped.
pub struct Webhook {
    server: Server<Bot>,
    secret: String,
}

/// A message as it came.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its `webhook-id`.
    pub id: String,
    /// Its `webhook-timestamp`, in seconds.
    pub timestamp: i64,
    /// Its `webhook-signature`.
    pub signature: String,
    /// Its body, word for word.
    pub text: String,
    /// The same, read.
    pub body: Value,
}

/// How the bot answers.
#[derive(Debug, Clone)]
pub enum Answer {
    /// With this status and these headers.
    Status(u16, Vec<(&'static str, String)>),
    /// With 204, after so long.
    Late(Duration),
}

struct Bot {
    secret: String,
    answer: Answer,
    messages: Vec<Message>,
    violations: Vec<String>,
}

impl Webhook {
    /// Starts on a free loopback port, with a secret of its own made out of `seed`.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn start(seed: u8) -> Self {
        let secret = format!("whsec_{}", STANDARD.encode([seed; 32]));
        let bot = Bot {
            secret: secret.clone(),
            answer: Answer::Status(204, Vec::new()),
            messages: Vec::new(),
            violations: Vec::new(),
        };
        Self { server: Server::start(|_| bot, receive).await, secret }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/hook", self.server.url)
    }

    /// What it shares with the server: `whsec_` and the key.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// From now on it answers like this.
    pub fn answer(&self, answer: Answer) {
        self.server.with(|bot| bot.answer = answer);
    }

    /// The messages so far, in the order in which they came; those that were refused, too.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.server.with(|bot| bot.messages.clone())
    }

    /// The messages, once there are `count` of them.
    ///
    /// # Panics
    /// When there are more, or there aren't so many within ten seconds.
    pub async fn received(&self, count: usize) -> Vec<Message> {
        let waiting = async {
            while self.messages().len() < count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let came = tokio::time::timeout(Duration::from_secs(10), waiting).await;
        let messages = self.messages();
        assert!(came.is_ok() && messages.len() == count, "not {count} messages: {messages:?}");
        messages
    }

    /// What a careful bot would have found wrong; empty after a good test.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.server.with(|bot| bot.violations.clone())
    }
}

impl Message {
    /// Whether it was signed with `secret`, and nothing of it was changed since.
    #[must_use]
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = secret.strip_prefix("whsec_").and_then(|key| STANDARD.decode(key).ok());
        let key = Key::new(HMAC_SHA256, &key.unwrap_or_default());
        let signed = format!("{}.{}.{}", self.id, self.timestamp, self.text);
        let signature = self.signature.strip_prefix("v1,");
        let signature = signature.and_then(|signature| STANDARD.decode(signature).ok());
        signature.is_some_and(|tag| verify(&key, signed.as_bytes(), &tag).is_ok())
    }
}

fn receive(bot: &mut Bot, asked: &Asked) -> Reply {
    match read(asked) {
        Ok(message) if message.is_signed_with(&bot.secret) => bot.messages.push(message),
        Ok(message) => bot.violations.push(format!("the signature is wrong: {message:?}")),
        Err(why) => bot.violations.push(format!("{}: {why}", asked.line())),
    }
    match &bot.answer {
        Answer::Status(status, headers) => {
            let reply = Reply::text(*status, "the bot's own words");
            headers.iter().fold(reply, |reply, (name, value)| reply.with(name, value))
        }
        Answer::Late(pause) => Reply::empty(204).held_back(Pause::For(*pause)),
    }
}

fn read(asked: &Asked) -> Result<Message, &'static str> {
    if asked.method != Method::POST || asked.path != "/hook" {
        return Err("that is no message");
    }
    if !asked.is_type("application/json") {
        return Err("the content type isn't JSON");
    }
    if asked.header(&header::AUTHORIZATION).is_some() || asked.header(&header::COOKIE).is_some() {
        return Err("credentials that nobody asked for");
    }
    let field = |name: &'static str| asked.header(&HeaderName::from_static(name));
    let text = String::from_utf8(asked.body.to_vec()).map_err(|_| "the body isn't text")?;
    Ok(Message {
        id: field("webhook-id").ok_or("no webhook-id")?.to_owned(),
        timestamp: field("webhook-timestamp")
            .and_then(|seconds| seconds.parse().ok())
            .ok_or("no webhook-timestamp")?,
        signature: field("webhook-signature").ok_or("no webhook-signature")?.to_owned(),
        body: serde_json::from_str(&text).map_err(|_| "the body isn't JSON")?,
        text,
    })
}
