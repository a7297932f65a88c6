//! What there is beyond the rows of an answer.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::limits::MOST_FOUND;

/// What there is beyond the rows.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub(crate) struct More {
    /// The `page` that shows more; missing when there is no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_page: Option<u32>,
    /// Whether GitHub ran out of time, so that results may be missing.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) incomplete: bool,
    /// Whether organizations that want a single sign-on were left out.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) without_sso_organizations: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !value
}

impl More {
    /// The page after `page`, if there is one.
    pub(crate) fn after(page: u32, goes_on: bool) -> Self {
        Self { next_page: goes_on.then_some(page.saturating_add(1)), ..Self::default() }
    }

    /// Whether a search with `total` results has another page that GitHub gives.
    pub(crate) fn search_goes_on(page: u32, limit: u32, total: Option<u64>) -> bool {
        let reached = page.saturating_mul(limit);
        reached < MOST_FOUND && total.is_some_and(|total| u64::from(reached) < total)
    }
}

impl fmt::Display for More {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(page) = self.next_page {
            write!(f, "\nMore with page {page}.")?;
        }
        if self.incomplete {
            f.write_str("\nGitHub ran out of time: there may be more. Narrow the search down.")?;
        }
        if self.without_sso_organizations {
            f.write_str("\nOrganizations that want a single sign-on for this app were left out.")?;
        }
        Ok(())
    }
}
