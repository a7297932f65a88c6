//! What an operator is told when the command can't start.

use std::net::TcpListener;

use stagepass_standin::spotify::CLIENT_SECRET;

use super::Machine;

#[tokio::test]
async fn somebody_who_may_come_in_is_named_so_that_nobody_else_is_meant() {
    let mut machine = Machine::local().await;
    for who in ["example.org", "alice", "owner,alice@example.org", "@", "spotify:", ":alice"] {
        machine.set("ACCESS__ALLOW", who);
        let said = machine.refused().await;
        assert!(said.contains("`access.allow`") && said.contains("@example.com"), "{who}: {said}");
    }
    machine.finish(&[]);
}

#[tokio::test]
async fn without_sign_in_it_is_never_reachable_from_elsewhere() {
    let mut machine = Machine::local().await;
    let listen = machine.get("LISTEN");
    machine.set("LISTEN", "0.0.0.0:8080");
    let said = machine.refused().await;
    assert!(said.contains("`listen`") && said.contains("listen = \"127.0.0.1:8080\""), "{said}");
    machine.set("LISTEN", listen);
    machine.set("PUBLIC_URL", "https://example.org");
    let said = machine.refused().await;
    assert!(said.contains("`public_url`") && said.contains("public_url = \"http://127"), "{said}");
    assert!(!machine.data_dir().exists(), "it began all the same");
    machine.finish(&[]);
}

#[tokio::test]
async fn without_a_provider_it_says_which_lines_are_missing() {
    let mut machine = Machine::without_credentials().await;
    machine.set("ACCESS__ALLOW", "local");
    for command in ["serve", "stdio"] {
        let said = machine.refused_as(&[command]).await;
        for line in ["provider.spotify.client_id = ", "provider.spotify.client_secret = "] {
            assert!(said.contains(line), "{said}");
        }
        assert!(said.contains("STAGEPASS_PROVIDER__SPOTIFY__CLIENT_ID"), "{said}");
    }
    machine.finish(&[]);
}

#[tokio::test]
async fn an_unknown_key_is_named_with_a_correct_line() {
    let mut machine = Machine::local().await;
    for (toml, key, line) in [
        ("acces.allow = \"local\"", "`acces.allow`", "access.allow = "),
        (
            "provider.spotify.clientid = \"x\"",
            "`provider.spotify.clientid`",
            "provider.spotify.client_id = ",
        ),
    ] {
        machine.write_config(toml);
        let said = machine.refused().await;
        assert!(said.contains(key) && said.contains(&format!("\n  {line}")), "{said}");
    }
    machine.write_config("");
    machine.set("ACCESS__ALLW", "local");
    let said = machine.refused().await;
    assert!(said.contains("`access.allw`") && said.contains("\n  access.allow = "), "{said}");
    machine.finish(&[]);
}

#[tokio::test]
async fn a_broken_file_is_named_with_the_place_and_without_its_text() {
    let machine = Machine::local().await;
    machine.write_config(&format!(
        "log = \"info\"\nprovider.spotify.client_secret = \"{CLIENT_SECRET}\" oops\n"
    ));
    let said = machine.refused().await;
    assert!(said.contains("stagepass.toml") && said.contains("line 2"), "{said}");
    let said = machine.refused_as(&["serve", "--config", "nowhere.toml"]).await;
    assert!(said.contains("nowhere.toml"), "{said}");
    machine.finish(&[]);
}

#[tokio::test]
async fn a_database_that_forgets_everybody_is_refused() {
    let mut machine = Machine::local().await;
    for url in ["sqlite::memory:", "sqlite://:memory:", "sqlite://x?mode=memory"] {
        machine.set("DATABASE_URL", url);
        let said = machine.refused().await;
        assert!(said.contains("forgets everybody"), "{said}");
    }
    machine.finish(&[]);
}

#[tokio::test]
async fn a_filter_for_the_log_that_is_none_is_refused() {
    let mut machine = Machine::local().await;
    machine.set("LOG", "stagepass=loud");
    let said = machine.refused().await;
    assert!(said.contains("`log`") && said.contains("log = \"info\""), "{said}");
    machine.finish(&[]);
}

#[tokio::test]
async fn a_port_in_use_is_named_with_the_key_to_change() {
    let machine = Machine::local().await;
    let listen = machine.get("LISTEN");
    let _taken = TcpListener::bind(&listen).unwrap();
    let said = machine.refused().await;
    assert!(said.contains(&listen) && said.contains("`listen`"), "{said}");
    machine.finish(&[]);
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_named() {
    let mut machine = Machine::local().await;
    // Permissions stop nobody who is root; a file in place of a folder does, and the reverse.
    std::fs::create_dir_all(machine.data_dir().join("stagepass.db")).unwrap();
    let said = machine.refused().await;
    assert!(said.contains("stagepass.db") && said.contains("`data_dir`"), "{said}");
    std::fs::remove_dir_all(machine.data_dir()).unwrap();

    let file = machine.folder.path().join("file");
    std::fs::write(&file, "not a folder").unwrap();
    machine.set("DATA_DIR", file.join("below").display().to_string());
    let said = machine.refused().await;
    assert!(said.contains("below") && said.contains("`data_dir`"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "not a folder");
    machine.finish(&[]);
}

#[tokio::test]
async fn a_database_url_that_cannot_be_used_is_refused_without_its_password() {
    let mut machine = Machine::local().await;
    for url in [
        "mysql://user:canary@127.0.0.1/x",
        "postgres://user:canary@127.0.0.1:1/x",
        "postgres://user:canary@127.0.0.1:canary/x",
        "user:canary@127.0.0.1",
    ] {
        machine.set("DATABASE_URL", url);
        let said = machine.refused().await;
        assert!(said.contains("`database_url`"), "{said}");
        assert!(!said.contains("canary"), "{said}");
    }
    machine.finish(&[]);
}

#[tokio::test]
async fn a_master_key_that_is_none_is_refused_and_not_shown() {
    let mut machine = Machine::local().await;
    for wrong in [
        "Y2FuYXJ5",
        "canary canary",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v",
    ] {
        machine.set("MASTER_KEY", wrong);
        let said = machine.refused().await;
        assert!(said.contains("`master_key`") && said.contains("32"), "{said}");
        assert!(!said.contains(wrong) && !said.contains("canary"), "{said}");
    }
    assert!(!machine.key_file().exists());
    machine.finish(&[]);
}
