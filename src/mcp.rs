//! The MCP side: the transport, the host of all toolsets, the `Auth` tool, and the way to an account
//! for whoever has none.

pub mod auth;
mod batch;
mod busy;
mod cancel;
mod host;
mod message;
mod offer;
mod progress;
mod record;
mod security;
mod session;
mod state;
pub mod transport;

pub use host::{Host, House};
pub use offer::Offers;
pub use session::SessionIds;
