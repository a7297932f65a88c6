//! Every key there is, with a line that would be right. `*` stands for an id of the operator's.

use config::{Value, ValueKind};

use super::ConfigError;

const KEYS: &[(&str, &str)] = &[
    ("public_url", r#"public_url = "http://127.0.0.1:8080""#),
    ("listen", r#"listen = "127.0.0.1:8080""#),
    ("trusted_proxies", r#"trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]"#),
    ("data_dir", r#"data_dir = "/var/lib/stagepass""#),
    ("database_url", r#"database_url = "sqlite:///var/lib/stagepass/stagepass.db""#),
    ("master_key", r#"master_key = "<32 random bytes in base64>""#),
    ("master_key_file", r#"master_key_file = "/run/secrets/stagepass.key""#),
    ("log", r#"log = "info""#),
    ("access.allow", r#"access.allow = ["spotify:alice", "bob@example.com", "@example.org"]"#),
    ("limits.body_bytes", "limits.body_bytes = 1048576"),
    ("limits.register_per_minute", "limits.register_per_minute = 60"),
    ("limits.authorize_per_minute", "limits.authorize_per_minute = 300"),
    ("limits.token_per_minute", "limits.token_per_minute = 600"),
    ("limits.client_per_minute", "limits.client_per_minute = 3000"),
    ("limits.connect_per_minute", "limits.connect_per_minute = 300"),
    ("tools.*.sets", r#"tools.spotify.sets = ["core", "playlists"]"#),
    ("chat.*.confirm", r#"chat.spo_bot-1f2e3d4c.confirm = "code""#),
    (
        "chat.*.return_link",
        r#"chat.spo_bot-1f2e3d4c.return_link = "https://wa.me/15551234567?text={code}""#,
    ),
    ("chat.*.webhook_url", r#"chat.spo_bot-1f2e3d4c.webhook_url = "https://bot.example/hook""#),
    (
        "chat.*.webhook_secret",
        r#"chat.spo_bot-1f2e3d4c.webhook_secret = "whsec_<24 to 64 random bytes in base64>""#,
    ),
    ("chat.*.idle_days", "chat.spo_bot-1f2e3d4c.idle_days = 90"),
    ("provider.*.name", r#"provider.spotify.name = "Spotify""#),
    ("provider.*.client_id", r#"provider.spotify.client_id = "<from the provider's dashboard>""#),
    ("provider.*.client_secret", r#"provider.spotify.client_secret = "<from the dashboard>""#),
    ("provider.*.scopes", r#"provider.spotify.scopes = ["user-read-private"]"#),
    ("provider.*.scope_words", r#"provider.spotify.scope_words = { user-read-private = "…" }"#),
    ("provider.*.login", "provider.spotify.login = false"),
    (
        "provider.*.redirect_url",
        r#"provider.spotify.redirect_url = "https://script.google.com/macros/s/…/exec""#,
    ),
    ("provider.*.issuer", r#"provider.work.issuer = "https://id.example.org/realms/work""#),
    ("provider.*.base_url", r#"provider.gitlab.base_url = "https://gitlab.example.org""#),
    ("provider.*.own", r#"provider.work.own = { base_url = "https://…" }"#),
    ("provider.*.redirect", r#"provider.work.redirect = "any""#),
    ("provider.*.authorize_url", r#"provider.spotify.authorize_url = "https://…/authorize""#),
    ("provider.*.authorize_params", r#"provider.work.authorize_params = { audience = "…" }"#),
    ("provider.*.scope_param", r#"provider.work.scope_param = "scope""#),
    ("provider.*.scope_separator", r#"provider.work.scope_separator = "comma""#),
    ("provider.*.pkce", "provider.work.pkce = false"),
    ("provider.*.token_url", r#"provider.spotify.token_url = "https://…/api/token""#),
    ("provider.*.refresh_url", r#"provider.work.refresh_url = "https://…/refresh""#),
    ("provider.*.client_auth", r#"provider.work.client_auth = "post""#),
    ("provider.*.token_body", r#"provider.work.token_body = "json""#),
    ("provider.*.headers", r#"provider.work.headers = { X-Version = "1" }"#),
    ("provider.*.token_path", r#"provider.work.token_path = "authed_user""#),
    ("provider.*.error_path", r#"provider.work.error_path = ["error"]"#),
    ("provider.*.grant_errors", r#"provider.work.grant_errors = ["code_expired"]"#),
    ("provider.*.client_errors", r#"provider.work.client_errors = ["bad_secret"]"#),
    ("provider.*.revoke_url", r#"provider.spotify.revoke_url = "https://…/revoke""#),
    ("provider.*.revoke_method", r#"provider.work.revoke_method = "delete""#),
    ("provider.*.revoke_auth", r#"provider.work.revoke_auth = "basic""#),
    ("provider.*.revoke_body", r#"provider.work.revoke_body = "json""#),
    ("provider.*.revoke_param", r#"provider.work.revoke_param = "access_token""#),
    ("provider.*.revoke_token", r#"provider.work.revoke_token = "access""#),
    ("provider.*.api_url", r#"provider.spotify.api_url = "https://api.spotify.com/v1""#),
    ("provider.*.userinfo_path", r#"provider.spotify.userinfo_path = "/me""#),
    ("provider.*.userinfo_method", r#"provider.work.userinfo_method = "post""#),
    ("provider.*.userinfo_body", r#"provider.work.userinfo_body = '{"query": "{ me { id } }"}'"#),
    ("provider.*.account_from", r#"provider.work.account_from = "token""#),
    ("provider.*.account_id", r#"provider.spotify.account_id = ["account_id", "id"]"#),
    ("provider.*.account_name", r#"provider.spotify.account_name = ["display_name"]"#),
    ("provider.*.email", r#"provider.work.email = "email""#),
    ("provider.*.email_verified", r#"provider.work.email_verified = "email_verified""#),
    ("provider.*.email_domain", r#"provider.google.email_domain = "hd""#),
    ("provider.*.email_own_domains", r#"provider.google.email_own_domains = ["gmail.com"]"#),
    ("provider.*.manage_url", r#"provider.spotify.manage_url = "https://…/account/apps""#),
    ("provider.*.reconnect_months", "provider.spotify.reconnect_months = 6"),
    ("provider.*.reconnect_days", "provider.google.reconnect_days = 7"),
    ("provider.*.idle_days", "provider.work.idle_days = 90"),
    ("provider.*.reauthorize", r#"provider.spotify.reauthorize = { show_dialog = "true" }"#),
    ("remote.*.url", r#"remote.notion.url = "https://mcp.notion.com/mcp""#),
    ("remote.*.auth", r#"remote.notion.auth = "mcp""#),
    ("remote.*.title", r#"remote.notion.title = "Notion""#),
    ("remote.*.scopes", r#"remote.notion.scopes = ["read"]"#),
    ("remote.*.client_id", r#"remote.notion.client_id = "<from its authorization server>""#),
    ("remote.*.client_secret", r#"remote.notion.client_secret = "<from the same place>""#),
    ("remote.*.header", r#"remote.notion.header = "Authorization""#),
    ("remote.*.header_value", r#"remote.notion.header_value = "Bearer <token>""#),
    ("provider.*.advice", r#"provider.spotify.advice = [{ contains = "…", code = "…", … }]"#),
];

/// Where the value itself may be a table or a list of tables.
const OPEN: &[&str] = &[
    "provider.*.advice",
    "provider.*.authorize_params",
    "provider.*.headers",
    "provider.*.own",
    "provider.*.reauthorize",
    "provider.*.scope_words",
];

/// Refuses the first key that isn't in the list.
pub(super) fn check(merged: &config::Config) -> Result<(), ConfigError> {
    walk("", &merged.cache)
}

/// A right line for `key`.
pub(super) fn example(key: &str) -> Option<&'static str> {
    KEYS.iter().find(|(known, _)| matches(known, key)).map(|(_, example)| *example)
}

/// Every key there is, in one line.
pub(super) fn all() -> String {
    KEYS.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ")
}

/// The variable that sets `key`.
pub(super) fn variable(key: &str) -> String {
    format!("STAGEPASS_{}", key.to_uppercase().replace('.', "__"))
}

/// The key that was probably meant, and a right line for it.
pub(super) fn nearest(key: &str) -> Option<(String, &'static str)> {
    KEYS.iter()
        .map(|(known, example)| (filled(known, key), *example))
        .map(|(known, example)| (strsim::jaro_winkler(key, &known), known, example))
        .filter(|(likeness, ..)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known, example)| (known, example))
}

/// Whether the value of `key` must never be shown.
pub(super) fn is_secret(key: &str) -> bool {
    const SECRETS: [&str; 6] = [
        "database_url",
        "master_key",
        "provider.*.client_secret",
        "chat.*.webhook_secret",
        "remote.*.client_secret",
        "remote.*.header_value",
    ];
    SECRETS.iter().any(|secret| matches(secret, key))
}

fn walk(path: &str, value: &Value) -> Result<(), ConfigError> {
    if KEYS.iter().any(|(known, _)| matches(known, path)) {
        return match value.kind {
            ValueKind::Table(_) if !OPEN.iter().any(|open| matches(open, path)) => {
                Err(ConfigError::at(path, "must be a value, not a table"))
            }
            _ => Ok(()),
        };
    }
    match &value.kind {
        ValueKind::Table(table) => table.iter().try_for_each(|(name, value)| {
            walk(&if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, value)
        }),
        _ => Err(ConfigError::unknown(path, value.origin().unwrap_or("the configuration"))),
    }
}

fn matches(known: &str, key: &str) -> bool {
    let (mut known, mut key) = (known.split('.'), key.split('.'));
    loop {
        match (known.next(), key.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == "*" || a == b => {}
            _ => return false,
        }
    }
}

/// `known` with the operator's own ids in place of its stars.
fn filled(known: &str, key: &str) -> String {
    let mut parts = key.split('.');
    known
        .split('.')
        .map(|part| match (part, parts.next()) {
            ("*", Some(own)) => own,
            _ => part,
        })
        .collect::<Vec<_>>()
        .join(".")
}
