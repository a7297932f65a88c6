//! A page: its text, its forms, its links.

use reqwest::header::HeaderMap;
use scraper::{ElementRef, Html, Node, Selector};
use url::Url;

use super::{Button, Form, FormAction, form::form};

/// Where the browser ended up.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its address.
    pub url: String,
    /// The status; 0 when nobody answered there, or the browser was told to stop.
    pub status: u16,
    /// The headers of the answer.
    pub headers: HeaderMap,
    /// The body as sent.
    pub body: String,
    /// The addresses that led here by redirect, in order, without this one.
    pub hops: Vec<String>,
    /// The forms in it.
    pub forms: Vec<Form>,
    links: Vec<(String, String)>,
    text: String,
    refresh: Option<String>,
    meta_policy: Vec<FormAction>,
    meta_referrer: Option<String>,
}

impl Page {
    pub(super) fn new(
        url: &Url,
        status: u16,
        headers: HeaderMap,
        body: String,
        hops: &[Url],
    ) -> Self {
        let mut page = Self { status, headers, ..Self::unreached(url, hops) };
        if page.header("content-type").is_some_and(|kind| kind.contains("html")) {
            page.read(url, &Html::parse_document(&body));
        } else {
            page.text.clone_from(&body);
        }
        page.body = body;
        page
    }

    /// The page that there is where nobody answers.
    pub(super) fn unreached(url: &Url, hops: &[Url]) -> Self {
        Self {
            url: url.to_string(),
            status: 0,
            headers: HeaderMap::new(),
            body: String::new(),
            hops: hops.iter().map(Url::to_string).collect(),
            forms: Vec::new(),
            links: Vec::new(),
            text: String::new(),
            refresh: None,
            meta_policy: Vec::new(),
            meta_referrer: None,
        }
    }

    fn read(&mut self, url: &Url, html: &Html) {
        self.text = visible(html.root_element());
        self.forms = html.select(&selector("form")).map(form).collect();
        let link = |link: ElementRef<'_>| Some((visible(link), link.attr("href")?.to_owned()));
        self.links = html.select(&selector("a[href]")).filter_map(link).collect();
        for meta in html.select(&selector("meta[content]")) {
            let content = meta.attr("content").unwrap_or_default();
            let kind = meta.attr("http-equiv").or(meta.attr("name")).unwrap_or_default();
            match kind.to_ascii_lowercase().as_str() {
                "refresh" if self.refresh.is_none() => self.refresh = refresh_target(content),
                "content-security-policy" => self.meta_policy = FormAction::read(url, content),
                "referrer" => self.meta_referrer = Some(content.to_owned()),
                _ => {}
            }
        }
    }

    /// What can be read on it, with single blanks.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether this can be read on it.
    #[must_use]
    pub fn has_text(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// A header of the answer.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether it has a button with this text, value or name.
    #[must_use]
    pub fn has_button(&self, label: &str) -> bool {
        self.forms.iter().flat_map(|form| &form.buttons).any(|button| button.is(label))
    }

    /// A parameter in the query of its address.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<String> {
        let url = self.address();
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The address of the link with this text.
    #[must_use]
    pub fn link(&self, text: &str) -> Option<String> {
        self.links.iter().find(|(label, _)| label == text).map(|(_, href)| href.clone())
    }

    /// One line about it, for messages.
    #[must_use]
    pub fn describe(&self) -> String {
        let text = self.text.chars().take(400).collect::<String>();
        format!("{} (status {}): {text}", self.url, self.status)
    }

    pub(super) fn address(&self) -> Url {
        Url::parse(&self.url).expect("the address of a page")
    }

    pub(super) fn resolve(&self, href: &str) -> Url {
        let url = self.address().join(href);
        url.unwrap_or_else(|e| panic!("`{href}` on {} is no address: {e}", self.url))
    }

    pub(super) fn refresh(&self) -> Option<String> {
        self.refresh.clone()
    }

    pub(super) fn form_action(&self) -> Vec<FormAction> {
        let url = self.address();
        let headers = self.headers.get_all("content-security-policy").iter();
        let texts = headers.filter_map(|value| value.to_str().ok());
        let by_header = texts.flat_map(|value| FormAction::read(&url, value));
        by_header.chain(self.meta_policy.clone()).collect()
    }

    pub(super) fn no_referrer(&self) -> bool {
        let policy = self.header("referrer-policy").or(self.meta_referrer.as_deref());
        policy.is_some_and(|policy| {
            policy.rsplit(',').next().unwrap_or_default().trim() == "no-referrer"
        })
    }

    pub(super) fn form_with(&self, label: &str) -> (&Form, &Button) {
        let all = self.forms.iter().flat_map(|form| form.buttons.iter().map(move |b| (form, b)));
        let found = all.into_iter().find(|(_, button)| button.is(label));
        found.unwrap_or_else(|| panic!("no button `{label}` on {}", self.describe()))
    }
}

pub(super) fn selector(css: &str) -> Selector {
    Selector::parse(css).expect("a selector")
}

/// The address in a refresh, found as browsers find it (HTML, "shared declarative refresh steps"):
/// after the seconds, a separator and `url=` it is all the rest, or what stands in quotes.
fn refresh_target(content: &str) -> Option<String> {
    let content = content.trim_ascii_start();
    let rest = content.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let target = rest.trim_ascii_start();
    let target = target.strip_prefix([';', ',']).unwrap_or(target).trim_ascii_start();
    if rest == content || target == rest || target.is_empty() {
        return None;
    }
    let named = target.split_at_checked(3).filter(|(key, _)| key.eq_ignore_ascii_case("url"));
    let named = named.and_then(|(_, rest)| rest.trim_ascii_start().strip_prefix('='));
    let url = named.map_or(target, str::trim_ascii_start);
    let quote = url.chars().next().filter(|first| matches!(first, '\'' | '"'));
    let url = quote.map_or(Some(url), |quote| url.split(quote).nth(1));
    url.map(str::to_owned)
}

/// The text that a reader sees.
pub(super) fn visible(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    gather(element, &mut text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn gather(element: ElementRef<'_>, text: &mut String) {
    let name = element.value().name();
    if matches!(name, "script" | "style" | "head" | "template" | "noscript") {
        return;
    }
    // Only these run on within a line; everything else keeps words apart.
    let inline =
        matches!(name, "a" | "b" | "strong" | "em" | "i" | "code" | "span" | "abbr" | "small");
    let apart = if inline { "" } else { " " };
    text.push_str(apart);
    for child in element.children() {
        match (child.value(), ElementRef::wrap(child)) {
            (_, Some(element)) => gather(element, text),
            (Node::Text(part), _) => text.push_str(part),
            _ => {}
        }
    }
    text.push_str(apart);
}

#[cfg(test)]
mod tests {
    use super::refresh_target;

    #[test]
    fn a_refresh_is_read_as_in_chromium() {
        let target = |content| refresh_target(content);
        for (content, url) in [
            ("0; url=/next", "/next"),
            ("0;URL=https://a.example/x;y=1?z='1'; 2", "https://a.example/x;y=1?z='1'; 2"),
            ("3.5,url = /next", "/next"),
            (" 0 /next", "/next"),
            ("0;url='/a b'/c", "/a b"),
            ("0;url=\"/a'b", "/a'b"),
            ("0;urls", "urls"),
        ] {
            assert_eq!(target(content).as_deref(), Some(url), "{content}");
        }
        for nothing in ["", "0", "0;", "url=/next", "0x;url=/next", "-1;url=/next"] {
            assert_eq!(target(nothing), None, "{nothing}");
        }
    }
}
