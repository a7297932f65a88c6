//! The tools of one crate, as the host sees them.

use std::{future::Future, pin::Pin, sync::Arc};

use rmcp::model::{CallToolResult, ContentBlock, JsonObject, Tool as Descriptor};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    Caller, Effect, Tool, ToolError,
    account::{describe_choice, take_choice},
    schema::{input_schema, output_schema},
};

/// The set of tools that are in no other.
const CORE: &str = "core";

/// The tools of one crate.
pub struct Toolset {
    name: &'static str,
    provider: Option<&'static str>,
    tools: Vec<Arc<RegisteredTool>>,
    /// The set that tools are added to, and all sets so far.
    set: &'static str,
    sets: Vec<&'static str>,
}

/// There is no set of this name in a toolset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no set \"{name}\"; there are: {}", .known.join(", "))]
pub struct UnknownSet {
    /// The name that isn't known.
    pub name: String,
    /// Those that are.
    pub known: Vec<&'static str>,
}

impl Toolset {
    /// A toolset without tools. `name` is its part of `/mcp/<toolset>`; `provider` is the id of
    /// the provider whose accounts its tools use.
    #[must_use]
    pub fn new(name: &'static str, provider: Option<&'static str>) -> Self {
        Self { name, provider, tools: Vec::new(), set: CORE, sets: Vec::new() }
    }

    /// The same toolset, about to be given the tools of a set. What is added before belongs to
    /// `core`. An operator can switch a set off.
    #[must_use]
    pub fn set(self, name: &'static str) -> Self {
        Self { set: name, ..self }
    }

    /// The same toolset with the tools of `sets` only.
    ///
    /// # Errors
    /// When one of them doesn't exist.
    pub fn only(mut self, sets: &[String]) -> Result<Self, UnknownSet> {
        let known = |name: &&String| self.sets.iter().any(|set| set == name);
        if let Some(name) = sets.iter().find(|name| !known(name)) {
            return Err(UnknownSet { name: name.clone(), known: self.sets });
        }
        self.tools.retain(|tool| sets.iter().any(|set| set == tool.set));
        Ok(self)
    }

    /// The same toolset with one more tool. Where there is a provider, the tool gets an argument
    /// `account` besides its own, and never sees it: the [`Caller`] brings the account's token.
    #[must_use]
    pub fn with<T: Tool>(mut self, tool: T) -> Self {
        if !self.sets.contains(&self.set) {
            self.sets.push(self.set);
        }
        self.tools.push(Arc::new(RegisteredTool::new(tool, self.set, self.provider.is_some())));
        self
    }

    /// Its part of `/mcp/<toolset>`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The id of the provider whose accounts its tools use.
    #[must_use]
    pub fn provider(&self) -> Option<&'static str> {
        self.provider
    }

    /// Its tools, in the order they were added.
    #[must_use]
    pub fn tools(&self) -> &[Arc<RegisteredTool>] {
        &self.tools
    }

    /// Every scope that one of its tools can use, each once.
    #[must_use]
    pub fn scopes(&self) -> Vec<&'static str> {
        let all = |tool: &Arc<RegisteredTool>| [tool.scopes, tool.optional_scopes].concat();
        let mut scopes: Vec<_> = self.tools.iter().flat_map(all).collect();
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }
}

/// A tool with its description on the wire, built once.
pub struct RegisteredTool {
    name: &'static str,
    descriptor: Descriptor,
    effect: Effect,
    /// The set it belongs to.
    set: &'static str,
    scopes: &'static [&'static str],
    optional_scopes: &'static [&'static str],
    /// Whether it uses accounts of a provider, of which the caller may choose one.
    has_accounts: bool,
    run: Box<dyn Run>,
}

impl RegisteredTool {
    fn new<T: Tool>(tool: T, set: &'static str, has_accounts: bool) -> Self {
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
            run: Box::new(tool),
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
        let Some(account) = caller.used() else { return ran };
        match ran {
            Ok(mut result) => {
                account.sign(&mut result);
                Ok(result)
            }
            Err(error) => Err(error.about(account.clone())),
        }
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
            let answer = self.call(caller, parse(arguments)?).await?;
            let data = serde_json::to_value(&answer).map_err(ToolError::internal)?;
            let mut result = CallToolResult::success(vec![ContentBlock::text(answer.to_string())]);
            result.structured_content = Some(data);
            Ok(result)
        })
    }
}

fn parse<A: DeserializeOwned>(arguments: JsonObject) -> Result<A, ToolError> {
    serde_path_to_error::deserialize(Value::Object(arguments)).map_err(|error| {
        let path = error.path().to_string();
        let at = if path == "." { String::new() } else { format!(" (at `{path}`)") };
        ToolError::invalid_argument(
            format!("The arguments don't fit: {}{at}.", error.into_inner()),
            "Correct them after the tool's input schema and call again.",
        )
    })
}
