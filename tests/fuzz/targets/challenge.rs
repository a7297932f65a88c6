//! The value of a `WWW-Authenticate` header.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stagepass::providers::bearer;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = str::from_utf8(bytes) else { return };
    let found = bearer([value]);
    assert_eq!(bearer(["Basic realm=\"x\"", value]), found);
    let Some(challenge) = found else { return };
    for part in [challenge.resource_metadata, challenge.scope, challenge.error] {
        assert!(part.is_none_or(|part| !part.is_empty() && part.len() < value.len()));
    }
});
