//! Two lines: a redirect URI to register, and one to ask for.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stagepass::oauth::RedirectUri;
use url::Url;

fuzz_target!(|lines: &str| {
    let (registered, requested) = lines.split_once('\n').unwrap_or((lines, lines));
    let Ok(uri) = RedirectUri::parse(registered) else { return };
    assert!(uri.matches(registered));
    assert!(!uri.host_shown().is_empty() && uri.host_shown().is_ascii());
    assert!(!matches!(uri.host_shown(), "javascript:" | "data:" | "file:" | "blob:"));
    if requested == registered || !uri.matches(requested) {
        return;
    }
    // Not the same, and yet it matches: both are on loopback, and only the port differs.
    assert!(registered.starts_with("http://") && uri.is_loopback());
    let requested = Url::parse(requested).expect("a URL");
    let mut own = Url::parse(registered).expect("a URL");
    own.set_port(requested.port()).expect("a port");
    assert_eq!(own, requested);
});
