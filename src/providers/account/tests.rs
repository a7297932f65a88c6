use std::collections::HashMap;

use serde_json::{Value, json};

use super::*;
use crate::config::Config;

/// The provider that these lines add up to, without their `STAGEPASS_PROVIDER__WORK__`.
fn provider(lines: &[(&str, &str)]) -> Provider {
    let lines = lines.iter().chain(&[("NAME", "Work"), ("ISSUER", "https://id.example.org")]);
    let variables: HashMap<_, _> = lines
        .map(|(key, value)| (format!("STAGEPASS_PROVIDER__WORK__{key}"), (*value).to_owned()))
        .collect();
    Config::load(None, variables).unwrap().provider.remove("work").unwrap()
}

fn told(fields: Value) -> Fields {
    serde_json::from_value(fields).unwrap()
}

fn email(provider: &Provider, all: &[Value]) -> Option<String> {
    let all: Vec<_> = all.iter().map(|one| told(one.clone())).collect();
    let mut all = all;
    all[0].insert("sub".to_owned(), json!("1"));
    read(provider, &all).unwrap().email
}

#[test]
fn an_address_counts_when_the_same_source_calls_it_verified() {
    let work = provider(&[]);
    let address = "Alice@Example.org";
    for (verified, counts) in [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!("yes"), false),
        (json!(1), false),
        (json!(null), false),
    ] {
        let found = email(&work, &[json!({"email": address, "email_verified": verified})]);
        assert_eq!(found.is_some(), counts, "{verified}");
        assert!(found.is_none_or(|found| found == "alice@example.org"));
    }
    assert_eq!(email(&work, &[json!({"email": address})]), None);
    // One source's word isn't about the other's address.
    let apart = [json!({"email_verified": true}), json!({"email": address})];
    assert_eq!(email(&work, &apart), None);
    let apart = [json!({"email": address}), json!({"email_verified": true})];
    assert_eq!(email(&work, &apart), None);
    let second = [json!({}), json!({"email": address, "email_verified": true})];
    assert_eq!(email(&work, &second).as_deref(), Some("alice@example.org"));
}

#[test]
fn what_is_no_address_does_not_count() {
    let work = provider(&[]);
    let long = format!("{}@example.org", "x".repeat(250));
    for odd in [
        "",
        "alice",
        "@example.org",
        "alice@",
        "\"alice@example.org\"@evil.example",
        "alice@example.org ",
        "alice@example.org\nbob@example.org",
        "alice@\u{202e}gro.elpmaxe",
        long.as_str(),
    ] {
        let found = email(&work, &[json!({"email": odd, "email_verified": true})]);
        assert_eq!(found, None, "{odd}");
    }
    // The Kelvin sign's small letter is a plain k, and somebody else's address.
    let kelvin = email(&work, &[json!({"email": "\u{212a}@example.org", "email_verified": true})]);
    assert_ne!(kelvin.as_deref(), Some("k@example.org"));
}

#[test]
fn without_a_field_that_says_verified_no_address_counts() {
    let config = Config::load(None, HashMap::new()).unwrap();
    let told = told(json!({
        "id": 7, "login": "alice", "account_id": "7", "display_name": "Alice",
        "email": "alice@example.org", "email_verified": true,
    }));
    for id in ["spotify", "github"] {
        let account = read(&config.provider[id], std::slice::from_ref(&told)).unwrap();
        assert_eq!((account.id.as_str(), account.email), ("7", None), "{id}");
    }
    let renamed = provider(&[("EMAIL", "mail"), ("EMAIL_VERIFIED", "xms_edov")]);
    let fields = [json!({"mail": "a@example.org", "xms_edov": true, "email_verified": true})];
    assert_eq!(email(&renamed, &fields).as_deref(), Some("a@example.org"));
    let fields = [json!({"email": "a@example.org", "email_verified": true})];
    assert_eq!(email(&renamed, &fields), None);
}

#[test]
fn googles_word_counts_for_its_own_domains_and_those_it_keeps() {
    let mut config = Config::load(None, HashMap::new()).unwrap();
    let google = config.provider.remove("google").unwrap();
    for (address, hd, counts) in [
        ("alice@gmail.com", json!(null), true),
        ("alice@GoogleMail.com", json!(null), true),
        ("alice@corp.example", json!("corp.example"), true),
        ("alice@Corp.example", json!("corp.Example"), true),
        ("alice@corp.example", json!(null), false),
        ("alice@corp.example", json!(""), false),
        ("alice@corp.example", json!(["corp.example"]), false),
        ("alice@corp.example", json!("evil.example"), false),
        ("alice@corp.example", json!("example"), false),
        ("alice@mail.corp.example", json!("corp.example"), false),
        ("alice@notgmail.com", json!(null), false),
    ] {
        let fields = json!({"email": address, "email_verified": true, "hd": hd});
        assert_eq!(email(&google, &[fields]).is_some(), counts, "{address} of {hd}");
    }
    let fields = json!({"email": "alice@gmail.com", "email_verified": false});
    assert_eq!(email(&google, &[fields]), None);
}

#[test]
fn the_first_source_names_the_account_and_the_next_fills_in() {
    let work = provider(&[]);
    let all =
        [told(json!({"sub": "1", "name": "\u{200b}"})), told(json!({"sub": "1", "name": "A"}))];
    let account = read(&work, &all).unwrap();
    assert_eq!((account.id.as_str(), account.name.as_str()), ("1", "A"));
    let account = read(&work, &[told(json!({"sub": "1"}))]).unwrap();
    assert_eq!(account.name, "1", "for want of a better one");
    let tenant = provider(&[("ACCOUNT_ID", "oid")]);
    assert!(read(&tenant, &[told(json!({"sub": "1"}))]).is_none());
    for odd in [json!("x".repeat(257)), json!("a\nb"), json!(true), json!("")] {
        assert!(read(&work, &[told(json!({"sub": odd}))]).is_none(), "{odd}");
    }
}
