//! Who the tokens belong to.

use std::{fmt, str::FromStr, sync::Arc};

/// How an identity came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Realm {
    /// A person who signed in here.
    User,
    /// A chat user that a bot speaks for, inside that bot's own namespace.
    Chat,
    /// The owner of a local process.
    Local,
    /// A program that signs in as itself.
    Client,
}

impl Realm {
    /// The word used in stored keys and in `Auth(status)`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Chat => "chat",
            Self::Local => "local",
            Self::Client => "client",
        }
    }
}

/// Who the tokens belong to. Made from the transport alone: never from a tool's argument, never
/// from anything that a model wrote.
///
/// Its `Display` is the canonical key, `realm:namespace:external_id`, with `:` and `%` inside a
/// part percent-encoded, so that two different identities never share a key. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    realm: Realm,
    namespace: Arc<str>,
    external_id: Arc<str>,
}

impl Identity {
    /// The identity `external_id` inside `namespace` of `realm`.
    pub fn new(
        realm: Realm,
        namespace: impl Into<Arc<str>>,
        external_id: impl Into<Arc<str>>,
    ) -> Self {
        Self { realm, namespace: namespace.into(), external_id: external_id.into() }
    }

    /// The owner of a local process: the only person there is when sign-in is off.
    #[must_use]
    pub fn local() -> Self {
        Self::new(Realm::Local, "", "owner")
    }

    /// How this identity came to be known.
    #[must_use]
    pub fn realm(&self) -> Realm {
        self.realm
    }

    /// Within what its external id is unique: a provider's id, or a bot's client id.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The client id of the bot that speaks for a chat user; none for anybody else.
    #[must_use]
    pub fn bot(&self) -> Option<&str> {
        (self.realm == Realm::Chat).then_some(&*self.namespace)
    }

    /// What a person would call this identity.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.external_id
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}",
            self.realm.as_str(),
            escape(&self.namespace),
            escape(&self.external_id)
        )
    }
}

/// A stored key that isn't one of ours.
#[derive(Debug, thiserror::Error)]
#[error("not the key of an identity")]
pub struct ParseIdentityError;

impl FromStr for Identity {
    type Err = ParseIdentityError;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        let mut parts = key.split(':');
        let (Some(realm), Some(namespace), Some(external_id), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ParseIdentityError);
        };
        let realm = [Realm::User, Realm::Chat, Realm::Local, Realm::Client]
            .into_iter()
            .find(|known| known.as_str() == realm)
            .ok_or(ParseIdentityError)?;
        Ok(Self::new(realm, unescape(namespace), unescape(external_id)))
    }
}

fn escape(part: &str) -> String {
    part.replace('%', "%25").replace(':', "%3A")
}

fn unescape(part: &str) -> String {
    part.replace("%3A", ":").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_one_identity_even_when_its_parts_hold_the_separator() {
        let one = Identity::new(Realm::Chat, "a:b", "c");
        let other = Identity::new(Realm::Chat, "a", "b:c");
        assert_ne!(one.to_string(), other.to_string());
    }

    #[test]
    fn a_key_reads_back_as_the_identity_it_was_made_from() {
        for odd in ["", ":", "%", "%3A", "%253A", "whatsapp:+49", "%:%25:"] {
            let identity = Identity::new(Realm::Chat, odd, odd);
            assert_eq!(identity.to_string().parse::<Identity>().unwrap(), identity);
        }
    }

    #[test]
    fn strangers_keys_are_refused() {
        for key in ["", "local", "local:", "local:a:b:c", "root:a:b"] {
            assert!(key.parse::<Identity>().is_err(), "{key}");
        }
    }
}
