//! Where people work.

use serde_json::json;

use super::super::description::{
    BY_THE_BOOK, Client, Description, Errors, Granted, Place, Proof, Refresh, Revoke, Tells, Who,
    rfc7009,
};
use super::{by_handle, number};

pub(super) static AT_WORK: [Description; 10] = [
    // An OAuth app.
    Description {
        name: "github",
        authorize: "github.com/login/oauth/authorize",
        token: "github.com/login/oauth/access_token",
        headers: &[("user-agent", "")],
        errors: Errors::GitHub,
        life: None,
        tells: Tells::Nothing,
        granted: Granted::Commas,
        refresh: Refresh::None,
        revoke: GITHUB_REVOKE,
        who: Who::Api(
            "GET",
            "api.github.com/user",
            "",
            |who| json!({"id": number(who), "login": who.id, "name": who.name}),
        ),
        account: by_handle,
        ..BY_THE_BOOK
    },
    Description {
        name: "github_app",
        authorize: "github.com/login/oauth/authorize",
        token: "github.com/login/oauth/access_token",
        headers: &[("user-agent", "")],
        errors: Errors::GitHub,
        life: Some(8 * 60),
        granted: Granted::Empty,
        refresh: Refresh::Rotates,
        idle_days: Some(184),
        tells_idle: true,
        revoke: GITHUB_REVOKE,
        who: Who::Api(
            "GET",
            "api.github.com/user",
            "",
            |who| json!({"id": number(who), "login": who.id}),
        ),
        account: by_handle,
        ..BY_THE_BOOK
    },
    Description {
        name: "google",
        issuer: Some("accounts.google.com"),
        authorize: "accounts.google.com/o/oauth2/v2/auth",
        must: &[
            ("access_type", "offline"),
            ("prompt", "consent"),
            ("include_granted_scopes", "true"),
        ],
        least: &["openid"],
        token: "oauth2.googleapis.com/token",
        idle_days: Some(180),
        revoke: Some(Revoke {
            method: "POST",
            at: "oauth2.googleapis.com/revoke",
            proof: Proof::Nothing,
            place: Place::Query,
            param: "token",
            access_only: false,
        }),
        ..BY_THE_BOOK
    },
    Description {
        name: "microsoft",
        issuer: Some("login.microsoftonline.com/tenant/v2.0"),
        authorize: "login.microsoftonline.com/tenant/oauth2/v2.0/authorize",
        must: &[("response_mode", "query")],
        least: &["openid", "offline_access"],
        token: "login.microsoftonline.com/tenant/oauth2/v2.0/token",
        refresh: Refresh::Rotates,
        idle_days: Some(90),
        ..BY_THE_BOOK
    },
    Description {
        name: "okta",
        issuer: Some("tenant.okta.com"),
        authorize: "tenant.okta.com/oauth2/v1/authorize",
        least: &["openid", "offline_access"],
        token: "tenant.okta.com/oauth2/v1/token",
        client: Client::Basic,
        revoke: Some(rfc7009("tenant.okta.com/oauth2/v1/revoke")),
        ..BY_THE_BOOK
    },
    Description {
        name: "auth0",
        issuer: Some("tenant.us.auth0.com/"),
        authorize: "tenant.us.auth0.com/authorize",
        least: &["openid", "offline_access"],
        token: "tenant.us.auth0.com/oauth/token",
        revoke: Some(rfc7009("tenant.us.auth0.com/oauth/revoke")),
        ..BY_THE_BOOK
    },
    Description {
        name: "slack",
        authorize: "slack.com/oauth/v2/authorize",
        scope: Some(("user_scope", ',')),
        least: &["users:read"],
        token: "slack.com/api/oauth.v2.access",
        client: Client::Either,
        errors: Errors::Slack,
        nested: Some("authed_user"),
        life: Some(12 * 60),
        granted: Granted::Commas,
        refresh: Refresh::Rotates,
        revoke: Some(Revoke {
            method: "POST",
            at: "slack.com/api/auth.revoke",
            proof: Proof::Bearer,
            place: Place::Form,
            param: "",
            access_only: true,
        }),
        who: Who::Api("POST", "slack.com/api/auth.test", "", |who| {
            json!({"ok": true, "team": "Band", "team_id": "T024BE7LD", "user": who.id,
                   "user_id": format!("U{}", who.subject)})
        }),
        account: |who| (format!("T024BE7LD/U{}", who.subject), who.id.clone()),
        ..BY_THE_BOOK
    },
    Description {
        name: "linear",
        authorize: "linear.app/oauth/authorize",
        must: &[("actor", "user")],
        scope: Some(("scope", ',')),
        least: &["read"],
        token: "api.linear.app/oauth/token",
        client: Client::Either,
        life: Some(24 * 60),
        granted: Granted::Spaces,
        refresh: Refresh::Rotates,
        revoke: Some(rfc7009("api.linear.app/oauth/revoke")),
        who: Who::Api(
            "POST",
            "api.linear.app/graphql",
            "viewer{idname}",
            |who| json!({"data": {"viewer": {"id": who.subject, "name": who.name}}}),
        ),
        ..BY_THE_BOOK
    },
    Description {
        name: "atlassian",
        authorize: "auth.atlassian.com/authorize",
        must: &[("audience", "api.atlassian.com"), ("prompt", "consent")],
        least: &["offline_access"],
        token: "auth.atlassian.com/oauth/token",
        body: Place::Body,
        refresh: Refresh::Rotates,
        idle_days: Some(90),
        who: Who::Api(
            "GET",
            "api.atlassian.com/me",
            "",
            |who| json!({"account_id": who.subject, "name": who.name, "email": who.email}),
        ),
        ..BY_THE_BOOK
    },
    Description {
        name: "gitlab",
        authorize: "gitlab.com/oauth/authorize",
        least: &["read_user"],
        token: "gitlab.com/oauth/token",
        life: Some(2 * 60),
        refresh: Refresh::Rotates,
        revoke: Some(rfc7009("gitlab.com/oauth/revoke")),
        who: Who::Api(
            "GET",
            "gitlab.com/api/v4/user",
            "",
            |who| json!({"id": number(who), "username": who.id, "name": who.name}),
        ),
        account: by_handle,
        ..BY_THE_BOOK
    },
];

const GITHUB_REVOKE: Option<Revoke> = Some(Revoke {
    method: "DELETE",
    at: "api.github.com/applications/{client_id}/token",
    proof: Proof::Basic,
    place: Place::Json,
    param: "access_token",
    access_only: true,
});
