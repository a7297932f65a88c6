//! `stagepass audit`: what happened, to whom, through which client.

use chrono::{SecondsFormat, TimeDelta};
use clap::{Args, value_parser};

use super::{
    desk::Desk,
    text::{ascii, visible},
};
use crate::store::{AuditFilter, AuditRow};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How many days to look back.
    #[arg(long, default_value_t = 7, value_parser = value_parser!(u16).range(1..))]
    days: u16,
    /// How many events to show at most: the newest, in the order in which they happened.
    #[arg(long, default_value_t = 200, value_parser = value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// Only what one person did, or what was done to them: the key of an identity, as this command
    /// and `stagepass connections list` show it.
    #[arg(long, value_name = "KEY")]
    identity: Option<String>,
    /// Only what came through this client.
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    /// Only calls of this tool.
    #[arg(long, value_name = "NAME")]
    tool: Option<String>,
    /// Only events of this kind, e.g. `tool.called`.
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
    /// One JSON object a line, for programs.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, desk: &Desk) -> anyhow::Result<String> {
    let span = TimeDelta::days(arguments.days.into());
    let filter = AuditFilter {
        identity: arguments.identity,
        client_id: arguments.client,
        tool: arguments.tool,
        event: arguments.event,
    };
    let rows = desk.audit.last(span, arguments.limit.into(), &filter).await?;
    let mut text = String::new();
    for row in rows {
        text += &if arguments.json { ascii(&serde_json::to_string(&row)?) } else { line(&row) };
        text.push('\n');
    }
    if text.is_empty() && !arguments.json {
        text = format!("Nothing like that was recorded in the last {} days.\n", arguments.days);
    }
    Ok(text)
}

fn line(row: &AuditRow) -> String {
    let facts = [
        ("identity", &row.identity),
        ("client", &row.client_id),
        ("token", &row.token_id),
        ("grant", &row.grant_id),
        ("tool", &row.tool),
        ("provider", &row.provider),
        ("connection", &row.connection_id),
        ("address", &row.address),
    ];
    // A chat user's id may have spaces in it, and must not pass for more than one field.
    let fact = |(name, value): (_, &Option<String>)| {
        Some(format!("{name}={}", visible(value.as_deref()?).replace(' ', "\\u{20}")))
    };
    let detail = row.detail.as_deref().map(|detail| format!("detail={}", visible(detail)));
    let facts: Vec<_> = facts.into_iter().filter_map(fact).chain(detail).collect();
    let at = row.at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let (outcome, event) = (visible(&row.outcome), visible(&row.event));
    format!("{at} {outcome:<7} {event} {}", facts.join(" "))
}
