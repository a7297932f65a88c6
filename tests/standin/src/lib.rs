//! A stand-in Spotify, clients' websites and a tiny browser, for tests and the demo.
//!
//! [`Spotify`] is the accounts service and the Web API on one loopback port, with the behaviour of
//! 2026 (Development Mode), quirks included. Its [`World`](spotify::World) is plain data that a
//! test looks at and changes. [`Browser`] walks through sign-in pages as Chromium would: cookies,
//! redirects, `Origin`, `Sec-Fetch-*`, and `form-action` of the Content-Security-Policy.
//! [`ClientSite`] is where clients publish documents: https under whatever names a test makes up.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "test support: a test that goes wrong must stop at once, with a clear text"
)]

pub mod browser;
pub mod client_site;
pub mod spotify;

pub use browser::{Browser, Page};
pub use client_site::ClientSite;
pub use spotify::Spotify;
