//! Authorization codes: given to who agreed, taken from who proves to be the client.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::{Accounts, Request, mint};
use crate::http::Asked;

/// How long a code lives.
const LIFETIME: TimeDelta = TimeDelta::minutes(1);

/// An authorization code.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(super) value: String,
    pub(crate) person: String,
    pub(crate) request: Request,
    expires_at: DateTime<Utc>,
    used: bool,
}

impl Accounts {
    /// A code for `person`, who agreed to `request`.
    pub(crate) fn new_code(&mut self, person: &str, request: &Request) -> String {
        let value = mint("code-");
        self.codes.push(Code {
            value: value.clone(),
            person: person.to_owned(),
            request: request.clone(),
            expires_at: self.now() + LIFETIME,
            used: false,
        });
        value
    }

    /// The code in a token request, spent from now on. The error says what is wrong with it.
    pub(crate) fn redeem(&mut self, asked: &Asked) -> Result<Code, &'static str> {
        let (value, now) = (asked.field("code").unwrap_or_default(), self.now());
        let known = self.codes.iter_mut().find(|known| known.value == value);
        let code = known.filter(|code| !code.used && code.expires_at > now);
        let code = code.ok_or("the code is unknown, used or too old")?;
        code.used = true;
        let code = code.clone();
        if asked.field("redirect_uri").as_deref() != Some(&code.request.redirect_uri) {
            return Err("the redirect_uri isn't the one that the code was sent to");
        }
        let verifier = asked.field("code_verifier");
        self.secrets.extend(verifier.clone());
        let hashed = verifier.map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
        if hashed == code.request.challenge {
            Ok(code)
        } else {
            Err("the code_verifier isn't the one that the code was asked for with")
        }
    }
}
