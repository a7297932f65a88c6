//! It has the real one's ways.

use axum::http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};

use super::{CLIENT_ID, CLIENT_SECRET, GitHub, Kind};

#[expect(clippy::disallowed_methods, reason = "a stranger brings a client of their own")]
fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
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

/// What the API answers to a call that is in order but for what is changed.
async fn call(
    github: &GitHub,
    token: &str,
    (method, path): (&str, &str),
    change: &[(&str, &str)],
) -> (u16, reqwest::header::HeaderMap, String) {
    let url = format!("{}{path}", github.api_url());
    let mut request = client().request(method.parse().unwrap(), url).bearer_auth(token);
    let usual = [
        ("user-agent", "tests"),
        ("accept", "application/vnd.github+json"),
        ("x-github-api-version", "2022-11-28"),
    ];
    let kept = usual.iter().filter(|(name, _)| change.iter().all(|(changed, _)| changed != name));
    for (name, value) in kept.chain(change).filter(|(_, value)| !value.is_empty()) {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.headers().clone(), answer.text().await.unwrap())
}

const ISSUE: (&str, &str) = ("GET", "/repos/octo/lanterns/issues/12");

#[tokio::test]
async fn the_api_is_strict_about_headers_calls_and_parameters() {
    let github = GitHub::start().await;
    let token = github.issue_token(Kind::OAuthApp, "alice", &["repo"]);
    assert_eq!(call(&github, &token, ISSUE, &[]).await.0, 200);
    assert_eq!(call(&github, "gho_unknown", ISSUE, &[]).await.0, 401);
    assert!(github.violations().is_empty());
    for (asked, change, status) in [
        (ISSUE, [("user-agent", "")], 403),
        (ISSUE, [("x-github-api-version", "")], 400),
        (ISSUE, [("x-github-api-version", "2019-01-01")], 400),
        (ISSUE, [("accept", "text/html")], 415),
        (("GET", "/repos/octo/lanterns/wiki"), [("x", "y")], 404),
        (("GET", "/repos/octo/lanterns/issues/12?x=y"), [("x", "y")], 422),
        (("GET", "/repos/octo/lanterns/issues/12/comments?per_page=101"), [("x", "y")], 422),
        (("GET", "/search/code?q=repo:octo/lanterns"), [("x", "y")], 422),
        (("GET", "/search/issues?q=lamp&per_page=100&page=11"), [("x", "y")], 422),
    ] {
        let before = github.violations().len();
        let (answered, _, text) = call(&github, &token, asked, &change).await;
        assert_eq!(answered, status, "{asked:?} {change:?}: {text}");
        assert_eq!(github.violations().len(), before + 1, "{asked:?} {change:?}");
    }
}

#[tokio::test]
async fn what_a_token_may_do_is_told_in_headers_and_differs_by_kind() {
    let github = GitHub::start().await;
    let (none, app) = (
        github.issue_token(Kind::OAuthApp, "alice", &[]),
        github.issue_token(Kind::GitHubApp, "alice", &[]),
    );
    let write = ("POST", "/repos/octo/lanterns/issues/12/comments");
    let (status, headers, _) = call(&github, &none, write, &[]).await;
    assert_eq!((status, headers["x-oauth-scopes"].to_str().unwrap()), (404, ""));
    assert_eq!(headers["x-accepted-oauth-scopes"], "public_repo, repo");
    github.world(|world| world.permissions.clear());
    let (status, headers, text) = call(&github, &app, write, &[]).await;
    assert_eq!(status, 403);
    assert!(text.contains("Resource not accessible by integration"), "{text}");
    assert_eq!(headers["x-accepted-github-permissions"], "issues=write");
    assert!(!headers.contains_key("x-oauth-scopes"));
    let private = ("GET", "/repos/octo/secrets");
    assert_eq!(call(&github, &none, private, &[]).await.0, 404);
    let both = ("GET", "/search/issues?q=lamp");
    assert_eq!(call(&github, &none, both, &[]).await.0, 200);
    assert_eq!(call(&github, &app, both, &[]).await.0, 422);
}

#[tokio::test]
async fn allowances_run_out_and_moved_repositories_lead_on() {
    let github = GitHub::start().await;
    let token = github.issue_token(Kind::OAuthApp, "alice", &["repo"]);
    github.world(|world| world.left.insert("core", 1));
    let (status, headers, _) = call(&github, &token, ("GET", "/repos/octo/lamps"), &[]).await;
    assert_eq!((status, headers["x-ratelimit-remaining"].to_str().unwrap()), (301, "0"));
    assert!(headers["location"].to_str().unwrap().ends_with("/api/repositories/0"));
    let (status, _, text) = call(&github, &token, ISSUE, &[]).await;
    assert_eq!(status, 403);
    assert!(text.contains("API rate limit exceeded"), "{text}");
    github.world(|world| world.left.insert("core", 5_000));
    let write = ("PATCH", "/repos/octo/lamps/issues/12");
    assert_eq!(call(&github, &token, write, &[]).await.0, 307);
}

#[tokio::test]
async fn a_github_apps_tokens_end_and_refresh_tokens_work_once() {
    let github = GitHub::start().await;
    let pair = github.0.with(|state| state.new_pair("alice"));
    let (access, refresh) =
        (pair["access_token"].as_str().unwrap(), pair["refresh_token"].as_str());
    assert!(access.starts_with("ghu_") && pair["scope"] == "", "{pair}");
    assert_eq!(call(&github, access, ISSUE, &[]).await.0, 200);
    github.advance(std::time::Duration::from_secs(28_801));
    assert_eq!(call(&github, access, ISSUE, &[]).await.0, 401);
    let url = format!("{}/login/oauth/access_token", github.0.url);
    let form = [
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.unwrap()),
    ];
    let ask = || client().post(&url).header(ACCEPT, "application/json").form(&form).send();
    let renewed: serde_json::Value = ask().await.unwrap().json().await.unwrap();
    let renewed = renewed["access_token"].as_str().unwrap();
    assert_eq!(call(&github, renewed, ISSUE, &[]).await.0, 200);
    let again: serde_json::Value = ask().await.unwrap().json().await.unwrap();
    assert_eq!(again["error"], "bad_refresh_token");
}
