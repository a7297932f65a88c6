//! The body of a client's registration.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stagepass::oauth::{ClientKeys, GrantType, RedirectUri, check_keys, check_registration};

fuzz_target!(|body: &[u8]| {
    let client = match check_registration(body) {
        Ok(client) => client,
        Err(error) => {
            assert!(error.code().starts_with("invalid_") && !error.to_string().is_empty());
            return;
        }
    };
    assert!((1..=10).contains(&client.redirect_uris.len()));
    for uri in &client.redirect_uris {
        assert_eq!(RedirectUri::parse(uri.as_str()).as_ref(), Ok(uri));
        // They are stored with spaces between them.
        assert!(uri.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
    }
    assert!(!client.grant_types.contains(&GrantType::ClientCredentials));
    if let Some(name) = &client.name {
        assert!((1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control));
    }
    if let Some(ClientKeys::Set(keys)) = &client.keys {
        assert_eq!(check_keys(keys.to_string().as_bytes()).as_ref(), Ok(keys));
    }
    let scopes = client.scopes.unwrap_or_default();
    assert!(scopes.iter().all(|scope| !scope.is_empty() && !scope.contains(char::is_whitespace)));
});
