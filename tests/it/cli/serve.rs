//! `stagepass serve`: it serves, keeps its keys, and ends when asked to.

use serde_json::{Value, json};

use super::{Machine, Process};

/// Calls `Auth(status)` as an old client does.
async fn auth_status(url: &str) -> Value {
    let call = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "Auth", "arguments": {"action": "status"}},
    });
    let request = stagepass::http::client().unwrap().post(format!("{url}/mcp")).json(&call);
    request.send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn it_serves_until_it_is_asked_to_end() {
    let machine = Machine::local().await;
    let process = machine.serve().await;
    let status = auth_status(&machine.get("PUBLIC_URL")).await;
    let row = &status["result"]["structuredContent"]["providers"][0];
    assert_eq!(row["state"], "not_connected", "{status}");
    let ended = process.stop().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.is_empty(), "{:?}", ended.stdout);
    machine.finish(&[&ended]);
}

#[tokio::test]
async fn serving_is_the_default_and_a_file_may_say_how() {
    let mut machine = Machine::local().await;
    let url = machine.get("PUBLIC_URL");
    let listen = machine.get("LISTEN");
    machine.unset("PUBLIC_URL");
    machine.unset("LISTEN");
    machine.unset("ACCESS__ALLOW");
    let toml = format!("public_url = \"{url}\"\nlisten = \"{listen}\"\naccess.allow = \"local\"\n");
    machine.write_config(&toml);
    let mut process = machine.start(&[]);
    process.until_healthy(&url).await;
    let ended = process.stop().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    machine.finish(&[&ended]);
}

#[cfg(unix)]
#[tokio::test]
async fn what_it_makes_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let machine = Machine::local().await;
    let ended = machine.serve().await.stop().await;
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(machine.data_dir()), 0o700);
    assert_eq!(mode(machine.key_file()), 0o600);
    machine.finish(&[&ended]);
}

#[tokio::test]
async fn the_key_is_made_even_if_the_database_lives_elsewhere() {
    let mut machine = Machine::local().await;
    let database = machine.folder.path().join("elsewhere.db");
    machine.set("DATABASE_URL", format!("sqlite://{}", database.display()));
    let ended = machine.serve().await.stop().await;
    assert!(machine.key_file().is_file(), "{}", ended.stderr);
    machine.finish(&[&ended]);
}

#[tokio::test]
async fn with_another_master_key_it_does_not_start_and_changes_nothing() {
    let machine = Machine::local().await;
    machine.serve().await.stop().await;
    let key = std::fs::read_to_string(machine.key_file()).unwrap();
    let database = machine.data_dir().join("stagepass.db");
    let stored = std::fs::read(&database).unwrap();

    let another = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    std::fs::write(machine.key_file(), another).unwrap();
    let said = machine.refused().await;
    let id = said.split("master key ").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
    assert!(id.len() == 16 && id.chars().all(|c| c.is_ascii_hexdigit()), "names the key: {said}");
    assert!(!said.contains(another), "{said}");
    assert_eq!(std::fs::read_to_string(machine.key_file()).unwrap(), another);
    assert!(std::fs::read(&database).unwrap() == stored, "the database was changed");

    std::fs::remove_file(machine.key_file()).unwrap();
    assert!(machine.refused().await.contains(id));
    assert!(!machine.key_file().exists(), "a new key would seal beside the lost one");
    assert!(std::fs::read(&database).unwrap() == stored, "the database was changed");

    std::fs::write(machine.key_file(), &key).unwrap();
    let ended = machine.serve().await.stop().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    machine.finish(&[&ended]);
}

#[tokio::test]
async fn first_starts_at_once_make_one_key() {
    let mut machine = Machine::local().await;
    let mut processes = Vec::new();
    for _ in 0..4 {
        let port = super::process::free_port();
        machine.set("LISTEN", format!("127.0.0.1:{port}"));
        machine.set("PUBLIC_URL", format!("http://127.0.0.1:{port}"));
        processes.push((machine.get("PUBLIC_URL"), machine.start(&["serve"])));
    }
    let mut said = Vec::new();
    for (url, mut process) in processes {
        process.until_healthy(&url).await;
        said.push(process.stop().await);
    }
    // All of them sealed with the key that is there now.
    said.push(machine.serve().await.stop().await);
    machine.finish(&said.iter().collect::<Vec<_>>());
}

#[cfg(unix)]
#[tokio::test]
async fn it_survives_that_it_may_open_no_more_files() {
    let machine = Machine::local().await;
    let url = machine.get("PUBLIC_URL");
    let folder = machine.folder.path();
    let mut process = Process::start_with_few_files(64, folder, &machine.variables, &["serve"]);
    process.until_healthy(&url).await;
    let address = url.trim_start_matches("http://");
    let flood: Vec<_> = (0..100).map(|_| std::net::TcpStream::connect(address).unwrap()).collect();
    // Time to notice.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    drop(flood);
    process.until_healthy(&url).await;
    let ended = process.stop().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("can't take connections"), "{}", ended.stderr);
    machine.finish(&[&ended]);
}
