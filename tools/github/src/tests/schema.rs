//! What `tools/list` says is in order.

use super::harness::Stage;

fn tools() -> stagepass_kit::Toolset {
    crate::toolset(reqwest::Client::default(), "https://api.github.com")
}

#[test]
fn every_tool_is_named_described_and_documented() {
    let tools = tools();
    assert_eq!((tools.name(), tools.provider()), ("github", Some("github")));
    let names: Vec<_> = tools.tools().iter().map(|tool| tool.name()).collect();
    let wanted = [
        "github_me",
        "github_search_issues",
        "github_issue",
        "github_pull_diff",
        "github_search_repositories",
        "github_search_code",
        "github_repository",
        "github_read_file",
        "github_commits",
        "github_releases",
        "github_notifications",
        "github_create_issue",
        "github_comment",
        "github_close",
        "github_mark_read",
    ];
    assert_eq!(names, wanted);
    for tool in tools.tools() {
        let descriptor = tool.descriptor();
        let schemas = [Some(&descriptor.input_schema), descriptor.output_schema.as_ref()];
        for schema in schemas.into_iter().flatten() {
            for (name, property) in schema["properties"].as_object().unwrap() {
                let described = property["description"].as_str().is_some();
                assert!(described, "{}: {name} has no description", descriptor.name);
                assert!(!property.to_string().contains("$ref"), "{name}: {property}");
            }
        }
    }
}

#[test]
fn each_set_asks_for_its_own_scopes_alone() {
    let scopes = |sets: &[&str]| {
        let sets: Vec<_> = sets.iter().map(|set| (*set).to_owned()).collect();
        tools().only(&sets).unwrap().scopes()
    };
    assert!(scopes(&["core"]).is_empty());
    assert_eq!(scopes(&["core", "notifications"]), ["notifications"]);
    assert_eq!(tools().scopes(), ["notifications", "repo"]);
    // Who only signs in with GitHub is asked for nothing.
    let usual = tools().usual();
    assert!(usual.scopes().is_empty() && usual.tools().iter().all(|tool| tool.only_reads()));
    let writing = tools().only(&["write".to_owned()]).unwrap();
    assert!(writing.tools().iter().all(|tool| !tool.only_reads()));
    let looking = tools().only(&["core".to_owned(), "notifications".to_owned()]).unwrap();
    assert!(looking.tools().iter().all(|tool| tool.only_reads()));
}

#[tokio::test]
async fn arguments_that_do_not_exist_are_refused() {
    let stage = Stage::alice().await;
    for tool in tools().tools() {
        let (code, _) = stage.error(tool.name(), r#"{"volume": 11}"#).await;
        assert_eq!(code, "invalid_argument", "{}", tool.name());
    }
    assert!(stage.github.requests().is_empty());
}
