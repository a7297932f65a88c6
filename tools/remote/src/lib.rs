//! Other MCP servers, asked on behalf of whoever calls, with that person's own token for them.
//!
//! A [`Remote`] is one server. What it lists becomes ours by its name ([`split_name`], [`split_uri`]) and
//! belongs to the person who sees it, as do the session and every answer. Servers of both eras are spoken
//! to (MCP 2026-07-28, and those with `initialize`).
//!
//! A remote is a stranger. It gets nothing of our client's but the arguments of the call; it may take so
//! much time, so many bytes and so many places (`limits.rs`); and what it says is taken apart, cleaned
//! and put together again (`clean.rs`). Whether its descriptions may reach a model is the host's decision.

mod answers;
mod ask;
mod breaker;
mod call;
mod clean;
mod complete;
mod credentials;
mod exchange;
mod fault;
mod health;
mod limits;
mod link;
mod links;
mod lists;
mod look;
mod names;
mod prompt;
mod remote;
mod resource;
mod seats;
mod waiting;

pub use answers::{Answers, Input, Outcome};
pub use complete::Of;
pub use credentials::Credentials;
pub use fault::REMOTE_ERROR;
pub use health::State;
pub use lists::{Entry, List, Listed};
pub use names::{split_name, split_uri};
pub use remote::Remote;

#[cfg(test)]
mod tests;
