//! The bearer layer: a token of ours becomes a [`Principal`], or the request ends here.
//!
//! A token that was checked is remembered until it expires, and believed only while this process
//! has looked, seconds ago, whether anything has ended: so a revocation reaches every replica, and
//! a warm call asks no database.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use moka::sync::Cache;
use stagepass_kit::Identity;
use tokio::{sync::Mutex, time::Instant};

use super::{OAuth, access_token};
use crate::{
    identity::{Challenge, Principal, Scopes, Token},
    store::{Db, Epoch},
    web::body,
};

/// How often a process looks whether anything has ended, while it is asked.
const PAUSE: Duration = Duration::from_secs(2);
/// How long a remembered token is believed without such a look.
const BELIEF: Duration = Duration::from_secs(4);
/// How long such a look may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a token is remembered: as long as any lives.
const LIFETIME: Duration = Duration::from_secs(access_token::LIFETIME.unsigned_abs());
/// How many tokens are remembered.
const MOST: u64 = 50_000;

/// One resource, as the layer guards it.
#[derive(Clone)]
pub struct Guarded {
    oauth: OAuth,
    resource: String,
    challenge: Challenge,
}

impl Guarded {
    /// The resource of all tools, or of one toolset.
    #[must_use]
    pub fn new(oauth: &OAuth, toolset: Option<&str>) -> Self {
        let description = oauth.description();
        Self {
            resource: description.resource(toolset),
            challenge: description.challenge(toolset),
            oauth: oauth.clone(),
        }
    }
}

/// A token that was checked.
struct Known {
    principal: Principal,
    audience: String,
    expires_at: i64,
}

/// The tokens that were checked, and when this process last looked whether anything has ended.
pub(super) struct Checked {
    tokens: Cache<Vec<u8>, Arc<Known>>,
    /// Grows when everything is forgotten, so that a slow check doesn't bring something back.
    forgotten: AtomicU64,
    /// Where it looks: however much others have to do, it comes through.
    db: Db,
    /// What was seen. Whoever holds it is looking.
    seen: Mutex<Seen>,
    seen_at: RwLock<Option<Instant>>,
}

#[derive(Default)]
struct Seen {
    epoch: Option<i64>,
    /// When the last look came to nothing.
    failed_at: Option<Instant>,
}

impl Checked {
    pub(super) fn new(db: &Db) -> Self {
        Self {
            db: db.aside(),
            tokens: Cache::builder().max_capacity(MOST).time_to_live(LIFETIME).build(),
            forgotten: AtomicU64::new(0),
            seen: Mutex::default(),
            seen_at: RwLock::default(),
        }
    }
}

/// Why a request goes no further. It isn't in the record of what happened: strangers would fill it.
enum Refused {
    Missing,
    Invalid,
    Away(sqlx::Error),
}

/// Lets a request through as whoever its token was given to.
pub async fn bearer(State(guarded): State<Guarded>, mut request: Request, next: Next) -> Response {
    let principal = match token(request.headers()) {
        None => Err(Refused::Missing),
        Some(token) => guarded.oauth.principal(token, &guarded).await,
    };
    match principal {
        Ok(principal) => {
            let speaker = guarded.oauth.speaker(principal, request.headers(), &guarded.resource);
            match speaker.await {
                Ok(speaker) => {
                    request.extensions_mut().insert(speaker);
                    next.run(request).await
                }
                Err(error) => error.into_response(),
            }
        }
        Err(refused) => {
            // Every client begins with a refusal, and goes on from there on the same connection.
            body::read_off(request.into_body()).await;
            refused.answer(&guarded.challenge)
        }
    }
}

/// The token in the `Authorization` header; one in the query is none (RFC 9700 §4.3.2).
fn token(headers: &HeaderMap) -> Option<&str> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let (scheme, token) = lines.next()?.to_str().ok()?.split_once(' ')?;
    // Of two, readers would take different ones.
    let alone = lines.next().is_none();
    (alone && scheme.eq_ignore_ascii_case("bearer")).then(|| token.trim())
}

impl Refused {
    fn answer(self, challenge: &Challenge) -> Response {
        let challenge = match self {
            Self::Missing => {
                tracing::debug!("a request without an access token");
                challenge.missing()
            }
            Self::Invalid => {
                tracing::debug!("a request with an access token that is no good");
                challenge.invalid()
            }
            Self::Away(error) => {
                tracing::error!(%error, "an access token can't be checked");
                let wait = [(RETRY_AFTER, HeaderValue::from_static("5"))];
                return (StatusCode::SERVICE_UNAVAILABLE, wait).into_response();
            }
        };
        let header =
            HeaderValue::from_str(&challenge).ok().map(|value| [(WWW_AUTHENTICATE, value)]);
        (StatusCode::UNAUTHORIZED, header.into_iter().flatten().collect::<HeaderMap>())
            .into_response()
    }
}

impl OAuth {
    /// Who has `token`, if it is good for the resource.
    async fn principal(&self, token: &str, guarded: &Guarded) -> Result<Principal, Refused> {
        let known = self.known(token, guarded).await?;
        let lives = self.clock().now().timestamp() < known.expires_at;
        if lives && known.audience == guarded.resource {
            return Ok(known.principal.clone());
        }
        Err(Refused::Invalid)
    }

    async fn known(&self, token: &str, guarded: &Guarded) -> Result<Arc<Known>, Refused> {
        let checked = self.checked();
        self.look().await.map_err(Refused::Away)?;
        let hash = crate::vault::hash(token);
        if let Some(known) = checked.tokens.get(&hash) {
            return Ok(known);
        }
        let mark = checked.forgotten.load(Ordering::SeqCst);
        let known = Arc::new(self.check(token, guarded).await?);
        checked.tokens.insert(hash.clone(), known.clone());
        if checked.forgotten.load(Ordering::SeqCst) != mark {
            checked.tokens.invalidate(&hash);
        }
        Ok(known)
    }

    /// Signature, life, audience and grant of a token that isn't remembered.
    async fn check(&self, token: &str, guarded: &Guarded) -> Result<Known, Refused> {
        let claims = self.claims(token).await.map_err(Refused::Away)?;
        let claims = claims.ok_or(Refused::Invalid)?;
        // What is remembered bears the challenge of its own resource.
        if claims.aud != guarded.resource {
            return Err(Refused::Invalid);
        }
        let identity: Identity = claims.sub.parse().map_err(|_| Refused::Invalid)?;
        let grant = self.db().grant(&claims.gid).await.map_err(Refused::Away)?;
        let own = grant.is_some_and(|grant| {
            grant.client_id == claims.client_id && grant.identity == claims.sub
        });
        if !own || !self.may_come_in(&identity).await.map_err(Refused::Away)? {
            return Err(Refused::Invalid);
        }
        let token = Token {
            id: claims.jti,
            grant_id: claims.gid,
            client_id: claims.client_id,
            challenge: guarded.challenge.clone(),
        };
        let scopes = Scopes::parse(&claims.scope);
        let principal =
            Principal { identity, scopes, token: Some(Arc::new(token)), chat_name: None };
        Ok(Known { principal, audience: claims.aud, expires_at: claims.exp })
    }

    /// Looks whether anything has ended, if the last look was too long ago, and then forgets what
    /// was checked. One caller looks; the others don't wait while the last look is young enough.
    pub(super) async fn look(&self) -> sqlx::Result<()> {
        let (checked, asked_at) = (self.checked(), Instant::now());
        let age = || {
            let seen_at = *checked.seen_at.read().unwrap_or_else(PoisonError::into_inner);
            seen_at.map_or(Duration::MAX, |at| at.elapsed())
        };
        if age() < PAUSE {
            return Ok(());
        }
        let mut seen = match checked.seen.try_lock() {
            Ok(seen) => seen,
            Err(_) if age() < BELIEF => return Ok(()),
            Err(_) => checked.seen.lock().await,
        };
        if age() < PAUSE {
            return Ok(());
        }
        // Whoever waited for a look that came to nothing doesn't look again.
        if seen.failed_at.is_some_and(|at| at >= asked_at) {
            return Err(sqlx::Error::PoolTimedOut);
        }
        let looked_at = Instant::now();
        let looking = tokio::time::timeout(PATIENCE, checked.db.epoch(Epoch::Grants)).await;
        let epoch = match looking.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
            Ok(epoch) => epoch,
            Err(error) => {
                seen.failed_at = Some(Instant::now());
                tracing::warn!(%error, "can't learn of revocations");
                return if age() < BELIEF { Ok(()) } else { Err(error) };
            }
        };
        if seen.epoch != Some(epoch) {
            self.forget_checked().await;
        }
        seen.epoch = Some(epoch);
        *checked.seen_at.write().unwrap_or_else(PoisonError::into_inner) = Some(looked_at);
        Ok(())
    }

    /// Forgets every token that was checked. For this process; others learn of it by the epoch.
    pub(super) async fn forget_checked(&self) {
        self.checked().forgotten.fetch_add(1, Ordering::SeqCst);
        self.checked().tokens.invalidate_all();
        if let Err(error) = self.keys().reload().await {
            tracing::error!(%error, "can't read the signing keys");
        }
    }
}
