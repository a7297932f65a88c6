//! The story fails where an entry is wrong: each field that matters, changed by itself.

use futures::future::join_all;

use super::{entry::Entry, story::passes};

/// Every change by itself has to make the story of this entry fail.
async fn fails(id: &'static str, standin: &'static str, changes: &[(&str, &str)]) {
    let entry = Entry::of(id, standin);
    let passed = join_all(
        changes
            .iter()
            .map(async |change| passes(&entry, &[*change]).await.is_ok().then_some(*change)),
    );
    let passed: Vec<_> = passed.await.into_iter().flatten().collect();
    assert!(passed.is_empty(), "{id} works with these, too: {passed:?}");
}

#[tokio::test]
async fn spotify_is_wrong() {
    fails(
        "spotify",
        "spotify",
        &[
            ("client_auth", "post"),
            ("token_body", "json"),
            ("scope_param", "user_scope"),
            ("scope_separator", "comma"),
            ("userinfo_path", "/you"),
            ("account_id", "href"),
            ("reconnect_months", "12"),
            ("revoke_auth", "none"),
            ("revoke_param", "access_token"),
        ],
    )
    .await;
}

#[tokio::test]
async fn github_is_wrong() {
    fails(
        "github",
        "github_app",
        &[
            ("client_auth", "basic"),
            ("grant_errors", "invalid_grant"),
            ("client_errors", "invalid_client"),
            ("account_id", "login"),
            ("account_name", "id"),
            ("revoke_method", "post"),
            ("revoke_auth", "client"),
            ("revoke_body", "form"),
            ("revoke_param", "token"),
            ("revoke_token", "refresh"),
            ("reconnect_days", "7"),
        ],
    )
    .await;
}

#[tokio::test]
async fn google_is_wrong() {
    fails(
        "google",
        "google",
        &[
            ("authorize_params__access_type", "online"),
            ("client_auth", "basic"),
            ("account_id", "name"),
            ("idle_days", "90"),
            ("revoke_auth", "client"),
            ("revoke_body", "form"),
        ],
    )
    .await;
}

#[tokio::test]
async fn microsoft_is_wrong() {
    fails(
        "microsoft",
        "microsoft",
        &[
            ("scopes", "openid"),
            ("authorize_params__response_mode", "form_post"),
            ("client_auth", "basic"),
            ("idle_days", "30"),
        ],
    )
    .await;
}

#[tokio::test]
async fn slack_is_wrong() {
    fails(
        "slack",
        "slack",
        &[
            ("scope_param", "scope"),
            ("scope_separator", "space"),
            ("scopes", "chat:write"),
            ("token_path", "bot"),
            ("grant_errors", "invalid_grant"),
            ("client_errors", "invalid_client"),
            ("userinfo_method", "get"),
            ("account_id", "user_id"),
            ("revoke_auth", "client"),
            ("revoke_token", "refresh"),
        ],
    )
    .await;
}

#[tokio::test]
async fn notion_is_wrong() {
    fails(
        "notion",
        "notion",
        &[
            ("authorize_params__owner", "workspace"),
            ("pkce", "true"),
            ("client_auth", "post"),
            ("token_body", "form"),
            ("headers__notion-version", "2021-05-13"),
            ("account_from", "server"),
            ("account_id", "bot_id"),
            ("revoke_body", "form"),
            ("revoke_token", "refresh"),
        ],
    )
    .await;
}

#[tokio::test]
async fn todoist_is_wrong() {
    fails(
        "todoist",
        "todoist",
        &[
            ("scope_separator", "space"),
            ("client_auth", "basic"),
            ("grant_errors", "invalid_grant"),
            ("client_errors", "invalid_client"),
            ("revoke_method", "post"),
            ("revoke_body", "form"),
            ("revoke_param", "token"),
        ],
    )
    .await;
}

#[tokio::test]
async fn linear_is_wrong() {
    fails(
        "linear",
        "linear",
        &[
            ("scope_separator", "space"),
            ("authorize_params__actor", "application"),
            ("userinfo_method", "get"),
            ("userinfo_body", "{}"),
            ("account_id", "viewer.id"),
        ],
    )
    .await;
}

#[tokio::test]
async fn atlassian_is_wrong() {
    fails(
        "atlassian",
        "atlassian",
        &[
            ("authorize_params__audience", "example.org"),
            ("scopes", "read:me"),
            ("client_auth", "basic"),
            ("idle_days", "365"),
            ("account_id", "id"),
        ],
    )
    .await;
}

#[tokio::test]
async fn strava_is_wrong() {
    fails(
        "strava",
        "strava",
        &[
            ("scope_separator", "space"),
            ("error_path", "error"),
            ("grant_errors", "invalid_grant"),
            ("client_errors", "invalid_client"),
            ("account_from", "userinfo"),
            ("account_id", "id"),
            ("revoke_auth", "client"),
            ("revoke_param", "token"),
            ("revoke_token", "refresh"),
        ],
    )
    .await;
}

#[tokio::test]
async fn dropbox_is_wrong() {
    fails(
        "dropbox",
        "dropbox",
        &[
            ("authorize_params__token_access_type", "online"),
            ("userinfo_method", "get"),
            ("account_id", "id"),
            ("revoke_auth", "client"),
            ("revoke_token", "refresh"),
        ],
    )
    .await;
}

#[tokio::test]
async fn twitch_is_wrong() {
    fails(
        "twitch",
        "twitch",
        &[
            ("client_auth", "basic"),
            ("headers__client-id", "another"),
            ("error_path", "error"),
            ("grant_errors", "invalid_grant"),
            ("client_errors", "invalid_client"),
            ("account_id", "data.1.id"),
            ("revoke_token", "refresh"),
        ],
    )
    .await;
}

#[tokio::test]
async fn reddit_is_wrong() {
    fails(
        "reddit",
        "reddit",
        &[
            ("authorize_params__duration", "temporary"),
            ("client_auth", "post"),
            ("grant_errors", "invalid_grant"),
            ("client_errors", "invalid_client"),
        ],
    )
    .await;
}

#[tokio::test]
async fn home_assistant_is_wrong() {
    fails(
        "home_assistant",
        "home_assistant",
        &[
            ("client_id", "https://elsewhere.example.org/"),
            ("scopes", "read"),
            ("account_from", "token"),
            ("revoke_param", "access_token"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_others_are_wrong() {
    let basic = [("client_auth", "basic")];
    fails("auth0", "auth0", &basic).await;
    fails("gitlab", "gitlab", &basic).await;
    fails("okta", "okta", &[("client_auth", "post")]).await;
    fails("discord", "discord", &[("scopes", "guilds"), ("account_id", "user_id")]).await;
}
