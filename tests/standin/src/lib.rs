//! A stand-in Spotify and a tiny browser, for tests and the demo.
//!
//! [`Spotify`] is the accounts service and the Web API on one loopback port, with the behaviour of
//! 2026 (Development Mode), quirks included. Its [`World`](spotify::World) is plain data that a
//! test looks at and changes. [`Browser`] walks through sign-in pages as Chromium would: cookies,
//! redirects, `Origin`, `Sec-Fetch-*`, and `form-action` of the Content-Security-Policy.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "test support: a test that goes wrong must stop at once, with a clear text"
)]

pub mod browser;
pub mod spotify;

pub use browser::{Browser, Page};
pub use spotify::Spotify;
