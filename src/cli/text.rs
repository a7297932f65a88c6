//! Text for a terminal. Much of what is shown was written by strangers.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use stagepass_kit::text::is_hidden;

/// `text` with escapes in place of what would do something to a terminal, or to a reader.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for piece in text.split_inclusive(is_hidden) {
        let plain = piece.trim_end_matches(is_hidden);
        shown.extend(plain.escape_debug());
        let hidden = piece.strip_prefix(plain).unwrap_or_default();
        shown.extend(hidden.chars().flat_map(char::escape_unicode));
    }
    // Quotes do nothing to anybody.
    shown.replace("\\'", "'").replace("\\\"", "\"")
}

/// JSON with escapes in place of all that isn't ASCII: the same to every program, and nothing to a
/// terminal.
pub(super) fn ascii(json: &str) -> String {
    json.encode_utf16().fold(String::new(), |mut text, unit| {
        match u8::try_from(unit) {
            Ok(byte @ b' '..=b'~') => text.push(byte.into()),
            // Writing into a string doesn't fail.
            _ => drop(write!(text, "\\u{unit:04x}")),
        }
        text
    })
}

/// To the minute, for a column that says that it is UTC.
pub(super) fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

/// Columns under their headings, each as wide as it has to be.
pub(super) fn table<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> String {
    let rows = rows.iter().map(|row| row.each_ref().map(|cell| visible(cell)));
    let rows: Vec<_> = std::iter::once(headings.map(str::to_owned)).chain(rows).collect();
    let width = |row: &[String; N]| row.each_ref().map(|cell| cell.chars().count());
    let widths = rows.iter().map(width).fold([0; N], |mut widest, row| {
        widest.iter_mut().zip(row).for_each(|(widest, width)| *widest = width.max(*widest));
        widest
    });
    rows.iter().fold(String::new(), |mut text, row| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_a_cursor_or_turns_letters_is_shown_and_does_nothing() {
        for (text, shown) in [
            ("O'Brien \"Bob\" Müller 天気", "O'Brien \"Bob\" Müller 天気"),
            ("cafe\u{301}", "cafe\u{301}"),
            ("a\u{1b}[2Jb\r\n\tc", "a\\u{1b}[2Jb\\r\\n\\tc"),
            ("\u{9b}2J\u{7f}", "\\u{9b}2J\\u{7f}"),
            ("\u{202e}live", "\\u{202e}live"),
            ("a\\nb", "a\\\\nb"),
            ("a\u{fe03}b\u{3164}\u{34f}", "a\\u{fe03}b\\u{3164}\\u{34f}"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn json_stays_the_same_and_is_ascii() {
        let odd = serde_json::json!({"detail": "天気 \u{1f327} \u{9b}2J \u{7f} \u{202e} \n \" \\"});
        let text = ascii(&odd.to_string());
        assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), odd);
    }

    #[test]
    fn columns_are_as_wide_as_they_have_to_be() {
        let rows = [["ä".to_owned(), String::new()], ["long\n".to_owned(), "x".to_owned()]];
        assert_eq!(table(["A", "B"], &rows), "A       B\nä\nlong\\n  x\n");
    }
}
