//! The OAuth client: one for all providers and their quirks.
//!
//! What a provider is stands in [`crate::config::Provider`] as data; the entries that need no
//! more than credentials are in `providers/catalogue.toml`.

mod answer;
mod client;
mod userinfo;

pub use answer::{ProviderError, TokenAnswer};
pub use client::{ProviderClient, RevokeOutcome};
pub use userinfo::Account;
