//! People's own pages.

mod apps;
mod astray;
mod chat;
mod chat_safety;
mod connections;
mod delete;
mod local;
mod safety;
mod sign_in;

use stagepass_standin::{Browser, Page};

use crate::harness::{Chat, Connector, TestApp, Tokens, Told, code_on};

/// Two people, by the keys of their identities.
const ALICE: &str = "user:spotify:yeE6RsXcNOPmeMjvqPVStN";
const BOB: &str = "user:spotify:KiaEdFrRgSnRFsTHsDDDXh";

fn own_page(app: &TestApp) -> String {
    format!("{}/account", app.url)
}

/// Signs in as `who` for their own page, and gets there.
async fn sign_in(app: &TestApp, browser: &Browser, who: &str) -> Page {
    sign_in_with(app, browser, who, &[]).await
}

/// The same with these fields filled in on our page.
async fn sign_in_with(
    app: &TestApp,
    browser: &Browser,
    who: &str,
    fields: &[(&str, &str)],
) -> Page {
    let page = browser.get(&own_page(app)).await;
    assert!(page.has_button("Continue with Spotify"), "{}", page.describe());
    let page = browser.submit(&page, "Continue with Spotify", fields).await;
    app.spotify.sign_in(browser, page, who).await
}

/// Somebody's own page.
async fn look(app: &TestApp, browser: &Browser) -> Page {
    let page = browser.get(&own_page(app)).await;
    assert_eq!(page.status, 200, "{}", page.describe());
    page
}

/// An app that `who` has allowed, in a browser of another day.
async fn allowed_app(app: &TestApp, who: &str) -> (Connector, Tokens) {
    allowed_app_in(app, &Browser::new(), who).await
}

/// The same in this browser, in which `who` is signed in afterwards.
async fn allowed_app_in(app: &TestApp, browser: &Browser, who: &str) -> (Connector, Tokens) {
    let client = Connector::register(app).await;
    let page = client.agree(app, browser, who).await;
    let code = client.code_at(app, &page);
    let tokens = Connector::tokens(app, &client.redeem(&code).await);
    (client, tokens)
}

/// What the forms of a page are bound to its browser by.
fn token_on(page: &Page) -> String {
    let fields = page.forms.iter().flat_map(|form| &form.fields);
    let token = fields.into_iter().find(|(name, _)| name == "token");
    token.unwrap_or_else(|| panic!("no token: {}", page.describe())).1.clone()
}

/// The value of the first button with this text.
fn value_of(page: &Page, button: &str) -> String {
    let mut buttons = page.forms.iter().flat_map(|form| &form.buttons);
    let found = buttons.find(|known| known.text == button);
    found.unwrap_or_else(|| panic!("no `{button}`: {}", page.describe())).value.clone()
}

/// What was recorded under this name: whom it was about, and how it ended.
async fn recorded(app: &TestApp, event: &str) -> Vec<(String, String)> {
    let rows = app.audit().await.into_iter().filter(|row| row.event == event);
    rows.map(|row| (row.identity.unwrap_or_default(), row.outcome)).collect()
}

fn done(identity: &str) -> (String, String) {
    (identity.to_owned(), "done".to_owned())
}

/// The link to their own page that somebody's chat gives.
async fn link_of(chat: &Chat) -> String {
    let told = chat.auth(serde_json::json!({"action": "status"})).await.ok();
    told.data["account_url"].as_str().unwrap().to_owned()
}

/// Brings a code to a chat.
async fn give(chat: &Chat, code: &str) -> Told {
    chat.auth(serde_json::json!({"action": "handle_callback", "code": code})).await
}

/// Follows a link as far as the page with the code.
async fn bind(browser: &Browser, link: &str) -> Page {
    let page = browser.get(link).await;
    assert_eq!(page.status, 200, "{}", page.describe());
    browser.submit(&page, "Show me the code", &[]).await
}

/// From the chat to the page in this browser.
async fn open(chat: &Chat, browser: &Browser) -> Page {
    let page = bind(browser, &link_of(chat).await).await;
    give(chat, &code_on(&page)).await.ok();
    browser.submit(&page, "Continue", &[]).await
}
