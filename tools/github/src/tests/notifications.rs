//! Notifications: seen, and marked as read.

use super::harness::Stage;

#[tokio::test]
async fn what_is_new_is_listed_with_what_it_is_about() {
    let stage = Stage::alice().await;
    let (text, data) = stage.answer("github_notifications", "{}").await;
    assert_eq!(
        text,
        "Notifications:\n- octo/lanterns#13 · Trim the wick · review_requested · \
         2026-11-20T08:03:00Z · id 701\n- octo/lanterns#12 · The lamp flickers · assign · \
         2026-11-20T08:02:00Z · id 70"
    );
    assert_eq!(data["notifications"][0]["about"], "octo/lanterns#13");
    let all = r#"{"all": true, "repo": "octo/lanterns"}"#;
    let (text, _) = stage.answer("github_notifications", all).await;
    assert!(text.contains("octo/lanterns · Release · v1.4.0 · subscribed · read"), "{text}");
    let few = r#"{"all": true, "limit": 1}"#;
    let (text, data) = stage.answer("github_notifications", few).await;
    assert_eq!(data["next_page"], 2);
    assert!(text.ends_with("More with page 2."), "{text}");
    let other = r#"{"repo": "octo/secrets", "participating": true}"#;
    assert_eq!(stage.answer("github_notifications", other).await.0, "No notifications.");
}

#[tokio::test]
async fn some_are_marked_and_that_they_were_read_before_is_fine() {
    let stage = Stage::alice().await;
    let (text, data) = stage.answer("github_mark_read", r#"{"ids": ["701", "7"]}"#).await;
    assert_eq!((text.as_str(), &data["marked"]), ("2 marked as read.", &2.into()));
    let (text, _) = stage.answer("github_notifications", "{}").await;
    assert!(!text.contains("id 701") && text.contains("id 70"), "{text}");
    let (code, seen) = stage.error("github_mark_read", r#"{"ids": ["70", "999"]}"#).await;
    assert_eq!(code, "not_found");
    assert!(seen.contains("1 of 2 are marked"), "{seen}");
}

#[tokio::test]
async fn all_are_marked_up_to_what_the_person_has_seen() {
    let stage = Stage::alice().await;
    let until = r#"{"all_until": "2026-11-20T08:02:00Z", "repo": "octo/lanterns"}"#;
    let (text, data) = stage.answer("github_mark_read", until).await;
    assert_eq!(
        text,
        "Everything until 2026-11-20T08:02:00Z is marked as read; it may take GitHub a minute."
    );
    assert_eq!(data["all_until"], "2026-11-20T08:02:00Z");
    let (text, _) = stage.answer("github_notifications", "{}").await;
    assert!(text.contains("id 701") && !text.contains("id 70\n"), "{text}");
    let everywhere = r#"{"all_until": "2026-11-21T00:00:00Z"}"#;
    stage.answer("github_mark_read", everywhere).await;
    assert_eq!(stage.answer("github_notifications", "{}").await.0, "No notifications.");
}

#[tokio::test]
async fn marking_needs_to_be_told_what() {
    let stage = Stage::alice().await;
    let long = format!(r#"{{"ids": ["{}"]}}"#, "9".repeat(21));
    let many = serde_json::json!({"ids": vec!["1"; 31]}).to_string();
    for arguments in [
        "{}",
        r#"{"ids": []}"#,
        &long,
        &many,
        r#"{"ids": ["../x"]}"#,
        r#"{"all_until": "yesterday"}"#,
        r#"{"repo": "octo/lanterns"}"#,
        r#"{"ids": ["1"], "all_until": "2026-11-21T00:00:00Z"}"#,
        r#"{"ids": ["1"], "repo": "octo/lanterns"}"#,
    ] {
        let (code, _) = stage.error("github_mark_read", arguments).await;
        assert_eq!(code, "invalid_argument", "{arguments}");
    }
    assert!(stage.github.requests().is_empty());
}

#[tokio::test]
async fn no_github_app_sees_notifications_and_the_reason_is_told() {
    let stage = Stage::alice_by_app().await;
    for (tool, arguments) in
        [("github_notifications", "{}"), ("github_mark_read", r#"{"ids": ["701"]}"#)]
    {
        let (code, seen) = stage.error(tool, arguments).await;
        assert_eq!(code, "app_not_permitted");
        assert!(seen.contains("no GitHub App can do"), "{seen}");
    }
}

#[tokio::test]
async fn when_nobody_waits_any_more_nothing_else_is_begun() {
    let mut stage = Stage::alice().await;
    stage.hang_up();
    let (text, _) = stage.answer("github_mark_read", r#"{"ids": ["701", "70"]}"#).await;
    assert_eq!(text, "0 marked as read.");
    let find = r#"{"pull": "octo/lanterns#13", "path": "none.rs"}"#;
    assert_eq!(stage.error("github_pull_diff", find).await.0, "not_found");
    assert!(stage.github.requests().is_empty());
}
