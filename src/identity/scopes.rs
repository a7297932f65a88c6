//! What an access token of ours allows (RFC 6749 §3.3).

use std::fmt;

/// One scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Tools that look and change nothing.
    Read = 1,
    /// All tools. Includes [`Scope::Read`].
    Write = 2,
    /// The operator's API.
    Admin = 4,
    /// Speaking for a bot's chat users.
    ActAs = 8,
    /// To stay signed in. Refresh tokens are given anyway; clients want to ask.
    OfflineAccess = 16,
}

impl Scope {
    const ALL: [Self; 5] = [Self::Read, Self::Write, Self::Admin, Self::ActAs, Self::OfflineAccess];

    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "mcp.read",
            Self::Write => "mcp.write",
            Self::Admin => "mcp.admin",
            Self::ActAs => "mcp.act_as",
            Self::OfflineAccess => "offline_access",
        }
    }

    /// What a person is told that it allows; nothing where there is nothing to agree to.
    #[must_use]
    pub fn in_words(self) -> Option<&'static str> {
        match self {
            Self::Read => Some("look things up for you with the tools of this server"),
            Self::Write => {
                Some("change things for you: play, edit, connect and disconnect accounts")
            }
            Self::Admin => Some("administer this server"),
            Self::ActAs => Some("speak for the users of its chat"),
            Self::OfflineAccess => None,
        }
    }
}

/// A set of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u8);

impl Scopes {
    /// All there are.
    #[must_use]
    pub fn all() -> Self {
        Scope::ALL.into_iter().collect()
    }

    /// What the tools need: what a client gets that asks for nothing.
    #[must_use]
    pub fn tools() -> Self {
        [Scope::Read, Scope::Write].into_iter().collect()
    }

    /// Those in `text`, a list with spaces between them. What isn't a scope of ours is left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let known = |word| Scope::ALL.into_iter().find(|scope| scope.as_str() == word);
        text.split(' ').filter_map(known).collect()
    }

    /// Those that are in both, where a scope is also in a set that has one which includes it.
    #[must_use]
    pub fn within(self, other: Self) -> Self {
        self.iter().filter(|scope| other.covers(*scope)).collect()
    }

    /// Whether `scope` is in it, or one that includes it.
    #[must_use]
    pub fn covers(self, scope: Scope) -> bool {
        let includes_it = if scope == Scope::Read { Scope::Write as u8 } else { 0 };
        self.0 & (scope as u8 | includes_it) != 0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The scopes, always in the same order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.0 & *scope as u8 != 0)
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | scope as u8))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(Scope::as_str).collect();
        f.write_str(&names.join(" "))
    }
}
