//! Several requests of one call.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use stagepass_kit::{ToolError, code};

use super::harness::Stage;
use crate::many::{READS, WRITES, many, unless_all_failed};

#[tokio::test]
async fn no_more_than_three_at_once_and_all_in_order() {
    let stage = Stage::alice().await;
    for (at_once, most) in [(READS, 3), (WRITES, 1)] {
        let (running, seen) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let results =
            many(stage.caller(), at_once, "", (0..10).collect(), async |number: usize| {
                let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                seen.fetch_max(now, Ordering::SeqCst);
                // The later ones are done sooner.
                for _ in number..10 {
                    tokio::task::yield_now().await;
                }
                running.fetch_sub(1, Ordering::SeqCst);
                Ok(number)
            })
            .await;
        let results: Vec<_> = results.into_iter().map(Result::unwrap).collect();
        assert_eq!(results, (0..10).collect::<Vec<_>>());
        assert_eq!(seen.load(Ordering::SeqCst), most);
    }
}

#[tokio::test]
async fn what_all_would_meet_is_met_once() {
    let stage = Stage::alice().await;
    for (code, tried) in
        [(code::QUOTA_EXCEEDED, 2), (code::NEEDS_RECONNECT, 2), (code::NOT_FOUND, 5)]
    {
        let begun = Mutex::new(Vec::new());
        let each = async |number: usize| {
            begun.lock().unwrap().push(number);
            if number == 1 { Err(ToolError::new(code, "No.", "Wait.")) } else { Ok(number) }
        };
        let results = many(stage.caller(), WRITES, "", (0..5).collect(), each).await;
        assert_eq!(begun.lock().unwrap().len(), tried, "{code}");
        let last = results[4].as_ref().map_err(|error| error.message().to_owned());
        let wanted = Err("Not tried any more: No.".to_owned());
        assert_eq!(last.copied(), if tried == 5 { Ok(4) } else { wanted });
        // Something was done, so that it is an answer.
        assert_eq!(unless_all_failed(results, false).unwrap().len(), 5);
    }
}

#[test]
fn nothing_but_one_reason_is_that_error() {
    let no = |code: &'static str| Err::<(), _>(ToolError::new(code, "No.", "Wait."));
    let told = |results, more| unless_all_failed(results, more).unwrap_err().code().to_owned();
    let quota = vec![no(code::NOT_FOUND), no(code::QUOTA_EXCEEDED), no(code::NOT_FOUND)];
    assert_eq!(told(quota, true), "quota_exceeded");
    let scope = Err(ToolError::missing_scope("spotify", &["a"]));
    assert_eq!(told(vec![no(code::NOT_FOUND), scope], true), "missing_scope");
    assert_eq!(told(vec![no(code::NOT_FOUND)], false), "not_found");
    assert!(unless_all_failed(vec![no(code::NOT_FOUND)], true).is_ok());
    assert!(unless_all_failed(vec![no(code::NOT_FOUND), no(code::NOT_FOUND)], false).is_ok());
}
