//! When a person has to sign in again.

use chrono::{DateTime, Days, Months, Utc};

use super::Provider;

impl Provider {
    /// When somebody who signed in at `authorized_at` has to do it again, if the refresh token was
    /// last used at `used_at`, and the provider has said that it lives until `told`. None if never.
    #[must_use]
    pub fn reconnect_by(
        &self,
        authorized_at: DateTime<Utc>,
        used_at: DateTime<Utc>,
        told: Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        let after = |days: Option<u32>, since: DateTime<Utc>| {
            days.and_then(|days| since.checked_add_days(Days::new(days.into())))
        };
        let months = self.reconnect_months.map(Months::new);
        let months = months.and_then(|months| authorized_at.checked_add_months(months));
        let idle = told.or_else(|| after(self.idle_days, used_at));
        [months, after(self.reconnect_days, authorized_at), idle].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn whatever_ends_first_ends_the_connection() {
        let provider: Provider =
            serde_json::from_str(r#"{"name": "x", "reconnect_days": 100, "idle_days": 30}"#)
                .unwrap();
        let begun = DateTime::UNIX_EPOCH;
        let day = |days| begun + TimeDelta::days(days);
        assert_eq!(provider.reconnect_by(begun, begun, None), Some(day(30)));
        assert_eq!(provider.reconnect_by(begun, day(60), None), Some(day(90)));
        assert_eq!(provider.reconnect_by(begun, day(80), None), Some(day(100)));
        assert_eq!(provider.reconnect_by(begun, begun, Some(day(50))), Some(day(50)));
        let provider: Provider = serde_json::from_str(r#"{"name": "x"}"#).unwrap();
        assert_eq!(provider.reconnect_by(begun, begun, None), None);
    }
}
