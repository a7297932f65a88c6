//! Reading a field that may hold anything.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// The field, or its default when it doesn't fit.
pub(super) fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// The objects in a list, without the nulls that Spotify puts between them; `None` when it is no
/// list at all.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let Value::Array(entries) = Value::deserialize(deserializer)? else { return Ok(None) };
    let objects = entries.into_iter().filter(Value::is_object);
    Ok(Some(objects.filter_map(|entry| serde_json::from_value(entry).ok()).collect()))
}
