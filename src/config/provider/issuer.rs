//! What is the same for every OpenID Connect issuer.

use std::collections::BTreeMap;

use super::Provider;

/// What OpenID Connect Core says about every issuer (§3.1.2.1, §5.1, §5.4).
const OPENID: &str = "openid";
const OPENID_SCOPES: [(&str, &str); 3] = [
    (OPENID, "know which account is yours"),
    ("profile", "see your name and picture"),
    ("email", "see your e-mail address"),
];
const OPENID_ID: &str = "sub";
const OPENID_NAMES: [&str; 3] = ["name", "preferred_username", "email"];

impl Provider {
    /// Fills in what is the same for every issuer.
    pub(in crate::config) fn complete(&mut self) {
        if self.issuer.is_none() {
            return;
        }
        if self.scopes.is_empty() {
            self.scopes = OPENID_SCOPES.map(|(scope, _)| scope.to_owned()).into();
        } else if !self.scopes.iter().any(|scope| scope == OPENID) {
            // Without it there is no id token.
            self.scopes.push(OPENID.to_owned());
        }
        for (scope, words) in OPENID_SCOPES {
            self.scope_words.entry(scope.to_owned()).or_insert_with(|| words.to_owned());
        }
        if self.account_id.is_empty() {
            self.account_id = vec![OPENID_ID.to_owned()];
        }
        if self.account_name.is_empty() {
            self.account_name = OPENID_NAMES.map(str::to_owned).into();
        }
        if self.reauthorize.is_empty() {
            // Every issuer has to know it (Core §15.1).
            self.reauthorize = BTreeMap::from([("prompt".to_owned(), "login".to_owned())]);
        }
        self.email.get_or_insert_with(|| "email".to_owned());
        self.email_verified.get_or_insert_with(|| "email_verified".to_owned());
    }
}
