//! What a person does at the pages of the accounts service.

use super::Spotify;
use crate::{Browser, Page};

impl Spotify {
    /// From the login or consent page on: logs in as `who`, agrees, and goes on to where that
    /// leads. A page that is elsewhere already (approved before) is handed back as it is.
    ///
    /// # Panics
    /// When a page of the accounts service is neither of the two.
    pub async fn sign_in(&self, browser: &Browser, page: Page, who: &str) -> Page {
        self.visit(browser, page, who, "Agree").await
    }

    /// The same up to the consent page, where `who` cancels.
    ///
    /// # Panics
    /// When a page of the accounts service is neither of the two.
    pub async fn deny(&self, browser: &Browser, page: Page, who: &str) -> Page {
        self.visit(browser, page, who, "Cancel").await
    }

    async fn visit(&self, browser: &Browser, mut page: Page, who: &str, decision: &str) -> Page {
        let here = format!("{}/", self.url());
        while page.status != 0 && page.url.starts_with(&here) {
            page = if page.has_button("Log in") {
                browser.submit(&page, "Log in", &[("username", who)]).await
            } else if !page.has_button(decision) {
                panic!("neither login nor consent: {}", page.describe());
            } else if page.forms.iter().any(|form| form.asks(who)) {
                browser.submit(&page, decision, &[]).await
            } else {
                browser.click(&page, "Not you?").await
            };
        }
        page
    }
}

impl crate::browser::Form {
    /// Whether this consent form was made for `who`.
    fn asks(&self, who: &str) -> bool {
        self.fields.iter().any(|(name, value)| name == "person" && value == who)
    }
}
