//! `github_commits`: what was changed lately.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{
    Caller, Effect, Tool, ToolError,
    text::{clip, dotted},
};

use crate::{
    answer::{Lines, More},
    api::{Ask, GitHubApi},
    limits::{page, within},
    model::CommitItem,
    place::FilePlace,
    text::day,
};

/// The most characters of a commit's first line.
const LONGEST_TITLE: usize = 120;
/// The longest name of an account, or e-mail address (RFC 5321), in bytes.
const LONGEST_AUTHOR: usize = 254;

/// The tool.
pub(crate) struct Commits(pub(crate) GitHubApi);

/// Which ones.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The repository: "owner/repo" or a link to it.
    repo: String,
    /// Only those that changed this file or folder.
    path: Option<String>,
    /// From this branch, tag or commit back; the default branch if left out.
    #[serde(rename = "ref")]
    reference: Option<String>,
    /// Only those by this account or e-mail address.
    author: Option<String>,
    /// How many, 1 to 50; 15 if left out.
    #[schemars(range(min = 1, max = 50))]
    limit: Option<u32>,
    /// Which page; the first if left out. Pass `next_page` of the answer before to go on.
    #[schemars(range(min = 1))]
    page: Option<u32>,
}

/// The commits.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// Newest first.
    commits: Vec<Row>,
    #[serde(flatten)]
    more: More,
}

/// One commit.
#[derive(Debug, Serialize, JsonSchema)]
struct Row {
    /// Its id, shortened; good as `ref`.
    sha: String,
    /// The first line of its message, in its author's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// The day.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
}

impl Tool for Commits {
    const NAME: &'static str = "github_commits";
    const TITLE: &'static str = "Commits on GitHub";
    const DESCRIPTION: &'static str = "Lists the latest commits of a repository on GitHub, of a \
        branch, or of one file. Use it to see what changed lately and who changed it; for versions \
        with their notes call github_releases.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let (path, reference) = (args.path.as_deref(), args.reference.as_deref());
        let place = FilePlace::parse(&args.repo, path, reference, None)?;
        let limit = within("limit", args.limit, 15, (1, 50))?;
        let page = page(args.page)?;
        let path = Some(place.path).filter(|path| !path.is_empty());
        let author = args.author.as_deref().map(author).transpose()?;
        let ask = Ask::get(["repos", &place.repo.owner, &place.repo.name, "commits"])
            .with_some("sha", place.reference)
            .with_some("path", path)
            .with_some("author", author)
            .paged(limit, page);
        let found = self.0.page::<CommitItem>(caller, &ask).await?;
        Ok(Answer {
            commits: found.items.iter().filter_map(Row::of).collect(),
            more: More::after(page, found.goes_on),
        })
    }
}

/// Who may have written a commit. Left out, it would be commits of everybody that are told.
fn author(text: &str) -> Result<&str, ToolError> {
    let name = text.trim().trim_start_matches('@');
    if (1..=LONGEST_AUTHOR).contains(&name.len()) && !name.chars().any(char::is_control) {
        return Ok(name);
    }
    Err(ToolError::invalid_argument(
        "`author` is neither an account nor an e-mail address.",
        "Pass a name such as \"octocat\", or leave it out for all commits.",
    ))
}

impl Row {
    /// `None` when it has no id.
    fn of(item: &CommitItem) -> Option<Self> {
        let login = item.author.as_ref().and_then(|author| author.login.as_deref());
        let author = login.or(item.commit.author.name.as_deref());
        let title = item.commit.message.as_deref().and_then(|message| message.lines().next());
        let title = title.map(|title| clip(title, LONGEST_TITLE));
        Some(Self {
            sha: item.sha.as_deref()?.chars().filter(char::is_ascii_hexdigit).take(10).collect(),
            title: title.filter(|title| !title.is_empty()),
            author: author.map(|author| clip(author, 50)),
            day: day(item.commit.author.date.as_ref()),
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = self.title.clone();
        f.write_str(&dotted([Some(self.sha.clone()), title, self.author.clone(), self.day.clone()]))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.commits.is_empty() {
            return write!(f, "No commits.{}", self.more);
        }
        write!(f, "Commits:{}{}", Lines(&self.commits), self.more)
    }
}
