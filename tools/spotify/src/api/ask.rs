//! One request, before it has a token.

use std::borrow::Cow;

use reqwest::Method;
use serde_json::Value;

/// One request to the Web API.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    method: Method,
    path: Cow<'static, str>,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    scopes: &'static [&'static str],
    of_the_catalogue: bool,
}

impl Ask {
    /// A question. `path` follows the API's base, without leading slash.
    pub(crate) fn get(path: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::GET, path)
    }

    /// A command that sets something.
    pub(crate) fn put(path: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::PUT, path)
    }

    /// A command that does something.
    pub(crate) fn post(path: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::POST, path)
    }

    /// A command that takes something away.
    pub(crate) fn delete(path: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::DELETE, path)
    }

    fn new(method: Method, path: impl Into<Cow<'static, str>>) -> Self {
        let path = path.into();
        Self { method, path, query: Vec::new(), body: None, scopes: &[], of_the_catalogue: false }
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

    /// The same with a JSON body.
    pub(crate) fn sending(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// The same with the scopes that Spotify wants for it, all of them. Without one it isn't sent.
    pub(crate) fn needing(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }

    /// The same, about something that doesn't change from one minute to the next: the answer may be
    /// some minutes old.
    pub(crate) fn of_the_catalogue(mut self) -> Self {
        self.of_the_catalogue = true;
        self
    }

    pub(super) fn is_of_the_catalogue(&self) -> bool {
        self.of_the_catalogue
    }

    /// Path and query, by which equal questions are known.
    pub(super) fn text(&self) -> String {
        let mut text = url::form_urlencoded::Serializer::new(format!("{}?", self.path));
        text.extend_pairs(&self.query);
        text.finish()
    }

    pub(super) fn method(&self) -> &Method {
        &self.method
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn query(&self) -> &[(&'static str, String)] {
        &self.query
    }

    pub(super) fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    pub(super) fn scopes(&self) -> &'static [&'static str] {
        self.scopes
    }
}
