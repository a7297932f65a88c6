//! What a token may do, as far as it can be known without asking GitHub.

use stagepass_kit::AccessToken;

/// How a GitHub App's tokens for its users begin (GitHub's token formats).
const APPS_OWN: &str = "ghu_";

/// Whether `token` is a GitHub App's: it has permissions, and lists no scopes.
pub(super) fn is_of_an_app(token: &AccessToken) -> bool {
    token.expose().starts_with(APPS_OWN)
}

/// Whether it is known that `token` has none of the scopes in `any_of`. What lists nothing may be
/// anything: GitHub is asked.
pub(super) fn lacks(token: &AccessToken, any_of: &[&str]) -> bool {
    let known = !token.scopes().is_empty() && !any_of.is_empty() && !is_of_an_app(token);
    known && !any_of.iter().any(|wanted| token.scopes().iter().any(|has| covers(has, wanted)))
}

/// Whether the scope `has` is `wanted`, or brings it along.
pub(super) fn covers(has: &str, wanted: &str) -> bool {
    has == wanted || matches!((has, wanted), ("repo", "public_repo") | ("user", "read:user"))
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_larger_scope_brings_the_smaller_one_along() {
        assert!(covers("repo", "public_repo") && covers("repo", "repo"));
        assert!(!covers("public_repo", "repo") && !covers("repo", "notifications"));
    }
}
