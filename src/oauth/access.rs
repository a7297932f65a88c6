//! Who may come in: the owner, and whom the configuration or an invitation names.

use stagepass_kit::{Identity, Realm};

use super::OAuth;
use crate::{config::Allow, store::UserRow};

impl OAuth {
    /// Whether `identity` may use this server now. Asked whenever something isn't remembered, so
    /// whoever is taken off the list is out within seconds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn may_come_in(&self, identity: &Identity) -> sqlx::Result<bool> {
        match identity.realm() {
            Realm::User => match self.db().user(&identity.to_string()).await? {
                Some(user) => self.is_allowed(&user).await,
                None => Ok(false),
            },
            // A bot vouches for its chat users, and the grants of all of them go when it is removed.
            Realm::Client | Realm::Chat => Ok(true),
            Realm::Local => Ok(false),
        }
    }

    /// Whether somebody who signed in may come in.
    pub(super) async fn is_allowed(&self, user: &UserRow) -> sqlx::Result<bool> {
        Ok(is_allowed(self.allow(), &self.db().invitations().await?, user))
    }
}

/// Whether somebody who signed in may come in: as the owner, by the configuration, or by one of
/// `invitations`.
#[must_use]
pub fn is_allowed(allow: &Allow, invitations: &[String], user: &UserRow) -> bool {
    let listed = match allow {
        Allow::Open => true,
        Allow::Listed(entries) => is_listed(entries, user),
        Allow::Owner | Allow::Local => false,
    };
    listed || user.owner.is_some() || is_listed(invitations, user)
}

/// Whether one of `entries` is this person: `provider:account`, an e-mail address, or `@domain`.
/// An e-mail address counts only if the provider says that it is verified.
#[must_use]
pub fn is_listed(entries: &[String], user: &UserRow) -> bool {
    let account = format!("{}:{}", user.provider, user.account_id);
    let domain = user.email.as_deref().and_then(|email| email.rsplit_once('@'));
    entries.iter().any(|entry| {
        *entry == account
            || user.email.as_deref().is_some_and(|email| entry.eq_ignore_ascii_case(email))
            || domain.is_some_and(|(_, domain)| {
                entry.strip_prefix('@').is_some_and(|listed| listed.eq_ignore_ascii_case(domain))
            })
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn user(email: Option<&str>) -> UserRow {
        UserRow {
            identity: "user:google:7".to_owned(),
            provider: "google".to_owned(),
            account_id: "7".to_owned(),
            account_name: "mallory@example.com".to_owned(),
            email: email.map(str::to_owned),
            owner: None,
            created_at: DateTime::UNIX_EPOCH,
            signed_in_at: DateTime::UNIX_EPOCH,
        }
    }

    fn listed(entry: &str, email: Option<&str>) -> bool {
        is_listed(&[entry.to_owned()], &user(email))
    }

    #[test]
    fn an_account_is_listed_by_provider_and_id() {
        assert!(listed("google:7", None));
        for other in ["google:77", "spotify:7", "7", "google:", "GOOGLE:7"] {
            assert!(!listed(other, None), "{other}");
        }
    }

    #[test]
    fn an_email_counts_whole_or_by_its_domain() {
        assert!(listed("Ann@Example.com", Some("ann@example.com")));
        assert!(listed("@EXAMPLE.com", Some("ann@example.com")));
        for other in ["@ample.com", "@example.com.evil.org", "@sub.example.com", "example.com"] {
            assert!(!listed(other, Some("ann@example.com")), "{other}");
        }
        assert!(!listed("@example.com", Some("ann@evil.org@sub.example.com")));
    }

    #[test]
    fn an_unverified_email_counts_for_nothing() {
        assert!(!listed("@example.com", None));
        assert!(!listed("mallory@example.com", None));
    }
}
