//! Grants, codes and tokens: issued, refreshed, killed.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Months, Utc};

use super::world::World;

/// Minutes a code lives.
const CODE_MINUTES: i64 = 10;

/// Months a refresh token lives, counted from the consent and not from the last refresh.
const REFRESH_MONTHS: Months = Months::new(6);

/// Somebody approved an app.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Who.
    pub person: String,
    /// The client id of the app.
    pub app: String,
    /// The scopes approved so far.
    pub scopes: Vec<String>,
    /// When the consent page was last answered with yes.
    pub consented_at: DateTime<Utc>,
}

/// An access token.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// The token itself.
    pub token: String,
    /// Whose it is.
    pub person: String,
    /// The client id of the app it was issued to.
    pub app: String,
    /// What it allows.
    pub scopes: Vec<String>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// Refused before its time.
    pub rejected: bool,
    /// The sign-in it descends from; revoking a refresh token kills all of its family.
    pub family: u64,
}

/// A refresh token.
#[derive(Debug, Clone)]
pub struct RefreshToken {
    /// The token itself.
    pub token: String,
    /// Whose it is.
    pub person: String,
    /// The client id of the app it was issued to.
    pub app: String,
    /// What it allows.
    pub scopes: Vec<String>,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// When the person said yes; it dies six calendar months later.
    pub consented_at: DateTime<Utc>,
    /// Dead before its time.
    pub revoked: bool,
    /// Issued to a public client, which may refresh without a secret.
    pub public: bool,
    /// The sign-in it descends from.
    pub family: u64,
}

impl RefreshToken {
    /// When it dies.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        six_months_after(self.consented_at)
    }
}

/// An authorization code.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) value: String,
    pub(super) person: String,
    pub(super) app: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) consented_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) used: bool,
}

pub(super) fn six_months_after(consent: DateTime<Utc>) -> DateTime<Utc> {
    consent.checked_add_months(REFRESH_MONTHS).expect("a date in range")
}

impl World {
    /// The person removes every app at spotify.com/account/apps.
    pub fn remove_apps_of(&mut self, person: &str) {
        self.grants.retain(|grant| grant.person != person);
        self.kill_refresh_tokens_of(person);
        self.reject_access_tokens_of(person);
        for code in self.codes.iter_mut().filter(|code| code.person == person) {
            code.used = true;
        }
    }

    /// The access tokens issued so far get 401; refreshing still works.
    pub fn reject_access_tokens_of(&mut self, person: &str) {
        for token in self.access_tokens.iter_mut().filter(|token| token.person == person) {
            token.rejected = true;
        }
    }

    /// The refresh tokens issued so far are dead; the access tokens live on.
    pub fn kill_refresh_tokens_of(&mut self, person: &str) {
        for token in self.refresh_tokens.iter_mut().filter(|token| token.person == person) {
            token.revoked = true;
        }
    }

    /// An access token, dead or alive.
    #[must_use]
    pub fn access_token(&self, token: &str) -> Option<&AccessToken> {
        self.access_tokens.iter().find(|known| known.token == token)
    }

    /// The access tokens that work now, and whose they are.
    #[must_use]
    pub fn living_access_tokens(&self) -> HashMap<String, String> {
        let now = self.now();
        let live = |token: &&AccessToken| !token.rejected && token.expires_at > now;
        let living = self.access_tokens.iter().filter(live);
        living.map(|token| (token.token.clone(), token.person.clone())).collect()
    }

    /// The access tokens of a person that work now.
    #[must_use]
    pub fn live_access_tokens_of(&self, person: &str) -> usize {
        let now = self.now();
        let live = |token: &&AccessToken| !token.rejected && token.expires_at > now;
        self.access_tokens.iter().filter(|token| token.person == person).filter(live).count()
    }

    /// The refresh tokens of a person that work now.
    #[must_use]
    pub fn live_refresh_tokens_of(&self, person: &str) -> usize {
        let now = self.now();
        let live = |token: &&RefreshToken| !token.revoked && token.expires_at() > now;
        self.refresh_tokens.iter().filter(|token| token.person == person).filter(live).count()
    }

    /// An access token without the sign-in, for tests of the Web API alone.
    pub fn issue_access_token(&mut self, person: &str, scopes: &[&str]) -> String {
        let app = self.app().client_id.clone();
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let family = self.new_family();
        self.new_access_token(person, &app, scopes, family)
    }

    /// An access token and a refresh token without the sign-in: for stories of so many people that
    /// nobody has the time to see each of them sign in.
    pub fn issue_tokens(&mut self, person: &str, scopes: &[&str]) -> (String, String) {
        let (app, now) = (self.app().client_id.clone(), self.now());
        let scopes: Vec<_> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.consent(person, &app, &scopes);
        let family = self.new_family();
        let access = self.new_access_token(person, &app, scopes.clone(), family);
        let code = Code {
            value: String::new(),
            person: person.to_owned(),
            app,
            redirect_uri: String::new(),
            challenge: None,
            scopes,
            consented_at: now,
            expires_at: now,
            used: true,
        };
        (access, self.new_refresh_token(&code, false, family))
    }

    /// The consent for this app that is still good, if there is one.
    pub(super) fn grant(&self, person: &str, app: &str) -> Option<&Grant> {
        let now = self.now();
        self.grants
            .iter()
            .find(|grant| grant.person == person && grant.app == app)
            .filter(|grant| six_months_after(grant.consented_at) > now)
    }

    /// The person says yes: a new six months, and the scopes come on top of earlier ones.
    pub(super) fn consent(&mut self, person: &str, app: &str, scopes: &[String]) {
        let now = self.now();
        let mut all = self.grant(person, app).map(|old| old.scopes.clone()).unwrap_or_default();
        all.extend(scopes.iter().filter(|scope| !all.contains(scope)).cloned().collect::<Vec<_>>());
        self.grants.retain(|grant| grant.person != person || grant.app != app);
        let (person, app) = (person.to_owned(), app.to_owned());
        self.grants.push(Grant { person, app, scopes: all, consented_at: now });
    }

    /// A code for a consent given before.
    pub(super) fn new_code(
        &mut self,
        person: &str,
        app: &str,
        redirect_uri: &str,
        challenge: Option<String>,
        scopes: Vec<String>,
    ) -> String {
        let now = self.now();
        let consented_at = self.grant(person, app).map_or(now, |grant| grant.consented_at);
        let code = self.mint("AQ", 212);
        self.codes.push(Code {
            value: code.clone(),
            person: person.to_owned(),
            app: app.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            challenge,
            scopes,
            consented_at,
            expires_at: now + Duration::minutes(CODE_MINUTES),
            used: false,
        });
        code
    }

    pub(super) fn new_access_token(
        &mut self,
        person: &str,
        app: &str,
        scopes: Vec<String>,
        family: u64,
    ) -> String {
        let token = self.mint("BQ", 246);
        self.access_tokens.push(AccessToken {
            token: token.clone(),
            person: person.to_owned(),
            app: app.to_owned(),
            scopes,
            expires_at: self.now() + Duration::seconds(self.access_token_lifetime_s),
            rejected: false,
            family,
        });
        token
    }

    pub(super) fn new_refresh_token(&mut self, code: &Code, public: bool, family: u64) -> String {
        let token = self.mint("AQ", 131);
        self.refresh_tokens.push(RefreshToken {
            token: token.clone(),
            person: code.person.clone(),
            app: code.app.clone(),
            scopes: code.scopes.clone(),
            issued_at: self.now(),
            consented_at: code.consented_at,
            revoked: false,
            public,
            family,
        });
        token
    }

    /// Kills a refresh token with its access tokens, or one access token; unknown ones are fine.
    pub(super) fn revoke(&mut self, app: &str, token: &str) {
        let mut family = None;
        let mine = |known: &&mut RefreshToken| known.token == token && known.app == app;
        for known in self.refresh_tokens.iter_mut().filter(mine) {
            known.revoked = true;
            family = Some(known.family);
        }
        for known in &mut self.access_tokens {
            if known.app == app && (known.token == token || Some(known.family) == family) {
                known.rejected = true;
            }
        }
        for known in &mut self.refresh_tokens {
            known.revoked |= Some(known.family) == family;
        }
    }
}
