//! The parameters of a request: each once, and an empty one is none (RFC 6749 §3.1, §3.2).

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;

/// The parameters of one request. They may hold secrets, so there is no `Debug`.
pub(super) struct Parameters(BTreeMap<String, SecretString>);

/// A parameter that was sent more than once.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Repeated(pub(super) String);

impl Parameters {
    /// Reads `application/x-www-form-urlencoded`.
    pub(super) fn read(encoded: &[u8]) -> Result<Self, Repeated> {
        let mut read = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(encoded).filter(|(_, value)| !value.is_empty())
        {
            // RFC 8707 §2 lets `resource` repeat; a token of ours has one audience.
            if read.insert(name.to_string(), SecretString::from(value.into_owned())).is_some() {
                return Err(Repeated(name.into_owned()));
            }
        }
        Ok(Self(read))
    }

    /// The value of `name`.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(ExposeSecret::expose_secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_counts_once_and_an_empty_one_not_at_all() {
        let read = Parameters::read(b"a=1&b=&c=%20x").ok().unwrap();
        assert_eq!((read.get("a"), read.get("b"), read.get("c")), (Some("1"), None, Some(" x")));
        assert_eq!(Parameters::read(b"a=1&a=1").err(), Some(Repeated("a".to_owned())));
    }
}
