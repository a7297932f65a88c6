//! The operator's own client at a remote server's authorization server.

use chrono::TimeDelta;
use secrecy::SecretString;
use stagepass::providers::{ProviderError, Tokens};
use stagepass_standin::{
    McpSite,
    mcp_site::{Known, Place},
};

use super::{Direct, HERE, VERIFIER, refresh_of};

const SECRET: &str = "the+operators/secret";
const SETTINGS: [(&str, &str); 2] = [("CLIENT_ID", "the operator's"), ("CLIENT_SECRET", SECRET)];

fn known(site: &McpSite, method: &str) {
    let known = Known {
        id: "the operator's".to_owned(),
        secret: Some(SECRET.to_owned()),
        method: method.to_owned(),
        redirect_uris: vec![format!("{HERE}/callback/notes")],
    };
    site.world(|world| {
        world.methods = vec![method.to_owned()];
        world.clients.push(known);
    });
}

#[tokio::test]
async fn it_comes_before_every_other() {
    for method in ["client_secret_basic", "client_secret_post"] {
        let direct = Direct::with(|world| world.reads_documents = true).await;
        known(&direct.site, method);
        let client = direct.client_at(HERE, &SETTINGS);
        let (answer, _) = direct.link(&client).await.unwrap();
        client.refresh(&refresh_of(&answer)).await.unwrap();
        assert_eq!(direct.site.count("POST", "/register"), 0);
        direct.assert_in_order();
    }
}

#[tokio::test]
async fn its_secret_stays_with_the_issuer_it_was_first_used_at() {
    let direct = Direct::start().await;
    known(&direct.site, "client_secret_basic");
    let (answer, _) = direct.link(&direct.client_at(HERE, &SETTINGS)).await.unwrap();
    let thief = McpSite::start().await;
    known(&thief, "client_secret_basic");
    let issuer = thief.world(|world| world.issuer());
    direct.site.world(|world| world.names_issuer = Some(issuer));
    // Also after a restart.
    let client = direct.client_at(HERE, &SETTINGS);
    let refused = direct.begin(&client).await.err().unwrap();
    let ProviderError::Refused(sentence) = refused else { panic!("{refused:?}") };
    assert!(client.advice(&sentence).unwrap().message.contains("another authorization server"));
    let refused = client.refresh(&refresh_of(&answer)).await.unwrap_err();
    assert!(matches!(refused, ProviderError::InvalidGrant), "{refused:?}");
    client.revoke(Tokens::from(&answer)).await;
    for path in ["/token", "/revoke", "/authorize"] {
        assert_eq!(thief.count("POST", path), 0, "{path}");
    }
    assert!(thief.secrets().is_empty());
}

#[tokio::test]
async fn a_moment_without_documents_neither_takes_it_nor_its_secret_away() {
    let direct = Direct::with(|world| world.issuer_path = "/team".to_owned()).await;
    known(&direct.site, "client_secret_basic");
    let documents = |are_there: bool| {
        let place = if are_there { Place::First } else { Place::Nowhere };
        direct.site.world(|world| {
            (world.resource_at, world.server_at) = (place, place);
            world.points_at_metadata = are_there;
        });
        direct.clock.advance(TimeDelta::minutes(2));
    };
    let client = direct.client_at(HERE, &SETTINGS);
    // In a bad moment it seems to be a server of 2025-03-26, and somebody begins to sign in.
    documents(false);
    let lost = direct.begin(&client).await.unwrap();
    documents(true);
    // Whoever comes back to that, with whatever code, shows the secret to nobody and settles nothing.
    assert!(lost.finish(&client).await.is_err());
    let (made_up, verifier) = (SecretString::from("a code"), SecretString::from(VERIFIER));
    assert!(client.finish(&made_up, &verifier, lost.begun.as_deref()).await.is_err());
    assert_eq!(direct.site.count("POST", "/token"), 0);
    let (answer, _) = direct.link(&client).await.unwrap();

    let asked = direct.site.count("POST", "/token");
    for client in [client, direct.client_at(HERE, &SETTINGS)] {
        documents(false);
        let unnamed = direct.begin(&client).await.err().unwrap();
        assert!(matches!(unnamed, ProviderError::Unavailable { .. }), "{unnamed:?}");
        let unnamed = client.refresh(&refresh_of(&answer)).await.unwrap_err();
        assert!(matches!(unnamed, ProviderError::Unavailable { .. }), "{unnamed:?}");
        assert_eq!(direct.site.count("POST", "/token"), asked, "another issuer isn't asked");
    }
    documents(true);
    let client = direct.client_at(HERE, &SETTINGS);
    client.refresh(&refresh_of(&answer)).await.unwrap();
    direct.site.world(|world| world.issuer_path = "/thief".to_owned());
    direct.clock.advance(TimeDelta::minutes(2));
    let moved = direct.begin(&client).await.err().unwrap();
    assert!(matches!(moved, ProviderError::Refused(_)), "{moved:?}");
    direct.assert_in_order();
}

#[tokio::test]
async fn it_belongs_to_a_server_of_2025_03_26_that_has_seen_its_secret() {
    let direct = Direct::with(|world| {
        world.points_at_metadata = false;
        (world.resource_at, world.server_at) = (Place::Nowhere, Place::Nowhere);
    })
    .await;
    known(&direct.site, "client_secret_basic");
    direct.link(&direct.client_at(HERE, &SETTINGS)).await.unwrap();
    let thief = McpSite::start().await;
    let issuer = thief.world(|world| world.issuer());
    direct.site.world(|world| {
        world.points_at_metadata = true;
        (world.resource_at, world.names_issuer) = (Place::First, Some(issuer));
    });
    let moved = direct.begin(&direct.client_at(HERE, &SETTINGS)).await.err().unwrap();
    assert!(matches!(moved, ProviderError::Refused(_)), "{moved:?}");
    assert_eq!(thief.count("POST", "/token"), 0);
}

#[tokio::test]
async fn a_new_client_id_is_the_operators_word_that_the_move_is_meant() {
    let direct = Direct::start().await;
    known(&direct.site, "client_secret_basic");
    direct.link(&direct.client_at(HERE, &SETTINGS)).await.unwrap();
    direct.site.world(|world| {
        world.issuer_path = "/new".to_owned();
        world.clients.push(Known {
            id: "another".to_owned(),
            secret: None,
            method: "none".to_owned(),
            redirect_uris: vec![format!("{HERE}/callback/notes")],
        });
    });
    assert!(direct.begin(&direct.client_at(HERE, &SETTINGS)).await.is_err());
    direct.link(&direct.client_at(HERE, &[("CLIENT_ID", "another")])).await.unwrap();
    direct.assert_in_order();
}
