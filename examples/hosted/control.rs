//! What whoever drives a client can do beside it: let time pass, and see what was recorded.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use stagepass::{
    audit::Audit,
    clock::Clock,
    config::Config,
    store::{AuditFilter, Db},
};
use stagepass_standin::Spotify;
use tokio::net::TcpListener;

#[derive(Clone)]
struct Control {
    clock: Clock,
    spotify: Arc<Spotify>,
    audit: Audit,
}

/// Listens on a port of its own, and returns its URL.
///
/// # Errors
/// When there is no port, or no database.
pub(crate) async fn start(
    config: &Config,
    spotify: &Arc<Spotify>,
    clock: &Clock,
) -> anyhow::Result<String> {
    let db = Db::open(config.database_url.as_ref(), &config.data_dir).await?;
    let audit = Audit::new(db, clock.clone());
    let control = Control { clock: clock.clone(), spotify: spotify.clone(), audit };
    let routes = Router::new()
        .route("/advance/{seconds}", post(advance))
        .route("/events", get(events))
        .route("/violations", get(violations))
        .with_state(control);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(url)
}

/// Time passes, here and at Spotify.
async fn advance(State(control): State<Control>, Path(seconds): Path<u32>) -> StatusCode {
    control.clock.advance(TimeDelta::seconds(seconds.into()));
    control.spotify.advance(Duration::from_secs(seconds.into()));
    StatusCode::NO_CONTENT
}

/// The server's own record. Where the clock stands still, so does the order of what happened.
async fn events(State(control): State<Control>) -> Result<Json<Value>, StatusCode> {
    let rows = control.audit.last(TimeDelta::days(365), 10_000, &AuditFilter::default()).await;
    let rows = rows.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let shown = rows.iter().map(|row| {
        json!({
            "id": row.id,
            "event": row.event,
            "outcome": row.outcome,
            "client_id": row.client_id,
            "grant_id": row.grant_id,
        })
    });
    Ok(Json(shown.collect()))
}

/// What the real Spotify would object to.
async fn violations(State(control): State<Control>) -> Json<Value> {
    Json(json!(control.spotify.violations()))
}
