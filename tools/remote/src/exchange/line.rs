//! The line on which a server of the old era may speak unasked (GET).
//!
//! Some servers ask there what a call of theirs has to be told. So it is open while a call is under way whose
//! person can be asked something; any call of the session hears what comes, as all are that person's.

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

pub(super) struct Line(Mutex<Option<Messages>>);

impl Line {
    /// What comes next. There is no end to it but silence.
    pub(super) async fn next(&self, credential: &Credential) -> Value {
        let mut held = self.0.lock().await;
        if let Some(messages) = held.as_mut()
            && let Ok(Some(message)) = messages.next(credential).await
        {
            return message;
        }
        *held = None;
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
        if let Some(line) = held.upgrade() {
            return Some(line);
        }
        for _ in 0..TRIES {
            let opening = self.wire.get(self.link, self.credential).send();
            let Ok(opened) = timeout(PATIENCE, opening).await else { break };
            let response = opened.ok()?;
            match response.status() {
                StatusCode::OK => {
                    let messages = Messages::of(response, &self.wire.limits).ok()?;
                    let line = Arc::new(Line(Mutex::new(Some(messages))));
                    *held = Arc::downgrade(&line);
                    return Some(line);
                }
                StatusCode::CONFLICT => tokio::time::sleep(PAUSE).await,
                StatusCode::METHOD_NOT_ALLOWED => break,
                _ => return None,
            }
        }
        // Not each call is to wait for that.
        ear.is_missing.store(true, Ordering::Relaxed);
        None
    }
}
