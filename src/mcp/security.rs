//! Which of our scopes a tool needs, said in three places: in the list of tools, in the refusal of
//! a call, and in the HTTP answer that carries the refusal.

use rmcp::model::{CallToolResult, MetaObject, Tool};
use serde_json::{Value, json};
use stagepass_kit::{Realm, RegisteredTool, ToolError, code};

use crate::identity::{Principal, Scope, Scopes};

/// Where `ChatGPT` looks for the schemes in `_meta`, besides the tool itself.
const SCHEMES: &str = "securitySchemes";
/// Where a refusal says how to ask for more.
const CHALLENGE: &str = "mcp/www_authenticate";

/// The scope that a tool needs: reading for those that change nothing, writing for all others.
pub(super) fn needed(reads_only: bool) -> Scope {
    if reads_only { Scope::Read } else { Scope::Write }
}

/// What `tools/list` says of `tool`: where callers sign in, with the scope that it needs.
pub(super) fn described(tool: &RegisteredTool, sign_in: bool) -> Tool {
    let schemes = if sign_in {
        json!([{"type": "oauth2", "scopes": [needed(tool.only_reads()).as_str()]}])
    } else {
        json!([{"type": "noauth"}])
    };
    let mut descriptor = tool.descriptor().clone();
    let meta: &mut MetaObject = descriptor.meta.get_or_insert_default();
    meta.0.insert(SCHEMES.to_owned(), schemes);
    descriptor
}

/// The same in an answer to `tools/list`, where the schemes also stand beside each tool: rmcp's own
/// type has no field for them.
pub(super) fn mirror_schemes(answer: &mut Value) {
    let tools = answer.pointer_mut("/result/tools").and_then(Value::as_array_mut);
    for tool in tools.into_iter().flatten() {
        if let Some(schemes) = tool.pointer(&format!("/_meta/{SCHEMES}")).cloned()
            && let Some(fields) = tool.as_object_mut()
        {
            fields.insert(SCHEMES.to_owned(), schemes);
        }
    }
}

/// Why `caller` may not call `tool`; none if it may.
pub(super) fn refusal(tool: &RegisteredTool, caller: &Principal) -> Option<CallToolResult> {
    let challenge = challenge(tool.only_reads(), caller)?;
    let step = match caller.identity.realm() {
        Realm::Chat | Realm::Client => {
            "Whoever runs the bot has it ask for mcp.write when it gets its token."
        }
        Realm::User | Realm::Local => {
            "The app has to ask the person for more: connect this server again and agree to \
             changes."
        }
    };
    let error = ToolError::new(
        code::FORBIDDEN,
        "This app was only allowed to look things up, and this would change something.",
        step,
    );
    let mut result = error.to_result();
    let meta: &mut MetaObject = result.meta.get_or_insert_default();
    meta.0.insert(CHALLENGE.to_owned(), json!([challenge]));
    Some(result)
}

/// Why `caller` may read no resource; none if it may.
pub(super) fn no_reading(caller: &Principal) -> Option<ToolError> {
    challenge(true, caller)?;
    Some(ToolError::new(
        code::FORBIDDEN,
        "This app wasn't allowed to look things up.",
        "It has to ask for mcp.read when it gets its token.",
    ))
}

/// The `WWW-Authenticate` for a call of a tool that `caller` may not make: with all that is
/// needed, and what it has (MCP 2026-07-28, authorization, scope challenges).
pub(super) fn challenge(reads_only: bool, caller: &Principal) -> Option<String> {
    let needed = needed(reads_only);
    let token = caller.token.as_ref().filter(|_| !caller.scopes.covers(needed))?;
    // What is only asked of the authorization server has no place in a challenge.
    let has = caller.scopes.iter().filter(|scope| *scope != Scope::OfflineAccess);
    let all: Scopes = has.chain([needed]).collect();
    Some(token.challenge.insufficient(all))
}
