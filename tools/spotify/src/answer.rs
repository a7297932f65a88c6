//! What the tools answer with: rows, devices, the state of the player. Typed for programs, one line
//! each for the model.

mod device;
mod entry;
mod failed;
mod listing;
mod placed;
mod playback;
mod playlist;
mod row;

pub(crate) use device::DeviceRow;
pub(crate) use entry::{Entry, room_for_each};
pub(crate) use failed::{Failed, list_failed};
pub(crate) use listing::{Listing, Part};
pub(crate) use placed::{EntryRow, Placed};
pub(crate) use playback::Playback;
pub(crate) use playlist::{PlaylistLines, PlaylistRow};
pub(crate) use row::{MOST_NAMES, Numbered, Row};
