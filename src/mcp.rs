//! The MCP side: the transport, the host of all toolsets, and the `Auth` tool.

pub mod auth;
mod batch;
mod host;
mod message;
mod record;
mod security;
pub mod transport;

pub use host::Host;
