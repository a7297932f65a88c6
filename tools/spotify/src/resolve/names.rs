//! Titles and names made comparable.

use std::collections::BTreeSet;

/// Versions that are another recording: found only when asked for.
const OTHERS: &[&str] = &[
    "live",
    "acoustic",
    "remix",
    "remixed",
    "mix",
    "demo",
    "instrumental",
    "karaoke",
    "cover",
    "reprise",
    "sped",
    "slowed",
    "unplugged",
    "orchestral",
    "acapella",
    "tribute",
    "edit",
    "extended",
    "session",
    "sessions",
    "rework",
    "dub",
    "piano",
    "interlude",
    "style",
];
/// Versions that are the same recording, or as good as that.
const SAME: &[&str] = &[
    "remaster",
    "remastered",
    "mono",
    "stereo",
    "version",
    "deluxe",
    "bonus",
    "anniversary",
    "original",
    "single",
    "album",
    "edition",
    "expanded",
    "explicit",
    "clean",
    "from",
    "soundtrack",
];
/// What begins the names of guests.
const GUESTS: &[&str] = &["feat", "ft", "featuring", "with"];

/// A title without what only tells its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Title {
    /// The words that name it.
    pub(super) base: String,
    /// The versions that are another recording.
    pub(super) versions: BTreeSet<&'static str>,
    /// Whether more is said of its version than that.
    pub(super) is_marked: bool,
}

impl Title {
    /// Takes a title such as `Hurt (feat. Somebody) - Live / Remastered 2011` apart.
    pub(super) fn read(text: &str) -> Self {
        let mut title = Self { base: String::new(), versions: BTreeSet::new(), is_marked: false };
        let mut base = Vec::new();
        for (index, part) in parts(text).into_iter().enumerate() {
            let words = fold(&part.text);
            if index == 0 && !part.is_aside || !title.takes_mark(&words, part.is_aside) {
                base.push(words);
            }
        }
        base.retain(|words| !words.is_empty());
        title.base = base.join(" ");
        if title.base.is_empty() {
            // All of it in brackets, or nothing but a word for a version.
            title.base = fold(text);
        }
        title
    }

    /// Whether `words` only tell a version or a guest; if so, they are noted.
    fn takes_mark(&mut self, words: &str, is_aside: bool) -> bool {
        let first = words.split(' ').next().unwrap_or_default();
        if is_aside && GUESTS.contains(&first) {
            return true;
        }
        let others: Vec<_> =
            OTHERS.iter().filter(|known| words.split(' ').any(|word| word == **known)).collect();
        let is_same = words.split(' ').any(|word| SAME.contains(&word) || is_year(word));
        if others.is_empty() && !is_same {
            return false;
        }
        self.is_marked |= is_same;
        self.versions.extend(others);
        true
    }
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit())
}

/// A part of a title.
struct Part {
    text: String,
    /// Whether it stands in brackets or behind a dash.
    is_aside: bool,
}

/// The title, what stands in brackets, and what stands behind dashes, in their order.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = vec![Part { text: String::new(), is_aside: false }];
    let mut depth = 0_u32;
    let text = text.replace(" – ", " - ").replace(" — ", " - ");
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        let is_dash = depth == 0 && rest.starts_with(" - ");
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let begins = (matches!(c, '(' | '[') && depth == 1) || is_dash;
        let ends = matches!(c, ')' | ']') && depth == 0;
        if begins || ends {
            parts.push(Part { text: String::new(), is_aside: begins });
        } else if let Some(part) = parts.last_mut() {
            part.text.push(c);
        }
        rest = rest.get(if is_dash { 3 } else { c.len_utf8() }..).unwrap_or_default();
    }
    for part in &mut parts {
        cut_guests(&mut part.text);
    }
    parts
}

/// `Title feat. Somebody` without brackets.
fn cut_guests(text: &mut String) {
    let lower = text.to_lowercase();
    let at = [" feat. ", " feat ", " ft. ", " ft ", " featuring "];
    let at = at.iter().filter_map(|mark| lower.find(mark)).min();
    // The letters before it may have other lengths in lower case.
    let at = at.filter(|at| lower.len() == text.len() && text.is_char_boundary(*at));
    text.truncate(at.unwrap_or(text.len()));
}

/// Lower case, without accents and marks; words with one blank between them.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match (c, plain(c)) {
            ('\u{300}'..='\u{36f}' | '\'' | '’' | '‘' | '`' | '´' | '.', _) => {}
            (_, Some(plain)) => folded.push_str(plain),
            (c, None) => folded.push(if c.is_alphanumeric() { c } else { ' ' }),
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A Latin letter without its accent, and signs that stand for letters.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        '&' | '+' => " and ",
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ř' => "r",
        '$' | 'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Vec<&'static str>) {
        let title = Title::read(text);
        (title.base, title.versions.into_iter().collect())
    }

    #[test]
    fn titles_are_taken_apart() {
        for (text, base, versions) in [
            ("Bohemian Rhapsody - Remastered 2011", "bohemian rhapsody", vec![]),
            ("Bohemian Rhapsody (Live at Wembley '86)", "bohemian rhapsody", vec!["live"]),
            ("Hurt - 2004 Remaster [feat. X]", "hurt", vec![]),
            ("Umbrella (feat. JAY-Z) - Acoustic Remix", "umbrella", vec!["acoustic", "remix"]),
            ("(I Can't Get No) Satisfaction - Mono", "i cant get no satisfaction", vec![]),
            ("Crazy in Love ft. Jay-Z", "crazy in love", vec![]),
            ("Live and Let Die", "live and let die", vec![]),
            ("Don’t Stop Me Now…", "dont stop me now", vec![]),
            ("Beyoncé & Ke$ha", "beyonce and kesha", vec![]),
            ("1979", "1979", vec![]),
            ("(Live)", "live", vec!["live"]),
            ("Fjörður", "fjordur", vec![]),
            ("", "", vec![]),
            ("((((", "", vec![]),
        ] {
            assert_eq!(read(text), (base.to_owned(), versions), "{text}");
        }
    }

    #[test]
    fn accents_of_both_ways_of_writing_go() {
        assert_eq!(fold("Ásgeir"), fold("A\u{301}sgeir"));
        assert_eq!(fold("Sigur Rós"), "sigur ros");
        assert_eq!(fold("東京 – Tokyo"), "東京 tokyo");
    }
}
