//! Documents and registrations of clients in use, and what others might send instead.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::oauth::check_keys;

const URL: &str = "https://client.example/metadata.json";

fn url() -> ClientIdUrl {
    ClientIdUrl::parse(URL).unwrap()
}

/// A registration with `more` over the least there is.
fn registered(more: &Value) -> Result<ClientMetadata, MetadataError> {
    let mut body = json!({"redirect_uris": ["https://client.example/cb"]});
    merge(&mut body, more);
    check_registration(body.to_string().as_bytes())
}

/// A document with `more` over the least there is.
fn document(more: &Value) -> Result<ClientMetadata, MetadataError> {
    let mut body = json!({"client_id": URL, "redirect_uris": ["https://client.example/cb"]});
    merge(&mut body, more);
    check_document(&url(), body.to_string().as_bytes())
}

fn merge(body: &mut Value, more: &Value) {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
}

fn public_key() -> Value {
    json!({"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "BBBB", "kid": "1", "use": "sig"})
}

#[test]
fn the_document_of_an_editor_is_read_and_what_it_does_elsewhere_ignored() {
    let url = ClientIdUrl::parse("https://vscode.dev/oauth/client-metadata.json").unwrap();
    let body = json!({
        "client_id": url.as_str(),
        "client_name": "Visual Studio Code",
        "client_uri": "https://vscode.dev/product",
        "logo_uri": "https://vscode.dev/icon.png",
        "grant_types": ["authorization_code", "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code"],
        "response_types": ["code"],
        "redirect_uris": ["http://127.0.0.1:33418/", "http://127.0.0.1/",
            "https://vscode.dev/redirect", "https://insiders.vscode.dev/redirect"],
        "token_endpoint_auth_method": "none",
        "application_type": "native",
    });
    let client = check_document(&url, body.to_string().as_bytes()).unwrap();
    assert_eq!(client.name.as_deref(), Some("Visual Studio Code"));
    assert_eq!(client.grant_types, [GrantType::AuthorizationCode, GrantType::RefreshToken]);
    assert_eq!(client.redirect_uris.len(), 4);
    assert_eq!(client.auth_method, AuthMethod::None);
    assert_eq!(client.application_type, Some("native"));
    assert_eq!(client.scopes, None);
}

#[test]
fn a_registration_with_an_own_scheme_and_nulls_is_read() {
    let client = registered(&json!({
        "client_name": "Cursor",
        "redirect_uris": ["cursor://anysphere.cursor-mcp/oauth/callback",
            "https://www.cursor.com/agents/mcp/oauth/callback", "http://localhost:8787/callback"],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": "mcp.read  mcp.write \u{e9} q\"uote",
        "client_uri": null, "jwks": null, "jwks_uri": null, "software_id": null, "contacts": 7,
    }))
    .unwrap();
    assert_eq!(client.redirect_uris[0].as_str(), "cursor://anysphere.cursor-mcp/oauth/callback");
    assert_eq!(client.auth_method, AuthMethod::None);
    assert_eq!(client.scopes, Some(["mcp.read".to_owned(), "mcp.write".to_owned()].into()));
    assert_eq!(client.keys, None);
}

#[test]
fn a_document_with_keys_elsewhere_is_read() {
    let client = document(&json!({
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "RS256",
        "jwks_uri": "https://chatgpt.com/oauth/jwks.json",
    }))
    .unwrap();
    assert_eq!(client.auth_method, AuthMethod::PrivateKeyJwt);
    let Some(ClientKeys::At(at)) = client.keys else { panic!("{:?}", client.keys) };
    assert_eq!(at.as_str(), "https://chatgpt.com/oauth/jwks.json");
}

#[test]
fn what_is_left_out_has_its_default() {
    let client = registered(&json!({})).unwrap();
    assert_eq!(client.auth_method, AuthMethod::ClientSecretBasic);
    assert_eq!(client.grant_types, [GrantType::AuthorizationCode]);
    assert_eq!((client.name, client.keys, client.application_type), (None, None, None));
    assert_eq!(document(&json!({})).unwrap().auth_method, AuthMethod::None);
    assert!(registered(&json!({"grant_types": [], "response_types": []})).is_ok());
}

#[test]
fn nobody_gives_himself_tokens_without_a_person() {
    let both = json!({"grant_types": ["authorization_code", "client_credentials"]});
    assert_eq!(registered(&both).unwrap().grant_types, [GrantType::AuthorizationCode]);
    let alone = json!({"grant_types": ["client_credentials"]});
    assert_eq!(registered(&alone), Err(MetadataError::GrantTypes));
}

#[test]
fn a_name_is_cleaned_and_cut() {
    let name = |name: Value| registered(&json!({"client_name": name})).unwrap().name;
    assert_eq!(name(json!("A\u{202e}c\u{200b}me\n<b>")), Some("Acme <b>".to_owned()));
    assert_eq!(name(json!("x".repeat(5_000))).unwrap().len(), LONGEST_NAME);
    for nothing in [json!(""), json!(" \u{200b}\u{3164} "), json!(null), json!(5), json!(["x"])] {
        assert_eq!(name(nothing), None);
    }
}

#[test]
fn one_bad_redirect_uri_refuses_them_all() {
    let refused = |uris: Value| registered(&json!({"redirect_uris": uris})).unwrap_err();
    let many: Vec<_> = (0..=MOST_REDIRECT_URIS).map(|n| format!("https://a.example/{n}")).collect();
    for uris in [json!([]), json!(many), json!("https://a.example/"), json!([5]), json!(null)] {
        assert_eq!(refused(uris), MetadataError::RedirectUris);
    }
    for (uri, why) in [
        ("javascript:alert(1)", UriError::Scheme),
        ("javascript://a.example/%0aalert(1)", UriError::Character),
        ("data:text/html,x", UriError::Scheme),
        ("http://a.example/", UriError::NotLoopback),
        ("https://a.example/*#", UriError::Fragment),
        ("https://a.example/../x", UriError::NotCanonical),
        ("", UriError::Malformed),
    ] {
        let error = refused(json!(["https://a.example/cb", uri]));
        assert_eq!(error, MetadataError::RedirectUri { number: 2, why });
        assert_eq!(error.code(), "invalid_redirect_uri");
    }
}

#[test]
fn a_document_is_its_own_clients_alone() {
    for other in [
        json!("https://client.example/other.json"),
        json!("https://client.example/metadata.json/"),
        json!("https://CLIENT.example/metadata.json"),
        json!("https://client.example:443/metadata.json"),
        json!("https://client.example/x/../metadata.json"),
        json!("https://client.example/metadata.json "),
        json!([URL]),
        json!(null),
    ] {
        assert_eq!(document(&json!({"client_id": other})), Err(MetadataError::ClientId));
    }
}

#[test]
fn a_document_has_no_secret() {
    for secret in [
        json!({"token_endpoint_auth_method": "client_secret_basic"}),
        json!({"token_endpoint_auth_method": "client_secret_post"}),
        json!({"client_secret": "hush"}),
    ] {
        assert_eq!(document(&secret), Err(MetadataError::Secret), "{secret}");
    }
    assert!(document(&json!({"client_secret": null})).is_ok());
    let post = registered(&json!({"token_endpoint_auth_method": "client_secret_post"}));
    assert_eq!(post.unwrap().auth_method, AuthMethod::ClientSecretPost);
}

#[test]
fn what_trust_hangs_on_is_read_strictly() {
    let keys = |keys: Vec<Value>| json!({"jwks": {"keys": keys}});
    let with = |part: &str| {
        let mut key = public_key();
        key[part] = json!("CCCC");
        keys(vec![public_key(), key])
    };
    let uri = |uri: &str| json!({"jwks_uri": uri});
    for (fields, why) in [
        (json!({"token_endpoint_auth_method": "client_secret_jwt"}), MetadataError::AuthMethod),
        (json!({"token_endpoint_auth_method": ["none"]}), MetadataError::AuthMethod),
        (json!({"token_endpoint_auth_method": ""}), MetadataError::AuthMethod),
        (json!({"token_endpoint_auth_method": "private_key_jwt"}), MetadataError::NoKeys),
        (json!({"grant_types": ["implicit"]}), MetadataError::GrantTypes),
        (json!({"response_types": ["token"]}), MetadataError::ResponseTypes),
        (json!({"response_types": ["code id_token"]}), MetadataError::ResponseTypes),
        (
            json!({"jwks": {"keys": [public_key()]}, "jwks_uri": "https://a.example/k"}),
            MetadataError::TwoKeySets,
        ),
        (json!({"jwks": "https://a.example/k"}), MetadataError::Keys),
        (keys(vec![]), MetadataError::Keys),
        (keys(vec![public_key(); 11]), MetadataError::Keys),
        (keys(vec![json!("key")]), MetadataError::Keys),
        (with("d"), MetadataError::PrivateKey),
        (with("p"), MetadataError::PrivateKey),
        (with("k"), MetadataError::PrivateKey),
        (uri("http://a.example/k"), MetadataError::JwksUri(UriError::NotHttps)),
        (uri("https://127.0.0.1/k"), MetadataError::JwksUri(UriError::Host)),
        (uri("https://a.example:8443/k"), MetadataError::JwksUri(UriError::Host)),
        (uri("https://a.example/k?x"), MetadataError::JwksUri(UriError::Place)),
    ] {
        assert_eq!(why.code(), "invalid_client_metadata");
        assert_eq!(registered(&fields), Err(why.clone()), "{fields}");
        assert_eq!(document(&fields), Err(why), "{fields}");
    }
}

#[test]
fn public_keys_are_read_from_either_place() {
    let set = json!({"keys": [public_key()]});
    let client = registered(&json!({"token_endpoint_auth_method": "private_key_jwt", "jwks": set}));
    assert_eq!(client.unwrap().keys, Some(ClientKeys::Set(set.clone())));
    assert_eq!(check_keys(set.to_string().as_bytes()), Ok(set));
    assert_eq!(check_keys(b"<html>"), Err(MetadataError::Keys));
}

#[test]
fn only_an_object_is_a_description() {
    for body in ["", "null", "[]", "\"x\"", "{", "{} {}", "\u{feff}{}", "{\"a\":1,}", "<html>"] {
        assert_eq!(check_registration(body.as_bytes()), Err(MetadataError::NotAnObject), "{body}");
        assert_eq!(check_document(&url(), body.as_bytes()), Err(MetadataError::NotAnObject));
    }
    let deep = "[".repeat(100_000);
    assert_eq!(check_registration(deep.as_bytes()), Err(MetadataError::NotAnObject));
}

/// Any JSON, with the words in it that mean something here.
fn anything() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "authorization_code",
        "code",
        "none",
        "private_key_jwt",
        "https://client.example/cb",
        "cursor://x/y",
        URL,
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        word.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("keys|kty|d|x|[a-z]{0,3}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_description_makes_the_reader_panic(
        body in prop::collection::btree_map(
            "client_id|client_name|redirect_uris|token_endpoint_auth_method|grant_types\
             |response_types|jwks|jwks_uri|application_type|scope|client_secret|[a-z]{1,4}",
            anything(),
            0..10,
        ),
        bytes in any::<Vec<u8>>(),
    ) {
        let body = json!(body).to_string();
        for body in [body.as_bytes(), bytes.as_slice()] {
            for client in [check_registration(body), check_document(&url(), body)] {
                match client {
                    Ok(client) => prop_assert!(!client.redirect_uris.is_empty()),
                    Err(error) => prop_assert!(!error.to_string().is_empty()),
                }
            }
        }
    }
}
