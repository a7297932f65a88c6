//! `stagepass tokens`: access tokens for bots that can't ask for their own.

use anyhow::ensure;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use clap::Subcommand;
use secrecy::ExposeSecret;
use stagepass_kit::{Identity, Realm};

use super::{
    desk::Desk,
    text::{minute, table, visible},
};
use crate::{
    audit::Entry,
    oauth::{GrantType, MADE},
    store::{ClientRow, GrantRow, TokenRow},
    vault::{hash, mint},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Makes an access token for a client with credentials of its own, and prints it this once.
    Create {
        /// The client's id, as `stagepass clients list` shows it.
        client: String,
        /// How many days it lives.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=3650))]
        days: u16,
    },
    /// Lists those that live.
    List,
    /// Ends one. It stops working within seconds.
    Revoke {
        /// Its id, as `list` shows it.
        id: String,
    },
}

pub(super) async fn run(command: Command, desk: &Desk) -> anyhow::Result<String> {
    match command {
        Command::Create { client, days } => create(&client, days, desk).await,
        Command::List => list(desk).await,
        Command::Revoke { id } => revoke(&id, desk).await,
    }
}

async fn create(id: &str, days: u16, desk: &Desk) -> anyhow::Result<String> {
    let client = desk.db.client(id).await?.filter(has_credentials);
    let Some(client) = client else {
        anyhow::bail!(
            "there is no client {} that gets tokens of its own\nAdd one with `stagepass clients \
             add NAME --act-as` or `--credentials`",
            visible(id)
        );
    };
    let now = desk.clock.now();
    let token = mint(&desk.clock, MADE);
    let number = || BASE64_URL_SAFE_NO_PAD.encode(desk.clock.random::<16>());
    let row = TokenRow {
        // It mustn't begin like an option.
        token_id: format!("tk_{}", number()),
        grant: GrantRow {
            id: number(),
            identity: Identity::new(Realm::Client, "", client.id.as_str()).to_string(),
            client_id: client.id,
            scopes: client.scopes,
            resource: desk.url("mcp"),
            created_at: now,
            expires_at: now + TimeDelta::days(days.into()),
        },
    };
    let entry = Entry::done("token.created").client(&row.grant.client_id).token(&row.token_id);
    desk.audit.record(entry.grant(&row.grant.id).identity(&row.grant.identity)).await?;
    desk.db.add_token(&row, &hash(token.expose_secret())).await?;
    Ok(format!(
        "A token for {}, until {} (UTC):\n\n  {}\n\nIt is shown this once; only its hash is kept. \
         Send it to {} as `Authorization: Bearer …`.\n`stagepass tokens revoke {}` ends it.\n",
        visible(&client.name),
        minute(row.grant.expires_at),
        token.expose_secret(),
        row.grant.resource,
        row.token_id
    ))
}

fn has_credentials(client: &ClientRow) -> bool {
    client.grant_types.split(' ').any(|kind| kind == GrantType::ClientCredentials.as_str())
}

async fn list(desk: &Desk) -> anyhow::Result<String> {
    let rows = desk.db.tokens(desk.clock.now()).await?;
    if rows.is_empty() {
        return Ok("No tokens. `stagepass tokens create CLIENT` makes one.\n".to_owned());
    }
    let rows: Vec<_> = rows
        .into_iter()
        .map(|TokenRow { token_id, grant }| {
            let (made, ends) = (minute(grant.created_at), minute(grant.expires_at));
            [token_id, grant.client_id, grant.scopes, made, ends]
        })
        .collect();
    Ok(table(["ID", "CLIENT", "SCOPES", "MADE (UTC)", "ENDS (UTC)"], &rows))
}

async fn revoke(id: &str, desk: &Desk) -> anyhow::Result<String> {
    let mut rows = desk.db.tokens(desk.clock.now()).await?;
    rows.retain(|row| row.token_id == id);
    let row = rows.pop();
    let ended = match &row {
        Some(row) => desk.db.end_grant(&row.grant.id).await?,
        None => false,
    };
    ensure!(ended, "there is no token {}\n`stagepass tokens list` shows all", visible(id));
    let client = row.map(|row| row.grant.client_id).unwrap_or_default();
    desk.audit.record(Entry::done("token.revoked").client(&client).token(id)).await?;
    Ok(format!(
        "Ended the token {} of {}. It stops working within seconds.\n",
        visible(id),
        visible(&client)
    ))
}
