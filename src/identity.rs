//! Who is calling: made here from the transport, and nowhere else.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use stagepass_kit::Identity;

/// Who is calling, as the transport proved it.
#[derive(Debug, Clone)]
pub struct Principal {
    /// Whose tokens this request may use.
    pub identity: Identity,
}

impl Principal {
    /// The owner of this process.
    #[must_use]
    pub fn owner() -> Self {
        Self { identity: Identity::local() }
    }
}

/// Where sign-in is off, whoever reaches the server is its owner.
pub async fn everyone_is(
    State(owner): State<Principal>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(owner);
    next.run(request).await
}
