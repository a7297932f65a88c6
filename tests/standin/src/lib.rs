//! Stand-in providers and a tiny browser, for tests and the demo.
//!
//! [`Spotify`] is the accounts service and the Web API on one loopback port, with the behaviour of
//! 2026 (Development Mode), quirks included. Its [`World`](spotify::World) is plain data that a
//! test looks at and changes. [`OpenId`] is an OpenID Connect provider that can be told to be wrong in
//! every way that matters; [`GitHub`] is GitHub's sign-in, for both kinds of app, and its REST API;
//! [`Provider`] is any provider of the catalogue. [`Browser`] walks through sign-in pages as Chromium
//! would: cookies, redirects, `Origin`, `Sec-Fetch-*`, and `form-action` of the Content-Security-Policy.
//! [`ClientSite`] is where clients publish documents: https under whatever names a test makes up.
//! [`McpServer`] is another MCP server, of either era, that can be told to be wrong.
//! [`McpSite`] is an MCP server that wants tokens, with its authorization server.
//! [`Webhook`] is where a bot is told things, and checks who tells them.
//!
//! [`mutations`] makes answers wrong, and [`schema`] holds those of tools against what they promise.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "test support: a test that goes wrong must stop at once, with a clear text"
)]

mod accounts;
pub mod browser;
pub mod client_site;
mod faults;
pub mod github;
mod http;
pub mod mcp_server;
pub mod mcp_site;
pub mod mutations;
pub mod oidc;
mod pause;
pub mod provider;
pub mod schema;
pub mod spotify;
pub mod webhook;

pub use accounts::Person;
pub use browser::{Browser, Page};
pub use client_site::ClientSite;
pub use github::GitHub;
pub use mcp_server::McpServer;
pub use mcp_site::McpSite;
pub use oidc::OpenId;
pub use pause::Gate;
pub use provider::Provider;
pub use spotify::Spotify;
pub use webhook::Webhook;
