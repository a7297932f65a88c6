//! What an operator is told before anybody is sent to a provider in vain.

use std::collections::HashMap;

use stagepass::config::Config;

fn load(public_url: &str, id: &str, lines: &[(&str, &str)]) -> Result<Config, String> {
    let mut variables = HashMap::from([("STAGEPASS_PUBLIC_URL".to_owned(), public_url.to_owned())]);
    for (field, value) in lines {
        let key = format!("STAGEPASS_PROVIDER__{}__{field}", id.to_uppercase());
        variables.insert(key, (*value).to_owned());
    }
    Config::load(None, variables).map_err(|why| why.to_string())
}

const HOME: &str = "http://127.0.0.1:8080";
const AWAY: &str = "https://music.example.org";
const APP: (&str, &str) = ("CLIENT_ID", "x");

#[test]
fn who_sends_people_to_https_alone_is_no_use_at_home() {
    load(AWAY, "slack", &[APP]).unwrap();
    let why = load(HOME, "slack", &[APP]).unwrap_err();
    assert!(why.contains("`provider.slack.redirect_url` is needed"), "{why}");
    load(HOME, "slack", &[APP, ("REDIRECT_URL", "https://relay.example/")]).unwrap();
    load(HOME, "slack", &[APP, ("REDIRECT", "any")]).unwrap();
    load(HOME, "slack", &[]).expect("without credentials nobody is sent there");
}

#[test]
fn who_knows_localhost_alone_is_told_the_address_that_works() {
    let tenant = ("ISSUER", "https://login.microsoftonline.com/tenant/v2.0");
    load(AWAY, "microsoft", &[APP, tenant]).unwrap();
    let why = load(HOME, "microsoft", &[APP, tenant]).unwrap_err();
    let right = "http://localhost:8080/callback/microsoft";
    assert!(why.contains(right), "{why}");
    load(HOME, "microsoft", &[APP, tenant, ("REDIRECT_URL", right)]).unwrap();
}

#[test]
fn who_knows_addresses_alone_is_not_sent_a_name() {
    load(HOME, "spotify", &[APP]).unwrap();
    let why = load(HOME, "spotify", &[APP, ("REDIRECT_URL", "http://localhost:8080/x")]);
    assert!(why.unwrap_err().contains("http on 127.0.0.1"));
}

#[test]
fn home_assistant_is_told_of_this_server_by_its_address() {
    let base = ("BASE_URL", "https://home.example.org/");
    let why = load(AWAY, "home_assistant", &[APP, base]).unwrap_err();
    assert!(why.contains(&format!("\"{AWAY}\"")), "{why}");
    let config = load(AWAY, "home_assistant", &[("CLIENT_ID", AWAY), base]).unwrap();
    let home = &config.provider["home_assistant"];
    let token = home.token_url.as_ref().map(url::Url::as_str);
    assert_eq!(token, Some("https://home.example.org/auth/token"));
    assert!(!home.takes_sign_ins(), "it doesn't tell who somebody is");
    let login = [("CLIENT_ID", AWAY), base, ("LOGIN", "true")];
    assert!(load(AWAY, "home_assistant", &login).unwrap_err().contains("login"));
}

#[test]
fn what_only_the_operator_can_know_is_asked_for() {
    for (id, field) in [
        ("microsoft", "issuer"),
        ("okta", "issuer"),
        ("auth0", "issuer"),
        ("home_assistant", "base_url"),
    ] {
        load(AWAY, id, &[]).expect("nobody uses it");
        let why = load(AWAY, id, &[APP]).unwrap_err();
        assert!(why.contains(&format!("`provider.{id}.{field}` is missing")), "{why}");
        assert!(why.contains("like \"https://"), "{why}");
    }
}

#[test]
fn a_server_of_ones_own_takes_the_place_of_gitlabs() {
    let config = load(AWAY, "gitlab", &[APP, ("BASE_URL", "https://git.example.org")]).unwrap();
    let gitlab = &config.provider["gitlab"];
    assert_eq!(gitlab.userinfo_url().unwrap().as_str(), "https://git.example.org/api/v4/user");
    let config = load(AWAY, "gitlab", &[]).unwrap();
    assert_eq!(config.provider["gitlab"].token_url.as_ref().unwrap().domain(), Some("gitlab.com"));
}

#[test]
fn what_no_request_can_have_is_refused() {
    for (field, value, named) in [
        ("TOKEN_BODY", "query", "token_body"),
        ("HEADERS__X", "a\nb", "headers"),
        ("REVOKE_AUTH", "cookie", "revoke_auth"),
        ("SCOPE_SEPARATOR", "|", "scope_separator"),
    ] {
        let why = load(AWAY, "notion", &[APP, (field, value)]).unwrap_err();
        assert!(why.contains(&format!("`provider.notion.{named}`")), "{why}");
    }
}
