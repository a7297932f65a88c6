//! The main job as a conversation: `cargo run --example demo`, or `-- --keep` to go on by hand.
//!
//! A stand-in Spotify on loopback, the real server with a database in a temporary directory, and a
//! real MCP client. Every step is checked; the exit status is 1 if one didn't do what it printed.
#![expect(clippy::print_stdout, reason = "printing is what a demo is for")]

mod keep;
mod story;
mod world;

use std::process::ExitCode;

use world::World;

#[tokio::main]
async fn main() -> ExitCode {
    let keep = std::env::args().skip(1).any(|argument| argument == "--keep");
    match run(keep).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe demo failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(keep: bool) -> anyhow::Result<()> {
    let world = World::start(keep).await?;
    story::tell(&world).await?;
    if keep {
        keep::wait(&world).await?;
    }
    world.stop().await
}
