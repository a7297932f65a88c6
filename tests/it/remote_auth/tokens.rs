//! What becomes of a remote server's tokens.

use secrecy::ExposeSecret;
use stagepass::providers::{ProviderError, RevokeOutcome, Tokens};
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
    assert_eq!(moved.revoke(Tokens::from(&answer)).await, RevokeOutcome::Failed);
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
    assert_eq!(client.revoke(Tokens::from(&answer)).await, RevokeOutcome::Revoked);
    assert_eq!(direct.site.world(|world| world.living()), 0);
    assert_eq!(ask(&direct.site.mcp_url(), &answer.access_token).await, 401);

    direct.site.world(|world| world.revokes = false);
    let client = direct.client();
    let (answer, _) = direct.link(&client).await.unwrap();
    assert_eq!(client.revoke(Tokens::from(&answer)).await, RevokeOutcome::Unsupported);
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

#[tokio::test]
async fn a_client_that_is_the_same_everywhere_keeps_its_tokens_apart_too() {
    let here = "https://stagepass.example";
    let reads = |world: &mut stagepass_standin::mcp_site::World| {
        world.reads_documents = true;
        world.names_itself = false;
        world.methods = vec!["none".to_owned()];
    };
    let (direct, other) = (Direct::with(reads).await, Direct::with(reads).await);
    let client = direct.client_at(here, &[]);
    let document = client.document_of_ours().unwrap();
    let id = document["client_id"].as_str().unwrap().to_owned();
    for site in [&direct.site, &other.site] {
        site.world(|world| world.documents.insert(id.clone(), document.clone()));
    }
    let (answer, _) = direct.link(&client).await.unwrap();
    let begun = direct.begin(&client).await.unwrap();
    let issuer = other.site.world(|world| world.issuer());
    direct.site.world(|world| world.names_issuer = Some(issuer));
    let moved = direct.client_at(here, &[]);
    let refused = moved.refresh(&refresh_of(&answer)).await.unwrap_err();
    assert!(matches!(refused, ProviderError::InvalidGrant), "{refused:?}");
    let refused = begun.finish(&moved).await.err().unwrap();
    assert!(matches!(refused, ProviderError::InvalidGrant), "{refused:?}");
    moved.revoke(Tokens::from(&answer)).await;
    for path in ["/token", "/revoke"] {
        assert_eq!(other.site.count("POST", path), 0, "{path}");
    }
    direct.assert_in_order();
}
