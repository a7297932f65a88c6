//! `stagepass access`: invitations, while the server runs.

use stagepass_standin::Browser;

use super::{answer, operate, refusal, within_seconds};
use crate::harness::{Connector, TestApp, Tokens};

/// What the owner of a server that nobody had claimed gets.
async fn owners(app: &TestApp, client: &Connector) -> Tokens {
    let code = client.code_for_owner(app, &Browser::new()).await;
    Connector::tokens(app, &client.redeem(&code).await)
}

async fn status(client: &Connector, tokens: &Tokens) -> u16 {
    client.list("/mcp", Some(&tokens.access)).await.status
}

#[tokio::test]
async fn an_invitation_lets_somebody_in_and_its_end_turns_them_out() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let alice = owners(&app, &client).await;
    let page = client.agree(&app, &Browser::new(), "bob").await;
    let account = page.text().split_whitespace().find(|word| word.starts_with("spotify:"));
    let account = account.unwrap_or_else(|| panic!("{}", page.describe())).to_owned();

    let said = answer(&app, &["access", "allow", &account]).await;
    assert!(said.contains(&account) && said.contains(&app.mcp_url()), "{said}");
    let browser = Browser::new();
    let page = client.agree(&app, &browser, "bob").await;
    let code = client.code_at(&app, &page);
    let bob = Connector::tokens(&app, &client.redeem(&code).await);
    assert_eq!(status(&client, &bob).await, 200);
    let said = answer(&app, &["access", "list"]).await;
    assert!(said.contains(&format!("invited: {account}\n")), "{said}");
    let row = |said: &str| said.lines().find(|line| line.contains("Bob")).map(str::to_owned);
    assert!(row(&said).is_some_and(|row| row.contains(" yes ")), "{said}");
    assert!(said.contains(" owner "), "{said}");

    let said = answer(&app, &["access", "deny", &account]).await;
    assert!(said.contains("taken back") && said.contains("Bob"), "{said}");
    for table in ["grants", "sessions"] {
        let left = app.count(&format!("SELECT COUNT(*) FROM {table}")).await;
        assert_eq!(left, 1, "{table} of the owner alone");
    }
    within_seconds("bob is out", async || status(&client, &bob).await == 401).await;
    let page = client.agree(&app, &browser, "bob").await;
    assert_eq!(page.status, 403, "{}", page.describe());
    assert_eq!(status(&client, &alice).await, 200);
    let row = row(&answer(&app, &["access", "list"]).await).unwrap();
    assert!(row.contains(" no "), "{row}");

    // Invited again, he begins anew.
    answer(&app, &["access", "allow", &account]).await;
    assert_eq!(client.refresh(bob.refresh.as_deref().unwrap()).await.error(), "invalid_grant");
    assert_eq!(status(&client, &bob).await, 401);
    app.finish().await;
}

#[tokio::test]
async fn the_owner_stays() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let alice = owners(&app, &client).await;
    let said = answer(&app, &["access", "list"]).await;
    let account = said.split_whitespace().find(|word| word.starts_with("spotify:")).unwrap();
    let said = refusal(&app, &["access", "deny", account]).await;
    assert!(said.contains("owns this server"), "{said}");
    assert_eq!(app.count("SELECT COUNT(*) FROM grants").await, 1);
    assert_eq!(app.count("SELECT COUNT(*) FROM sessions").await, 1);
    assert_eq!(status(&client, &alice).await, 200);
    app.finish().await;
}

#[tokio::test]
async fn whoever_comes_in_otherwise_is_named_with_the_way_to_end_it() {
    let app = TestApp::start_for("@example.com").await;
    for (name, email) in [("bob", "bob@example.com"), ("eve", "eve@example.org")] {
        app.sql(&format!(
            "INSERT INTO users (identity, provider, account_id, account_name, email, created_at, \
             signed_in_at) VALUES ('user:work:{name}', 'work', '{name}', '{name}', '{email}', \
             '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00')"
        ))
        .await;
    }
    // In the configuration: it has to be removed there.
    let said = refusal(&app, &["access", "deny", "@Example.COM"]).await;
    assert!(said.contains("access.allow") && said.contains("Remove it"), "{said}");
    // Invited twice, and by the configuration.
    for entry in ["work:bob", "Bob@Example.com", "eve@example.org", "@example.org"] {
        answer(&app, &["access", "allow", entry]).await;
    }
    let said = refusal(&app, &["access", "deny", "work:bob"]).await;
    assert!(said.contains("taken back") && said.contains("comes in by @example.com"), "{said}");
    let said = refusal(&app, &["access", "deny", "eve@example.org"]).await;
    assert!(said.contains("comes in by @example.org"), "{said}");
    let said = answer(&app, &["access", "deny", "@example.ORG"]).await;
    assert!(said.contains("eve (work:eve) is out"), "{said}");
    let said = answer(&app, &["access", "list"]).await;
    assert!(said.contains("invited: bob@example.com\n"), "{said}");
    app.finish().await;
}

#[tokio::test]
async fn where_everybody_may_come_in_nobody_can_be_denied() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let bob = client.tokens_of(&app, "bob").await;
    answer(&app, &["access", "allow", "spotify:acc-bob"]).await;
    let said = refusal(&app, &["access", "deny", "spotify:acc-bob"]).await;
    assert!(said.contains("taken back") && said.contains("access.allow is \"open\""), "{said}");
    assert_eq!(status(&client, &bob).await, 200);
    app.finish().await;
}

#[tokio::test]
async fn what_names_nobody_is_refused() {
    let app = TestApp::start_for("owner").await;
    for entry in ["bob", "@", "spotify:", "example.com", "spotify:b\u{1b}[2Jb", "b\nb@example.com"]
    {
        let ended = operate(&app, &["access", "allow", entry]).await;
        assert_eq!(ended.code, Some(2), "{entry}");
        assert!(ended.stderr.contains("provider:id"), "{entry}: {}", ended.stderr);
    }
    let said = refusal(&app, &["access", "deny", "spotify:nobody"]).await;
    assert!(said.contains("isn't invited") && said.contains("stagepass access list"), "{said}");
    // Spotify verifies no address, so such an invitation would be waited for in vain.
    let said = answer(&app, &["access", "allow", "bob@example.com"]).await;
    assert!(said.contains("Invite the account"), "{said}");
    let said = answer(&app, &["access", "allow", "BOB@example.com"]).await;
    assert!(said.contains("already"), "{said}");
    app.finish().await;
}
