//! The allowances: how much is left, and when they start anew.

use super::{State, admit::error};
use crate::http::Reply;

/// Seconds until an allowance starts anew.
const HOUR_S: i64 = 1_800;
const MINUTE_S: i64 = 40;

/// The allowance that a path counts against, and how much it is.
fn allowance(path: &str) -> (&'static str, u64, i64) {
    if path.starts_with("/search/code") {
        ("code_search", 10, MINUTE_S)
    } else if path.starts_with("/search/") {
        ("search", 30, MINUTE_S)
    } else {
        ("core", 5_000, HOUR_S)
    }
}

/// Counts a call, or refuses it because nothing is left.
pub(super) fn count(state: &mut State, path: &str) -> Result<(), Reply> {
    let (name, ..) = allowance(path);
    let left = state.world.left.entry(name).or_default();
    if *left == 0 {
        return Err(error(403, "API rate limit exceeded for user ID 10045071."));
    }
    *left -= 1;
    Ok(())
}

/// Says what is left.
pub(super) fn tell(state: &State, path: &str, reply: Reply) -> Reply {
    let (name, limit, seconds) = allowance(path);
    let left = state.world.left.get(name).copied().unwrap_or_default();
    let now = state.accounts.now();
    let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    reply
        .with("date", &date)
        .with("x-ratelimit-limit", &limit.to_string())
        .with("x-ratelimit-remaining", &left.to_string())
        .with("x-ratelimit-used", &limit.saturating_sub(left).to_string())
        .with("x-ratelimit-resource", name)
        .with("x-ratelimit-reset", &(now.timestamp() + seconds).to_string())
}
