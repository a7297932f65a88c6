//! Short texts: what comes from outside made harmless, times, lines of several parts.

/// The most characters of a name that are passed on.
const LONGEST: usize = 200;

/// A text from outside on one line: control characters become spaces, and it ends after
/// [`LONGEST`] characters.
pub(crate) fn clean(text: &str) -> String {
    clip(text, LONGEST)
}

/// As [`clean`], with a length in characters of one's own.
pub(crate) fn clip(text: &str, longest: usize) -> String {
    let one_line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let one_line = one_line.trim();
    if one_line.chars().count() <= longest {
        return one_line.to_owned();
    }
    one_line.chars().take(longest).chain(['…']).collect()
}

/// As much of a text as fits in `longest` bytes, and a sign that there was more.
pub(crate) fn shorten(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(longest.saturating_sub('…'.len_utf8()));
    format!("{}…", text.get(..end).unwrap_or_default())
}

/// `count` lines as `lines` writes them, given how many bytes each name may have: as many as it takes,
/// or so few that fifty lines stay below 6 KB.
pub(crate) fn fitted(count: usize, lines: impl Fn(usize) -> Vec<String>) -> String {
    let mut text = String::new();
    for longest in [usize::MAX, 40, 24, 10] {
        text = lines(longest).concat();
        if text.len() <= 116 * count.max(50) {
            break;
        }
    }
    text
}

/// A time of `ms` milliseconds, as players show it: `3:41`, `1:02:05`.
pub(crate) fn clock(ms: u64) -> String {
    let seconds = ms / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// The parts that there are, with a dot between them.
pub(crate) fn dotted<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_on_one_line_and_end_somewhere() {
        assert_eq!(clean(" a\r\nb\u{7}"), "a  b");
        assert_eq!(clean(&"ä".repeat(300)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_shortened_text_keeps_to_its_bytes_and_its_letters() {
        assert_eq!(shorten("abcdef", 6), "abcdef");
        assert_eq!(shorten("abcdefg", 6), "abc…");
        assert_eq!(shorten("äöüß", 7), "äö…");
        assert_eq!(shorten("日本語の歌", 8), "日…");
    }

    #[test]
    fn times_read_as_in_a_player() {
        assert_eq!(clock(221_000), "3:41");
        assert_eq!(clock(3_725_999), "1:02:05");
        assert_eq!(clock(0), "0:00");
    }

    #[test]
    fn a_line_skips_what_is_missing() {
        assert_eq!(
            dotted([Some("a".into()), None, Some(String::new()), Some("b".into())]),
            "a · b"
        );
    }
}
