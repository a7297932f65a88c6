//! A file or folder, in some version, and some of its lines.

use stagepass_kit::ToolError;

use super::{RepoPlace, link};

/// The longest path, and the longest name of a version.
const LONGEST: usize = 1_000;

/// A file or folder of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilePlace {
    pub(crate) repo: RepoPlace,
    /// Without slashes at its ends; empty for the top folder.
    pub(crate) path: String,
    /// A branch, tag or commit; the default branch if there is none.
    pub(crate) reference: Option<String>,
    /// The first line, and the last one if it isn't the end.
    pub(crate) lines: Option<(u64, Option<u64>)>,
}

impl FilePlace {
    /// Reads a repository, and a link to a file or folder in it: its version is taken to have no
    /// slash in its name. What is passed beside it counts more.
    ///
    /// # Errors
    /// `invalid_argument` for what can't be a place in a repository.
    pub(crate) fn parse(
        repo: &str,
        path: Option<&str>,
        reference: Option<&str>,
        lines: Option<&str>,
    ) -> Result<Self, ToolError> {
        let (segments, fragment) = link(repo).unwrap_or_default();
        let linked = match segments.get(2..).unwrap_or_default() {
            [kind, reference, path @ ..] if matches!(kind.as_str(), "blob" | "tree" | "raw") => {
                (Some(reference.as_str()), Some(path.join("/")))
            }
            _ => (None, None),
        };
        let path = path.map(str::to_owned).or(linked.1).unwrap_or_default();
        let reference = reference.map(str::trim).or(linked.0);
        Ok(Self {
            repo: RepoPlace::parse(repo)?,
            path: inside(&path)?,
            reference: reference.map(version).transpose()?,
            lines: lines.map(some_lines).transpose()?.or_else(|| of_fragment(&fragment?)),
        })
    }
}

/// A path that stays in its repository.
fn inside(path: &str) -> Result<String, ToolError> {
    let path = path.trim().trim_matches('/');
    let path = if path == "." { "" } else { path };
    let is_odd = |part: &str| matches!(part, "" | "." | "..") || part.chars().any(char::is_control);
    if path.len() > LONGEST || (!path.is_empty() && path.split('/').any(is_odd)) {
        return Err(ToolError::invalid_argument(
            "`path` can't be a path in a repository.",
            "Pass it as \"src/main.rs\", from the top folder; leave it out to list that.",
        ));
    }
    Ok(path.to_owned())
}

fn version(text: &str) -> Result<String, ToolError> {
    if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(ToolError::invalid_argument(
            "`ref` can't be a branch, tag or commit.",
            "Pass its name, or leave it out for the default branch.",
        ));
    }
    Ok(text.to_owned())
}

/// `10-20`, `10-`, `10`.
fn some_lines(text: &str) -> Result<(u64, Option<u64>), ToolError> {
    let text = text.trim();
    let (first, last) = match text.split_once('-') {
        Some((first, "")) => (first, None),
        Some((first, last)) => (first, Some(last)),
        None => (text, Some(text)),
    };
    let number = |text: &str| text.trim().parse::<u64>().ok().filter(|number| *number > 0);
    match (number(first), last.map(number)) {
        (Some(first), None) => Ok((first, None)),
        (Some(first), Some(Some(last))) if last >= first => Ok((first, Some(last))),
        _ => Err(ToolError::invalid_argument(
            "`lines` isn't a range of lines.",
            "Pass it as \"10-40\", \"10-\" or \"10\"; the first line is 1.",
        )),
    }
}

/// `L10-L20`, as links have it. Anything else is no reason to refuse a link.
fn of_fragment(fragment: &str) -> Option<(u64, Option<u64>)> {
    let lines = fragment.strip_prefix('L')?.replace("-L", "-");
    some_lines(&lines).ok()
}
