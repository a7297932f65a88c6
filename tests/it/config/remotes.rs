//! Other MCP servers: how they are named, reached, and told who is calling.

use secrecy::ExposeSecret;
use stagepass::config::RemoteAuth;

use super::{assert_helps, load, refused, shown};

const WIKI: &str = r#"
[remote.wiki]
url = "https://mcp.example.org/mcp"
auth = "mcp"
"#;

#[test]
fn a_remote_needs_an_address_and_a_way_to_say_who_is_calling() {
    let config = load(WIKI, &[]).unwrap();
    let wiki = &config.remote["wiki"];
    assert_eq!(
        (&wiki.auth, wiki.label("wiki")),
        (&RemoteAuth::Mcp, "wiki (mcp.example.org)".into())
    );
    assert_eq!(config.linked_remotes().map(|(name, _)| name).collect::<Vec<_>>(), ["wiki"]);
    assert_helps(&refused("remote.wiki.url = \"https://a.example\"", &[]), "remote.wiki.auth");
    assert_helps(&refused("remote.wiki.auth = \"none\"", &[]), "remote.wiki.url");
}

#[test]
fn variables_set_a_remote_too() {
    let variables = [
        ("REMOTE__TEAM-WIKI__URL", "http://127.0.0.1:9/mcp"),
        ("REMOTE__TEAM-WIKI__AUTH", "header"),
        ("REMOTE__TEAM-WIKI__HEADER", "X-Api-Key"),
        ("REMOTE__TEAM-WIKI__HEADER_VALUE", "s3cret"),
        ("REMOTE__TEAM-WIKI__TITLE", "Team wiki"),
    ];
    let config = load("", &variables).unwrap();
    let wiki = &config.remote["team-wiki"];
    assert_eq!((&wiki.auth, wiki.header_name()), (&RemoteAuth::Header, "X-Api-Key"));
    assert_eq!(wiki.header_value.as_ref().unwrap().expose_secret(), "s3cret");
    assert_eq!(wiki.label("team-wiki"), "Team wiki (127.0.0.1)");
    assert!(!format!("{config:?}").contains("s3cret"));
    assert_eq!(config.linked_remotes().count(), 0);
}

#[test]
fn a_name_stands_before_tools_and_is_nobody_elses() {
    let named =
        |name: &str| format!("remote.{name} = {{ url = \"https://a.example\", auth = \"none\" }}");
    for name in ["a", "a1-b", "abcdefghijklmnopqrstuvwx"] {
        assert!(load(&named(name), &[]).is_ok(), "{name}");
    }
    for name in ["1a", "-a", "a_b", "\"a b\"", "\"Wiki\"", "auth", "abcdefghijklmnopqrstuvwxy"] {
        let text = refused(&named(name), &[]);
        assert!(text.contains("has a name that"), "{name}: {text}");
    }
    let spotify = format!("{}\nprovider.spotify.client_id = \"x\"", named("spotify"));
    assert!(refused(&spotify, &[]).contains("a provider or a toolset"));
}

#[test]
fn a_remote_is_reached_by_tls_or_on_this_machine() {
    for url in [
        "https://a.example/mcp?v=1",
        "https://10.0.0.1:8443",
        "http://[::1]:1/",
        "http://localhost:1",
    ] {
        assert!(load(&WIKI.replace("https://mcp.example.org/mcp", url), &[]).is_ok(), "{url}");
    }
    for url in [
        "http://a.example/mcp",
        "http://10.0.0.1/mcp",
        "ftp://a.example",
        "https://user@a.example",
        "https://:secret@a.example",
        "https://a.example/#mcp",
    ] {
        let toml = WIKI.replace("https://mcp.example.org/mcp", url);
        let text = refused(&toml, &[]);
        assert_helps(&text, "remote.wiki.url");
        assert!(!text.contains("secret"), "{text}");
    }
}

#[test]
fn what_belongs_to_another_way_is_refused() {
    let with = |auth: &str, more: &str| {
        format!("[remote.wiki]\nurl = \"https://a.example\"\nauth = \"{auth}\"\n{more}")
    };
    for (auth, more, key) in [
        ("oauth", "", "auth"),
        ("provider:", "", "auth"),
        ("provider:nobody", "", "auth"),
        ("provider:spotify", "", "auth"),
        ("header", "", "header_value"),
        ("header", "header_value = \" \"", "header_value"),
        ("header", "header_value = \"a\\nb\"", "header_value"),
        ("header", "header_value = \"a\"\nheader = \"a b\"", "header"),
        ("header", "header_value = \"a\"\nheader = \"Mcp-Method\"", "header"),
        ("header", "header_value = \"a\"\nheader = \"HOST\"", "header"),
        ("mcp", "header_value = \"a\"", "header_value"),
        ("mcp", "client_secret = \"a\"", "client_id"),
        ("mcp", "client_id = \"\"", "client_id"),
        ("none", "scopes = [\"a\"]", "scopes"),
        ("none", "client_id = \"a\"", "client_id"),
        ("none", "title = \"\"", "title"),
    ] {
        assert_helps(&refused(&with(auth, more), &[]), &format!("remote.wiki.{key}"));
    }
    let linked = with("provider:spotify", "") + "\n[provider.spotify]\nclient_id = \"x\"";
    let config = load(&linked, &[]).unwrap();
    assert_eq!(config.remote["wiki"].auth, RemoteAuth::Provider("spotify".to_owned()));
    let unknown = refused(&with("mcp", "headr = \"a\""), &[]);
    assert!(unknown.contains("did you mean `remote.wiki.header`?"), "{unknown}");
}

#[test]
fn the_line_that_is_shown_for_a_header_fits_the_header() {
    let with = |more: &str| {
        let base = "[remote.wiki]\nurl = \"https://a.example\"\nauth = \"header\"\n";
        shown(&refused(&format!("{base}{more}"), &[])).to_owned()
    };
    let bearer = "remote.wiki.header_value = \"Bearer <token>\"";
    assert_eq!(with(""), bearer);
    assert_eq!(with("header = \"authorization\""), bearer);
    assert_eq!(with("header = \"X-Api-Key\""), "remote.wiki.header_value = \"<the secret>\"");
}

#[test]
fn what_is_in_the_way_of_a_remote_is_what_the_line_mends() {
    let with = |auth: &str, more: &str| {
        let base = format!("[remote.wiki]\nurl = \"https://a.example\"\nauth = \"{auth}\"\n");
        shown(&refused(&format!("{base}{more}"), &[])).to_owned()
    };
    assert!(with("provider:github", "").starts_with("provider.github.client_id = "));
    assert!(with("provider:nobody", "").starts_with("remote.wiki.auth = "));
    assert_eq!(with("none", "scopes = [\"a\"]"), "remote.wiki.auth = \"mcp\"");
    assert_eq!(with("mcp", "header = \"X-Api-Key\""), "remote.wiki.auth = \"header\"");
    let named = "[remote.a_b]\nurl = \"https://a.example\"\nauth = \"none\"";
    assert!(shown(&refused(named, &[])).starts_with("remote.wiki.url = "));
}
