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

    /// What of it a person can give to a client: administering only if they own the server, and
    /// speaking for others never.
    #[must_use]
    pub fn given_by(self, owner: bool) -> Self {
        let may_give = |scope: &Scope| match scope {
            Scope::Admin => owner,
            Scope::ActAs => false,
            Scope::Read | Scope::Write | Scope::OfflineAccess => true,
        };
        self.iter().filter(may_give).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_scope_of_ours_is_left_out_and_the_order_is_always_the_same() {
        let read = Scopes::parse("openid mcp.write  profile mcp.read mcp.write MCP.ADMIN");
        assert_eq!(read.to_string(), "mcp.read mcp.write");
        assert_eq!(Scopes::parse(&Scopes::all().to_string()), Scopes::all());
        assert!(Scopes::parse("").is_empty());
    }

    #[test]
    fn writing_includes_reading_and_nothing_else_includes_anything() {
        let write: Scopes = [Scope::Write].into_iter().collect();
        assert!(write.covers(Scope::Read) && write.covers(Scope::Write));
        assert!(!write.covers(Scope::Admin) && !write.covers(Scope::ActAs));
        let read: Scopes = [Scope::Read].into_iter().collect();
        assert!(!read.covers(Scope::Write));
        let admin: Scopes = [Scope::Admin].into_iter().collect();
        assert!(!admin.covers(Scope::Read));
    }

    #[test]
    fn only_an_owner_gives_the_right_to_administer_and_nobody_that_to_act_for_others() {
        assert_eq!(Scopes::all().given_by(false).to_string(), "mcp.read mcp.write offline_access");
        assert!(Scopes::all().given_by(true).covers(Scope::Admin));
        assert!(!Scopes::all().given_by(true).covers(Scope::ActAs));
    }

    #[test]
    fn what_is_within_another_set_is_never_more_than_either() {
        for a in 0..32 {
            for b in 0..32 {
                let both = Scopes(a).within(Scopes(b));
                assert_eq!(both.0 & !a, 0, "{a} {b}");
                assert!(both.iter().all(|scope| Scopes(b).covers(scope)), "{a} {b}");
            }
        }
    }
}
