//! What the checks of a commit say, in one line.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use stagepass_kit::text::{clip, dotted};

use crate::model::{CheckRuns, CommitStatus};

/// How many failed checks are named.
const MOST_NAMED: usize = 10;

/// What the checks say.
#[derive(Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Checks {
    /// How many passed, or had nothing to do.
    passed: u32,
    /// How many go on, or wait.
    running: u32,
    /// How many failed.
    failed: u32,
    /// The first of those that failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failing: Vec<String>,
}

impl Checks {
    /// Both kinds of checks together; `None` when neither may be seen.
    pub(crate) fn of(runs: Option<CheckRuns>, status: Option<CommitStatus>) -> Option<Self> {
        if runs.is_none() && status.is_none() {
            return None;
        }
        let mut checks = Self::default();
        for run in runs.and_then(|runs| runs.check_runs).unwrap_or_default() {
            let ended = run.conclusion.filter(|_| run.status.as_deref() == Some("completed"));
            checks.add(ended.as_deref().unwrap_or("pending"), run.name);
        }
        for one in status.and_then(|status| status.statuses).unwrap_or_default() {
            checks.add(one.state.as_deref().unwrap_or("pending"), one.context);
        }
        Some(checks)
    }

    fn add(&mut self, word: &str, name: Option<String>) {
        match word {
            "success" | "neutral" | "skipped" => self.passed += 1,
            "pending" | "stale" => self.running += 1,
            _ => {
                self.failed += 1;
                if self.failing.len() < MOST_NAMED {
                    self.failing.extend(name.map(|name| clip(&name, 80)));
                }
            }
        }
    }
}

impl fmt::Display for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return f.write_str("none");
        }
        let some = |number: u32, word: &str| (number > 0).then(|| format!("{number} {word}"));
        let failed = some(self.failed, "failed").map(|failed| match self.failing.as_slice() {
            [] => failed,
            names => format!("{failed} ({})", names.join(", ")),
        });
        f.write_str(&dotted([failed, some(self.running, "running"), some(self.passed, "passed")]))
    }
}
