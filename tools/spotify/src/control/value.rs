//! The `value` of a command: models write it as number, text or truth value alike.

use rspotify_model::RepeatState;
use serde_json::Value;
use stagepass_kit::ToolError;

/// A whole number from `least` to `most`.
pub(super) fn number<N>(value: Option<&Value>, least: N, most: N) -> Result<N, ToolError>
where
    N: TryFrom<i64> + PartialOrd + std::fmt::Display + Copy,
{
    let read = value.and_then(whole).and_then(|number| N::try_from(number).ok());
    read.filter(|number| (least..=most).contains(number))
        .ok_or_else(|| wrong(&format!("This action needs a `value` from {least} to {most}.")))
}

/// A time in milliseconds: a number of them, or `1:30`, or `1:02:03`.
pub(super) fn position(value: Option<&Value>) -> Result<u64, ToolError> {
    let text = value.and_then(Value::as_str).filter(|text| text.contains(':'));
    let read = match text {
        Some(text) => from_clock(text.trim()),
        None => value.and_then(whole).and_then(|ms| u64::try_from(ms).ok()),
    };
    read.ok_or_else(|| {
        wrong("\"seek\" needs a `value`: milliseconds from the start, or text such as \"1:30\".")
    })
}

/// A switch.
pub(super) fn on_or_off(value: Option<&Value>) -> Result<bool, ToolError> {
    match value {
        Some(Value::Bool(on)) => Some(*on),
        Some(Value::String(word)) => match word.trim().to_lowercase().as_str() {
            "on" | "true" => Some(true),
            "off" | "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
    .ok_or_else(|| wrong("\"shuffle\" needs a `value`: true or false."))
}

/// What to repeat.
pub(super) fn repeat(value: Option<&Value>) -> Result<RepeatState, ToolError> {
    match value {
        Some(Value::Bool(false)) => Some(RepeatState::Off),
        Some(Value::String(word)) => match word.trim().to_lowercase().as_str() {
            "off" => Some(RepeatState::Off),
            "track" | "song" | "one" => Some(RepeatState::Track),
            "context" | "album" | "playlist" | "all" => Some(RepeatState::Context),
            _ => None,
        },
        _ => None,
    }
    .ok_or_else(|| wrong("\"repeat\" needs a `value`: \"off\", \"track\" or \"context\"."))
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.trim().trim_end_matches('%').parse().ok(),
        // `30.0` is a whole number too, and some models write it so.
        Value::Number(number) => {
            number.as_i64().or_else(|| number.to_string().strip_suffix(".0")?.parse().ok())
        }
        _ => None,
    }
}

fn from_clock(text: &str) -> Option<u64> {
    let mut seconds = 0_u64;
    for part in text.split(':') {
        seconds = seconds.checked_mul(60)?.checked_add(part.parse().ok()?)?;
    }
    seconds.checked_mul(1000)
}

fn wrong(message: &str) -> ToolError {
    ToolError::invalid_argument(message, "Call again with a fitting `value`.")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_read_however_they_are_written() {
        for value in [json!(30), json!("30"), json!(" 30% "), json!(30.0)] {
            assert_eq!(number::<u8>(Some(&value), 0, 100).unwrap(), 30, "{value}");
        }
        for value in [json!(-1), json!(101), json!(30.5), json!("loud"), json!(true), json!(null)] {
            assert!(number::<u8>(Some(&value), 0, 100).is_err(), "{value}");
        }
        assert!(number::<u8>(None, 0, 100).is_err());
        assert_eq!(number::<i16>(Some(&json!("-10")), -100, 100).unwrap(), -10);
        assert_eq!(number::<i16>(Some(&json!("+10")), -100, 100).unwrap(), 10);
    }

    #[test]
    fn positions_are_milliseconds_or_clock_times() {
        assert_eq!(position(Some(&json!(90_000))).unwrap(), 90_000);
        assert_eq!(position(Some(&json!("90000"))).unwrap(), 90_000);
        assert_eq!(position(Some(&json!("1:30"))).unwrap(), 90_000);
        assert_eq!(position(Some(&json!("1:00:01"))).unwrap(), 3_601_000);
        for bad in [json!(-1), json!("1:x"), json!("99999999999999999999:1"), json!([])] {
            assert!(position(Some(&bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn switches_and_repeat_take_the_usual_words() {
        assert!(on_or_off(Some(&json!("On"))).unwrap());
        assert!(!on_or_off(Some(&json!(false))).unwrap());
        assert!(on_or_off(Some(&json!(1))).is_err());
        assert_eq!(repeat(Some(&json!("song"))).unwrap(), RepeatState::Track);
        assert_eq!(repeat(Some(&json!(false))).unwrap(), RepeatState::Off);
        assert!(repeat(Some(&json!(true))).is_err());
    }
}
