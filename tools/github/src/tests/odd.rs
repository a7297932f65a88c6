//! A model that passes anything at all.

use serde_json::{Map, Value, json};

use super::harness::Stage;

/// A call of each tool that is in order.
fn calls() -> Vec<(&'static str, Value)> {
    let (repo, issue) = ("octo/lanterns", "octo/lanterns#12");
    vec![
        ("github_me", json!({})),
        ("github_search_issues", json!({"query": "lamp"})),
        ("github_issue", json!({"issue": issue})),
        ("github_pull_diff", json!({"pull": "octo/lanterns#13"})),
        ("github_search_repositories", json!({"query": "lamp"})),
        ("github_search_code", json!({"query": "trim"})),
        ("github_repository", json!({"repo": repo})),
        ("github_read_file", json!({"repo": repo})),
        ("github_commits", json!({"repo": repo})),
        ("github_releases", json!({"repo": repo})),
        ("github_notifications", json!({})),
        ("github_create_issue", json!({"repo": repo, "title": "x"})),
        ("github_comment", json!({"issue": issue, "body": "x"})),
        ("github_close", json!({"issue": issue})),
        ("github_mark_read", json!({})),
    ]
}

fn odd_values() -> Vec<Value> {
    let texts = [
        "",
        " ",
        ".",
        "..",
        "../..",
        "../../user",
        "octo/..",
        "octo/../../user",
        "octo/lanterns/../../user",
        "octo/lanterns/../../../user",
        "octo%2flanterns",
        "octo/lanterns%2f..%2f..%2fuser",
        "octo/lanterns%23",
        "octo/lanterns?x=y",
        "octo/lanterns#12?x=y",
        "octo/lanterns#-1",
        "octo/lanterns#99999999999999999999999",
        "https://github.com/octo/lanterns/issues/12/../../../../user",
        "https://github.com/octo/lanterns/blob/main/%2e%2e/%2e%2e/%2e%2e/user",
        "https://github.com/octo/lanterns/blob/main/..%2f..%2f..%2fuser",
        "https://api.github.com/user",
        "a\nb",
        "a\r\nHost: evil.example",
        "\u{0}",
        "\u{202e}\u{200b}",
        "ü/ü#1",
        "\\..\\..\\user",
        "\"",
        "a:b",
        "-1",
        "1-1",
    ];
    let mut odd: Vec<_> = texts.into_iter().map(Value::from).collect();
    odd.extend(["x".repeat(100_000), "/".repeat(100_000), "9".repeat(100_000)].map(Value::from));
    odd.extend([json!(-1), json!(0), json!(1.5), json!(u64::MAX), json!(null), json!(true)]);
    odd.extend([json!([]), json!([[]]), json!({}), json!([".."]), json!(["9".repeat(100_000)])]);
    odd.push(vec![json!("x"); 10_000].into());
    odd
}

/// Nothing but these is ever asked for.
fn is_expected(path: &str) -> bool {
    let ours =
        ["/user", "/search/issues", "/search/repositories", "/search/code", "/notifications"];
    // A link with dots in it leads to where a browser goes.
    let elsewhere = "/repos/octo/user";
    ours.contains(&path)
        || path == elsewhere
        || path.starts_with(&format!("{elsewhere}/"))
        || path.starts_with("/repos/octo/lanterns")
        || path.starts_with("/notifications/threads/")
}

#[tokio::test]
async fn whatever_a_model_passes_is_understood_or_refused_in_words() {
    let stage = Stage::alice().await;
    for (name, usual) in calls() {
        for argument in stage.arguments(name) {
            for value in odd_values() {
                // So many calls in one hour or minute as no allowance has.
                stage.alter(|world| world.left.values_mut().for_each(|left| *left = 5_000));
                let mut arguments: Map<String, Value> = usual.as_object().unwrap().clone();
                arguments.insert(argument.clone(), value);
                let arguments = Value::from(arguments).to_string();
                let shown: String = arguments.chars().take(200).collect();
                match stage.call(name, &arguments).await {
                    Ok((text, _)) => assert!(text.len() < 20_000, "{name} {shown}: {text}"),
                    Err(error) => {
                        let known = ["invalid_argument", "not_found"].contains(&error.code());
                        assert!(known, "{name} {shown}: {error}");
                        let said = format!("{} {}", error.message(), error.next_step());
                        assert!(said.len() < 1_500, "{name} {shown}: {said}");
                    }
                }
            }
        }
    }
    for seen in stage.github.requests() {
        assert!(is_expected(&seen.path), "{} {}", seen.method, seen.path);
    }
}
