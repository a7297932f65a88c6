//! Stagepass: an MCP server with the sign-in built in.
//!
//! The map of the house. A room uses those below it, and none above.
//!
//! - [`cli`]: the command line, one file per command.
//! - [`app`]: the whole server, put together; the one list of routes.
//! - [`mcp`]: the MCP side: the transport, the host of all toolsets, the `Auth` tool.
//! - [`account`]: a person's own pages: what is linked, who may use it, and how to end it.
//! - [`oauth`]: our authorization server, one file per endpoint.
//! - [`connect`]: linking an account: link, consent page, callback, code, status, revocation; and a chat
//!   user's way to their own page.
//! - [`web`]: what all pages share: layout, style, security headers, cookies, sessions, limits.
//! - [`audit`]: what happened, to whom, through which client.
//! - [`identity`]: who is calling, made from the transport alone.
//! - [`vault`]: tokens sealed at rest, and a fresh access token for an identity.
//! - [`webhooks`]: what became of links and connections, told to the bot.
//! - [`providers`]: one OAuth client for all providers, and the catalogue of them as data.
//! - [`seal`]: what seals secrets before they are stored.
//! - [`store`]: the database, SQLite or Postgres, one file per family of tables.
//! - [`http`]: the outbound HTTP clients, one of them for URLs that strangers name.
//! - [`config`]: what an operator can set; unknown keys are errors.
//! - [`clock`]: the only caller of the system's time and randomness.
//! - [`telemetry`]: what is logged, and what never is.
//!
//! The toolsets are crates of their own in `tools/`. They know `stagepass_kit` and nothing of this.

pub mod account;
pub mod app;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod config;
pub mod connect;
pub mod http;
pub mod identity;
pub mod mcp;
pub mod oauth;
pub mod providers;
pub mod seal;
pub mod store;
pub mod telemetry;
pub mod vault;
pub mod web;
pub mod webhooks;
