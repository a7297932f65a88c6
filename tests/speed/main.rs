//! `cargo bench`: what a tool call costs over a bare MCP server, what a tool adds to its
//! provider's own time, and how a start looks.
//!
//! Prints ratios against a baseline of the same run; asserts no timing.
#![expect(clippy::print_stdout, reason = "printing is what a benchmark is for")]

use mimalloc::MiMalloc;

/// The one of the binary, for the baseline, too.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

mod bare;
mod bot;
mod calls;
mod load;
mod server;
mod sign_in;
mod spotify;
mod start;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    start::measure().await?;
    spotify::measure().await?;
    calls::measure().await
}
