//! The providers that are known, each as its own documents describe it.

use serde_json::json;

use super::description::{
    BY_THE_BOOK, Client, Description, Errors, Granted, Place, Proof, Refresh, Revoke, Tells, Who,
    rfc7009,
};
use crate::Person;

fn number(person: &Person) -> u64 {
    person.subject.parse().expect("digits")
}

pub(super) const KNOWN: [Description; 20] = [
    Description {
        name: "spotify",
        authorize: "accounts.spotify.com/authorize",
        token: "accounts.spotify.com/api/token",
        client: Client::Basic,
        months: Some(6),
        revoke: rfc7009("accounts.spotify.com/oauth2/revoke/v1"),
        who: Who::Api("GET", "api.spotify.com/v1/me", "", |who| {
            json!({"account_id": who.subject, "id": who.id, "display_name": who.name})
        }),
        ..BY_THE_BOOK
    },
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
        who: Who::Api("GET", "api.github.com/user", "", |who| {
            json!({"id": number(who), "login": who.id, "name": who.name})
        }),
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
        who: Who::Api("GET", "api.github.com/user", "", |who| {
            json!({"id": number(who), "login": who.id})
        }),
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
        revoke: rfc7009("tenant.okta.com/oauth2/v1/revoke"),
        ..BY_THE_BOOK
    },
    Description {
        name: "auth0",
        issuer: Some("tenant.us.auth0.com/"),
        authorize: "tenant.us.auth0.com/authorize",
        least: &["openid", "offline_access"],
        token: "tenant.us.auth0.com/oauth/token",
        revoke: rfc7009("tenant.us.auth0.com/oauth/revoke"),
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
        ..BY_THE_BOOK
    },
    Description {
        name: "notion",
        authorize: "api.notion.com/v1/oauth/authorize",
        must: &[("owner", "user")],
        scope: None,
        takes_pkce: false,
        token: "api.notion.com/v1/oauth/token",
        client: Client::Basic,
        body: Place::Json,
        headers: &[("notion-version", "2022-06-28")],
        wants_headers_everywhere: true,
        tells: Tells::Nothing,
        granted: Granted::Nothing,
        refresh: Refresh::Rotates,
        revoke: Some(Revoke {
            method: "POST",
            at: "api.notion.com/v1/oauth/revoke",
            proof: Proof::Basic,
            place: Place::Json,
            param: "token",
            access_only: true,
        }),
        who: Who::Answer(|who| {
            json!({"bot_id": "b1", "workspace_name": "Band", "owner": {"type": "user",
                   "user": {"object": "user", "id": who.subject, "name": who.name}}})
        }),
        ..BY_THE_BOOK
    },
    Description {
        name: "todoist",
        authorize: "todoist.com/oauth/authorize",
        scope: Some(("scope", ',')),
        least: &["data:read"],
        token: "todoist.com/oauth/access_token",
        errors: Errors::Todoist,
        life: None,
        tells: Tells::Nothing,
        granted: Granted::Nothing,
        refresh: Refresh::None,
        revoke: Some(Revoke {
            method: "DELETE",
            at: "api.todoist.com/api/v1/access_tokens",
            proof: Proof::Client,
            place: Place::Query,
            param: "access_token",
            access_only: true,
        }),
        who: Who::Api("GET", "api.todoist.com/api/v1/user", "", |who| {
            json!({"id": who.subject, "full_name": who.name, "email": who.email})
        }),
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
        revoke: rfc7009("api.linear.app/oauth/revoke"),
        who: Who::Api("POST", "api.linear.app/graphql", "viewer{idname}", |who| {
            json!({"data": {"viewer": {"id": who.subject, "name": who.name}}})
        }),
        ..BY_THE_BOOK
    },
    Description {
        name: "discord",
        authorize: "discord.com/oauth2/authorize",
        least: &["identify"],
        token: "discord.com/api/oauth2/token",
        client: Client::Either,
        life: Some(7 * 24 * 60),
        refresh: Refresh::Rotates,
        revoke: rfc7009("discord.com/api/oauth2/token/revoke"),
        who: Who::Api("GET", "discord.com/api/users/@me", "", |who| {
            json!({"id": who.subject, "username": who.id, "global_name": null})
        }),
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
        who: Who::Api("GET", "api.atlassian.com/me", "", |who| {
            json!({"account_id": who.subject, "name": who.name, "email": who.email})
        }),
        ..BY_THE_BOOK
    },
    Description {
        name: "strava",
        authorize: "www.strava.com/oauth/authorize",
        must: &[("approval_prompt", "auto|force")],
        scope: Some(("scope", ',')),
        least: &["read"],
        token: "www.strava.com/oauth/token",
        errors: Errors::Strava,
        life: Some(6 * 60),
        tells: Tells::At,
        granted: Granted::Callback,
        refresh: Refresh::Rotates,
        revoke: Some(Revoke {
            method: "POST",
            at: "www.strava.com/oauth/deauthorize",
            proof: Proof::Nothing,
            place: Place::Form,
            param: "access_token",
            access_only: true,
        }),
        who: Who::Answer(|who| {
            json!({"athlete": {"id": number(who), "username": null, "firstname": who.id,
                   "lastname": "Example"}})
        }),
        ..BY_THE_BOOK
    },
    Description {
        name: "dropbox",
        authorize: "www.dropbox.com/oauth2/authorize",
        must: &[("token_access_type", "offline")],
        least: &["account_info.read"],
        token: "api.dropboxapi.com/oauth2/token",
        client: Client::Either,
        life: Some(4 * 60),
        revoke: Some(Revoke {
            method: "POST",
            at: "api.dropboxapi.com/2/auth/token/revoke",
            proof: Proof::Bearer,
            place: Place::Form,
            param: "",
            access_only: true,
        }),
        who: Who::Api("POST", "api.dropboxapi.com/2/users/get_current_account", "", |who| {
            json!({"account_id": who.subject, "name": {"display_name": who.name}})
        }),
        ..BY_THE_BOOK
    },
    Description {
        name: "twitch",
        authorize: "id.twitch.tv/oauth2/authorize",
        token: "id.twitch.tv/oauth2/token",
        headers: &[("client-id", "{client_id}")],
        errors: Errors::Twitch,
        life: Some(4 * 60),
        granted: Granted::List,
        revoke: Some(Revoke {
            method: "POST",
            at: "id.twitch.tv/oauth2/revoke",
            proof: Proof::Client,
            place: Place::Form,
            param: "token",
            access_only: true,
        }),
        who: Who::Api("GET", "api.twitch.tv/helix/users", "", |who| {
            json!({"data": [{"id": who.subject, "login": who.id, "display_name": who.name}]})
        }),
        ..BY_THE_BOOK
    },
    Description {
        name: "reddit",
        authorize: "www.reddit.com/api/v1/authorize",
        must: &[("duration", "permanent")],
        least: &["identity"],
        token: "www.reddit.com/api/v1/access_token",
        client: Client::Basic,
        headers: &[("user-agent", "")],
        wants_headers_everywhere: true,
        errors: Errors::Reddit,
        revoke: rfc7009("www.reddit.com/api/v1/revoke_token"),
        who: Who::Api("GET", "oauth.reddit.com/api/v1/me", "", |who| {
            json!({"id": who.subject, "name": who.id})
        }),
        ..BY_THE_BOOK
    },
    Description {
        name: "gitlab",
        authorize: "gitlab.com/oauth/authorize",
        least: &["read_user"],
        token: "gitlab.com/oauth/token",
        life: Some(2 * 60),
        refresh: Refresh::Rotates,
        revoke: rfc7009("gitlab.com/oauth/revoke"),
        who: Who::Api("GET", "gitlab.com/api/v4/user", "", |who| {
            json!({"id": number(who), "username": who.id, "name": who.name})
        }),
        ..BY_THE_BOOK
    },
    Description {
        name: "home_assistant",
        authorize: "home.example.org/auth/authorize",
        scope: None,
        token: "home.example.org/auth/token",
        client: Client::Id,
        life: Some(30),
        granted: Granted::Nothing,
        revoke: rfc7009("home.example.org/auth/revoke"),
        who: Who::Nobody,
        ..BY_THE_BOOK
    },
    // In no catalogue: what an operator adds by hand.
    Description {
        name: "figma",
        authorize: "www.figma.com/oauth",
        scope: Some(("scope", ',')),
        least: &["current_user:read"],
        token: "api.figma.com/v1/oauth/token",
        refresh_at: Some("api.figma.com/v1/oauth/refresh"),
        client: Client::Basic,
        life: Some(90 * 24 * 60),
        granted: Granted::Nothing,
        who: Who::Api("GET", "api.figma.com/v1/me", "", |who| {
            json!({"id": who.subject, "handle": who.name, "email": who.email})
        }),
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
