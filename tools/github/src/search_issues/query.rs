//! From arguments to GitHub's search words.

use stagepass_kit::ToolError;

use super::{Args, Kind, State};
use crate::{
    place::RepoPlace,
    query::{account, fitting, quoted, words},
};

/// All of `args` in one line.
///
/// # Errors
/// `invalid_argument` when there is nothing to look for, or too much.
pub(super) fn of(args: &Args) -> Result<String, ToolError> {
    let repo = args.repo.as_deref().map(RepoPlace::parse).transpose()?;
    let state = args.state.map(|state| match state {
        State::Open => "is:open",
        State::Closed => "is:closed",
        State::Merged => "is:merged",
    });
    let mut parts: Vec<String> = Vec::new();
    parts.extend(args.query.as_deref().map(words).filter(|words| !words.is_empty()));
    parts.extend(repo.map(|repo| format!("repo:{repo}")));
    parts.extend(state.map(str::to_owned));
    for (name, value) in [
        ("user", &args.owner),
        ("author", &args.author),
        ("assignee", &args.assignee),
        ("involves", &args.involves),
        ("review-requested", &args.review_requested),
    ] {
        parts.extend(value.as_deref().map(|value| account(name, value)).transpose()?);
    }
    parts.extend(args.labels.iter().flatten().filter_map(|label| quoted("label", label)));
    fitting(&parts.join(" "))
}

/// Each kind once. What can only be a pull request is looked for among those alone.
pub(super) fn kinds(args: &Args) -> Vec<Kind> {
    let is_pull = args.state == Some(State::Merged) || args.review_requested.is_some();
    let asked = args.kinds.as_deref().unwrap_or_default();
    let wants = |kind| asked.is_empty() || asked.contains(&kind);
    let mut kinds = Vec::new();
    if wants(Kind::Issue) && !is_pull {
        kinds.push(Kind::Issue);
    }
    if wants(Kind::Pull) || is_pull {
        kinds.push(Kind::Pull);
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_folded_into_one_line() {
        let args = Args {
            query: Some(" lamp\nflickers ".into()),
            repo: Some("https://github.com/octo/lanterns".into()),
            state: Some(State::Open),
            author: Some("@alice".into()),
            involves: Some("me".into()),
            labels: Some(vec!["good \"first\" issue".into(), " ".into()]),
            ..Args::default()
        };
        assert_eq!(
            of(&args).unwrap(),
            "lamp flickers repo:octo/lanterns is:open author:alice involves:@me \
             label:\"good first issue\""
        );
        let open = Args {
            query: Some("\"not closed\" \"open".into()),
            repo: Some("octo/lanterns".into()),
            labels: Some(vec!["a\\".into(), "b".into()]),
            ..Args::default()
        };
        let wanted = "\"not closed\" open repo:octo/lanterns label:\"a\" label:\"b\"";
        assert_eq!(of(&open).unwrap(), wanted);
    }

    #[test]
    fn what_github_would_misunderstand_is_refused_here() {
        for bad in [
            Args::default(),
            Args { query: Some("x".repeat(257)), ..Args::default() },
            Args { repo: Some("nothing".into()), ..Args::default() },
            Args { author: Some("a b".into()), ..Args::default() },
            Args { assignee: Some("x is:open".into()), ..Args::default() },
            Args { involves: Some("@".into()), ..Args::default() },
        ] {
            assert_eq!(of(&bad).unwrap_err().code(), "invalid_argument", "{bad:?}");
        }
    }

    #[test]
    fn only_pull_requests_are_merged_or_reviewed() {
        assert_eq!(kinds(&Args::default()), [Kind::Issue, Kind::Pull]);
        let merged = Args { state: Some(State::Merged), ..Args::default() };
        assert_eq!(kinds(&merged), [Kind::Pull]);
        let issues = Args { kinds: Some(vec![Kind::Issue, Kind::Issue]), ..Args::default() };
        assert_eq!(kinds(&issues), [Kind::Issue]);
    }
}
