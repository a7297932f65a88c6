//! Oddities that a test can switch on. The defaults are what Spotify usually did in 2026.

use super::library::FollowArtists;

/// Which of two names a field goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Naming {
    /// The name of 2026: `item`, `items`.
    #[default]
    New,
    /// The name of before: `track`, `tracks`.
    Old,
    /// Both, as during the change-over.
    Both,
}

/// Oddities, off by default.
#[derive(Debug, Clone, Default)]
pub struct Quirks {
    /// What is in a row of a playlist: `item` or `track`.
    pub playlist_item: Naming,
    /// The items in a playlist's own data: `items` or `tracks`.
    pub playlist_items: Naming,
    /// Changes to a playlist that name an outdated snapshot get 409.
    pub snapshot_conflicts: bool,
    /// Whether artists can be followed by way of the library.
    pub follow_artists: FollowArtists,
}
