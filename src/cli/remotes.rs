//! `stagepass remotes`: what other MCP servers say of their things, and what of it models may see.

mod diff;

use std::collections::{BTreeMap, BTreeSet};

use clap::{Args, Subcommand};
use futures::future::join_all;
use stagepass_remote::Remote;

use super::{
    desk::Desk,
    text::{table, visible},
};
use crate::{
    config::RemoteAuth,
    mcp::remotes::{configured, event},
    store::DescriptionRow,
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Asks the servers how they are: where they are, how much of them was accepted, how much is held
    /// back, and whether they answer.
    List,
    /// Shows what is held back of one server, against what was accepted, and what is left out for good.
    Diff {
        /// The server's name in the configuration.
        name: String,
    },
    /// Accepts what `diff` has shown: running servers offer it within seconds.
    Accept(Accept),
}

#[derive(Debug, Args)]
pub(super) struct Accept {
    /// The server's name in the configuration.
    name: String,
    /// Only this tool, prompt or template, as `diff` calls it, or as the server does.
    tool: Option<String>,
}

pub(super) async fn run(command: Command, desk: &Desk) -> anyhow::Result<String> {
    match command {
        Command::List => list(desk).await,
        Command::Diff { name } => diff(&name, desk).await,
        Command::Accept(what) => accept(&what, desk).await,
    }
}

/// How much is known of a server.
#[derive(Default)]
struct Counts {
    /// By kind and name: what reads otherwise now is still the same thing.
    accepted: BTreeSet<(String, String)>,
    held: usize,
}

async fn list(desk: &Desk) -> anyhow::Result<String> {
    if desk.config.remote.is_empty() {
        return Ok("No other servers are configured.\n".to_owned());
    }
    let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
    for row in desk.db.all_descriptions().await? {
        let counts = counts.entry(row.remote).or_default();
        if row.accepted {
            counts.accepted.insert((row.kind, row.name));
        } else {
            counts.held += 1;
        }
    }
    let servers = configured(&desk.config)?;
    let states = join_all(servers.iter().map(Remote::look)).await;
    let rows = desk.config.remote.iter().zip(states).map(|((name, remote), state)| {
        let auth = match &remote.auth {
            RemoteAuth::Mcp => "mcp".to_owned(),
            RemoteAuth::Provider(id) => format!("provider:{id}"),
            RemoteAuth::Header => "header".to_owned(),
            RemoteAuth::None => "none".to_owned(),
        };
        // A query may hold a key.
        let mut url = remote.url.clone();
        url.set_query(None);
        let (accepted, held) =
            counts.get(name).map_or((0, 0), |counts| (counts.accepted.len(), counts.held));
        let counts = [accepted.to_string(), held.to_string()];
        let [accepted, held] = counts;
        [name.clone(), visible(url.as_str()), auth, accepted, held, state.to_string()]
    });
    let rows: Vec<_> = rows.collect();
    Ok(table(["NAME", "URL", "AUTH", "ACCEPTED", "HELD BACK", "STATE"], &rows))
}

async fn diff(name: &str, desk: &Desk) -> anyhow::Result<String> {
    let rows = known(name, desk).await?;
    let held: Vec<_> = rows.iter().filter(|row| !row.accepted).collect();
    let left_out = left_out(name, desk).await?;
    if held.is_empty() {
        return Ok(format!("Nothing of {} is held back.\n{left_out}", visible(name)));
    }
    let mut said = String::new();
    for row in held {
        let before =
            |old: &&DescriptionRow| old.accepted && old.kind == row.kind && old.name == row.name;
        // The one that was accepted last is the one that models read now.
        let old = rows.iter().filter(before).max_by_key(|old| old.accepted_at);
        said += &diff::told(old, row);
        desk.db.note_shown(row).await?;
    }
    let name = visible(name);
    Ok(said
        + &left_out
        + "These are the server's words: read them as a stranger's, who may write to your models.\n"
        + &format!("To accept all of it: stagepass remotes accept {name}\n"))
}

/// What the server lists and nobody can accept; nothing, if it says that to people alone.
async fn left_out(name: &str, desk: &Desk) -> anyhow::Result<String> {
    let servers = configured(&desk.config)?;
    let Some(server) = servers.iter().find(|server| server.name() == name) else {
        return Ok(String::new());
    };
    let lines: Vec<_> = server.left_out().await.iter().map(|line| visible(line)).collect();
    if lines.is_empty() {
        return Ok(String::new());
    }
    Ok(format!("Left out, and never offered:\n  {}\n", lines.join("\n  ")))
}

async fn accept(what: &Accept, desk: &Desk) -> anyhow::Result<String> {
    let rows = known(&what.name, desk).await?;
    let names = what.tool.as_deref().map(|tool| names(tool, &what.name, &rows));
    let meant = |row: &&DescriptionRow| names.as_ref().is_none_or(|all| all.contains(&row.name));
    let held: Vec<_> = rows.iter().filter(|row| !row.accepted).filter(meant).collect();
    let name = visible(&what.name);
    anyhow::ensure!(
        !held.is_empty(),
        "nothing of that is held back\n`stagepass remotes diff {name}` shows what is"
    );
    let mut said = String::new();
    let mut unseen = 0;
    for row in held {
        if desk.db.accept_description(row, desk.clock.now()).await? {
            desk.audit.note(event(&DescriptionRow { accepted: true, ..row.clone() })).await;
            said.extend(["Accepted the ", &row.kind, " ", &visible(&row.name), ".\n"]);
        } else {
            unseen += 1;
        }
    }
    if unseen > 0 {
        let rest = format!(
            "{unseen} of it came after you looked, or you haven't: `stagepass remotes diff {name}` \
             shows it"
        );
        anyhow::ensure!(!said.is_empty(), "nothing was accepted\n{rest}");
        said.extend(["Not accepted: ", &rest, ".\n"]);
    }
    Ok(said + "Running servers offer it within seconds.\n")
}

/// What may be meant by `tool`, of the server `remote`: what is called so here, and if nothing is, what
/// the server calls so.
fn names(tool: &str, remote: &str, rows: &[DescriptionRow]) -> Vec<String> {
    if rows.iter().any(|row| row.name == tool) {
        return vec![tool.to_owned()];
    }
    vec![format!("{remote}_{tool}"), format!("{remote}+{tool}")]
}

/// All that `name` says; an error if there is no such server.
async fn known(name: &str, desk: &Desk) -> anyhow::Result<Vec<DescriptionRow>> {
    anyhow::ensure!(
        desk.config.remote.contains_key(name),
        "no server is configured as {}\n`stagepass remotes list` shows those that are",
        visible(name)
    );
    Ok(desk.db.descriptions_of(name).await?)
}
