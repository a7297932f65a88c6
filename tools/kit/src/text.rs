//! Texts from outside, made fit to be handed on: names, messages of errors, what people wrote.

/// The most characters of a name that are passed on.
const LONGEST_NAME: usize = 200;
/// The most characters of an error's message that are passed on.
const LONGEST_MESSAGE: usize = 120;
/// A longer word in a message is no word; it might be a token.
const LONGEST_WORD: usize = 48;

/// A name on one line: what can't be seen becomes spaces or goes, and it ends after some characters.
#[must_use]
pub fn clean(text: &str) -> String {
    clip(text, LONGEST_NAME)
}

/// As [`clean`], with a length in characters of one's own.
#[must_use]
pub fn clip(text: &str, longest: usize) -> String {
    let visible = text.chars().filter(|c| !is_hidden(*c));
    let one_line: String = visible.map(|c| if ends_line(c) { ' ' } else { c }).collect();
    end(one_line.trim(), longest)
}

/// What somebody wrote, on several lines: what can't be seen is gone, and it ends after `longest`
/// characters.
#[must_use]
pub fn prose(text: &str, longest: usize) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let kept = |c: &char| matches!(c, '\n' | '\t') || !(is_hidden(*c) || c.is_control());
    let visible: String = text.chars().filter(kept).collect();
    end(visible.trim(), longest)
}

/// `text` with a mark before each line, so that it can't be taken for words of ours.
#[must_use]
pub fn quoted(text: &str) -> String {
    text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

/// A provider's message without what could be a token.
#[must_use]
pub fn message(text: &str) -> String {
    let words = text.split_whitespace();
    let shown: Vec<_> =
        words.map(|word| if word.len() > LONGEST_WORD { "…" } else { word }).collect();
    clip(&shown.join(" "), LONGEST_MESSAGE)
}

/// The parts that there are, with a dot between them. A dot in one of them can't be taken for another
/// part.
#[must_use]
pub fn dotted<const N: usize>(parts: [Option<String>; N]) -> String {
    joined(parts.map(|part| part.map(|part| undotted(&part))))
}

/// As [`dotted`], of lines that are [`dotted`] themselves, and of words of our own.
#[must_use]
pub fn joined<const N: usize>(lines: [Option<String>; N]) -> String {
    lines.into_iter().flatten().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// `text` without a dot that stands by itself, as it does between the parts of a line. Within words
/// (`paral·lel`) it stays.
#[must_use]
pub fn undotted(text: &str) -> String {
    if !text.contains(is_dot) {
        return text.to_owned();
    }
    let is_space = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || is_dot(c));
    let mut before = None;
    let mut letters = text.chars().peekable();
    let mut plain = String::with_capacity(text.len());
    while let Some(c) = letters.next() {
        let is_alone = is_dot(c) && (is_space(before) || is_space(letters.peek().copied()));
        plain.push(if is_alone { '-' } else { c });
        before = Some(c);
    }
    plain
}

/// The middle dot, and what looks just like it.
fn is_dot(c: char) -> bool {
    matches!(c, '·' | '\u{387}' | '\u{2027}' | '\u{2219}' | '\u{22c5}' | '\u{30fb}' | '\u{ff65}')
}

fn end(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest).chain(['…']).collect()
}

fn ends_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Characters that show nothing themselves, turn the direction of others, or spell what only a
/// machine reads: Unicode's `Default_Ignorable_Code_Point`, and annotations. Joiners stay, and the
/// selectors of emoji: scripts and emoji need them.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_on_one_line_and_end_somewhere() {
        assert_eq!(clean(" a\r\nb\u{7}"), "a  b");
        assert_eq!(clean("a\u{2028}b\u{202e}c\u{e0041}"), "a bc");
        assert_eq!(clean(&"ä".repeat(300)).chars().count(), LONGEST_NAME + 1);
    }

    #[test]
    fn prose_keeps_its_lines_and_loses_what_nobody_sees() {
        let written = "One\r\ntwo\u{1b}[31m \u{202e}evil\u{2066}\u{2028}\tthree \u{e0049}\u{0}\n";
        assert_eq!(prose(written, 100), "One\ntwo[31m evil\n\tthree");
        assert_eq!(prose("👩\u{200d}💻 می\u{200c}خواهم", 100), "👩\u{200d}💻 می\u{200c}خواهم");
        assert_eq!(prose("❤\u{fe0f}", 100), "❤\u{fe0f}");
        assert_eq!(prose("abcdef", 3), "abc…");
        // Bytes can be spelled in selectors, one after the other.
        assert_eq!(clean("a\u{e0158}\u{e0155}\u{fe03}b\u{3164}\u{34f}c"), "abc");
    }

    #[test]
    fn what_is_quoted_has_a_mark_before_each_line() {
        assert_eq!(quoted("a\n\nb"), "> a\n> \n> b");
        assert_eq!(quoted(""), "");
    }

    #[test]
    fn a_message_shows_no_long_word_no_control_character_and_ends() {
        let token = "BQ".repeat(40);
        let shown = message(&format!("Bad\u{1b} token {token} here"));
        assert_eq!(shown, "Bad  token … here");
        assert!(message(&"word ".repeat(100)).chars().count() <= LONGEST_MESSAGE + 1);
    }

    #[test]
    fn a_line_skips_what_is_missing() {
        assert_eq!(
            dotted([Some("a".into()), None, Some(String::new()), Some("b".into())]),
            "a · b"
        );
    }

    #[test]
    fn a_part_cannot_imitate_others() {
        let title = "Fix · closed\u{a0}·\u{a0}by admin· ·· ∙ 9 ⋅".to_owned();
        let line = dotted([Some("#1".into()), Some(title)]);
        assert_eq!(line, "#1 · Fix - closed\u{a0}-\u{a0}by admin- -- - 9 -");
        assert_eq!(joined([Some(line), Some("open".into())]).matches(" · ").count(), 2);
        for word in ["Paral·lel", "ビリー・アイリッシュ", "AC/DC"] {
            assert_eq!(undotted(word), word);
        }
    }
}
