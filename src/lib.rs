//! Stagepass.

pub mod mcp;
