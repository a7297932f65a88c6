//! Markdown that is shown as it is meant, whatever names hold.

use std::fmt;

use crate::uri::SpotifyUri;

/// A text from outside, with everything escaped that Markdown or HTML would read.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c if c.is_control() => escaped.push(' '),
            c if c.is_ascii_punctuation() && !matches!(c, ',' | ';' | '\'' | '?' | '%' | '/') => {
                escaped.extend(['\\', c]);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// The name as a link to open.spotify.com, if its URI is one that has a page there.
pub(super) fn linked(name: &str, uri: Option<&str>) -> String {
    let name = escape(name);
    match uri.and_then(|uri| SpotifyUri::parse(uri, None).ok()) {
        Some(uri) => {
            let (kind, id) = (uri.kind().as_str(), uri.id());
            format!("[{name}](https://open.spotify.com/{kind}/{id})")
        }
        None => name,
    }
}

/// A table, given its heads and its rows of cells that are Markdown already.
pub(super) struct Table<const N: usize> {
    pub(super) heads: [&'static str; N],
    pub(super) rows: Vec<[String; N]>,
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {} |", self.heads.join(" | "))?;
        writeln!(f, "|{}", " --- |".repeat(N))?;
        for row in &self.rows {
            writeln!(f, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_breaks_out_of_no_cell_and_starts_no_markup() {
        let name = "a|b\n[x](javascript:1) <img src=x> `c` *d* &amp; \\| ~e~ !f";
        let escaped = escape(name);
        assert_eq!(
            escaped,
            "a\\|b \\[x\\]\\(javascript\\:1\\) &lt;img src\\=x&gt; \\`c\\` \\*d\\* &amp;amp; \
             \\\\\\| \\~e\\~ \\!f"
        );
        assert_eq!(linked("a]b", Some("javascript:alert(1)")), "a\\]b");
        assert_eq!(
            linked("A", Some("spotify:track:oQoaF1LlqsajAIxNKu8iS2")),
            "[A](https://open.spotify.com/track/oQoaF1LlqsajAIxNKu8iS2)"
        );
    }
}
