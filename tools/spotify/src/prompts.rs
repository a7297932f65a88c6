//! Prompts that people pick from a list.

mod heard;
mod mood;
mod tidy;

pub(crate) use self::{heard::Heard, mood::Mood, tidy::Tidy};

/// What a person wrote, as one line within quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", crate::text::clean(text).replace('"', "'"))
}
