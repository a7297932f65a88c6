//! One resource, as the host sees it.

use std::{future::Future, pin::Pin, sync::Arc};

use rmcp::model::{
    JsonObject, ReadResourceResult, Resource as Descriptor, ResourceContents, ResourceTemplate,
};

use super::parse::parse;
use crate::{Caller, Resource, ToolError, absent::Absent, template::Template};

/// What to do about variables that don't fit.
const NEXT_STEP: &str = "Write the address after its form in resources/templates/list.";

/// A resource with its description on the wire, built once.
#[derive(Clone)]
pub struct RegisteredResource {
    name: &'static str,
    described: Described,
    template: Template,
    mime_type: &'static str,
    /// The set it belongs to.
    pub(super) set: &'static str,
    pub(super) scopes: &'static [&'static str],
    /// The tools of its toolset that aren't offered with it.
    absent: Absent,
    run: Arc<dyn Run>,
}

/// What the lists say of a resource.
#[derive(Debug, Clone)]
pub enum Described {
    /// One document, for `resources/list`.
    One(Descriptor),
    /// Many of one form, for `resources/templates/list`.
    Many(ResourceTemplate),
}

impl RegisteredResource {
    pub(super) fn new<R: Resource>(resource: R, set: &'static str) -> Self {
        let template = Template::new(R::URI);
        let described = if template.variables().next().is_none() {
            let one = Descriptor::new(R::URI, R::NAME).with_title(R::TITLE);
            Described::One(one.with_description(R::DESCRIPTION).with_mime_type(R::MIME_TYPE))
        } else {
            let many = ResourceTemplate::new(R::URI, R::NAME).with_title(R::TITLE);
            Described::Many(many.with_description(R::DESCRIPTION).with_mime_type(R::MIME_TYPE))
        };
        let (name, mime_type, scopes) = (R::NAME, R::MIME_TYPE, R::SCOPES);
        let (absent, run) = (Absent::default(), Arc::new(resource));
        Self { name, described, template, mime_type, set, scopes, absent, run }
    }

    /// From now on it says nothing of `absent` tools.
    pub(super) fn leave_out(&mut self, absent: &Absent) {
        let description = match &mut self.described {
            Described::One(one) => &mut one.description,
            Described::Many(many) => &mut many.description,
        };
        if let Some(text) = description {
            *text = absent.left_out_of(text);
        }
        self.absent = absent.clone();
    }

    /// Its name for programs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its address, or the form of its addresses.
    #[must_use]
    pub fn uri(&self) -> &str {
        match &self.described {
            Described::One(one) => &one.uri,
            Described::Many(many) => &many.uri_template,
        }
    }

    /// What the lists say of it.
    #[must_use]
    pub fn described(&self) -> &Described {
        &self.described
    }

    /// The names of its variables.
    pub fn variables(&self) -> impl Iterator<Item = &'static str> {
        self.template.variables()
    }

    /// The variables in `uri`; none if that is the address of something else.
    #[must_use]
    pub fn matched(&self, uri: &str) -> Option<JsonObject> {
        self.template.matched(uri)
    }

    /// Reads what is at `uri`, which has the variables that [`Self::matched`] found in it.
    ///
    /// # Errors
    /// Those of [`Resource::read`].
    pub async fn read(
        &self,
        caller: &Caller,
        uri: &str,
        variables: JsonObject,
    ) -> Result<ReadResourceResult, ToolError> {
        let caller = caller.running(self.scopes, None);
        let read = self.run.read(&caller, variables).await;
        let text = read.map_err(|error| error.without(&self.absent))?;
        let contents = ResourceContents::text(text, uri).with_mime_type(self.mime_type);
        let mut result = ReadResourceResult::new(vec![contents]);
        if let Some(account) = caller.used() {
            account.note(&mut result.meta);
        }
        Ok(result)
    }

    /// What the person may mean who has `typed` so much of `variable`.
    ///
    /// # Errors
    /// Those of [`Resource::complete`].
    pub async fn complete(
        &self,
        caller: &Caller,
        variable: &str,
        typed: &str,
    ) -> Result<Vec<String>, ToolError> {
        self.run.complete(&caller.running(&[], None), variable, typed).await
    }
}

type Answering<'a, T> = Pin<Box<dyn Future<Output = Result<T, ToolError>> + Send + 'a>>;

/// [`Resource`] with its types forgotten, so that all resources stand in one list.
trait Run: Send + Sync {
    fn read<'a>(&'a self, caller: &'a Caller, variables: JsonObject) -> Answering<'a, String>;
    fn complete<'a>(
        &'a self,
        caller: &'a Caller,
        variable: &'a str,
        typed: &'a str,
    ) -> Answering<'a, Vec<String>>;
}

impl<R: Resource> Run for R {
    fn read<'a>(&'a self, caller: &'a Caller, variables: JsonObject) -> Answering<'a, String> {
        Box::pin(async move { Resource::read(self, caller, parse(variables, NEXT_STEP)?).await })
    }

    fn complete<'a>(
        &'a self,
        caller: &'a Caller,
        variable: &'a str,
        typed: &'a str,
    ) -> Answering<'a, Vec<String>> {
        Box::pin(async move { Resource::complete(self, caller, variable, typed).await })
    }
}
