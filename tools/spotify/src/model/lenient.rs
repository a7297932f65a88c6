//! Reading a field that may hold anything.

pub(super) use stagepass_kit::lenient::{lenient, list, slots};
