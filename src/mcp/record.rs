//! What a call leaves in the record: one row, however the call ends.

use std::time::Duration;

use http::request::Parts;
use stagepass_kit::{Caller, ToolError, code};

use crate::{
    audit::{Audit, Entry, Place},
    identity::Principal,
    web::address::ClientAddress,
};

/// How it ended if nobody says: the tool panicked.
const BROKEN_OFF: &str = "broken_off";
/// What is said of one that nobody waited for any more; what it had begun by then, it finished.
const CANCELLED: &str = "cancelled";
/// When a call may be tried again that couldn't be recorded.
const WAIT: Duration = Duration::from_secs(5);

/// A call that is under way. When this is dropped, its row is put.
pub(super) struct Call {
    /// By whom, from where, of what, and the place for it.
    known: Option<(Place, Entry)>,
    caller: Caller,
    /// Why it came to nothing; none if it was done.
    refusal: Option<String>,
}

impl Call {
    /// Begins a call, `event` of what is called `name`, once it is certain that it will be recorded.
    ///
    /// # Errors
    /// `internal` when it can't be: then it mustn't be made.
    pub(super) async fn begin(
        audit: &Audit,
        event: &str,
        name: &str,
        caller: &Caller,
        request: Option<&Parts>,
    ) -> Result<Self, ToolError> {
        let place = audit.place().await.map_err(|full| unrecorded().caused_by(full))?;
        let mut entry = Entry::done(event).tool(name).person(caller.identity());
        if let Some(principal) = request.and_then(|parts| parts.extensions.get::<Principal>()) {
            entry = entry.principal(principal);
        }
        if let Some(address) = request.and_then(|parts| parts.extensions.get::<ClientAddress>()) {
            entry = entry.address(address.0);
        }
        let refusal = Some(BROKEN_OFF.to_owned());
        Ok(Self { known: Some((place, entry)), caller: caller.clone(), refusal })
    }

    /// It is over: done, or refused with this code.
    pub(super) fn end(mut self, refusal: Option<&str>) {
        self.refusal = refusal.map(str::to_owned);
    }

    /// It is over, and leaves no row.
    pub(super) fn forget(mut self) {
        self.known = None;
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let Some((place, mut entry)) = self.known.take() else { return };
        entry = match &self.refusal {
            Some(code) => entry.refusal(code),
            None if self.caller.watch().is_cancelled() => entry.detail(CANCELLED),
            None => entry,
        };
        let used = self.caller.route();
        if let Some(provider) = used.provider {
            entry = entry.provider(&provider);
        }
        if let Some(id) = used.connection {
            entry = entry.connection(&id);
        }
        place.put(entry);
    }
}

fn unrecorded() -> ToolError {
    ToolError::new(
        code::INTERNAL,
        "This server can't write its record at the moment, and makes no call that isn't recorded.",
        "Try again in 5 seconds; if it stays, the server's log says why.",
    )
    .retry_after(WAIT)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::{DateTime, Utc};
    use stagepass_kit::{Identity, testing::NoAccounts};

    use super::*;
    use crate::{
        clock::Clock,
        store::{AuditFilter, Db},
    };

    #[tokio::test]
    async fn a_call_that_comes_to_no_end_leaves_a_row_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(None, folder.path()).await.unwrap();
        let audit = Audit::new(db.clone(), Clock::fixed(DateTime::<Utc>::UNIX_EPOCH, 1));
        let caller = Caller::new(Identity::local(), Arc::new(NoAccounts));
        drop(Call::begin(&audit, "tool.called", "a_tool", &caller, None).await.unwrap());
        audit.drain(Duration::from_secs(30)).await;
        let filter = AuditFilter::default();
        let rows = db.audit_since(DateTime::UNIX_EPOCH, 9, &filter).await.unwrap();
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.tool.as_deref(), row.outcome.as_str()), (Some("a_tool"), "refused"));
        assert_eq!(row.detail.as_deref(), Some(BROKEN_OFF));
        db.close().await;
    }
}
