//! Repositories and what is in them.

/// A repository.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "switches that tests flip one by one")]
pub struct Repository {
    /// Whose it is.
    pub owner: String,
    /// Its name there.
    pub name: String,
    /// Names it had before.
    pub former_names: Vec<String>,
    /// What it is.
    pub description: Option<String>,
    /// Only members see it.
    pub private: bool,
    /// Who has access, besides everybody to what is public.
    pub members: Vec<String>,
    /// Nobody can change it.
    pub archived: bool,
    /// It has issues.
    pub has_issues: bool,
    /// Its organization wants a single sign-on first.
    pub wants_sso: bool,
    /// Its organization hasn't approved the OAuth app.
    pub restricts_apps: bool,
    /// It was taken down.
    pub blocked: bool,
    /// The GitHub App isn't installed in it.
    pub without_app: bool,
    /// Its language.
    pub language: Option<String>,
    /// Its stars.
    pub stars: u64,
    /// Its topics.
    pub topics: Vec<String>,
    /// The labels that issues can have.
    pub labels: Vec<String>,
    /// Its files: path and content.
    pub files: Vec<(String, Vec<u8>)>,
    /// Newest first.
    pub commits: Vec<Commit>,
    /// Newest first.
    pub releases: Vec<Release>,
    /// Issues and pull requests.
    pub issues: Vec<Issue>,
}

impl Repository {
    /// `owner/name`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The issue or pull request with this number.
    ///
    /// # Panics
    /// When there is none.
    pub fn issue(&mut self, number: u64) -> &mut Issue {
        let found = self.issues.iter_mut().find(|issue| issue.number == number);
        found.unwrap_or_else(|| panic!("there is no issue {number}"))
    }
}

/// An issue or pull request.
#[derive(Debug, Clone, Default)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: Option<String>,
    /// Who opened it.
    pub author: String,
    /// It is closed, for this reason.
    pub closed: Option<Option<String>>,
    /// Its labels.
    pub labels: Vec<String>,
    /// To whom it is assigned.
    pub assignees: Vec<String>,
    /// What was said.
    pub comments: Vec<Comment>,
    /// Only members may comment.
    pub locked: bool,
    /// What makes it a pull request.
    pub pull: Option<Pull>,
}

/// A comment.
#[derive(Debug, Clone, Default)]
pub struct Comment {
    /// Who.
    pub author: String,
    /// What.
    pub body: String,
}

impl Comment {
    /// What somebody says.
    #[must_use]
    pub fn new(author: &str, body: &str) -> Self {
        Self { author: author.to_owned(), body: body.to_owned() }
    }
}

/// What pull requests have besides being issues.
#[derive(Debug, Clone, Default)]
pub struct Pull {
    /// It is merged.
    pub merged: bool,
    /// It isn't ready.
    pub draft: bool,
    /// The commit that it brings.
    pub sha: String,
    /// Its branch.
    pub head: String,
    /// What it changes.
    pub files: Vec<File>,
    /// Who said what: `APPROVED`, `COMMENTED`.
    pub reviews: Vec<(String, String)>,
    /// Whose review is awaited.
    pub awaited: Vec<String>,
    /// Checks by name: their conclusion, if they have ended.
    pub checks: Vec<(String, Option<String>)>,
    /// The older kind: context and state.
    pub statuses: Vec<(String, String)>,
}

/// A changed file.
#[derive(Debug, Clone, Default)]
pub struct File {
    /// Its path.
    pub path: String,
    /// `added`, `modified`, `renamed` …
    pub status: String,
    /// Its path before.
    pub was: Option<String>,
    /// Lines added and taken away.
    pub lines: (u64, u64),
    /// The change; none for binary files.
    pub patch: Option<String>,
}

/// A commit.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// Its id.
    pub sha: String,
    /// Its message.
    pub message: String,
    /// Who wrote it, if they have an account.
    pub author: Option<String>,
    /// The paths it changes.
    pub paths: Vec<String>,
}

/// A release.
#[derive(Debug, Clone, Default)]
pub struct Release {
    /// Its tag.
    pub tag: String,
    /// Its notes.
    pub notes: String,
    /// It is for trying out.
    pub prerelease: bool,
}

/// A notification.
#[derive(Debug, Clone, Default)]
pub struct Notification {
    /// Its id.
    pub id: String,
    /// It is unread.
    pub unread: bool,
    /// Why.
    pub reason: String,
    /// The repository.
    pub repository: String,
    /// The issue or pull request, if it is about one.
    pub number: Option<u64>,
    /// `Issue`, `PullRequest`, `Release` …
    pub kind: String,
    /// Its title.
    pub title: String,
    /// When.
    pub updated_at: String,
}
