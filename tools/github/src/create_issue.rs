//! `github_create_issue`: a new issue.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stagepass_kit::{Caller, Effect, Tool, ToolError, text::clean};

use crate::{
    api::{Ask, Failure, GitHubApi, Refusal},
    comment::{WRITING, text_to_send},
    model::Issue,
    place::{IssuePlace, RepoPlace},
};

/// The most characters of a title that GitHub takes.
const LONGEST_TITLE: usize = 256;
/// The most labels and assignees of one issue.
const MOST_LABELS: usize = 100;
const MOST_ASSIGNEES: usize = 10;

/// The tool.
pub(crate) struct CreateIssue(pub(crate) GitHubApi);

/// What to write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The repository: "owner/repo" or a link to it.
    repo: String,
    /// The title, at most 256 characters.
    title: String,
    /// The text, in Markdown.
    body: Option<String>,
    /// Labels that the repository has. GitHub leaves them out, without a word, where the person may
    /// not set any.
    labels: Option<Vec<String>>,
    /// Accounts to assign it to, at most 10. Left out like labels.
    assignees: Option<Vec<String>>,
}

/// The new issue.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// `owner/repo#12`.
    issue: String,
    /// Its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Labels and assignees that GitHub left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<String>,
}

impl Tool for CreateIssue {
    const NAME: &'static str = "github_create_issue";
    const TITLE: &'static str = "Create a GitHub issue";
    const DESCRIPTION: &'static str = "Opens a new issue on GitHub in the person's name, for \
        everybody there to see. Look with github_search_issues first whether it exists; let the \
        person see title and text before. To add to an issue, call github_comment.";
    const EFFECT: Effect = Effect::Changes;
    const SCOPES: &'static [&'static str] = &[];
    const OPTIONAL_SCOPES: &'static [&'static str] = &["repo"];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let repo = RepoPlace::parse(&args.repo)?;
        let title = title_to_send(&args.title)?;
        let mut body = json!({ "title": title });
        if let Some(fields) = body.as_object_mut() {
            if let Some(text) = args.body.as_deref().filter(|text| !text.trim().is_empty()) {
                fields.insert("body".into(), text_to_send("body", text)?.into());
            }
            for (name, values, most) in [
                ("labels", &args.labels, MOST_LABELS),
                ("assignees", &args.assignees, MOST_ASSIGNEES),
            ] {
                let values = values.as_deref().unwrap_or_default();
                if values.len() > most {
                    return Err(ToolError::invalid_argument(
                        format!("There are too many {name}."),
                        format!("Pass {most} at the most."),
                    ));
                }
                if !values.is_empty() {
                    fields.insert(name.into(), values.into());
                }
            }
        }
        let ask =
            Ask::post(["repos", &repo.owner, &repo.name, "issues"]).sending(body).needing(WRITING);
        let issue = self.0.object::<Issue>(caller, &ask).await?;
        Ok(Answer::new(&repo, &issue, &args)?)
    }
}

impl Answer {
    fn new(repo: &RepoPlace, issue: &Issue, args: &Args) -> Result<Self, Failure> {
        let number = issue.number.ok_or_else(Refusal::unreadable)?;
        let assignees = issue.assignees.iter().flatten();
        let assignees: Vec<_> = assignees.filter_map(|user| user.login.as_deref()).collect();
        let has_label = |label: &&String| issue.labels.0.iter().any(|has| same(has, label));
        let has_assignee = |login: &&String| assignees.iter().any(|has| same(has, login));
        let labels = args.labels.iter().flatten().filter(|label| !has_label(label));
        let people = args.assignees.iter().flatten().filter(|login| !has_assignee(login));
        Ok(Self {
            issue: IssuePlace { repo: repo.clone(), number }.to_string(),
            url: issue.html_url.as_deref().map(clean),
            left_out: labels.chain(people).map(|name| clean(name)).collect(),
        })
    }
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other.trim_start_matches('@'))
}

fn title_to_send(title: &str) -> Result<String, ToolError> {
    let title = crate::query::one_line(title);
    if (1..=LONGEST_TITLE).contains(&title.chars().count()) {
        return Ok(title);
    }
    Err(ToolError::invalid_argument(
        "`title` is empty or too long.",
        "Pass 1 to 256 characters; the rest goes into `body`.",
    ))
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Created {}.", self.issue)?;
        if let Some(url) = &self.url {
            write!(f, " {url}")?;
        }
        if !self.left_out.is_empty() {
            write!(f, "\nGitHub left out: {}.", self.left_out.join(", "))?;
        }
        Ok(())
    }
}
