//! The line on which a server of the old era may speak unasked (GET).
//!
//! Some servers ask there what a call of theirs has to be told. So it is open while a call is under way whose
//! person can be asked something. Nothing says which call a question is of: while there are several in the
//! session, maybe of several clients, the person is asked nothing that comes there.

use std::{
    future::pending,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use reqwest::StatusCode;
use serde_json::Value;
use tokio::{sync::Mutex, time::timeout};

use super::{Exchange, TOOLS_CALL, body::Messages};
use crate::{Answers, credentials::Credential};

/// How long a server may take over opening it.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is tried while the last one isn't quite closed, and how long is waited in between.
const TRIES: usize = 3;
const PAUSE: Duration = Duration::from_millis(100);

/// Where the line of a session is, as long as a call holds it.
#[derive(Debug, Default)]
pub(crate) struct Ear {
    line: Mutex<Weak<Line>>,
    /// The server has none, or none in time.
    is_missing: AtomicBool,
}

pub(super) struct Line {
    messages: Mutex<Option<Messages>>,
    is_over: AtomicBool,
}

impl Line {
    fn of(messages: Messages) -> Self {
        Self { messages: Mutex::new(Some(messages)), is_over: AtomicBool::new(false) }
    }

    /// What comes next. There is no end to it but silence.
    pub(super) async fn next(&self, credential: &Credential) -> Value {
        let mut held = self.messages.lock().await;
        if let Some(messages) = held.as_mut()
            && let Ok(Some(message)) = messages.next(credential).await
        {
            return message;
        }
        *held = None;
        self.is_over.store(true, Ordering::Relaxed);
        drop(held);
        pending().await
    }
}

impl Exchange<'_> {
    /// The line of the session, if the person can be asked something during a call of `method`.
    pub(super) async fn line(&self, method: &str) -> Option<Arc<Line>> {
        let asks = method == TOOLS_CALL && self.link.answers() != Answers::default();
        let ear = Some(self.link.ear()).filter(|_| asks && self.link.session().is_some())?;
        if ear.is_missing.load(Ordering::Relaxed) {
            return None;
        }
        let mut held = ear.line.lock().await;
        if let Some(line) = held.upgrade().filter(|line| !line.is_over.load(Ordering::Relaxed)) {
            return Some(line);
        }
        for _ in 0..TRIES {
            let opening = self.wire.get(self.link, self.credential).send();
            let Ok(Ok(response)) = timeout(PATIENCE, opening).await else { break };
            match response.status() {
                StatusCode::OK => {
                    let messages = Messages::of(response, &self.wire.limits).ok()?;
                    let line = Arc::new(Line::of(messages));
                    *held = Arc::downgrade(&line);
                    return Some(line);
                }
                StatusCode::CONFLICT => tokio::time::sleep(PAUSE).await,
                // What is wrong with the token is seen at the call itself.
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return None,
                _ => break,
            }
        }
        // Not each call is to wait for that.
        ear.is_missing.store(true, Ordering::Relaxed);
        None
    }
}
