//! What becomes of a remote server's tokens.

use secrecy::ExposeSecret;
use stagepass::providers::{ProviderError, RevokeOutcome};
use stagepass_standin::McpSite;

use super::{Direct, ask, refresh_of};

#[tokio::test]
async fn a_token_is_refreshed_and_rotated_for_the_same_resource() {
    let direct = Direct::start().await;
    let client = direct.client();
    let (first, _) = direct.link(&client).await.unwrap();
    let second = client.refresh(&refresh_of(&first)).await.unwrap();
    let third = client.refresh(&refresh_of(&second)).await.unwrap();
    assert_eq!(ask(&direct.site.mcp_url(), &third.access_token).await, 200);
    direct.assert_in_order();
    // A stolen one ends all of it.
    let refused = client.refresh(&refresh_of(&first)).await.unwrap_err();
    assert!(matches!(refused, ProviderError::InvalidGrant));
    assert_eq!(direct.site.world(|world| world.living()), 0);
}

#[tokio::test]
async fn a_refresh_token_goes_to_nobody_but_its_issuer() {
    let direct = Direct::start().await;
    let client = direct.client();
    let (answer, _) = direct.link(&client).await.unwrap();
    let other = McpSite::start().await;
    let issuer = other.world(|world| world.issuer());
    direct.site.world(|world| world.names_issuer = Some(issuer));
    let moved = direct.client();
    let refused = moved.refresh(&refresh_of(&answer)).await.unwrap_err();
    assert!(matches!(refused, ProviderError::InvalidGrant), "{refused:?}");
    assert_eq!(moved.revoke(&refresh_of(&answer)).await, RevokeOutcome::Failed);
    assert_eq!((other.count("POST", "/token"), other.count("POST", "/revoke")), (0, 0));
    // A token that doesn't say whose it is goes to nobody.
    let bare = "rt-bare".into();
    assert!(matches!(client.refresh(&bare).await, Err(ProviderError::InvalidGrant)));
    direct.assert_in_order();
}

#[tokio::test]
async fn an_answer_that_was_lost_is_an_outage_and_no_logout() {
    let direct = Direct::start().await;
    let (answer, _) = direct.link(&direct.client()).await.unwrap();
    let client = direct.client();
    direct.site.begin(stagepass_standin::mcp_site::Fault::Away);
    let away = client.refresh(&refresh_of(&answer)).await.unwrap_err();
    assert!(matches!(away, ProviderError::Unavailable { lost: false, .. }), "{away:?}");
}

#[tokio::test]
async fn a_token_is_revoked_where_that_can_be_done() {
    let direct = Direct::start().await;
    let client = direct.client();
    let (answer, _) = direct.link(&client).await.unwrap();
    assert_eq!(client.revoke(&refresh_of(&answer)).await, RevokeOutcome::Revoked);
    assert_eq!(direct.site.world(|world| world.living()), 0);
    assert_eq!(ask(&direct.site.mcp_url(), &answer.access_token).await, 401);

    direct.site.world(|world| world.revokes = false);
    let client = direct.client();
    let (answer, _) = direct.link(&client).await.unwrap();
    assert_eq!(client.revoke(&refresh_of(&answer)).await, RevokeOutcome::Unsupported);
    direct.assert_in_order();
}

#[tokio::test]
async fn nothing_that_was_given_is_shown() {
    let direct = Direct::start().await;
    let (answer, _) = direct.link(&direct.client()).await.unwrap();
    let shown = format!("{answer:?}");
    for secret in direct.site.secrets() {
        assert!(!shown.contains(&secret), "{shown}");
    }
    assert!(refresh_of(&answer).expose_secret().contains("issuer"));
}
