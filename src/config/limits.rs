//! `limits`: sizes and rates.

use std::num::NonZeroU32;

use serde::Deserialize;

use super::ConfigError;

/// What a stranger can't exceed.
///
/// A rate is for each address that requests come from, an IPv6 network of 64 bits counting as one:
/// so many at once, and as many again in every minute. Behind a reverse proxy all come from that
/// proxy's address, unless `trusted_proxies` names it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The largest request body, in bytes. Forms and registrations are held to 64 KiB besides.
    pub body_bytes: usize,
    /// Registrations of clients (`/register`). Some clients register anew each time that somebody
    /// connects, and those of hosted assistants come from few addresses.
    pub register_per_minute: NonZeroU32,
    /// Pages on the way of signing in (`/authorize`, `/consent`, `/login`), of which one sign-in
    /// takes about four; a whole office may share an address.
    pub authorize_per_minute: NonZeroU32,
    /// Requests to the endpoints for tokens (`/token`, `/revoke`, `/introspect`). A hosted
    /// assistant asks for all of its users from few addresses, once an hour for each.
    pub token_per_minute: NonZeroU32,
    /// Requests of one client, whatever addresses they come from, to `/authorize` and to the
    /// endpoints for tokens, each counted for itself. A hosted assistant is one client for all of
    /// its users.
    pub client_per_minute: NonZeroU32,
    /// Pages on the way of linking an account (`/connect`, `/callback`), of which one link takes
    /// about three.
    pub connect_per_minute: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            register_per_minute: const { NonZeroU32::new(60).unwrap() },
            authorize_per_minute: const { NonZeroU32::new(300).unwrap() },
            token_per_minute: const { NonZeroU32::new(600).unwrap() },
            client_per_minute: const { NonZeroU32::new(3000).unwrap() },
            connect_per_minute: const { NonZeroU32::new(300).unwrap() },
        }
    }
}

impl Limits {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        if (1024..=64 * 1024 * 1024).contains(&self.body_bytes) {
            Ok(())
        } else {
            Err(ConfigError::at("limits.body_bytes", "must be between 1024 and 67108864"))
        }
    }
}
