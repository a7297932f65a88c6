//! What a public remote server can make this one reach: public hosts, and nobody else.

use std::{
    collections::{BTreeMap, HashMap},
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
};

use reqwest::Certificate;
use serde_json::{Value, json};
use stagepass::{config::Config, http::Rules, providers::ProviderError};
use stagepass_standin::{ClientSite, client_site::Served};

use super::{Direct, HERE};

const MCP: &str = "https://mcp.example";
const LOGIN: &str = "https://login.example";

/// A hostile remote server, and a neighbour of ours that nobody should come to.
struct Hostile {
    direct: Direct,
    site: ClientSite,
    decoy: TcpListener,
}

impl Hostile {
    async fn start() -> Self {
        let site = ClientSite::start(&["mcp.example", "login.example"]).await;
        let decoy = TcpListener::bind("127.0.0.1:0").unwrap();
        decoy.set_nonblocking(true).unwrap();
        Self { direct: Direct::start().await, site, decoy }
    }

    fn resource(&self, issuer: &str) {
        let document = json!({"resource": format!("{MCP}/mcp"), "authorization_servers": [issuer]});
        let url = format!("{MCP}/.well-known/oauth-protected-resource/mcp");
        self.site.put(&url, Served::Json(document));
    }

    fn server(&self, issuer: &str, change: impl FnOnce(&mut Value)) {
        let mut document = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "registration_endpoint": format!("{issuer}/register"),
            "code_challenge_methods_supported": ["S256"],
        });
        change(&mut document);
        let url = format!("{issuer}/.well-known/oauth-authorization-server");
        self.site.put(&url, Served::Json(document));
    }

    /// What comes of it where `login.example` is at this address.
    async fn begin(&self, login: SocketAddr) -> ProviderError {
        let variables = [("URL", format!("{MCP}/mcp")), ("AUTH", "mcp".to_owned())]
            .map(|(key, value)| (format!("STAGEPASS_REMOTE__NOTES__{key}"), value));
        let config = Config::load(None, HashMap::from(variables)).unwrap();
        let rules = Rules {
            names: Some(BTreeMap::from([
                ("mcp.example".to_owned(), vec![self.site.address()]),
                ("login.example".to_owned(), vec![login]),
                ("inside.example".to_owned(), vec![self.decoy.local_addr().unwrap()]),
            ])),
            // The remote's own host is reached because the operator named it.
            allowed: Vec::new(),
            roots: vec![Certificate::from_der(self.site.root()).unwrap()],
        };
        let client = self.direct.client_of(&config, HERE, rules);
        let refused = self.direct.begin(&client).await;
        assert_eq!(self.decoy.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
        refused.err().unwrap()
    }

    async fn assert_refused(&self, login: SocketAddr) {
        let refused = self.begin(login).await;
        assert!(matches!(refused, ProviderError::Untrusted(_)), "{refused:?}");
    }
}

#[tokio::test]
async fn an_issuer_in_our_own_network_is_not_reached() {
    let hostile = Hostile::start().await;
    let inside = hostile.decoy.local_addr().unwrap();
    hostile.resource(LOGIN);
    hostile.assert_refused(inside).await;
    for address in [format!("https://{inside}"), format!("http://{inside}"), "https://[::1]".into()]
    {
        hostile.resource(&address);
        hostile.assert_refused(inside).await;
    }
}

#[tokio::test]
async fn metadata_in_our_own_network_are_not_reached() {
    let hostile = Hostile::start().await;
    let inside = hostile.decoy.local_addr().unwrap();
    for place in [
        format!("https://{inside}/x"),
        format!("http://{inside}/x"),
        "https://inside.example/x".to_owned(),
        "file:///etc/passwd".to_owned(),
        "https://mcp.example:secret@inside.example/x".to_owned(),
        "no url".to_owned(),
    ] {
        let says = format!("Bearer resource_metadata=\"{place}\"");
        let answer = Served::Answer(401, vec![("www-authenticate", says)], Vec::new());
        hostile.site.put(&format!("{MCP}/mcp"), answer);
        hostile.assert_refused(inside).await;
    }
}

#[tokio::test]
async fn no_registration_is_sent_into_our_own_network() {
    let hostile = Hostile::start().await;
    let inside = hostile.decoy.local_addr().unwrap();
    // The issuer is the remote itself, which is reached.
    hostile.resource(MCP);
    for endpoint in [format!("https://{inside}/register"), "https://inside.example/r".to_owned()] {
        hostile.server(MCP, |document| document["registration_endpoint"] = endpoint.into());
        let refused = hostile.begin(inside).await;
        let is_it =
            matches!(refused, ProviderError::Untrusted(_) | ProviderError::Unavailable { .. });
        assert!(is_it, "{refused:?}");
    }
}
