//! The world that a story plays in: the real server, a stand-in Spotify, a clock of our own.

mod app;
mod beside;
mod bot;
mod canary;
mod chat;
mod connector;
mod database;
mod forge;
mod shelf;
mod store;
mod window;

pub(crate) use app::{Setup, TestApp, code_on};
pub(crate) use bot::{Bot, SECRET as BOT_SECRET, encoded};
pub(crate) use chat::{Chat, Era, Told};
pub(crate) use connector::{Answer, Connector, REDIRECT_URI, Tokens};
pub(crate) use forge::{ClientKey, ServerKey, claims_of, header_of};
pub(crate) use shelf::{Turnstile, shelf};
pub(crate) use store::{Store, at};
pub(crate) use window::Window;
