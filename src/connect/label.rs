//! What a person calls one of several accounts.

use stagepass_kit::{Identity, ToolError};

use super::Connect;
use crate::{
    providers::{ProviderClient, clean},
    vault::{Connection, same_word},
};

/// The longest label, in characters.
const LABEL: usize = 60;

impl Connect {
    /// `label` as it is kept, if it may name one more account. One whose account has to be connected
    /// again is free: that is what the link will be for.
    pub(super) async fn free_label(
        &self,
        identity: &Identity,
        client: &ProviderClient,
        label: &str,
    ) -> Result<String, ToolError> {
        let label = clean(label);
        if !(1..=LABEL).contains(&label.chars().count()) {
            return Err(ToolError::invalid_argument(
                "`account` can't be the label of an account.",
                format!(
                    "Set it to 1 to {LABEL} visible characters, such as \"work\", or leave it out."
                ),
            ));
        }
        let connections = self.vault.connections(identity).await.map_err(ToolError::internal)?;
        let is_taken = |known: &Connection| {
            known.provider == client.id()
                && known.dead_reason.is_none()
                && known.label.as_deref().is_some_and(|known| same_word(known, &label))
        };
        match connections.iter().find(|known| is_taken(known)) {
            None => Ok(label),
            Some(known) => Err(ToolError::invalid_argument(
                format!("Another account is called that already: {}.", known.account.name),
                "To connect that one again, leave `account` out; to connect one more, set it to \
                 another label.",
            )),
        }
    }
}
