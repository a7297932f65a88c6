//! What travels through a client when a remote wants to be told something: its own state, inside ours,
//! which is bound to the caller and the call.

use rmcp::{
    ErrorData,
    model::{CallToolRequestParams, InputRequiredResult},
};
use serde_json::Value;

/// A remote's state, if it gave one.
pub(super) struct State(pub(super) Option<String>);

impl State {
    /// The state in `asked`.
    pub(super) fn of(asked: &InputRequiredResult) -> Self {
        Self(asked.request_state.clone())
    }

    /// As it stands inside ours: never empty, as a link's is.
    pub(super) fn written(&self) -> Vec<u8> {
        serde_json::json!([self.0]).to_string().into_bytes()
    }

    /// What stood inside ours; nothing if there was none, or it was a link's.
    ///
    /// # Errors
    /// Never in practice: nobody else can seal one.
    pub(super) fn read(inner: Option<Vec<u8>>) -> Result<Option<Self>, ErrorData> {
        let Some(inner) = inner.filter(|inner| !inner.is_empty()) else { return Ok(None) };
        let [state] = serde_json::from_slice::<[Option<String>; 1]>(&inner)
            .map_err(|_| ErrorData::internal_error("the state can't be read", None))?;
        Ok(Some(Self(state)))
    }
}

/// What the client brings as answers.
pub(super) fn responses(request: &CallToolRequestParams) -> Option<Value> {
    let responses = request.input_responses.as_ref()?;
    Some(responses.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
}
