//! The OAuth client: one for all providers and their quirks.
//!
//! What a provider is stands in [`crate::config::Provider`] as data; the entries that need no
//! more than credentials are in `providers/catalogue/`, one file for each. An OpenID Connect issuer
//! needs no entry: it is discovered.

mod account;
mod answer;
mod authorize;
mod client;
mod fields;
mod id_token;
mod issuer;
mod linking;
mod mcp_server;
mod request;
mod revoke;
mod token;

pub use account::Account;
pub(crate) use answer::clean;
pub use answer::{ProviderError, TokenAnswer};
pub use authorize::{AuthorizationAnswer, AuthorizeRequest, nonce_of};
pub use client::ProviderClient;
pub(crate) use mcp_server::DOCUMENTS;
pub use mcp_server::{Challenge, McpServer, Surroundings, bearer};
pub use revoke::{RevokeOutcome, Tokens};
