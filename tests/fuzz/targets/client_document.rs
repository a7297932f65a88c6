//! A line with the URL of a client's metadata document, then the document.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stagepass::oauth::{ClientIdUrl, check_document};
use url::Host;

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let line = str::from_utf8(parts.next().unwrap_or_default()).unwrap_or_default();
    let Ok(url) = ClientIdUrl::parse(line) else { return };
    assert_eq!(url.as_str(), line);
    assert!(matches!(url.url().host(), Some(Host::Domain(host)) if host == url.host()));
    assert!(url.url().scheme() == "https" && url.url().port().is_none());
    match check_document(&url, parts.next().unwrap_or_default()) {
        Ok(client) => {
            assert!((1..=10).contains(&client.redirect_uris.len()));
            assert!(!client.auth_method.has_secret());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
