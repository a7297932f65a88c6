//! One thing that a remote lists, as it is shown here, and what is known of it.

use std::{sync::Arc, time::Duration};

use rmcp::model::{Prompt, Resource, ResourceTemplate, Tool};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::omissions::LeftOut;
use crate::{clean, names};

/// A kind of thing that is listed.
pub trait Listed: DeserializeOwned + Send + Sync + 'static {
    /// The method that lists them.
    const METHOD: &'static str;
    /// Where they stand in its result.
    const FIELD: &'static str;
    /// What a server says that has some.
    const CAPABILITY: &'static str;
    /// What each is called by.
    const KEY: &'static str;
    /// What one of them is, in a word for people.
    const WORD: &'static str;
    /// Whether its key is a URI.
    const BY_URI: bool = false;
}

impl Listed for Tool {
    const METHOD: &'static str = "tools/list";
    const FIELD: &'static str = "tools";
    const CAPABILITY: &'static str = "tools";
    const KEY: &'static str = "name";
    const WORD: &'static str = "tool";
}

impl Listed for Prompt {
    const METHOD: &'static str = "prompts/list";
    const FIELD: &'static str = "prompts";
    const CAPABILITY: &'static str = "prompts";
    const KEY: &'static str = "name";
    const WORD: &'static str = "prompt";
}

impl Listed for Resource {
    const METHOD: &'static str = "resources/list";
    const FIELD: &'static str = "resources";
    const CAPABILITY: &'static str = "resources";
    const KEY: &'static str = "uri";
    const WORD: &'static str = "resource";
    const BY_URI: bool = true;
}

impl Listed for ResourceTemplate {
    const METHOD: &'static str = "resources/templates/list";
    const FIELD: &'static str = "resourceTemplates";
    const CAPABILITY: &'static str = "resources";
    const KEY: &'static str = "uriTemplate";
    const WORD: &'static str = "template";
    const BY_URI: bool = true;
}

/// One thing that a remote lists.
#[derive(Debug, Clone)]
pub struct Entry<T> {
    /// What the remote calls it.
    pub own: String,
    /// What it is called here.
    pub name: String,
    /// What clients are shown.
    pub shown: T,
    /// The same as canonical JSON: all that a model sees of it.
    pub said: String,
    /// The SHA-256 of that, in hexadecimal.
    pub hash: String,
}

/// Everything of a kind that a remote has for somebody.
#[derive(Debug)]
pub struct List<T> {
    /// In the remote's order.
    pub entries: Vec<Entry<T>>,
    /// The SHA-256 of all their hashes, in hexadecimal: lists that are equal have the same.
    pub hash: String,
}

impl<T> List<T> {
    /// The entry that is called `name` here.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Entry<T>> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    pub(super) fn new(entries: Vec<Entry<T>>) -> Arc<Self> {
        let mut all = Sha256::new();
        for entry in &entries {
            all.update(&entry.hash);
        }
        Arc::new(Self { entries, hash: hex(&all.finalize()) })
    }

    /// Bytes that it takes, about.
    pub(super) fn weight(&self) -> usize {
        self.entries.iter().map(|entry| entry.said.len().saturating_mul(3)).sum()
    }
}

impl<T: Listed> Entry<T> {
    /// What `remote` says of one of its things, cleaned and renamed; `most` are the bytes that it may
    /// have.
    pub(super) fn read(remote: &str, mut said: Value, most: usize) -> Result<Self, LeftOut> {
        let own = said.get(T::KEY).and_then(Value::as_str).ok_or(LeftOut::Name)?.to_owned();
        let renamed = if T::BY_URI { names::uri } else { names::name };
        let name = renamed(remote, &own).ok_or(LeftOut::Name)?;
        if said.pointer("/execution/taskSupport").is_some_and(|support| support == "required") {
            return Err(LeftOut::Task);
        }
        clean::strip_meta(&mut said);
        clean::show(&mut said);
        if !clean::is_visible(&said) {
            return Err(LeftOut::Hidden);
        }
        let schemas = ["inputSchema", "outputSchema"].map(|field| said.get(field));
        if !schemas.into_iter().flatten().all(clean::is_sound) {
            return Err(LeftOut::Schema);
        }
        if let Some(fields) = said.as_object_mut() {
            // Nothing is run as a task here.
            fields.remove("execution");
            fields.insert(T::KEY.to_owned(), name.clone().into());
        }
        // Sorted keys: equal descriptions have equal hashes, however a server orders them.
        let text = canonical(&said).to_string();
        if text.len() > most {
            return Err(LeftOut::Size);
        }
        let hash = hex(&Sha256::digest(&text));
        let shown = serde_json::from_value(said).map_err(|_| LeftOut::Shape)?;
        Ok(Self { own, name, shown, said: text, hash })
    }
}

fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            sorted.into_iter().map(|(key, value)| (key.clone(), canonical(value))).collect()
        }
        Value::Array(items) => items.iter().map(canonical).collect(),
        plain => plain.clone(),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// How long a list may be kept: what the server says, within reason.
pub(super) fn lifetime(ttl_ms: Option<u64>) -> Duration {
    const SHORTEST: Duration = Duration::from_secs(1);
    const LONGEST: Duration = Duration::from_hours(1);
    const USUAL: Duration = Duration::from_mins(5);
    ttl_ms.map_or(USUAL, |ms| Duration::from_millis(ms).clamp(SHORTEST, LONGEST))
}
