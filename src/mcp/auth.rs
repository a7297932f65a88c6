//! The `Auth` tool: linking accounts in conversation.

mod answer;

use schemars::JsonSchema;
use serde::Deserialize;
use stagepass_kit::{Caller, Effect, Tool, ToolError, Toolset};

use crate::connect::Connect;

pub use answer::Answer;
pub(super) use answer::when;

/// The toolset of one tool.
#[must_use]
pub fn toolset(connect: Connect) -> Toolset {
    let providers = format!("Auth connects accounts of: {}.", connect.provider_ids());
    Toolset::new("auth", None).with_instructions(&providers).with(Auth(connect))
}

/// Its only tool, on the wire and for people.
pub const NAME: &str = "Auth";
/// See [`NAME`].
pub const TITLE: &str = "Connect accounts";

struct Auth(Connect);

/// What to do.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Action {
    /// Get a link that the person opens in a browser to sign in.
    GetUrl,
    /// Finish signing in with what the person gave back.
    HandleCallback,
    /// See which accounts are connected, and until when.
    Status,
    /// Disconnect an account and delete its tokens.
    Revoke,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// What to do.
    action: Action,
    /// The service, by its id. May be left out when there is only one that the tools use.
    provider: Option<String>,
    /// For `handle_callback`: the one-time code or the line that the page shows, or the whole address
    /// of the page that the browser ended on, or the bare authorization code.
    code: Option<String>,
    /// For `get_url`: what the person will call the account, e.g. "work", where they have or want
    /// several. For revoke, where several are connected: the account's label, name or id.
    account: Option<String>,
}

impl Tool for Auth {
    const NAME: &'static str = NAME;
    const TITLE: &'static str = TITLE;
    const DESCRIPTION: &'static str = "Connects the person's accounts, so that the other \
        tools can use them. action \"get_url\" gives a link: show it to the person as it \
        is. Often nothing more is needed, and \"status\" says when it is done. If the page shows a \
        code, or the browser ends on a page that doesn't load, the person gives you that code or \
        that page's address: pass it on with \"handle_callback\". \"revoke\" disconnects. Never \
        ask for passwords or tokens.";
    const EFFECT: Effect = Effect::Destroys;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let Self(connect) = self;
        let who = caller.identity();
        let (provider, account) = (args.provider.as_deref(), args.account.as_deref());
        match args.action {
            Action::GetUrl => {
                let client = connect.provider(provider)?;
                Ok(Answer::link(client, connect.issue(caller, client, account).await?))
            }
            Action::HandleCallback => {
                let code = args.code.as_deref().ok_or_else(code_missing)?;
                if connect.confirm_visit(who, code).await? {
                    return Ok(Answer::page_open());
                }
                let client = connect.provider(provider)?;
                Ok(Answer::connected(client, connect.confirm(who, client, code).await?))
            }
            Action::Status => {
                let only = provider.map(|id| connect.provider(Some(id))).transpose()?;
                let label = connect.label(who).await?;
                let rows = connect.status(who, only).await?;
                Ok(Answer::status(who.realm(), label, rows, connect.own_page(who).await?))
            }
            Action::Revoke => {
                let client = connect.provider(provider)?;
                Ok(Answer::revoked(client, connect.revoke(who, client, account).await?))
            }
        }
    }
}

fn code_missing() -> ToolError {
    ToolError::invalid_argument(
        "`code` is missing.",
        "Set it to the code from the page, or to the address of the page the browser ended on.",
    )
}
