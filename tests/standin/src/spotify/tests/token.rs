use std::time::Duration;

use super::{
    super::Revocation, CLIENT_ID, Caller, REDIRECT, Spotify, VERIFIER, approve, authorize_url,
    connect, json, send, text,
};
use crate::Browser;

const DAY: Duration = Duration::from_hours(24);

async fn code(spotify: &Spotify) -> String {
    let browser = Browser::new().stop_at(REDIRECT);
    approve(spotify, &browser, "alice").await.param("code").unwrap()
}

#[tokio::test]
async fn a_code_works_once() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let code = code(&spotify).await;
    let (status, tokens) = caller.exchange(&code).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3600);
    assert_eq!(tokens["scope"], "user-read-private user-read-playback-state");
    let (status, again) = caller.exchange(&code).await;
    assert_eq!((status, &again["error"]), (400, &"invalid_grant".into()));
    assert_eq!(again["error_description"], "Invalid authorization code");
    let secrets = spotify.secrets();
    for secret in [&code, &text(&tokens, "access_token"), &text(&tokens, "refresh_token")] {
        assert!(secrets.contains(secret));
    }
}

#[tokio::test]
async fn a_code_dies_after_ten_minutes() {
    let spotify = Spotify::start().await;
    let code = code(&spotify).await;
    spotify.advance(Duration::from_secs(601));
    assert_eq!(Caller::of(&spotify).exchange(&code).await.0, 400);
}

#[tokio::test]
async fn the_verifier_must_fit() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let wrong = VERIFIER.replace('d', "e");
    for (verifier, description) in [
        (Some(wrong.as_str()), "code_verifier was incorrect"),
        (Some("short"), "code_verifier must be 43 to 128 characters"),
        (None, "code_verifier must be supplied"),
    ] {
        let code = code(&spotify).await;
        let mut form =
            vec![("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", REDIRECT)];
        form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        let (status, error) = caller.token(&form).await;
        assert_eq!((status, &error["error_description"]), (400, &description.into()));
        assert_eq!(caller.exchange(&code).await.0, 400, "the code is spent");
    }
}

#[tokio::test]
async fn clients_must_prove_who_they_are() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let url = format!("{}/api/token", spotify.url());
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let wrong = caller.client.post(&url).basic_auth(CLIENT_ID, Some("wrong")).form(&form);
    let (status, error) = send(wrong).await;
    assert_eq!(status, 400);
    assert_eq!(error["error"], "invalid_client");
    assert_eq!(error["error_description"], "Invalid client secret");
    let as_json = caller.client.post(&url).json(&serde_json::json!({"grant_type": "x"}));
    assert_eq!(send(as_json).await.0, 415);

    // PKCE without a secret: `client_id` in the body, for the code and for refreshing.
    let code = code(&spotify).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT_ID),
        ("code", &code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let (status, tokens) = send(caller.client.post(&url).form(&form)).await;
    assert_eq!(status, 200, "{tokens}");
    let refresh = text(&tokens, "refresh_token");
    let form =
        [("grant_type", "refresh_token"), ("client_id", CLIENT_ID), ("refresh_token", &refresh)];
    assert_eq!(send(caller.client.post(&url).form(&form)).await.0, 200);
    // A token that was got with the secret needs it again.
    let refresh = text(&connect(&spotify, "bob").await, "refresh_token");
    let form =
        [("grant_type", "refresh_token"), ("client_id", CLIENT_ID), ("refresh_token", &refresh)];
    assert_eq!(send(caller.client.post(&url).form(&form)).await.0, 400);
}

#[tokio::test]
async fn without_a_challenge_the_secret_must_do() {
    let spotify = Spotify::start().await;
    let browser = Browser::new().stop_at(REDIRECT);
    let url = authorize_url(&spotify, &[]);
    let plain = url.split("&code_challenge=").next().unwrap();
    let page = browser.get(plain).await;
    let code = spotify.sign_in(&browser, page, "alice").await.param("code").unwrap();
    let form =
        [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", REDIRECT)];
    assert_eq!(Caller::of(&spotify).token(&form).await.0, 200);
    spotify.world(|world| world.app().client_secret = None);
    assert_eq!(browser.get(plain).await.status, 400, "a public client needs PKCE");
}

#[tokio::test]
async fn refreshing_keeps_the_refresh_token_unless_told_to_rotate() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let first = text(&connect(&spotify, "alice").await, "refresh_token");
    let (status, reply) = caller.refresh(&first).await;
    assert_eq!((status, reply.get("refresh_token")), (200, None));

    spotify.world(|world| world.empty_refresh = true);
    assert_eq!(caller.refresh(&first).await.1["refresh_token"], "");

    spotify.world(|world| world.rotate_refresh = true);
    let second = text(&caller.refresh(&first).await.1, "refresh_token");
    let (status, error) = caller.refresh(&first).await;
    assert_eq!((status, &error["error_description"]), (400, &"Refresh token revoked".into()));
    assert_eq!(caller.refresh(&second).await.0, 200);
    assert_eq!(spotify.refreshes(), 5);
}

#[tokio::test]
async fn refresh_tokens_die_six_months_after_the_consent() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let token = text(&connect(&spotify, "alice").await, "refresh_token");
    spotify.advance(180 * DAY);
    assert_eq!(caller.refresh(&token).await.0, 200, "refreshing does not make it younger");
    spotify.advance(5 * DAY);
    let (status, error) = caller.refresh(&token).await;
    assert_eq!((status, &error["error"]), (400, &"invalid_grant".into()));
    let again = text(&connect(&spotify, "alice").await, "refresh_token");
    assert_eq!(caller.refresh(&again).await.0, 200, "a new consent, a new half-year");
}

#[tokio::test]
async fn revoking_kills_the_family() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let tokens = connect(&spotify, "alice").await;
    let refresh = text(&tokens, "refresh_token");
    let url = format!("{}/oauth2/revoke/v1", spotify.url());
    let revoke = || {
        let request = caller.client.post(&url).basic_auth(CLIENT_ID, Some(super::CLIENT_SECRET));
        request.form(&[("token", &refresh)]).send()
    };
    for (mode, status) in [(Revocation::NotFound, 404), (Revocation::Fails, 500)] {
        spotify.world(|world| world.revocation = mode);
        assert_eq!(revoke().await.unwrap().status().as_u16(), status);
    }
    assert_eq!(caller.refresh(&refresh).await.0, 200, "nothing revoked so far");
    spotify.world(|world| world.revocation = Revocation::Works);
    let (status, body) = json(revoke().await.unwrap()).await;
    assert_eq!((status, body), (200, "".into()));
    assert_eq!(caller.refresh(&refresh).await.0, 400);
    assert_eq!(
        caller.get(&text(&tokens, "access_token"), "/me").send().await.unwrap().status(),
        401
    );
    assert_eq!(spotify.violations(), Vec::<String>::new());
}
