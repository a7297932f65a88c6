use serde_json::json;

use super::*;

/// What is wrong with the document of this issuer when `name` has this value.
fn wrong_with(issuer: &str, name: &str, value: &str) -> Option<&'static str> {
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
    });
    document[name] = json!(value);
    let document: Discovered = serde_json::from_value(document).unwrap();
    document.check(issuer).err()
}

#[test]
fn the_document_names_its_issuer_letter_by_letter() {
    let issuer = "https://id.example.org/realm";
    assert_eq!(wrong_with(issuer, "issuer", issuer), None);
    for other in [
        "https://id.example.org/realm/",
        "https://id.example.org",
        "https://ID.example.org/realm",
        "https://id.example.org:443/realm",
        "http://id.example.org/realm",
        "",
    ] {
        let wrong = wrong_with(issuer, "issuer", other);
        assert_eq!(wrong, Some("the discovery document is another issuer's"), "{other}");
    }
}

#[test]
fn no_endpoint_is_less_safe_than_its_issuer() {
    let endpoints = [
        "authorization_endpoint",
        "token_endpoint",
        "revocation_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
    ];
    let (far, near) = ("https://accounts.example.org", "http://127.0.0.1:8000");
    for endpoint in endpoints {
        for (issuer, url, good) in [
            (far, "https://elsewhere.example.net/x", true),
            (far, "http://accounts.example.org/x", false),
            (far, "http://127.0.0.1:8000/x", false),
            (far, "file:///etc/passwd", false),
            (near, "http://127.0.0.1:9000/x", true),
            (near, "https://elsewhere.example.net/x", true),
            (near, "http://elsewhere.example.net/x", false),
            ("https://127.0.0.1:8000", "http://127.0.0.1:8000/x", false),
        ] {
            let wrong = wrong_with(issuer, endpoint, url);
            assert_eq!(wrong.is_none(), good, "{endpoint} of {issuer} at {url}: {wrong:?}");
        }
    }
}
