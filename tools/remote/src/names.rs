//! What the things of a remote are called here: its name goes in front, so that nothing of it can pass for
//! something of ours or of another remote.

/// The longest name that the clients people use accept.
const LONGEST_NAME: usize = 64;
/// The longest URI that is passed on, in bytes.
const LONGEST_URI: usize = 2_048;

/// What `own`, a tool or a prompt of `remote`, is called here. Nothing if no client could call it so.
pub(crate) fn name(remote: &str, own: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let fits = !own.is_empty() && own.chars().all(plain);
    let name = format!("{remote}_{own}");
    (fits && name.len() <= LONGEST_NAME).then_some(name)
}

/// The remote and its own name of what is called `name` here, if that can be a remote's.
#[must_use]
pub fn split_name(name: &str) -> Option<(&str, &str)> {
    name.split_once('_')
}

/// What `own`, a URI of `remote` or a template of URIs, is here: the remote's name becomes part of the
/// scheme. Nothing if it isn't a URI, or one too long.
pub(crate) fn uri(remote: &str, own: &str) -> Option<String> {
    let (scheme, rest) = own.split_once(':')?;
    let first = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let visible = !rest.chars().any(|c| c.is_control() || c.is_whitespace());
    let fits = first && scheme.chars().all(plain) && visible && own.len() <= LONGEST_URI;
    fits.then(|| format!("{remote}+{own}"))
}

/// The remote and its own URI of what is `uri` here, if that can be a remote's.
#[must_use]
pub fn split_uri(uri: &str) -> Option<(&str, &str)> {
    let (scheme, _) = uri.split_once(':')?;
    let (remote, _) = scheme.split_once('+')?;
    Some((remote, uri.get(remote.len() + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_remote_leads_back_to_it() {
        let here = name("my-box", "read_file").unwrap();
        assert_eq!(here, "my-box_read_file");
        assert_eq!(split_name(&here), Some(("my-box", "read_file")));
        assert_eq!(split_name("Auth"), None);
        for odd in ["", "a b", "ä", "a/b", "a\u{202e}b", &"x".repeat(58)] {
            assert_eq!(name("my-box", odd), None, "{odd:?}");
        }
    }

    #[test]
    fn a_uri_of_a_remote_leads_back_to_it() {
        let here = uri("my-box", "git+ssh://host/x").unwrap();
        assert_eq!(here, "my-box+git+ssh://host/x");
        assert_eq!(split_uri(&here), Some(("my-box", "git+ssh://host/x")));
        assert_eq!(split_uri("spotify://me"), None);
        for odd in ["", "no-scheme", "://x", "1a:b", "a b:c", "a:b c", "a:b\n"] {
            assert_eq!(uri("my-box", odd), None, "{odd:?}");
        }
        assert_eq!(uri("my-box", &format!("a:{}", "b".repeat(LONGEST_URI))), None);
    }
}
