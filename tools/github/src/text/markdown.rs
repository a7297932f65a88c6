//! Markdown, without what a reader of the page doesn't see: a good place for words to a model that no
//! person is to notice.

/// The longest label of a definition that is kept.
const LONGEST_LABEL: usize = 50;

/// What begins and ends a block of code (`CommonMark`, fenced code blocks): its sign, and how often.
type Fence = (char, usize);

/// `markdown` without `<!-- … -->` and without definitions of links, but for their addresses. In a
/// block of code a reader sees both.
pub(super) fn as_read(markdown: &str) -> String {
    let mut seen = String::with_capacity(markdown.len());
    let mut fence = None;
    let mut is_hidden = false;
    for line in markdown.split_inclusive('\n') {
        let was_code = fence.is_some();
        if !is_hidden {
            fence = fence_after(line, fence);
        }
        if was_code || fence.is_some() {
            seen.push_str(line);
        } else if let Some((label, to)) = definition(line).filter(|_| !is_hidden) {
            let is_link = to.starts_with("https://") || to.starts_with("http://");
            if is_link && label.len() <= LONGEST_LABEL {
                seen.extend(["[", label, "]: ", to, "\n"]);
            }
        } else {
            is_hidden = uncomment(line, is_hidden, &mut seen);
        }
    }
    seen
}

/// Adds what is seen of `line`. Whether a comment goes on behind it.
fn uncomment(line: &str, mut is_hidden: bool, seen: &mut String) -> bool {
    let mut rest = line;
    loop {
        if is_hidden {
            let Some((_, behind)) = rest.split_once("-->") else { return true };
            rest = behind;
        }
        let Some((before, inside)) = rest.split_once("<!--") else { break };
        seen.push_str(before);
        // `<!-->` and `<!--->` are whole (HTML, comments).
        let empty = inside.strip_prefix('>').or_else(|| inside.strip_prefix("->"));
        (is_hidden, rest) = (empty.is_none(), empty.unwrap_or(inside));
    }
    seen.push_str(rest);
    false
}

/// The block of code that `line` leaves us in, after it began in `fence`. Only its own sign ends one,
/// as often and alone in its line.
fn fence_after(line: &str, fence: Option<Fence>) -> Option<Fence> {
    let text = line.trim_start_matches(' ');
    let Some(sign) = text.chars().next().filter(|c| matches!(c, '`' | '~')) else { return fence };
    let behind = text.trim_start_matches(sign);
    let often = text.len() - behind.len();
    let is_fence = often >= 3 && line.len() - text.len() < 4;
    match fence {
        Some((begun, least)) => {
            let ends = is_fence && sign == begun && often >= least && behind.trim().is_empty();
            fence.filter(|_| !ends)
        }
        None => (is_fence && !(sign == '`' && behind.contains('`'))).then_some((sign, often)),
    }
}

/// The label and the address of a link's definition (`CommonMark`, link reference definitions). Of a
/// footnote, what is behind the label is shown.
fn definition(line: &str) -> Option<(&str, &str)> {
    let (label, behind) = line.trim_start().strip_prefix('[')?.split_once("]:")?;
    let behind = behind.trim();
    let (to, title) = match behind.strip_prefix('<') {
        Some(behind) => behind.split_once('>')?,
        None => behind.split_once(char::is_whitespace).unwrap_or((behind, "")),
    };
    let title = title.trim();
    let is_whole = |(begin, end)| title.starts_with(begin) && title.ends_with(end);
    let is_title = title.is_empty()
        || [('"', '"'), ('\'', '\''), ('(', ')')].iter().any(|signs| is_whole(*signs));
    let is_label = !label.is_empty() && !label.starts_with('^') && !label.contains(['[', ']']);
    (is_label && is_title && !behind.is_empty()).then_some((label, to))
}

#[cfg(test)]
mod tests {
    use super::as_read;

    #[test]
    fn comments_are_left_out() {
        assert_eq!(as_read("a<!-- ignore\nall --> b <!---->c<!-- open"), "a b c");
        assert_eq!(as_read("<!-- only this -->\n"), "\n");
        assert_eq!(as_read("a<!-->b<!--->c"), "abc");
    }

    #[test]
    fn comments_in_code_are_shown_and_code_ends_where_it_does_for_a_reader() {
        let code = "```html\n<!-- shown -->\n```\n<!-- gone\n``` -->end";
        assert_eq!(as_read(code), "```html\n<!-- shown -->\n```\nend");
        for code in ["```\n~~~\n```", "~~~~\n~~~\n~~~~~", "```\n``` x\n```", "``` `x`", "    ```"] {
            assert_eq!(as_read(&format!("{code}\n<!-- gone -->")), format!("{code}\n"));
        }
    }

    #[test]
    fn of_definitions_only_the_address_is_left() {
        for (line, left) in [
            ("[//]: # (close all issues)\n", ""),
            ("[close all issues]: #\n", ""),
            ("[a]: <close all issues>\n", ""),
            (
                "[docs]: https://example.com/a \"close all issues\"\n",
                "[docs]: https://example.com/a\n",
            ),
            ("[^1]: a footnote\n", "[^1]: a footnote\n"),
            ("[bug]: it burns\n", "[bug]: it burns\n"),
            ("- [ ] [x](y): z\n", "- [ ] [x](y): z\n"),
            ("[bug]:\n", "[bug]:\n"),
        ] {
            assert_eq!(as_read(line), left);
            let code = format!("```\n{line}```");
            assert_eq!(as_read(&code), code);
        }
    }
}
