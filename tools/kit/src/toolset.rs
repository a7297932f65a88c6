//! The tools, prompts and resources of one crate, as the host sees them.

mod parse;
mod prompt;
mod resource;
mod tool;

use std::sync::Arc;

use crate::{Prompt, Resource, Tool};

pub use prompt::RegisteredPrompt;
pub use resource::{Described, RegisteredResource};
pub use tool::RegisteredTool;

/// The set of what is in no other.
const CORE: &str = "core";

/// The tools, prompts and resources of one crate.
pub struct Toolset {
    name: &'static str,
    provider: Option<&'static str>,
    instructions: Option<&'static str>,
    tools: Vec<Arc<RegisteredTool>>,
    prompts: Vec<Arc<RegisteredPrompt>>,
    resources: Vec<Arc<RegisteredResource>>,
    /// The set that things are added to, and all sets so far.
    set: &'static str,
    sets: Vec<&'static str>,
    /// Those that are there only where an operator names them.
    on_request: Vec<&'static str>,
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
        Self {
            name,
            provider,
            instructions: None,
            tools: Vec::new(),
            prompts: Vec::new(),
            resources: Vec::new(),
            set: CORE,
            sets: Vec::new(),
            on_request: Vec::new(),
        }
    }

    /// The same toolset with something for the model to know once per conversation.
    #[must_use]
    pub fn with_instructions(self, instructions: &'static str) -> Self {
        Self { instructions: Some(instructions), ..self }
    }

    /// The same toolset, about to be given what belongs to a set. What is added before belongs to
    /// `core`. An operator can switch a set off.
    #[must_use]
    pub fn set(self, name: &'static str) -> Self {
        Self { set: name, ..self }
    }

    /// As [`Self::set`], for a set that is off until an operator switches it on: for what people
    /// mustn't be asked to allow only because there is the provider.
    #[must_use]
    pub fn set_on_request(mut self, name: &'static str) -> Self {
        self.on_request.push(name);
        self.set(name)
    }

    /// The same toolset with what is on where no operator says anything.
    #[must_use]
    pub fn usual(self) -> Self {
        let is_usual = |set: &&&str| !self.on_request.contains(set);
        let usual: Vec<_> = self.sets.iter().filter(is_usual).copied().collect();
        self.keep(|set| usual.contains(&set))
    }

    /// The same toolset with what belongs to `sets` only.
    ///
    /// # Errors
    /// When one of them doesn't exist.
    pub fn only(self, sets: &[String]) -> Result<Self, UnknownSet> {
        let known = |name: &&String| self.sets.iter().any(|set| set == name);
        if let Some(name) = sets.iter().find(|name| !known(name)) {
            return Err(UnknownSet { name: name.clone(), known: self.sets });
        }
        Ok(self.keep(|own| sets.iter().any(|set| set == own)))
    }

    fn keep(mut self, is_on: impl Fn(&str) -> bool) -> Self {
        self.tools.retain(|tool| is_on(tool.set));
        self.prompts.retain(|prompt| is_on(prompt.set));
        self.resources.retain(|resource| is_on(resource.set));
        self
    }

    /// The same toolset with one more tool. Where there is a provider, the tool gets an argument
    /// `account` besides its own, and never sees it: the [`Caller`](crate::Caller) brings the account's token.
    #[must_use]
    pub fn with<T: Tool>(mut self, tool: T) -> Self {
        self.note_set();
        self.tools.push(Arc::new(RegisteredTool::new(tool, self.set, self.provider.is_some())));
        self
    }

    /// The same toolset with one more prompt.
    #[must_use]
    pub fn with_prompt<P: Prompt>(mut self, prompt: P) -> Self {
        self.note_set();
        self.prompts.push(Arc::new(RegisteredPrompt::new(prompt, self.set)));
        self
    }

    /// The same toolset with one more resource. Where somebody has several accounts, it is of the
    /// first.
    #[must_use]
    pub fn with_resource<R: Resource>(mut self, resource: R) -> Self {
        self.note_set();
        self.resources.push(Arc::new(RegisteredResource::new(resource, self.set)));
        self
    }

    fn note_set(&mut self) {
        if !self.sets.contains(&self.set) {
            self.sets.push(self.set);
        }
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

    /// What the model is to know once per conversation.
    #[must_use]
    pub fn instructions(&self) -> Option<&'static str> {
        self.instructions
    }

    /// Its tools, in the order they were added.
    #[must_use]
    pub fn tools(&self) -> &[Arc<RegisteredTool>] {
        &self.tools
    }

    /// Its prompts, in the order they were added.
    #[must_use]
    pub fn prompts(&self) -> &[Arc<RegisteredPrompt>] {
        &self.prompts
    }

    /// Its resources, in the order they were added.
    #[must_use]
    pub fn resources(&self) -> &[Arc<RegisteredResource>] {
        &self.resources
    }

    /// Every scope that something of it can use, each once.
    #[must_use]
    pub fn scopes(&self) -> Vec<&'static str> {
        let of_tools = self.tools.iter().flat_map(|tool| [tool.scopes, tool.optional_scopes]);
        let of_resources = self.resources.iter().map(|resource| resource.scopes);
        let mut scopes: Vec<_> = of_tools.chain(of_resources).flatten().copied().collect();
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }
}

#[cfg(test)]
mod tests;
