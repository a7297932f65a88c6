//! What a person pastes into the chat after signing in: the address that the browser ended on, or
//! the one line that a relay's page shows of it, `<code>#<state>` or `<code>#<state>#<iss>`.

use secrecy::SecretString;
use stagepass_kit::ToolError;
use url::Url;

use super::confirm::unusable;
use crate::providers::AuthorizationAnswer;

/// How many letters a `state` of ours has: 256 bits in base64url.
const STATE: usize = 43;

/// The authorization response in `given`; none if it is something else, such as a one-time code.
///
/// # Errors
/// `code_invalid` for an address without an answer in it.
pub(super) fn read(given: &str) -> Result<Option<AuthorizationAnswer>, ToolError> {
    match Url::parse(given).ok().filter(|url| url.query().is_some()) {
        Some(url) => of_address(&url).map(Some).ok_or_else(unusable),
        None => Ok(of_line(given)),
    }
}

/// Reads an address as the browser's request would be read.
fn of_address(url: &Url) -> Option<AuthorizationAnswer> {
    let value = |name: &str| {
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    let answer = AuthorizationAnswer {
        state: value("state"),
        code: value("code").map(SecretString::from),
        error: value("error"),
        iss: value("iss"),
        scope: value("scope"),
    };
    (answer.code.is_some() || answer.error.is_some()).then_some(answer)
}

/// Reads a relay's line from its end: a provider's code may hold a `#`, an issuer can't, and what a
/// `state` looks like is ours to know.
fn of_line(line: &str) -> Option<AuthorizationAnswer> {
    let (rest, last) = line.rsplit_once('#')?;
    let (code, state, iss) = if is_state(last) {
        (rest, last, None)
    } else {
        let (code, state) = rest.rsplit_once('#')?;
        (code, state, Some(last.to_owned()))
    };
    (is_state(state) && !code.is_empty()).then(|| AuthorizationAnswer {
        state: Some(state.to_owned()),
        code: Some(SecretString::from(code)),
        error: None,
        iss,
        scope: None,
    })
}

fn is_state(text: &str) -> bool {
    text.len() == STATE
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use secrecy::ExposeSecret;

    use super::*;
    use crate::{clock::Clock, vault::mint};

    fn parts(line: &str) -> Option<(String, String, Option<String>)> {
        let answer = read(line).unwrap()?;
        Some((answer.code?.expose_secret().to_owned(), answer.state?, answer.iss))
    }

    #[test]
    fn a_relays_line_holds_code_and_state_and_whose_answer_it_is() {
        let state = mint(&Clock::fixed(DateTime::UNIX_EPOCH, 7), "");
        let state = state.expose_secret().to_owned();
        for code in ["AQABcode-0123456789", "4/0AeanS#x", "a#b#c", "K7QM-2X9D"] {
            let line = format!("{code}#{state}");
            assert_eq!(parts(&line), Some((code.to_owned(), state.clone(), None)));
            let iss = "https://id.example.org/realms/work";
            let line = format!("{line}#{iss}");
            let whole = (code.to_owned(), state.clone(), Some(iss.to_owned()));
            assert_eq!(parts(&line), Some(whole));
        }
    }

    #[test]
    fn what_has_no_state_of_ours_at_its_end_is_no_relays_line() {
        let state = "s".repeat(STATE);
        for other in [
            "",
            "#",
            "K7QM-2X9D",
            "AQABcode-0123456789",
            "AQABcode#_=_",
            "AQABcode#state",
            &state,
            &format!("#{state}"),
            &format!("code#{state}x"),
            &format!("code#spl_{state}"),
            &format!("code#{state}#https://a.example#b"),
        ] {
            assert_eq!(parts(other), None, "{other}");
        }
    }

    #[test]
    fn an_address_is_read_before_a_line() {
        let state = "s".repeat(STATE);
        let address = format!("https://relay.example/?code=one&state=two#{state}");
        assert_eq!(parts(&address), Some(("one".to_owned(), "two".to_owned(), None)));
        assert!(read(&format!("https://relay.example/?q=1#{state}")).is_err());
    }
}
