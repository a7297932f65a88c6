//! Many requests in one call: a few at a time, in order, and none begun that would be in vain.

use std::{
    future::Future,
    sync::{Mutex, PoisonError},
};

use futures::{StreamExt, stream};
use stagepass_kit::{Caller, ToolError, code};

use crate::api::own_code;

/// How many questions Spotify gets at once.
pub(crate) const READS: usize = 3;
/// How many commands: one after the other.
pub(crate) const WRITES: usize = 1;

/// Does `each` of `things`, `at_once` at a time, and gives what came of every one, in their order.
/// When nobody waits any more, or an error tells that the rest would fail as well, no more are begun:
/// they come back as `not_done`. `what` is what somebody is told who watches.
pub(crate) async fn many<I, T, F, Fut>(
    caller: &Caller,
    at_once: usize,
    what: &str,
    things: Vec<I>,
    each: F,
) -> Vec<Result<T, ToolError>>
where
    F: Fn(I) -> Fut,
    Fut: Future<Output = Result<T, ToolError>>,
{
    let total = things.len();
    let (gate, each) = (&Gate::new(caller), &each);
    let mut results = Vec::with_capacity(total);
    let mut doing = stream::iter(things)
        .map(|thing| async move {
            match gate.shut_because() {
                Some(why) => Err(not_done(&why)),
                None => each(thing).await.inspect_err(|error| gate.heard(error)),
            }
        })
        .buffered(at_once);
    while let Some(result) = doing.next().await {
        results.push(result);
        caller.watch().report(count(results.len()), Some(count(total)), what).await;
    }
    results
}

/// The results, unless all failed for a reason that isn't theirs, or there is but one.
///
/// # Errors
/// That reason, or the one error. Where there is `more` to tell, the one error isn't all.
pub(crate) fn unless_all_failed<T>(
    mut results: Vec<Result<T, ToolError>>,
    more: bool,
) -> Result<Vec<Result<T, ToolError>>, ToolError> {
    if results.iter().any(Result::is_ok) {
        return Ok(results);
    }
    let is_to_tell = |error: &ToolError| meets_all(error) || error.provider().is_some();
    let told = results.iter().position(|result| result.as_ref().is_err_and(is_to_tell));
    let told = told.or((results.len() == 1 && !more).then_some(0));
    match told.map(|index| results.swap_remove(index)) {
        Some(Err(error)) => Err(error),
        _ => Ok(results),
    }
}

/// Whether to begin another one.
struct Gate<'a> {
    caller: &'a Caller,
    /// The error that the others would meet, too.
    shut: Mutex<Option<String>>,
}

impl<'a> Gate<'a> {
    fn new(caller: &'a Caller) -> Self {
        Self { caller, shut: Mutex::new(None) }
    }

    fn shut_because(&self) -> Option<String> {
        if self.caller.watch().is_cancelled() {
            return Some("The call was cancelled.".into());
        }
        self.shut.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn heard(&self, error: &ToolError) {
        if meets_all(error) {
            let why = error.message().to_owned();
            self.shut.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
        }
    }
}

/// Whether the next request would get the same answer, whatever it asks for.
fn meets_all(error: &ToolError) -> bool {
    [
        code::NOT_CONNECTED,
        code::NEEDS_RECONNECT,
        code::RATE_LIMITED,
        code::QUOTA_EXCEEDED,
        own_code::OWNER_PREMIUM_REQUIRED,
        own_code::NOT_ALLOWLISTED,
    ]
    .contains(&error.code())
}

fn not_done(why: &str) -> ToolError {
    ToolError::new(
        own_code::NOT_DONE,
        format!("Not tried any more: {why}"),
        "Call again later with what is left.",
    )
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
