//! How messages get to a bot, and what becomes of those that don't.

use std::{collections::BTreeSet, time::Duration};

use chrono::TimeDelta;
use futures::future::join_all;
use stagepass::store::{DeliveryRow, DeliveryState};
use stagepass_standin::{Webhook, webhook::Answer};

use super::World;

fn status(status: u16) -> Answer {
    Answer::Status(status, Vec::new())
}

/// How long the message waits for its next try, in seconds.
fn wait(world: &World, row: &DeliveryRow) -> f64 {
    (row.next_at - world.app.clock.now()).as_seconds_f64()
}

#[tokio::test]
async fn a_message_is_signed_with_its_id_and_its_time() {
    let world = World::start().await;
    world.happens("spo_bot").await;
    let message = world.hook.received(1).await.remove(0);
    let genuine = |change: &dyn Fn(&mut stagepass_standin::webhook::Message)| {
        let mut changed = message.clone();
        change(&mut changed);
        changed.is_signed_with(world.hook.secret())
    };
    assert!(genuine(&|_| {}));
    assert!(!genuine(&|message| message.text = message.text.replace("authorized", "completed")));
    assert!(!genuine(&|message| message.timestamp += 1));
    assert!(!genuine(&|message| message.id.push('x')));
    let other = Webhook::start(8).await;
    assert!(!message.is_signed_with(other.secret()));
    world.finish().await;
}

#[tokio::test]
async fn what_a_bot_does_not_take_is_tried_again_after_longer_and_longer_waits() {
    let world = World::start().await;
    let elsewhere = Webhook::start(8).await;
    let redirect = Answer::Status(307, vec![("location", elsewhere.url())]);
    let mut waited = 5.0;
    world.hook.answer(status(500));
    world.happens("spo_bot").await;
    for (attempt, answer, next) in
        [(1, "500", status(404)), (2, "404", redirect), (3, "307", status(200))]
    {
        let row = world.settled("spo_bot", attempt, answer).await;
        assert_eq!(row.state, DeliveryState::Waiting);
        let wait = wait(&world, &row);
        assert!((waited..=waited * 1.25).contains(&wait), "{wait} after {attempt}");
        waited *= 2.0;
        world.hook.answer(next);
        world.app.advance(Duration::from_secs_f64(wait + 0.01));
    }
    let row = world.settled("spo_bot", 4, "200").await;
    assert_eq!(row.state, DeliveryState::Delivered);
    assert_eq!(row.delivered_at, Some(world.app.clock.now()));
    assert!(elsewhere.messages().is_empty() && elsewhere.violations().is_empty(), "not followed");

    let messages = world.hook.received(4).await;
    let ids: BTreeSet<_> = messages.iter().map(|message| &message.id).collect();
    let texts: BTreeSet<_> = messages.iter().map(|message| &message.text).collect();
    let times: BTreeSet<_> = messages.iter().map(|message| message.timestamp).collect();
    assert_eq!((ids.len(), texts.len(), times.len()), (1, 1, 4), "{messages:?}");
    world.finish().await;
}

#[tokio::test]
async fn a_bot_may_ask_for_a_wait_within_reason() {
    let world = World::start().await;
    for (asked, shortest) in [("600", 600.0), ("1", 5.0), ("99999999999", 7200.0), ("soon", 5.0)] {
        world.hook.answer(Answer::Status(429, vec![("retry-after", asked.to_owned())]));
        world.happens("spo_bot").await;
        let wait = wait(&world, &world.settled("spo_bot", 1, "429").await);
        assert!((shortest..=shortest * 1.25).contains(&wait), "{wait} for {asked}");
        world.app.sql("DELETE FROM deliveries").await;
    }
    world.finish().await;
}

#[tokio::test]
async fn a_message_is_given_up_after_a_day_and_forgotten_after_a_week() {
    let world = World::start().await;
    world.hook.answer(status(500));
    world.happens("spo_bot").await;
    world.settled("spo_bot", 1, "500").await;
    world.app.advance(Duration::from_hours(23));
    world.hook.answer(status(502));
    let row = world.settled("spo_bot", 2, "502").await;
    assert_eq!(row.state, DeliveryState::Waiting);
    world.app.advance(Duration::from_hours(1));
    world.hook.answer(status(503));
    let row = world.settled("spo_bot", 3, "503").await;
    assert_eq!(row.state, DeliveryState::GivenUp);

    world.app.advance(Duration::from_hours(6 * 24));
    world.app.announce().await;
    assert_eq!(world.deliveries().await.len(), 1);
    world.app.advance(Duration::from_secs(1));
    world.app.announce().await;
    assert!(world.deliveries().await.is_empty());
    assert_eq!(world.hook.messages().len(), 3);
    world.finish().await;
}

#[tokio::test]
async fn a_bot_that_wants_no_more_is_not_asked_again() {
    let world = World::start().await;
    world.hook.answer(status(410));
    world.happens("spo_bot").await;
    let row = world.settled("spo_bot", 1, "410").await;
    assert_eq!(row.state, DeliveryState::GivenUp);
    world.finish().await;
}

#[tokio::test]
async fn a_bot_that_never_answers_delays_no_other() {
    let slow = Webhook::start(8).await;
    slow.answer(Answer::Late(Duration::from_hours(1)));
    let world = World::start_with(Some(slow)).await;
    world.happens("spo_other").await;
    world.other.as_ref().unwrap().received(1).await;
    world.happens("spo_bot").await;
    let told = world.settled("spo_bot", 1, "204").await;
    assert_eq!(told.state, DeliveryState::Delivered);
    let slow = world.deliveries().await.remove(0);
    assert_eq!((slow.client_id.as_str(), slow.last_answer), ("spo_other", None), "still asked");
    let row = world.settled("spo_other", 1, "too slow").await;
    assert_eq!(row.state, DeliveryState::Waiting);
    world.finish().await;
}

#[tokio::test]
async fn where_nobody_listens_the_message_waits() {
    let mut world = World::start_with(Some(Webhook::start(8).await)).await;
    world.other = None;
    world.happens("spo_other").await;
    let row = world.settled("spo_other", 1, "no connection").await;
    assert_eq!(row.state, DeliveryState::Waiting);
    world.finish().await;
}

#[tokio::test]
async fn two_replicas_send_each_message_once() {
    let world = World::start().await;
    let (_, stop) = world.app.replica().await;
    let (_, stop_too) = world.app.replica().await;
    join_all((0..20).map(|_| world.happens("spo_bot"))).await;
    let messages = world.hook.received(20).await;
    let ids: BTreeSet<_> = messages.iter().map(|message| &message.id).collect();
    assert_eq!(ids.len(), 20);
    let rows = world.deliveries().await;
    assert!(rows.iter().all(|row| row.attempts == 1), "{rows:?}");
    stop.send(()).ok();
    stop_too.send(()).ok();
    world.finish().await;
}

#[tokio::test]
async fn what_a_crash_left_behind_is_taken_up_again() {
    let mut world = World::start().await;
    world.app.stop().await;
    world.happens("spo_bot").await;
    let (db, now) = (world.app.db().await, world.app.clock.now());
    let claimed = db.claim_deliveries("spo_bot", now, now + TimeDelta::minutes(1), 1).await;
    assert_eq!(claimed.unwrap().len(), 1);
    db.close().await;
    world.app.restart_stopped().await;
    world.happens("spo_bot").await;
    world.settled("spo_bot", 1, "204").await;
    assert_eq!(world.hook.messages().len(), 1, "the other is in somebody's hands yet");
    world.app.advance(Duration::from_mins(1));
    world.hook.received(2).await;
    world.finish().await;
}

#[tokio::test]
async fn a_shutdown_waits_for_a_try_that_is_under_way() {
    let mut world = World::start().await;
    world.hook.answer(Answer::Late(Duration::from_millis(700)));
    world.happens("spo_bot").await;
    world.hook.received(1).await;
    world.app.stop().await;
    let row = world.deliveries().await.remove(0);
    assert_eq!((row.state, row.attempts), (DeliveryState::Delivered, 1));
    world.finish().await;
}
