//! The one-time code: easy to read aloud and to type, 40 bits, five tries.

use crate::clock::Clock;

/// Crockford's base 32: no letter that looks or sounds like another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 8;

/// How many wrong codes end a link.
pub(super) const TRIES: i64 = 5;

/// A new code, as it is shown: `K7QM-2X9D`.
pub(super) fn new(clock: &Clock) -> String {
    let code: String = clock
        .random::<LENGTH>()
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect();
    let (left, right) = code.split_at(LENGTH / 2);
    format!("{left}-{right}")
}

/// What was typed, as it was shown; none if it can't be a code at all.
pub(super) fn read(typed: &str) -> Option<String> {
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
    is_code.then(|| letters.split_at(LENGTH / 2)).map(|(left, right)| format!("{left}-{right}"))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn a_code_reads_back_however_it_is_typed() {
        let clock = Clock::fixed(DateTime::UNIX_EPOCH, 7);
        for _ in 0..200 {
            let code = new(&clock);
            assert_eq!(read(&code).as_deref(), Some(code.as_str()));
            let typed = code.replace('-', " ").to_lowercase().replace('0', "o").replace('1', "l");
            assert_eq!(read(&format!(" {typed} ")).as_deref(), Some(code.as_str()));
        }
    }

    #[test]
    fn other_text_is_no_code() {
        for text in ["", "K7QM-2X9", "K7QM-2X9DD", "K7QM-2X9U", "http://x/y?code=1", "ü7QM-2X9"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
