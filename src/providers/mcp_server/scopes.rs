//! Scopes as strangers write them.

use std::collections::BTreeSet;

use super::McpServer;
use crate::providers::ProviderError;

/// Beyond these they are left out: people are shown what they agree to.
const MOST: usize = 50;
const LONGEST: usize = 200;

/// The scopes in a line with spaces between them (RFC 6749 §3.3).
pub(super) fn of_line(line: &str) -> BTreeSet<String> {
    line.split(' ').filter(|scope| is_scope(scope)).take(MOST).map(str::to_owned).collect()
}

/// The scopes in a list.
pub(super) fn of_list(list: &[String]) -> BTreeSet<String> {
    list.iter().filter(|scope| is_scope(scope)).take(MOST).cloned().collect()
}

fn is_scope(scope: &str) -> bool {
    let is_in = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    (1..=LONGEST).contains(&scope.len()) && scope.bytes().all(is_in)
}

impl McpServer {
    /// What a person is asked for: what the operator says or else the server; `more` that it turned
    /// out to need; and what a refresh token takes.
    pub(in crate::providers) async fn scopes_to_ask(
        &self,
        more: &BTreeSet<String>,
    ) -> Result<Vec<String>, ProviderError> {
        let found = self.found_anew().await?;
        let own = &self.0.remote.scopes;
        let mut all = if own.is_empty() { found.scopes.clone() } else { of_list(own) };
        all.extend(more.iter().filter(|scope| is_scope(scope)).take(MOST).cloned());
        all.extend(found.server.offline_scope().map(str::to_owned));
        Ok(all.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_words_and_not_too_many() {
        let read = |line| of_line(line).into_iter().collect::<Vec<_>>();
        assert_eq!(read("a:read  b.write a:read"), ["a:read", "b.write"]);
        assert_eq!(read(""), [""; 0]);
        assert_eq!(read("a \u{202e}b c\"d e\\f g\th \u{e9}"), ["a"]);
        assert_eq!(read(&"x".repeat(LONGEST + 1)), [""; 0]);
        let many: Vec<_> = (0..500).map(|n| n.to_string()).collect();
        assert_eq!(of_line(&many.join(" ")).len(), MOST);
        assert_eq!(of_list(&many).len(), MOST);
    }
}
