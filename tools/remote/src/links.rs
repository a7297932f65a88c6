//! Links that a person has to open before a server of the old era does what it is asked (-32042, MCP
//! 2025-11-25). Nothing waits there: the call is made once more.

use rmcp::model::{InputRequest, InputRequiredResult};
use serde_json::{Value, json};

use crate::{Input, Remote, answers::MOST_QUESTIONS, fault::Fault};

impl Input {
    /// Whether the person was shown such links.
    fn shows_links(&self) -> bool {
        self.responses.is_some() && self.state.is_none()
    }

    /// Whether a call that waits nowhere can be made with this: if all links were opened.
    pub(crate) fn is_of_use(&self) -> Result<(), Fault> {
        let is_opened = |response: &Value| response.get("action") == Some(&json!("accept"));
        let all = self.responses.as_ref().and_then(Value::as_object);
        match all {
            Some(all) if self.shows_links() && all.values().all(is_opened) => Ok(()),
            Some(_) if self.shows_links() => Err(Fault::Declined),
            _ => Err(Fault::Late),
        }
    }
}

impl Remote {
    /// What the person is asked for the error that says `wants`.
    ///
    /// # Errors
    /// When they were shown the links before, or can't be: once more would be once too often.
    pub(crate) fn links(&self, wants: Value, input: &Input) -> Result<InputRequiredResult, Fault> {
        let links = wants.get("elicitations").and_then(Value::as_array);
        let links = links.filter(|links| !input.shows_links() && links.len() <= MOST_QUESTIONS);
        let requests =
            links.and_then(|links| links.iter().map(|link| self.link_in(link)).collect());
        let requests: Vec<_> = requests.unwrap_or_default();
        if requests.is_empty() {
            return Err(Fault::Links(wants));
        }
        let named = requests.into_iter().enumerate().map(|(n, it)| (format!("link-{}", n + 1), it));
        Ok(InputRequiredResult::new(Some(named.collect()), None))
    }

    fn link_in(&self, params: &Value) -> Option<InputRequest> {
        let is_link = params.get("mode") == Some(&json!("url"));
        let request = json!({"method": "elicitation/create", "params": params});
        let mut request = self.answers.read(request).filter(|_| is_link)?;
        self.sign(&mut request);
        Some(request)
    }
}
