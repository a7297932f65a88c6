//! `github_read_file`: a file, some of its lines, or what is in a folder.

mod lines;

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{
    Caller, Effect, Tool, ToolError,
    text::{clean, clip, undotted},
};

use self::lines::Excerpt;
use crate::{
    answer::Lines,
    api::{Ask, Failure, GitHubApi, Refusal},
    model::Content,
    place::FilePlace,
    text::STRANGERS,
};

/// Files and folders in the same shape.
const AS_OBJECT: &str = "application/vnd.github.object+json";
/// How many entries of a folder are shown.
const MOST_ENTRIES: usize = 150;

/// The tool.
pub(crate) struct ReadFile(pub(crate) GitHubApi);

/// Which one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The repository: "owner/repo", or a link to the file itself, with or without "#L10-L20".
    repo: String,
    /// The path of a file or folder, e.g. "src/main.rs"; the top folder if left out.
    path: Option<String>,
    /// A branch, tag or commit; the default branch if left out. Needed beside a link to a branch with
    /// a slash in its name.
    #[serde(rename = "ref")]
    reference: Option<String>,
    /// Which lines of a file: "10-40", "10-" or "10"; from the first on if left out.
    lines: Option<String>,
}

/// A file or a folder.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// `owner/repo`.
    repository: String,
    /// The path; empty for the top folder.
    path: String,
    /// The branch, tag or commit; missing for the default branch.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// `file`, `dir`, `symlink`, `submodule`.
    kind: String,
    /// How many bytes it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    /// Its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Where a symlink leads, or what a submodule is.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    /// The lines of a text file.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Excerpt>,
    /// Why there is no text: `binary`, `too_large`.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_text: Option<&'static str>,
    /// What is in a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<Vec<Entry>>,
    /// How many more are in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    entries_left_out: Option<usize>,
}

/// One entry of a folder.
#[derive(Debug, Serialize, JsonSchema)]
struct Entry {
    /// Its name.
    name: String,
    /// `file`, `dir`, `symlink`, `submodule`.
    kind: String,
    /// How many bytes a file has.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
}

impl Tool for ReadFile {
    const NAME: &'static str = "github_read_file";
    const TITLE: &'static str = "Read a file on GitHub";
    const DESCRIPTION: &'static str = "Reads a text file from a repository on GitHub, or lists a \
        folder. Long files come in parts: go on with `lines`. To find a file, list folders or call \
        github_search_code.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let (path, lines) = (args.path.as_deref(), args.lines.as_deref());
        let place = FilePlace::parse(&args.repo, path, args.reference.as_deref(), lines)?;
        let ask = Ask::get(["repos", &place.repo.owner, &place.repo.name, "contents"])
            .below(&place.path)
            .with_some("ref", place.reference.as_deref())
            .accepting(AS_OBJECT);
        let content = self.0.object::<Content>(caller, &ask).await?;
        Answer::new(&place, content)
    }
}

impl Answer {
    fn new(place: &FilePlace, content: Content) -> Result<Self, ToolError> {
        let kind = match (&content.kind, &content.entries) {
            (Some(kind), _) => clean(kind),
            (None, Some(_)) => "dir".into(),
            (None, None) if content.content.is_some() => "file".into(),
            (None, None) => return Err(Failure::from(Refusal::nonsense()).into()),
        };
        let mut answer = Self {
            repository: place.repo.to_string(),
            path: clip(&place.path, 1_000),
            reference: place.reference.as_deref().map(clean),
            size: content.size.filter(|_| kind == "file"),
            url: content.html_url.as_deref().map(clean),
            target: content
                .target
                .as_ref()
                .or(content.submodule_git_url.as_ref())
                .map(|to| clean(to)),
            text: None,
            no_text: None,
            entries: None,
            entries_left_out: None,
            kind,
        };
        if let Some(entries) = content.entries {
            answer.list(&entries);
        } else if content.content.is_some() {
            match text_of(&content) {
                Some(text) => answer.text = Some(Excerpt::of(&text, place.lines)?),
                None if content.encoding.as_deref() == Some("none") => {
                    answer.no_text = Some("too_large");
                }
                None => answer.no_text = Some("binary"),
            }
        }
        Ok(answer)
    }

    /// Folders first, as on the page.
    fn list(&mut self, entries: &[Content]) {
        let (folders, files): (Vec<_>, Vec<_>) =
            entries.iter().partition(|entry| entry.kind.as_deref() == Some("dir"));
        let left_out = entries.len().saturating_sub(MOST_ENTRIES);
        let shown = folders.into_iter().chain(files).take(MOST_ENTRIES).filter_map(Entry::of);
        self.entries = Some(shown.collect());
        self.entries_left_out = (left_out > 0).then_some(left_out);
    }
}

/// The text in a file's content; `None` for what isn't text, or doesn't come along.
pub(crate) fn text_of(content: &Content) -> Option<String> {
    if content.encoding.as_deref() != Some("base64") {
        return None;
    }
    let packed: String = content.content.as_deref()?.split_whitespace().collect();
    let text = String::from_utf8(STANDARD.decode(packed).ok()?).ok()?;
    (!text.contains('\0')).then_some(text)
}

impl Entry {
    fn of(entry: &Content) -> Option<Self> {
        let kind = entry.kind.as_deref().map_or_else(|| "file".into(), clean);
        Some(Self {
            name: clean(entry.name.as_deref()?),
            size: entry.size.filter(|_| kind == "file"),
            kind,
        })
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match (self.kind.as_str(), self.size) {
            ("dir", _) => f.write_str("/"),
            ("file", Some(size)) => write!(f, " {size}"),
            ("file", None) => Ok(()),
            (kind, _) => write!(f, " ({kind})"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.repository, if self.path.is_empty() { "/" } else { &self.path })?;
        if let Some(reference) = &self.reference {
            write!(f, " at {reference}")?;
        }
        if let Some(target) = &self.target {
            write!(f, " · {} to {}", self.kind, undotted(target))?;
        }
        match (&self.text, self.no_text, &self.entries) {
            (Some(text), _, _) => write!(f, " · {text}\n{STRANGERS}\n{}", text.quoted()),
            (None, Some("too_large"), _) => {
                f.write_str(" · too large to be read here; its page shows it")
            }
            (None, Some(_), _) => f.write_str(" · binary, not shown"),
            (None, None, Some(entries)) => {
                write!(f, " · folder:{}", Lines(entries))?;
                match self.entries_left_out {
                    Some(more) => {
                        write!(f, "\n{more} more; search with github_search_code `path`.")
                    }
                    None => Ok(()),
                }
            }
            (None, None, None) => Ok(()),
        }
    }
}
