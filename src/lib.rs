//! Stagepass.

pub mod clock;
pub mod config;
pub mod http;
pub mod mcp;
pub mod providers;
pub mod store;
pub mod vault;
