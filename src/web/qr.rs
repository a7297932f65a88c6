//! A QR code in a page: what is on this screen, for the phone beside it.

use std::fmt::Write;

use fast_qr::{ECL, QRBuilder};
use maud::{Markup, html};

/// The light border that a code needs around it, in modules (ISO/IEC 18004 §9.1).
const QUIET: usize = 4;

/// `text` as a code, with `label` for those who don't see it. None if it is too long for one.
#[must_use]
pub fn code(text: &str, label: &str) -> Option<Markup> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let size = code.size + 2 * QUIET;
    let mut dark = String::new();
    for row in 0..code.size {
        for (column, module) in code.data.iter().skip(row * code.size).take(code.size).enumerate() {
            if module.value() {
                // Writing into a string doesn't fail.
                let (x, y) = (column + QUIET, row + QUIET);
                write!(dark, "M{x} {y}h1v1h-1z").ok();
            }
        }
    }
    Some(html! {
        svg.qr role="img" aria-label=(label) viewBox={ "0 0 " (size) " " (size) }
            shape-rendering="crispEdges" {
            rect width=(size) height=(size) fill="#fff" {}
            path d=(dark) fill="#000" {}
        }
    })
}
