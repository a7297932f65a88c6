//! The messages in the body of an answer: one, or a stream of them.

use std::time::Duration;

use reqwest::{Response, header::CONTENT_TYPE};
use serde_json::Value;
use tokio::time::timeout;

use super::sse::Events;
use crate::{credentials::Credential, fault::Fault, limits::Limits};

/// How long the end of a stream is waited for.
const LINGER: Duration = Duration::from_millis(50);

pub(super) struct Messages {
    response: Response,
    events: Option<Events>,
    /// Bytes of one message, and those that may yet come.
    message: usize,
    left: usize,
    /// Of an answer that is one message.
    bytes: Vec<u8>,
    is_over: bool,
}

impl Messages {
    pub(super) fn of(response: Response, limits: &Limits) -> Result<Self, Fault> {
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        let events = match kind.to_ascii_lowercase().as_str() {
            "application/json" => None,
            "text/event-stream" => Some(Events::new(limits.message)),
            _ => return Err(Fault::Nonsense("the answer is neither JSON nor a stream of events")),
        };
        let left = if events.is_some() { limits.answer } else { limits.message };
        Ok(Self {
            response,
            events,
            message: limits.message,
            left,
            bytes: Vec::new(),
            is_over: false,
        })
    }

    /// The next message. Nothing when there are no more. Nothing is lost if it isn't waited for to the end.
    pub(super) async fn next(&mut self, credential: &Credential) -> Result<Option<Value>, Fault> {
        if self.events.is_none() {
            return self.whole(credential).await;
        }
        loop {
            let event = self.events.as_mut().map(Events::next).transpose()?.flatten();
            if let Some(event) = event {
                return parse(credential, event).map(Some);
            }
            let Some(chunk) = self.chunk().await? else { return Ok(None) };
            if let Some(events) = &mut self.events {
                events.push(&chunk);
            }
        }
    }

    /// Reads on to the end, if that is near: only then can the line be used again.
    pub(super) async fn end(&mut self) {
        let end = async { while let Ok(Some(_)) = self.chunk().await {} };
        if timeout(LINGER, end).await.is_err() {
            tracing::debug!("a stream goes on after its answer");
        }
    }

    async fn whole(&mut self, credential: &Credential) -> Result<Option<Value>, Fault> {
        if self.is_over {
            return Ok(None);
        }
        while let Some(chunk) = self.chunk().await? {
            self.bytes.extend_from_slice(&chunk);
            if self.bytes.len() > self.message {
                return Err(Fault::TooLarge);
            }
        }
        self.is_over = true;
        let text = String::from_utf8(std::mem::take(&mut self.bytes))
            .map_err(|_| Fault::Nonsense("it isn't UTF-8"))?;
        parse(credential, text).map(Some)
    }

    async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        // What broke off after it was begun isn't a dead server.
        let broke = |_| Fault::Nonsense("the answer broke off");
        let Some(chunk) = self.response.chunk().await.map_err(broke)? else { return Ok(None) };
        self.left = self.left.checked_sub(chunk.len()).ok_or(Fault::TooLarge)?;
        Ok(Some(chunk.to_vec()))
    }
}

fn parse(credential: &Credential, text: String) -> Result<Value, Fault> {
    credential.parse(text).map_err(|_| Fault::Nonsense("it isn't JSON"))
}
