//! Stagepass.

pub mod clock;
pub mod config;
pub mod connect;
pub mod http;
pub mod mcp;
pub mod providers;
pub mod store;
pub mod vault;
pub mod web;
