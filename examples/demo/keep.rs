//! `--keep`: everything stays, and a person goes through the same by hand.

use crate::world::World;

/// Prints what to paste where, and waits for Ctrl-C.
pub(crate) async fn wait(world: &World) -> anyhow::Result<()> {
    let mcp = format!("{}/mcp", world.url);
    println!(
        "
MCP endpoint: {mcp}
Stand-in Spotify: {}

MCP Inspector (Node 22), with the URL above as streamable HTTP; or without a window:
  npx @modelcontextprotocol/inspector
  npx @modelcontextprotocol/inspector --cli {mcp} --transport http --method tools/list
Claude Code:
  claude mcp add --transport http stagepass {mcp}
VS Code:
  code --add-mcp '{{\"name\":\"stagepass\",\"type\":\"http\",\"url\":\"{mcp}\"}}'

Ask the assistant to connect Spotify, open its link, and sign in as alice.
Ctrl-C ends it all.",
        world.spotify.url()
    );
    tokio::signal::ctrl_c().await?;
    Ok(())
}
