//! A link as it is stored.

use chrono::{DateTime, Utc};

/// How far a link has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "lowercase", type_name = "text")]
pub enum LinkState {
    /// Shown in chat, and not yet followed.
    Issued,
    /// The person pressed the button and is at the provider.
    Started,
    /// The provider's code is being exchanged.
    Exchanging,
    /// Signed in, and waiting for the one-time code.
    Pending,
    /// The connection is active.
    Completed,
    /// Ended without a connection.
    Failed,
}

/// Why a link ended without a connection.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The code of the tool's error.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub next_step: String,
}

/// A link as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LinkRow {
    /// Its id, random.
    pub id: String,
    /// SHA-256 of the ticket.
    pub ticket_hash: Vec<u8>,
    /// The key of the identity that asked for it.
    pub identity: String,
    /// The id of the provider.
    pub provider: String,
    /// Scopes to ask for, with spaces between them.
    pub scopes: String,
    /// What the bot calls the chat user that it is for.
    pub chat_name: Option<String>,
    /// How far it has come.
    pub state: LinkState,
    /// SHA-256 of the cookie of the browser in which the button was pressed.
    pub browser_hash: Option<Vec<u8>>,
    /// SHA-256 of the OAuth `state`.
    pub state_hash: Option<Vec<u8>>,
    /// The PKCE verifier, sealed.
    pub sealed_verifier: Option<Vec<u8>>,
    /// The ticket, sealed, while the link may be shown once more.
    pub sealed_ticket: Option<Vec<u8>>,
    /// What the provider gave, sealed, while it waits for the one-time code.
    pub sealed_grant: Option<Vec<u8>>,
    /// SHA-256 of the one-time code.
    pub code_hash: Option<Vec<u8>>,
    /// How many wrong one-time codes were given.
    pub tries: i64,
    /// Once failed: the code of the error.
    pub problem_code: Option<String>,
    /// Once failed: what is wrong.
    pub problem_message: Option<String>,
    /// Once failed: what to do about it.
    pub problem_next_step: Option<String>,
    /// When it was shown.
    pub created_at: DateTime<Utc>,
    /// Until when it may be finished.
    pub expires_at: DateTime<Utc>,
    /// Whether it was begun on the person's own page, and leads back there.
    pub from_account: bool,
    /// What the person will call the account.
    pub label: Option<String>,
}

impl LinkRow {
    /// A link as it is when it is shown, with a ticket of this hash, and without a label.
    #[must_use]
    pub fn issued(
        id: String,
        ticket_hash: Vec<u8>,
        identity: String,
        provider: String,
        scopes: String,
        created_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            ticket_hash,
            identity,
            provider,
            scopes,
            chat_name: None,
            state: LinkState::Issued,
            browser_hash: None,
            state_hash: None,
            sealed_verifier: None,
            sealed_ticket: None,
            sealed_grant: None,
            code_hash: None,
            tries: 0,
            problem_code: None,
            problem_message: None,
            problem_next_step: None,
            created_at,
            expires_at,
            from_account: false,
            label: None,
        }
    }

    /// Why it ended without a connection.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        Some(Problem {
            code: self.problem_code.clone()?,
            message: self.problem_message.clone()?,
            next_step: self.problem_next_step.clone()?,
        })
    }

    /// Whether it may still lead to a connection.
    #[must_use]
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        now < self.expires_at && !matches!(self.state, LinkState::Completed | LinkState::Failed)
    }
}
