//! What a toolset and its host say to each other. No input or output of its own.
//!
//! A toolset is a crate that depends on this one and on nothing else of the house. It writes one
//! type per tool ([`Tool`]), prompt ([`Prompt`]) and resource ([`Resource`]), and collects them in a
//! [`Toolset`]. When one of them runs it is handed a [`Caller`]: the person it acts for, already
//! chosen, and the way to that person's access token. What it can't reach is anything else: not the
//! vault, not a refresh token, not another person.

mod account;
mod caller;
mod capped;
mod error;
mod identity;
pub mod lenient;
mod prompt;
mod resource;
mod schema;
mod template;
pub mod testing;
pub mod text;
mod tool;
mod toolset;
mod watch;

pub use account::{LinkedAccount, describe_choice};
pub use caller::{AccessToken, Attempt, Caller, Connections, Used};
pub use capped::Capped;
pub use error::{ToolError, code};
pub use identity::{Identity, ParseIdentityError, Realm};
pub use prompt::Prompt;
pub use resource::Resource;
pub use tool::{Effect, Tool};
pub use toolset::{
    Described, RegisteredPrompt, RegisteredResource, RegisteredTool, Toolset, UnknownSet,
};
pub use watch::{Progress, Watch};
