//! A tiny browser that minds what Chromium minds on the way through sign-in pages.

mod cookies;
mod csp;
mod form;
mod page;
mod site;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::{
    Client, Method,
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};
use url::{Url, form_urlencoded::Serializer};

pub use cookies::Cookie;
use cookies::Jar;
use csp::FormAction;
pub use form::{Button, Form};
pub use page::Page;

/// More hops than this and Chromium gives up (it allows 20; we are strict).
const MOST_HOPS: usize = 15;

/// A browser with its own cookies. Clones share them, like tabs.
#[derive(Debug, Clone)]
pub struct Browser {
    client: Client,
    jar: Arc<Mutex<Jar>>,
    stop_at: Option<String>,
}

/// A navigation on its way.
#[derive(Debug, Clone)]
struct Journey {
    method: Method,
    url: Url,
    body: Option<String>,
    /// The page it began on; none when somebody typed the address.
    from: Option<Url>,
    /// The page forbids to tell where one comes from.
    no_referrer: bool,
    form_action: Vec<FormAction>,
    /// Nobody pressed anything for it: the page goes on by itself.
    by_itself: bool,
    /// The addresses so far, this one excluded.
    hops: Vec<Url>,
    /// How many of those came before this navigation: a refresh begins a new one.
    before: usize,
}

impl Journey {
    fn typed(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            body: None,
            from: None,
            no_referrer: false,
            form_action: Vec::new(),
            by_itself: false,
            hops: Vec::new(),
            before: 0,
        }
    }

    /// Where this navigation has been, and where it is.
    fn way(&self) -> impl Iterator<Item = &Url> {
        self.hops.iter().skip(self.before).chain([&self.url])
    }
}

impl Default for Browser {
    fn default() -> Self {
        Self::new()
    }
}

impl Browser {
    /// A browser without cookies.
    ///
    /// # Panics
    /// When no HTTP client can be made.
    #[must_use]
    pub fn new() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a browser is no part of the server")]
        let client = Client::builder().redirect(Policy::none()).no_proxy().build();
        let client = client.expect("an HTTP client");
        Self { client, jar: Arc::default(), stop_at: None }
    }

    /// The same browser, but redirects and refreshes to addresses that begin with `prefix` are not
    /// followed: they become a page with status 0.
    #[must_use]
    pub fn stop_at(mut self, prefix: impl Into<String>) -> Self {
        self.stop_at = Some(prefix.into());
        self
    }

    /// Goes to a typed address.
    ///
    /// # Panics
    /// When it is none, or the redirects do not end.
    pub async fn get(&self, url: &str) -> Page {
        let url = Url::parse(url).unwrap_or_else(|e| panic!("`{url}` is no address: {e}"));
        self.travel(Journey::typed(url)).await
    }

    /// Follows the link with this text.
    ///
    /// # Panics
    /// When the page has no such link.
    pub async fn click(&self, page: &Page, link: &str) -> Page {
        let href = page.link(link);
        let href = href.unwrap_or_else(|| panic!("no link `{link}` on {}", page.describe()));
        let journey = Journey {
            from: Some(page.address()),
            no_referrer: page.no_referrer(),
            ..Journey::typed(page.resolve(&href))
        };
        self.travel(journey).await
    }

    /// Fills in the form that has this button (by its text, `value` or `name`) and presses it.
    ///
    /// # Panics
    /// When there is no such button or field, or the page's `form-action` blocks the way.
    pub async fn submit(&self, page: &Page, button: &str, fields: &[(&str, &str)]) -> Page {
        let (form, pressed) = page.form_with(button);
        let pairs = form.filled(pressed, fields);
        let encoded = Serializer::new(String::new()).extend_pairs(pairs).finish();
        let action = pressed.action.as_deref().or(form.action.as_deref()).unwrap_or_default();
        let mut url = if action.is_empty() { page.address() } else { page.resolve(action) };
        let body = if form.method == "post" {
            Some(encoded)
        } else {
            url.set_query(Some(&encoded));
            None
        };
        self.travel(Journey {
            method: if body.is_some() { Method::POST } else { Method::GET },
            body,
            from: Some(page.address()),
            no_referrer: page.no_referrer(),
            form_action: page.form_action(),
            ..Journey::typed(url)
        })
        .await
    }

    /// What a page at `from` (somebody else's, as a rule) does when its script posts a form.
    ///
    /// # Panics
    /// When either address is none.
    pub async fn post_from(&self, from: &str, url: &str, fields: &[(&str, &str)]) -> Page {
        let parse = |url| Url::parse(url).expect("an address");
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.travel(Journey {
            method: Method::POST,
            body: Some(body),
            from: Some(parse(from)),
            ..Journey::typed(parse(url))
        })
        .await
    }

    /// What a link on a page at `from` leads to.
    ///
    /// # Panics
    /// When either address is none.
    pub async fn get_from(&self, from: &str, url: &str) -> Page {
        let parse = |url| Url::parse(url).expect("an address");
        self.travel(Journey { from: Some(parse(from)), ..Journey::typed(parse(url)) }).await
    }

    /// The cookies it holds now.
    #[must_use]
    pub fn cookies(&self) -> Vec<Cookie> {
        self.jar(Jar::all)
    }

    /// Forgets all cookies.
    pub fn clear_cookies(&self) {
        self.jar(|jar| *jar = Jar::default());
    }

    fn jar<R>(&self, change: impl FnOnce(&mut Jar) -> R) -> R {
        change(&mut self.jar.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn travel(&self, mut journey: Journey) -> Page {
        loop {
            assert!(journey.hops.len() <= MOST_HOPS, "too many redirects: {:?}", journey.hops);
            for policy in &journey.form_action {
                policy.check(&journey.url, journey.way().count() > 1);
            }
            let halted =
                self.stop_at.as_ref().is_some_and(|at| journey.url.as_str().starts_with(at));
            if halted && !journey.hops.is_empty() {
                return Page::unreached(&journey.url, &journey.hops);
            }
            let Some(page) = self.fetch(&journey).await else {
                return Page::unreached(&journey.url, &journey.hops);
            };
            let Some(next) = next(&journey, &page) else {
                return page;
            };
            journey = next;
        }
    }

    /// One request, one answer; none when nobody is there.
    async fn fetch(&self, journey: &Journey) -> Option<Page> {
        let mut request = self.client.request(journey.method.clone(), journey.url.clone());
        request = request.headers(self.headers(journey));
        if let Some(body) = &journey.body {
            // Said even when it is empty.
            request = request
                .header("content-length", body.len())
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body.clone());
        }
        let response = request.send().await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let set = headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        self.jar(|jar| set.for_each(|line| jar.store(&journey.url, line)));
        let body = response.text().await.ok()?;
        Some(Page::new(&journey.url, status, headers, body, &journey.hops))
    }

    fn headers(&self, journey: &Journey) -> HeaderMap {
        let mut all = vec![
            ("accept", "text/html,application/xhtml+xml,*/*;q=0.8".to_owned()),
            ("accept-language", "en-US,en;q=0.9".to_owned()),
            ("upgrade-insecure-requests", "1".to_owned()),
            ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0 (stand-in)".to_owned()),
        ];
        if site::is_trustworthy(&journey.url) {
            all.push(("sec-fetch-site", site::fetch_site(journey).to_owned()));
            all.push(("sec-fetch-mode", "navigate".to_owned()));
            all.push(("sec-fetch-dest", "document".to_owned()));
            if !journey.by_itself {
                all.push(("sec-fetch-user", "?1".to_owned()));
            }
        }
        if let Some(origin) = site::origin_header(journey) {
            all.push(("origin", origin));
        }
        let cookies = self.jar(|jar| jar.header(journey));
        if !cookies.is_empty() {
            all.push(("cookie", cookies));
        }
        let pair = |(name, value): (&'static str, String)| {
            let value = HeaderValue::from_str(&value).expect("a header value");
            (HeaderName::from_static(name), value)
        };
        all.into_iter().map(pair).collect()
    }
}

/// Where an answer leads: a redirect, or a page that refreshes itself to another address.
fn next(journey: &Journey, page: &Page) -> Option<Journey> {
    let mut hops = journey.hops.clone();
    hops.push(journey.url.clone());
    if let Some(to) = page.refresh() {
        // A navigation of its own: no form, so no `form-action`, and no press of a button.
        let next = Journey {
            from: Some(page.address()),
            no_referrer: page.no_referrer(),
            by_itself: true,
            before: hops.len(),
            hops,
            ..Journey::typed(page.resolve(&to))
        };
        return (next.url != journey.url).then_some(next);
    }
    let location = page.header("location").filter(|_| matches!(page.status, 301..=303 | 307 | 308));
    let mut next = Journey { url: page.resolve(location?), hops, ..journey.clone() };
    if next.url.fragment().is_none() {
        next.url.set_fragment(journey.url.fragment());
    }
    // 301 and 302 turn a POST into a GET in every browser; 303 says so; 307 and 308 forbid it.
    if page.status <= 303 {
        next.method = Method::GET;
        next.body = None;
    }
    Some(next)
}
