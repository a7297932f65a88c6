//! Browsers inside other apps: they share no sign-in with a person's own browser, and some services
//! refuse to sign anybody in there.

use axum::http::{HeaderMap, header::USER_AGENT};
use maud::{Markup, html};

use super::parts;

/// What such browsers call themselves, besides the browser that they are made of.
const MARKS: [&str; 12] = [
    "; wv)",
    "FBAN/",
    "FBAV/",
    "Instagram",
    "WhatsApp",
    "Telegram",
    "Line/",
    "Slack",
    "MicroMessenger",
    "Snapchat",
    "musical_ly",
    "LinkedInApp",
];

/// Words for whoever seems to be in one; nothing for everybody else.
#[must_use]
pub fn advice(headers: &HeaderMap) -> Option<Markup> {
    let browser = headers.get(USER_AGENT)?.to_str().ok()?;
    MARKS.iter().any(|mark| browser.contains(mark)).then(|| {
        parts::warning(&html! {
            "This seems to be the browser inside an app. If you can't sign in here, open this page \
             in your own browser: look for “Open in browser” in the menu (⋯ or ⋮). The link works \
             there as well."
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in_app(browser: &str) -> bool {
        advice(&HeaderMap::from_iter([(USER_AGENT, browser.parse().unwrap())])).is_some()
    }

    #[test]
    fn a_browser_inside_an_app_is_known_by_what_it_calls_itself() {
        for browser in [
            "Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/22A [FBAN/FBIOS;FBAV/480.0]",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Instagram 350.0",
        ] {
            assert!(is_in_app(browser), "{browser}");
        }
        for browser in [
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        ] {
            assert!(!is_in_app(browser), "{browser}");
        }
    }
}
