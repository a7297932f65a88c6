//! For whom a link is, in words for the person in the browser.

use maud::{Markup, html};
use stagepass_kit::{Identity, Realm, ToolError};

use super::Connect;
use crate::{providers::clean, store::LinkRow};

/// How much of a chat user's id is shown at its ends, in characters, if it is this long.
const SHOWN: (usize, usize, usize) = (3, 4, 10);

impl Connect {
    /// For whom `link` is. A chat user is shown so that they know themselves, and others don't learn
    /// whose chat it is.
    pub(super) async fn whom(&self, link: &LinkRow) -> Result<Markup, ToolError> {
        let identity: Identity = link.identity.parse().map_err(ToolError::internal)?;
        match identity.realm() {
            Realm::Local => Ok(html! { "the owner of this server, on this computer" }),
            Realm::Chat => {
                let bot = self.bot_name(&identity).await?;
                let chat = masked(identity.label());
                Ok(html! {
                    @if let Some(name) = &link.chat_name { strong { (name) } ", " }
                    strong { (chat) } ", in the chat of " strong { (bot) }
                })
            }
            Realm::User | Realm::Client => Ok(html! { (self.label(&identity).await?) }),
        }
    }

    /// What the bot of a chat user is called.
    async fn bot_name(&self, identity: &Identity) -> Result<String, ToolError> {
        let bot = self.db.client(identity.namespace()).await.map_err(ToolError::internal)?;
        Ok(bot.map_or_else(|| identity.namespace().to_owned(), |bot| bot.name))
    }
}

/// A chat user's id with most of what comes after its kind left out: `whatsapp:+49•••5678`.
#[must_use]
pub fn masked(id: &str) -> String {
    let id = clean(id);
    let (kind, rest) = id.split_once(':').unwrap_or(("", &id));
    let kind = if kind.is_empty() { String::new() } else { format!("{kind}:") };
    let letters: Vec<char> = rest.chars().collect();
    let (head, tail, long) = SHOWN;
    let (head, tail) = if letters.len() >= long { (head, tail) } else { (0, letters.len() / 3) };
    let (begins, ends) = (letters.iter().take(head), letters.iter().skip(letters.len() - tail));
    begins.fold(kind, |text, c| text + &c.to_string()) + "•••" + &ends.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn an_id_is_shown_so_that_its_owner_knows_it_and_nobody_else_learns_it() {
        for (id, shown) in [
            ("whatsapp:+4915112345678", "whatsapp:+49•••5678"),
            ("telegram:123456", "telegram:•••56"),
            ("slack:T01:U99", "slack:•••99"),
            ("whatsapp:4915112345678:3@s.whatsapp.net", "whatsapp:491•••.net"),
            ("matrix:@anna.smith:example.org", "matrix:@an•••.org"),
            ("tg:1", "tg:•••"),
            ("x", "•••"),
            ("plainidentifier", "pla•••fier"),
            ("a:\u{202e}b", "a:•••"),
        ] {
            assert_eq!(masked(id), shown, "{id}");
        }
    }
}
