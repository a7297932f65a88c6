//! What linking leaves in the record of what happened.

use std::net::IpAddr;

use super::Connect;
use crate::{
    audit::Entry,
    store::{LinkRow, Problem},
};

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
    /// `link` has ended without a connection.
    pub(super) async fn rejected(
        &self,
        link: &LinkRow,
        problem: &Problem,
        address: Option<IpAddr>,
    ) {
        let entry = Entry::refused("link.rejected", &problem.code);
        self.audit.note(about(entry, link, address)).await;
    }
}
