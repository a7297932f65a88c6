//! Refresh tokens rotate, forgive a lost answer, and don't forgive a thief.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use crate::harness::{Answer, Connector, TestApp, Tokens, claims_of};

const MOMENT: Duration = Duration::from_secs(10);
const HOUR: Duration = Duration::from_hours(1);

/// A server, a client, and alice's first refresh token.
async fn start() -> (TestApp, Connector, Tokens) {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let tokens = client.tokens_of(&app, "alice").await;
    (app, client, tokens)
}

/// Refreshes, which has to work.
async fn next(app: &TestApp, client: &Connector, token: &str) -> Tokens {
    Connector::tokens(app, &client.refresh(token).await)
}

async fn refresh_with(client: &Connector, token: &str, more: &[(&str, &str)]) -> Answer {
    let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
    form.extend(more);
    client.post("/token", &form).await
}

fn refresh_of(tokens: &Tokens) -> &str {
    tokens.refresh.as_deref().unwrap()
}

fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status, answer.error()), (400, "invalid_grant"), "{answer:?}");
}

/// Nothing of the grant works any more, and the operator can read why.
async fn assert_family_dead(app: &TestApp, client: &Connector, family: &[&Tokens]) {
    for tokens in family {
        assert!(!client.is_let_in(&tokens.access).await);
        assert_refused(&client.refresh(refresh_of(tokens)).await);
    }
    let rows = app.audit().await;
    let reuses: Vec<_> = rows.iter().filter(|row| row.event == "refresh.reused").collect();
    assert_eq!(reuses.len(), 1);
    let claims = claims_of(&family[0].access);
    assert_eq!(reuses[0].identity.as_deref(), claims["sub"].as_str());
    assert_eq!(reuses[0].client_id.as_deref(), Some(client.client_id.as_str()));
    assert_eq!(reuses[0].grant_id.as_deref(), claims["gid"].as_str());
    assert_eq!(reuses[0].address.as_deref(), Some("127.0.0.1"));
}

#[tokio::test]
async fn a_refresh_gives_a_new_pair_of_the_same_grant() {
    let (app, client, first) = start().await;
    app.advance(HOUR);
    assert!(!client.is_let_in(&first.access).await);
    let answer = client.refresh(refresh_of(&first)).await;
    let second = Connector::tokens(&app, &answer);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.body["expires_in"], 3600);
    assert_eq!(second.scope, first.scope);
    assert_ne!(second.refresh, first.refresh);
    assert!(client.is_let_in(&second.access).await);
    let (one, other) = (claims_of(&first.access), claims_of(&second.access));
    for same in ["iss", "sub", "aud", "client_id", "scope", "gid"] {
        assert_eq!(one[same], other[same], "{same}");
    }
    assert_ne!(one["jti"], other["jti"]);
    app.finish().await;
}

#[tokio::test]
async fn a_lost_answer_logs_nobody_out() {
    let (app, client, first) = start().await;
    app.advance(HOUR);
    let lost = next(&app, &client, refresh_of(&first)).await;
    // The client never heard, and asks again with what it has, for as long as it takes.
    for _ in 0..3 {
        app.advance(HOUR);
        let again = next(&app, &client, refresh_of(&first)).await;
        assert_ne!(again.refresh, lost.refresh);
        assert!(client.is_let_in(&again.access).await);
    }
    app.advance(HOUR);
    let heard = next(&app, &client, refresh_of(&first)).await;
    let after = next(&app, &client, refresh_of(&heard)).await;
    assert!(client.is_let_in(&after.access).await);
    app.finish().await;
}

#[tokio::test]
async fn twice_within_ten_seconds_is_answered_the_same() {
    let (app, client, first) = start().await;
    let one = next(&app, &client, refresh_of(&first)).await;
    app.advance(Duration::from_millis(9_999));
    let other = next(&app, &client, refresh_of(&first)).await;
    assert_eq!(one.refresh, other.refresh);
    assert_ne!(one.access, other.access);
    // Whichever the client keeps, it works.
    let after = next(&app, &client, refresh_of(&one)).await;
    assert!(client.is_let_in(&after.access).await);
    app.finish().await;
}

#[tokio::test]
async fn later_there_is_a_new_successor_and_the_unused_one_is_dead() {
    let (app, client, first) = start().await;
    let lost = next(&app, &client, refresh_of(&first)).await;
    app.advance(MOMENT);
    let found = next(&app, &client, refresh_of(&first)).await;
    assert_ne!(found.refresh, lost.refresh);
    // Whoever comes with the one that was lost isn't the client.
    assert_refused(&client.refresh(refresh_of(&lost)).await);
    assert_family_dead(&app, &client, &[&lost, &found, &first]).await;
    app.finish().await;
}

#[tokio::test]
async fn once_its_successor_was_used_a_token_is_dead_and_kills() {
    let (app, client, first) = start().await;
    let second = next(&app, &client, refresh_of(&first)).await;
    let third = next(&app, &client, refresh_of(&second)).await;
    assert!(client.is_let_in(&third.access).await);
    // Not ten seconds have passed since it was used, and that helps it no more.
    assert_refused(&client.refresh(refresh_of(&first)).await);
    assert_family_dead(&app, &client, &[&third, &second, &first]).await;
    app.finish().await;
}

#[tokio::test]
async fn an_ancestor_of_any_degree_is_dead_and_kills() {
    let (app, client, first) = start().await;
    let mut family = vec![first];
    for _ in 0..4 {
        app.advance(HOUR);
        let youngest = family.last().unwrap();
        family.push(next(&app, &client, refresh_of(youngest)).await);
    }
    assert_refused(&client.refresh(refresh_of(&family[1])).await);
    assert_family_dead(&app, &client, &family.iter().collect::<Vec<_>>()).await;
    app.finish().await;
}

#[tokio::test]
async fn a_thief_ends_nothing_but_the_grant_that_he_stole() {
    let (app, client, first) = start().await;
    let other = client.tokens_of(&app, "alice").await;
    let bobs = client.tokens_of(&app, "bob").await;
    let second = next(&app, &client, refresh_of(&first)).await;
    next(&app, &client, refresh_of(&second)).await;
    assert_refused(&client.refresh(refresh_of(&first)).await);
    for untouched in [&other, &bobs] {
        assert!(client.is_let_in(&untouched.access).await);
        next(&app, &client, refresh_of(untouched)).await;
    }
    app.finish().await;
}

#[tokio::test]
async fn twenty_at_once_on_two_replicas_are_all_answered_and_nobody_is_logged_out() {
    let (app, client, mut tokens) = start().await;
    let (url, stop) = app.twin().await;
    let twin = client.at(&url);
    for _ in 0..5 {
        app.advance(HOUR);
        let clients = (0..20).map(|number| if number % 2 == 0 { &client } else { &twin });
        let token = refresh_of(&tokens).to_owned();
        let answers = join_all(clients.map(|client| client.refresh(&token))).await;
        let all: Vec<_> = answers.iter().map(|answer| Connector::tokens(&app, answer)).collect();
        for one in &all {
            assert_eq!(one.refresh, all[0].refresh);
            assert!(client.is_let_in(&one.access).await && twin.is_let_in(&one.access).await);
        }
        tokens = all.into_iter().next_back().unwrap();
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM refresh_tokens").await, 6);
    stop.send(()).unwrap();
    app.finish().await;
}

#[tokio::test]
async fn a_token_is_worth_nothing_to_another_client() {
    let (app, client, first) = start().await;
    let thief = Connector::register(&app).await;
    assert_refused(&thief.refresh(refresh_of(&first)).await);
    let second = next(&app, &client, refresh_of(&first)).await;
    let third = next(&app, &client, refresh_of(&second)).await;
    // Not even to do harm with a dead one.
    assert_refused(&thief.refresh(refresh_of(&first)).await);
    assert!(client.is_let_in(&third.access).await);
    next(&app, &client, refresh_of(&third)).await;
    app.finish().await;
}

#[tokio::test]
async fn what_isn_t_a_token_is_refused() {
    let (app, client, first) = start().await;
    let shortened = &refresh_of(&first)[..40];
    for strange in ["spr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x", shortened] {
        assert_refused(&client.refresh(strange).await);
    }
    assert_refused(&client.refresh(&first.access).await);
    assert_eq!(client.refresh("").await.error(), "invalid_request");
    next(&app, &client, refresh_of(&first)).await;
    app.finish().await;
}

#[tokio::test]
async fn scopes_are_never_widened() {
    let (app, client, _) = start().await;
    let reads = client.tokens_with(&app, "alice", &[("scope", "mcp.read")]).await;
    assert_eq!(reads.scope, "mcp.read");
    for more in ["mcp.write", "mcp.read mcp.write", "mcp.admin", "mcp.read mcp.act_as"] {
        let answer = refresh_with(&client, refresh_of(&reads), &[("scope", more)]).await;
        assert_eq!((answer.status, answer.error()), (400, "invalid_scope"), "{more}");
    }
    let next = next(&app, &client, refresh_of(&reads)).await;
    assert_eq!(next.scope, "mcp.read");
    assert_eq!(claims_of(&next.access)["scope"], "mcp.read");
    app.finish().await;
}

#[tokio::test]
async fn a_request_may_want_less_and_the_grant_keeps_all() {
    let (app, client, first) = start().await;
    let answer = refresh_with(&client, refresh_of(&first), &[("scope", "mcp.read")]).await;
    let less = Connector::tokens(&app, &answer);
    assert_eq!(less.scope, "mcp.read");
    assert_eq!(claims_of(&less.access)["scope"], "mcp.read");
    // Some clients repeat what the server's document lists, known to it or not.
    let more = [("scope", "mcp.read mcp.write offline_access openid")];
    let all = Connector::tokens(&app, &refresh_with(&client, refresh_of(&less), &more).await);
    assert_eq!(all.scope, "mcp.read mcp.write");
    app.finish().await;
}

#[tokio::test]
async fn the_audience_stays_what_was_agreed() {
    let (app, client, _) = start().await;
    let toolset = format!("{}/mcp/spotify", app.url);
    let first = client.tokens_with(&app, "alice", &[("resource", &toolset)]).await;
    for other in [app.mcp_url().as_str(), "https://other.example/mcp"] {
        let answer = refresh_with(&client, refresh_of(&first), &[("resource", other)]).await;
        assert_eq!((answer.status, answer.error()), (400, "invalid_target"), "{other}");
    }
    let second = next(&app, &client, refresh_of(&first)).await;
    assert_eq!(claims_of(&second.access)["aud"], toolset);
    let again = refresh_with(&client, refresh_of(&second), &[("resource", &toolset)]).await;
    assert_eq!(claims_of(&Connector::tokens(&app, &again).access)["aud"], toolset);
    app.finish().await;
}

#[tokio::test]
async fn a_grant_that_is_used_lives_on_and_an_idle_one_ends_after_sixty_days() {
    let (app, client, mut tokens) = start().await;
    for _ in 0..3 {
        app.advance(Duration::from_hours(24 * 60) - Duration::from_secs(1));
        tokens = next(&app, &client, refresh_of(&tokens)).await;
    }
    app.advance(Duration::from_hours(24 * 60));
    assert_refused(&client.refresh(refresh_of(&tokens)).await);
    app.finish().await;
}

#[tokio::test]
async fn a_client_with_a_secret_has_to_prove_itself_at_each_refresh() {
    let (app, _, _) = start().await;
    let metadata = json!({
        "redirect_uris": ["https://client.example/callback"],
        "token_endpoint_auth_method": "client_secret_post",
    });
    let client = Connector::register_as(&app, metadata).await;
    let tokens = client.tokens_of(&app, "alice").await;
    let mut unproven = client.clone();
    for secret in [None, Some("spk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] {
        unproven.client_secret = secret.map(str::to_owned);
        let answer = unproven.refresh(refresh_of(&tokens)).await;
        assert_eq!((answer.status, answer.error()), (401, "invalid_client"));
    }
    next(&app, &client, refresh_of(&tokens)).await;
    app.finish().await;
}
