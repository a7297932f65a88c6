//! Lists of which the entries are things, or say something about things: when they were saved or
//! played.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Item,
    lenient::{lenient, slots},
};

/// A part of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entries {
    /// The entries, an empty one for each null; `None` when they can't be read at all.
    #[serde(deserialize_with = "slots")]
    pub(crate) items: Option<Vec<Map<String, Value>>>,
    /// How many entries the whole list has.
    #[serde(deserialize_with = "lenient")]
    pub(crate) total: Option<u64>,
    /// The address of the next part, when there is one.
    #[serde(deserialize_with = "lenient")]
    pub(crate) next: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) cursors: Option<Cursors>,
}

/// Where a list goes on that has no offsets.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Cursors {
    #[serde(deserialize_with = "lenient")]
    pub(crate) after: Option<String>,
}

/// The artists whom somebody follows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Followed {
    #[serde(deserialize_with = "lenient")]
    pub(crate) artists: Option<Entries>,
}

/// The thing that an entry is about: what it holds as `name`, or else itself.
pub(crate) fn pick(entry: &Map<String, Value>, name: &str) -> Item {
    let thing = match entry.get(name) {
        Some(inner @ Value::Object(_)) => inner.clone(),
        _ => Value::Object(entry.clone()),
    };
    serde_json::from_value(thing).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_thing_is_found_inside_its_entry_or_as_the_entry() {
        let wrapped = json!({"added_at": "…", "show": {"name": "Inside"}});
        let bare = json!({"name": "Bare", "show": null});
        for (entry, name) in [(wrapped, "Inside"), (bare, "Bare")] {
            assert_eq!(pick(entry.as_object().unwrap(), "show").name.unwrap(), name);
        }
    }
}
