//! Sends what is due to one bot, and tries again what it didn't take.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use reqwest::{
    Response, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{Webhooks, hook::Hook};
use crate::store::{DeliveryRow, DeliveryState, Result};

/// How often a sender looks for what is due again, or what another replica has left.
const PAUSE: Duration = Duration::from_secs(1);
/// How many messages of one bot are tried at once.
const AT_ONCE: i64 = 8;
/// How long a bot may take to answer. It is less than a shutdown waits.
const LONGEST_TRY: Duration = Duration::from_secs(8);
/// How long a try belongs to who began it: then they must have crashed.
const LEASE: TimeDelta = TimeDelta::minutes(1);
/// The wait after the first try, and the longest that we choose ourselves or are asked for.
const SHORTEST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_hours(2);
/// How long a message is tried.
const PATIENCE: TimeDelta = TimeDelta::days(1);

/// What came of a try.
struct Answer {
    /// The status, or why there is none.
    text: String,
    verdict: Verdict,
}

enum Verdict {
    Taken,
    /// To be tried again, not sooner than the bot asks.
    Later(Option<Duration>),
    /// The bot wants no more of it (410).
    Unwanted,
}

impl Webhooks {
    /// Sends what is due to `bot` until `shutdown`.
    pub(super) async fn keep_sending(&self, bot: &str, hook: &Hook, shutdown: &CancellationToken) {
        while !shutdown.is_cancelled() {
            match self.send_due(bot, hook).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, bot, "can't send what the bot is to be told"),
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = hook.wake.notified() => {}
                () = sleep(PAUSE) => {}
            }
        }
    }

    /// Tries the messages that are due. Answers whether there were any.
    async fn send_due(&self, bot: &str, hook: &Hook) -> Result<bool> {
        let now = self.0.clock.now();
        let due = self.0.db.claim_deliveries(bot, now, now + LEASE, AT_ONCE).await?;
        let tries = due.iter().map(|row| self.send(hook, row));
        join_all(tries).await.into_iter().collect::<Result<Vec<_>>>()?;
        Ok(!due.is_empty())
    }

    async fn send(&self, hook: &Hook, row: &DeliveryRow) -> Result<()> {
        let answer = self.post(hook, row).await;
        let [dice] = self.0.clock.random::<1>();
        let settled = settled(row.clone(), &answer, self.0.clock.now(), dice);
        if settled.state == DeliveryState::GivenUp {
            let (bot, event, answer) = (&row.client_id, &row.event, &answer.text);
            tracing::warn!(bot, event, answer, "the bot wasn't told");
        }
        self.0.db.settle_delivery(&settled).await.map(|_| ())
    }

    /// One try. Where the bot is and what it says is in no log; its answer's body isn't read.
    async fn post(&self, hook: &Hook, row: &DeliveryRow) -> Answer {
        let timestamp = self.0.clock.now().timestamp();
        let request = self
            .0
            .client
            .post(hook.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &row.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", hook.sign(&row.id, timestamp, &row.body))
            .body(row.body.clone());
        match timeout(LONGEST_TRY, request.send()).await {
            Ok(Ok(response)) => Answer::of(&response),
            Ok(Err(error)) if error.is_connect() => Answer::none("no connection"),
            Ok(Err(error)) if error.is_timeout() => Answer::none("too slow"),
            Ok(Err(_)) => Answer::none("no answer"),
            Err(_) => Answer::none("too slow"),
        }
    }
}

impl Answer {
    fn of(response: &Response) -> Self {
        let status = response.status();
        let verdict = match status {
            _ if status.is_success() => Verdict::Taken,
            StatusCode::GONE => Verdict::Unwanted,
            _ => Verdict::Later(retry_after(response)),
        };
        Self { text: status.as_u16().to_string(), verdict }
    }

    fn none(why: &str) -> Self {
        Self { text: why.to_owned(), verdict: Verdict::Later(None) }
    }
}

/// The seconds of `Retry-After`; a date counts as none.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// What becomes of a message with this answer to its newest try.
fn settled(row: DeliveryRow, answer: &Answer, now: DateTime<Utc>, dice: u8) -> DeliveryRow {
    let row = DeliveryRow { last_answer: Some(answer.text.clone()), ..row };
    let given_up = |row| DeliveryRow { state: DeliveryState::GivenUp, ..row };
    match answer.verdict {
        Verdict::Taken => {
            DeliveryRow { state: DeliveryState::Delivered, delivered_at: Some(now), ..row }
        }
        Verdict::Unwanted => given_up(row),
        Verdict::Later(asked) => {
            let next_at = now + wait(row.attempts, asked, dice);
            if next_at > row.created_at + PATIENCE {
                given_up(row)
            } else {
                DeliveryRow { next_at, ..row }
            }
        }
    }
}

/// How long to wait after so many tries: twice as long each time, or as long as the bot asks, and up
/// to a quarter more, so that what failed together doesn't come back together.
fn wait(attempts: i64, asked: Option<Duration>, dice: u8) -> Duration {
    let doublings = u32::try_from(attempts - 1).unwrap_or_default().min(16);
    let own = SHORTEST_WAIT.saturating_mul(1 << doublings);
    let wait = own.max(asked.unwrap_or_default()).min(LONGEST_WAIT);
    wait + wait.mul_f64(f64::from(dice) / 1020.0)
}
