//! Whose an authorization response is, and whose account it brings.

use stagepass::providers::ProviderError;
use stagepass_standin::mcp_site::Fault;

use super::Direct;

#[tokio::test]
async fn an_answer_of_another_issuer_is_sent_nowhere() {
    for fault in [Fault::ForeignAnswer, Fault::NamelessAnswer] {
        let direct = Direct::start().await;
        let client = direct.client();
        direct.site.begin(fault);
        let refused = direct.link(&client).await.err().unwrap();
        let is_it = matches!(refused, ProviderError::Untrusted(why) if why.contains("(iss)"));
        assert!(is_it, "{refused:?}");
        assert_eq!(direct.site.count("POST", "/token"), 0);
    }
}

#[tokio::test]
async fn a_server_that_never_promised_it_may_leave_its_name_out() {
    let direct = Direct::with(|world| world.names_itself = false).await;
    let client = direct.client();
    assert!(!client.always_says_iss().await.unwrap());
    direct.link(&client).await.unwrap();
    direct.assert_in_order();
}

#[tokio::test]
async fn the_code_of_one_issuer_never_reaches_the_next() {
    let (direct, other) = (Direct::start().await, Direct::start().await);
    direct.site.world(|world| world.names_itself = false);
    other.site.world(|world| world.names_itself = false);
    let client = direct.client();
    let begun = direct.begin(&client).await.unwrap();
    // While the person was there, the server moved.
    let issuer = other.site.world(|world| world.issuer());
    direct.site.world(|world| world.names_issuer = Some(issuer));
    direct.clock.advance(chrono::TimeDelta::hours(2));
    let refused = begun.finish(&client).await.err().unwrap();
    assert!(matches!(refused, ProviderError::InvalidGrant), "{refused:?}");
    for site in [&direct.site, &other.site] {
        assert_eq!(site.count("POST", "/token"), 0);
    }
}

#[tokio::test]
async fn an_answer_to_nothing_that_was_begun_is_refused() {
    let direct = Direct::start().await;
    let client = direct.client();
    let mut begun = direct.begin(&client).await.unwrap();
    begun.begun = None;
    assert!(matches!(begun.finish(&client).await, Err(ProviderError::Untrusted(_))));
    assert_eq!(direct.site.count("POST", "/token"), 0);
}

#[tokio::test]
async fn an_account_is_the_id_tokens_subject_or_the_persons_only_one() {
    let direct = Direct::start().await;
    let client = direct.client();
    let (answer, first) = direct.link(&client).await.unwrap();
    let (_, again) = direct.link(&client).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(first.name, "your account at notes (127.0.0.1)");
    // Nobody else's has the same id: what one gives back isn't what another has.
    let verifier = super::VERIFIER.into();
    let begun = direct.begin(&client).await.unwrap().begun;
    let other = client.account_of(&answer, &verifier, begun.as_deref(), "chat:bot:two").await;
    assert_ne!(other.unwrap().id, first.id);

    direct.site.world(|world| world.has_id_tokens = true);
    let (_, named) = direct.link(&client).await.unwrap();
    assert_eq!((named.id.as_str(), named.name.as_str()), ("sub-of-alice", "alice of Notes"));
    direct.site.begin(Fault::ForeignIdToken);
    assert!(matches!(direct.link(&client).await, Err(ProviderError::Untrusted(_))));
    direct.assert_in_order();
}
