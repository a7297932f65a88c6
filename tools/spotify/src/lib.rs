//! Spotify as tools for a chat assistant.
