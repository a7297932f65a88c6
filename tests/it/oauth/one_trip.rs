//! Somebody pastes one URL, and is signed in and connected.

use std::time::Duration;

use serde_json::json;
use stagepass_standin::Browser;

use crate::harness::{Connector, TestApp};

#[tokio::test]
async fn a_pasted_url_leads_to_tools_in_one_trip() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;

    // The client knows nothing but the URL.
    let refused = client.list("/mcp", None).await;
    assert_eq!(refused.status, 401);
    let challenge = refused.challenge.unwrap();
    let metadata = challenge.split('"').nth(1).unwrap();
    assert!(challenge.starts_with("Bearer resource_metadata="), "{challenge}");
    let resource = client.get(metadata).await;
    assert_eq!(resource.body["resource"], app.mcp_url());
    let issuer = resource.body["authorization_servers"][0].as_str().unwrap();
    let server = client.get(&format!("{issuer}/.well-known/oauth-authorization-server")).await;
    assert_eq!(server.body["issuer"], issuer);

    // The person agrees once, and both are done: signed in here, and connected to Spotify.
    let code = client.code_for_owner(&app, &Browser::new()).await;
    let tokens = Connector::tokens(&app, &client.redeem(&code).await);
    assert_eq!(tokens.scope, "mcp.read mcp.write");
    let chat = app.chat_with(&tokens.access).await;
    assert_eq!(chat.status().await["state"], "connected");
    chat.call("spotify_now", json!({})).await.ok();

    // Hours later both have expired, and nobody notices.
    app.advance(Duration::from_hours(2));
    assert_eq!(client.list("/mcp", Some(&tokens.access)).await.status, 401);
    let renewed = Connector::tokens(&app, &client.refresh(&tokens.refresh.unwrap()).await);
    let chat = app.chat_with(&renewed.access).await;
    chat.call("spotify_now", json!({})).await.ok();

    // The client gives back what it has; nothing of it works any more.
    let token = renewed.refresh.unwrap();
    assert_eq!(client.post("/revoke", &[("token", &token)]).await.status, 200);
    assert_eq!(client.list("/mcp", Some(&renewed.access)).await.status, 401);
    assert_eq!(client.refresh(&token).await.error(), "invalid_grant");
    app.finish().await;
}
