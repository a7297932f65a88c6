//! One bot's webhook: where it is, and what proves that a message is ours.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::Notify;
use url::Url;
use zeroize::Zeroizing;

use crate::config::{Chat, webhook_key};

/// A webhook as Standard Webhooks describes it (<https://www.standardwebhooks.com>). It has no
/// `Debug`: it holds the key.
pub(super) struct Hook {
    pub(super) url: Url,
    key: Hmac<Sha256>,
    /// Wakes the sender when there is something to send.
    pub(super) wake: Notify,
}

impl Hook {
    /// The webhook in a bot's configuration, if there is one.
    pub(super) fn new(chat: &Chat) -> Option<Self> {
        let url = chat.webhook_url.clone()?;
        let key = Zeroizing::new(webhook_key(chat.webhook_secret.as_ref()?)?);
        Some(Self { url, key: Hmac::new_from_slice(&key).ok()?, wake: Notify::new() })
    }

    /// The value of `webhook-signature` for the message `id`, sent at `timestamp` (in seconds).
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let mac = self.key.clone().chain_update(format!("{id}.{timestamp}.{body}"));
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in the reference implementations of Standard Webhooks.
    #[test]
    fn a_message_is_signed_as_others_sign_it() {
        let chat = Chat {
            webhook_url: Some("https://bot.example/hook".parse().unwrap()),
            webhook_secret: Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()),
            ..Chat::default()
        };
        let body = r#"{"test": 2432232314}"#;
        let signature =
            Hook::new(&chat).unwrap().sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
