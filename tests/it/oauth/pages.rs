//! What the consent page tells, and what nobody can make it tell.

use serde_json::{Value, json};
use stagepass_standin::{Browser, Page};

use crate::harness::{Connector, TestApp};

/// The consent page of a client that describes itself so.
async fn consent(app: &TestApp, more: Value) -> Page {
    let mut metadata = json!({
        "redirect_uris": ["https://client.example/callback"],
        "token_endpoint_auth_method": "none",
    });
    metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let client = Connector::register_as(app, metadata).await;
    let page = Browser::new().get(&client.authorize_url()).await;
    assert_eq!(page.status, 200, "{}", page.describe());
    page
}

fn assert_keeps_out(page: &Page) {
    let policy = page.header("content-security-policy").unwrap_or_default();
    for directive in
        ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]
    {
        assert!(policy.contains(directive), "{directive}: {}", page.describe());
    }
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    assert_eq!(page.header("x-frame-options"), Some("DENY"), "{}", page.describe());
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    assert!(!page.body.contains("<script") && !page.body.contains("<img"), "{}", page.body);
}

#[tokio::test]
async fn no_page_on_the_way_can_be_framed_scripted_or_cached() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new().stop_at(app.spotify.url());
    let page = browser.get(&client.authorize_url()).await;
    assert_keeps_out(&page);
    for path in ["/authorize", "/login?id=x", "/callback/spotify?state=spl_x", "/consent"] {
        assert_keeps_out(&browser.get(&format!("{}{path}", app.url)).await);
    }
    assert_keeps_out(&browser.submit(&page, "agree", &[("claim", "wrong")]).await);
    // The page that leads on, as it is before it does.
    let leads_on = Browser::new();
    let page = leads_on.get(&client.authorize_url()).await;
    let fields = page.forms[0].fields.iter().map(|(name, value)| (name, value));
    let form: Vec<_> = fields.collect();
    let cookie = &leads_on.cookies()[0];
    let request = stagepass::http::client().unwrap().post(format!("{}/consent", app.url));
    let request = request.header("cookie", format!("{}={}", cookie.name, cookie.value));
    let sent = request
        .form(&form)
        .form(&[form, vec![(&"decision".to_owned(), &"deny".to_owned())]].concat());
    let sent = sent.send().await.unwrap();
    assert_eq!(sent.headers()["x-frame-options"], "DENY");
    assert!(!sent.text().await.unwrap().contains("<script"));
    app.finish().await;
}

#[tokio::test]
async fn a_name_is_text_whatever_it_holds() {
    let app = TestApp::start_for("owner").await;
    for name in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</title><script>alert(1)</script>",
        "<form action=https://evil.example><button>Continue",
        "<meta http-equiv=refresh content=0;url=https://evil.example>",
        "&lt;script&gt;",
        "{{7*7}}${7*7}",
    ] {
        let page = consent(&app, json!({"client_name": name})).await;
        assert!(page.has_text(&format!("calls itself {name} wants")), "{}", page.describe());
        assert_keeps_out(&page);
        assert_eq!(page.forms.len(), 1, "{}", page.body);
        assert!(!page.body.contains("<meta http-equiv"), "{}", page.body);
    }
    app.finish().await;
}

#[tokio::test]
async fn a_name_hides_nothing_and_turns_nothing_around() {
    let app = TestApp::start_for("owner").await;
    for (name, shown) in [
        ("Cl\u{200b}au\u{200d}de\u{feff}", "Claude"),
        ("\u{202e}edualC", "edualC"),
        ("Claude\u{2066}\u{202e} evil\u{2069}", "Claude evil"),
        ("Claude\r\n\r\nSigned in as admin", "Claude Signed in as admin"),
        ("Claude\u{1b}[2J\u{0}", "Claude [2J"),
        ("\u{200b}\u{202e}\u{3164}", "an app without a name"),
        ("", "an app without a name"),
        (&"x".repeat(5_000), &"x".repeat(100)),
    ] {
        let page = consent(&app, json!({"client_name": name})).await;
        assert!(page.has_text(&format!("calls itself {shown} wants")), "{}", page.describe());
        assert!(!page.body.contains(['\u{200b}', '\u{202e}', '\u{2066}', '\u{1b}', '\u{0}']));
    }
    app.finish().await;
}

#[tokio::test]
async fn what_a_client_says_of_pages_and_logos_is_shown_nowhere() {
    let app = TestApp::start_for("owner").await;
    let page = consent(
        &app,
        json!({
            "client_uri": "https://evil.example/home",
            "logo_uri": "https://evil.example/logo.svg",
            "tos_uri": "javascript:alert('evil')",
            "policy_uri": "https://evil.example/policy",
            "contacts": ["admin@evil.example"],
            "software_statement": "evil",
        }),
    )
    .await;
    assert!(!page.body.contains("evil"), "{}", page.body);
    app.finish().await;
}

#[tokio::test]
async fn the_host_is_shown_large_whatever_the_name_claims() {
    let app = TestApp::start_for("owner").await;
    for (uri, host) in [
        ("https://claude.ai.evil.example/claude.ai", "claude.ai.evil.example"),
        ("https://evil.example/https://claude.ai/api", "evil.example"),
        ("https://xn--clude-0qa.ai/callback", "xn--clude-0qa.ai"),
        ("https://evil.example:8443/claude.ai", "evil.example"),
        ("https://203.0.113.7/callback", "203.0.113.7"),
        ("cursor://claude.ai/oauth/callback", "cursor:"),
        ("com.example.app:/claude.ai", "com.example.app:"),
    ] {
        let claim = json!({"client_name": "Claude (claude.ai)", "redirect_uris": [uri]});
        let page = consent(&app, claim).await;
        assert!(page.body.contains(&format!("<p class=\"host\">{host}</p>")), "{}", page.body);
        assert!(page.has_text("calls itself Claude (claude.ai)"), "{}", page.describe());
        assert!(page.has_text("The name is the app's own claim"), "{}", page.describe());
        assert!(!page.has_text("on your own computer"), "{}", page.describe());
    }
    app.finish().await;
}

#[tokio::test]
async fn a_program_on_ones_own_computer_is_called_that() {
    let app = TestApp::start_for("owner").await;
    for (uri, host) in [
        ("http://localhost:54321/callback", "localhost"),
        ("http://127.0.0.1:33418/", "127.0.0.1"),
        ("http://[::1]:9/callback", "[::1]"),
        ("http://127.0.0.1/callback", "127.0.0.1"),
    ] {
        let page = consent(&app, json!({"redirect_uris": [uri]})).await;
        assert!(page.body.contains(&format!("<p class=\"host\">{host}</p>")), "{}", page.body);
        assert!(page.body.contains("role=\"note\""), "a warning that stands out");
        assert!(page.has_text("a program on your own computer"), "{}", page.describe());
        assert!(page.has_text("only if you started this yourself"), "{}", page.describe());
    }
    app.finish().await;
}

#[tokio::test]
async fn the_page_says_what_is_asked_and_of_which_account() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new().stop_at("https:");
    let page = browser.get(&client.authorize_url()).await;
    for words in [
        "wants to use this server for you",
        "look things up for you with the tools of this server",
        "change things for you: play, edit, connect and disconnect accounts",
        "Let the tools use this Spotify account",
        "start, stop and change what plays",
        "only if you added this server to the app yourself",
    ] {
        assert!(page.has_text(words), "{words}: {}", page.describe());
    }
    client.agree(&app, &browser, "alice").await;
    let page = browser.get(&client.authorize_url()).await;
    assert!(page.has_text("Signed in as Alice Example with Spotify"), "{}", page.describe());
    assert!(page.has_button("Continue as Alice Example"), "{}", page.describe());
    app.finish().await;
}
