//! Who asks too often, and who must not suffer for it.

use std::{num::NonZeroU32, time::Duration};

use axum::{Router, middleware, routing::get};
use chrono::{TimeDelta, Utc};
use reqwest::Response;
use stagepass::{
    clock::Clock,
    web::limit::{Limiter, Refusal, limited},
};

use super::{header, serve};
use crate::harness::{Setup, TestApp};

/// A server that allows two pages of linking a minute.
async fn strict(more: &[(&'static str, &str)]) -> TestApp {
    let mut variables = vec![("LIMITS__CONNECT_PER_MINUTE", "2".to_owned())];
    variables.extend(more.iter().map(|(key, value)| (*key, (*value).to_owned())));
    TestApp::start_with(Setup { variables, ..Setup::default() }).await
}

async fn get_as(app: &TestApp, path: &str, forwarded_for: &str) -> Response {
    let request = stagepass::http::client().unwrap().get(format!("{}{path}", app.url));
    request.header("x-forwarded-for", forwarded_for).send().await.unwrap()
}

async fn status(app: &TestApp, path: &str, forwarded_for: &str) -> u16 {
    get_as(app, path, forwarded_for).await.status().as_u16()
}

fn limiter(per_minute: u32, clock: &Clock) -> Limiter {
    Limiter::new(NonZeroU32::new(per_minute).unwrap(), clock.clone())
}

fn clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "any time will do")]
    Clock::fixed(Utc::now(), 1)
}

#[tokio::test]
async fn who_asks_for_too_many_pages_has_to_wait() {
    let app = strict(&[]).await;
    assert_eq!(status(&app, "/connect/none", "").await, 410);
    assert_eq!(status(&app, "/callback/spotify", "").await, 410);
    for path in ["/connect/none", "/callback/spotify"] {
        let refused = get_as(&app, path, "").await;
        assert_eq!(refused.status(), 429);
        assert_eq!(header(&refused, "retry-after"), "30");
        assert!(header(&refused, "content-type").starts_with("text/html"));
        assert!(header(&refused, "content-security-policy").contains("default-src 'none'"));
        assert_eq!(header(&refused, "cache-control"), "no-store");
        assert!(refused.text().await.unwrap().contains("Wait 30 seconds"));
    }
    // Everything else goes on.
    assert_eq!(status(&app, "/", "").await, 200);
    app.chat().await.status().await;
    app.advance(Duration::from_millis(29_500));
    let refused = get_as(&app, "/connect/none", "").await;
    assert_eq!((refused.status().as_u16(), header(&refused, "retry-after")), (429, "1"));
    app.advance(Duration::from_millis(500));
    assert_eq!(status(&app, "/connect/none", "").await, 410);
    assert_eq!(status(&app, "/connect/none", "").await, 429);
    app.finish().await;
}

#[tokio::test]
async fn behind_a_trusted_proxy_everybody_counts_for_himself() {
    let app = strict(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    for address in ["203.0.113.1", "203.0.113.2", "2001:db8:0:1::1"] {
        assert_eq!(status(&app, "/connect/none", address).await, 410);
        assert_eq!(status(&app, "/connect/none", address).await, 410);
        assert_eq!(status(&app, "/connect/none", address).await, 429, "{address}");
    }
    assert_eq!(status(&app, "/connect/none", "2001:db8:0:1:f::f").await, 429, "the same network");
    assert_eq!(status(&app, "/connect/none", "2001:db8:0:2::1").await, 410, "another network");
    app.finish().await;
}

#[tokio::test]
async fn nobody_gets_more_by_saying_that_he_is_somebody_else() {
    let app = strict(&[]).await;
    assert_eq!(status(&app, "/connect/none", "203.0.113.1").await, 410);
    assert_eq!(status(&app, "/connect/none", "203.0.113.2").await, 410);
    assert_eq!(status(&app, "/connect/none", "203.0.113.3").await, 429);
    app.finish().await;
}

#[tokio::test]
async fn a_program_is_told_in_json() {
    let state = (limiter(1, &clock()), Refusal::Json);
    let limit = middleware::from_fn_with_state(state, limited);
    let url = serve(Router::new().route("/", get(|| async { "served" })).layer(limit)).await;
    let client = stagepass::http::client().unwrap();
    assert_eq!(client.get(&url).send().await.unwrap().text().await.unwrap(), "served");
    let refused = client.get(&url).send().await.unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(header(&refused, "retry-after"), "60");
    assert_eq!(header(&refused, "content-type"), "application/json");
    let body: serde_json::Value = refused.json().await.unwrap();
    assert_eq!(body["error"], "temporarily_unavailable");
    assert!(body["error_description"].as_str().unwrap().contains("60 seconds"), "{body}");
}

#[test]
fn clients_are_counted_apart_and_clones_together() {
    let clock = clock();
    let limiter = limiter(2, &clock);
    assert_eq!(limiter.check("a"), Ok(()));
    assert_eq!(limiter.clone().check("a"), Ok(()));
    assert_eq!(limiter.check("a"), Err(Duration::from_secs(30)));
    assert_eq!(limiter.check("b"), Ok(()));
    clock.advance(TimeDelta::seconds(30));
    assert_eq!(limiter.check("a"), Ok(()));
    assert_eq!(limiter.check("a"), Err(Duration::from_secs(30)));
}

#[test]
fn ever_new_addresses_share_one_bucket_in_the_end() {
    let clock = clock();
    let limiter = limiter(2, &clock);
    let allowed = (0..200_000).filter(|key| limiter.check(key).is_ok()).count();
    assert_eq!(allowed, 100_002, "a hundred thousand of their own, and one bucket of two");
    // Those who came once have all of theirs again, and are forgotten.
    clock.advance(TimeDelta::minutes(1));
    assert_eq!(limiter.check("new"), Ok(()));
    assert_eq!(limiter.check("newer"), Ok(()));
    assert_eq!(limiter.check("newest"), Ok(()));
}
