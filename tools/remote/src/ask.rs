//! One request for somebody: with their credential, over their link, in their seat.

use std::sync::Arc;

use stagepass_kit::{Caller, ToolError, Watch};

use crate::{
    Input, Outcome, Remote,
    answers::asks,
    credentials::Credential,
    exchange::{Answer, Ask, Told},
    fault::Fault,
    health::For,
    link::{Link, Whose},
};

impl Remote {
    /// Asks the server for `caller`, who waits and may hear of progress, and isn't asked anything.
    pub(crate) async fn ask(&self, caller: &Caller, ask: &Ask) -> Result<Answer, ToolError> {
        match self.ask_for(caller, ask, &Input::default()).await? {
            Outcome::Complete(answer) => Ok(answer),
            Outcome::Asks(_) => Err(self.unasked()),
        }
    }

    /// The same for a person who can be asked, and may have been: then the answers are in `input`.
    pub(crate) async fn ask_for(
        &self,
        caller: &Caller,
        ask: &Ask,
        input: &Input,
    ) -> Result<Outcome<Answer>, ToolError> {
        let seat = self.inner.seats.take(caller.identity(), self.inner.wire.limits.queue).await;
        let _seat = seat.map_err(|fault| fault.told(self.name(), self.provider()))?;
        let asking = |credential| self.ask_with(caller, credential, ask, input);
        match self.with_credential(caller, asking).await? {
            Outcome::Asks(asked) => Ok(Outcome::Asks(asked)),
            Outcome::Complete((link, answer)) if link.is_modern() && asks(&answer.result) => {
                self.questions(answer.result).map(Outcome::Asks)
            }
            Outcome::Complete((_, answer)) => Ok(Outcome::Complete(answer)),
        }
    }

    async fn ask_with(
        &self,
        caller: &Caller,
        credential: Credential,
        ask: &Ask,
        input: &Input,
    ) -> Result<Outcome<(Arc<Link>, Answer)>, Fault> {
        match self.ask_once_with(caller, credential, ask, input).await {
            Err(Fault::Links(wants)) => self.links(wants, input).map(Outcome::Asks),
            outcome => outcome,
        }
    }

    async fn ask_once_with(
        &self,
        caller: &Caller,
        credential: Credential,
        ask: &Ask,
        input: &Input,
    ) -> Result<Outcome<(Arc<Link>, Answer)>, Fault> {
        let (whose, watch) = (credential.whose(caller, self.answers), caller.watch());
        let state = input.state.as_deref();
        let waiting =
            state.and_then(|state| Some((state, self.inner.waiting.take(state, &whose)?)));
        let outcome = if let Some(call) = waiting {
            self.go_on(call, input.responses.as_ref(), credential, watch).await?
        } else {
            if input.is_brought() && !self.link(&whose, &credential).await?.is_modern() {
                input.is_of_use()?;
            }
            let (link, told) = self.ask_over(&whose, &credential, ask, Some(watch)).await?;
            self.outcome(link, credential, told)
        };
        if let Outcome::Complete((_, answer)) = &outcome {
            self.note_changes(&whose, answer);
        }
        Ok(outcome)
    }

    /// Asks over the link of `whose`, and over a new one if the server has forgotten the first.
    pub(crate) async fn ask_over(
        &self,
        whose: &Whose,
        credential: &Credential,
        ask: &Ask,
        watch: Option<&Watch>,
    ) -> Result<(Arc<Link>, Told), Fault> {
        let link = self.link(whose, credential).await?;
        // Somebody watches a call, and nobody a list.
        let asked = if watch.is_some() { For::Call } else { For::List(ask.method) };
        match self.observed(whose, asked, self.inner.wire.ask(&link, credential, ask, watch).await)
        {
            Err(Fault::Forgotten) => self.inner.links.forget(whose, &link).await,
            told => return told.map(|told| (link, told)),
        }
        let link = self.link(whose, credential).await?;
        let told = self.inner.wire.ask(&link, credential, ask, watch).await;
        Ok((link, self.observed(whose, asked, told)?))
    }

    fn note_changes(&self, whose: &Whose, answer: &Answer) {
        let changed = &answer.changed;
        if changed.tools {
            self.inner.tools.expire(whose);
        }
        if changed.prompts {
            self.inner.prompts.expire(whose);
        }
        if changed.resources {
            self.inner.resources.expire(whose);
            self.inner.templates.expire(whose);
        }
    }
}
