use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A source that counts how often it is asked, and what it is asked through.
struct Source {
    clock: Clock,
    kept: Kept<usize>,
    asked: Arc<AtomicUsize>,
}

impl Source {
    fn new() -> Self {
        let clock = Clock::fixed(DateTime::from_timestamp(1_790_000_000, 0).unwrap(), 1);
        Self { kept: Kept::new(clock.clone()), clock, asked: Arc::default() }
    }

    fn give(&self, well: bool) -> impl Future<Output = Result<usize, &'static str>> + 'static {
        let asked = self.asked.clone();
        async move {
            let asked = asked.fetch_add(1, Ordering::Relaxed) + 1;
            tokio::task::yield_now().await;
            if well { Ok(asked) } else { Err("away") }
        }
    }

    /// Which copy one gets from a source that is well or not.
    async fn get(&self, well: bool) -> Option<usize> {
        self.kept.get(self.give(well)).await.ok().map(|copy| *copy)
    }

    async fn renewed(&self, well: bool) -> Option<usize> {
        self.kept.renewed(self.give(well)).await.ok().map(|copy| *copy)
    }

    fn wait(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }
}

#[tokio::test]
async fn a_copy_is_good_for_an_hour() {
    let source = Source::new();
    assert_eq!(source.get(true).await, Some(1));
    source.wait(3599);
    assert_eq!(source.get(true).await, Some(1));
    source.wait(1);
    assert_eq!(source.get(true).await, Some(2));
}

#[tokio::test]
async fn the_last_good_copy_outlives_its_source() {
    let source = Source::new();
    source.get(true).await;
    source.wait(7200);
    assert_eq!(source.get(false).await, Some(1));
    assert_eq!(source.get(true).await, Some(1), "left alone for a moment");
    assert_eq!(source.asked.load(Ordering::Relaxed), 2);
    source.wait(10);
    assert_eq!(source.get(true).await, Some(3));
}

#[tokio::test]
async fn a_source_that_gives_nothing_is_left_alone_for_a_moment() {
    let source = Source::new();
    assert_eq!(source.get(false).await, None);
    assert_eq!(source.get(true).await, None);
    assert_eq!(source.renewed(true).await, None);
    source.wait(9);
    assert_eq!(source.get(true).await, None);
    assert_eq!(source.asked.load(Ordering::Relaxed), 1);
    source.wait(1);
    assert_eq!(source.get(true).await, Some(2));
}

#[tokio::test]
async fn a_copy_is_doubted_once_a_minute() {
    let source = Source::new();
    source.get(true).await;
    assert_eq!(source.renewed(true).await, Some(1), "it is brand-new");
    source.wait(60);
    assert_eq!(source.renewed(true).await, Some(2));
    source.wait(59);
    assert_eq!(source.renewed(true).await, Some(2));
    source.wait(1);
    assert_eq!(source.renewed(false).await, None);
    assert_eq!(source.renewed(true).await, None, "left alone for a moment");
    assert_eq!(source.get(true).await, Some(2), "it may still do");
    source.wait(10);
    assert_eq!(source.renewed(true).await, Some(4));
}

#[tokio::test]
async fn of_many_callers_at_once_one_asks() {
    let source = Source::new();
    let got = futures::future::join_all((0..50).map(|_| source.get(true))).await;
    assert!(got.iter().all(|copy| *copy == Some(1)));
    assert_eq!(source.asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn who_hangs_up_spoils_it_for_nobody() {
    let source = Source::new();
    let mut gone = Box::pin(source.get(true));
    assert!(futures::poll!(&mut gone).is_pending());
    drop(gone);
    assert_eq!(source.get(true).await, Some(1));
    source.wait(60);
    let mut gone = Box::pin(source.renewed(true));
    assert!(futures::poll!(&mut gone).is_pending());
    drop(gone);
    assert_eq!(source.renewed(true).await, Some(2));
    source.wait(7200);
    let mut gone = Box::pin(source.get(true));
    assert!(futures::poll!(&mut gone).is_pending());
    drop(gone);
    assert_eq!(source.get(true).await, Some(3));
    assert_eq!(source.asked.load(Ordering::Relaxed), 3, "what was begun is brought to its end");
}
