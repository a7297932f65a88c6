//! JSON with something wrong in it: a field that is gone, null, of another type, or new.

pub(super) use stagepass_standin::mutations::{each, some};
