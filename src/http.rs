//! The outbound HTTP clients: the plain one, and the guarded ones for URLs that strangers name.

mod address;
mod guarded;
mod kept;
mod remote;
mod resolver;

use std::time::Duration;

use reqwest::StatusCode;

pub use guarded::{FetchError, Fetched, GuardedClient};
pub(crate) use kept::{Kept, Missing};
pub use remote::RemoteHttp;
pub use resolver::Rules;

/// The client for providers that the operator named: one pool of connections for all calls.
///
/// It follows no redirects, so that a secret goes only where it was meant to, and gives up
/// connecting after 5 seconds and on a whole answer after 15.
///
/// # Errors
/// When the operating system's trust store can't be read.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    builder().timeout(Duration::from_secs(15)).build()
}

/// The client for other MCP servers, which may take long over an answer: whoever asks them has limits
/// of their own. Otherwise as [`client`].
///
/// # Errors
/// As for [`client`].
pub fn remote_client() -> Result<reqwest::Client, reqwest::Error> {
    builder().build()
}

/// Whether `status` says that the server can't answer now, and nothing else.
pub(crate) fn is_away(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
}

/// What all clients have in common.
fn builder() -> reqwest::ClientBuilder {
    #[expect(clippy::disallowed_methods, reason = "every client begins here")]
    reqwest::Client::builder()
        .user_agent(concat!("stagepass/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
}
