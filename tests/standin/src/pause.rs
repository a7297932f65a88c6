//! Answers that are ready and wait.

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;

/// Keeps an answer back until a story opens it, so that what has to happen meanwhile does, however
/// slow the machine is.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Semaphore>);

impl Gate {
    /// A gate that is shut; its clones are the same gate.
    #[must_use]
    pub fn shut() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    /// Lets everything through, now and from now on.
    pub fn open(&self) {
        self.0.close();
    }
}

/// How long an answer is held back.
#[derive(Debug, Clone)]
pub(crate) enum Pause {
    For(Duration),
    Until(Gate),
    Forever,
}

impl Pause {
    pub(crate) async fn over(&self) {
        match self {
            Self::For(time) => tokio::time::sleep(*time).await,
            // A gate has no places to give: whoever waits is let through when it is closed for good.
            Self::Until(gate) => drop(gate.0.acquire().await),
            Self::Forever => std::future::pending().await,
        }
    }
}
