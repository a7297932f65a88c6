//! One tool, as the host sees it.

use std::{future::Future, pin::Pin, sync::Arc};

use rmcp::model::{CallToolResult, ContentBlock, JsonObject, Tool as Descriptor};
use serde_json::Value;

use super::parse::parse;
use crate::{
    Caller, Effect, Tool, ToolError,
    absent::Absent,
    account::{describe_choice, take_choice},
    schema::{input_schema, output_schema},
};

/// What to do about arguments that don't fit.
const NEXT_STEP: &str = "Correct them after the tool's input schema and call again.";

/// A tool with its description on the wire, built once.
#[derive(Clone)]
pub struct RegisteredTool {
    name: &'static str,
    descriptor: Descriptor,
    effect: Effect,
    /// The set it belongs to.
    pub(super) set: &'static str,
    pub(super) scopes: &'static [&'static str],
    pub(super) optional_scopes: &'static [&'static str],
    /// Whether it uses accounts of a provider, of which the caller may choose one.
    has_accounts: bool,
    /// Those of its toolset that aren't offered with it.
    absent: Absent,
    run: Arc<dyn Run>,
}

impl RegisteredTool {
    pub(super) fn new<T: Tool>(tool: T, set: &'static str, has_accounts: bool) -> Self {
        let mut input = input_schema::<T::Args>();
        if has_accounts {
            describe_choice(&mut input);
        }
        let descriptor = Descriptor::new(T::NAME, T::DESCRIPTION, Arc::new(input))
            .with_title(T::TITLE)
            .with_raw_output_schema(output_schema::<T::Answer>())
            .with_annotations(T::EFFECT.annotations(T::TITLE));
        Self {
            name: T::NAME,
            descriptor,
            effect: T::EFFECT,
            set,
            scopes: T::SCOPES,
            optional_scopes: T::OPTIONAL_SCOPES,
            has_accounts,
            absent: Absent::default(),
            run: Arc::new(tool),
        }
    }

    /// Its name on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it looks, and changes nothing.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        self.effect == Effect::Reads
    }

    /// What `tools/list` says of it.
    #[must_use]
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// Runs it with arguments as they came.
    ///
    /// # Errors
    /// `invalid_argument` when they don't fit, and whatever the tool answers.
    pub async fn call(
        &self,
        caller: &Caller,
        arguments: JsonObject,
    ) -> Result<CallToolResult, ToolError> {
        let mut arguments = self.without_fillers(arguments);
        let choice = if self.has_accounts { take_choice(&mut arguments)? } else { None };
        let caller = caller.running(self.scopes, choice);
        let ran = self.run.run(&caller, arguments).await;
        caller.signed(ran.map_err(|error| error.without(&self.absent)))
    }

    /// From now on it says nothing of `absent` tools.
    pub(super) fn leave_out(&mut self, absent: &Absent) {
        if let Some(text) = &mut self.descriptor.description {
            *text = absent.left_out_of(text).into();
        }
        absent.leave_out_of_schema(Arc::make_mut(&mut self.descriptor.input_schema));
        if let Some(schema) = &mut self.descriptor.output_schema {
            absent.leave_out_of_schema(Arc::make_mut(schema));
        }
        self.absent = absent.clone();
    }

    /// Models fill what they don't need with empty strings and lists; where an argument may be left
    /// out, that is what they mean. With nothing else in the call it is a mistake, and stays.
    fn without_fillers(&self, arguments: JsonObject) -> JsonObject {
        let required = self.descriptor.input_schema.get("required").and_then(Value::as_array);
        let is_required = |name: &str| required.is_some_and(|names| names.contains(&name.into()));
        let is_filler = |name: &str, value: &Value| {
            let empty = value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty);
            empty && !is_required(name)
        };
        if arguments.iter().all(|(name, value)| is_filler(name, value)) {
            return arguments;
        }
        arguments.into_iter().filter(|(name, value)| !is_filler(name, value)).collect()
    }
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<CallToolResult, ToolError>> + Send + 'a>>;

/// [`Tool`] with its types forgotten, so that tools of all kinds stand in one list.
trait Run: Send + Sync {
    fn run<'a>(&'a self, caller: &'a Caller, arguments: JsonObject) -> Running<'a>;
}

impl<T: Tool> Run for T {
    fn run<'a>(&'a self, caller: &'a Caller, arguments: JsonObject) -> Running<'a> {
        Box::pin(async move {
            let answer = self.call(caller, parse(arguments, NEXT_STEP)?).await?;
            let data = serde_json::to_value(&answer).map_err(ToolError::internal)?;
            let mut result = CallToolResult::success(vec![ContentBlock::text(answer.to_string())]);
            result.structured_content = Some(data);
            Ok(result)
        })
    }
}
