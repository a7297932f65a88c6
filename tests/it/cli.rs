//! The real command, as operators and desktop clients start it.

mod access;
mod audit;
mod clients;
mod connections;
mod deliveries;
mod keys;
mod process;
mod refusals;
mod remotes;
mod serve;
mod stdio;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use stagepass_standin::{
    Spotify,
    spotify::{CLIENT_ID, CLIENT_SECRET},
};
use tempfile::TempDir;

use crate::harness::TestApp;
use process::{Ended, Process};

/// An operator's machine: a folder, a stand-in Spotify, and the variables for it.
struct Machine {
    spotify: Spotify,
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Machine {
    /// One whose provider has credentials.
    async fn new() -> Self {
        let mut machine = Self::without_credentials().await;
        machine.set("PROVIDER__SPOTIFY__CLIENT_ID", CLIENT_ID);
        machine.set("PROVIDER__SPOTIFY__CLIENT_SECRET", CLIENT_SECRET);
        machine
    }

    async fn without_credentials() -> Self {
        let spotify = Spotify::start().await;
        let folder = tempfile::tempdir().unwrap();
        let mut machine = Self { spotify, folder, variables: Vec::new() };
        let url = machine.spotify.url();
        machine.set("PROVIDER__SPOTIFY__AUTHORIZE_URL", format!("{url}/authorize"));
        machine.set("PROVIDER__SPOTIFY__TOKEN_URL", format!("{url}/api/token"));
        machine.set("PROVIDER__SPOTIFY__REVOKE_URL", format!("{url}/oauth2/revoke/v1"));
        machine.set("PROVIDER__SPOTIFY__API_URL", format!("{url}/v1"));
        machine.set("DATA_DIR", machine.data_dir().display().to_string());
        machine
    }

    /// One that serves its owner alone, on a port of its own.
    async fn local() -> Self {
        let mut machine = Self::new().await;
        machine.set("ACCESS__ALLOW", "local");
        let port = process::free_port();
        machine.set("LISTEN", format!("127.0.0.1:{port}"));
        machine.set("PUBLIC_URL", format!("http://127.0.0.1:{port}"));
        machine
    }

    /// Sets a variable, named without its `STAGEPASS_`; the last one counts.
    fn set(&mut self, name: &str, value: impl Into<String>) {
        let name = format!("STAGEPASS_{name}");
        self.variables.retain(|(set, _)| *set != name);
        self.variables.push((name, value.into()));
    }

    fn unset(&mut self, name: &str) {
        self.variables.retain(|(set, _)| *set != format!("STAGEPASS_{name}"));
    }

    fn get(&self, name: &str) -> String {
        let name = format!("STAGEPASS_{name}");
        self.variables.iter().find(|(set, _)| *set == name).unwrap().1.clone()
    }

    /// Writes `stagepass.toml` where the command looks for it.
    fn write_config(&self, toml: &str) {
        std::fs::write(self.folder.path().join("stagepass.toml"), toml).unwrap();
    }

    /// Made by the command itself.
    fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn key_file(&self) -> PathBuf {
        self.data_dir().join("master.key")
    }

    fn start(&self, arguments: &[&str]) -> Process {
        Process::start(self.folder.path(), &self.variables, arguments)
    }

    /// `stagepass serve`, once it answers.
    async fn serve(&self) -> Process {
        let mut process = self.start(&["serve"]);
        process.until_healthy(&self.get("PUBLIC_URL")).await;
        process
    }

    /// `stagepass serve`, which must refuse: what it said, without any secret.
    async fn refused(&self) -> String {
        self.refused_as(&["serve"]).await
    }

    async fn refused_as(&self, arguments: &[&str]) -> String {
        let Ended { code, stderr, stdout } = self.start(arguments).ended().await;
        assert_eq!(code, Some(1), "{stderr}");
        assert!(stdout.is_empty(), "{stdout:?}");
        assert!(stderr.contains("error: "), "{stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
        assert!(!stderr.contains(CLIENT_SECRET), "{stderr}");
        stderr
    }

    /// Ends the story: Spotify has nothing to object, and no secret lies about or was said.
    fn finish(self, said: &[&Ended]) {
        assert!(self.spotify.violations().is_empty(), "{:?}", self.spotify.violations());
        let mut secrets = self.spotify.secrets();
        secrets.extend(std::fs::read_to_string(self.key_file()).map(|key| key.trim().to_owned()));
        let stored = bytes_in(&self.data_dir());
        for secret in &secrets {
            let start: String = secret.chars().take(12).collect();
            let at_rest = stored.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!at_rest, "in the database: {start}…");
            for ended in said {
                assert!(!ended.stderr.contains(secret.as_str()), "in the logs: {start}…");
                let told = ended.stdout.iter().any(|line| line.contains(secret.as_str()));
                assert!(!told, "in an answer: {start}…");
            }
        }
    }
}

/// Runs a command beside a story's server, on its database, to the command's end.
async fn operate(app: &TestApp, arguments: &[&str]) -> Ended {
    let ended = Process::start(app.data_dir(), &app.variables(), arguments).ended().await;
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    ended
}

/// The same, which has to succeed: what it answered.
pub(crate) async fn answer(app: &TestApp, arguments: &[&str]) -> String {
    let ended = operate(app, arguments).await;
    assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.stderr);
    ended.stdout.join("\n")
}

/// The same, which has to fail: why.
pub(crate) async fn refusal(app: &TestApp, arguments: &[&str]) -> String {
    let ended = operate(app, arguments).await;
    assert_eq!(ended.code, Some(1), "{arguments:?}: {:?}", ended.stdout);
    assert!(ended.stdout.is_empty(), "{:?}", ended.stdout);
    ended.stderr
}

/// Waits until a server has learnt of something, which takes it 5 seconds at most.
pub(crate) async fn within_seconds(what: &str, mut learnt: impl AsyncFnMut() -> bool) {
    let learning = async {
        while !learnt().await {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), learning).await.expect(what);
}

/// Every byte of the database, journal included.
fn bytes_in(data_dir: &Path) -> Vec<u8> {
    let Ok(files) = std::fs::read_dir(data_dir) else { return Vec::new() };
    files
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file() && !path.ends_with("master.key"))
        .flat_map(|path| std::fs::read(path).unwrap())
        .collect()
}
