//! Where people are at home.

use serde_json::json;

use super::super::description::{
    BY_THE_BOOK, Client, Description, Errors, Granted, Place, Proof, Refresh, Revoke, Tells, Who,
    rfc7009,
};
use super::{by_handle, number};

pub(super) static AT_HOME: [Description; 10] = [
    Description {
        name: "spotify",
        authorize: "accounts.spotify.com/authorize",
        token: "accounts.spotify.com/api/token",
        client: Client::Basic,
        months: Some(6),
        revoke: Some(rfc7009("accounts.spotify.com/oauth2/revoke/v1")),
        who: Who::Api(
            "GET",
            "api.spotify.com/v1/me",
            "",
            |who| json!({"account_id": who.subject, "id": who.id, "display_name": who.name}),
        ),
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
        who: Who::Api(
            "GET",
            "api.todoist.com/api/v1/user",
            "",
            |who| json!({"id": who.subject, "full_name": who.name, "email": who.email}),
        ),
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
        revoke: Some(rfc7009("discord.com/api/oauth2/token/revoke")),
        who: Who::Api(
            "GET",
            "discord.com/api/users/@me",
            "",
            |who| json!({"id": who.subject, "username": who.id, "global_name": null}),
        ),
        account: by_handle,
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
        account: |who| (who.subject.clone(), format!("{} Example", who.id)),
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
        who: Who::Api(
            "POST",
            "api.dropboxapi.com/2/users/get_current_account",
            "",
            |who| json!({"account_id": who.subject, "name": {"display_name": who.name}}),
        ),
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
        who: Who::Api(
            "GET",
            "api.twitch.tv/helix/users",
            "",
            |who| json!({"data": [{"id": who.subject, "login": who.id, "display_name": who.name}]}),
        ),
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
        revoke: Some(rfc7009("www.reddit.com/api/v1/revoke_token")),
        who: Who::Api(
            "GET",
            "oauth.reddit.com/api/v1/me",
            "",
            |who| json!({"id": who.subject, "name": who.id}),
        ),
        account: by_handle,
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
        revoke: Some(rfc7009("home.example.org/auth/revoke")),
        who: Who::Nobody,
        account: |_| ("127.0.0.1".to_owned(), "127.0.0.1".to_owned()),
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
        who: Who::Api(
            "GET",
            "api.figma.com/v1/me",
            "",
            |who| json!({"id": who.subject, "handle": who.name, "email": who.email}),
        ),
        ..BY_THE_BOOK
    },
];
