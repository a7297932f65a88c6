//! It has the real one's ways.

use axum::http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};

use super::{CLIENT_ID, CLIENT_SECRET, GitHub, Kind};

#[expect(clippy::disallowed_methods, reason = "a stranger brings a client of their own")]
fn client() -> reqwest::Client {
    reqwest::Client::new()
}

#[tokio::test]
async fn errors_come_with_status_200_and_as_a_form_unless_json_is_asked_for() {
    let github = GitHub::start().await;
    let url = format!("{}/login/oauth/access_token", github.0.url);
    let form = [("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("code", "made-up")];
    let answer = client().post(&url).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/x-www-form-urlencoded"), "{kind}");
    assert!(answer.text().await.unwrap().starts_with("error=bad_verification_code&"));
    let answer = client().post(&url).header(ACCEPT, "application/json").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let answer: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(answer["error"], "incorrect_client_credentials");
}

#[tokio::test]
async fn who_does_not_say_what_program_it_is_gets_nothing() {
    let github = GitHub::start().await;
    let token = github.issue_token(Kind::OAuthApp, "alice", &[]);
    let url = format!("{}/api/user", github.0.url);
    let nameless = client().get(&url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(nameless.status(), 403);
    assert_eq!(github.violations().len(), 1);
    let named = client().get(&url).bearer_auth(&token).header(USER_AGENT, "tests").send().await;
    let told: serde_json::Value = named.unwrap().json().await.unwrap();
    assert!(told["id"].is_u64(), "{told}");
    assert_eq!(client().get(&url).header(USER_AGENT, "x").send().await.unwrap().status(), 401);
}
