//! What Spotify answers, read tolerantly: every field may be missing, null, or of another type than
//! documented, and then only that field is lost.

mod item;
mod lenient;
mod list;
mod player;
mod playlist;
mod profile;

pub(crate) use item::{Found, Item, Named, Page};
pub(crate) use list::{Entries, Followed, pick};
pub(crate) use player::{Device, DeviceList, PlayerState, Queue};
pub(crate) use playlist::{Changed, Entry, EntryPage, Playlist, PlaylistPage};
pub(crate) use profile::Profile;
