//! How often an address may ask for what.

use crate::{clock::Clock, config::Limits, web::limit::Limiter};

/// One limiter for each kind of endpoint.
pub(super) struct Limiters {
    pub(super) register: Limiter,
    pub(super) authorize: Limiter,
    pub(super) token: Limiter,
    pub(super) connect: Limiter,
}

impl Limiters {
    pub(super) fn new(limits: &Limits, clock: &Clock) -> Self {
        let limiter = |per_minute| Limiter::new(per_minute, clock.clone());
        Self {
            register: limiter(limits.register_per_minute),
            authorize: limiter(limits.authorize_per_minute),
            token: limiter(limits.token_per_minute),
            connect: limiter(limits.connect_per_minute),
        }
    }
}
