//! `stagepass access`: who may come in besides those in the configuration.

use std::slice;

use clap::Subcommand;

use super::{
    desk::Desk,
    text::{minute, table, visible},
};
use crate::{
    audit::Entry,
    config::{Allow, is_entry},
    oauth::{is_allowed, is_listed},
    store::UserRow,
};

const OPEN: &str = "access.allow is \"open\", so anybody may come in. Set it to \"owner\", or to a \
list of those who may, and restart the server.";
const LISTED: &str = "stands in access.allow. Remove it from the configuration, too, and restart the \
server.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Shows who may come in, and who has signed in.
    List,
    /// Invites somebody. A running server knows at once.
    Allow {
        /// An account (provider:id), an e-mail address, or a domain (@example.com).
        #[arg(value_parser = entry)]
        entry: String,
    },
    /// Takes an invitation back, and ends the access of those who can't come in without it.
    Deny {
        /// As it was invited: an account (provider:id), an e-mail address, or a domain.
        #[arg(value_parser = entry)]
        entry: String,
    },
}

pub(super) async fn run(command: Command, desk: &Desk) -> anyhow::Result<String> {
    match command {
        Command::List => list(desk).await,
        Command::Allow { entry } => allow(&entry, desk).await,
        Command::Deny { entry } => deny(&entry, desk).await,
    }
}

/// An entry as it is kept. Capitals count in accounts alone.
fn entry(text: &str) -> Result<String, &'static str> {
    if !is_entry(text) || visible(text) != text {
        return Err("name an account (provider:id), an e-mail address, or a domain (@example.com)");
    }
    Ok(if text.contains(':') { text.to_owned() } else { text.to_ascii_lowercase() })
}

async fn list(desk: &Desk) -> anyhow::Result<String> {
    let rule = &desk.config.access.allow;
    let invitations = desk.db.invitations().await?;
    let mut said = format!("access.allow: {}\ninvited: ", in_words(rule));
    said += &match invitations.as_slice() {
        [] => "nobody".to_owned(),
        entries => visible(&entries.join(", ")),
    };
    said += "\n\n";
    let rows = desk.db.users().await?.into_iter().map(|user| {
        let may = match (user.owner, is_allowed(rule, &invitations, &user)) {
            (Some(_), _) => "owner",
            (None, true) => "yes",
            (None, false) => "no",
        };
        let account = format!("{}:{}", user.provider, user.account_id);
        let email = user.email.unwrap_or_else(|| "-".to_owned());
        [user.account_name, account, email, may.to_owned(), minute(user.signed_in_at)]
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return Ok(said + "Nobody has signed in yet.\n");
    }
    let headings = ["NAME", "ACCOUNT", "E-MAIL", "MAY COME IN", "LAST SIGN-IN (UTC)"];
    Ok(said + &table(headings, &rows))
}

fn in_words(rule: &Allow) -> String {
    match rule {
        Allow::Owner => "\"owner\", and whoever is invited".to_owned(),
        Allow::Open => "\"open\", so anybody who can sign in".to_owned(),
        Allow::Local => "\"local\", so sign-in is off and none of this counts".to_owned(),
        Allow::Listed(entries) => format!("{}, and whoever is invited", entries.join(", ")),
    }
}

async fn allow(entry: &str, desk: &Desk) -> anyhow::Result<String> {
    if !desk.db.invite(entry, desk.clock.now()).await? {
        return Ok(format!("{entry} is invited already.\n"));
    }
    desk.audit.record(Entry::done("access.allowed").detail(entry)).await?;
    let mut said = format!("Invited {entry}. They add {} to their assistant.\n", desk.url("mcp"));
    let verifies = desk.config.enabled_providers().any(|(_, one)| one.email_verified.is_some());
    if !entry.contains(':') && !verifies {
        said += "But no provider here tells which e-mail addresses are verified, and no other \
                 address counts. Invite the account (provider:id) instead.\n";
    }
    Ok(said)
}

async fn deny(entry: &str, desk: &Desk) -> anyhow::Result<String> {
    let (rule, db) = (&desk.config.access.allow, &desk.db);
    let invited = db.uninvite(entry).await?;
    let invitations = db.invitations().await?;
    let denied = [entry.to_owned()];
    let mut users = db.users().await?;
    users.retain(|user| is_listed(&denied, user));
    let (stay, go): (Vec<_>, Vec<_>) =
        users.into_iter().partition(|user| is_allowed(rule, &invitations, user));
    let mut said = Vec::new();
    if invited {
        desk.audit.record(Entry::done("access.denied").detail(entry)).await?;
        said.push(format!("The invitation of {entry} is taken back."));
    }
    for user in &go {
        db.end_access(&user.identity).await?;
        desk.audit.record(Entry::done("access.ended").identity(&user.identity)).await?;
        said.push(format!("{} is out; tokens stop working within seconds.", who(user)));
    }
    let done = !said.is_empty();
    let owner = stay.iter().find(|user| user.owner.is_some());
    said.extend(owner.map(|user| format!("{} owns this server and can't be denied.", who(user))));
    let others = others(entry, rule, &invitations, &stay);
    let closed = others.is_empty();
    said.extend(others);
    if said.is_empty() {
        said.push("It isn't invited, and nobody like that has signed in.".to_owned());
        said.push("`stagepass access list` shows who is meant by what.".to_owned());
    }
    let said = said.join("\n");
    anyhow::ensure!(done && closed, "{entry} isn't denied\n{said}");
    Ok(said + "\n")
}

/// By what those come in all the same who were denied by `entry`, and how to end that.
fn others(entry: &str, rule: &Allow, invitations: &[String], stay: &[UserRow]) -> Vec<String> {
    let listed = match rule {
        Allow::Open => return vec![OPEN.to_owned()],
        Allow::Listed(listed) => listed.as_slice(),
        Allow::Owner | Allow::Local => &[],
    };
    if listed.iter().any(|one| self::entry(one).is_ok_and(|one| one == entry)) {
        return vec![format!("{entry} {LISTED}")];
    }
    let way = |user| {
        let meant = |one: &&String| is_listed(slice::from_ref(*one), user);
        let one = listed.iter().chain(invitations).find(meant)?;
        Some(format!("{} comes in by {}, too. Deny that as well.", who(user), visible(one)))
    };
    stay.iter().filter(|user| user.owner.is_none()).filter_map(way).collect()
}

fn who(user: &UserRow) -> String {
    visible(&format!("{} ({}:{})", user.account_name, user.provider, user.account_id))
}
