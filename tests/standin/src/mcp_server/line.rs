//! The line on which it speaks unasked (GET): one for each session, if it has any.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use futures::stream;
use serde_json::Value;

use super::{
    Era, ask, judge,
    odd::plain,
    serve::{Shared, lock},
};

/// A line that is open until this is dropped.
struct Open {
    world: Shared,
    session: String,
}

impl Drop for Open {
    fn drop(&mut self) {
        lock(&self.world).lines.remove(&self.session);
    }
}

pub(super) fn open(shared: &Shared, headers: &HeaderMap) -> Response {
    let mut world = lock(shared);
    world.lines_asked_for += 1;
    let accepts = headers.get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok());
    if world.era != Era::Legacy || accepts != Some("text/event-stream") {
        world.violations.push("GET /mcp".to_owned());
        return plain(405, "", String::new());
    }
    let judged = judge::person(&world, headers)
        .and_then(|person| judge::session(&world, headers, &Value::Null, person.as_ref()));
    if let Err(refused) = judged {
        return refused;
    }
    if !world.has_lines {
        return plain(405, "", String::new());
    }
    let session = ask::session(headers);
    if world.lines.contains_key(&session) {
        return plain(409, "", String::new());
    }
    world.lines.insert(session.clone(), Vec::new());
    let open = Open { world: shared.clone(), session };
    let said = stream::unfold(open, |open| async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let said = lock(&open.world).lines.get_mut(&open.session).map(std::mem::take)?;
        let said = if said.is_empty() { ": silence\n\n".to_owned() } else { said.concat() };
        Some((Ok::<_, std::io::Error>(said), open))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(said)).into_response()
}
