//! All that the stand-in knows: plain data, which tests read and change.

use std::collections::{HashMap, VecDeque};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{
    faults::{Answer, Fault},
    http::Asked,
    people::{self, Person},
    playlists::{self, Playlist},
    quirks::Quirks,
    tokens::{AccessToken, Code, Grant, RefreshToken},
};

/// The client id of the app that is registered from the start.
pub const CLIENT_ID: &str = "demo-client";

/// Its client secret.
pub const CLIENT_SECRET: &str = "demo-secret-5f0c2b7e9a1d4c38b6";

/// The whole world.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "switches that tests flip one by one")]
pub struct World {
    /// Apps of the developer dashboard.
    pub apps: Vec<App>,
    /// Whether the owner of the apps pays; if not, every call of the Web API is refused.
    pub owner_premium: bool,
    /// Everybody with an account.
    pub people: Vec<Person>,
    /// Everybody's playlists.
    pub playlists: Vec<Playlist>,
    /// Oddities, off by default.
    pub quirks: Quirks,
    /// Who approved what.
    pub grants: Vec<Grant>,
    /// Access tokens, dead ones too.
    pub access_tokens: Vec<AccessToken>,
    /// Refresh tokens, dead ones too.
    pub refresh_tokens: Vec<RefreshToken>,
    /// Refreshing gives a new refresh token and kills the old one at once, as before mid-2026.
    pub rotate_refresh: bool,
    /// Refresh replies carry `"refresh_token": ""`.
    pub empty_refresh: bool,
    /// Seconds an access token lives.
    pub access_token_lifetime_s: i64,
    /// Token answers are worked out at once but sent this much later.
    pub token_delay: Option<std::time::Duration>,
    /// What the revocation endpoint does.
    pub revocation: Revocation,
    /// Everything answers 503.
    pub outage: bool,
    /// How many calls of the Web API there may be in 30 seconds of its clock.
    pub rate_limit: Option<usize>,
    /// Until when the quota of the developer is used up.
    pub quota_until: Option<DateTime<Utc>>,
    /// Things to go wrong, first match first.
    pub faults: Vec<Fault>,
    /// When the latest calls of the Web API came.
    pub(super) recent: VecDeque<DateTime<Utc>>,
    pub(super) codes: Vec<Code>,
    /// Cookie to person.
    pub(super) sessions: HashMap<String, String>,
    pub(super) verifiers: Vec<String>,
    offset: chrono::Duration,
    minted: u64,
    seed: [u8; 32],
}

/// An app of the developer dashboard.
#[derive(Debug, Clone)]
pub struct App {
    /// Its id.
    pub client_id: String,
    /// Its secret; without one it is a public client, which needs PKCE.
    pub client_secret: Option<String>,
    /// The name on the consent page.
    pub name: String,
    /// Where people may be sent back to. A loopback address without a port stands for any port.
    pub redirect_uris: Vec<String>,
}

/// What the revocation endpoint does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Revocation {
    /// It revokes.
    #[default]
    Works,
    /// There is none: 404.
    NotFound,
    /// It breaks: 500, and nothing is revoked.
    Fails,
}

impl Default for World {
    fn default() -> Self {
        let app = App {
            client_id: CLIENT_ID.to_owned(),
            client_secret: Some(CLIENT_SECRET.to_owned()),
            name: "Stagepass (demo)".to_owned(),
            redirect_uris: vec!["http://127.0.0.1/callback/spotify".to_owned()],
        };
        let playlists = playlists::first_ones();
        Self {
            apps: vec![app],
            owner_premium: true,
            people: people::everybody(&playlists),
            playlists,
            quirks: Quirks::default(),
            grants: Vec::new(),
            access_tokens: Vec::new(),
            refresh_tokens: Vec::new(),
            rotate_refresh: false,
            empty_refresh: false,
            access_token_lifetime_s: 3600,
            token_delay: None,
            revocation: Revocation::Works,
            outage: false,
            rate_limit: None,
            quota_until: None,
            faults: Vec::new(),
            recent: VecDeque::new(),
            codes: Vec::new(),
            sessions: HashMap::new(),
            verifiers: Vec::new(),
            offset: chrono::Duration::zero(),
            minted: 0,
            seed: seed(),
        }
    }
}

/// Different in every process and for every world, which is all that tokens need here.
fn seed() -> [u8; 32] {
    use std::hash::{BuildHasher, RandomState};
    let dice = RandomState::new().hash_one("a world");
    Sha256::digest(format!("{dice}-{}", std::process::id())).into()
}

impl World {
    /// Its time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "this is the clock that tests move")]
        let real = Utc::now();
        real + self.offset
    }

    /// Moves its time on.
    ///
    /// # Panics
    /// When the step is beyond what a calendar can hold.
    pub fn advance(&mut self, by: std::time::Duration) {
        self.offset += chrono::Duration::from_std(by).expect("a step of sensible size");
    }

    /// A person, to look at or change.
    ///
    /// # Panics
    /// When there is nobody with this id.
    pub fn person(&mut self, id: &str) -> &mut Person {
        let person = self.people.iter_mut().find(|person| person.id == id);
        person.unwrap_or_else(|| panic!("nobody is called `{id}`"))
    }

    /// The app that is registered from the start.
    ///
    /// # Panics
    /// When a test has removed it.
    pub fn app(&mut self) -> &mut App {
        self.apps.first_mut().expect("the demo app")
    }

    /// Lets something go wrong.
    pub fn fail(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    pub(super) fn find_app(&self, client_id: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.client_id == client_id)
    }

    pub(super) fn take_fault(&mut self, asked: &Asked) -> Option<Answer> {
        let fault = self.faults.iter_mut().find(|fault| fault.is_for(asked))?;
        fault.times -= 1;
        let answer = fault.answer.clone();
        self.faults.retain(|fault| fault.times > 0);
        Some(answer)
    }

    /// A random string of the given length with the prefix that Spotify's have.
    pub(super) fn mint(&mut self, prefix: &str, length: usize) -> String {
        let mut out = prefix.to_owned();
        while out.len() < length {
            self.minted += 1;
            let block =
                Sha256::new().chain_update(self.seed).chain_update(self.minted.to_be_bytes());
            out.push_str(&URL_SAFE_NO_PAD.encode(block.finalize()));
        }
        out.truncate(length);
        out
    }

    /// An id for something new: 22 digits and letters.
    pub(super) fn new_id(&mut self) -> String {
        let random = self.mint("", 64);
        let plain = random.chars().filter(char::is_ascii_alphanumeric);
        plain.chain(std::iter::repeat('0')).take(22).collect()
    }

    /// The number of a new sign-in.
    pub(super) fn new_family(&mut self) -> u64 {
        self.minted += 1;
        self.minted
    }

    /// Every secret so far.
    pub(super) fn secrets(&self) -> Vec<String> {
        let apps = self.apps.iter().filter_map(|app| app.client_secret.clone());
        let access = self.access_tokens.iter().map(|token| token.token.clone());
        let refresh = self.refresh_tokens.iter().map(|token| token.token.clone());
        let codes = self.codes.iter().map(|code| code.value.clone());
        apps.chain(access).chain(refresh).chain(codes).chain(self.verifiers.clone()).collect()
    }
}
