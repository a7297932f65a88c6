//! The outbound HTTP client.

use std::time::Duration;

/// The client for providers that the operator named: one pool of connections for all calls.
///
/// It follows no redirects, so that a secret goes only where it was meant to, and gives up
/// connecting after 5 seconds and on a whole answer after 15.
///
/// # Errors
/// When the operating system's trust store can't be read.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    #[expect(clippy::disallowed_methods, reason = "this is the client that all others share")]
    reqwest::Client::builder()
        .user_agent(concat!("stagepass/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(15))
        .build()
}
