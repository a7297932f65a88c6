//! What is wrong with an issuer, and what must not come of it.

use std::time::Duration;

use stagepass_standin::{Browser, Page, oidc::Fault};

use super::{DOCUMENT, Work};

/// Fails unless nothing was connected, and everybody was told that the provider isn't trusted.
async fn assert_untrusted(work: &Work, page: &Page, what: impl std::fmt::Debug) {
    assert_eq!(page.status, 400, "{what:?}: {}", page.describe());
    assert!(page.has_text("Work sent an answer that can't be trusted"), "{}", page.describe());
    let status = work.status().await;
    assert_eq!(status["state"], "not_connected", "{what:?}");
    assert_eq!(status["problem"]["code"], "forbidden", "{what:?}");
}

/// What comes of a sign-in while `fault` is on.
async fn refused(fault: Fault) {
    let mut work = Work::start().await;
    work.openid.begin(fault);
    let page = work.link(&Browser::new(), "alice").await;
    assert_untrusted(&work, &page, fault).await;
    // What was given is given back, and nothing is left of it but the fault.
    work.app.stop().await;
    assert_eq!(work.openid.live_tokens_of("alice"), 0, "{fault:?}");
    work.app.restart_stopped().await;
    work.openid.end_faults();
    work.chat = work.app.chat().await;
    work.link_alice().await;
    work.finish().await;
}

#[tokio::test]
async fn an_id_token_of_another_issuer_is_refused() {
    refused(Fault::ForeignIssuer).await;
}

#[tokio::test]
async fn an_id_token_for_another_client_is_refused() {
    refused(Fault::ForeignAudience).await;
    refused(Fault::SharedAudience).await;
    refused(Fault::ForeignParty).await;
}

#[tokio::test]
async fn an_id_token_of_another_sign_in_is_refused() {
    refused(Fault::ForeignNonce).await;
    refused(Fault::NoNonce).await;
}

#[tokio::test]
async fn an_id_token_without_a_signature_is_refused() {
    refused(Fault::Unsigned).await;
}

#[tokio::test]
async fn an_id_token_signed_with_the_public_key_is_refused() {
    refused(Fault::PublicKeyAsSecret).await;
}

#[tokio::test]
async fn an_id_token_signed_with_a_strangers_key_is_refused() {
    refused(Fault::StolenKeyId).await;
}

#[tokio::test]
async fn an_id_token_of_another_time_is_refused() {
    refused(Fault::Expired).await;
    refused(Fault::FromTheFuture).await;
}

#[tokio::test]
async fn a_sign_in_without_an_id_token_is_refused() {
    refused(Fault::NoIdToken).await;
}

#[tokio::test]
async fn a_key_without_a_name_is_found_only_where_there_is_no_choice() {
    let work = Work::start().await;
    work.openid.begin(Fault::NoKeyId);
    work.link_alice().await;
    work.openid.add_key(stagepass_standin::oidc::Algorithm::Es256);
    work.advance(Duration::from_mins(1));
    let page = work.link(&Browser::new(), "bob").await;
    assert!(page.has_text("can't be trusted"), "{}", page.describe());
    work.finish().await;
}

#[tokio::test]
async fn while_the_keys_are_away_nobody_is_believed() {
    let work = Work::start().await;
    work.openid.begin(Fault::KeysAway);
    let page = work.link(&Browser::new(), "alice").await;
    assert!(page.has_text("Work doesn't answer properly"), "{}", page.describe());
    assert_eq!(work.status().await["problem"]["code"], "provider_unavailable");
    work.openid.end_faults();
    work.advance(Duration::from_secs(10));
    work.link_alice().await;
    work.finish().await;
}

#[tokio::test]
async fn a_document_that_cannot_be_trusted_leads_nobody_anywhere() {
    for fault in [Fault::ForeignDocument, Fault::PlainEndpoint, Fault::EndlessDocument] {
        let work = Work::start().await;
        work.openid.begin(fault);
        let page = work.open(&Browser::new()).await;
        assert_eq!(page.status, 503, "{fault:?}: {}", page.describe());
        assert_eq!(work.openid.count("GET", DOCUMENT), 1);
        work.finish().await;
    }
}

#[tokio::test]
async fn an_answer_that_names_another_issuer_is_refused_and_its_code_goes_nowhere() {
    for fault in [Fault::ForeignAnswer, Fault::NamelessAnswer] {
        let work = Work::start().await;
        work.openid.begin(fault);
        let page = work.link(&Browser::new(), "alice").await;
        assert_untrusted(&work, &page, fault).await;
        assert_eq!(work.openid.count("POST", "/token"), 0, "{fault:?}");
        work.finish().await;
    }
}

#[tokio::test]
async fn an_issuer_that_never_names_itself_need_not_begin_to() {
    let work = Work::start().await;
    work.openid.be_nameless();
    work.link_alice().await;
    // If it does all the same, it has to be right.
    work.openid.begin(Fault::ForeignAnswer);
    let page = work.link(&Browser::new(), "bob").await;
    assert!(page.has_text("can't be trusted"), "{}", page.describe());
    work.finish().await;
}

#[tokio::test]
async fn a_pasted_answer_says_whose_it_is() {
    let work = Work::start().await;
    let lost = Browser::new().stop_at(format!("{}/callback", work.app.url));
    let page = work.link(&lost, "alice").await;
    let told = work.handle(&page.param("code").unwrap()).await;
    assert_eq!(told.code(), "code_invalid");
    assert!(told.text.contains("whole address"), "{}", told.text);
    assert_eq!(work.openid.count("POST", "/token"), 0);
    let told = work.handle(&page.url).await.ok();
    assert_eq!(told.data["account"]["name"], "Alice Example");

    let page = work.link(&lost, "bob").await;
    let forged = page.url.replace("iss=http%3A%2F%2F127", "iss=http%3A%2F%2F128");
    assert_ne!(forged, page.url);
    assert_eq!(work.handle(&forged).await.code(), "forbidden");
    assert_eq!(work.openid.count("POST", "/token"), 1);
    work.finish().await;
}

#[tokio::test]
async fn a_bare_code_will_do_where_answers_are_nameless() {
    let work = Work::start().await;
    work.openid.be_nameless();
    let lost = Browser::new().stop_at(format!("{}/callback", work.app.url));
    let page = work.link(&lost, "alice").await;
    let told = work.handle(&page.param("code").unwrap()).await.ok();
    assert_eq!(told.data["account"]["name"], "Alice Example");
    work.finish().await;
}
