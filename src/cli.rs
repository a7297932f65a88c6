//! The command line, one file per command.

mod access;
mod audit;
mod clients;
mod connections;
mod desk;
mod keys;
mod remotes;
mod serve;
mod stdio;
mod text;
mod tokens;

use std::{collections::HashMap, path::PathBuf};

use anyhow::anyhow;
use clap::{Parser, Subcommand};

use self::desk::Desk;
use crate::{config::Config, telemetry};

/// An MCP server with the sign-in built in.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// The configuration file; otherwise stagepass.toml here, or in the platform's configuration
    /// directory.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves MCP over streamable HTTP, and the pages for signing in (the default).
    Serve,
    /// Speaks MCP on standard input and output, for desktop clients.
    Stdio,
    #[command(flatten)]
    Task(Task),
}

/// What an operator does beside the server, whether it runs or not.
#[derive(Debug, Subcommand)]
enum Task {
    /// Adds, lists and removes clients: programs that ask people for access.
    #[command(subcommand)]
    Clients(clients::Command),
    /// Makes, lists and ends access tokens for clients that can't ask for their own.
    #[command(subcommand)]
    Tokens(tokens::Command),
    /// Invites people and takes invitations back; shows who may come in.
    #[command(subcommand)]
    Access(access::Command),
    /// Lists the accounts that people have linked, and ends all that one person has.
    #[command(subcommand)]
    Connections(connections::Command),
    /// Shows what other MCP servers say of their tools, and accepts what is new or reads otherwise.
    #[command(subcommand)]
    Remotes(remotes::Command),
    /// Lists and rotates the keys that sign access tokens.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Shows what happened: sign-ins, consents, tokens, links, tool calls, refusals.
    Audit(audit::Arguments),
}

impl Task {
    /// Does it, and answers the operator.
    async fn run(self, config: Config) -> anyhow::Result<()> {
        let desk = Desk::open(config).await?;
        let answer = match self {
            Self::Clients(command) => clients::run(command, &desk).await,
            Self::Tokens(command) => tokens::run(command, &desk).await,
            Self::Access(command) => access::run(command, &desk).await,
            Self::Connections(command) => connections::run(command, &desk).await,
            Self::Remotes(command) => remotes::run(command, &desk).await,
            Self::Keys(command) => keys::run(command, &desk).await,
            Self::Audit(arguments) => audit::run(arguments, &desk).await,
        };
        desk.close().await;
        Ok(desk::print(&answer?)?)
    }
}

impl Cli {
    /// Loads the configuration and runs the command.
    ///
    /// # Errors
    /// Whatever stops it, in words for the operator.
    pub async fn run(self) -> anyhow::Result<()> {
        let config = Config::load(self.config_file()?.as_deref(), environment())?;
        let subscriber = telemetry::subscriber(&config.log, std::io::stderr)
            .map_err(|_| anyhow!("`log` isn't a filter\nA correct line:\n  log = \"info\""))?;
        tracing::subscriber::set_global_default(subscriber)?;
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => serve::run(config).await,
            Command::Stdio => stdio::run(config).await,
            Command::Task(task) => task.run(config).await,
        }
    }

    fn config_file(&self) -> anyhow::Result<Option<PathBuf>> {
        if let Some(file) = &self.config {
            anyhow::ensure!(file.is_file(), "there is no configuration file {}", file.display());
            return Ok(Some(file.clone()));
        }
        let here = Some(PathBuf::from("stagepass.toml"));
        let there = dirs::config_dir().map(|folder| folder.join("stagepass/stagepass.toml"));
        Ok([here, there].into_iter().flatten().find(|file| file.is_file()))
    }
}

/// Our variables. Those of others are none of our business, and may not be text.
fn environment() -> HashMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with("STAGEPASS_"))
        .collect()
}

/// Done when the operator or the system asks the process to end.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            interrupt.await.ok();
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    interrupt.await.ok();
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }
}
