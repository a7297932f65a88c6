//! `resources/read`: as a tool that only looks, but it may be a person who reads the answer.

use rmcp::{
    ErrorData, RoleServer,
    model::{ErrorCode, JsonObject, ReadResourceResult},
    service::RequestContext,
};
use stagepass_kit::{RegisteredResource, ToolError, code};

use super::{
    Host, among, log,
    tools::whom,
    underway::{UnderWay, principal},
};
use crate::{identity::Principal, mcp::security};

/// What is recorded of a read.
const EVENT: &str = "resource.read";

impl Host {
    /// Reads what is at `uri` for whoever asks.
    pub(super) async fn read(
        &self,
        uri: &str,
        context: &RequestContext<RoleServer>,
    ) -> Result<ReadResourceResult, ErrorData> {
        if let Some((remote, own)) = self.remote_at(uri, context) {
            let mut result = self.read_at(&remote, own, context).await?;
            if context.meta.protocol_version().is_some() {
                self.sign(&mut result.meta);
            }
            return Ok(result);
        }
        let (resource, variables) = self.resource_at(uri)?;
        let caller = self.caller(context)?;
        let begun = self.begin(caller, context, EVENT, resource.name()).await;
        let begun = begun.map_err(|error| refused(resource, &error))?;
        if let Some(error) = principal(context).and_then(may_not_read) {
            begun.end(Some(error.code())).await;
            return Err(refused(resource, &error));
        }
        let mut result = self.contents(resource, begun, uri, variables).await?;
        if context.meta.protocol_version().is_some() {
            self.sign(&mut result.meta);
        }
        Ok(result)
    }

    async fn contents(
        &self,
        resource: &RegisteredResource,
        begun: UnderWay,
        uri: &str,
        variables: JsonObject,
    ) -> Result<ReadResourceResult, ErrorData> {
        match resource.read(&begun.caller, uri, variables).await {
            Ok(result) => {
                begun.end(None).await;
                Ok(result)
            }
            Err(error) => {
                let caller = begun.caller.clone();
                begun.end(Some(error.code())).await;
                let error = self.0.house.offers.in_words(&caller, error).await;
                Err(refused(resource, &error))
            }
        }
    }

    fn resource_at(&self, uri: &str) -> Result<(&RegisteredResource, JsonObject), ErrorData> {
        let mut all = self.0.resources.iter();
        let found = all.find_map(|resource| Some((resource.as_ref(), resource.matched(uri)?)));
        found.ok_or_else(|| {
            let there = among(self.0.resources.iter().map(|resource| resource.uri()));
            let message = format!("There is nothing at that address. {there}");
            ErrorData::resource_not_found(message, None)
        })
    }

    /// The resource whose address, or whose form of addresses, is `uri`.
    ///
    /// # Errors
    /// When there is none, with those that there are.
    pub(super) fn resource_of_form(&self, uri: &str) -> Result<&RegisteredResource, ErrorData> {
        let all = || self.0.resources.iter();
        all().find(|resource| resource.uri() == uri).map(AsRef::as_ref).ok_or_else(|| {
            let there = among(all().map(|resource| resource.uri()));
            let message = format!("There is no resource of that form. {there}");
            ErrorData::invalid_params(message, None)
        })
    }
}

/// Why `principal` may read nothing; none if it may.
pub(super) fn may_not_read(principal: &Principal) -> Option<ToolError> {
    let whom = || principal.speaks_for_nobody().then(whom);
    security::no_reading(principal).or_else(whom)
}

/// The error of the protocol that says the same as a tool's.
fn refused(resource: &RegisteredResource, error: &ToolError) -> ErrorData {
    refused_by(resource.name(), error)
}

/// The same of what is called `name`.
pub(super) fn refused_by(name: &str, error: &ToolError) -> ErrorData {
    log(name, error);
    let kind = match error.code() {
        // rmcp makes it -32602 for clients of 2026-07-28.
        code::NOT_FOUND => ErrorCode::RESOURCE_NOT_FOUND,
        code::INVALID_ARGUMENT => ErrorCode::INVALID_PARAMS,
        _ => ErrorCode::INTERNAL_ERROR,
    };
    let message = format!("{} {}", error.message(), error.next_step());
    ErrorData::new(kind, message, error.to_result().structured_content)
}
