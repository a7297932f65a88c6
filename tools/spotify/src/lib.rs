//! Spotify as tools for a chat assistant: the catalogue, the player, the library, spoken word.
//!
//! Errors carry the shared codes of the kit and these of our own:
//!
//! | code | meaning |
//! |---|---|
//! | `no_active_device` | no device plays, and none could be chosen without asking |
//! | `premium_required` | the person's plan doesn't allow remote control |
//! | `owner_premium_required` | the plan of whoever registered this server's Spotify app ran out |
//! | `not_allowlisted` | the person isn't entered as a user of this server's Spotify app |
//! | `endpoint_unavailable` | Spotify doesn't offer this to apps of this kind |
//! | `device_restricted` | the device takes no commands from outside |
//! | `volume_unsupported` | the device's volume can't be set from outside |
//! | `not_done` | one of several things, not tried any more after another had failed, or the call was cancelled |

mod answer;
mod api;
mod children;
mod control;
mod devices;
mod get;
mod library;
mod limits;
mod many;
mod me;
mod model;
mod now;
mod pages;
mod play;
mod player;
mod podcasts;
mod queue;
mod recent;
mod resolve;
mod search;
mod text;
mod time;
mod top;
mod uri;

#[cfg(test)]
mod tests;

use stagepass_kit::Toolset;

use crate::api::{Pace, SpotifyApi};

/// The provider's id, as connections know it.
const PROVIDER: &str = "spotify";

/// The Spotify tools. `http` is the host's shared client; `api_url` is the Web API's base without
/// trailing slash, e.g. `https://api.spotify.com/v1`.
#[must_use]
pub fn toolset(http: reqwest::Client, api_url: &str) -> Toolset {
    toolset_at(SpotifyApi::new(http, api_url, Pace::default()))
}

fn toolset_at(api: SpotifyApi) -> Toolset {
    Toolset::new("spotify", Some(PROVIDER))
        .with(search::Search(api.clone()))
        .with(resolve::Resolve(api.clone()))
        .with(get::Get(api.clone()))
        .with(children::ListChildren(api.clone()))
        .with(now::Now(api.clone()))
        .with(play::Play(api.clone()))
        .with(control::Control(api.clone()))
        .with(devices::Devices(api.clone()))
        .with(queue::Queue(api.clone()))
        .with(recent::RecentlyPlayed(api.clone()))
        .with(top::Top(api.clone()))
        .with(me::Me(api.clone()))
        .set("library")
        .with(library::List(api.clone()))
        .with(library::Check(api.clone()))
        .with(library::Save(api.clone()))
        .set("podcasts")
        .with(podcasts::Episodes(api.clone()))
        .with(podcasts::Shows(api.clone()))
        .set("destructive")
        .with(library::Remove(api))
}
