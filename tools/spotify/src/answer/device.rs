//! One device, as one line.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    model::Device,
    text::{clean, dotted},
};

/// Something that plays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DeviceRow {
    /// Good for now only: it changes, so name the device by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// What the person calls it.
    pub(crate) name: String,
    /// `Computer`, `Smartphone`, `Speaker` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    /// Whether it is the one that plays, or would.
    pub(crate) is_active: bool,
    /// Whether it takes no commands from outside.
    pub(crate) is_restricted: bool,
    /// Its volume, 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) volume_percent: Option<u8>,
    /// Whether its volume can be set from outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) supports_volume: Option<bool>,
}

impl DeviceRow {
    /// The row of `device`.
    pub(crate) fn of(device: &Device) -> Self {
        let name = device.name.as_deref().map(clean).filter(|name| !name.is_empty());
        Self {
            id: device.id.as_deref().map(clean),
            name: name.unwrap_or_else(|| "(no name)".into()),
            kind: device.kind.as_deref().map(clean),
            is_active: device.is_active,
            is_restricted: device.is_restricted,
            volume_percent: device.volume_percent,
            supports_volume: device.supports_volume,
        }
    }

    /// Whether it can be told to do something.
    pub(crate) fn is_usable(&self) -> bool {
        self.id.is_some() && !self.is_restricted
    }

    /// Whether it is the device with this id; `None` never is.
    pub(crate) fn has_id(&self, id: Option<&str>) -> bool {
        id.is_some() && self.id.as_deref() == id
    }
}

impl fmt::Display for DeviceRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let volume = self.volume_percent.map(|percent| format!("volume {percent}%"));
        f.write_str(&dotted([
            Some(self.name.clone()),
            self.kind.clone(),
            if self.supports_volume == Some(false) { Some("fixed volume".into()) } else { volume },
            self.is_active.then(|| "active".into()),
            self.is_restricted.then(|| "restricted: takes no commands".into()),
        ]))
    }
}
