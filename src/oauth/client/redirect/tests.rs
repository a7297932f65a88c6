//! What clients in use register and ask for, and what others might.

use proptest::prelude::*;

use super::*;

/// What each client registers, and what it then asks for.
const CLIENTS: [(&str, &str); 24] = [
    // Claude on the web, on desktops and phones.
    ("https://claude.ai/api/mcp/auth_callback", "https://claude.ai/api/mcp/auth_callback"),
    ("https://claude.com/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"),
    // Claude Code.
    ("http://localhost/callback", "http://localhost:54213/callback"),
    ("http://127.0.0.1/callback", "http://127.0.0.1:54213/callback"),
    ("http://localhost:54213/callback", "http://localhost:54213/callback"),
    // ChatGPT.
    ("https://chatgpt.com/connector/oauth/aB3_x-9", "https://chatgpt.com/connector/oauth/aB3_x-9"),
    (
        "https://chatgpt.com/connector_platform_oauth_redirect",
        "https://chatgpt.com/connector_platform_oauth_redirect",
    ),
    // Codex.
    ("http://127.0.0.1/callback", "http://127.0.0.1:1455/callback"),
    ("http://localhost:1455/auth/callback", "http://localhost:1457/auth/callback"),
    // VS Code.
    ("http://127.0.0.1:33418/", "http://127.0.0.1:33418/"),
    ("http://127.0.0.1/", "http://127.0.0.1:49152/"),
    ("http://127.0.0.1:33418", "http://127.0.0.1:33418"),
    ("http://127.0.0.1", "http://127.0.0.1:49152"),
    ("https://vscode.dev/redirect", "https://vscode.dev/redirect"),
    ("https://insiders.vscode.dev/redirect", "https://insiders.vscode.dev/redirect"),
    // Cursor.
    (
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "cursor://anysphere.cursor-mcp/oauth/callback",
    ),
    (
        "https://www.cursor.com/agents/mcp/oauth/callback",
        "https://www.cursor.com/agents/mcp/oauth/callback",
    ),
    ("http://localhost:8787/callback", "http://localhost:8787/callback"),
    // mcp-remote; its port may be taken.
    ("http://localhost:3334/oauth/callback", "http://localhost:29871/oauth/callback"),
    // The MCP Inspector, web and command line.
    ("http://localhost:6274/oauth/callback", "http://localhost:6274/oauth/callback"),
    ("http://127.0.0.1:6276/oauth/callback", "http://127.0.0.1:6276/oauth/callback"),
    // Goose.
    ("http://localhost:40001/oauth_callback", "http://localhost:40002/oauth_callback"),
    // Gemini CLI, Antigravity.
    ("http://localhost:7777/oauth/callback", "http://localhost:7777/oauth/callback"),
    ("https://antigravity.google/oauth-callback", "https://antigravity.google/oauth-callback"),
];

/// And those whose host or path is somebody's own.
const SELF_HOSTED: [&str; 6] = [
    "https://global.consent.azure-apim.net/redirect/spotify-5f1c0e",
    "https://chat.example.org/oauth/clients/mcp:stagepass/callback",
    "https://chat.example.org:8443/api/mcp/my%20server/oauth/callback",
    "https://192.168.1.20/oauth/clients/mcp:stagepass/callback",
    "com.example.app:/cb",
    "vscode://vscode.github-authentication/did-authenticate?windowId=1",
];

#[test]
fn every_client_in_use_is_sent_back_to_where_it_asks() {
    let own = SELF_HOSTED.map(|uri| (uri, uri));
    for (registered, requested) in CLIENTS.into_iter().chain(own) {
        let uri = RedirectUri::parse(registered).unwrap();
        assert!(uri.matches(requested), "{registered} {requested}");
        assert_eq!(uri.to_string(), registered);
    }
}

#[test]
fn schemes_that_are_no_applications_own_are_refused() {
    let families = FAMILIES.map(|family| format!("{family}x"));
    let schemes = TAKEN.split_whitespace().chain(families.iter().map(String::as_str));
    let worst = "about blob c chrome chrome-extension data file filesystem ftp intent javascript \
                 mailto ms-settings sms tel vbscript view-source ws wss";
    for scheme in schemes.chain(worst.split(' ')) {
        for rest in [":/x", "://x/y", "://alert(1)", ":alert(1)", ":///x"] {
            let text = format!("{scheme}{rest}");
            if matches!(scheme, "http" | "https") && rest.starts_with("://") {
                continue;
            }
            assert!(RedirectUri::parse(&text).is_err(), "{text}");
            assert!(RedirectUri::parse(&text.to_uppercase()).is_err(), "{text}");
        }
    }
}

#[test]
fn an_own_scheme_needs_a_path_behind_it() {
    for text in ["cursor:", "cursor:oauth", "cursor:?x", "com.example.app:cb"] {
        assert_eq!(RedirectUri::parse(text), Err(UriError::Scheme), "{text}");
    }
}

#[test]
fn http_is_for_this_machine_alone() {
    for text in [
        "http://good.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://localhost.evil.example/cb",
        "http://evil.localhost/cb",
        "http://localhost./cb",
        "http://127.0.0.2/cb",
        "http://0.0.0.0/cb",
        "http://192.168.1.20/cb",
        "http://[::]/cb",
        "http://[::ffff:7f00:1]/cb",
    ] {
        assert_eq!(RedirectUri::parse(text), Err(UriError::NotLoopback), "{text}");
    }
}

#[test]
fn of_a_loopback_uri_nothing_but_the_port_may_differ() {
    let uri = RedirectUri::parse("http://127.0.0.1:33418/cb?a=b").unwrap();
    for same in ["http://127.0.0.1/cb?a=b", "http://127.0.0.1:1/cb?a=b"] {
        assert!(uri.matches(same), "{same}");
    }
    for other in [
        "http://localhost:33418/cb?a=b",
        "http://[::1]:33418/cb?a=b",
        "https://127.0.0.1:33418/cb?a=b",
        "HTTP://127.0.0.1:33418/cb?a=b",
        "http://127.1:33418/cb?a=b",
        "http://127.0.0.1:33418/cb",
        "http://127.0.0.1:33418/cb/?a=b",
        "http://127.0.0.1:33418/CB?a=b",
        "http://127.0.0.1:33418/x/../cb?a=b",
        "http://127.0.0.1:33418//cb?a=b",
        "http://127.0.0.1:33418/cb?a=b&c",
        "http://127.0.0.1:33418/cb?a=b#",
        "http://127.0.0.1:/cb?a=b",
        "http://127.0.0.1:033418/cb?a=b",
        "http://127.0.0.1:+1/cb?a=b",
        "http://127.0.0.1:65536/cb?a=b",
        "http://127.0.0.1:1@evil.example/cb?a=b",
        "http://127.0.0.1:1:2/cb?a=b",
        "http://127.0.0.1@evil.example/cb?a=b",
        "http://127.0.0.1.evil.example/cb?a=b",
        "http://127.0.0.1\\@evil.example/cb?a=b",
        "http://evil.example/http://127.0.0.1/cb?a=b",
    ] {
        assert!(!uri.matches(other), "{other}");
    }
}

#[test]
fn a_port_that_no_browser_writes_is_no_other_port() {
    let own = RedirectUri::parse("http://127.0.0.1/cb").unwrap();
    assert!(own.matches("http://127.0.0.1:8080/cb"));
    assert!(!own.matches("http://127.0.0.1:80/cb"));
}

#[test]
fn a_slash_more_or_less_is_another_uri() {
    for (one, other) in [
        ("https://good.example", "https://good.example/"),
        ("https://good.example/cb", "https://good.example/cb/"),
        ("http://127.0.0.1", "http://127.0.0.1/"),
        ("http://127.0.0.1/cb", "http://127.0.0.1/cb/"),
    ] {
        assert!(!RedirectUri::parse(one).unwrap().matches(other), "{one}");
        assert!(!RedirectUri::parse(other).unwrap().matches(one), "{other}");
    }
}

#[test]
fn the_host_is_shown_without_disguise() {
    for (text, shown, loopback) in [
        ("https://claude.ai/api/mcp/auth_callback", "claude.ai", false),
        ("https://claude.ai.evil.example:8443/claude.ai", "claude.ai.evil.example", false),
        ("https://xn--clude-0qa.ai/cb", "xn--clude-0qa.ai", false),
        ("https://[2001:db8::1]/cb", "[2001:db8::1]", false),
        ("http://localhost:1/cb", "localhost", true),
        ("http://127.0.0.1/cb", "127.0.0.1", true),
        ("http://[::1]:9/cb", "[::1]", true),
        ("https://localhost/cb", "localhost", true),
        ("cursor://claude.ai/cb", "cursor:", false),
        ("claude.ai://cb", "claude.ai:", false),
    ] {
        let uri = RedirectUri::parse(text).unwrap();
        assert_eq!((uri.host_shown(), uri.is_loopback()), (shown, loopback), "{text}");
    }
}

/// A URI that may be registered, now and then with something odd in it.
fn uri() -> impl Strategy<Value = String> {
    let scheme = "https|http|cursor|com\\.example\\.app|javascript|[a-z]{1,8}";
    let host = "localhost|127\\.0\\.0\\.1|\\[::1\\]|(www\\.)?[a-z]{1,5}\\.example";
    let rest = "(:[1-9][0-9]{0,4})?(/[a-z.%0-9]{0,4}){0,3}(\\?[a-z=&]{0,5})?";
    (scheme, host, rest).prop_map(|(scheme, host, rest)| format!("{scheme}://{host}{rest}"))
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), noise in ".{0,3}", uri in uri()) {
        for text in [text, format!("{uri}{noise}"), format!("{noise}{uri}")] {
            if let Ok(read) = RedirectUri::parse(&text) {
                prop_assert!(read.matches(&text));
                prop_assert!(!read.host_shown().is_empty());
            }
        }
    }

    #[test]
    fn beyond_loopback_no_other_text_matches(
        registered in uri(),
        requested in uri(),
        at in any::<prop::sample::Index>(),
        noise in "[ -~]{0,2}",
    ) {
        let Ok(uri) = RedirectUri::parse(&registered) else { return Ok(()) };
        let at = at.index(registered.len() + 1);
        let (before, after) = registered.split_at(at);
        let shorter = after.get(1..).unwrap_or_default();
        for other in [
            requested,
            before.to_owned(),
            format!("{before}{noise}{after}"),
            format!("{before}{noise}{shorter}"),
            registered.to_uppercase(),
        ] {
            if other != registered && !registered.starts_with("http://") {
                prop_assert!(!uri.matches(&other), "{registered} {other}");
            }
            // On loopback a match differs in nothing that comes before or after the port.
            if other != registered && uri.matches(&other) {
                let port = url::Url::parse(&other).unwrap().port();
                let mut own = url::Url::parse(&registered).unwrap();
                own.set_port(port).unwrap();
                prop_assert_eq!(own, url::Url::parse(&other).unwrap());
            }
        }
    }

    #[test]
    fn on_loopback_every_port_matches(
        host in "localhost|127\\.0\\.0\\.1|\\[::1\\]",
        rest in "(/[a-z]{0,4}){0,3}",
        own in prop::option::of(81..=u16::MAX),
        port in prop::option::of(any::<u16>()),
    ) {
        // No browser writes the default port, and what can't be read can't be shown.
        prop_assume!(port != Some(80) && own != Some(80));
        let with = |port: Option<u16>| {
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            format!("http://{host}{port}{rest}")
        };
        prop_assert!(RedirectUri::parse(&with(own)).unwrap().matches(&with(port)));
    }
}
