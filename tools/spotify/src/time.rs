//! Points in time, as Spotify and models write them. All are UTC.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use serde_json::Value;

/// Milliseconds since 1970, from a number of them or from a time in ISO 8601; where that names no
/// zone it is UTC, and a day without a time is its beginning.
pub(crate) fn milliseconds(value: &Value) -> Option<i64> {
    let ms = match value {
        Value::Number(number) => number.as_i64()?,
        Value::String(text) => match text.trim().parse() {
            Ok(ms) => ms,
            Err(_) => read(text.trim())?.timestamp_millis(),
        },
        _ => return None,
    };
    // What can't be written as a time is none.
    DateTime::<Utc>::from_timestamp_millis(ms).filter(|_| ms >= 0).map(|_| ms)
}

fn read(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"];
    let local = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    local.or_else(day).map(|time| time.and_utc())
}

/// A time to the millisecond: `2026-11-26T06:32:10.123Z`.
pub(crate) fn exact(ms: i64) -> Option<String> {
    let time = DateTime::<Utc>::from_timestamp_millis(ms)?;
    Some(time.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// What Spotify wrote, to the second: `2026-11-26T06:32:10Z`; `None` when it is no time.
pub(crate) fn to_the_second(text: &str) -> Option<String> {
    Some(read(text)?.to_rfc3339_opts(SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_read_however_they_are_written() {
        for (written, ms) in [
            (json!(1_764_138_730_123_i64), 1_764_138_730_123),
            (json!("1764138730123"), 1_764_138_730_123),
            (json!("2025-11-26T06:32:10.123Z"), 1_764_138_730_123),
            (json!("2025-11-26T07:32:10+01:00"), 1_764_138_730_000),
            (json!(" 2025-11-26T06:32 "), 1_764_138_720_000),
            (json!("2025-11-26 06:32:10"), 1_764_138_730_000),
            (json!("2025-11-26"), 1_764_115_200_000),
            (json!(0), 0),
        ] {
            assert_eq!(milliseconds(&written), Some(ms), "{written}");
        }
        for bad in
            [json!("yesterday"), json!(""), json!(-1), json!(1.5), json!(i64::MAX), json!(null)]
        {
            assert_eq!(milliseconds(&bad), None, "{bad}");
        }
    }

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(exact(1_764_138_730_123).unwrap(), "2025-11-26T06:32:10.123Z");
        let second = to_the_second("2025-11-26T07:32:10.5+01:00");
        assert_eq!(second.unwrap(), "2025-11-26T06:32:10Z");
        assert_eq!(to_the_second("soon"), None);
    }
}
