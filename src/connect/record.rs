//! What linking leaves in the record of what happened.

use std::net::IpAddr;

use super::Connect;
use crate::{audit::Entry, store::LinkRow, web::address::ClientAddress};

/// `entry` as one about `link`; asked for from `address`, where a browser came.
pub(super) fn about(entry: Entry, link: &LinkRow, address: Option<IpAddr>) -> Entry {
    let entry = match link.identity.parse() {
        Ok(identity) => entry.person(&identity),
        Err(_) => entry.identity(&link.identity),
    };
    let entry = entry.provider(&link.provider);
    match address {
        Some(address) => entry.address(address),
        None => entry,
    }
}

impl Connect {
    /// A browser came back, and nothing was linked, for the reason `code`.
    pub(super) async fn rejected(&self, link: &LinkRow, code: &str, address: ClientAddress) {
        let entry = Entry::refused("link.rejected", code);
        self.audit.refused(about(entry, link, Some(address.0))).await;
    }
}
