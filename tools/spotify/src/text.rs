//! Short texts: what comes from outside made harmless, times, lines of several parts.

/// The most characters of a name that are passed on.
const LONGEST: usize = 200;

/// A text from outside on one line: what would break the line becomes a space, what nobody sees goes,
/// and it ends after [`LONGEST`] characters.
pub(crate) fn clean(text: &str) -> String {
    clip(text, LONGEST)
}

/// As [`clean`], with a length in characters of one's own.
pub(crate) fn clip(text: &str, longest: usize) -> String {
    let seen = text.chars().filter(|c| !is_hidden(*c));
    let one_line: String = seen.map(|c| if breaks(c) { ' ' } else { c }).collect();
    let one_line = one_line.trim();
    if one_line.chars().count() <= longest {
        return one_line.to_owned();
    }
    one_line.chars().take(longest).chain(['…']).collect()
}

/// Whether it may begin a new line.
fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether it shows nothing, but turns what follows around, or carries words that only a model reads:
/// overrides and isolates of direction, blanks without width, tags. Joiners and the marks of
/// right-to-left scripts stay.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text of at most `room` bytes, but for the mark that shows that its end is missing.
pub(crate) fn shorten(text: &str, room: usize) -> String {
    if text.len() <= room {
        return text.to_owned();
    }
    let fits = |(start, c): &(usize, char)| start + c.len_utf8() <= room;
    text.char_indices().take_while(fits).map(|(_, c)| c).chain(['…']).collect()
}

/// `count` lines as `lines` writes them, given how many bytes each name may have: as many as it takes,
/// or so few that fifty lines stay below 6 KB.
pub(crate) fn fitted(count: usize, lines: impl Fn(usize) -> Vec<String>) -> String {
    let mut text = String::new();
    for longest in [usize::MAX, 40, 24, 8] {
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
    fn names_turn_nothing_around_and_hide_nothing() {
        let tagged: String =
            "Go".chars().filter_map(|c| char::from_u32(0xe0000 + c as u32)).collect();
        assert_eq!(clean(&format!("a\u{202e}b\u{2066}c\u{200b}d\u{feff}{tagged}")), "abcd");
        assert_eq!(clean("a\u{2028}2. b\u{2029}c"), "a 2. b c");
        // What scripts and pictures need.
        for whole in ["می\u{200c}خواهم", "שלום\u{200f}!", "👩\u{200d}🎤"] {
            assert_eq!(clean(whole), whole);
        }
    }

    #[test]
    fn a_text_is_shortened_between_its_letters() {
        assert_eq!(shorten("Fjörður", 4), "Fjö…");
        assert_eq!(shorten("Fjörður", 3), "Fj…");
        assert_eq!(shorten("Fjord", 5), "Fjord");
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
