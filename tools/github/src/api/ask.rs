//! One request, before it has a token.

use reqwest::Method;
use serde_json::Value;
use stagepass_kit::ToolError;
use url::Url;

use super::Bucket;

/// What all of the API speaks (REST API, media types).
const JSON: &str = "application/vnd.github+json";

/// One request to the REST API.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    method: Method,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    accept: &'static str,
    scopes: &'static [&'static str],
    /// The most entries of a list.
    limit: u32,
}

impl Ask {
    /// A question. The path's segments follow the API's base.
    pub(crate) fn get<const N: usize>(path: [&str; N]) -> Self {
        Self::new(Method::GET, path)
    }

    /// A command that makes something.
    pub(crate) fn post<const N: usize>(path: [&str; N]) -> Self {
        Self::new(Method::POST, path)
    }

    /// A command that changes something.
    pub(crate) fn patch<const N: usize>(path: [&str; N]) -> Self {
        Self::new(Method::PATCH, path)
    }

    /// A command that sets something.
    pub(crate) fn put<const N: usize>(path: [&str; N]) -> Self {
        Self::new(Method::PUT, path)
    }

    fn new<const N: usize>(method: Method, path: [&str; N]) -> Self {
        let path = path.map(str::to_owned).to_vec();
        Self {
            method,
            path,
            query: Vec::new(),
            body: None,
            accept: JSON,
            scopes: &[],
            limit: u32::MAX,
        }
    }

    /// The same with more segments, which `path` has slashes between.
    pub(crate) fn below(mut self, path: &str) -> Self {
        self.path.extend(path.split('/').filter(|part| !part.is_empty()).map(str::to_owned));
        self
    }

    /// The same with a query parameter.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// The same with a query parameter, if there is a value for it.
    pub(crate) fn with_some(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same for one page of a list.
    pub(crate) fn paged(mut self, limit: u32, page: u32) -> Self {
        self.limit = limit;
        self.with("per_page", limit.to_string()).with("page", page.to_string())
    }

    /// The same with a JSON body.
    pub(crate) fn sending(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// The same, for an answer of another media type.
    pub(crate) fn accepting(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    /// The same with the scopes of an OAuth app of which GitHub wants one, the best first. A token
    /// that is known to have none of them isn't sent.
    pub(crate) fn needing(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }

    /// Where it goes, below `base`.
    pub(super) fn url(&self, base: &str) -> Result<Url, ToolError> {
        let mut url = Url::parse(base).map_err(ToolError::internal)?;
        url.path_segments_mut()
            .map_err(|()| ToolError::internal("the API's address can't have a path"))?
            .pop_if_empty()
            .extend(&self.path);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }

    /// Which allowance it counts against.
    pub(super) fn bucket(&self) -> Bucket {
        let mut path = self.path.iter().map(String::as_str);
        match (path.next(), path.next()) {
            (Some("search"), Some("code")) => Bucket::CodeSearch,
            (Some("search"), _) => Bucket::Search,
            _ => Bucket::Core,
        }
    }

    pub(super) fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    pub(super) fn method(&self) -> &Method {
        &self.method
    }

    pub(super) fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    pub(super) fn accept(&self) -> &'static str {
        self.accept
    }

    pub(super) fn limit(&self) -> u32 {
        self.limit
    }

    pub(super) fn scopes(&self) -> &'static [&'static str] {
        self.scopes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_name_never_leaves_its_segment() {
        let ask = Ask::get(["repos", "o", "r?x#y"]).below("a b/ü/../c").with("ref", "a&b=c");
        let url = ask.url("https://ghe.example.com/api/v3/").unwrap();
        assert_eq!(
            url.as_str(),
            "https://ghe.example.com/api/v3/repos/o/r%3Fx%23y/a%20b/%C3%BC/c?ref=a%26b%3Dc"
        );
        let ask = Ask::get(["repos", "..", "%2e%2e", "a/b\\c"]).below("%2f/\\..\\d");
        let url = ask.url("https://api.github.com").unwrap();
        assert_eq!(url.path(), "/repos/%252e%252e/a%2Fb%5Cc/%252f/%5C..%5Cd");
    }
}
