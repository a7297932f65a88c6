//! Reading a URI that a stranger wrote, so that no two readers take it for different things.

use url::Url;

/// The longest URI that is read, in bytes.
const LONGEST: usize = 2048;

/// What is wrong with a URI, as the end of a sentence for whoever wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// Too long to be kept.
    #[error("is longer than {LONGEST} characters")]
    TooLong,
    /// A character that no URI holds (RFC 3986 §2), or a percent-encoded control character.
    #[error(
        "holds a character that a URI can't: spaces, controls, backslashes and letters beyond \
         ASCII must be percent-encoded, and encoded control characters are refused, too"
    )]
    Character,
    /// A fragment (RFC 6749 §3.1.2).
    #[error("must not have a fragment (`#`)")]
    Fragment,
    /// Not an absolute URI.
    #[error("isn't an absolute URI")]
    Malformed,
    /// A user name or a password.
    #[error("must not have a user name or a password (`@`)")]
    UserInfo,
    /// Written otherwise than a browser writes it.
    #[error(
        "must be written as a browser writes it: scheme and host in lower case, no default port, \
         no `.` or `..` among the segments of the path"
    )]
    NotCanonical,
    /// A scheme that is no application's own (RFC 8252 §7.1).
    #[error(
        "must begin with `https://`, `http://` on loopback, or an application's own scheme and `:/`"
    )]
    Scheme,
    /// Another scheme where only one will do.
    #[error("must be https")]
    NotHttps,
    /// Plain HTTP beyond this machine (RFC 8252 §7.3).
    #[error("must be https; http is for `127.0.0.1`, `[::1]` and `localhost`")]
    NotLoopback,
    /// A client's document at no path, or at one with a query.
    #[error("must have a path beyond `/`, and no query")]
    Place,
    /// An address instead of a name, or a port.
    #[error("must name its host by a domain name, without a port")]
    Host,
}

/// Reads an absolute URI that has no fragment and no user information, and that says the same to
/// everybody.
///
/// Parsers differ on backslashes, tabs, dots, letters beyond ASCII and much else, and a browser
/// repairs what it can. Only what the WHATWG parser, a browser's, writes just as it was given gets
/// through, so there is nothing left to repair. One difference is let through, as clients rely on
/// it: a host alone may lack the `/` that the parser adds.
pub(super) fn read(text: &str) -> Result<Url, UriError> {
    if text.len() > LONGEST {
        return Err(UriError::TooLong);
    }
    if !text.bytes().all(is_uri_byte) || !escapes_are_sound(text) {
        return Err(UriError::Character);
    }
    if text.contains('#') {
        return Err(UriError::Fragment);
    }
    let url = Url::parse(text).map_err(|_| UriError::Malformed)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UriError::UserInfo);
    }
    let only_host = url.path() == "/" && url.as_str().strip_suffix('/') == Some(text);
    if url.as_str() != text && !only_host {
        return Err(UriError::NotCanonical);
    }
    Ok(url)
}

/// RFC 3986 §2: unreserved, reserved, and `%`.
fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

/// Every `%` begins two digits, and no control character hides behind them.
fn escapes_are_sound(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let byte = after.get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let byte = byte.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        byte.is_some_and(|byte| !byte.is_ascii_control())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_readers_take_for_different_things_is_refused() {
        let long = format!("https://good.example/{}", "x".repeat(LONGEST));
        for (text, why) in [
            (long.as_str(), UriError::TooLong),
            (r"https://good.example\@evil.example/", UriError::Character),
            ("https:\\\\good.example/", UriError::Character),
            ("https://good.example%00.evil.example/", UriError::Character),
            ("https://good.example/cb%0d%0aSet-Cookie:x", UriError::Character),
            ("https://good.example/cb\r\nSet-Cookie:x", UriError::Character),
            ("https://good.example/%zz", UriError::Character),
            ("https://good.example/%4", UriError::Character),
            ("https://good.example/%+4", UriError::Character),
            ("https://go\tod.example/", UriError::Character),
            (" https://good.example/", UriError::Character),
            ("https://good.example/cb\u{202e}", UriError::Character),
            ("https://gооd.example/cb", UriError::Character),
            ("https://good.example/<script>", UriError::Character),
            ("https://good.example/cb#", UriError::Fragment),
            ("https://good.example/cb#x", UriError::Fragment),
            ("", UriError::Malformed),
            ("/cb", UriError::Malformed),
            ("//good.example/cb", UriError::Malformed),
            ("https://", UriError::Malformed),
            ("https://xn--a/", UriError::Malformed),
            ("https://good.example:99999/", UriError::Malformed),
            ("https://good.example@evil.example/", UriError::UserInfo),
            ("https://good.example:pw@evil.example/", UriError::UserInfo),
            ("cursor://good@evil/cb", UriError::UserInfo),
            ("https://@evil.example/", UriError::NotCanonical),
            ("https:evil.example/", UriError::NotCanonical),
            ("https:/evil.example/", UriError::NotCanonical),
            ("https:///evil.example/", UriError::NotCanonical),
            ("https://Good.example/cb", UriError::NotCanonical),
            ("HTTPS://good.example/cb", UriError::NotCanonical),
            ("https://good.example:443/cb", UriError::NotCanonical),
            ("https://good.example:0444/cb", UriError::NotCanonical),
            ("https://good.example:/cb", UriError::NotCanonical),
            ("https://good.example?x", UriError::NotCanonical),
            ("https://good%2eexample/cb", UriError::NotCanonical),
            ("https://0x7f.1/cb", UriError::NotCanonical),
            ("https://2130706433/cb", UriError::NotCanonical),
            ("https://[0::1]/cb", UriError::NotCanonical),
            ("https://good.example/a/../b", UriError::NotCanonical),
            ("https://good.example/a/%2e%2E/b", UriError::NotCanonical),
            ("https://good.example/a/.%2e", UriError::NotCanonical),
            ("https://good.example/./b", UriError::NotCanonical),
            ("cursor://app/a/../b", UriError::NotCanonical),
            ("com.example.app:/a/%2e%2e/b", UriError::NotCanonical),
        ] {
            assert_eq!(read(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn what_says_the_same_to_everybody_is_read() {
        for text in [
            "https://good.example",
            "https://good.example/",
            "https://good.example:8443/a//b;c=d/%20/?e=%2F..%2f&f",
            "https://xn--bcher-kva.example/cb",
            "https://[2001:db8::1]/cb",
            "cursor://anysphere.cursor-mcp/oauth/callback",
            "com.example.app:/cb",
        ] {
            assert!(read(text).is_ok(), "{text:?}");
        }
    }
}
