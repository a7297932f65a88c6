//! Whoever may not come in any more is out, soon and everywhere.

use stagepass_standin::{Browser, Page};

use crate::harness::{Connector, TestApp, Tokens};

const ALICE: &str = "spotify:yeE6RsXcNOPmeMjvqPVStN";
const BOB: &str = "spotify:KiaEdFrRgSnRFsTHsDDDXh";

/// Signs in with `browser`, and stays so in it.
async fn sign_in(app: &TestApp, client: &Connector, browser: &Browser, who: &str) -> Tokens {
    let page = client.agree(app, browser, who).await;
    Connector::tokens(app, &client.redeem(&client.code_at(app, &page)).await)
}

/// Whether the consent page knows who is signed in.
async fn is_known(client: &Connector, browser: &Browser, name: &str) -> bool {
    let page = browser.get(&client.authorize_url()).await;
    assert_eq!(page.status, 200, "{}", page.describe());
    page.has_button(&format!("Continue as {name}"))
}

async fn assert_out(client: &Connector, browser: &Browser, tokens: &Tokens) {
    assert!(client.is_soon_out(&tokens.access).await);
    let refused = client.refresh(tokens.refresh.as_deref().unwrap()).await;
    assert_eq!((refused.status, refused.error()), (400, "invalid_grant"));
    assert!(!is_known(client, browser, "Alice Example").await);
}

fn assert_needs_invitation(page: &Page, account: &str) {
    assert_eq!(page.status, 403, "{}", page.describe());
    assert!(page.has_text("You need an invitation"), "{}", page.describe());
    assert!(page.has_text(account), "the owner has to know whom: {}", page.describe());
}

#[tokio::test]
async fn whoever_is_uninvited_is_out_within_seconds_everywhere() {
    let app = TestApp::start_for(BOB).await;
    let client = Connector::register(&app).await;
    let (url, stop) = app.twin().await;
    let twin = client.at(&url);
    let db = app.db().await;
    assert!(db.invite(ALICE, app.clock.now()).await.unwrap());
    let (alices, bobs) = (Browser::new(), Browser::new());
    let alice = sign_in(&app, &client, &alices, "alice").await;
    let bob = sign_in(&app, &client, &bobs, "bob").await;
    for client in [&client, &twin] {
        assert!(client.is_let_in(&alice.access).await && client.is_let_in(&bob.access).await);
    }
    assert!(is_known(&client, &alices, "Alice Example").await);

    assert!(db.uninvite(ALICE).await.unwrap());
    assert_out(&client, &alices, &alice).await;
    assert!(twin.is_soon_out(&alice.access).await);
    let page = client.agree(&app, &Browser::new(), "alice").await;
    assert_needs_invitation(&page, ALICE);
    assert!(client.is_let_in(&bob.access).await && twin.is_let_in(&bob.access).await);
    assert!(is_known(&client, &bobs, "Bob Example").await);
    db.close().await;
    stop.send(()).unwrap();
    app.finish().await;
}

#[tokio::test]
async fn whoever_the_configuration_no_longer_names_is_out_from_the_next_start_on() {
    let mut app = TestApp::start_for(&format!("{ALICE},{BOB}")).await;
    let client = Connector::register(&app).await;
    let (alices, bobs) = (Browser::new(), Browser::new());
    let alice = sign_in(&app, &client, &alices, "alice").await;
    let bob = sign_in(&app, &client, &bobs, "bob").await;
    assert!(client.is_let_in(&alice.access).await && client.is_let_in(&bob.access).await);
    app.set("ACCESS__ALLOW", BOB);
    app.restart().await;
    assert!(!client.is_let_in(&alice.access).await);
    assert_out(&client, &alices, &alice).await;
    assert!(client.is_let_in(&bob.access).await);
    assert!(is_known(&client, &bobs, "Bob Example").await);
    app.finish().await;
}

#[tokio::test]
async fn a_server_with_an_owner_is_nobody_elses() {
    let mut app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let bob = client.tokens_of(&app, "bob").await;
    app.set("ACCESS__ALLOW", "owner");
    app.restart().await;
    assert!(!client.is_let_in(&bob.access).await);
    let code = client.code_for_owner(&app, &Browser::new()).await;
    let alice = Connector::tokens(&app, &client.redeem(&code).await);
    assert!(client.is_let_in(&alice.access).await);
    let page = client.agree(&app, &Browser::new(), "bob").await;
    assert_needs_invitation(&page, BOB);
    assert!(!client.is_let_in(&bob.access).await);
    app.finish().await;
}

#[tokio::test]
async fn whoever_s_access_is_ended_has_nothing_left_but_their_accounts() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new();
    let alice = sign_in(&app, &client, &browser, "alice").await;
    let bob = client.tokens_of(&app, "bob").await;
    let code = client.code_of(&app, "alice").await;
    assert!(client.is_let_in(&alice.access).await);
    let db = app.db().await;
    db.end_access("user:spotify:yeE6RsXcNOPmeMjvqPVStN").await.unwrap();
    db.close().await;
    assert_out(&client, &browser, &alice).await;
    assert_eq!(client.redeem(&code).await.error(), "invalid_grant");
    assert!(client.is_let_in(&bob.access).await);
    assert_eq!(app.count("SELECT COUNT(*) FROM connections WHERE dead_reason IS NULL").await, 2);
    app.finish().await;
}
