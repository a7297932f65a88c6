//! Every key there is, with a value that would be right. `*` stands for an id of the operator's.

use config::{Value, ValueKind};

use super::ConfigError;

const KEYS: &[(&str, &str)] = &[
    ("public_url", r#""http://127.0.0.1:8080""#),
    ("listen", r#""127.0.0.1:8080""#),
    ("trusted_proxies", r#"["127.0.0.1", "10.0.0.0/8"]"#),
    ("data_dir", r#""/var/lib/stagepass""#),
    ("database_url", r#""sqlite:///var/lib/stagepass/stagepass.db""#),
    ("master_key", r#""<32 random bytes in base64>""#),
    ("master_key_file", r#""/run/secrets/stagepass.key""#),
    ("log", r#""info""#),
    ("access.allow", r#"["spotify:alice", "bob@example.com", "@example.org"]"#),
    ("limits.body_bytes", "1048576"),
    ("limits.register_per_minute", "60"),
    ("limits.authorize_per_minute", "300"),
    ("limits.token_per_minute", "600"),
    ("limits.client_per_minute", "3000"),
    ("limits.connect_per_minute", "300"),
    ("tools.*.sets", r#"["core"]"#),
    ("chat.*.confirm", r#""code""#),
    ("chat.*.return_link", r#""https://wa.me/15551234567?text={code}""#),
    ("chat.*.webhook_url", r#""https://bot.example/hook""#),
    ("chat.*.webhook_secret", r#""whsec_<24 to 64 random bytes in base64>""#),
    ("chat.*.idle_days", "90"),
    ("provider.*.name", r#""Example""#),
    ("provider.*.client_id", r#""<from the provider's dashboard>""#),
    ("provider.*.client_secret", r#""<from the dashboard>""#),
    ("provider.*.scopes", r#"["read"]"#),
    ("provider.*.scope_words", r#"{ read = "see your files" }"#),
    ("provider.*.login", "false"),
    ("provider.*.redirect_url", r#""https://script.google.com/macros/s/…/exec""#),
    ("provider.*.issuer", r#""https://id.example.org/realms/work""#),
    ("provider.*.base_url", r#""https://example.org""#),
    ("provider.*.own", r#"{ base_url = "https://…" }"#),
    ("provider.*.redirect", r#""any""#),
    ("provider.*.authorize_url", r#""https://example.com/authorize""#),
    ("provider.*.authorize_params", r#"{ audience = "…" }"#),
    ("provider.*.scope_param", r#""scope""#),
    ("provider.*.scope_separator", r#""comma""#),
    ("provider.*.pkce", "false"),
    ("provider.*.token_url", r#""https://example.com/token""#),
    ("provider.*.refresh_url", r#""https://example.com/refresh""#),
    ("provider.*.client_auth", r#""post""#),
    ("provider.*.token_body", r#""json""#),
    ("provider.*.headers", r#"{ X-Version = "1" }"#),
    ("provider.*.token_path", r#""authed_user""#),
    ("provider.*.error_path", r#"["error"]"#),
    ("provider.*.grant_errors", r#"["code_expired"]"#),
    ("provider.*.client_errors", r#"["bad_secret"]"#),
    ("provider.*.revoke_url", r#""https://example.com/revoke""#),
    ("provider.*.revoke_method", r#""delete""#),
    ("provider.*.revoke_auth", r#""basic""#),
    ("provider.*.revoke_body", r#""json""#),
    ("provider.*.revoke_param", r#""access_token""#),
    ("provider.*.revoke_token", r#""access""#),
    ("provider.*.api_url", r#""https://api.example.com""#),
    ("provider.*.userinfo_path", r#""/me""#),
    ("provider.*.userinfo_method", r#""post""#),
    ("provider.*.userinfo_body", r#"'{"query": "{ me { id } }"}'"#),
    ("provider.*.account_from", r#""token""#),
    ("provider.*.account_id", r#"["id"]"#),
    ("provider.*.account_name", r#"["name"]"#),
    ("provider.*.email", r#""email""#),
    ("provider.*.email_verified", r#""email_verified""#),
    ("provider.*.email_domain", r#""hd""#),
    ("provider.*.email_own_domains", r#"["example.com"]"#),
    ("provider.*.manage_url", r#""https://example.com/account/apps""#),
    ("provider.*.reconnect_months", "6"),
    ("provider.*.reconnect_days", "7"),
    ("provider.*.idle_days", "90"),
    ("provider.*.reauthorize", r#"{ prompt = "consent" }"#),
    ("remote.*.url", r#""https://mcp.example.com/mcp""#),
    ("remote.*.auth", r#""mcp""#),
    ("remote.*.title", r#""Example""#),
    ("remote.*.scopes", r#"["read"]"#),
    ("remote.*.client_id", r#""<from its authorization server>""#),
    ("remote.*.client_secret", r#""<from the same place>""#),
    ("remote.*.header", r#""X-Api-Key""#),
    ("remote.*.header_value", r#""<the secret>""#),
    ("provider.*.advice", r#"[{ contains = "…", code = "…", message = "…", next_step = "…" }]"#),
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

/// A right line for `key`, if it is a key.
pub(super) fn line(key: &str) -> Option<String> {
    KEYS.iter()
        .find(|(known, _)| matches(known, key))
        .map(|(known, value)| right(known, key, value))
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
pub(super) fn nearest(key: &str) -> Option<(String, String)> {
    KEYS.iter()
        .map(|(known, value)| (filled(known, key), right(known, key, value)))
        .map(|(known, line)| (strsim::jaro_winkler(key, &known), known, line))
        .filter(|(likeness, ..)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known, line)| (known, line))
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

/// A line with `value` for `known`, with the operator's own ids as in `key` where they can be ids.
fn right(known: &str, key: &str, value: &str) -> String {
    let may_stand = |c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(may_stand);
    let (mut known, mut key) = (known.split('.'), key.split('.'));
    let family = known.next().unwrap_or_default();
    key.next();
    let rest = known.map(|part| match (part, key.next()) {
        ("*", Some(own)) if is_id(own) => own,
        ("*", _) => some_id(family),
        _ => part,
    });
    let key: Vec<_> = std::iter::once(family).chain(rest).collect();
    format!("{} = {value}", key.join("."))
}

/// An id that a provider, a remote, a toolset or a bot could have.
fn some_id(family: &str) -> &'static str {
    match family {
        "chat" => "spo_bot-1f2e3d4c",
        "remote" => "wiki",
        "tools" => "spotify",
        _ => "work",
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

#[cfg(test)]
mod tests {
    use config::{File, FileFormat};

    use super::*;

    #[test]
    fn every_line_that_is_shown_can_be_read() {
        for (known, _) in KEYS {
            let shown = line(&known.replace('*', "own")).unwrap();
            let file = File::from_str(&shown, FileFormat::Toml);
            let read = config::Config::builder().add_source(file).build();
            check(&read.unwrap_or_else(|error| panic!("{shown}: {error}"))).unwrap();
            assert!(shown.starts_with(&known.replace('*', "own")), "{shown}");
        }
    }
}
