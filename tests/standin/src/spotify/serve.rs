//! The server task: reads, records, lets faults happen, dispatches.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    Router,
    extract::{Request, State},
    http::{Method, header},
    response::Response,
};
use tokio::net::TcpListener;

use super::{
    Log, Seen, Shared, accounts, api,
    faults::{Answer, too_many_requests},
    http::{Asked, Reply, broken},
    pause::Pause,
    token,
    world::World,
};

pub(super) async fn run(listener: TcpListener, shared: Arc<Shared>) {
    let router = Router::new().fallback(answer).with_state(shared);
    // Only fails when the listener does, and then the tests notice by themselves.
    let _ = axum::serve(listener, router).await;
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    if shared.stopped.load(Ordering::Relaxed) {
        return broken();
    }
    let line = format!("{} {}", request.method(), request.uri().path());
    let asked = match Asked::read(request).await {
        Ok(asked) => asked,
        Err(refusal) => {
            shared.log(|log| log.violations.push(format!("{line}: a body that is too long")));
            return refusal.into_response();
        }
    };
    let number = record(&shared, &asked);
    // A request without its length does not get far enough for a fault.
    let sound = !lacks_length(&asked);
    let fault = shared.world(|world| if sound { world.take_fault(&asked) } else { None });
    let mut drop_after = false;
    let mut hold = None;
    match fault {
        Some(Answer::Delay(pause)) => tokio::time::sleep(pause).await,
        Some(Answer::Hold(gate)) => hold = Some(Pause::Until(gate)),
        Some(Answer::DropAfter) => drop_after = true,
        Some(Answer::Drop) => return broken(),
        Some(Answer::Hang) => std::future::pending().await,
        Some(Answer::TooManyRequests { retry_after, reason }) => {
            return finish(&shared, number, too_many_requests(retry_after, reason));
        }
        Some(Answer::Status(status, media_type, body, headers)) => {
            let reply = headers
                .iter()
                .fold(Reply::new(status, &media_type, body), |reply, (k, v)| reply.with(k, v));
            return finish(&shared, number, reply);
        }
        None => {}
    }
    let mut reply = shared.world(|world| dispatch(world, &asked));
    if let Some(why) = reply.violation.take() {
        let entry = format!("{}: {why}", asked.line());
        shared.log(|log| log.violations.push(entry));
    }
    if let Some(pause) = hold.as_ref().or(reply.held.as_ref()) {
        pause.over().await;
    }
    if drop_after { broken() } else { finish(&shared, number, reply) }
}

/// Notes the arrival, so that a request that never gets an answer is counted too.
fn record(shared: &Shared, asked: &Asked) -> usize {
    let subject = shared.world(|world| {
        let token = world.access_token(asked.bearer()?)?;
        Some(token.person.clone())
    });
    let grant_type = (asked.path == "/api/token").then(|| asked.field("grant_type")).flatten();
    let seen = Seen {
        method: asked.method.to_string(),
        path: asked.path.clone(),
        query: asked.query.clone(),
        status: 0,
        content_length: asked.headers.contains_key(header::CONTENT_LENGTH),
        subject,
        grant_type,
    };
    shared.log(|Log { seen: all, .. }| {
        all.push(seen);
        all.len() - 1
    })
}

fn finish(shared: &Shared, number: usize, reply: Reply) -> Response {
    shared.log(|log| {
        if let Some(seen) = log.seen.get_mut(number) {
            seen.status = reply.status;
        }
    });
    reply.into_response()
}

fn dispatch(world: &mut World, asked: &Asked) -> Reply {
    if lacks_length(asked) {
        return Reply::html(411, "<html><title>411 Length Required</title></html>")
            .violating("no Content-Length");
    }
    if world.outage {
        return Reply::text(503, "upstream connect error or disconnect/reset before headers");
    }
    match (asked.method.as_str(), asked.path.as_str()) {
        (_, path) if path == "/v1" || path.starts_with("/v1/") => api::answer(world, asked),
        ("POST", "/api/token") => token::token(world, asked),
        ("POST", "/oauth2/revoke/v1") => token::revoke(world, asked),
        ("GET", "/authorize") => accounts::authorize(world, asked),
        ("GET", "/login") => accounts::login_page(world, asked),
        ("POST", "/login") => accounts::login(world, asked),
        ("GET", "/logout") => accounts::logout(world, asked),
        ("POST", "/authorize/decision") => accounts::decide(world, asked),
        ("GET", "/account/apps") => accounts::apps_page(world, asked),
        ("POST", "/account/apps") => accounts::remove_app(world, asked),
        // Browsers ask by themselves.
        ("GET", "/favicon.ico") => Reply::empty(404),
        _ => Reply::html(404, "<html><title>404</title><p>Page not found</html>")
            .violating("no such page"),
    }
}

/// HTTP/1.1 requests that may carry a body must say how long it is, even if it is empty.
fn lacks_length(asked: &Asked) -> bool {
    matches!(asked.method, Method::POST | Method::PUT | Method::DELETE)
        && !asked.headers.contains_key(header::CONTENT_LENGTH)
        && !asked.headers.contains_key(header::TRANSFER_ENCODING)
}
