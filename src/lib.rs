//! Stagepass: an MCP server with the sign-in built in.
//!
//! The map of the house. Arrows point down this list: a room uses those below it, and none above.

/// The command line, one file per command.
pub mod cli;

/// The whole server, put together; the one list of routes.
pub mod app;

/// The MCP side: the transport, the host of all toolsets, the `Auth` tool.
pub mod mcp;

/// Linking a provider account to an identity: link, consent page, callback, code, revocation.
pub mod connect;

/// What all pages share: layout, style, security headers, cookies.
pub mod web;

/// Who is calling, made from the transport alone.
pub mod identity;

/// The vault: tokens sealed at rest, and a fresh access token for an identity.
pub mod vault;

/// One OAuth client for all providers, and the catalogue of them as data.
pub mod providers;

/// The database, SQLite or Postgres, one file per family of tables.
pub mod store;

/// The outbound HTTP client.
pub mod http;

/// What an operator can set; unknown keys are errors.
pub mod config;

/// The only caller of the system's time and randomness.
pub mod clock;

/// Logs.
pub mod telemetry;
