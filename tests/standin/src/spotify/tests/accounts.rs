use super::{CLIENT_ID, REDIRECT, Spotify, approve, authorize_url};
use crate::Browser;

#[tokio::test]
async fn a_wrong_redirect_uri_is_told_on_a_page() {
    let spotify = Spotify::start().await;
    for wrong in [
        "http://127.0.0.1:9/callback/spotify/",
        "http://127.0.0.1:9/Callback/Spotify",
        "http://localhost:9/callback/spotify",
        "https://evil.example/callback/spotify",
    ] {
        let url = authorize_url(&spotify, &[("redirect_uri", wrong)]);
        let page = Browser::new().get(&url).await;
        assert_eq!(page.status, 400, "{wrong}");
        assert!(page.has_text("INVALID_CLIENT: Invalid redirect URI"), "{}", page.describe());
    }
    assert_eq!(spotify.violations().len(), 4);
    spotify.forgive();
    assert!(spotify.violations().is_empty());
}

#[tokio::test]
async fn parameters_must_be_in_order() {
    let spotify = Spotify::start().await;
    for (name, wrong) in [
        ("client_id", "nobody"),
        ("response_type", "token"),
        ("code_challenge_method", "plain"),
        ("code_challenge", "short"),
    ] {
        let page = Browser::new().get(&authorize_url(&spotify, &[(name, wrong)])).await;
        assert_eq!(page.status, 400, "{name}={wrong}");
    }
    let url = authorize_url(&spotify, &[("scope", "user-read-everything")]);
    let page = Browser::new().stop_at(REDIRECT).get(&url).await;
    assert_eq!(page.param("error").as_deref(), Some("invalid_scope"));
    let twice = format!("{}&state=again", authorize_url(&spotify, &[]));
    assert_eq!(Browser::new().get(&twice).await.status, 400);
    assert_eq!(spotify.violations().len(), 6);
}

#[tokio::test]
async fn a_second_approval_is_silent_unless_asked_for() {
    let spotify = Spotify::start().await;
    let browser = Browser::new().stop_at(REDIRECT);
    let page = browser.get(&authorize_url(&spotify, &[])).await;
    assert!(page.has_button("Log in"), "{}", page.describe());
    let page = browser.submit(&page, "Log in", &[("username", "alice")]).await;
    assert!(page.has_text("Stagepass (demo)") && page.has_text("user-read-playback-state"));
    let page = browser.submit(&page, "Agree", &[]).await;
    assert!(page.param("code").is_some());
    assert_eq!(page.param("state").as_deref(), Some("st-1"));

    let silent = browser.get(&authorize_url(&spotify, &[])).await;
    assert!(silent.param("code").is_some(), "{}", silent.describe());
    for change in [("show_dialog", "true"), ("scope", "user-library-read")] {
        let page = browser.get(&authorize_url(&spotify, &[change])).await;
        assert!(page.has_button("Agree"), "{change:?}: {}", page.describe());
    }
    assert_eq!(spotify.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn cancel_goes_back_with_access_denied() {
    let spotify = Spotify::start().await;
    let browser = Browser::new().stop_at(REDIRECT);
    let page = browser.get(&authorize_url(&spotify, &[])).await;
    let page = spotify.deny(&browser, page, "bob").await;
    assert_eq!(page.url, format!("{REDIRECT}?error=access_denied&state=st-1"));
    assert!(spotify.world(|world| world.grants.is_empty()));
}

#[tokio::test]
async fn another_person_can_take_over_the_browser() {
    let spotify = Spotify::start().await;
    let browser = Browser::new().stop_at(REDIRECT);
    approve(&spotify, &browser, "alice").await;
    let page = browser.get(&authorize_url(&spotify, &[("show_dialog", "true")])).await;
    assert!(page.has_text("Logged in as Alice Example."), "{}", page.describe());
    let page = spotify.sign_in(&browser, page, "bob").await;
    assert!(page.param("code").is_some());
    let people = spotify.world(|w| w.grants.iter().map(|g| g.person.clone()).collect::<Vec<_>>());
    assert_eq!(people, ["alice", "bob"]);
    assert!(spotify.world(|world| world.grants.iter().all(|grant| grant.app == CLIENT_ID)));
}

#[tokio::test]
async fn removing_the_app_ends_it() {
    let spotify = Spotify::start().await;
    let browser = Browser::new();
    super::connect(&spotify, "alice").await;
    let page = browser.get(&format!("{}/account/apps", spotify.url())).await;
    let page = browser.submit(&page, "Log in", &[("username", "alice")]).await;
    let page = browser.submit(&page, "Remove access", &[]).await;
    assert!(page.has_text("No app has access"), "{}", page.describe());
    assert_eq!(spotify.world(|world| world.live_refresh_tokens_of("alice")), 0);
    assert_eq!(spotify.world(|world| world.live_access_tokens_of("alice")), 0);
}
