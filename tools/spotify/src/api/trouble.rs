//! What kind of trouble an answer means: by its reason, else its text, else its status.

/// A kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The person didn't grant what this needs.
    MissingScope,
    /// No device plays, and none was named.
    NoActiveDevice,
    /// The person's plan doesn't allow it.
    PremiumRequired,
    /// The plan of the app's owner ran out.
    OwnerPremiumRequired,
    /// The person isn't entered as a user of the app.
    NotAllowlisted,
    /// Not for apps of this kind.
    EndpointUnavailable,
    /// The device takes no commands.
    DeviceRestricted,
    /// The device's volume can't be set.
    VolumeUnsupported,
    /// It was so before.
    AlreadySo,
    /// The player won't, in its present state.
    PlayerRefuses,
    /// Too many calls in the last half minute.
    RateLimited,
    /// Too many calls in a longer time.
    QuotaExceeded,
    /// There is no such thing.
    NotFound,
    /// The request can't be used.
    Invalid,
    /// No, and no word why.
    Forbidden,
    /// Spotify is away, slow, or answers nonsense.
    Unavailable,
}

impl Trouble {
    /// What an answer with `status`, Spotify's own `reason` (may be empty) and `text` means.
    pub(crate) fn of(status: u16, reason: &str, text: &str) -> Self {
        let by_words = || Self::from_reason(reason).or_else(|| Self::from_text(text));
        match status {
            429 if reason == "QUOTA_EXCEEDED" => Self::QuotaExceeded,
            429 => Self::RateLimited,
            400..=499 => by_words().unwrap_or_else(|| Self::from_status(status)),
            _ => Self::Unavailable,
        }
    }

    fn from_reason(reason: &str) -> Option<Self> {
        Some(match reason {
            "NO_ACTIVE_DEVICE" => Self::NoActiveDevice,
            "PREMIUM_REQUIRED" => Self::PremiumRequired,
            "QUOTA_EXCEEDED" => Self::QuotaExceeded,
            "RATE_LIMITED" => Self::RateLimited,
            "ALREADY_PAUSED" | "ALREADY_PLAYING" | "NOT_PAUSED" => Self::AlreadySo,
            "DEVICE_NOT_CONTROLLABLE" | "REMOTE_CONTROL_DISALLOW" => Self::DeviceRestricted,
            "VOLUME_CONTROL_DISALLOW" => Self::VolumeUnsupported,
            "NO_PREV_TRACK"
            | "NO_NEXT_TRACK"
            | "NO_SPECIFIC_TRACK"
            | "NOT_PLAYING_LOCALLY"
            | "NOT_PLAYING_TRACK"
            | "NOT_PLAYING_CONTEXT"
            | "ENDLESS_CONTEXT"
            | "CONTEXT_DISALLOW" => Self::PlayerRefuses,
            _ => return None,
        })
    }

    /// The words that are known, the more special ones first.
    fn from_text(text: &str) -> Option<Self> {
        const KNOWN: &[(&str, Trouble)] = &[
            ("required for the owner of the app", Trouble::OwnerPremiumRequired),
            ("not registered", Trouble::NotAllowlisted),
            ("may not be registered", Trouble::NotAllowlisted),
            ("insufficient client scope", Trouble::MissingScope),
            ("permissions missing", Trouble::MissingScope),
            ("premium required", Trouble::PremiumRequired),
            ("no active device", Trouble::NoActiveDevice),
            ("control device volume", Trouble::VolumeUnsupported),
            ("restricted device", Trouble::DeviceRestricted),
            ("device is restricted", Trouble::DeviceRestricted),
            ("not controllable", Trouble::DeviceRestricted),
            ("restriction violated", Trouble::PlayerRefuses),
            ("player command failed", Trouble::PlayerRefuses),
        ];
        let text = text.to_lowercase();
        if text.trim() == "forbidden" {
            return Some(Self::EndpointUnavailable);
        }
        KNOWN.iter().find(|(words, _)| text.contains(words)).map(|(_, trouble)| *trouble)
    }

    fn from_status(status: u16) -> Self {
        match status {
            // 409: about a version of a playlist that isn't the newest.
            400 | 409 | 414 => Self::Invalid,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            410 => Self::EndpointUnavailable,
            _ => Self::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_refusals() {
        for (status, reason, text, trouble) in [
            (403, "", "Insufficient client scope", Trouble::MissingScope),
            (401, "", "Permissions missing", Trouble::MissingScope),
            (404, "NO_ACTIVE_DEVICE", "Player command failed", Trouble::NoActiveDevice),
            (404, "", "Player command failed: No active device found", Trouble::NoActiveDevice),
            (403, "PREMIUM_REQUIRED", "Player command failed", Trouble::PremiumRequired),
            (403, "", "Player command failed: Premium required", Trouble::PremiumRequired),
            (
                403,
                "",
                "Active premium subscription required for the owner of the app. When the…",
                Trouble::OwnerPremiumRequired,
            ),
            (403, "", "User not registered in the Developer Dashboard", Trouble::NotAllowlisted),
            (403, "", "… the user may not be registered.", Trouble::NotAllowlisted),
            (403, "", "Forbidden", Trouble::EndpointUnavailable),
            (410, "", "Gone", Trouble::EndpointUnavailable),
            (429, "", "API rate limit exceeded", Trouble::RateLimited),
            (429, "QUOTA_EXCEEDED", "Too many requests", Trouble::QuotaExceeded),
            (403, "VOLUME_CONTROL_DISALLOW", "", Trouble::VolumeUnsupported),
            (
                403,
                "",
                "Player command failed: Cannot control device volume",
                Trouble::VolumeUnsupported,
            ),
            (403, "DEVICE_NOT_CONTROLLABLE", "", Trouble::DeviceRestricted),
            (403, "ALREADY_PAUSED", "", Trouble::AlreadySo),
            (403, "UNKNOWN", "Player command failed: Restriction violated", Trouble::PlayerRefuses),
            (403, "NO_NEXT_TRACK", "", Trouble::PlayerRefuses),
            (403, "", "", Trouble::Forbidden),
            (403, "A_NEW_ONE", "something else", Trouble::Forbidden),
            (404, "", "Device not found", Trouble::NotFound),
            (400, "", "Invalid limit", Trouble::Invalid),
            (409, "", "Conflict", Trouble::Invalid),
            (500, "PREMIUM_REQUIRED", "Premium required", Trouble::Unavailable),
            (503, "", "<html>", Trouble::Unavailable),
            (302, "", "", Trouble::Unavailable),
        ] {
            assert_eq!(Trouble::of(status, reason, text), trouble, "{status} {reason} {text}");
        }
    }
}
