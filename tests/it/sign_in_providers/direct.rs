//! The client for providers by itself, as signing in uses it.

use secrecy::SecretString;
use stagepass::{
    clock::Clock,
    config::Config,
    providers::{Account, AuthorizeRequest, ProviderClient, ProviderError, nonce_of},
};
use stagepass_standin::{Browser, OpenId, oidc::Fault};
use url::Url;

const BACK: &str = "http://127.0.0.1:9/callback/work";

struct Direct {
    openid: OpenId,
    client: ProviderClient,
}

impl Direct {
    async fn start() -> Self {
        let openid = OpenId::start().await;
        openid.register(BACK);
        let config = Config::load(None, openid.variables("work")).unwrap();
        let (id, provider) = config.enabled_providers().next().unwrap();
        let (back, http) = (Url::parse(BACK).unwrap(), stagepass::http::client().unwrap());
        let client =
            ProviderClient::new(id, provider, Some(&["tools.write"]), back, http, Clock::system());
        Self { openid, client }
    }

    fn request<'a>(&'a self, verifier: &'a SecretString) -> AuthorizeRequest<'a> {
        AuthorizeRequest {
            state: "the-state",
            verifier,
            nonce: None,
            scopes: self.client.sign_in_scopes(),
            again: false,
        }
    }

    /// Signs in as `who`, with the nonce that belongs to the sign-in or with another one.
    async fn sign_in(&self, who: &str, expected: Option<&str>) -> Result<Account, ProviderError> {
        let verifier = SecretString::from("a-verifier-of-at-least-forty-three-characters");
        let nonce = nonce_of(&verifier);
        let request = AuthorizeRequest { nonce: Some(&nonce), ..self.request(&verifier) };
        let url = self.client.authorize_url(&request).await?;
        let browser = Browser::new().stop_at("http://127.0.0.1:9/");
        let page = browser.get(url.as_str()).await;
        let page = self.openid.sign_in(&browser, page, who).await;
        self.client.ensure_answer_of(page.param("iss").as_deref()).await?;
        let code = SecretString::from(page.param("code").unwrap());
        let answer = self.client.exchange(&code, &verifier).await?;
        self.client.account(&answer, Some(expected.unwrap_or(&nonce))).await
    }
}

#[tokio::test]
async fn an_e_mail_address_counts_if_the_provider_has_verified_it() {
    for taciturn in [false, true] {
        let direct = Direct::start().await;
        if taciturn {
            direct.openid.be_taciturn();
        }
        let alice = direct.sign_in("alice", None).await.unwrap();
        assert_eq!(alice.id, "10045071");
        assert_eq!(alice.email.as_deref(), Some("alice@example.org"));
        // She says that she has alice's, and nobody has looked.
        let mallory = direct.sign_in("mallory", None).await.unwrap();
        assert_eq!((mallory.id.as_str(), mallory.email), ("10045073", None));
        direct.openid.person("alice", |alice| alice.email_verified = false);
        assert_eq!(direct.sign_in("alice", None).await.unwrap().email, None);
        assert!(direct.openid.violations().is_empty(), "{:?}", direct.openid.violations());
    }
}

#[tokio::test]
async fn the_nonce_is_this_sign_ins() {
    let direct = Direct::start().await;
    let refused = direct.sign_in("alice", Some("another")).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Untrusted(why) if why.contains("(nonce)")));
    let (one, other) = (SecretString::from("one"), SecretString::from("other"));
    assert_ne!(nonce_of(&one), nonce_of(&other));
    assert_eq!(nonce_of(&one), nonce_of(&one));
}

#[tokio::test]
async fn signing_in_asks_for_less_than_the_tools_need() {
    let direct = Direct::start().await;
    assert_eq!(direct.client.issuer(), Some(direct.openid.url().as_str()));
    let verifier = SecretString::from("a-verifier-of-at-least-forty-three-characters");
    let scope = |url: Url| {
        let pair = url.query_pairs().find(|(name, _)| name == "scope");
        pair.map(|(_, value)| value.into_owned()).unwrap()
    };
    let url = direct.client.authorize_url(&direct.request(&verifier)).await.unwrap();
    assert!(!url.as_str().contains("nonce="), "none was to be sent: {url}");
    assert_eq!(scope(url), "openid profile email");
    let all = AuthorizeRequest { scopes: direct.client.scopes(), ..direct.request(&verifier) };
    let url = direct.client.authorize_url(&all).await.unwrap();
    assert_eq!(scope(url), "email openid profile tools.write");
}

#[tokio::test]
async fn an_issuer_in_an_answer_is_compared_letter_by_letter() {
    let direct = Direct::start().await;
    let own = direct.openid.url();
    direct.client.ensure_answer_of(Some(&own)).await.unwrap();
    for other in ["", "https://id.example.org", &format!("{own}/"), &own.to_uppercase()] {
        let refused = direct.client.ensure_answer_of(Some(other)).await.unwrap_err();
        assert!(matches!(refused, ProviderError::Untrusted(_)), "{other}");
    }
    assert!(direct.client.ensure_answer_of(None).await.is_err(), "the document promises it");
}

#[tokio::test]
async fn whether_an_answer_has_to_name_its_issuer_is_not_guessed() {
    let direct = Direct::start().await;
    direct.openid.begin(Fault::DiscoveryAway);
    let unknown = direct.client.ensure_answer_of(None).await.unwrap_err();
    assert!(matches!(unknown, ProviderError::Unavailable { lost: false, .. }), "{unknown:?}");
}
