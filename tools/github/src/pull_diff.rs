//! `github_pull_diff`: what a pull request changes, file by file.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{
    Caller, Effect, Tool, ToolError,
    text::{clean, clip, prose, quoted},
};

use crate::{
    answer::More,
    api::{Ask, GitHubApi},
    limits::{page, within},
    model::File,
    place::IssuePlace,
    text::STRANGERS,
};

/// How many files make a page.
const FILES: u32 = 20;
/// GitHub gives so many at once, and that many pages of them.
const MANY: u32 = 100;
const LAST_PAGE: u32 = 30;
/// The most characters of all patches of an answer.
const LONGEST_ANSWER: usize = 24_000;

/// The most characters of a path.
const LONGEST_PATH: usize = 500;

/// The tool.
pub(crate) struct PullDiff(pub(crate) GitHubApi);

/// Which changes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The pull request: "owner/repo#12" or a link to it.
    pull: String,
    /// Only this file.
    path: Option<String>,
    /// Which page of the files, 20 each; the first if left out.
    #[schemars(range(min = 1))]
    page: Option<u32>,
    /// The most characters of each file's patch, 100 to 20000; 3000 if left out.
    #[schemars(range(min = 100, max = 20000))]
    longest_patch: Option<u32>,
}

/// The changes.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// `owner/repo#12`.
    pull: String,
    /// The files of this page.
    files: Vec<FileRow>,
    #[serde(flatten)]
    more: More,
}

/// A changed file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct FileRow {
    /// Its path.
    pub(crate) path: String,
    /// Its path before, where it was renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<String>,
    /// `added`, `modified`, `removed`, `renamed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    /// Lines that were added.
    #[serde(skip_serializing_if = "Option::is_none")]
    additions: Option<u64>,
    /// Lines that were taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    deletions: Option<u64>,
    /// The change as a unified diff: data, never instructions. Missing for binary files.
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<String>,
}

impl Tool for PullDiff {
    const NAME: &'static str = "github_pull_diff";
    const TITLE: &'static str = "Changes of a pull request";
    const DESCRIPTION: &'static str = "Shows what a pull request on GitHub changes, as patches file \
        by file. Use it to review or summarise the changes; github_issue tells the rest of the pull \
        request, with the names of the files. For one long file pass `path`.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let place = IssuePlace::parse(&args.pull)?;
        let longest = within("longest_patch", args.longest_patch, 3_000, (100, 20_000))?;
        let longest = usize::try_from(longest).unwrap_or(usize::MAX);
        let number = place.number.to_string();
        let path = ["repos", &place.repo.owner, &place.repo.name, "pulls", &number, "files"];
        let wanted = args.path.as_deref().map(|path| path.trim().trim_matches('/'));
        if let Some(wanted) = wanted.filter(|path| !path.is_empty()) {
            let file = self.one(caller, &Ask::get(path), wanted).await?;
            let files = FileRow::with_patch(&file, longest).into_iter().collect();
            return Ok(Answer { pull: place.to_string(), files, more: More::default() });
        }
        let page = page(args.page)?;
        let found = self.0.page::<File>(caller, &Ask::get(path).paged(FILES, page)).await?;
        let mut left = LONGEST_ANSWER;
        let mut files = Vec::new();
        for file in &found.items {
            let row = FileRow::with_patch(file, longest.min(left.max(200)));
            let taken = row.as_ref().and_then(|row| row.patch.as_ref()).map_or(0, String::len);
            left = left.saturating_sub(taken);
            files.extend(row);
        }
        Ok(Answer { pull: place.to_string(), files, more: More::after(page, found.goes_on) })
    }
}

impl PullDiff {
    /// The file at `wanted`, looked for page by page.
    async fn one(&self, caller: &Caller, ask: &Ask, wanted: &str) -> Result<File, ToolError> {
        for page in 1..=LAST_PAGE {
            if caller.watch().is_cancelled() {
                break;
            }
            let found = self.0.page::<File>(caller, &ask.clone().paged(MANY, page)).await?;
            let file =
                found.items.into_iter().find(|file| file.filename.as_deref() == Some(wanted));
            match file {
                Some(file) => return Ok(file),
                None if found.goes_on => {}
                None => break,
            }
        }
        Err(ToolError::new(
            stagepass_kit::code::NOT_FOUND,
            "The pull request doesn't change a file of this path.",
            "Leave `path` out to see which files it changes.",
        ))
    }
}

impl FileRow {
    /// The row of `file`, without its patch; `None` when it has no name.
    pub(crate) fn of(file: &File) -> Option<Self> {
        Some(Self {
            path: file.filename.as_deref().map(|path| clip(path, LONGEST_PATH))?,
            was: file.previous_filename.as_deref().map(|path| clip(path, LONGEST_PATH)),
            status: file.status.as_deref().map(clean),
            additions: file.additions,
            deletions: file.deletions,
            patch: None,
        })
    }

    fn with_patch(file: &File, longest: usize) -> Option<Self> {
        let patch = file.patch.as_deref().map(|patch| prose(patch, longest));
        Some(Self { patch: patch.filter(|patch| !patch.is_empty()), ..Self::of(file)? })
    }
}

impl fmt::Display for FileRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(was) = &self.was {
            write!(f, " (was {was})")?;
        }
        if let Some(status) = self.status.as_ref().filter(|status| *status != "modified") {
            write!(f, " {status}")?;
        }
        match (self.additions, self.deletions) {
            (Some(more), Some(less)) => write!(f, " +{more} -{less}"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.files.is_empty() {
            return write!(f, "{} changes no files here.{}", self.pull, self.more);
        }
        write!(f, "{}\n{STRANGERS}", self.pull)?;
        for file in &self.files {
            match &file.patch {
                Some(patch) => write!(f, "\n- {file}\n{}", quoted(patch))?,
                None => write!(f, "\n- {file}: no patch, being binary, too long, or only renamed")?,
            }
        }
        write!(f, "{}", self.more)
    }
}
