//! A client that opens links for its person (MCP, elicitation, URL mode), and the window in which it
//! asks them.

use std::sync::{Arc, Mutex};

use rmcp::{
    ClientHandler, ErrorData, RoleClient,
    model::{ClientConfig, ElicitRequestParams, ElicitResult, ElicitationAction},
    service::RequestContext,
};
use tokio::sync::{mpsc, oneshot};

/// What a person is shown.
pub(crate) struct Shown {
    pub(crate) url: String,
    pub(crate) message: String,
    answer: oneshot::Sender<ElicitationAction>,
}

impl Shown {
    /// The person presses one of the window's buttons.
    pub(crate) fn reply(self, action: ElicitationAction) {
        self.answer.send(action).unwrap();
    }
}

/// Where the person looks.
pub(crate) struct Window(mpsc::UnboundedReceiver<Shown>);

impl Window {
    /// What is shown next.
    pub(crate) async fn next(&mut self) -> Shown {
        self.0.recv().await.unwrap()
    }

    /// Whether nothing is shown that wasn't looked at.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The client's side of a conversation.
pub(crate) struct Assistant {
    config: ClientConfig,
    said: Arc<Mutex<String>>,
    window: Option<mpsc::UnboundedSender<Shown>>,
}

impl Assistant {
    /// One that opens nothing.
    pub(crate) fn new(config: ClientConfig, said: Arc<Mutex<String>>) -> Self {
        Self { config, said, window: None }
    }

    /// The same with a window.
    pub(crate) fn with_window(mut self) -> (Self, Window) {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.window = Some(sender);
        (self, Window(receiver))
    }
}

impl ClientHandler for Assistant {
    fn get_info(&self) -> ClientConfig {
        self.config.clone()
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _context: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::UrlElicitationParams { url, message, .. } = request else {
            panic!("not a link: {request:?}");
        };
        self.said.lock().unwrap().extend([&message, " ", &url, " "]);
        let (answer, answered) = oneshot::channel();
        let window = self.window.as_ref().expect("a client that opens links");
        window.send(Shown { url, message, answer }).ok().unwrap();
        Ok(ElicitResult::new(answered.await.unwrap()))
    }
}
