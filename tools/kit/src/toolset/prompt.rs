//! One prompt, as the host sees it.

use std::{future::Future, pin::Pin, sync::Arc};

use rmcp::model::{
    GetPromptResult, JsonObject, Prompt as Descriptor, PromptArgument, PromptMessage, Role,
};
use serde_json::Value;

use super::parse::parse;
use crate::{Caller, Prompt, ToolError, absent::Absent, schema::input_schema};

/// What to do about arguments that don't fit.
const NEXT_STEP: &str = "Fill in the arguments that prompts/list says of this prompt.";

/// A prompt with its description on the wire, built once.
#[derive(Clone)]
pub struct RegisteredPrompt {
    name: &'static str,
    descriptor: Descriptor,
    /// The set it belongs to.
    pub(super) set: &'static str,
    needs: &'static [&'static str],
    run: Arc<dyn Run>,
}

impl RegisteredPrompt {
    pub(super) fn new<P: Prompt>(prompt: P, set: &'static str) -> Self {
        let descriptor =
            Descriptor::new(P::NAME, Some(P::DESCRIPTION), arguments::<P>()).with_title(P::TITLE);
        Self { name: P::NAME, descriptor, set, needs: P::NEEDS, run: Arc::new(prompt) }
    }

    /// Whether none of the tools that it needs is `absent`.
    pub(super) fn works_without(&self, absent: &Absent) -> bool {
        !self.needs.iter().any(|tool| absent.is_in(tool))
    }

    /// From now on it says nothing of `absent` tools.
    pub(super) fn leave_out(&mut self, absent: &Absent) {
        let arguments = self.descriptor.arguments.iter_mut().flatten();
        let of_arguments = arguments.map(|argument| &mut argument.description);
        for text in of_arguments.chain([&mut self.descriptor.description]).flatten() {
            *text = absent.left_out_of(text);
        }
    }

    /// Its name on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What `prompts/list` says of it.
    #[must_use]
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// The names of its arguments.
    pub fn arguments(&self) -> impl Iterator<Item = &str> {
        self.descriptor.arguments.iter().flatten().map(|argument| argument.name.as_str())
    }

    /// What the model is told, with arguments as they came.
    ///
    /// # Errors
    /// `invalid_argument` when they don't fit.
    pub fn get(&self, mut arguments: JsonObject) -> Result<GetPromptResult, ToolError> {
        // A field of a form that was left blank.
        arguments.retain(|_, value| value.as_str().is_none_or(|text| !text.trim().is_empty()));
        let message = self.run.message(arguments)?;
        Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, message)])
            .with_description(self.descriptor.title.as_deref().unwrap_or_default()))
    }

    /// What the person may mean who has `typed` so much of `argument`.
    ///
    /// # Errors
    /// Those of [`Prompt::complete`].
    pub async fn complete(
        &self,
        caller: &Caller,
        argument: &str,
        typed: &str,
    ) -> Result<Vec<String>, ToolError> {
        self.run.complete(&caller.running(&[], None), argument, typed).await
    }
}

/// The arguments of a prompt, from their schema: MCP has a list of texts for them. Forms show them
/// in order, so those that have to be there come first.
fn arguments<P: Prompt>() -> Option<Vec<PromptArgument>> {
    let schema = input_schema::<P::Args>();
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|names| names.contains(&name.into()));
    let properties = schema.get("properties").and_then(Value::as_object)?;
    let described = properties.iter().map(|(name, property)| {
        let argument = PromptArgument::new(name).with_required(is_required(name));
        match property.get("description").and_then(Value::as_str) {
            Some(text) => argument.with_description(text),
            None => argument,
        }
    });
    let mut all: Vec<_> = described.collect();
    all.sort_by_key(|argument: &PromptArgument| argument.required != Some(true));
    (!all.is_empty()).then_some(all)
}

type Completing<'a> = Pin<Box<dyn Future<Output = Result<Vec<String>, ToolError>> + Send + 'a>>;

/// [`Prompt`] with its types forgotten, so that all prompts stand in one list.
trait Run: Send + Sync {
    fn message(&self, arguments: JsonObject) -> Result<String, ToolError>;
    fn complete<'a>(
        &'a self,
        caller: &'a Caller,
        argument: &'a str,
        typed: &'a str,
    ) -> Completing<'a>;
}

impl<P: Prompt> Run for P {
    fn message(&self, arguments: JsonObject) -> Result<String, ToolError> {
        Prompt::message(self, parse(arguments, NEXT_STEP)?)
    }

    fn complete<'a>(
        &'a self,
        caller: &'a Caller,
        argument: &'a str,
        typed: &'a str,
    ) -> Completing<'a> {
        Box::pin(async move { Prompt::complete(self, caller, argument, typed).await })
    }
}
