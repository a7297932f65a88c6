//! From the URL of a remote server to its authorization server.

use stagepass::providers::ProviderError;
use stagepass_standin::mcp_site::{Fault, Place};

use super::{Direct, ask};

const RESOURCE: &str = "/.well-known/oauth-protected-resource";
const SERVER: &str = "/.well-known/oauth-authorization-server";
const OPENID: &str = "/.well-known/openid-configuration";

#[tokio::test]
async fn a_server_says_where_its_documents_are_and_what_it_wants() {
    let direct = Direct::start().await;
    let client = direct.client();
    let (answer, _) = direct.link(&client).await.unwrap();
    assert_eq!(ask(&direct.site.mcp_url(), &answer.access_token).await, 200);
    let asked = direct.site.world(|world| world.last_request.clone());
    assert_eq!(asked["resource"], direct.site.mcp_url());
    assert_eq!(asked["scope"], "notes.read offline_access");
    assert_eq!(asked["prompt"], "consent");
    let paths = direct.site.paths();
    assert_eq!(paths[..3], ["/mcp", &format!("{RESOURCE}/mcp"), SERVER]);
    // What was found is kept.
    direct.link(&client).await.unwrap();
    assert_eq!(direct.site.count("GET", SERVER), 1);
    direct.assert_in_order();
}

#[tokio::test]
async fn a_server_that_says_nothing_is_looked_for_in_the_specifications_order() {
    let at_root = format!("{RESOURCE}/mcp {RESOURCE}");
    for (resource_at, server_at, looked) in [
        (Place::First, Place::First, format!("{RESOURCE}/mcp {SERVER}/team")),
        (Place::Second, Place::Second, format!("{at_root} {SERVER}/team {OPENID}/team")),
        (
            Place::Second,
            Place::Third,
            format!("{at_root} {SERVER}/team {OPENID}/team /team{OPENID}"),
        ),
    ] {
        let direct = Direct::with(|world| {
            world.points_at_metadata = false;
            world.asks_for = None;
            world.issuer_path = "/team".to_owned();
            (world.resource_at, world.server_at) = (resource_at, server_at);
        })
        .await;
        direct.link(&direct.client()).await.unwrap();
        let paths = direct.site.paths();
        let looked: Vec<_> = looked.split(' ').collect();
        assert_eq!(paths[1..=looked.len()], looked);
        // The challenge named no scopes: those of the metadata count.
        let asked = direct.site.world(|world| world.last_request["scope"].clone());
        assert_eq!(asked, "notes.read notes.write offline_access");
        direct.assert_in_order();
    }
}

#[tokio::test]
async fn a_server_of_2025_03_26_is_its_own_authorization_server() {
    for server_at in [Place::First, Place::Nowhere] {
        let direct = Direct::with(|world| {
            world.resource_at = Place::Nowhere;
            world.server_at = server_at;
            world.points_at_metadata = false;
            world.methods.clear();
        })
        .await;
        let (answer, _) = direct.link(&direct.client()).await.unwrap();
        assert_eq!(ask(&direct.site.mcp_url(), &answer.access_token).await, 200);
        direct.assert_in_order();
    }
}

#[tokio::test]
async fn tokens_are_asked_for_the_resource_as_the_server_writes_it() {
    let direct = Direct::start().await;
    let origin = direct.site.world(|world| {
        world.resource = Some(world.url.clone());
        world.url.clone()
    });
    direct.link(&direct.client()).await.unwrap();
    assert_eq!(direct.site.world(|world| world.last_request["resource"].clone()), origin);
    direct.assert_in_order();
}

#[tokio::test]
async fn documents_that_lie_lead_nowhere() {
    for (fault, why) in [
        (Fault::ForeignResource, "another resource's"),
        (Fault::NoIssuer, "name no issuer"),
        (Fault::ForeignIssuer, "another issuer's"),
        (Fault::PlainEndpoint, "isn't https"),
        (Fault::NoPkce, "S256"),
        (Fault::PlainPkce, "S256"),
        (Fault::EndlessDocument, "too large"),
    ] {
        let direct = Direct::start().await;
        direct.site.begin(fault);
        let refused = direct.begin(&direct.client()).await.err().unwrap();
        assert!(
            matches!(refused, ProviderError::Untrusted(said) if said.contains(why)),
            "{refused:?}"
        );
        for path in ["/register", "/authorize", "/token"] {
            assert!(!direct.site.paths().contains(&path.to_owned()), "{fault:?} {path}");
        }
    }
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let direct = Direct::start().await;
    direct.site.begin(Fault::Redirected);
    let refused = direct.begin(&direct.client()).await.err().unwrap();
    assert!(matches!(refused, ProviderError::Unavailable { .. }), "{refused:?}");
    assert!(!direct.site.paths().contains(&"/elsewhere".to_owned()));
}

#[tokio::test]
async fn a_server_that_is_away_is_found_later() {
    for fault in [Fault::Away, Fault::Limiting, Fault::DocumentsAway] {
        let direct = Direct::start().await;
        let client = direct.client();
        direct.site.begin(fault);
        let away = direct.begin(&client).await.err().unwrap();
        assert!(matches!(away, ProviderError::Unavailable { .. }), "{away:?}");
        // It is left alone for a moment.
        let asked = direct.site.paths().len();
        assert!(direct.begin(&client).await.is_err());
        assert_eq!(direct.site.paths().len(), asked);
        direct.site.end_faults();
        direct.clock.advance(chrono::TimeDelta::seconds(11));
        direct.link(&client).await.unwrap();
        direct.assert_in_order();
    }
}

#[tokio::test]
async fn a_server_that_says_where_its_documents_are_is_not_taken_for_one_that_has_none() {
    let direct = Direct::with(|world| world.resource_at = Place::Nowhere).await;
    let client = direct.client();
    let away = direct.begin(&client).await.err().unwrap();
    assert!(matches!(away, ProviderError::Unavailable { .. }), "{away:?}");
    assert_eq!(direct.site.count("POST", "/register"), 0);
    direct.site.world(|world| world.resource_at = Place::First);
    direct.clock.advance(chrono::TimeDelta::seconds(11));
    direct.link(&client).await.unwrap();
    direct.assert_in_order();
}
