//! `limits`: sizes.

use serde::Deserialize;

use super::ConfigError;

/// Sizes that a stranger can't exceed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The largest request body, in bytes.
    pub body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body_bytes: 1024 * 1024 }
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
