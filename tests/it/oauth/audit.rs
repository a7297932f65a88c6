//! What happened can be read afterwards: by whom, through what, from where, and no secret of it.

use std::time::Duration;

use stagepass::store::AuditRow;
use stagepass_standin::Browser;

use crate::harness::{Connector, Setup, TestApp, Tokens, claims_of};

const ALICE: &str = "user:spotify:yeE6RsXcNOPmeMjvqPVStN";

/// The event, how it came out, and about what.
fn told(row: &AuditRow) -> (&str, &str, Option<&str>) {
    (row.event.as_str(), row.outcome.as_str(), row.detail.as_deref())
}

fn refresh_of(tokens: &Tokens) -> &str {
    tokens.refresh.as_deref().unwrap()
}

/// What was recorded at this moment, by the names of the events; then the next moment comes.
async fn moment(app: &TestApp) -> Vec<AuditRow> {
    let mut rows = app.audit().await;
    rows.retain(|row| row.at == app.clock.now());
    rows.sort_by_key(|row| row.event.clone());
    app.advance(Duration::from_secs(1));
    for row in &rows {
        assert_eq!(row.address.as_deref(), Some("127.0.0.1"), "{row:?}");
    }
    rows
}

/// The same where one event is expected, and this one.
async fn recorded(app: &TestApp, event: (&str, &str, Option<&str>)) -> AuditRow {
    let mut rows = moment(app).await;
    assert_eq!(rows.iter().map(told).collect::<Vec<_>>(), [event]);
    rows.remove(0)
}

#[tokio::test]
async fn every_step_of_a_client_is_recorded() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let id = Some(client.client_id.clone());
    assert_eq!(recorded(&app, ("client.registered", "done", None)).await.client_id, id);

    let code = client.code_for_owner(&app, &Browser::new()).await;
    let trip = moment(&app).await;
    let agreed = ("consent.given", "done", Some("mcp.read mcp.write"));
    let events: Vec<_> = trip.iter().map(told).collect();
    let done = |event: &'static str| (event, "done", None);
    let expected = [done("connection.made"), agreed, done("owner.claimed"), done("sign_in")];
    assert_eq!(events, expected);
    assert!(trip.iter().all(|row| row.client_id == id));
    for row in trip.iter().filter(|row| row.event != "consent.given") {
        assert_eq!(row.identity.as_deref(), Some(ALICE));
        assert_eq!(row.provider.as_deref(), Some("spotify"));
    }

    let issued = ("token.issued", "done", None);
    let first = Connector::tokens(&app, &client.redeem(&code).await);
    let row = recorded(&app, issued).await;
    assert_names(&row, &client, &first);
    let second = Connector::tokens(&app, &client.refresh(refresh_of(&first)).await);
    let row = recorded(&app, issued).await;
    assert_names(&row, &client, &second);
    client.post("/revoke", &[("token", &second.access)]).await;
    let row = recorded(&app, ("token.revoked", "done", None)).await;
    assert_eq!((row.client_id, row.identity.as_deref()), (id, Some(ALICE)));
    app.finish().await;
}

/// Whose tokens these are, and which.
fn assert_names(row: &AuditRow, client: &Connector, tokens: &Tokens) {
    let claims = claims_of(&tokens.access);
    assert_eq!(row.identity.as_deref(), Some(ALICE));
    assert_eq!(row.client_id.as_deref(), Some(client.client_id.as_str()));
    assert_eq!(row.token_id.as_deref(), claims["jti"].as_str());
    assert_eq!(row.grant_id.as_deref(), claims["gid"].as_str());
}

#[tokio::test]
async fn every_refusal_is_recorded() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let id = Some(client.client_id.clone());
    moment(&app).await;
    let page = client.agree(&app, &Browser::new(), "bob").await;
    assert_eq!(page.status, 403, "{}", page.describe());
    let rows = moment(&app).await;
    assert_eq!(told(&rows[1]), ("sign_in", "refused", Some("not invited")));
    assert_eq!(rows[1].identity.as_deref(), Some("user:spotify:KiaEdFrRgSnRFsTHsDDDXh"));
    assert_eq!((&rows[1].client_id, rows[1].provider.as_deref()), (&id, Some("spotify")));

    let browser = Browser::new().stop_at(client.redirect_uri.as_str());
    let page = browser.get(&client.authorize_url()).await;
    let page = browser.submit(&page, "Cancel", &[]).await;
    assert_eq!(page.param("error").as_deref(), Some("access_denied"), "{}", page.describe());
    let row = recorded(&app, ("consent.given", "refused", Some("access_denied"))).await;
    assert_eq!(row.client_id, id);

    assert_eq!(client.redeem("spc_unknown").await.error(), "invalid_grant");
    let row = recorded(&app, ("token.issued", "refused", Some("invalid_grant"))).await;
    assert_eq!(row.client_id, id);

    let mut unproven = client.clone();
    unproven.client_secret = Some("a secret that it hasn't".to_owned());
    assert_eq!(unproven.redeem("spc_unknown").await.error(), "invalid_client");
    let refused = ("client.authenticated", "refused", Some("invalid_client"));
    assert_eq!(recorded(&app, refused).await.client_id, id);
    // A stranger's name for himself is nothing to keep.
    let nobody = Connector::known(&app, "nobody that is known", None);
    assert_eq!(nobody.redeem("spc_unknown").await.error(), "invalid_client");
    assert_eq!(recorded(&app, refused).await.client_id, None);
    app.finish().await;
}

#[tokio::test]
async fn what_strangers_write_is_not_kept() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let odd = "odd-words-of-a-stranger";
    let form = [("grant_type", odd), ("code", odd), ("scope", odd), ("resource", odd), (odd, odd)];
    client.post("/token", &form).await;
    client.post("/revoke", &[("token", odd), ("token_type_hint", odd)]).await;
    client.list("/mcp", Some(odd)).await;
    Connector::known(&app, odd, Some(odd)).redeem(odd).await;
    let rows = format!("{:?}", app.audit().await);
    assert!(rows.contains("unsupported_grant_type") && rows.contains("invalid_client"), "{rows}");
    assert!(!rows.contains(odd), "{rows}");
    app.finish().await;
}

#[tokio::test]
async fn strangers_don_t_fill_the_record() {
    let variables = vec![
        ("ACCESS__ALLOW", "open".to_owned()),
        ("LIMITS__TOKEN_PER_MINUTE", "5".to_owned()),
        ("LIMITS__REGISTER_PER_MINUTE", "2".to_owned()),
    ];
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let client = Connector::register(&app).await;
    let nobody = Connector::known(&app, "nobody", None);
    for _ in 0..10 {
        nobody.post("/token", &[]).await;
        nobody.post("/revoke", &[]).await;
        nobody.begin("/register").json("{}").send().await.unwrap();
        client.list("/mcp", Some("a token that isn't one")).await;
        client.get("/.well-known/oauth-authorization-server").await;
        Browser::new().get(&client.authorize_url()).await;
    }
    let rows = app.audit().await;
    let named = |event: &str| rows.iter().filter(|row| row.event == event).count();
    assert_eq!((named("client.registered"), named("client.authenticated")), (1, 5));
    assert_eq!(rows.len(), 6, "{rows:?}");
    app.finish().await;
}

/// Whoever makes much noise first can't hide it.
#[tokio::test]
async fn a_theft_is_recorded_however_much_was_refused_before() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let code = client.code_of(&app, "alice").await;
    let by_code = Connector::tokens(&app, &client.redeem(&code).await);
    let first = client.tokens_of(&app, "alice").await;
    let second = Connector::tokens(&app, &client.refresh(refresh_of(&first)).await);
    Connector::tokens(&app, &client.refresh(refresh_of(&second)).await);
    app.advance(Duration::from_secs(10));
    for _ in 0..40 {
        assert_eq!(client.refresh("spr_unknown").await.error(), "invalid_grant");
    }
    assert_eq!(client.refresh(refresh_of(&first)).await.error(), "invalid_grant");
    assert_eq!(client.redeem(&code).await.error(), "invalid_grant");
    for (event, tokens) in [("refresh.reused", &first), ("code.reused", &by_code)] {
        let rows = app.audit().await;
        let row = rows.iter().find(|row| row.event == event).unwrap();
        assert_eq!(row.grant_id.as_deref(), claims_of(&tokens.access)["gid"].as_str());
    }
    app.finish().await;
}

#[tokio::test]
async fn the_record_is_in_the_order_of_time() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let mut token = client.tokens_of(&app, "alice").await;
    for _ in 0..3 {
        app.advance(Duration::from_secs(11));
        token = Connector::tokens(&app, &client.refresh(refresh_of(&token)).await);
    }
    let rows = app.audit().await;
    assert!(rows.is_sorted_by_key(|row| row.at) && rows.is_sorted_by_key(|row| row.id.clone()));
    assert_eq!(rows.iter().filter(|row| row.event == "token.issued").count(), 4);
    app.finish().await;
}
