//! Calls that wait at a server of the old era for a person's answer, between two requests of the client.
//!
//! Their lines stay open, and nobody reads them meanwhile: whoever brings the answer goes on with the call. A
//! call is its person's alone, with the account and the client that it was made with.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::Rng;
use rmcp::model::InputRequiredResult;
use serde_json::{Value, json};
use stagepass_kit::Watch;
use tokio::{
    task::{AbortHandle, JoinSet},
    time::sleep_until,
};

use crate::{
    Outcome, Remote,
    credentials::Credential,
    exchange::{Answer, Open, Question, Told},
    fault::Fault,
    health::For,
    link::{Link, Whose},
};

/// What the question is called towards the client.
const QUESTION: &str = "question";

/// All of them, by the states that name them.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<HashMap<String, Timed>>);

/// One that is given up in time.
struct Timed {
    call: Call,
    timer: AbortHandle,
}

/// A call, and what the server wants to be told.
pub(crate) struct Call {
    pub(crate) link: Arc<Link>,
    pub(crate) credential: Credential,
    pub(crate) open: Open,
    pub(crate) question: Question,
}

impl Waiting {
    /// Takes out the one that `state` names, if it is of `whose`: it is gone on with once.
    pub(crate) fn take(&self, state: &str, whose: &Whose) -> Option<Call> {
        let mut all = self.lock();
        if all.get(state)?.call.link.whose() != whose {
            return None;
        }
        let Timed { call, timer } = all.remove(state)?;
        timer.abort();
        Some(call)
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Timed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Remote {
    /// Has `call` wait, and gives what the person is asked.
    fn have_wait(&self, call: Call) -> InputRequiredResult {
        let mut request = call.question.request.clone();
        self.sign(&mut request);
        let state = unguessable();
        self.put(state.clone(), call);
        InputRequiredResult::new(Some([(QUESTION.to_owned(), request)].into()), Some(state))
    }

    fn put(&self, state: String, call: Call) {
        let (remote, until, named) = (self.clone(), call.question.until, state.clone());
        let waiting = async move {
            sleep_until(until).await;
            let late = remote.inner.waiting.lock().remove(&named);
            if let Some(Timed { call, .. }) = late {
                remote.abandon(call).await;
            }
        };
        let mut all = self.inner.waiting.lock();
        let timer = tokio::spawn(waiting).abort_handle();
        all.insert(state, Timed { call, timer });
    }

    /// Tells the server what `responses` say, and waits on as whoever shows `credential`. The call, called
    /// `state`, waits on if that is no answer, or the credential is no good.
    pub(crate) async fn go_on(
        &self,
        (state, call): (&str, Call),
        responses: Option<&Value>,
        credential: Credential,
        watch: &Watch,
    ) -> Result<Outcome<(Arc<Link>, Answer)>, Fault> {
        let Some(said) = answer(&call.question, responses) else {
            return Ok(Outcome::Asks(self.have_wait(call)));
        };
        let Call { link, credential: before, open, question } = call;
        let (wire, credential) = (&self.inner.wire, credential.after(before));
        let reply = question.reply(&said);
        let replied = wire.reply(&link, &credential, watch, (&open, &reply)).await;
        match self.observed(link.whose(), For::Call, replied) {
            Ok(()) => {}
            Err(Fault::Unauthorized) => {
                self.put(state.to_owned(), Call { link, credential, open, question });
                return Err(Fault::Unauthorized);
            }
            Err(Fault::Forgotten) => return Err(Fault::Late),
            Err(fault) => {
                wire.cancel(&link, &credential, open.id).await;
                return Err(fault);
            }
        }
        // The next question is another one's.
        drop(question);
        let told = wire.listen(&link, &credential, watch, open).await;
        let told = self.observed(link.whose(), For::Call, told)?;
        Ok(self.outcome(link, credential, told))
    }

    /// What came of a call that `credential` was shown for: its answer, or what the person is asked.
    pub(crate) fn outcome(
        &self,
        link: Arc<Link>,
        credential: Credential,
        told: Told,
    ) -> Outcome<(Arc<Link>, Answer)> {
        match told {
            Told::Answer(answer) => Outcome::Complete((link, answer)),
            Told::Asks(asks) => {
                let (open, question) = *asks;
                Outcome::Asks(self.have_wait(Call { link, credential, open, question }))
            }
        }
    }

    /// Nobody answers any more.
    async fn abandon(&self, call: Call) {
        let Call { link, credential, open, question } = call;
        let reply = question.reply(&json!({"action": "cancel"}));
        let wire = &self.inner.wire;
        tokio::join!(
            wire.aside(&link, &credential, &reply),
            wire.cancel(&link, &credential, open.id)
        );
    }

    /// Gives up all calls that wait for a person, and has no others wait.
    pub async fn close(&self) {
        self.inner.wire.places.close();
        let all = std::mem::take(&mut *self.inner.waiting.lock());
        let mut ends = JoinSet::new();
        for Timed { call, timer } in all.into_values() {
            timer.abort();
            let remote = self.clone();
            ends.spawn(async move { remote.abandon(call).await });
        }
        ends.join_all().await;
    }
}

/// What the person says, as it is said to the server; nothing if it is no answer to the question.
fn answer(question: &Question, responses: Option<&Value>) -> Option<Value> {
    let response = responses?.get(QUESTION)?;
    match response.get("action")?.as_str()? {
        "accept" if question.is_form() => {
            let content = response.get("content").filter(|content| content.is_object())?;
            Some(json!({"action": "accept", "content": content}))
        }
        "accept" => Some(json!({"action": "accept"})),
        action @ ("decline" | "cancel") => Some(json!({ "action": action })),
        _ => None,
    }
}

fn unguessable() -> String {
    let mut bytes = [0; 16];
    #[expect(clippy::disallowed_methods, reason = "no test depends on what comes")]
    rand::rng().fill_bytes(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
