//! Known secrets go in everywhere; none may come out.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak},
};

use aho_corasick::AhoCorasick;
use stagepass_standin::Spotify;
use tracing_subscriber::fmt::MakeWriter;

type Log = Mutex<Vec<u8>>;

/// Those who listen.
static LISTENERS: Mutex<Vec<Weak<Log>>> = Mutex::new(Vec::new());
/// Every panic in the server's code.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static ONCE: Once = Once::new();

/// All that was logged at `trace` since a story began, by its own server and those of the stories
/// beside it. A story's secrets are as old as the story, so that earlier logs can't have them.
pub(crate) struct Heard(Arc<Log>);

#[derive(Clone, Copy)]
struct Logs;

impl io::Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        locked(&LISTENERS).retain(|listener| {
            listener.upgrade().is_some_and(|log| {
                locked(&log).extend_from_slice(bytes);
                true
            })
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Logs {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}

/// From now on everything is heard.
pub(crate) fn listen() -> Heard {
    ONCE.call_once(|| {
        let subscriber = stagepass::telemetry::subscriber("trace", Logs).unwrap();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let place = info.location().map(|at| at.file().to_owned()).unwrap_or_default();
            if place.starts_with("src/") || place.starts_with("tools/") {
                locked(&PANICS).push(info.to_string());
            }
            usual(info);
        }));
    });
    let log = Arc::default();
    locked(&LISTENERS).push(Arc::downgrade(&log));
    Heard(log)
}

/// A story that failed elsewhere is no reason for this one to fail.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Fails if the server's code panicked in any test.
pub(crate) fn assert_no_panic() {
    let panics = locked(&PANICS).clone();
    assert!(panics.is_empty(), "the server panicked: {panics:?}");
}

/// Fails if a secret is in the logs, in what was said, or in what is stored. The links among what
/// was said are meant to be there; what is in them must be nowhere else.
pub(crate) fn assert_unheard(secrets: &[String], heard: &Heard, said: &str, stored: &[u8]) {
    let secrets: Vec<_> = secrets.iter().filter(|secret| secret.len() >= 8).collect();
    // All of them at once: there may be thousands, and the logs are long.
    let all = AhoCorasick::new(secrets.iter().map(|secret| secret.as_bytes())).unwrap();
    let logs = locked(&heard.0);
    let places: [(&str, &[u8]); 3] =
        [("the logs", &logs), ("an answer or a page", said.as_bytes()), ("the database", stored)];
    for (place, bytes) in places {
        let found = all.find(bytes).map(|found| secrets[found.pattern().as_usize()]);
        let start = found.map(|secret| secret.chars().take(12).collect::<String>());
        assert!(start.is_none(), "in {place}: {}…", start.unwrap());
    }
}

/// Every ticket in the links that were said, and every OAuth `state` that Spotify was sent.
pub(crate) fn our_own(said: &str, spotify: &Spotify) -> Vec<String> {
    let tickets = said.split("/connect/").skip(1).map(|rest| {
        rest.chars().take_while(|c| c.is_alphanumeric() || "-_".contains(*c)).collect::<String>()
    });
    let queries = spotify.requests().into_iter().map(|seen| seen.query);
    let states = queries.filter_map(|query| {
        query.split('&').find_map(|pair| pair.strip_prefix("state=")).map(str::to_owned)
    });
    tickets.chain(states).collect()
}

#[test]
fn the_canary_sings_when_a_secret_is_out() {
    let secrets = ["canary-0123456789".to_owned()];
    let heard = listen();
    let caught = |said: &str, stored: &[u8]| {
        let look = || assert_unheard(&secrets, &heard, said, stored);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(look)).is_err()
    };
    assert!(!caught("nothing", b"nothing"));
    assert!(caught("…canary-0123456789…", b""));
    assert!(caught("", b"\0canary-0123456789\0"));
    tracing::trace!(target: "stagepass", "canary-0123456789");
    assert!(caught("nothing", b"nothing"), "it isn't heard in the logs");
}
