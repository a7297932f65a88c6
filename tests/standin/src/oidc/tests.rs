//! It refuses what a real provider refuses.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::OpenId;
use crate::{
    Browser,
    accounts::{CLIENT_ID, CLIENT_SECRET},
};

const BACK: &str = "http://127.0.0.1:9/callback/office";
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters";

async fn provider() -> OpenId {
    let openid = OpenId::start().await;
    openid.register(BACK);
    openid
}

/// An authorization request, with these parameters changed; an empty one is left out.
fn request(openid: &OpenId, change: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let mut params = vec![
        ("client_id", CLIENT_ID),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", "the-state"),
        ("nonce", "the-nonce"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in change {
        params.retain(|(known, _)| known != name);
        params.push((name, value));
    }
    params.retain(|(_, value)| !value.is_empty());
    Url::parse_with_params(&format!("{}/authorize", openid.url()), params).unwrap().into()
}

async fn code(openid: &OpenId) -> String {
    let browser = Browser::new();
    let page = browser.get(&request(openid, &[])).await;
    openid.sign_in(&browser, page, "alice").await.param("code").unwrap()
}

/// A token request with this secret, in the form or by HTTP Basic.
async fn token(openid: &OpenId, code: &str, verifier: &str, in_form: bool) -> Value {
    let id: String = url::form_urlencoded::byte_serialize(CLIENT_ID.as_bytes()).collect();
    let secret: String = url::form_urlencoded::byte_serialize(CLIENT_SECRET.as_bytes()).collect();
    #[expect(clippy::disallowed_methods, reason = "a stranger brings a client of their own")]
    let post = reqwest::Client::new().post(format!("{}/token", openid.url()));
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", verifier),
    ];
    let post = if in_form {
        form.extend([("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET)]);
        post
    } else {
        post.basic_auth(id, Some(secret))
    };
    post.form(&form).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_request_that_is_out_of_order_is_refused_and_noted() {
    let openid = provider().await;
    for change in [
        ("client_id", "somebody-else"),
        ("redirect_uri", "http://127.0.0.1:9/callback/office/"),
        ("redirect_uri", "http://127.0.0.1:10/callback/office"),
    ] {
        let page = Browser::new().get(&request(&openid, &[change])).await;
        assert_eq!(page.status, 400, "{change:?}: {}", page.describe());
    }
    for change in [
        ("response_type", "token"),
        ("scope", "email"),
        ("scope", "openid everything"),
        ("code_challenge", ""),
        ("code_challenge", "short"),
        ("code_challenge_method", "plain"),
    ] {
        let page = Browser::new().get(&request(&openid, &[change])).await;
        assert!(page.url.starts_with(BACK), "{change:?}: {}", page.describe());
        assert!(page.param("error").is_some() && page.param("code").is_none());
        assert_eq!(page.param("state").as_deref(), Some("the-state"));
    }
    assert_eq!(openid.violations().len(), 9, "{:?}", openid.violations());
}

#[tokio::test]
async fn a_code_is_taken_once_and_with_its_verifier() {
    let openid = provider().await;
    let first = code(&openid).await;
    let answer = token(&openid, &first, VERIFIER, false).await;
    assert!(answer["id_token"].is_string(), "{answer}");
    assert_eq!(token(&openid, &first, VERIFIER, false).await["error"], "invalid_grant");
    let second = code(&openid).await;
    let wrong = VERIFIER.replace('a', "b");
    assert_eq!(token(&openid, &second, &wrong, false).await["error"], "invalid_grant");
    let third = code(&openid).await;
    openid.advance(std::time::Duration::from_mins(1));
    assert_eq!(token(&openid, &third, VERIFIER, false).await["error"], "invalid_grant");
    assert!(openid.violations().is_empty(), "{:?}", openid.violations());
}

#[tokio::test]
async fn the_secret_comes_in_the_one_way_that_was_agreed_on() {
    let openid = provider().await;
    let first = code(&openid).await;
    assert_eq!(token(&openid, &first, VERIFIER, true).await["error"], "invalid_client");
    openid.want_secret_in_form();
    assert_eq!(token(&openid, &first, VERIFIER, false).await["error"], "invalid_client");
    assert!(token(&openid, &first, VERIFIER, true).await["access_token"].is_string());
}
