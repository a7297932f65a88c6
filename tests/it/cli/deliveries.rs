//! `stagepass clients deliveries`: what bots were told, without what it says of anybody.

use std::time::Duration;

use stagepass::webhooks::Event;
use stagepass_standin::{Webhook, webhook::Answer};

use super::answer;
use crate::harness::{Setup, TestApp};

#[tokio::test]
async fn the_operator_sees_what_was_told_to_whom_and_what_came_of_it() {
    let (hook, dead) = (Webhook::start(7).await, Webhook::start(8).await);
    dead.answer(Answer::Status(500, Vec::new()));
    let variables = vec![
        ("ACCESS__ALLOW", "open".to_owned()),
        ("CHAT__SPO_BOT__WEBHOOK_URL", hook.url()),
        ("CHAT__SPO_BOT__WEBHOOK_SECRET", hook.secret().to_owned()),
        ("CHAT__SPO_DEAD__WEBHOOK_URL", dead.url()),
        ("CHAT__SPO_DEAD__WEBHOOK_SECRET", dead.secret().to_owned()),
    ];
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let said = answer(&app, &["clients", "deliveries"]).await;
    assert!(said.contains("webhook_url"), "{said}");

    let db = app.db().await;
    let webhooks = app.webhooks(&db);
    webhooks.tell("chat:spo_bot:+4915112345678", "spotify", &Event::Authorized).await;
    app.advance(Duration::from_secs(1));
    webhooks.tell("chat:spo_dead:+4915112345678", "spotify", &Event::Authorized).await;
    while app.count("SELECT COUNT(last_answer) FROM deliveries").await < 2 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    db.close().await;

    let said = answer(&app, &["clients", "deliveries"]).await;
    let lines: Vec<_> = said.lines().collect();
    assert!(lines[0].starts_with("TIME (UTC)") && lines[0].ends_with("LAST STATUS"), "{said}");
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(lines[1])[2..], ["spo_bot", "link.authorized", "delivered", "1", "204"]);
    assert_eq!(words(lines[2])[2..], ["spo_dead", "link.authorized", "waiting", "1", "500"]);
    assert!(!said.contains("4915112345678"), "{said}");
    let one = answer(&app, &["clients", "deliveries", "spo_dead"]).await;
    assert_eq!(one.lines().count(), 2, "{one}");
    assert!(one.contains("spo_dead") && !one.contains("spo_bot"), "{one}");
    let none = answer(&app, &["clients", "deliveries", "a\u{1b}[2Jb"]).await;
    assert!(none.contains("told to a\\u{1b}[2Jb"), "{none}");
    for text in [&said, &one, &none] {
        app.overheard(text);
    }
    let secrets = [&hook, &dead].map(|hook| hook.secret().trim_start_matches("whsec_").to_owned());
    app.finish_without(secrets.to_vec()).await;
}
