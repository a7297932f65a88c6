use std::{
    fmt,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use rmcp::model::{CallToolResult, JsonObject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::*;
use crate::{
    AccessToken, Attempt, Caller, Connections, Effect, Identity, RegisteredTool, Tool, Toolset,
    code,
};

/// Asks for a token as often as it is told to, and says whose it got.
struct Ask;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// How often.
    times: Option<u8>,
    /// Whether to fail in the end.
    fail: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
struct Answer {
    /// Whose.
    whose: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.whose)
    }
}

impl Tool for Ask {
    const NAME: &'static str = "ask";
    const TITLE: &'static str = "Ask";
    const DESCRIPTION: &'static str = "Asks.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let mut whose = "nobody".to_owned();
        for _ in 0..args.times.unwrap_or(1) {
            let name =
                |token: AccessToken| async move { Ok(Attempt::Done(token.account().name.clone())) };
            whose = caller.call("music", name).await?;
        }
        match args.fail {
            Some(true) => Err(ToolError::new(code::NOT_FOUND, "No.", "Stop.")),
            _ => Ok(Answer { whose }),
        }
    }
}

/// A door that gives one token after the other, and notes which account was asked for.
#[derive(Default)]
struct Door {
    asked: Mutex<Vec<Option<String>>>,
    accounts: Mutex<Vec<LinkedAccount>>,
}

#[async_trait]
impl Connections for Door {
    async fn access_token(
        &self,
        _: &Identity,
        _: &str,
        account: Option<&str>,
    ) -> Result<AccessToken, ToolError> {
        self.asked.lock().unwrap().push(account.map(str::to_owned));
        let account = self.accounts.lock().unwrap().pop().unwrap();
        Ok(AccessToken::new("secret".into(), "c".into(), 1, Arc::default(), Arc::new(account)))
    }

    async fn renewed_token(
        &self,
        _: &Identity,
        _: &str,
        _: &AccessToken,
    ) -> Result<AccessToken, ToolError> {
        unreachable!("nothing is rejected here")
    }
}

fn linked(id: &str, label: Option<&str>, one_of_several: bool) -> LinkedAccount {
    let (name, label) = (format!("The account {id}"), label.map(str::to_owned));
    LinkedAccount { id: id.to_owned(), name, label, one_of_several }
}

fn tool(provider: Option<&'static str>) -> Arc<RegisteredTool> {
    Toolset::new("set", provider).with(Ask).tools()[0].clone()
}

/// Calls the tool of a toolset with a provider, behind which these accounts are, the last one first.
async fn call(
    door: &Arc<Door>,
    accounts: Vec<LinkedAccount>,
    arguments: Value,
) -> Result<CallToolResult, ToolError> {
    *door.accounts.lock().unwrap() = accounts;
    let caller = Caller::new(Identity::local(), door.clone());
    let arguments: JsonObject = serde_json::from_value(arguments).unwrap();
    tool(Some("music")).call(&caller, arguments).await
}

fn text(result: &CallToolResult) -> &str {
    &result.content[0].as_text().unwrap().text
}

#[test]
fn a_tool_that_uses_accounts_lets_the_caller_choose_one() {
    let schema = |provider| Value::Object((*tool(provider).descriptor().input_schema).clone());
    let chosen = schema(Some("music"));
    assert_eq!(chosen["additionalProperties"], false);
    assert_eq!(chosen["properties"]["account"]["type"], json!(["string", "null"]));
    assert!(chosen["properties"]["account"]["description"].as_str().unwrap().contains("label"));
    assert!(chosen["properties"]["times"].is_object(), "beside its own");
    assert!(chosen.get("required").is_none());
    assert!(schema(None)["properties"].get("account").is_none());
}

#[test]
fn every_shape_of_the_arguments_has_the_choice() {
    let mut shapes = json!({"type": "object", "oneOf": [
        {"type": "object", "properties": {"a": {}}, "additionalProperties": false},
        {"type": "object"},
    ]});
    describe_choice(shapes.as_object_mut().unwrap());
    for shape in shapes["oneOf"].as_array().unwrap() {
        assert!(shape["properties"]["account"].is_object(), "{shape}");
    }
    assert!(shapes["oneOf"][0]["properties"]["a"].is_object());
    assert!(shapes.get("properties").is_none());
}

#[tokio::test]
async fn the_choice_reaches_the_door_and_not_the_tool() {
    let door = Arc::new(Door::default());
    for (arguments, asked) in [
        (json!({}), None),
        (json!({"account": null}), None),
        (json!({"account": ""}), None),
        (json!({"account": "  "}), None),
        (json!({"account": " Work ", "times": 1}), Some("Work")),
    ] {
        call(&door, vec![linked("a", None, false)], arguments).await.unwrap();
        assert_eq!(door.asked.lock().unwrap().pop().unwrap().as_deref(), asked);
    }
    let unknown = call(&door, Vec::new(), json!({"account": "Work", "other": 1})).await;
    assert_eq!(
        unknown.unwrap_err().code(),
        code::INVALID_ARGUMENT,
        "its own are as strict as ever"
    );
}

#[tokio::test]
async fn a_choice_that_is_no_text_is_refused() {
    let door = Arc::new(Door::default());
    for odd in [json!(1), json!(["a"]), json!({"id": "a"}), json!(true)] {
        let error = call(&door, Vec::new(), json!({"account": odd})).await.unwrap_err();
        assert_eq!(error.code(), code::INVALID_ARGUMENT);
        assert!(error.message().contains("`account`"), "{}", error.message());
    }
    assert!(door.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn without_a_provider_an_account_is_an_argument_like_any_other() {
    let caller = Caller::new(Identity::local(), Arc::new(Door::default()));
    let arguments = serde_json::from_value(json!({"account": "a"})).unwrap();
    let error = tool(None).call(&caller, arguments).await.unwrap_err();
    assert!(error.message().contains("unknown field"), "{}", error.message());
}

#[tokio::test]
async fn the_answer_says_which_of_several_accounts_was_used() {
    let door = Arc::new(Door::default());
    let result = call(&door, vec![linked("a", Some("work"), true)], json!({})).await.unwrap();
    assert_eq!(text(&result), "The account a\nAccount: work (The account a)");
    let used = &result.meta.unwrap().0["io.stagepass/account"];
    assert_eq!(used, &json!({"id": "a", "name": "The account a", "label": "work"}));
    assert_eq!(result.structured_content, Some(json!({"whose": "The account a"})));

    let result = call(&door, vec![linked("a", None, true)], json!({})).await.unwrap();
    assert_eq!(text(&result), "The account a\nAccount: The account a");
}

#[tokio::test]
async fn an_error_says_which_of_several_accounts_it_is_about() {
    let door = Arc::new(Door::default());
    let fails = json!({"fail": true});
    let error = call(&door, vec![linked("a", None, true)], fails.clone()).await.unwrap_err();
    let result = error.to_result();
    assert_eq!(text(&result), "No. Stop.\nAccount: The account a");
    assert_eq!(result.meta.unwrap().0["io.stagepass/account"]["id"], "a");
    let error = call(&door, vec![linked("a", None, false)], fails).await.unwrap_err();
    assert_eq!(text(&error.to_result()), "No. Stop.");
}

#[tokio::test]
async fn where_there_is_one_account_nothing_is_said_of_it() {
    let door = Arc::new(Door::default());
    let result = call(&door, vec![linked("a", Some("work"), false)], json!({})).await.unwrap();
    assert_eq!((text(&result), result.meta.is_none()), ("The account a", true));
    let unused = call(&door, Vec::new(), json!({"times": 0})).await.unwrap();
    assert_eq!((text(&unused), unused.meta.is_none()), ("nobody", true));
}

#[tokio::test]
async fn what_began_with_one_account_does_not_go_on_with_another() {
    let door = Arc::new(Door::default());
    let both = vec![linked("b", None, true), linked("a", None, true)];
    let error = call(&door, both, json!({"times": 2})).await.unwrap_err();
    assert_eq!(error.code(), code::NEEDS_RECONNECT);
    assert!(text(&error.to_result()).ends_with("Account: The account a"));
    let same = vec![linked("a", None, true), linked("a", None, true)];
    call(&door, same, json!({"times": 2})).await.unwrap();
}
