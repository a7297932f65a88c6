//! Providers: what the catalogue says of them, and what an issuer makes superfluous.

use stagepass::config::{ClientAuth, Provider};

use super::{assert_helps, load, refused};

const WORK: &str = r#"
[provider.work]
name = "Work"
client_id = "x"
issuer = "https://id.example.org/realms/work"
"#;

fn work(more: &str) -> Provider {
    let mut config = load(&format!("{WORK}{more}"), &[]).unwrap();
    config.provider.remove("work").unwrap()
}

#[test]
fn an_issuer_needs_a_name_and_credentials() {
    let work = work("");
    assert_eq!(work.issuer.as_deref(), Some("https://id.example.org/realms/work"));
    assert_eq!(work.scopes, ["openid", "profile", "email"]);
    assert_eq!(work.scope_words["email"], "see your e-mail address");
    assert_eq!(work.account_id, ["sub"]);
    assert_eq!(work.account_name, ["name", "preferred_username", "email"]);
    assert_eq!(work.email.as_deref(), Some("email"));
    assert_eq!(work.email_verified.as_deref(), Some("email_verified"));
    assert_eq!((work.client_auth, work.takes_sign_ins()), (ClientAuth::Basic, true));
    assert!(work.authorize_url.is_none() && work.token_url.is_none() && work.api_url.is_none());
    let text = refused("provider.work.issuer = \"https://id.example.org\"", &[]);
    assert_helps(&text, "provider.work.name");
}

#[test]
fn what_is_set_wins_over_what_an_issuer_is_like() {
    let work = work(
        r#"
        token_url = "https://elsewhere.example.net/token"
        account_id = "oid"
        account_name = ["upn"]
        email_verified = "xms_edov"
        scopes = "profile"
        scope_words = { profile = "know you" }
        "#,
    );
    assert!(work.token_url.is_some());
    assert_eq!((work.account_id, work.account_name), (vec!["oid".into()], vec!["upn".into()]));
    assert_eq!(work.email_verified.as_deref(), Some("xms_edov"));
    assert_eq!(work.scopes, ["profile", "openid"], "without it there is no id token");
    assert_eq!(work.scope_words["profile"], "know you");
}

/// What a provider without an issuer needs besides credentials.
const BY_HAND: [(&str, &str); 8] = [
    ("name", "\"Own\""),
    ("authorize_url", "\"https://id.example.org/authorize\""),
    ("token_url", "\"https://id.example.org/token\""),
    ("api_url", "\"https://id.example.org/api\""),
    ("userinfo_path", "\"/me\""),
    ("account_id", "[\"id\"]"),
    ("account_name", "[\"name\"]"),
    ("manage_url", "\"https://id.example.org/apps\""),
];

#[test]
fn without_an_issuer_all_that_is_missing_is_named_at_once() {
    let mut toml = "[provider.own]\nclient_id = \"x\"\nclient_secret = \"y\"\n".to_owned();
    for (n, (field, value)) in BY_HAND.into_iter().enumerate() {
        let text = refused(&toml, &[]);
        for (there, (field, _)) in BY_HAND.into_iter().enumerate() {
            let key = format!("provider.own.{field}");
            assert_eq!(text.contains(&format!("`{key}`")), there >= n, "{key}: {text}");
            assert_eq!(text.contains(&format!("\n  {key} = ")), there >= n, "{key}: {text}");
        }
        assert!(text.contains("issuer") && !text.contains("did you mean"), "{text}");
        toml = format!("{toml}{field} = {value}\n");
    }
    let own = &load(&toml, &[]).unwrap().provider["own"];
    assert_eq!(own.userinfo_url().unwrap().as_str(), "https://id.example.org/api/me");
    assert!(own.email.is_none() && own.email_verified.is_none());
}

#[test]
fn the_lines_that_are_shown_for_a_provider_of_ones_own_are_all_it_needs() {
    let toml = "provider.own.client_id = \"x\"";
    let text = refused(toml, &[]);
    let (_, lines) = text.split_once("\nCorrect lines:\n").unwrap();
    load(&format!("{lines}\n{toml}"), &[]).unwrap();
}

#[test]
fn an_id_that_is_almost_the_catalogues_is_recognised() {
    let text = refused("[provider.githb]\nclient_id = \"x\"\nclient_secret = \"y\"", &[]);
    assert!(text.contains("did you mean `provider.github`?"), "{text}");
    assert!(text.contains("`provider.githb.token_url`"), "{text}");
    // Another's id is another's.
    let text = refused("provider.weathery.client_id = \"x\"", &[]);
    assert!(!text.contains("did you mean"), "{text}");
}

#[test]
fn a_secret_without_an_id_is_half_of_the_credentials() {
    for id in ["github", "okta", "own"] {
        let text = refused(&format!("[provider.{id}]\nclient_secret = \"canary\""), &[]);
        assert!(text.contains(&format!("`provider.{id}.client_id`")), "{text}");
        assert!(text.contains(&format!("\n  provider.{id}.client_id = ")), "{text}");
        assert!(text.contains("missing") && !text.contains("canary"), "{text}");
    }
}

#[test]
fn a_token_goes_to_no_other_server_than_the_apis() {
    let own = |api: &str, path: &str| {
        let all = BY_HAND.map(|(field, value)| match field {
            "api_url" => format!("{field} = \"{api}\""),
            "userinfo_path" => format!("{field} = \"{path}\""),
            _ => format!("{field} = {value}"),
        });
        format!("[provider.own]\n{}", all.join("\n"))
    };
    for (api, path) in [
        ("http://127.0.0.1:3110", "9/me"),
        ("https://api.example.co", "m/me"),
        ("https://api.example.com", "me"),
        ("https://api.example.com", "@evil.example/me"),
        ("https://api.example.com", ".evil.example/me"),
        ("https://api.example.com", ""),
    ] {
        let text = refused(&own(api, path), &[]);
        assert_helps(&text, "provider.own.userinfo_path");
        assert!(text.contains("must begin with `/`"), "{text}");
        // Also where nobody has looked.
        let (api_url, userinfo_path) = (api.parse().ok(), Some(path.to_owned()));
        let unchecked = Provider { api_url, userinfo_path, ..Provider::default() };
        let asked = unchecked.userinfo_url().map(|url| url.origin());
        assert!(asked.is_none_or(|asked| asked == api.parse::<url::Url>().unwrap().origin()));
    }
    for path in ["/me", "//evil.example/me", "/@evil.example", "/\\\\evil.example", "/../../me"] {
        let own = &load(&own("https://api.example.com/v1", path), &[]).unwrap().provider["own"];
        assert_eq!(own.userinfo_url().unwrap().host_str(), Some("api.example.com"), "{path}");
    }
    for api in ["https://api.example.com/?v=1", "https://api.example.com#a"] {
        assert_helps(&refused(&own(api, "/me"), &[]), "provider.own.api_url");
    }
    for (url, key) in [
        ("{base_url}m/token", "token_url"),
        ("{base_url}@evil.example/token", "token_url"),
        ("{base_url}:1/{base_url}/", "authorize_url"),
    ] {
        let toml = "provider.gitlab.base_url = \"https://git.example.co\"";
        let text = refused(&format!("{toml}\nprovider.gitlab.{key} = \"{url}\""), &[]);
        assert_helps(&text, &format!("provider.gitlab.{key}"));
        assert!(text.contains("`/` after `{base_url}`"), "{text}");
    }
    let text = refused("provider.gitlab.base_url = \"https://git.example.co?a\"", &[]);
    assert_helps(&text, "provider.gitlab.base_url");
}

#[test]
fn a_word_that_is_none_is_answered_with_those_that_are() {
    for (field, words) in [
        ("scope_separator", "\"space\" or \"comma\""),
        ("client_auth", "\"basic\", \"post\" or \"none\""),
        ("token_body", "\"form\", \"json\" or \"query\""),
        ("revoke_body", "\"form\", \"json\" or \"query\""),
        ("revoke_auth", "\"client\", \"basic\", \"bearer\" or \"none\""),
        ("revoke_token", "\"refresh\" or \"access\""),
        ("revoke_method", "\"get\", \"post\" or \"delete\""),
        ("userinfo_method", "\"get\", \"post\" or \"delete\""),
        ("account_from", "\"userinfo\", \"token\" or \"server\""),
        ("redirect", "\"any\", \"https\", \"loopback_ip\", \"localhost\" or \"client_id\""),
    ] {
        let key = format!("provider.spotify.{field}");
        let text = refused(&format!("{key} = \"canary\""), &[]);
        assert_helps(&text, &key);
        assert!(text.contains(&format!("`{key}` must be {words}\n")), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
    let text = refused("chat.bot.confirm = \"later\"", &[]);
    assert!(text.contains("must be \"code\" or \"auto\""), "{text}");
}

#[test]
fn an_issuer_is_a_plain_url_on_https_or_loopback() {
    let load = |issuer: &str| {
        let toml = format!("[provider.own]\nname = \"Own\"\nissuer = \"{issuer}\"");
        load(&toml, &[]).map(|config| config.provider["own"].issuer.clone().unwrap())
    };
    for right in [
        "https://id.example.org",
        "https://tenant.example.org/",
        "https://10.0.0.5/realms/home",
        "http://127.0.0.1:8080/realms/home",
        "http://localhost:8080",
    ] {
        // Letter by letter: no slash comes or goes.
        assert_eq!(load(right).unwrap(), right);
    }
    for wrong in [
        "id.example.org",
        "",
        "http://id.example.org",
        "http://10.0.0.5",
        "ftp://127.0.0.1",
        "https://id.example.org?x=1",
        "https://id.example.org#x",
        "https://me@id.example.org",
        "https://:secret@id.example.org",
        "urn:example:issuer",
    ] {
        let text = load(wrong).unwrap_err().to_string();
        assert_helps(&text, "provider.own.issuer");
    }
}

#[test]
fn what_is_new_in_a_provider_can_be_set_by_variables() {
    let config = load(
        WORK,
        &[
            ("PROVIDER__WORK__LOGIN", "false"),
            ("PROVIDER__WORK__CLIENT_AUTH", "post"),
            ("PROVIDER__WORK__EMAIL", "mail"),
            ("PROVIDER__WORK__EMAIL_VERIFIED", "mail_verified"),
            ("PROVIDER__WORK__ISSUER", "https://other.example.org"),
        ],
    )
    .unwrap();
    let work = &config.provider["work"];
    assert_eq!((work.takes_sign_ins(), work.client_auth), (false, ClientAuth::Post));
    assert_eq!(work.email.as_deref(), Some("mail"));
    assert_eq!(work.email_verified.as_deref(), Some("mail_verified"));
    assert_eq!(work.issuer.as_deref(), Some("https://other.example.org"));
    for (key, value) in [("login", "\"maybe\""), ("client_auth", "\"cookie\"")] {
        let key = format!("provider.spotify.{key}");
        assert_helps(&refused(&format!("{key} = {value}"), &[]), &key);
    }
}

#[test]
fn github_and_google_need_no_more_than_credentials() {
    let config = load("", &[]).unwrap();
    let (github, google) = (&config.provider["github"], &config.provider["google"]);
    assert_eq!(github.client_auth, ClientAuth::Post);
    assert_eq!(github.userinfo_url().unwrap().as_str(), "https://api.github.com/user");
    assert!(github.issuer.is_none() && github.scopes.is_empty() && github.email.is_none());
    assert_eq!(google.issuer.as_deref(), Some("https://accounts.google.com"));
    assert_eq!(google.account_id, ["sub"]);
    for scope in &google.scopes {
        assert!(google.scope_words.contains_key(scope), "no words for {scope}");
    }
}

#[test]
fn a_redirect_url_is_https_or_loopback_and_ends_signing_in() {
    let relay = "https://script.google.com/macros/s/AKfycb/exec";
    let spotify = |more: &str| {
        let mut config = load(&format!("[provider.spotify]\n{more}"), &[])?;
        Ok::<_, stagepass::config::ConfigError>(config.provider.remove("spotify").unwrap())
    };
    assert!(spotify("").unwrap().takes_sign_ins());
    let line = format!("redirect_url = \"{relay}\"\n");
    let set = spotify(&line).unwrap();
    assert_eq!(set.redirect_url.as_ref().map(url::Url::as_str), Some(relay));
    assert!(!set.takes_sign_ins());
    assert!(!spotify(&format!("{line}login = false")).unwrap().takes_sign_ins());
    let text = spotify(&format!("{line}login = true")).unwrap_err().to_string();
    assert_helps(&text, "provider.spotify.login");
    assert!(text.contains("redirect_url"), "{text}");
    for wrong in ["http://relay.example/", "javascript:alert(1)", "https://relay.example/#x"] {
        let text = spotify(&format!("redirect_url = \"{wrong}\"")).unwrap_err().to_string();
        assert_helps(&text, "provider.spotify.redirect_url");
    }
    spotify("redirect_url = \"http://127.0.0.1:9/back\"").unwrap();
}

#[test]
fn each_field_is_the_same_in_the_file_and_in_a_variable() {
    let base = r#"
        [provider.own]
        name = "Own"
        authorize_url = "https://own.example/authorize"
        token_url = "https://own.example/token"
        api_url = "https://own.example"
        userinfo_path = "/me"
        account_id = ["id"]
        account_name = ["name"]
        manage_url = "https://own.example/apps"
    "#;
    let shown = |toml: &str, variables: &[(&str, &str)]| {
        let config = load(&format!("{base}{toml}"), variables).unwrap();
        format!("{:?}", config.provider["own"])
    };
    for (field, written, variable) in [
        ("authorize_params.audience", "\"a\"", "a"),
        ("scope_param", "\"user_scope\"", "user_scope"),
        ("scope_separator", "\"comma\"", "comma"),
        ("pkce", "false", "false"),
        ("refresh_url", "\"https://own.example/refresh\"", "https://own.example/refresh"),
        ("client_auth", "\"none\"", "none"),
        ("token_body", "\"json\"", "json"),
        ("headers.x-version", "\"1\"", "1"),
        ("token_path", "\"authed_user\"", "authed_user"),
        ("error_path", "[\"a\", \"b\"]", "a,b"),
        ("grant_errors", "[\"a\", \"b\"]", "a,b"),
        ("client_errors", "[\"a\"]", "a"),
        ("revoke_method", "\"delete\"", "delete"),
        ("revoke_auth", "\"bearer\"", "bearer"),
        ("revoke_body", "\"query\"", "query"),
        ("revoke_param", "\"t\"", "t"),
        ("revoke_token", "\"access\"", "access"),
        ("userinfo_method", "\"post\"", "post"),
        ("userinfo_body", "\"{}\"", "{}"),
        ("account_from", "\"token\"", "token"),
        ("reconnect_days", "7", "7"),
        ("idle_days", "7", "7"),
        ("redirect", "\"loopback_ip\"", "loopback_ip"),
        ("base_url", "\"https://own.example\"", "https://own.example"),
        ("own.issuer", "\"https://like.this.example\"", "https://like.this.example"),
    ] {
        let name = format!("PROVIDER__OWN__{}", field.to_uppercase().replace('.', "__"));
        let (in_file, in_variable) =
            (shown(&format!("{field} = {written}"), &[]), shown("", &[(&name, variable)]));
        assert_eq!(in_file, in_variable, "{field}");
        assert_ne!(in_file, shown("", &[]), "{field}");
    }
}
