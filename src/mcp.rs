//! The MCP side.

pub mod transport;
