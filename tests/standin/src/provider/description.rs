//! What can be said of how a provider behaves.

use serde_json::Value;

use crate::Person;

/// One provider, as strict as it is. Addresses are written without `https://`.
#[derive(Debug)]
pub(super) struct Description {
    pub(super) name: &'static str,
    /// The issuer, if it is an OpenID provider.
    pub(super) issuer: Option<&'static str>,
    pub(super) authorize: &'static str,
    /// What an authorization request has to say besides the usual; `|` stands between choices.
    pub(super) must: &'static [(&'static str, &'static str)],
    /// The parameter for scopes and what stands between them.
    pub(super) scope: Option<(&'static str, char)>,
    /// Scopes that it doesn't go on without.
    pub(super) least: &'static [&'static str],
    /// Whether PKCE parameters are taken, or refused like anything unknown.
    pub(super) takes_pkce: bool,
    pub(super) token: &'static str,
    /// Where tokens are refreshed, if elsewhere.
    pub(super) refresh_at: Option<&'static str>,
    pub(super) client: Client,
    pub(super) body: Place,
    /// Headers that have to be there, and where.
    pub(super) headers: &'static [(&'static str, &'static str)],
    pub(super) wants_headers_everywhere: bool,
    pub(super) errors: Errors,
    /// The object that the tokens of a first answer are in.
    pub(super) nested: Option<&'static str>,
    /// How long an access token lives, in minutes; for ever if none.
    pub(super) life: Option<u64>,
    pub(super) tells: Tells,
    pub(super) granted: Granted,
    pub(super) refresh: Refresh,
    /// How long a refresh token lives after the consent, in months.
    pub(super) months: Option<u32>,
    /// How long it lives without being used, in days.
    pub(super) idle_days: Option<u32>,
    /// The answer says how long it lives.
    pub(super) tells_idle: bool,
    pub(super) revoke: Option<Revoke>,
    pub(super) who: Who,
    /// The id and the name that a person's account should be known by.
    pub(super) account: fn(&Person) -> (String, String),
}

/// How the client proves itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    Basic,
    Post,
    Either,
    /// By its id.
    Id,
}

/// Where parameters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Form,
    Json,
    /// Either of the two.
    Body,
    Query,
}

/// How errors look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Errors {
    Rfc,
    /// Status 200, in words of its own.
    GitHub,
    /// Status 200 with `ok: false`.
    Slack,
    /// A list of resources.
    Strava,
    /// Sentences.
    Twitch,
    /// A status as a number, except for codes.
    Reddit,
    /// As in the RFC, with other words for a dead code and a wrong secret.
    Todoist,
}

/// How an answer tells when the access token ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tells {
    In,
    At,
    Nothing,
}

/// How an answer tells what was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Granted {
    Spaces,
    Commas,
    List,
    /// An empty text.
    Empty,
    Nothing,
    /// In the callback.
    Callback,
}

/// What becomes of refresh tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refresh {
    None,
    Static,
    /// One use; a second one ends everything.
    Rotates,
}

/// How a grant is ended.
#[derive(Debug)]
pub(super) struct Revoke {
    pub(super) method: &'static str,
    pub(super) at: &'static str,
    pub(super) proof: Proof,
    pub(super) place: Place,
    pub(super) param: &'static str,
    /// Only access tokens are known here.
    pub(super) access_only: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// As at the token endpoint.
    Client,
    Basic,
    Bearer,
    Nothing,
}

/// What tells who signed in.
#[derive(Debug)]
pub(super) enum Who {
    IdToken,
    /// Method, address, and what the body has to hold.
    Api(&'static str, &'static str, &'static str, fn(&Person) -> Value),
    /// Fields of the first token answer.
    Answer(fn(&Person) -> Value),
    Nobody,
}

/// A provider that does everything by the book; what differs is said in `known`.
pub(super) const BY_THE_BOOK: Description = Description {
    name: "",
    issuer: None,
    authorize: "",
    must: &[],
    scope: Some(("scope", ' ')),
    least: &[],
    takes_pkce: true,
    token: "",
    refresh_at: None,
    client: Client::Post,
    body: Place::Form,
    headers: &[],
    wants_headers_everywhere: false,
    errors: Errors::Rfc,
    nested: None,
    life: Some(60),
    tells: Tells::In,
    granted: Granted::Spaces,
    refresh: Refresh::Static,
    months: None,
    idle_days: None,
    tells_idle: false,
    revoke: None,
    who: Who::IdToken,
    account: |who| (who.subject.clone(), who.name.clone()),
};

/// A revocation by the book (RFC 7009), at this address.
pub(super) const fn rfc7009(at: &'static str) -> Revoke {
    Revoke {
        method: "POST",
        at,
        proof: Proof::Client,
        place: Place::Form,
        param: "token",
        access_only: false,
    }
}
