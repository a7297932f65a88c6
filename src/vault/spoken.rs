//! Codes that people read aloud and type: one-time codes, and the claim to a server.

use crate::clock::Clock;

/// Crockford's base 32: no letter that looks or sounds like another. Five bits each.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many letters stand together.
const GROUP: usize = 4;

/// A new code of `LENGTH` letters, as it is shown: `K7QM-2X9D`.
#[must_use]
pub fn spoken_code<const LENGTH: usize>(clock: &Clock) -> String {
    let letters = clock.random::<LENGTH>();
    grouped(letters.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32))))
}

/// What was typed, as it was shown; none if it can't be a code of `LENGTH` letters at all.
#[must_use]
pub fn read_spoken_code<const LENGTH: usize>(typed: &str) -> Option<String> {
    let letters: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let is_code = letters.len() == LENGTH && letters.bytes().all(|c| ALPHABET.contains(&c));
    is_code.then(|| grouped(letters.as_bytes().iter()))
}

fn grouped<'a>(letters: impl Iterator<Item = &'a u8>) -> String {
    let letters: Vec<_> = letters.map(|letter| char::from(*letter)).collect();
    let groups = letters.chunks(GROUP).map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn a_code_reads_back_however_it_is_typed() {
        let clock = Clock::fixed(DateTime::UNIX_EPOCH, 7);
        for _ in 0..200 {
            let code = spoken_code::<8>(&clock);
            assert_eq!(read_spoken_code::<8>(&code).as_deref(), Some(code.as_str()));
            let typed = code.replace('-', " ").to_lowercase().replace('0', "o").replace('1', "l");
            assert_eq!(
                read_spoken_code::<8>(&format!(" {typed} ")).as_deref(),
                Some(code.as_str())
            );
        }
    }

    #[test]
    fn other_text_is_no_code() {
        for text in ["", "K7QM-2X9", "K7QM-2X9DD", "K7QM-2X9U", "http://x/y?code=1", "ü7QM-2X9"] {
            assert_eq!(read_spoken_code::<8>(text), None, "{text}");
        }
    }
}
