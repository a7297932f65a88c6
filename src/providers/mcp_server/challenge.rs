//! `WWW-Authenticate` (RFC 9110 §11.6.1): what a server says that wants a token.

/// Beyond these, an answer has no challenge.
const LONGEST: usize = 8 * 1024;
const MOST_PARAMETERS: usize = 32;

/// What a `Bearer` challenge says (RFC 6750 §3, RFC 9728 §5.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Challenge {
    /// Where the metadata of the resource is.
    pub resource_metadata: Option<String>,
    /// The scopes that the request needs, with spaces between them.
    pub scope: Option<String>,
    /// What was wrong with the token.
    pub error: Option<String>,
}

/// The first `Bearer` challenge in the values of `WWW-Authenticate`. None where there is none, or
/// where what stands before it can't be read.
#[must_use]
pub fn bearer<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<Challenge> {
    let mut short = values.into_iter().filter(|value| value.len() <= LONGEST);
    short.find_map(|value| Reader(value).bearer())
}

/// The rest of a value.
struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    fn bearer(&mut self) -> Option<Challenge> {
        loop {
            self.separators();
            let scheme = self.token()?;
            let is_bearer = scheme.eq_ignore_ascii_case("bearer");
            let parameters = self.parameters()?;
            if is_bearer {
                return Some(of(&parameters));
            }
        }
    }

    /// The parameters of one challenge. Its end is where a word isn't followed by `=`: that is the
    /// next scheme.
    fn parameters(&mut self) -> Option<Vec<(&'a str, String)>> {
        let mut found = Vec::new();
        if !self.0.starts_with([' ', '\t']) {
            return self.ends_here().then_some(found);
        }
        self.space();
        self.token68();
        loop {
            self.separators();
            if self.0.is_empty() {
                return Some(found);
            }
            let before = self.0;
            let name = self.token()?;
            self.space();
            let Some(rest) = self.0.strip_prefix('=') else {
                self.0 = before;
                return Some(found);
            };
            self.0 = rest;
            self.space();
            let value = self.value()?;
            if found.len() >= MOST_PARAMETERS || !self.ends_here() {
                return None;
            }
            found.push((name, value));
        }
    }

    /// A token or a quoted string.
    fn value(&mut self) -> Option<String> {
        let Some(rest) = self.0.strip_prefix('"') else { return self.token().map(str::to_owned) };
        let (mut value, mut chars) = (String::new(), rest.char_indices());
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.0 = rest.get(at + 1..).unwrap_or_default();
                    return Some(value);
                }
                '\\' => value.push(chars.next()?.1),
                c => value.push(c),
            }
        }
        None
    }

    fn token(&mut self) -> Option<&'a str> {
        let end = self.0.find(|c: char| !is_token(c)).unwrap_or(self.0.len());
        let (token, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        (!token.is_empty()).then_some(token)
    }

    /// What stands in place of parameters, as with `Negotiate`, if it does.
    fn token68(&mut self) {
        let is_in = |c: char| c.is_ascii_alphanumeric() || "-._~+/".contains(c);
        let rest = self.0.trim_start_matches(is_in).trim_start_matches('=');
        let after = rest.trim_start_matches([' ', '\t']);
        if after.is_empty() || after.starts_with(',') {
            self.0 = rest;
        }
    }

    fn separators(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '\t', ',']);
    }

    fn space(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '\t']);
    }

    fn ends_here(&self) -> bool {
        self.0.is_empty() || self.0.starts_with([',', ' ', '\t'])
    }
}

/// RFC 9110 §5.6.2.
fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

/// Each parameter counts once: two that disagree are no word to go by.
fn of(parameters: &[(&str, String)]) -> Challenge {
    let value = |name: &str| {
        let mut all = parameters.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let (_, value) = all.next()?;
        (all.next().is_none() && !value.is_empty()).then(|| value.clone())
    };
    Challenge {
        resource_metadata: value("resource_metadata"),
        scope: value("scope"),
        error: value("error"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(value: &str) -> Option<(Option<String>, Option<String>, Option<String>)> {
        bearer([value]).map(|it| (it.resource_metadata, it.scope, it.error))
    }

    #[test]
    fn a_challenge_says_where_its_metadata_are_and_what_it_wants() {
        let value = r#"Bearer realm="x", error="invalid_token", resource_metadata="https://a.example/.well-known/oauth-protected-resource/mcp", scope="files:read files:write""#;
        let url = "https://a.example/.well-known/oauth-protected-resource/mcp";
        let whole = (
            Some(url.to_owned()),
            Some("files:read files:write".into()),
            Some("invalid_token".into()),
        );
        assert_eq!(read(value), Some(whole.clone()));
        assert_eq!(read(&value.replace("Bearer", "bEARER")), Some(whole.clone()));
        assert_eq!(read(&value.replace(", ", " ,\t,")), Some(whole.clone()));
        assert_eq!(read(&value.replace('=', " = ")), Some(whole));
    }

    #[test]
    fn a_bearer_challenge_is_found_among_others() {
        for before in [
            "Basic realm=\"a, Bearer scope=\\\"no\\\"\", ",
            "Negotiate, ",
            "Negotiate YWJjZA==, ",
            "Negotiate ab/cd+e, ",
            "Digest realm=x, qop=\"auth\", nonce=abc, ",
            "DPoP algs=\"ES256\" , ",
        ] {
            let value = format!("{before}Bearer scope=a");
            assert_eq!(read(&value), Some((None, Some("a".into()), None)), "{before}");
        }
        let both = bearer(["Basic realm=x", "Bearer scope=\"b\", Basic realm=y"]);
        assert_eq!(both.unwrap().scope.as_deref(), Some("b"));
    }

    #[test]
    fn a_quoted_string_may_hold_quotes_and_commas() {
        let value = r#"Bearer error_description="say \"no\", scope=x", scope="a \\ b""#;
        assert_eq!(read(value), Some((None, Some("a \\ b".into()), None)));
    }

    #[test]
    fn a_parameter_that_comes_twice_is_none() {
        let twice = "Bearer resource_metadata=\"https://a\", resource_metadata=\"https://b\"";
        assert_eq!(read(twice), Some((None, None, None)));
    }

    #[test]
    fn what_is_no_challenge_is_none() {
        assert_eq!(read("Bearer"), Some((None, None, None)));
        for nothing in [
            "",
            ",,",
            "Basic realm=x",
            "Bearer scope=\"open",
            "Bearer scope=\"a\"b",
            "\"Bearer\" scope=a",
            "Bearer=1",
        ] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
        for endless in
            ["x=y, ".repeat(MOST_PARAMETERS + 1), format!("x=\"{}\"", "y".repeat(LONGEST))]
        {
            assert_eq!(read(&format!("Bearer {endless}, scope=a")), None);
        }
    }

    proptest! {
        #[test]
        fn no_value_stops_the_reader(value in "(Bearer|Basic|[ -~]){0,3}[ -~é]{0,200}") {
            let _ = bearer([value.as_str()]);
        }

        #[test]
        fn what_was_quoted_is_read_back(scope in "[ -~]{1,60}") {
            let quoted = scope.replace('\\', "\\\\").replace('"', "\\\"");
            prop_assert_eq!(read(&format!("Bearer scope=\"{quoted}\"")).unwrap().1, Some(scope));
        }
    }
}
