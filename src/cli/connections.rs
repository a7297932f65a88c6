//! `stagepass connections`: the accounts that people have linked, and the end of all that one has.

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use stagepass_kit::{Identity, Realm};
use tokio_util::task::TaskTracker;

use super::{
    desk::Desk,
    text::{minute, table, visible},
};
use crate::{
    app,
    audit::Entry,
    connect::{Connect, Ended, State},
    http::{self, Rules},
    identity::ChatId,
    providers::RevokeOutcome,
    store::ConnectionRow,
    vault::Connection,
    webhooks::Webhooks,
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Lists the accounts that are linked: whose, at which provider, and until when.
    List {
        /// Only those of one person: the key of an identity.
        #[arg(long, value_name = "KEY", value_parser = key, conflicts_with = "client")]
        identity: Option<Identity>,
        /// Only those of the chat users that one bot speaks for: its client id.
        #[arg(long, value_name = "BOT")]
        client: Option<String>,
    },
    /// Ends everything that one person has: their accounts are disconnected here and at the
    /// provider, links under way are over, and tokens and sessions stop working within seconds.
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// Whose: the key of an identity, as `list` shows it.
    #[arg(long, value_name = "KEY", value_parser = key)]
    #[arg(conflicts_with_all = ["client", "chat_id"], required_unless_present = "client")]
    identity: Option<Identity>,
    /// Or, for a chat user: the client id of the bot.
    #[arg(long, value_name = "BOT", requires = "chat_id")]
    client: Option<String>,
    /// And the chat user as the bot names them, e.g. `whatsapp:+4915112345678`.
    #[arg(long, value_name = "ID", requires = "client")]
    chat_id: Option<ChatId>,
    /// Only the accounts at this provider. Tokens and sessions go on.
    #[arg(long, value_name = "ID")]
    provider: Option<String>,
}

pub(super) async fn run(command: Command, desk: &Desk) -> anyhow::Result<String> {
    match command {
        Command::List { identity, client } => list(identity, client, desk).await,
        Command::Revoke(whose) => revoke(whose, desk).await,
    }
}

fn key(text: &str) -> Result<Identity, &'static str> {
    text.parse().map_err(|_| {
        "not a key of an identity; `stagepass connections list` shows them. For a chat user, \
         `--client` and `--chat-id` do as well"
    })
}

async fn list(
    identity: Option<Identity>,
    bot: Option<String>,
    desk: &Desk,
) -> anyhow::Result<String> {
    let rows = match (identity, bot) {
        (Some(identity), _) => desk.db.connections_of(&identity.to_string()).await?,
        (None, Some(bot)) => {
            // The key of a chat user of no name is what all others begin with.
            let nobody = Identity::new(Realm::Chat, bot, "").to_string();
            desk.db.connections_below(&nobody).await?
        }
        (None, None) => desk.db.connections_below("").await?,
    };
    if rows.is_empty() {
        return Ok("No accounts are connected.\n".to_owned());
    }
    let now = desk.clock.now();
    let rows: Vec<_> = rows.into_iter().map(|row| cells(row, now)).collect();
    let headings = [
        "IDENTITY",
        "PROVIDER",
        "ACCOUNT",
        "STATE",
        "SINCE (UTC)",
        "RECONNECT BY (UTC)",
        "LAST REFRESH (UTC)",
    ];
    Ok(table(headings, &rows))
}

fn cells(row: ConnectionRow, now: DateTime<Utc>) -> [String; 7] {
    let (identity, since, written) = (row.identity.clone(), row.created_at, row.updated_at);
    let connection = Connection::from(row);
    let shown = |at: Option<DateTime<Utc>>| at.map_or_else(|| "-".to_owned(), minute);
    // Whatever is written after a sign-in is a refresh, or the death.
    let is_refreshed = connection.dead_reason.is_none() && written > connection.authorized_at;
    [
        identity,
        connection.provider.clone(),
        connection.account.name.clone(),
        State::of(&connection, now).as_str().to_owned(),
        minute(since),
        shown(connection.reconnect_by),
        shown(Some(written).filter(|_| is_refreshed)),
    ]
}

async fn revoke(whose: Revoke, desk: &Desk) -> anyhow::Result<String> {
    let Revoke { identity, client, chat_id, provider } = whose;
    let chat_user = client.zip(chat_id);
    let chat_user = chat_user.map(|(bot, user)| Identity::new(Realm::Chat, bot, user.to_string()));
    let Some(identity) = identity.or(chat_user) else { anyhow::bail!("nobody is named") };
    let key = identity.to_string();
    anyhow::ensure!(
        desk.db.is_known(&key).await?,
        "nobody here has the key {}\n`stagepass connections list` shows those who are connected, \
         `stagepass audit` everybody who did something",
        visible(&key)
    );
    let tasks = TaskTracker::new();
    let connect = connect(desk, &tasks).await?;
    if provider.is_none() {
        // First, so that nothing new begins with it.
        desk.db.end_access(&key).await?;
        desk.audit.note(Entry::done("access.ended").person(&identity)).await;
    }
    let ended = connect.revoke_all(&identity, provider.as_deref()).await?;
    // What nobody confirmed is given back meanwhile.
    tasks.close();
    tasks.wait().await;
    match provider {
        None => Ok(told(&ended, desk) + access_words(&identity)),
        Some(id) if ended.connections.is_empty() && ended.links == 0 => {
            anyhow::bail!("{} has nothing at {}", visible(&key), visible(&id))
        }
        Some(_) => Ok(told(&ended, desk)),
    }
}

/// What links and ends links, as the server has it.
async fn connect(desk: &Desk, tasks: &TaskTracker) -> anyhow::Result<Connect> {
    let (db, clock, client) = (desk.db.clone(), desk.clock.clone(), http::client()?);
    let rules = Rules::default();
    let vault = app::open_vault(&desk.config, &db, &clock, &client, &[], &rules, tasks).await?;
    let webhooks = Webhooks::new(&desk.config.chat, db.clone(), clock.clone(), client);
    let (config, audit) = (&desk.config, desk.audit.clone());
    Ok(Connect::new(config, db, vault, webhooks, clock, audit, tasks.clone()))
}

/// What was done.
fn told(ended: &Ended, desk: &Desk) -> String {
    let mut said = Vec::new();
    for (connection, remotely) in &ended.connections {
        let (account, id) = (visible(&connection.account.name), visible(&connection.provider));
        let there = match remotely {
            RevokeOutcome::Revoked => format!("revoked at {id}, too"),
            RevokeOutcome::Nothing => format!("nothing to revoke at {id}"),
            RevokeOutcome::Unsupported => format!("{id} has no way to revoke"),
            RevokeOutcome::Failed => format!("{id} didn't revoke"),
        };
        said.push(format!("Disconnected {account}; {there}.\n"));
        let known =
            desk.config.enabled_providers().find(|(known, _)| *known == connection.provider);
        let by_hand = known.and_then(|(_, provider)| provider.manage_url.as_ref());
        if let (RevokeOutcome::Unsupported | RevokeOutcome::Failed, Some(url)) = (remotely, by_hand)
        {
            said.push(format!("  The person can withdraw it at {url}\n"));
        }
    }
    match ended.links {
        0 => {}
        1 => said.push("Ended a link that was under way.\n".to_owned()),
        many => said.push(format!("Ended {many} links that were under way.\n")),
    }
    said.concat()
}

fn access_words(identity: &Identity) -> &'static str {
    match identity.realm() {
        Realm::User => {
            "Ended their access: tokens and sessions stop working within seconds.\n\
             They may sign in again, unless `stagepass access deny` keeps them out.\n"
        }
        Realm::Chat => {
            "Ended their access: tokens stop working within seconds.\n\
             The bot may ask them to connect again.\n"
        }
        Realm::Local | Realm::Client => "Ended their access: tokens stop working within seconds.\n",
    }
}
