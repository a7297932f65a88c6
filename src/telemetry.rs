//! Logs, on standard error.

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    fmt::MakeWriter,
    layer::SubscriberExt,
};

/// A subscriber that writes what `filter` lets through (as `tracing` writes filters).
///
/// Libraries are held to warnings, whatever the filter says: their more talkative levels print
/// requests and messages, with tokens and codes in them. rmcp is held to errors: its warnings print
/// what we answer, and that may name a link.
///
/// # Errors
/// When `filter` isn't a filter.
pub fn subscriber<W>(
    filter: &str,
    writer: W,
) -> Result<impl Subscriber + Send + Sync, tracing_subscriber::filter::ParseError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(filter)?.and(filter_fn(may_speak));
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false);
    Ok(tracing_subscriber::registry().with(lines.with_filter(filter)))
}

fn may_speak(event: &Metadata<'_>) -> bool {
    let most = if event.target().starts_with("rmcp") { Level::ERROR } else { Level::WARN };
    event.target().starts_with("stagepass") || *event.level() <= most
}
