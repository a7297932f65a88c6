//! Who is calling: made here from the transport, and nowhere else.

use axum::{extract::Request, middleware::Next, response::Response};
use stagepass_kit::Identity;

/// Who is calling, as the transport proved it.
#[derive(Debug, Clone)]
pub struct Principal {
    /// Whose tokens this request may use.
    pub identity: Identity,
}

/// Where sign-in is off, whoever reaches the server is its owner.
pub async fn everyone_is_the_owner(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Principal { identity: Identity::local() });
    next.run(request).await
}
