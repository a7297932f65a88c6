//! The bot is told.
