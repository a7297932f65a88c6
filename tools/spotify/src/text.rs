//! Short texts: those of the kit, and times.

pub(crate) use stagepass_kit::text::{clean, clip, dotted};

/// A time of `ms` milliseconds, as players show it: `3:41`, `1:02:05`.
pub(crate) fn clock(ms: u64) -> String {
    let seconds = ms / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_in_a_player() {
        assert_eq!(clock(221_000), "3:41");
        assert_eq!(clock(3_725_999), "1:02:05");
        assert_eq!(clock(0), "0:00");
    }
}
