//! Pages: `href`, `items`, and the ways to the next ones.

use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::{
    ask,
    http::{Asked, Reply},
};

/// Which rows of a list are wanted.
pub(super) struct Page {
    path: String,
    /// Parameters that the addresses of other pages repeat.
    kept: Vec<(String, String)>,
    pub(super) limit: usize,
    pub(super) offset: usize,
}

impl Page {
    /// From `limit` and `offset` of a request.
    pub(super) fn of(asked: &Asked, usual: usize, most: usize) -> Result<Self, Reply> {
        let (limit, offset) = (ask::limit(asked, usual, most)?, ask::offset(asked)?);
        let kept = url::form_urlencoded::parse(asked.query.as_bytes())
            .filter(|(name, _)| name != "limit" && name != "offset")
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        Ok(Self { path: asked.path.clone(), kept, limit, offset })
    }

    /// The first rows of a list inside an answer.
    pub(super) fn first(path: &str, limit: usize) -> Self {
        Self { path: path.to_owned(), kept: Vec::new(), limit, offset: 0 }
    }

    fn address(&self, offset: usize) -> String {
        let (offset, limit) = (offset.to_string(), self.limit.to_string());
        let query = Serializer::new(String::new())
            .extend_pairs([("offset", offset), ("limit", limit)])
            .extend_pairs(&self.kept)
            .finish();
        format!("https://api.spotify.com{}?{query}", self.path)
    }

    /// The page of `all`, with each row told by `to_json`.
    pub(super) fn cut<T>(&self, all: &[T], to_json: impl FnMut(&T) -> Value) -> Value {
        let rows = all.iter().skip(self.offset).take(self.limit).map(to_json);
        let (total, beyond) = (all.len(), self.offset + self.limit);
        json!({
            "href": self.address(self.offset),
            "items": rows.collect::<Vec<_>>(),
            "limit": self.limit,
            "next": (beyond < total).then(|| self.address(beyond)),
            "offset": self.offset,
            "previous":
                (self.offset > 0).then(|| self.address(self.offset.saturating_sub(self.limit))),
            "total": total,
        })
    }
}
