//! Short texts: those of the kit, and times.

pub(crate) use stagepass_kit::text::{clean, clip, dotted, joined, undotted};

/// A text in which signs are written as in HTML, as Spotify does it in descriptions, as it is meant.
pub(crate) fn unescaped(text: &str) -> String {
    const SIGNS: [(&str, &str); 7] = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2F;", "/"),
        // The last one, so that nothing is read twice.
        ("&amp;", "&"),
    ];
    SIGNS.iter().fold(text.to_owned(), |text, (written, meant)| text.replace(written, meant))
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
