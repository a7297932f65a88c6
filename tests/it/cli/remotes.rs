//! `stagepass remotes`, and what the log says of other MCP servers that don't do.

use serde_json::{Value, json};
use stagepass_standin::{
    McpServer,
    mcp_server::{Era, Odd, tool},
};

use super::{Ended, Machine};

/// A machine whose server knows other servers at these URLs, with a header or without.
async fn machine(servers: &[(&str, &str, Option<&str>)]) -> Machine {
    let mut machine = Machine::local().await;
    for (name, url, header) in servers {
        machine.set(&format!("REMOTE__{name}__URL"), *url);
        let auth = if header.is_some() { "header" } else { "none" };
        machine.set(&format!("REMOTE__{name}__AUTH"), auth);
        if let Some(header) = header {
            machine.set(&format!("REMOTE__{name}__HEADER_VALUE"), *header);
        }
    }
    machine
}

/// How many tools a client is offered whose names begin so.
async fn offered(machine: &Machine, name: &str) -> usize {
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    let url = format!("{}/mcp", machine.get("PUBLIC_URL"));
    let request = stagepass::http::client().unwrap().post(url).json(&list);
    let listed: Value = request.send().await.unwrap().json().await.unwrap();
    let tools = listed["result"]["tools"].as_array().unwrap_or_else(|| panic!("{listed}"));
    tools.iter().filter(|tool| tool["name"].as_str().unwrap().starts_with(name)).count()
}

/// The lines of a log in which this stands.
fn lines<'a>(ended: &'a Ended, words: &str) -> Vec<&'a str> {
    ended.stderr.lines().filter(|line| line.contains(words)).collect()
}

#[tokio::test]
async fn an_operator_is_told_once_what_is_wrong_with_a_server_and_that_it_is_well_again() {
    let (strict, lost) = (McpServer::start(Era::Modern).await, McpServer::start(Era::Legacy).await);
    strict.with(|it| it.tokens.insert("right".to_owned(), "us".to_owned()));
    lost.be(Odd::Status(404), None);
    let lost_url = format!("{}?key=canary-of-the-url", lost.url());
    let machine = machine(&[
        ("STRICT", strict.url(), Some("Bearer canary-of-the-header")),
        ("LOST", &lost_url, None),
        ("DEAD", "http://127.0.0.1:9/mcp", None),
    ])
    .await;
    let process = machine.serve().await;
    for _ in 0..4 {
        assert_eq!(offered(&machine, "lost_").await, 0);
    }
    let listed = machine.start(&["remotes", "list"]).ended().await;
    let state = |name: &str| {
        let row = listed.stdout.iter().find(|line| line.starts_with(name)).unwrap();
        row.split_once(" 0          ").unwrap().1.to_owned()
    };
    assert_eq!(state("strict"), "refuses our header (401)");
    assert_eq!(state("lost"), "isn't at that address (404)");
    assert_eq!(state("dead"), "can't be reached");
    lost.behave();
    for _ in 0..2 {
        assert_eq!(offered(&machine, "lost_").await, 12);
    }
    let ended = process.stop().await;
    let said = [
        ("WARN", "the server strict refuses our header (401)", "remote.strict.header_value"),
        ("WARN", "the server lost isn't at that address (404)", "remote.lost.url"),
        ("WARN", "the server dead can't be reached", "remote.dead.url"),
        ("INFO", "the server lost answers again", ""),
    ];
    for (level, words, see) in said {
        let lines = lines(&ended, words);
        let [line] = lines.as_slice() else { panic!("{words}: {}", ended.stderr) };
        assert!(line.contains(level) && line.contains(see), "{line}");
    }
    assert!(lines(&ended, "can't be reached")[0].contains("refused"), "{}", ended.stderr);
    for said in [&ended, &listed] {
        assert!(!format!("{said:?}").contains("canary"), "{said:?}");
    }
    machine.finish(&[&ended, &listed]);
}

#[tokio::test]
async fn what_is_held_back_or_left_out_is_told_once_by_name_with_what_to_do() {
    let server = McpServer::start(Era::Modern).await;
    server.with(|it| {
        let mut task = tool("research", "Can only be run as a task.", true);
        task["execution"] = json!({"taskSupport": "required"});
        it.tools.push(task);
        it.ttl_ms = Some(0);
    });
    let machine = machine(&[("BOX", server.url(), None)]).await;
    let process = machine.serve().await;
    assert_eq!(offered(&machine, "box_").await, 12);
    server.with(|it| it.tools.push(tool("new", "Was never there.", true)));
    for _ in 0..2 {
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        assert_eq!(offered(&machine, "box_").await, 12);
    }
    assert_eq!(server.seen("tools/list").len(), 3);
    let diff = machine.start(&["remotes", "diff", "box"]).ended().await;
    let told = diff.stdout.join("\n");
    assert!(told.contains("The tool box_new is new"), "{told}");
    assert!(told.contains("The tool \"research\": it can only be run as a task."), "{told}");

    let ended = process.stop().await;
    let held = lines(&ended, "run `stagepass remotes diff box`");
    let [held] = held.as_slice() else { panic!("{}", ended.stderr) };
    assert!(held.contains("WARN") && held.contains("held=1"), "{held}");
    let left_out = lines(&ended, "\"research\": it can only be run as a task");
    let [left_out] = left_out.as_slice() else { panic!("{}", ended.stderr) };
    assert!(left_out.contains("WARN") && left_out.contains("remote=\"box\""), "{left_out}");
    machine.finish(&[&ended, &diff]);
}

#[tokio::test]
async fn a_tool_may_be_accepted_by_the_name_that_the_server_has_for_it_unless_that_is_anothers() {
    let server = McpServer::start(Era::Modern).await;
    server.with(|it| it.ttl_ms = Some(0));
    let machine = machine(&[("BOX", server.url(), None)]).await;
    let process = machine.serve().await;
    offered(&machine, "box_").await;
    server.with(|it| {
        it.tools.push(tool("look", "Looks.", true));
        it.tools.push(tool("box_look", "Wants to pass for it.", true));
        it.tools.push(tool("box_echo", "Wants to pass for what is accepted.", true));
    });
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    offered(&machine, "box_").await;
    let operate = async |arguments: &[&str]| machine.start(arguments).ended().await;
    operate(&["remotes", "diff", "box"]).await;
    let none = operate(&["remotes", "accept", "box", "box_echo"]).await;
    assert!(none.stderr.contains("nothing of that is held back"), "{none:?}");
    let none = operate(&["remotes", "accept", "box", "nothing"]).await;
    assert!(none.stderr.contains("nothing of that is held back"), "{none:?}");
    let one = operate(&["remotes", "accept", "box", "box_look"]).await;
    assert_eq!(one.stdout[0], "Accepted the tool box_look.");
    assert_eq!(one.stdout.len(), 2, "{one:?}");
    let ended = process.stop().await;
    machine.finish(&[&ended]);
}
