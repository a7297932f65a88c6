//! The configuration: where it comes from, and what an operator is told who got it wrong.

mod providers;
mod remotes;

use std::collections::HashMap;

use secrecy::ExposeSecret;
use stagepass::config::{Allow, Config, ConfigError, is_loopback};

/// Loads `toml`, if any, and these variables, without their `STAGEPASS_`.
fn load(toml: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stagepass.toml");
    std::fs::write(&file, toml).unwrap();
    let environment: HashMap<_, _> = variables
        .iter()
        .map(|(name, value)| (format!("STAGEPASS_{name}"), (*value).to_owned()))
        .collect();
    Config::load(Some(&file), environment)
}

fn host(url: Option<&url::Url>) -> &str {
    url.and_then(url::Url::host_str).unwrap()
}

fn refused(toml: &str, variables: &[(&str, &str)]) -> String {
    match load(toml, variables) {
        Err(error) => error.to_string(),
        Ok(config) => panic!("should be refused: {toml} {variables:?} gave {config:?}"),
    }
}

/// Fails unless the text names `key` and shows a line that would be right, and that really is.
fn assert_helps(text: &str, key: &str) {
    assert!(text.contains(&format!("`{key}`")), "doesn't name `{key}`: {text}");
    let line = shown(text);
    let Err(error) = load(line, &[]) else { return };
    for wrong in ["isn't valid TOML", "unknown key"] {
        assert!(!error.to_string().contains(wrong), "shows a wrong line: {text}");
    }
}

/// The line that would be right.
fn shown(text: &str) -> &str {
    let (_, line) = text.split_once("\nA correct line:\n  ").unwrap_or_else(|| panic!("{text}"));
    line.lines().next().unwrap()
}

/// The variables with which any master key is read.
fn master_keys(variables: &[(&str, &str)]) -> Result<usize, String> {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().to_str().unwrap();
    let variables: Vec<_> =
        [("DATA_DIR", data_dir)].into_iter().chain(variables.to_vec()).collect();
    let config = load("", &variables).unwrap();
    config.master_keys().map(|keys| keys.len()).map_err(|error| error.to_string())
}

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OLDER_KEY: &str = "HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const PLACEHOLDER: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[test]
fn nothing_has_to_be_set() {
    let config = Config::load(None, HashMap::new()).unwrap();
    assert_eq!(config.public_url.as_str(), "http://127.0.0.1:8080/");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.access.allow, Allow::Owner);
    assert!(config.data_dir.ends_with("stagepass"));
    assert_eq!(config.enabled_providers().count(), 0);
    assert_eq!(host(config.provider["spotify"].token_url.as_ref()), "accounts.spotify.com");
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let toml = r#"
        listen = "127.0.0.1:9000"
        log = "debug"
        [limits]
        body_bytes = 4096
        [provider.spotify]
        client_id = "from the file"
    "#;
    let variables = [("LOG", "warn"), ("PROVIDER__SPOTIFY__CLIENT_ID", "from the environment")];
    let config = load(toml, &variables).unwrap();
    assert_eq!(config.listen.port(), 9000);
    assert_eq!(config.limits.body_bytes, 4096);
    assert_eq!(config.log, "warn");
    let (id, spotify) = config.enabled_providers().next().unwrap();
    assert_eq!(id, "spotify");
    assert_eq!(spotify.client_id.as_deref(), Some("from the environment"));
}

#[test]
fn every_key_can_be_set_by_a_variable() {
    let config = load(
        "",
        &[
            ("PUBLIC_URL", "https://music.example"),
            ("LISTEN", "0.0.0.0:1"),
            ("TRUSTED_PROXIES", "10.0.0.0/8"),
            ("DATA_DIR", "/data"),
            ("DATABASE_URL", "sqlite:///data/x.db"),
            ("MASTER_KEY", KEY),
            ("MASTER_KEY_FILE", "/key"),
            ("LOG", "trace"),
            ("ACCESS__ALLOW", "open"),
            ("LIMITS__BODY_BYTES", "2048"),
            ("LIMITS__REGISTER_PER_MINUTE", "1"),
            ("LIMITS__AUTHORIZE_PER_MINUTE", "2"),
            ("LIMITS__TOKEN_PER_MINUTE", "3"),
            ("LIMITS__CONNECT_PER_MINUTE", "4"),
            ("LIMITS__CLIENT_PER_MINUTE", "5"),
            ("TOOLS__SPOTIFY__SETS", "core,playlists"),
            ("PROVIDER__SPOTIFY__NAME", "Music"),
            ("PROVIDER__SPOTIFY__CLIENT_ID", "id"),
            ("PROVIDER__SPOTIFY__CLIENT_SECRET", "secret"),
            ("PROVIDER__SPOTIFY__REAUTHORIZE__SHOW_DIALOG", "false"),
            ("PROVIDER__SPOTIFY__RECONNECT_MONTHS", "3"),
        ],
    )
    .unwrap();
    assert_eq!(config.public_url.as_str(), "https://music.example/");
    assert_eq!(config.listen.to_string(), "0.0.0.0:1");
    assert!(config.trusted_proxies.contain([10, 0, 0, 1].into()));
    assert_eq!(config.data_dir.to_str(), Some("/data"));
    assert_eq!(config.database_url.unwrap().expose_secret(), "sqlite:///data/x.db");
    assert_eq!(config.master_key.unwrap().expose_secret(), KEY);
    assert_eq!(config.master_key_file.unwrap().to_str(), Some("/key"));
    assert_eq!(config.log, "trace");
    assert_eq!(config.access.allow, Allow::Open);
    let limits = &config.limits;
    assert_eq!(limits.body_bytes, 2048);
    assert_eq!((limits.register_per_minute.get(), limits.authorize_per_minute.get()), (1, 2));
    assert_eq!((limits.token_per_minute.get(), limits.connect_per_minute.get()), (3, 4));
    assert_eq!(limits.client_per_minute.get(), 5);
    assert!(config.tools.contains_key("spotify"));
    let spotify = &config.provider["spotify"];
    assert_eq!((spotify.name.as_str(), spotify.client_id.as_deref()), ("Music", Some("id")));
    assert_eq!(spotify.client_secret.as_ref().unwrap().expose_secret(), "secret");
    assert_eq!(spotify.reauthorize["show_dialog"], "false");
    assert_eq!(spotify.reconnect_months, Some(3));
}

#[test]
fn a_list_may_be_written_as_one_string() {
    for (toml, variables) in [
        (r#"provider.spotify.scopes = ["a", "b"]"#, vec![]),
        (r#"provider.spotify.scopes = "a b""#, vec![]),
        ("", vec![("PROVIDER__SPOTIFY__SCOPES", "a b")]),
        ("", vec![("PROVIDER__SPOTIFY__SCOPES", "a,b")]),
        ("", vec![("PROVIDER__SPOTIFY__SCOPES", r#"["a", "b"]"#)]),
        (r#"provider.spotify.scopes = ["c"]"#, vec![("PROVIDER__SPOTIFY__SCOPES", " a, b ")]),
    ] {
        let config = load(toml, &variables).unwrap();
        assert_eq!(config.provider["spotify"].scopes, ["a", "b"], "{toml} {variables:?}");
    }
}

#[test]
fn access_is_a_word_or_a_list() {
    let listed = |who: &[&str]| Allow::Listed(who.iter().map(|who| (*who).to_owned()).collect());
    for (value, allow) in [
        ("owner", Allow::Owner),
        ("open", Allow::Open),
        ("local", Allow::Local),
        ("alice@example.org", listed(&["alice@example.org"])),
        ("spotify:alice,@example.net", listed(&["spotify:alice", "@example.net"])),
    ] {
        assert_eq!(load("", &[("ACCESS__ALLOW", value)]).unwrap().access.allow, allow, "{value}");
    }
    let toml = r#"access.allow = ["alice@example.org", "@example.net"]"#;
    let expected = listed(&["alice@example.org", "@example.net"]);
    assert_eq!(load(toml, &[]).unwrap().access.allow, expected);
    // Not "open", with something after it.
    assert!(load("", &[("ACCESS__ALLOW", "open @example.net")]).is_err());
}

#[test]
fn every_field_of_the_catalogue_can_be_overridden_one_by_one() {
    let toml = r#"
        [provider.spotify]
        token_url = "http://127.0.0.1:1/token"
        advice = [{ contains = "a", code = "b", message = "c", next_step = "d" }]
    "#;
    let config = load(toml, &[("PROVIDER__SPOTIFY__API_URL", "http://[::1]:1/v1")]).unwrap();
    let spotify = &config.provider["spotify"];
    assert_eq!(spotify.token_url.as_ref().unwrap().as_str(), "http://127.0.0.1:1/token");
    assert_eq!(spotify.api_url.as_ref().unwrap().as_str(), "http://[::1]:1/v1");
    assert_eq!(spotify.advice.len(), 1);
    assert_eq!(host(spotify.authorize_url.as_ref()), "accounts.spotify.com");
    assert_eq!(spotify.name, "Spotify");
}

#[test]
fn an_unknown_key_is_refused_with_the_one_that_was_meant() {
    for (toml, key, meant) in [
        ("acces.allow = \"local\"", "acces.allow", "access.allow"),
        ("access = \"local\"", "access", "access.allow"),
        ("[access]\nallw = \"local\"", "access.allw", "access.allow"),
        ("lisen = \"127.0.0.1:1\"", "lisen", "listen"),
        ("[limits]\nbody_byte = 5000", "limits.body_byte", "limits.body_bytes"),
        (
            "provider.spotify.clientid = \"x\"",
            "provider.spotify.clientid",
            "provider.spotify.client_id",
        ),
    ] {
        let text = refused(toml, &[]);
        assert_helps(&text, key);
        assert!(text.contains(&format!("did you mean `{meant}`?")), "{text}");
        assert!(text.contains("stagepass.toml"), "says where: {text}");
    }
    let text = refused("", &[("ACCESS__ALLW", "local")]);
    assert_helps(&text, "access.allw");
    assert!(text.contains("environment variable `STAGEPASS_ACCESS__ALLW`"), "says where: {text}");
    assert!(text.contains("did you mean `STAGEPASS_ACCESS__ALLOW`?"), "{text}");
    // As an orchestrator sets it for a service of our name.
    let text = refused("", &[("PORT_8080_TCP_ADDR", "10.0.0.1")]);
    assert!(text.contains("`STAGEPASS_PORT_8080_TCP_ADDR`"), "{text}");
    let text = refused("something_else = 1", &[]);
    assert!(text.contains("`something_else`"), "{text}");
}

#[test]
fn a_wrong_value_is_refused_with_a_line_that_would_be_right() {
    for (toml, key) in [
        ("listen = \"somewhere\"", "listen"),
        ("listen = 8080", "listen"),
        ("public_url = \"music.example\"", "public_url"),
        ("limits.body_bytes = \"many\"", "limits.body_bytes"),
        ("limits.body_bytes = -1", "limits.body_bytes"),
        ("limits.body_bytes = 1023", "limits.body_bytes"),
        ("limits.body_bytes = 67108865", "limits.body_bytes"),
        ("limits.connect_per_minute = 0", "limits.connect_per_minute"),
        ("limits.token_per_minute = -1", "limits.token_per_minute"),
        ("provider.spotify.token_url = \"accounts\"", "provider.spotify.token_url"),
        ("provider.spotify.reconnect_months = \"six\"", "provider.spotify.reconnect_months"),
        ("provider.spotify.client_id = \"\"", "provider.spotify.client_id"),
        ("[log]\nlevel = \"info\"", "log"),
        ("[data_dir]\nx = 1", "data_dir"),
    ] {
        assert_helps(&refused(toml, &[]), key);
    }
}

#[test]
fn the_line_that_would_be_right_is_about_the_operators_own_key() {
    for (toml, line) in [
        ("provider.weathery.pkce = \"maybe\"", "provider.weathery.pkce = false"),
        ("provider.github.token_url = \"x\"", "provider.github.token_url = \"https://"),
        ("provider.weathery.scopse = \"a\"", "provider.weathery.scopes = [\"read\"]"),
        ("remote.files.title = [1]", "remote.files.title = \"Example\""),
        ("chat.spo_x-1.confirm = \"later\"", "chat.spo_x-1.confirm = \"code\""),
        (
            "provider.github.advice = [{ contains = \"a\" }]",
            "provider.github.advice = [{ contains = ",
        ),
        ("tools.github.sets = 5", "tools.github.sets = [\"core\"]"),
        // Under this id it would never be right.
        ("provider.\"Über\".client_id = \"x\"", "provider.work.client_id = "),
    ] {
        let text = refused(toml, &[]);
        assert!(shown(&text).starts_with(line), "{text}");
    }
}

#[test]
fn of_everything_that_is_missing_or_contradicts_itself_all_is_told_at_once() {
    let text = refused(
        r#"
        public_url = "http://music.example"
        limits.body_bytes = 5
        tools.spotify.sets = []
        [provider.weathery]
        client_id = "x"
        [remote.wiki]
        url = "http://wiki.example"
        auth = "none"
        [remote.files]
        url = "http://files.example"
        auth = "none"
        "#,
        &[],
    );
    for key in [
        "public_url",
        "limits.body_bytes",
        "tools.spotify.sets",
        "provider.weathery.token_url",
        "remote.wiki.url",
        "remote.files.url",
    ] {
        assert!(text.contains(&format!("`{key}`")), "{text}");
    }
}

#[test]
fn the_public_url_is_an_origin_on_https_or_loopback() {
    for right in [
        "https://music.example",
        "https://music.example:8443/",
        "http://127.0.0.1:1",
        "http://[::1]:1",
    ] {
        load("", &[("PUBLIC_URL", right)]).unwrap();
    }
    for (wrong, why) in [
        ("http://music.example", "https"),
        ("http://192.168.1.5:8080", "https"),
        ("http://localhost:8080", "127.0.0.1"),
        ("https://localhost", "127.0.0.1"),
        ("https://music.example/mcp", "origin"),
        ("https://music.example/?a=b", "origin"),
        ("https://music.example/#a", "origin"),
        ("https://canary@music.example", "origin"),
        ("https://a:canary@music.example", "origin"),
        ("ftp://music.example", "https"),
        ("data:text/plain,x", "origin"),
    ] {
        let text = refused("", &[("PUBLIC_URL", wrong)]);
        assert_helps(&text, "public_url");
        assert!(text.contains(why), "{wrong}: {text}");
        assert!(!text.contains("canary"), "{text}");
    }
}

#[test]
fn sign_in_is_off_on_loopback_only() {
    let local = |variables: &[(&str, &str)]| {
        let all: Vec<_> =
            [("ACCESS__ALLOW", "local")].into_iter().chain(variables.to_vec()).collect();
        load("", &all).map_err(|error| error.to_string())
    };
    for right in ["127.0.0.1:1", "127.1.2.3:1", "[::1]:1"] {
        assert!(is_loopback(&local(&[("LISTEN", right)]).unwrap().public_url));
    }
    for wrong in ["0.0.0.0:8080", "[::]:8080", "192.168.1.5:8080"] {
        let text = local(&[("LISTEN", wrong)]).unwrap_err();
        assert_helps(&text, "listen");
        assert!(text.contains("loopback"), "{text}");
    }
    let text = local(&[("PUBLIC_URL", "https://music.example")]).unwrap_err();
    assert_helps(&text, "public_url");
    assert!(text.contains("loopback"), "{text}");
}

#[test]
fn trusted_proxies_are_addresses_and_networks() {
    let trusted = |value: &str, address: &str| {
        let config = load("", &[("TRUSTED_PROXIES", value)]).unwrap();
        config.trusted_proxies.contain(address.parse().unwrap())
    };
    let both = "127.0.0.1, 10.1.0.0/16 2001:db8::/32";
    for (value, address, is) in [
        ("", "127.0.0.1", false),
        (both, "127.0.0.1", true),
        (both, "127.0.0.2", false),
        (both, "10.1.255.255", true),
        (both, "10.2.0.0", false),
        (both, "2001:db8:ffff::1", true),
        (both, "2001:db9::1", false),
        // The bits of a host in a network don't count.
        ("10.1.2.3/8", "10.255.0.0", true),
        ("::ffff:192.0.2.1", "192.0.2.1", true),
    ] {
        assert_eq!(trusted(value, address), is, "{value}: {address}");
    }
    let list = load(r#"trusted_proxies = ["::1", "10.0.0.0/8"]"#, &[]).unwrap();
    assert!(list.trusted_proxies.contain("::1".parse().unwrap()));
    for (wrong, why) in [
        ("proxy.example", "neither"),
        ("10.0.0.0/33", "neither"),
        ("10.0.0.1:80", "neither"),
        ("0.0.0.0/0", "everybody"),
        ("127.0.0.1 ::/0", "everybody"),
    ] {
        let text = refused("", &[("TRUSTED_PROXIES", wrong)]);
        assert_helps(&text, "trusted_proxies");
        assert!(text.contains(why), "{wrong}: {text}");
    }
    assert_helps(&refused("trusted_proxies = true", &[]), "trusted_proxies");
}

#[test]
fn a_provider_is_reached_over_https_or_on_loopback() {
    for field in ["authorize_url", "token_url", "revoke_url", "api_url"] {
        let key = format!("provider.spotify.{field}");
        for wrong in
            ["http://accounts.example/x", "http://127.0.0.1.example/x", "ftp://127.0.0.1/x"]
        {
            let text = refused(&format!("{key} = \"{wrong}\""), &[]);
            assert_helps(&text, &key);
            assert!(text.contains("https"), "{text}");
        }
        for right in ["https://accounts.example/x", "http://127.0.0.1:1/x", "http://localhost:1/x"]
        {
            load(&format!("{key} = \"{right}\""), &[]).unwrap();
        }
    }
}

#[test]
fn a_file_that_is_not_toml_is_refused_without_its_text() {
    let text = refused("log = \"info\"\nmaster_key = \"canary\" oops\n", &[]);
    assert!(text.contains("stagepass.toml"), "{text}");
    assert!(text.contains("line 2"), "{text}");
    assert!(!text.contains("canary"), "{text}");
    for broken in ["provider.spotify.client_secret = canary", "a = 1\na = \"canary\"", "[canary"] {
        let text = refused(broken, &[]);
        assert!(text.contains("isn't valid TOML"), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
}

#[test]
fn no_error_shows_a_secret() {
    for toml in [
        "master_key = [\"canary\"]",
        "master_key = { a = \"canary\" }",
        "database_url = [\"canary\"]",
        "provider.spotify.client_secret = [\"canary\"]",
        "provider.spotify.client_secret = { a = \"canary\" }",
        "provider.spotify.clientsecret = \"canary\"",
        "masterkey = \"canary\"",
        "[provider.spotify.client_secrets]\na = \"canary\"",
    ] {
        let text = refused(toml, &[]);
        assert!(!text.contains("canary"), "{text}");
    }
    for name in
        ["MASTERKEY", "DATABASE__URL", "PROVIDER__SPOTIFY", "PROVIDER__SPOTIFY__SECRET", "PROVIDER"]
    {
        let text = refused("", &[(name, "canary")]);
        assert!(!text.contains("canary"), "{name}: {text}");
    }
}

#[test]
fn what_is_printed_of_the_configuration_shows_no_secret() {
    let config = load(
        "",
        &[
            ("DATABASE_URL", "postgres://user:canary@db/x"),
            ("MASTER_KEY", "canary"),
            ("PROVIDER__SPOTIFY__CLIENT_ID", "id"),
            ("PROVIDER__SPOTIFY__CLIENT_SECRET", "canary"),
        ],
    )
    .unwrap();
    let printed = format!("{config:?} {config:#?}");
    assert!(printed.contains("spotify"), "{printed}");
    assert!(!printed.contains("canary"), "{printed}");
}

#[test]
fn a_variable_that_is_empty_is_a_variable_that_is_not_set() {
    // Compose files and unit files pass on what their author left out as an empty string.
    let config = load(
        "",
        &[
            ("DATABASE_URL", ""),
            ("MASTER_KEY", ""),
            ("PROVIDER__SPOTIFY__CLIENT_ID", "id"),
            ("PROVIDER__SPOTIFY__CLIENT_SECRET", ""),
        ],
    )
    .unwrap();
    assert!(config.database_url.is_none());
    assert!(config.master_key.is_none());
    assert!(config.provider["spotify"].client_secret.is_none());
}

#[test]
fn master_keys_are_32_bytes_in_base64() {
    assert_eq!(master_keys(&[]), Ok(0));
    assert_eq!(master_keys(&[("MASTER_KEY", KEY)]), Ok(1));
    assert_eq!(master_keys(&[("MASTER_KEY", &format!("{KEY},{OLDER_KEY}"))]), Ok(2));
    let short = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==";
    for wrong in
        ["canary", PLACEHOLDER, short, &format!("{KEY},{short}"), &format!("{KEY}{KEY}"), ","]
    {
        let text = master_keys(&[("MASTER_KEY", wrong)]).unwrap_err();
        assert_helps(&text, "master_key");
        for word in wrong.split(',').filter(|word| !word.is_empty()) {
            assert!(!text.contains(word), "{text}");
        }
    }
}

#[test]
fn a_file_of_master_keys_has_one_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    let read = || master_keys(&[("MASTER_KEY_FILE", file.to_str().unwrap())]);
    let text = read().unwrap_err();
    assert_helps(&text, "master_key_file");
    assert!(text.contains(file.to_str().unwrap()), "{text}");

    std::fs::write(&file, format!("{KEY}\r\n\n{OLDER_KEY}\n")).unwrap();
    assert_eq!(read(), Ok(2));
    for (wrong, secret) in [("\n", "no secret"), ("canary\n", "canary"), (PLACEHOLDER, PLACEHOLDER)]
    {
        std::fs::write(&file, wrong).unwrap();
        let text = read().unwrap_err();
        assert_helps(&text, "master_key_file");
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn the_id_of_a_provider_is_small_letters_and_digits() {
    for id in ["a:b", "a b", "Über", "a/b"] {
        let toml = format!("[provider.\"{id}\"]\nissuer = \"https://id.example\"\nname = \"x\"");
        let refused = load(&toml, &[]).unwrap_err().to_string();
        assert!(refused.contains("small letters"), "{id}: {refused}");
    }
}

#[test]
fn a_toolset_without_any_set_is_refused() {
    for toml in ["tools.spotify.sets = []", "tools.spotify.sets = \" , \""] {
        let told = refused(toml, &[]);
        assert_helps(&told, "tools.spotify.sets");
        assert!(told.contains("is empty"), "{told}");
    }
    assert_helps(&refused("tools.spotify.sets = 5", &[]), "tools.spotify.sets");
    assert!(
        refused("tools.spotify.set = \"core\"", &[]).contains("did you mean `tools.spotify.sets`")
    );
}
