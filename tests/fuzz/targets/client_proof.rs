//! An `Authorization` header, and the same bytes as a client's assertion.
#![no_main]

use http::HeaderValue;
use libfuzzer_sys::fuzz_target;
use stagepass::oauth::{read_basic, read_subject};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(header) = HeaderValue::from_bytes(bytes)
        && let Ok(Some((id, _))) = read_basic(&header)
    {
        assert!(header.as_bytes()[..6].eq_ignore_ascii_case(b"basic "), "{id}");
    }
    if let Ok(jwt) = str::from_utf8(bytes)
        && read_subject(jwt).is_some()
    {
        // Whom it names is read from the end; what has more parts is believed by nobody.
        assert!(jwt.split('.').count() >= 3);
    }
});
