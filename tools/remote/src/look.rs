//! A look at a remote for the operator: no person asks, and no person's token is shown.

use rmcp::model::{Prompt, Resource, ResourceTemplate, Tool};
use stagepass_kit::Identity;
use tokio::time::timeout;

use crate::{
    Credentials, Remote,
    credentials::Credential,
    fault::Fault,
    health::State,
    link::Whose,
    lists::{Fetched, Listed},
};

impl Remote {
    /// How it stands now. One that takes people's tokens is shown none, and asked for no list.
    pub async fn look(&self) -> State {
        match self.seen::<Tool>().await {
            Ok(_) => State::Answers,
            // What isn't a fault of its own is no state either, and it was there to be asked.
            Err(fault) => State::of(&fault, &self.inner.credentials).unwrap_or(State::Answers),
        }
    }

    /// What it lists and nobody is shown, each in a line that says why. Nothing, if it takes people's
    /// tokens or doesn't answer.
    pub async fn left_out(&self) -> Vec<String> {
        let mut told = self.left_out_of::<Tool>().await;
        told.extend(self.left_out_of::<Prompt>().await);
        told.extend(self.left_out_of::<ResourceTemplate>().await);
        told.extend(self.left_out_of::<Resource>().await);
        told
    }

    async fn left_out_of<T: Listed>(&self) -> Vec<String> {
        let Ok(Some(fetched)) = self.seen::<T>().await else { return Vec::new() };
        fetched.omitted.told::<T>()
    }

    /// A list as this server sees it, if it needs no person.
    async fn seen<T: Listed>(&self) -> Result<Option<Fetched<T>>, Fault> {
        let credential = match &self.inner.credentials {
            Credentials::None | Credentials::Provider(_) => Credential::default(),
            Credentials::Header(name, secret) => {
                Credential::fixed(name, secret).map_err(|_| Fault::BadHeader)?
            }
        };
        let whose = Whose { identity: Identity::local(), connection: None, answers: self.answers };
        let looking = async {
            if self.provider().is_some() {
                return self.link(&whose, &credential).await.map(|_| None);
            }
            self.fetch::<T>(&whose, &credential).await.map(Some)
        };
        timeout(self.inner.wire.limits.list, looking).await.map_err(|_| Fault::Slow).flatten()
    }
}
