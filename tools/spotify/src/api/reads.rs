//! Reads that needn't be sent: those whose answer is known, and those that are under way.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared, WeakShared},
};
use moka::sync::Cache;
use reqwest::Method;
use stagepass_kit::AccessToken;

use super::{Ask, Reply, Silence};

/// How long an answer about the catalogue is believed.
const KNOWN_FOR: Duration = Duration::from_mins(10);
/// How many bytes of answers are kept at most.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// With so many reads under way, those that nobody waits for any more are looked for.
const SOME: usize = 64;

/// What became of sending something.
pub(super) type Outcome = Result<Arc<Reply>, Silence>;

/// What was asked, and with whose account: what Spotify shows depends on the account's country.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Question {
    connection: Arc<str>,
    text: String,
}

/// A question as it is sent. Not one that was sent before something was changed: its answer may be
/// what was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Sent {
    question: Question,
    token: i64,
    changes: u64,
}

/// Answers that are known or under way. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Reads {
    known: Cache<Question, Arc<Reply>>,
    under_way: Arc<Mutex<UnderWay>>,
    changes: Arc<AtomicU64>,
}

type UnderWay = HashMap<Sent, WeakShared<BoxFuture<'static, Outcome>>>;

impl Default for Reads {
    fn default() -> Self {
        let weigh = |question: &Question, reply: &Arc<Reply>| {
            let bytes = question.text.len() + reply.size();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let known = Cache::builder().max_capacity(MOST_BYTES).weigher(weigh);
        Self {
            known: known.time_to_live(KNOWN_FOR).build(),
            under_way: Arc::default(),
            changes: Arc::default(),
        }
    }
}

impl Reads {
    /// The answer to `ask`, sent by `send` if that is needed. A command is always sent, and no read
    /// begun before its end is shared after it.
    pub(super) async fn ask(
        &self,
        token: &AccessToken,
        ask: &Ask,
        send: impl FnOnce() -> BoxFuture<'static, Outcome>,
    ) -> Outcome {
        if *ask.method() != Method::GET {
            let outcome = send().await;
            self.changes.fetch_add(1, Ordering::SeqCst);
            return outcome;
        }
        let question = Question { connection: token.connection().clone(), text: ask.text() };
        if !ask.is_of_the_catalogue() {
            return self.share(question, token.version(), send).await;
        }
        if let Some(reply) = self.known.get(&question) {
            return Ok(reply);
        }
        let reply = self.share(question.clone(), token.version(), send).await?;
        if reply.is_worth_keeping() {
            self.known.insert(question, reply.clone());
        }
        Ok(reply)
    }

    /// Joins those who wait for the same answer, or sends.
    fn share(
        &self,
        question: Question,
        token: i64,
        send: impl FnOnce() -> BoxFuture<'static, Outcome>,
    ) -> Shared<BoxFuture<'static, Outcome>> {
        let key = Sent { question, token, changes: self.changes.load(Ordering::SeqCst) };
        let mut under_way = lock(&self.under_way);
        if let Some(shared) = under_way.get(&key).and_then(WeakShared::upgrade) {
            return shared;
        }
        if under_way.len() >= SOME {
            under_way.retain(|_, read| read.upgrade().is_some());
        }
        let (all, own, answer) = (self.under_way.clone(), key.clone(), send());
        let shared = async move {
            let outcome = answer.await;
            lock(&all).remove(&own);
            outcome
        }
        .boxed()
        .shared();
        under_way.extend(shared.downgrade().map(|read| (key, read)));
        shared
    }
}

fn lock(under_way: &Mutex<UnderWay>) -> MutexGuard<'_, UnderWay> {
    under_way.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Trouble, budget::Closed};

    fn token(connection: &str) -> AccessToken {
        let account = stagepass_kit::LinkedAccount {
            id: "id".into(),
            name: "name".into(),
            label: None,
            one_of_several: false,
        };
        AccessToken::new(
            "token".to_owned().into(),
            connection.into(),
            1,
            Arc::default(),
            Arc::new(account),
        )
    }

    /// Something that comes back after a moment, and can be told from others by its number.
    fn sends(number: u64) -> BoxFuture<'static, Outcome> {
        async move {
            tokio::task::yield_now().await;
            let wait = Duration::from_secs(number);
            Err(Silence::Closed(Closed { trouble: Trouble::RateLimited, wait }))
        }
        .boxed()
    }

    fn number(outcome: Outcome) -> u64 {
        match outcome {
            Err(Silence::Closed(closed)) => closed.wait.as_secs(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn the_same_question_of_the_same_account_is_sent_once() {
        let (reads, alice, bob) = (Reads::default(), token("alice"), token("bob"));
        let (now, queue) = (Ask::get("me/player"), Ask::get("me/player").with("market", "DE"));
        let (first, second, others, other_question) = tokio::join!(
            reads.ask(&alice, &now, || sends(1)),
            reads.ask(&alice, &now, || sends(2)),
            reads.ask(&bob, &now, || sends(3)),
            reads.ask(&alice, &queue, || sends(4)),
        );
        let numbers = [first, second, others, other_question].map(number);
        assert_eq!(numbers, [1, 1, 3, 4]);
        assert!(lock(&reads.under_way).is_empty());
        assert_eq!(number(reads.ask(&alice, &now, || sends(5)).await), 5);
    }

    #[tokio::test]
    async fn commands_are_always_sent_and_reads_from_before_them_are_not_shared_after() {
        let (reads, alice) = (Reads::default(), token("alice"));
        let (now, pause) = (Ask::get("me/player"), Ask::put("me/player/pause"));
        let before = reads.share(
            Question { connection: alice.connection().clone(), text: now.text() },
            1,
            || sends(1),
        );
        let (one, two) = tokio::join!(
            reads.ask(&alice, &pause, || sends(2)),
            reads.ask(&alice, &pause, || sends(3)),
        );
        assert_eq!([one, two].map(number), [2, 3]);
        assert_eq!(number(reads.ask(&alice, &now, || sends(4)).await), 4);
        assert_eq!(number(before.await), 1);
    }

    #[tokio::test]
    async fn a_question_whose_first_asker_left_is_still_answered() {
        let (reads, alice, now) = (Reads::default(), token("alice"), Ask::get("me/player"));
        let question = Question { connection: alice.connection().clone(), text: now.text() };
        let left = reads.share(question.clone(), 1, || sends(1));
        let stayed = reads.share(question.clone(), 1, || sends(2));
        drop(left);
        assert_eq!(number(stayed.await), 1);
        // Without anybody left it is sent anew, and what nobody wants doesn't pile up.
        drop(reads.share(question.clone(), 1, || sends(3)));
        assert_eq!(number(reads.share(question, 1, || sends(4)).await), 4);
        for n in 0..1_000 {
            let question = Question { connection: "x".into(), text: n.to_string() };
            drop(reads.share(question, 1, || sends(5)));
        }
        assert!(lock(&reads.under_way).len() <= SOME);
    }
}
