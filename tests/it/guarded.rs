//! Documents at URLs that strangers name: where they are fetched from, and how much is read.

use std::{
    collections::BTreeMap,
    env,
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
    process::Command,
    time::Duration,
};

use reqwest::Certificate;
use serde_json::json;
use stagepass::http::{FetchError, Fetched, GuardedClient, Rules};
use stagepass_standin::{ClientSite, client_site::Served};
use url::Url;

const HOST: &str = "client.example";
const DOCUMENT: &str = "https://client.example/metadata.json";

/// A world in which `HOST` has these addresses, and the site's is reached.
fn rules(site: &ClientSite, addresses: &[SocketAddr]) -> Rules {
    Rules {
        names: Some(BTreeMap::from([(HOST.to_owned(), addresses.to_vec())])),
        allowed: vec![site.address()],
        roots: vec![Certificate::from_der(site.root()).unwrap()],
    }
}

async fn fetch_by(rules: Rules, url: &str) -> Result<Fetched, FetchError> {
    let url = Url::parse(url).unwrap();
    GuardedClient::new(rules).unwrap().get_json(&url, 1024).await
}

async fn fetch(site: &ClientSite, url: &str) -> Result<Fetched, FetchError> {
    fetch_by(rules(site, &[site.address()]), url).await
}

/// A site with a document.
async fn site() -> ClientSite {
    let site = ClientSite::start(&[HOST]).await;
    site.put(DOCUMENT, Served::Json(json!({"client_id": DOCUMENT})));
    site
}

/// A site that answers with this, word for word.
async fn site_with(status: u16, headers: Vec<(&'static str, String)>, body: &str) -> ClientSite {
    let site = ClientSite::start(&[HOST]).await;
    site.put(DOCUMENT, Served::Answer(status, headers, body.into()));
    site
}

fn of_type(content_type: &str) -> Vec<(&'static str, String)> {
    vec![("content-type", content_type.to_owned())]
}

/// Somebody who listens where nobody should come to.
fn decoy() -> (TcpListener, SocketAddr) {
    let decoy = TcpListener::bind("127.0.0.1:0").unwrap();
    decoy.set_nonblocking(true).unwrap();
    let address = decoy.local_addr().unwrap();
    (decoy, address)
}

fn assert_nobody_came(decoy: &TcpListener) {
    assert_eq!(decoy.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_document_is_fetched_and_nothing_is_kept_open() {
    let site = site().await;
    let client = GuardedClient::new(rules(&site, &[site.address()])).unwrap();
    for _ in 0..2 {
        let fetched = client.get_json(&Url::parse(DOCUMENT).unwrap(), 1024).await.unwrap();
        assert_eq!(fetched.body, json!({"client_id": DOCUMENT}).to_string().as_bytes());
        assert_eq!(fetched.max_age, None);
    }
    // By HTTP/2 a server could send megabytes before anybody counts them.
    assert_eq!(
        site.requests(),
        [format!("GET {DOCUMENT} HTTP/1.1"), format!("GET {DOCUMENT} HTTP/1.1")]
    );
    assert_eq!(site.connections(), 2);
}

#[tokio::test]
async fn a_name_of_a_private_address_is_not_connected_to() {
    let site = site().await;
    let at_home = Rules { allowed: Vec::new(), ..rules(&site, &[site.address()]) };
    assert_eq!(fetch_by(at_home, DOCUMENT).await, Err(FetchError::NotPublic));
    assert_eq!(site.connections(), 0);
}

#[tokio::test]
async fn the_systems_own_names_are_judged_too() {
    let (decoy, address) = decoy();
    let rules = Rules { allowed: vec![address], ..Rules::default() };
    assert_eq!(fetch_by(rules, "https://localhost/x").await, Err(FetchError::NotPublic));
    assert_nobody_came(&decoy);
}

#[tokio::test]
async fn of_several_addresses_only_the_public_ones_are_connected_to() {
    let (site, (decoy, private)) = (site().await, decoy());
    let hidden = SocketAddr::new("::ffff:127.0.0.1".parse().unwrap(), private.port());
    let rules = rules(&site, &[private, hidden, site.address()]);
    assert!(fetch_by(rules, DOCUMENT).await.is_ok());
    assert_nobody_came(&decoy);
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_not_found() {
    let site = site().await;
    assert_eq!(fetch(&site, "https://other.example/x").await, Err(FetchError::NotFound));
}

#[tokio::test]
async fn a_url_is_https_a_name_and_a_path() {
    let site = site().await;
    let port = site.address().port();
    for url in [
        format!("https://127.0.0.1:{port}/metadata.json"),
        "https://127.0.0.1/metadata.json".to_owned(),
        "https://[::1]/metadata.json".to_owned(),
        "https://93.184.215.14/metadata.json".to_owned(),
        format!("https://{HOST}:{port}/metadata.json"),
        format!("https://{HOST}:8443/metadata.json"),
        format!("http://{HOST}/metadata.json"),
        format!("ftp://{HOST}/metadata.json"),
        format!("https://me@{HOST}/metadata.json"),
        format!("https://:pw@{HOST}/metadata.json"),
        format!("{DOCUMENT}#keys"),
    ] {
        assert_eq!(fetch(&site, &url).await, Err(FetchError::Url), "{url}");
    }
    assert_eq!(site.connections(), 0);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let site = site().await;
    let moved = "https://client.example/moved.json";
    site.put(moved, Served::Redirect(DOCUMENT.to_owned()));
    assert_eq!(fetch(&site, moved).await, Err(FetchError::Status(302)));
    assert_eq!(site.requests(), [format!("GET {moved} HTTP/1.1")]);
}

#[tokio::test]
async fn only_a_plain_yes_is_a_document() {
    for status in [201, 203, 204, 206, 304, 401, 404, 410, 429, 500, 503] {
        let site = site_with(status, of_type("application/json"), "").await;
        assert_eq!(fetch(&site, DOCUMENT).await, Err(FetchError::Status(status)));
    }
}

#[tokio::test]
async fn only_json_is_a_document() {
    for json in ["application/json", "Application/JSON; charset=utf-8", "application/jwk-set+json"]
    {
        let site = site_with(200, of_type(json), "{}").await;
        assert!(fetch(&site, DOCUMENT).await.is_ok(), "{json}");
    }
    for other in ["text/html", "text/plain", "application/jsonp", "image/svg+json", "json", ""] {
        let site = site_with(200, of_type(other), "{}").await;
        assert_eq!(fetch(&site, DOCUMENT).await, Err(FetchError::ContentType), "{other}");
    }
    let site = site_with(200, Vec::new(), "{}").await;
    assert_eq!(fetch(&site, DOCUMENT).await, Err(FetchError::ContentType));
}

#[tokio::test]
async fn no_more_is_read_than_the_caller_wants() {
    let all = site_with(200, of_type("application/json"), &" ".repeat(1024)).await;
    assert_eq!(fetch(&all, DOCUMENT).await.unwrap().body.len(), 1024);
    let one_more = site_with(200, of_type("application/json"), &" ".repeat(1025)).await;
    assert_eq!(fetch(&one_more, DOCUMENT).await, Err(FetchError::TooLarge));
    let endless = site().await;
    endless.put(DOCUMENT, Served::Endless);
    assert_eq!(fetch(&endless, DOCUMENT).await, Err(FetchError::TooLarge));
}

#[tokio::test]
async fn a_site_that_never_ends_is_left() {
    let site = site().await;
    site.put(DOCUMENT, Served::Slow);
    let patience = Duration::from_mins(1);
    let fetched = tokio::time::timeout(patience, fetch(&site, DOCUMENT)).await;
    assert_eq!(fetched, Ok(Err(FetchError::Timeout)));
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_document() {
    let site = site().await;
    site.put(DOCUMENT, Served::Cut);
    assert_eq!(fetch(&site, DOCUMENT).await, Err(FetchError::Broken));
}

#[tokio::test]
async fn a_site_must_prove_its_name() {
    let site = site().await;
    let untrusted = Rules { roots: Vec::new(), ..rules(&site, &[site.address()]) };
    assert_eq!(fetch_by(untrusted, DOCUMENT).await, Err(FetchError::Unreachable));
    let mut renamed = rules(&site, &[]);
    renamed.names = Some(BTreeMap::from([("other.example".to_owned(), vec![site.address()])]));
    let other = "https://other.example/metadata.json";
    assert_eq!(fetch_by(renamed, other).await, Err(FetchError::Unreachable));
    let plain = ClientSite::start_without_tls(&[HOST]).await;
    plain.put(DOCUMENT, Served::Json(json!({})));
    assert_eq!(fetch(&plain, DOCUMENT).await, Err(FetchError::Unreachable));
    assert!(site.requests().is_empty() && plain.requests().is_empty());
}

#[tokio::test]
async fn a_copy_is_fresh_for_as_long_as_its_server_says_and_a_day_at_most() {
    let day = 24 * 60 * 60;
    for (said, seconds) in [
        ("max-age=300", Some(300)),
        ("public, Max-Age=300, immutable", Some(300)),
        ("max-age=99999999999999", Some(day)),
        ("max-age=300, no-store", Some(0)),
        ("no-cache", Some(0)),
        ("public", None),
        ("max-age=soon", None),
        ("max-age=-1", None),
        ("max-age=99999999999999999999999999", None),
    ] {
        let mut headers = of_type("application/json");
        headers.push(("cache-control", said.to_owned()));
        let site = site_with(200, headers, "{}").await;
        let max_age = fetch(&site, DOCUMENT).await.unwrap().max_age;
        assert_eq!(max_age, seconds.map(Duration::from_secs), "{said}");
    }
}

/// The environment is a process's, so this test begins another one, of itself.
#[tokio::test]
async fn no_proxy_variable_turns_the_guard_off() {
    const NAME: &str = "guarded::no_proxy_variable_turns_the_guard_off";
    const BEGUN: &str = "BEGUN_BY_A_TEST";
    if env::var_os(BEGUN).is_some() {
        let site = site().await;
        assert!(fetch(&site, DOCUMENT).await.is_ok());
        return;
    }
    let (decoy, proxy) = decoy();
    let mut again = Command::new(env::current_exe().unwrap());
    again.args(["--exact", NAME]).env(BEGUN, "");
    for variable in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"] {
        again.env(variable, format!("http://{proxy}"));
        again.env(variable.to_lowercase(), format!("http://{proxy}"));
    }
    let output = again.env_remove("NO_PROXY").env_remove("no_proxy").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert_nobody_came(&decoy);
}
