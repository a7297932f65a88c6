//! `stagepass clients deliveries`: what bots were told, and whether they took it.

use crate::{
    cli::{
        desk::Desk,
        text::{minute, table, visible},
    },
    store::{DeliveryRow, DeliveryState},
};

/// How many messages are shown at most.
const MOST: i64 = 500;

/// The newest messages to `client` or to all, in the order in which they were written. What they say
/// of chat users is nothing for a terminal.
pub(super) async fn list(client: Option<&str>, desk: &Desk) -> anyhow::Result<String> {
    let rows = desk.db.deliveries(client, MOST).await?;
    if rows.is_empty() {
        let whom = client.map_or_else(|| "any bot".to_owned(), visible);
        return Ok(format!(
            "Nothing was to be told to {whom} in the last 7 days. A bot is told once it has a \
             webhook: chat.ID.webhook_url and .webhook_secret in stagepass.toml.\n"
        ));
    }
    let headings = ["TIME (UTC)", "CLIENT", "EVENT", "STATE", "ATTEMPTS", "LAST STATUS"];
    Ok(table(headings, &rows.into_iter().map(cells).collect::<Vec<_>>()))
}

fn cells(row: DeliveryRow) -> [String; 6] {
    let state = match row.state {
        DeliveryState::Waiting => "waiting",
        DeliveryState::Delivered => "delivered",
        DeliveryState::GivenUp => "given up",
    };
    [
        minute(row.created_at),
        row.client_id,
        row.event,
        state.to_owned(),
        row.attempts.to_string(),
        row.last_answer.unwrap_or_else(|| "-".to_owned()),
    ]
}
