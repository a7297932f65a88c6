//! `fields=items(added_at,item(uri,artists(name)))`: an answer cut down to what is wanted.

use std::{iter::Peekable, str::Chars};

use serde_json::{Map, Value};

/// How deep selectors may nest.
const DEEPEST: usize = 12;

/// What is wanted of an object, or (with `!`) what is not.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Fields {
    wanted: Vec<(String, Option<Fields>)>,
    unwanted: Vec<String>,
}

impl Fields {
    /// Reads a selector; `None` if it cannot be read.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rest = text.chars().peekable();
        let fields = Self::list(&mut rest, 0)?;
        rest.next().is_none().then_some(fields)
    }

    fn list(rest: &mut Peekable<Chars<'_>>, depth: usize) -> Option<Self> {
        let mut fields = Self::default();
        loop {
            if rest.next_if_eq(&'!').is_some() {
                fields.unwanted.push(name(rest)?);
            } else {
                let (name, within) = Self::one(rest, depth)?;
                fields.add(name, within);
            }
            if rest.next_if_eq(&',').is_none() {
                return Some(fields);
            }
        }
    }

    /// `name`, `name(…)` or `name.name`.
    fn one(rest: &mut Peekable<Chars<'_>>, depth: usize) -> Option<(String, Option<Self>)> {
        if depth > DEEPEST {
            return None;
        }
        let name = name(rest)?;
        if rest.next_if_eq(&'(').is_some() {
            let within = Self::list(rest, depth + 1)?;
            rest.next_if_eq(&')')?;
            return Some((name, Some(within)));
        }
        if rest.next_if_eq(&'.').is_some() {
            let mut within = Self::default();
            let (inner, deeper) = Self::one(rest, depth + 1)?;
            within.add(inner, deeper);
            return Some((name, Some(within)));
        }
        Some((name, None))
    }

    /// `a.b,a.c` wants both of `a`.
    fn add(&mut self, name: String, within: Option<Self>) {
        let known = self.wanted.iter_mut().find(|(known, _)| *known == name);
        match (known, within) {
            (Some((_, Some(known))), Some(within)) => {
                within.wanted.into_iter().for_each(|(name, within)| known.add(name, within));
                known.unwanted.extend(within.unwanted);
            }
            (Some((_, known)), _) => *known = None,
            (None, within) => self.wanted.push((name, within)),
        }
    }

    /// The parts of `value` that are wanted; of lists, those of each entry.
    pub(super) fn cut(&self, value: &Value) -> Value {
        match value {
            Value::Array(all) => all.iter().map(|one| self.cut(one)).collect(),
            Value::Object(all) if self.wanted.is_empty() => {
                let kept = all.iter().filter(|(name, _)| !self.unwanted.contains(name));
                Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
            }
            Value::Object(all) => {
                let mut kept = Map::new();
                for (name, within) in &self.wanted {
                    let Some(value) = all.get(name) else {
                        continue;
                    };
                    let value = within.as_ref().map_or_else(|| value.clone(), |w| w.cut(value));
                    kept.insert(name.clone(), value);
                }
                Value::Object(kept)
            }
            other => other.clone(),
        }
    }
}

fn name(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut name = String::new();
    while let Some(c) = rest.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
        name.push(c);
    }
    (!name.is_empty()).then_some(name)
}
