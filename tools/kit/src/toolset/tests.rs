use rmcp::model::ContentBlock;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::{Caller, ToolError};

struct Mix;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MixArgs {
    /// Another one to begin with.
    after: Option<String>,
    /// How it should feel.
    mood: String,
}

impl Prompt for Mix {
    const NAME: &'static str = "a_mix";
    const TITLE: &'static str = "Mix";
    const DESCRIPTION: &'static str = "Makes a mix.";
    type Args = MixArgs;

    fn message(&self, args: MixArgs) -> Result<String, ToolError> {
        let after = args.after.map(|after| format!(" after {after}")).unwrap_or_default();
        Ok(format!("Make a {} mix{after}.", args.mood))
    }
}

struct Shelf;

#[derive(Deserialize)]
struct Book {
    #[expect(dead_code, reason = "the tests ask for the list alone")]
    book: String,
}

impl Resource for Shelf {
    const URI: &'static str = "a://shelf/{book}";
    const NAME: &'static str = "book";
    const TITLE: &'static str = "Book";
    const DESCRIPTION: &'static str = "A book.";
    const MIME_TYPE: &'static str = "text/markdown";
    const SCOPES: &'static [&'static str] = &["books-read"];
    type Variables = Book;

    async fn read(&self, _: &Caller, _: Book) -> Result<String, ToolError> {
        Ok(String::new())
    }
}

fn toolset() -> Toolset {
    Toolset::new("a", None).with_prompt(Mix).set("books").with_resource(Shelf)
}

fn asked(arguments: &serde_json::Value) -> Result<String, ToolError> {
    let arguments = arguments.as_object().cloned().unwrap();
    let result = toolset().prompts()[0].get(arguments)?;
    let ContentBlock::Text(text) = &result.messages[0].content else { panic!("no text") };
    Ok(text.text.clone())
}

#[test]
fn a_prompt_says_which_arguments_it_has_the_needed_ones_first() {
    let toolset = toolset();
    let [prompt] = toolset.prompts() else { panic!("one prompt") };
    let described = serde_json::to_value(prompt.descriptor()).unwrap();
    let arguments = json!([
        {"name": "mood", "description": "How it should feel.", "required": true},
        {"name": "after", "description": "Another one to begin with.", "required": false},
    ]);
    assert_eq!(described["arguments"], arguments);
    assert_eq!(described["title"], "Mix");
}

#[test]
fn a_blank_field_of_a_form_is_no_argument() {
    assert_eq!(asked(&json!({"mood": "sad", "after": " "})).unwrap(), "Make a sad mix.");
    let error = asked(&json!({"mood": "", "after": "Blue"})).unwrap_err();
    assert_eq!(error.code(), "invalid_argument");
    assert!(error.message().contains("mood"), "{}", error.message());
}

#[test]
fn an_argument_that_is_none_of_the_prompts_is_refused_by_name() {
    let error = asked(&json!({"mood": "sad", "tempo": "slow"})).unwrap_err();
    assert!(error.message().contains("tempo"), "{}", error.message());
}

#[test]
fn a_set_that_is_off_takes_its_prompts_resources_and_scopes_along() {
    assert_eq!(toolset().scopes(), ["books-read"]);
    let core = toolset().only(&["core".into()]).unwrap();
    assert_eq!((core.prompts().len(), core.resources().len()), (1, 0));
    assert!(core.scopes().is_empty());
    let books = toolset().only(&["books".into()]).unwrap();
    assert_eq!((books.prompts().len(), books.resources().len()), (0, 1));
    let unknown = toolset().only(&["films".into()]).err().unwrap();
    assert_eq!(unknown.known, ["core", "books"]);
}

#[test]
fn a_set_on_request_is_off_until_it_is_named() {
    let toolset =
        || Toolset::new("a", None).with_prompt(Mix).set_on_request("books").with_resource(Shelf);
    let usual = toolset().usual();
    assert_eq!((usual.prompts().len(), usual.resources().len()), (1, 0));
    assert!(usual.scopes().is_empty());
    let named = toolset().only(&["core".into(), "books".into()]).unwrap();
    assert_eq!((named.prompts().len(), named.resources().len()), (1, 1));
    assert_eq!(self::toolset().usual().scopes(), ["books-read"]);
}
