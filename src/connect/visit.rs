//! A chat user's way to their own page: a link shown in the chat, and a code from the page that
//! comes back through the same chat. So whoever else gets hold of the link sees nothing.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::ExposeSecret;
use stagepass_kit::{Identity, Realm, ToolError, code};
use url::Url;

use super::{CODE, Connect, LIFETIME, TRIES, confirm::stripped};
use crate::{
    audit::Entry,
    store::{VisitRow, VisitState},
    vault::{hash, mint, read_spoken_code, spoken_code},
    web::ACCOUNT,
};

/// What the page says whose code was given in another chat.
const ELSEWHERE: &str = "The code was given in another chat than the one that this page is for.";
/// What it says after too many wrong codes.
const TOO_MANY: &str = "Too many wrong codes were given in the chat.";

impl Connect {
    /// Where `identity` finds its own page: for a chat user a link of its own, in place of earlier
    /// ones. None for a program, which has no browser.
    ///
    /// # Errors
    /// `internal` when the database fails.
    pub async fn own_page(&self, identity: &Identity) -> Result<Option<Url>, ToolError> {
        let path = match identity.realm() {
            Realm::Client => return Ok(None),
            Realm::User | Realm::Local => ACCOUNT.to_owned(),
            Realm::Chat => {
                let ticket = self.invite(identity).await.map_err(ToolError::internal)?;
                format!("{ACCOUNT}/chat/{}", ticket.expose_secret())
            }
        };
        self.public_url.join(&path).map(Some).map_err(ToolError::internal)
    }

    async fn invite(&self, identity: &Identity) -> sqlx::Result<secrecy::SecretString> {
        let ticket = mint(&self.clock, "spt_");
        let now = self.clock.now();
        self.db
            .add_visit(&VisitRow {
                id: BASE64_URL_SAFE_NO_PAD.encode(self.clock.random::<16>()),
                ticket_hash: hash(ticket.expose_secret()),
                identity: identity.to_string(),
                state: VisitState::Issued,
                browser_hash: None,
                code_hash: None,
                tries: 0,
                problem: None,
                created_at: now,
                expires_at: now + LIFETIME,
            })
            .await?;
        Ok(ticket)
    }

    /// Gives `visit` to the browser with this cookie. Answers with the code to show in it; none if
    /// another browser was first.
    ///
    /// # Errors
    /// `internal` when the database fails.
    pub async fn bind_visit(
        &self,
        visit: &VisitRow,
        cookie: &str,
    ) -> Result<Option<String>, ToolError> {
        let code = spoken_code::<CODE>(&self.clock);
        let now = self.clock.now();
        let bound = self.db.bind_visit(&visit.id, &hash(cookie), &hash(&code), now).await;
        Ok(bound.map_err(ToolError::internal)?.then_some(code))
    }

    /// Whether what `identity` gave is the code on their own page, which opens with that. One that
    /// is another chat's ends that page.
    ///
    /// # Errors
    /// `wrong_identity` for another chat's code; for one that is nobody's `code_invalid`, or
    /// `link_expired` once there were too many, if nothing but the own page waits for a code.
    pub async fn confirm_visit(&self, identity: &Identity, given: &str) -> Result<bool, ToolError> {
        let Some(code) = read_spoken_code::<CODE>(stripped(given)) else { return Ok(false) };
        let (who, typed, now) = (identity.to_string(), hash(&code), self.clock.now());
        if self.db.prove_visit(&who, &typed, now).await.map_err(ToolError::internal)? {
            return Ok(true);
        }
        let ended = self.db.end_visit_of_another(&who, &typed, ELSEWHERE, now).await;
        if let Some(owner) = ended.map_err(ToolError::internal)? {
            let entry = Entry::refused("account.opened", "code given in another chat");
            self.audit.refused(entry.identity(&owner)).await;
            return Err(elsewhere());
        }
        // Another page's, on which the same person has just signed in.
        if self.is_own_code(identity, &typed).await? {
            return Ok(false);
        }
        let missed = self.db.miss_visit(&who, TRIES, TOO_MANY, now).await;
        match missed.map_err(ToolError::internal)? {
            None => Ok(false),
            Some(tries) if tries < TRIES => Err(wrong()),
            Some(_) => Err(too_many()),
        }
    }
}

fn elsewhere() -> ToolError {
    ToolError::new(
        code::WRONG_IDENTITY,
        "This code is from a page that was made for another chat. That page is closed now.",
        "Tell the person: whoever sent them that link or code wanted to see or use somebody else's \
         accounts. Their own page is at `account_url` of Auth with action \"status\".",
    )
}

fn wrong() -> ToolError {
    ToolError::new(
        code::CODE_INVALID,
        "That isn't the code on the page.",
        "Ask the person to read the code from the page again; it looks like K7QM-2X9D.",
    )
}

fn too_many() -> ToolError {
    ToolError::new(
        code::LINK_EXPIRED,
        "Too many wrong codes were given, so that page was closed.",
        "Call Auth with action \"status\" and show the person the new `account_url`.",
    )
}
