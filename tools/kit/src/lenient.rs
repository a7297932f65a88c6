//! Reading a field of a provider's answer, which may hold anything.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// The field, or its default when it doesn't fit.
///
/// # Errors
/// When it isn't JSON.
pub fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// The objects in a list, without the nulls that may stand between them; `None` when it is no
/// list at all.
///
/// # Errors
/// When it isn't JSON.
pub fn list<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let Value::Array(entries) = Value::deserialize(deserializer)? else { return Ok(None) };
    let objects = entries.into_iter().filter(Value::is_object);
    Ok(Some(objects.filter_map(|entry| serde_json::from_value(entry).ok()).collect()))
}

/// The entries of a list, each in its place; what is no object is an empty one. `None` when it is no
/// list at all.
///
/// # Errors
/// When it isn't JSON.
pub fn slots<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let Value::Array(entries) = Value::deserialize(deserializer)? else { return Ok(None) };
    let read = |entry: Value| serde_json::from_value(entry).unwrap_or_default();
    Ok(Some(entries.into_iter().map(read).collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Sample {
        #[serde(deserialize_with = "lenient")]
        number: Option<u8>,
        #[serde(deserialize_with = "list")]
        inner: Option<Vec<Sample>>,
        #[serde(deserialize_with = "slots")]
        places: Option<Vec<Sample>>,
    }

    #[test]
    fn what_does_not_fit_is_lost_and_nothing_else() {
        let odd = json!({"number": "x", "inner": [null, 1, [2], {"number": 3}, {"number": 300}]});
        let sample: Sample = serde_json::from_value(odd).unwrap();
        assert_eq!(sample.number, None);
        let numbers: Vec<_> = sample.inner.unwrap().iter().map(|inner| inner.number).collect();
        assert_eq!(numbers, [Some(3), None]);
        let no_list: Sample = serde_json::from_value(json!({"inner": {}})).unwrap();
        assert!(no_list.inner.is_none());
    }

    #[test]
    fn an_entry_keeps_its_place_whatever_stands_before_it() {
        let odd = json!({"places": [null, 1, {"number": 3}]});
        let sample: Sample = serde_json::from_value(odd).unwrap();
        let numbers: Vec<_> = sample.places.unwrap().iter().map(|place| place.number).collect();
        assert_eq!(numbers, [None, None, Some(3)]);
        let no_list: Sample = serde_json::from_value(json!({"places": "x"})).unwrap();
        assert!(no_list.places.is_none());
    }
}
