//! What was agreed on with a server for one person: the revision, the session, what it can do. It belongs
//! to that person, to the account that they use, and to what their client can answer, and holds no line
//! open beyond a call.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use reqwest::header::HeaderValue;
use rmcp::model::JsonObject;
use serde_json::{Value, json};
use stagepass_kit::Identity;
use tokio::{sync::Mutex, time::Instant};

use crate::{
    Answers,
    credentials::Credential,
    exchange::{Ask, Ear, MODERN, Wire, us},
    fault::Fault,
};

/// The newest revision with sessions, and those that are spoken.
const NEWEST_LEGACY: &str = "2025-11-25";
const FIRST_THAT_ASKS: &str = "2025-06-18";
const LEGACY: [&str; 4] = [NEWEST_LEGACY, FIRST_THAT_ASKS, "2025-03-26", "2024-11-05"];
/// So many people's are remembered, and so long after they were last used.
const MOST: u64 = 10_000;
const IDLE: Duration = Duration::from_mins(30);
/// The longest session id that is believed, in bytes.
const LONGEST_SESSION: usize = 1_024;

/// Which revision of MCP.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Era {
    Modern,
    /// Nothing is agreed on before the answer to `initialize`.
    Legacy(Option<&'static str>),
}

#[derive(Debug)]
pub(crate) struct Link {
    whose: Whose,
    era: Era,
    session: Option<HeaderValue>,
    capabilities: JsonObject,
    is_agreed: bool,
    ear: Ear,
}

impl Link {
    fn before(whose: &Whose, era: Era) -> Self {
        let whose = whose.clone();
        let (session, capabilities, ear) = (None, JsonObject::new(), Ear::default());
        Self { whose, era, session, capabilities, is_agreed: false, ear }
    }

    pub(crate) fn whose(&self) -> &Whose {
        &self.whose
    }

    /// What the server may ask the person while it answers a call. Those of today ask in their answers.
    pub(crate) fn answers(&self) -> Answers {
        match self.version() {
            Some(NEWEST_LEGACY) => self.whose.answers,
            Some(FIRST_THAT_ASKS) => Answers { links: false, ..self.whose.answers },
            _ => Answers::default(),
        }
    }

    pub(crate) fn is_modern(&self) -> bool {
        self.era == Era::Modern
    }

    pub(crate) fn is_agreed(&self) -> bool {
        self.is_agreed
    }

    pub(crate) fn version(&self) -> Option<&'static str> {
        match self.era {
            Era::Modern => Some(MODERN),
            Era::Legacy(version) => version,
        }
    }

    pub(crate) fn session(&self) -> Option<&HeaderValue> {
        self.session.as_ref()
    }

    /// Where the server speaks unasked.
    pub(crate) fn ear(&self) -> &Ear {
        &self.ear
    }

    /// Whether the server says that it has such a thing.
    pub(crate) fn has(&self, capability: &str) -> bool {
        self.capabilities.contains_key(capability)
    }
}

/// Whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Whose {
    pub(crate) identity: Identity,
    pub(crate) connection: Option<Arc<str>>,
    /// By their client.
    pub(crate) answers: Answers,
}

/// Where a link is, or why there was none.
#[derive(Default)]
struct Slot {
    link: Option<Arc<Link>>,
    /// When the server was last found dead or slow.
    failed: Option<Instant>,
}

type Place = Arc<Mutex<Slot>>;

/// All people's.
pub(crate) struct Links(Cache<Whose, Place>);

impl Links {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_idle(IDLE).build())
    }

    /// The link of `whose`; it is made if there is none. Several who want it wait for one.
    pub(crate) async fn get(
        &self,
        wire: &Wire,
        whose: &Whose,
        credential: &Credential,
    ) -> Result<Arc<Link>, Fault> {
        let place = self.0.get_with(whose.clone(), Place::default);
        let began = Instant::now();
        let mut slot = place.lock().await;
        if let Some(link) = &slot.link {
            return Ok(link.clone());
        }
        // Who has waited in vain behind somebody doesn't try the same again.
        if slot.failed.is_some_and(|failed| failed >= began) {
            return Err(Fault::Resting(wire.limits.rest));
        }
        match agree(wire, whose, credential).await {
            Ok(new) => Ok(slot.link.insert(Arc::new(new)).clone()),
            Err(fault) => {
                let is_ill = fault.is_death() || matches!(fault, Fault::Slow);
                slot.failed = is_ill.then(Instant::now);
                Err(fault)
            }
        }
    }

    /// Forgets `link`, unless there is another by now.
    pub(crate) async fn forget(&self, whose: &Whose, link: &Arc<Link>) {
        let Some(place) = self.0.get(whose) else { return };
        let mut slot = place.lock().await;
        if slot.link.as_ref().is_some_and(|held| Arc::ptr_eq(held, link)) {
            slot.link = None;
        }
    }
}

/// Finds out which era the server is of. A server of the old one refuses the question in ways of its own;
/// one that is merely dead or wants a token isn't asked twice.
async fn agree(wire: &Wire, whose: &Whose, credential: &Credential) -> Result<Link, Fault> {
    match discover(wire, whose, credential).await {
        Ok(Some(link)) => Ok(link),
        Ok(None)
        | Err(Fault::Refused { .. } | Fault::Nonsense(_) | Fault::Status(400..=501, _)) => {
            initialize(wire, whose, credential).await
        }
        Err(fault) => Err(fault),
    }
}

async fn discover(
    wire: &Wire,
    whose: &Whose,
    credential: &Credential,
) -> Result<Option<Link>, Fault> {
    let mut link = Link::before(whose, Era::Modern);
    let ask = Ask::new("server/discover", JsonObject::new());
    let mut answer = wire.ask(&link, credential, &ask, None).await?.answer()?;
    let versions = answer.result.get("supportedVersions").and_then(Value::as_array);
    if !versions.is_some_and(|versions| versions.iter().any(|version| version == MODERN)) {
        return Ok(None);
    }
    link.capabilities = capabilities(&mut answer.result);
    link.is_agreed = true;
    Ok(Some(link))
}

async fn initialize(wire: &Wire, whose: &Whose, credential: &Credential) -> Result<Link, Fault> {
    let params = json!({
        "protocolVersion": NEWEST_LEGACY,
        "capabilities": whose.answers.declared(),
        "clientInfo": us(),
    });
    let params = params.as_object().cloned().unwrap_or_default();
    let ask = Ask::new("initialize", params);
    let mut link = Link::before(whose, Era::Legacy(None));
    let mut answer = wire.ask(&link, credential, &ask, None).await?.answer()?;
    let said = answer.result.get("protocolVersion").and_then(Value::as_str).unwrap_or_default();
    let version = LEGACY.into_iter().find(|version| *version == said);
    let version = version.ok_or(Fault::Nonsense("it speaks no revision that is spoken here"))?;
    if answer.session.as_ref().is_some_and(|session| session.len() > LONGEST_SESSION) {
        return Err(Fault::Nonsense("the session's id is too long"));
    }
    link.era = Era::Legacy(Some(version));
    link.session = answer.session;
    link.capabilities = capabilities(&mut answer.result);
    link.is_agreed = true;
    wire.tell(&link, credential, "notifications/initialized", json!({})).await;
    Ok(link)
}

fn capabilities(result: &mut JsonObject) -> JsonObject {
    match result.remove("capabilities") {
        Some(Value::Object(mut all)) => {
            all.retain(|_, value| value.is_object());
            all.into_iter().take(32).map(|(name, _)| (name, Value::Null)).collect()
        }
        _ => JsonObject::new(),
    }
}
