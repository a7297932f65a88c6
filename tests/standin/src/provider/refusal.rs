//! How errors look.

use serde_json::{Value, json};

use super::description::Errors;
use crate::http::Reply;

/// What is wrong with a token request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    Code,
    RefreshToken,
    Client,
    Malformed,
}

impl Errors {
    pub(super) fn of(self, wrong: Wrong) -> Reply {
        let rfc = match wrong {
            Wrong::Code | Wrong::RefreshToken => "invalid_grant",
            Wrong::Client => "invalid_client",
            Wrong::Malformed => "invalid_request",
        };
        let status = if wrong == Wrong::Client { 401 } else { 400 };
        let words = |code, refresh, client| match wrong {
            Wrong::Code => code,
            Wrong::RefreshToken => refresh,
            Wrong::Client => client,
            Wrong::Malformed => rfc,
        };
        match self {
            Self::Rfc => reply(status, &json!({"error": rfc})),
            Self::GitHub => {
                let client = "incorrect_client_credentials";
                let word = words("bad_verification_code", "bad_refresh_token", client);
                reply(200, &json!({"error": word, "error_description": "It is incorrect."}))
            }
            Self::Slack => {
                let word = words("invalid_code", "invalid_refresh_token", "bad_client_secret");
                reply(200, &json!({"ok": false, "error": word}))
            }
            Self::Strava => {
                let resource = words("AuthorizationCode", "RefreshToken", "Application");
                let error = json!({"resource": resource, "field": "", "code": "invalid"});
                reply(status, &json!({"message": "Bad Request", "errors": [error]}))
            }
            Self::Twitch => {
                let client = "invalid client secret";
                let word = words("Invalid authorization code", "Invalid refresh token", client);
                let status = if wrong == Wrong::Client { 403 } else { 400 };
                reply(status, &json!({"status": status, "message": word}))
            }
            Self::Reddit if wrong == Wrong::Code => reply(200, &json!({"error": rfc})),
            Self::Reddit => {
                let message = if status == 401 { "Unauthorized" } else { "Bad Request" };
                reply(status, &json!({"message": message, "error": status}))
            }
            Self::Todoist => {
                let client = "incorrect_application_credentials";
                reply(400, &json!({"error": words("bad_authorization_code", rfc, client)}))
            }
        }
    }
}

fn reply(status: u16, body: &Value) -> Reply {
    Reply::new(status, "application/json", body.to_string())
}
