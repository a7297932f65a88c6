//! The prompts that need nothing from the person, and completion of their arguments.

use rmcp::{
    ErrorData,
    model::{
        CompleteRequestParams, CompleteResult, CompletionInfo, ContentBlock,
        GetPromptRequestParams, GetPromptResult, Prompt, PromptArgument, PromptMessage,
        ResourceContents, Role,
    },
};
use serde_json::Value;

use crate::tools::RED_PIXEL;

pub(crate) fn all() -> Vec<Prompt> {
    let argument = |name: &str, text: &str| {
        PromptArgument::new(name).with_description(text).with_required(true)
    };
    vec![
        Prompt::new("test_simple_prompt", Some("A prompt without arguments."), None),
        Prompt::new(
            "test_prompt_with_arguments",
            Some("A prompt that repeats its arguments."),
            Some(vec![argument("arg1", "The first one"), argument("arg2", "The second one")]),
        ),
        Prompt::new(
            "test_prompt_with_embedded_resource",
            Some("A prompt with a resource in it."),
            Some(vec![argument("resourceUri", "The address that the resource shall have")]),
        ),
        Prompt::new("test_prompt_with_image", Some("A prompt with an image in it."), None),
    ]
}

pub(crate) fn get(request: &GetPromptRequestParams) -> Result<GetPromptResult, ErrorData> {
    let messages = match request.name.as_str() {
        "test_simple_prompt" => vec![says("This is a simple prompt for testing.")],
        "test_prompt_with_arguments" => {
            let (first, second) = (argument(request, "arg1")?, argument(request, "arg2")?);
            vec![says(&format!("Prompt with arguments: arg1='{first}', arg2='{second}'"))]
        }
        "test_prompt_with_embedded_resource" => {
            let uri = argument(request, "resourceUri")?;
            let resource = ResourceContents::text("Embedded resource content for testing.", uri)
                .with_mime_type("text/plain");
            vec![
                PromptMessage::new(Role::User, ContentBlock::resource(resource)),
                says("Please process the embedded resource above."),
            ]
        }
        "test_prompt_with_image" => vec![
            PromptMessage::new(Role::User, ContentBlock::image(RED_PIXEL, "image/png")),
            says("Please analyze the image above."),
        ],
        name => return Err(ErrorData::invalid_params(format!("no prompt `{name}`"), None)),
    };
    Ok(GetPromptResult::new(messages))
}

/// Any argument may be completed to a city.
pub(crate) fn complete(request: &CompleteRequestParams) -> Result<CompleteResult, ErrorData> {
    let typed = request.argument.value.to_lowercase();
    let cities = ["paris", "parma", "prague"];
    let values = cities.iter().filter(|city| city.starts_with(&typed)).map(ToString::to_string);
    let completion = CompletionInfo::with_all_values(values.collect())
        .map_err(|error| ErrorData::internal_error(error, None))?;
    Ok(CompleteResult::new(completion))
}

pub(crate) fn says(text: &str) -> PromptMessage {
    PromptMessage::new_text(Role::User, text)
}

fn argument<'a>(request: &'a GetPromptRequestParams, name: &str) -> Result<&'a str, ErrorData> {
    let arguments = request.arguments.as_ref();
    arguments
        .and_then(|all| all.get(name))
        .and_then(Value::as_str)
        .ok_or_else(|| ErrorData::invalid_params(format!("the argument `{name}` is missing"), None))
}
