//! Who this server is to an authorization server that nobody told about it.

use stagepass::providers::ProviderError;

use super::{Direct, HERE, refresh_of};

#[tokio::test]
async fn it_registers_once_for_everybody_and_every_replica() {
    let direct = Direct::start().await;
    let (client, replica) = (direct.client(), direct.client());
    direct.link(&client).await.unwrap();
    direct.link(&client).await.unwrap();
    direct.link(&replica).await.unwrap();
    assert_eq!(direct.site.count("POST", "/register"), 1);
    direct.assert_in_order();
}

#[tokio::test]
async fn of_replicas_that_register_at_once_one_wins() {
    let direct = Direct::start().await;
    let replicas: Vec<_> = (0..4).map(|_| direct.client()).collect();
    let begun = replicas.iter().map(|client| direct.begin(client));
    let begun = futures::future::join_all(begun).await;
    // A second caller in the same process waits for the first.
    let client = direct.client();
    let _ = tokio::join!(direct.begin(&client), direct.begin(&client));
    for (begun, client) in begun.into_iter().zip(&replicas) {
        begun.unwrap().finish(client).await.unwrap();
    }
    let used = direct.site.world(|world| world.last_request["client_id"].clone());
    direct.link(&direct.client()).await.unwrap();
    assert_eq!(direct.site.world(|world| world.last_request["client_id"].clone()), used);
    direct.assert_in_order();
}

#[tokio::test]
async fn it_proves_itself_as_the_server_wants() {
    for method in ["client_secret_basic", "client_secret_post", "none"] {
        let direct = Direct::with(|world| world.methods = vec![method.to_owned()]).await;
        let client = direct.client();
        let (answer, _) = direct.link(&client).await.unwrap();
        client.refresh(&refresh_of(&answer)).await.unwrap();
        let known = direct.site.world(|world| world.clients[0].method.clone());
        assert_eq!(known, method);
        direct.assert_in_order();
    }
}

#[tokio::test]
async fn it_registers_anew_when_people_are_sent_back_elsewhere() {
    let direct = Direct::start().await;
    direct.link(&direct.client()).await.unwrap();
    direct.link(&direct.client_at("http://127.0.0.1:10", &[])).await.unwrap();
    let known = direct.site.world(|world| world.clients.clone());
    let uris: Vec<_> = known.iter().map(|client| client.redirect_uris[0].as_str()).collect();
    assert_eq!(
        uris,
        [format!("{HERE}/callback/notes"), "http://127.0.0.1:10/callback/notes".into()]
    );
    direct.assert_in_order();
}

#[tokio::test]
async fn a_server_that_forgot_it_is_told_again_by_the_next_who_links() {
    let direct = Direct::start().await;
    let client = direct.client();
    let (answer, _) = direct.link(&client).await.unwrap();
    direct.site.world(|world| world.clients.clear());
    let refused = client.refresh(&refresh_of(&answer)).await.unwrap_err();
    assert!(matches!(refused, ProviderError::InvalidGrant), "{refused:?}");
    let (newer, _) = direct.link(&client).await.unwrap();
    client.refresh(&refresh_of(&newer)).await.unwrap();
    assert_eq!(direct.site.count("POST", "/register"), 2);
    // What the forgotten client had isn't tried by the new one.
    let asked = direct.site.count("POST", "/token");
    assert!(client.refresh(&refresh_of(&answer)).await.is_err());
    assert_eq!(direct.site.count("POST", "/token"), asked);
    direct.assert_in_order();
}

#[tokio::test]
async fn a_server_that_knows_it_and_refuses_is_not_told_again() {
    let direct = Direct::start().await;
    let client = direct.client();
    let (answer, _) = direct.link(&client).await.unwrap();
    direct.site.world(|world| world.forbids = Some("refresh_token".to_owned()));
    let refused = client.refresh(&refresh_of(&answer)).await.unwrap_err();
    assert!(matches!(refused, ProviderError::UnauthorizedClient), "{refused:?}");
    direct.site.world(|world| world.forbids = Some("authorization_code".to_owned()));
    let refused = direct.link(&client).await.unwrap_err();
    assert!(matches!(refused, ProviderError::UnauthorizedClient), "{refused:?}");
    direct.site.world(|world| world.forbids = None);
    client.refresh(&refresh_of(&answer)).await.unwrap();
    direct.link(&client).await.unwrap();
    assert_eq!(direct.site.count("POST", "/register"), 1);
    direct.assert_in_order();
}

#[tokio::test]
async fn a_server_that_reads_documents_gets_ours() {
    let direct = Direct::with(|world| {
        world.reads_documents = true;
        world.methods = vec!["none".to_owned()];
    })
    .await;
    let here = "https://stagepass.example";
    let client = direct.client_at(here, &[]);
    let document = client.document_of_ours().unwrap();
    let id = format!("{here}/.well-known/oauth-client/notes");
    assert_eq!(document["client_id"], id.as_str());
    assert_eq!(document["redirect_uris"][0], format!("{here}/callback/notes"));
    assert_eq!(document["application_type"], "web");
    assert_eq!(document.get("client_secret"), None);
    direct.site.world(|world| world.documents.insert(id.clone(), document));
    let (answer, _) = direct.link(&client).await.unwrap();
    client.refresh(&refresh_of(&answer)).await.unwrap();
    assert_eq!(direct.site.world(|world| world.last_request["client_id"].clone()), id);
    assert_eq!(direct.site.count("POST", "/register"), 0);
    // One that can't be fetched for a moment logs nobody out.
    let document = direct.site.world(|world| world.documents.remove(&id).unwrap());
    let refused = client.refresh(&refresh_of(&answer)).await.unwrap_err();
    assert!(matches!(refused, ProviderError::InvalidClient), "{refused:?}");
    direct.site.world(|world| world.documents.insert(id.clone(), document));
    // A document that nobody can fetch by TLS is none.
    let nearby = direct.client();
    assert!(nearby.document_of_ours().is_none());
    direct.link(&nearby).await.unwrap();
    assert_eq!(direct.site.count("POST", "/register"), 1);
    direct.assert_in_order();
}

#[tokio::test]
async fn a_server_that_takes_no_strangers_needs_the_operator() {
    let direct = Direct::with(|world| world.registers = false).await;
    let client = direct.client();
    let refused = direct.begin(&client).await.err().unwrap();
    let ProviderError::Refused(sentence) = refused else { panic!("{refused:?}") };
    let advice = client.advice(&sentence).unwrap();
    assert!(advice.next_step.contains("remote.notes.client_id"), "{}", advice.next_step);
}
