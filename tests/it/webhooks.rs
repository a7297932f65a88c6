//! A bot is told what became of its links and connections, and by nobody else.

mod connections;
mod links;
mod sending;

use stagepass::store::DeliveryRow;
use stagepass_standin::{Browser, Webhook};

use crate::harness::{Bot, Chat, Setup, TestApp, code_on};

/// A phone number, as the bot `spo_bot` names somebody.
const ANNA: &str = "whatsapp:+4915112345678";

/// A server with a bot, and the bot's end of its webhook.
struct World {
    app: TestApp,
    bot: Bot,
    hook: Webhook,
    /// That of the bot `spo_other`, if there is one.
    other: Option<Webhook>,
}

impl World {
    async fn start() -> Self {
        Self::start_with(None).await
    }

    /// The same with another bot, whose webhook this is.
    async fn start_with(other: Option<Webhook>) -> Self {
        let hook = Webhook::start(7).await;
        let mut variables = vec![
            ("ACCESS__ALLOW", "open".to_owned()),
            ("CHAT__SPO_BOT__WEBHOOK_URL", hook.url()),
            ("CHAT__SPO_BOT__WEBHOOK_SECRET", hook.secret().to_owned()),
        ];
        if let Some(other) = &other {
            variables.push(("CHAT__SPO_OTHER__WEBHOOK_URL", other.url()));
            variables.push(("CHAT__SPO_OTHER__WEBHOOK_SECRET", other.secret().to_owned()));
        }
        let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
        let bot = Bot::add(&app, "bot").await;
        Self { app, bot, hook, other }
    }

    async fn anna(&self) -> Chat {
        self.bot.chat(&self.app, ANNA).await
    }

    /// Has alice follow a link of `chat`, and gives the code that she is shown.
    async fn code(&self, chat: &Chat) -> String {
        let page = self.app.sign_in(&Browser::new(), &chat.get_url().await, "alice").await;
        code_on(&page)
    }

    /// Something happens that the bot `bot` is told, without a person.
    async fn happens(&self, bot: &str) {
        let (db, event) = (self.app.db().await, stagepass::webhooks::Event::Authorized);
        self.app.webhooks(&db).tell(&format!("chat:{bot}:x"), "spotify", &event).await;
        db.close().await;
    }

    async fn deliveries(&self) -> Vec<DeliveryRow> {
        let db = self.app.db().await;
        let rows = db.deliveries(None, 1000).await.unwrap();
        db.close().await;
        rows
    }

    /// The newest message to `bot`, once its try `attempts` has come to `answer`.
    async fn settled(&self, bot: &str, attempts: i64, answer: &str) -> DeliveryRow {
        let settling = async {
            loop {
                let rows = self.deliveries().await;
                let row = rows.into_iter().rfind(|row| row.client_id == bot).unwrap();
                if row.attempts == attempts && row.last_answer.as_deref() == Some(answer) {
                    return row;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        };
        let settled = tokio::time::timeout(std::time::Duration::from_secs(30), settling).await;
        settled.unwrap_or_else(|_| panic!("{bot}: never {attempts} tries with {answer}"))
    }

    /// Ends the story. Nothing that was told was malformed, unsigned, or held a secret.
    async fn finish(self) {
        let hooks = [&self.hook].into_iter().chain(&self.other);
        let mut secrets = Vec::new();
        for hook in hooks {
            assert!(hook.violations().is_empty(), "{:?}", hook.violations());
            hook.messages().iter().for_each(|message| self.app.overheard(&message.text));
            secrets.push(hook.secret().trim_start_matches("whsec_").to_owned());
            for secret in [&self.bot.token, "/connect/"] {
                assert!(!hook.messages().iter().any(|message| message.text.contains(secret)));
            }
        }
        self.app.finish_without(secrets).await;
    }
}
