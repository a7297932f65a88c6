//! What a playlist has besides what is in it, as somebody wants it.

use serde_json::{Map, Value};
use stagepass_kit::ToolError;

use super::target::Target;
use crate::text::clip;

/// The most characters that Spotify takes.
const LONGEST_NAME: usize = 100;
const LONGEST_DESCRIPTION: usize = 300;

/// What is wanted; what is `None` stays, or is left to Spotify.
#[derive(Debug, Default)]
pub(super) struct Details {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) public: Option<bool>,
    pub(super) collaborative: Option<bool>,
}

impl Details {
    /// Refuses texts that Spotify would refuse.
    ///
    /// # Errors
    /// `invalid_argument`.
    pub(super) fn check(&self) -> Result<(), ToolError> {
        let texts = [
            ("name", self.name.as_deref(), LONGEST_NAME),
            ("description", self.description.as_deref(), LONGEST_DESCRIPTION),
        ];
        for (argument, text, longest) in texts {
            let Some(text) = text else { continue };
            if text.trim().is_empty() || text.chars().count() > longest {
                return Err(ToolError::invalid_argument(
                    format!("`{argument}` has to have 1 to {longest} characters."),
                    "Call again with another text.",
                ));
            }
        }
        Ok(())
    }

    /// Refuses what would be public and collaborative, given what it is now.
    ///
    /// # Errors
    /// `invalid_argument`.
    pub(super) fn check_openness(
        &self,
        public: Option<bool>,
        collaborative: Option<bool>,
    ) -> Result<(), ToolError> {
        let is_public = self.public.or(public) == Some(true);
        if is_public && self.collaborative.or(collaborative) == Some(true) {
            return Err(ToolError::invalid_argument(
                "A playlist can't be public and collaborative at once.",
                "Pass `public` false with `collaborative` true, or `collaborative` false.",
            ));
        }
        Ok(())
    }

    /// Whether nothing is wanted.
    pub(super) fn is_empty(&self) -> bool {
        self.body().is_empty()
    }

    /// What Spotify is sent.
    pub(super) fn body(&self) -> Map<String, Value> {
        let texts = [("name", &self.name), ("description", &self.description)];
        let flags = [("public", self.public), ("collaborative", self.collaborative)];
        let mut body = Map::new();
        for (name, text) in texts {
            // Spotify refuses line breaks.
            let one_line = text.as_deref().map(|text| clip(text, LONGEST_DESCRIPTION));
            body.extend(one_line.map(|text| (name.to_owned(), text.into())));
        }
        for (name, flag) in flags {
            body.extend(flag.map(|flag| (name.to_owned(), flag.into())));
        }
        body
    }

    /// Whether the playlist is as wanted.
    pub(super) fn are_in(&self, list: &Target) -> bool {
        let is = |wanted: &Option<String>, has: &Option<String>| {
            wanted.is_none()
                || wanted.as_deref().map(|text| clip(text, LONGEST_DESCRIPTION)) == *has
        };
        is(&self.name, &list.name)
            && is(&self.description, &list.description)
            && (self.public.is_none() || self.public == list.public)
            && (self.collaborative.is_none() || self.collaborative == list.collaborative)
    }
}
