//! A body that is read only so far.

/// The beginning of a body of which nobody knows how long it is.
#[derive(Debug)]
pub struct Capped {
    bytes: Vec<u8>,
    most: usize,
}

impl Capped {
    /// An empty one, for `most` bytes.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { bytes: Vec::new(), most }
    }

    /// Takes as much of `chunk` as fits. Whether there is room for more.
    pub fn take(&mut self, chunk: &[u8]) -> bool {
        self.bytes.extend(chunk.iter().take(self.most - self.bytes.len()));
        self.bytes.len() < self.most
    }

    /// What was read.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exceeds_the_limit_is_not_kept() {
        let mut body = Capped::new(5);
        assert!(body.take(b"abc"));
        assert!(!body.take(b"defg"));
        assert!(!body.take(b"h"));
        assert_eq!(body.into_bytes(), b"abcde");
    }
}
