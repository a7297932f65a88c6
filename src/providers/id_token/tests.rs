use serde_json::json;
use stagepass_standin::oidc::{Algorithm as Kind, Key, unsigned};

use super::*;

const NOW: i64 = 1_790_000_000;

fn claims() -> Value {
    json!({
        "iss": "https://id.example.org",
        "sub": "10045071",
        "aud": "us",
        "iat": NOW,
        "exp": NOW + 3600,
        "nonce": "ours",
    })
}

/// What is wrong with the right claims when `name` has this value, or none if it is null.
fn wrong_with(name: &str, value: Value) -> Option<&'static str> {
    let mut claims = claims();
    let fields = claims.as_object_mut().unwrap();
    fields.insert(name.to_owned(), value);
    fields.retain(|_, value| !value.is_null());
    let expected = Expected {
        issuer: "https://id.example.org",
        client_id: "us",
        nonce: Some("ours"),
        now: DateTime::from_timestamp(NOW, 0).unwrap(),
    };
    check(fields, &expected).err()
}

fn set(keys: &[&Key]) -> Keys {
    let keys: Vec<_> = keys.iter().map(|key| key.jwk()).collect();
    Keys::read(json!({"keys": keys}).to_string().as_bytes()).unwrap()
}

/// Whether `token` is believed to be signed with one of `keys`.
fn believed(token: &str, keys: &Keys) -> bool {
    header(token).is_ok_and(|header| keys.open(token, &header).is_some())
}

#[test]
fn every_algorithm_with_a_public_key_is_believed() {
    for kind in [Kind::Rs256, Kind::Ps256, Kind::Es256, Kind::EdDsa] {
        let key = Key::new(kind);
        let token = key.sign(&key.header(), &claims());
        assert!(believed(&token, &set(&[&key])), "{kind:?}");
        let (message, signature) = token.rsplit_once('.').unwrap();
        let other = Key::new(kind).sign(&key.header(), &claims());
        let (_, others) = other.rsplit_once('.').unwrap();
        assert!(!believed(&other, &set(&[&key])), "another key: {kind:?}");
        assert!(!believed(&format!("{message}.{others}"), &set(&[&key])), "{kind:?}");
        assert!(!believed(&format!("{message}."), &set(&[&key])), "{kind:?}");
        assert!(!believed(&format!("{message}x.{signature}"), &set(&[&key])), "{kind:?}");
    }
}

#[test]
fn a_signature_that_anybody_can_make_is_not_believed() {
    for kind in [Kind::Rs256, Kind::Es256, Kind::EdDsa] {
        let key = Key::new(kind);
        let token = key.sign_with_public_half(&claims());
        assert_eq!(
            header(&token).err(),
            Some("the id token's algorithm isn't one with a public key"),
            "{kind:?}"
        );
    }
    assert_eq!(header(&unsigned(&claims())).err(), Some("the id token can't be read"));
    // Not even if the issuer publishes a key for it.
    let secret = json!({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "x", "alg": "HS256"}]});
    let keys = Keys::read(secret.to_string().as_bytes()).unwrap();
    let key = Key::new(Kind::Es256);
    assert!(!believed(&key.sign(&json!({"alg": "ES256", "kid": "x"}), &claims()), &keys));
}

#[test]
fn a_key_signs_with_its_own_algorithm_alone() {
    let key = Key::new(Kind::Rs256);
    let token = key.sign(&json!({"alg": "PS256", "kid": key.kid}), &claims());
    assert!(!believed(&token, &set(&[&key])));
    let token = key.sign(&json!({"alg": "ES256", "kid": key.kid}), &claims());
    assert!(!believed(&token, &set(&[&key])));
    let pss = Key::new(Kind::Ps256);
    let mut jwk = pss.jwk();
    jwk["alg"] = json!("RS256");
    let keys = Keys::read(json!({"keys": [jwk]}).to_string().as_bytes()).unwrap();
    assert!(!believed(&pss.sign(&pss.header(), &claims()), &keys), "meant for something else");
}

#[test]
fn a_token_without_a_key_id_needs_a_single_key() {
    let (one, other) = (Key::new(Kind::Es256), Key::new(Kind::Es256));
    let token = one.sign(&json!({"alg": "ES256"}), &claims());
    assert!(believed(&token, &set(&[&one])));
    assert!(!believed(&token, &set(&[&one, &other])));
    assert!(believed(&token, &set(&[&one, &Key::new(Kind::Rs256)])), "one that could be it");
    let named = one.sign(&json!({"alg": "ES256", "kid": "unheard-of"}), &claims());
    assert!(!believed(&named, &set(&[&one])));
}

#[test]
fn keys_that_may_not_sign_are_no_keys() {
    let key = Key::new(Kind::Es256);
    let token = key.sign(&key.header(), &claims());
    for (name, value, good) in [
        ("use", json!("enc"), false),
        ("use", json!(null), true),
        ("key_ops", json!(["sign"]), false),
        ("key_ops", json!(["verify"]), true),
        ("kty", json!("RSA"), false),
        ("x", json!("AA"), false),
        ("x", json!(7), false),
    ] {
        let mut jwk = key.jwk();
        jwk[name] = value.clone();
        let keys = json!({"keys": [jwk, 5, "x", {}, {"kty": "of-tomorrow"}]}).to_string();
        let keys = Keys::read(keys.as_bytes()).unwrap();
        assert_eq!(believed(&token, &keys), good, "{name}: {value}");
    }
    assert!(Keys::read(b"{}").is_none());
    assert!(Keys::read(b"<html>").is_none());
}

#[test]
fn what_demands_to_be_understood_is_not() {
    let key = Key::new(Kind::Es256);
    let odd = json!({"alg": "ES256", "kid": key.kid, "crit": ["b64"], "b64": false});
    assert_eq!(header(&key.sign(&odd, &claims())).err(), Some("the id token demands an extension"));
    for garbage in ["", "a", "a.b", "a.b.c", "....", "e30.e30.e30", "\u{0}.\u{0}.\u{0}"] {
        assert!(header(garbage).is_err(), "{garbage}");
    }
}

#[test]
fn the_right_claims_are_believed() {
    assert_eq!(wrong_with("iss", claims()["iss"].clone()), None);
    assert_eq!(wrong_with("aud", json!(["us"])), None);
    assert_eq!(wrong_with("azp", json!("us")), None);
    assert_eq!(wrong_with("exp", json!(NOW - 59)), None);
    assert_eq!(wrong_with("iat", json!(NOW + 60)), None);
    assert_eq!(wrong_with("nbf", json!(NOW + 60)), None);
    assert_eq!(wrong_with("iat", json!(1_789_999_999.5)), None);
}

#[test]
fn each_wrong_claim_is_found() {
    for (name, values, why) in [
        (
            "iss",
            vec![json!("https://id.example.org/"), json!(null), json!(["https://id.example.org"])],
            "(iss)",
        ),
        (
            "aud",
            vec![
                json!("them"),
                json!("US"),
                json!(["them"]),
                json!([]),
                json!(null),
                json!({"us": 1}),
            ],
            "(aud)",
        ),
        ("azp", vec![json!("them"), json!(7), json!(["us"])], "(azp)"),
        (
            "exp",
            vec![json!(NOW - 60), json!(0), json!("soon"), json!(null), json!(-1e300)],
            "(exp)",
        ),
        ("iat", vec![json!(NOW + 61), json!("now"), json!(null), json!(1e300)], "(iat, nbf)"),
        ("nbf", vec![json!(NOW + 61)], "(iat, nbf)"),
        ("nonce", vec![json!("theirs"), json!(null), json!(["ours"])], "(nonce)"),
        ("sub", vec![json!(""), json!(null), json!(7)], "(sub)"),
    ] {
        for value in values {
            let wrong = wrong_with(name, value.clone());
            assert!(wrong.is_some_and(|wrong| wrong.ends_with(why)), "{name}: {value}: {wrong:?}");
        }
    }
    let shared = wrong_with("aud", json!(["us", "them"]));
    assert_eq!(shared, Some("the id token was made for another client (azp)"));
}
