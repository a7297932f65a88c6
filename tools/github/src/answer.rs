//! What several tools answer with: rows of lists, what there is beyond them, what people said.
//! Typed for programs, one line each for the model.

mod issue_row;
mod more;
mod repo_row;
mod said;

use std::fmt;

use stagepass_kit::text::clip;

pub(crate) use issue_row::IssueRow;
pub(crate) use more::More;
pub(crate) use repo_row::RepoRow;
pub(crate) use said::Said;

/// How many characters a list takes at the most, as long as its rows keep [`SHORTEST`] each.
const LONGEST_LIST: usize = 5_400;
const SHORTEST: usize = 100;

/// Rows, one per line; the more there are, the shorter each.
pub(crate) struct Lines<'a, T>(pub(crate) &'a [T]);

impl<T: fmt::Display> fmt::Display for Lines<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = (LONGEST_LIST / self.0.len().max(1)).max(SHORTEST);
        for row in self.0 {
            write!(f, "\n- {}", clip(&row.to_string(), longest))?;
        }
        Ok(())
    }
}
