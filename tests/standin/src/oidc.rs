//! The stand-in OpenID Connect provider: discovery, sign-in, tokens, user info and keys on one
//! loopback port, and whatever may be wrong with them.
#![expect(clippy::indexing_slicing, reason = "fields of JSON objects that are made right here")]

mod document;
mod keys;
mod serve;
mod token;

#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use crate::{
    Browser, Page,
    accounts::{Accounts, CLIENT_ID, CLIENT_SECRET, Person, Server, press},
};
pub use keys::{Algorithm, Key, unsigned};

/// A running stand-in; it stops when this value is dropped.
#[derive(Debug)]
pub struct OpenId(Server<World>);

/// Something that is wrong, while it is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The discovery document can't be had.
    DiscoveryAway,
    /// The discovery document is another issuer's.
    ForeignDocument,
    /// The discovery document's token endpoint is plain http, on another host.
    PlainEndpoint,
    /// The discovery document is far too long.
    EndlessDocument,
    /// The keys can't be had.
    KeysAway,
    /// No key is published any more, and the last one goes on signing.
    KeysWithdrawn,
    /// The user info can't be had.
    UserInfoAway,
    /// The user info is somebody else's.
    ForeignUserInfo,
    /// The authorization response names another issuer.
    ForeignAnswer,
    /// The authorization response names no issuer, although the document promises it.
    NamelessAnswer,
    /// The token answer has no id token.
    NoIdToken,
    /// The id token is another issuer's.
    ForeignIssuer,
    /// The id token is for another client.
    ForeignAudience,
    /// The id token is for us and somebody else, and doesn't say who asked.
    SharedAudience,
    /// The id token was made for another client.
    ForeignParty,
    /// The id token carries another nonce.
    ForeignNonce,
    /// The id token carries no nonce.
    NoNonce,
    /// The id token has no signature: `alg` is `none`.
    Unsigned,
    /// The id token's signature is an HMAC with the public key.
    PublicKeyAsSecret,
    /// The id token is signed with a key that isn't the provider's, under the name of one that is.
    StolenKeyId,
    /// The id token's header names no key.
    NoKeyId,
    /// The id token has expired.
    Expired,
    /// The id token is from the future.
    FromTheFuture,
}

/// All that the stand-in knows.
#[derive(Debug)]
struct World {
    url: String,
    accounts: Accounts,
    /// The last one signs.
    keys: Vec<Key>,
    faults: HashSet<Fault>,
    /// The client secret has to come in the form, not by HTTP Basic.
    secret_in_form: bool,
    /// Authorization responses name the issuer (RFC 9207).
    names_itself: bool,
    /// Name and e-mail address stand in the id token and not only in the user info.
    talkative: bool,
}

impl World {
    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }
}

impl OpenId {
    /// Starts on a free loopback port, with one ES256 key.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn start() -> Self {
        let world = |url: &str| World {
            url: url.to_owned(),
            accounts: Accounts::default(),
            keys: vec![Key::new(Algorithm::Es256)],
            faults: HashSet::new(),
            secret_in_form: false,
            names_itself: true,
            talkative: true,
        };
        Self(Server::start(world, serve::answer).await)
    }

    /// The issuer.
    #[must_use]
    pub fn url(&self) -> String {
        self.0.url.clone()
    }

    /// What an operator sets to use it as the provider `id`: variables, by name.
    #[must_use]
    pub fn variables(&self, id: &str) -> HashMap<String, String> {
        let client_auth = self.0.with(|world| if world.secret_in_form { "post" } else { "basic" });
        let id = id.to_uppercase();
        [
            ("NAME", "Work".to_owned()),
            ("ISSUER", self.url()),
            ("CLIENT_ID", CLIENT_ID.to_owned()),
            ("CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("CLIENT_AUTH", client_auth.to_owned()),
        ]
        .map(|(key, value)| (format!("STAGEPASS_PROVIDER__{id}__{key}"), value))
        .into()
    }

    /// Allows to send people back to exactly this address.
    pub fn register(&self, redirect_uri: &str) {
        self.0.with(|world| world.accounts.redirect_uris.push(redirect_uri.to_owned()));
    }

    /// From now on this is wrong.
    pub fn begin(&self, fault: Fault) {
        self.0.with(|world| world.faults.insert(fault));
    }

    /// From now on nothing is wrong.
    pub fn end_faults(&self) {
        self.0.with(|world| world.faults.clear());
    }

    /// The client secret has to come in the form. To be said before [`OpenId::variables`].
    pub fn want_secret_in_form(&self) {
        self.0.with(|world| world.secret_in_form = true);
    }

    /// Authorization responses no longer name the issuer, and the document no longer says so.
    pub fn be_nameless(&self) {
        self.0.with(|world| world.names_itself = false);
    }

    /// Only the user info has name and e-mail address.
    pub fn be_taciturn(&self) {
        self.0.with(|world| world.talkative = false);
    }

    /// Looks at or changes a person. Do not call the stand-in from inside.
    ///
    /// # Panics
    /// When there is nobody with this id.
    pub fn person<R>(&self, id: &str, change: impl FnOnce(&mut Person) -> R) -> R {
        self.0.with(|world| change(world.accounts.person(id)))
    }

    /// A new key takes the place of all others.
    pub fn rotate_keys(&self) {
        self.0.with(|world| world.keys.clear());
        self.add_key(Algorithm::Es256);
    }

    /// A new key signs; the others are still published.
    pub fn add_key(&self, algorithm: Algorithm) {
        let key = Key::new(algorithm);
        self.0.with(|world| world.keys.push(key));
    }

    /// Moves its clock on.
    pub fn advance(&self, by: Duration) {
        self.0.with(|world| world.accounts.advance(by));
    }

    /// How many requests came for exactly this path.
    #[must_use]
    pub fn count(&self, method: &str, path: &str) -> usize {
        let is_it = |(asked, at): &&(String, String)| asked == method && at == path;
        self.0.with(|world| world.accounts.seen.iter().filter(is_it).count())
    }

    /// How many access tokens of a person work.
    #[must_use]
    pub fn live_tokens_of(&self, person: &str) -> usize {
        self.0.with(|world| world.accounts.live_tokens_of(person))
    }

    /// What a real provider would have found malformed, or unknown; empty after a good test.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.0.with(|world| world.accounts.violations.clone())
    }

    /// Every code, token, verifier and client secret so far, for leak checks.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.0.with(|world| world.accounts.all_secrets())
    }

    /// From the sign-in page on: signs in as `who` and goes on to where that leads.
    ///
    /// # Panics
    /// When it isn't that page.
    pub async fn sign_in(&self, browser: &Browser, page: Page, who: &str) -> Page {
        press(browser, &page, "Sign in", who).await
    }

    /// The same, but `who` cancels.
    ///
    /// # Panics
    /// When it isn't the sign-in page.
    pub async fn deny(&self, browser: &Browser, page: Page, who: &str) -> Page {
        press(browser, &page, "Cancel", who).await
    }
}
