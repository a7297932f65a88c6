//! A process of the real command, whose end is always waited for and never for ever.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::Path,
    process::{Child, ChildStderr, ChildStdin, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    thread::JoinHandle,
    time::Duration,
};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// How long anything may take before the story is given up. No story waits that long.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: UnboundedReceiver<String>,
    heard: Vec<String>,
    stderr: Option<JoinHandle<String>>,
}

/// What is left of a process.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) stdout: Vec<String>,
    pub(super) stderr: String,
}

impl Process {
    pub(super) fn start(folder: &Path, variables: &[(String, String)], arguments: &[&str]) -> Self {
        let command = Command::new(env!("CARGO_BIN_EXE_stagepass"));
        Self::start_by(command, folder, variables, arguments)
    }

    /// The same, when it may open no more than `files` files.
    #[cfg(unix)]
    pub(super) fn start_with_few_files(
        files: u32,
        folder: &Path,
        variables: &[(String, String)],
        arguments: &[&str],
    ) -> Self {
        let mut shell = Command::new("sh");
        let script = format!("ulimit -n {files} && exec \"$0\" \"$@\"");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_stagepass")]);
        Self::start_by(shell, folder, variables, arguments)
    }

    fn start_by(
        mut command: Command,
        folder: &Path,
        variables: &[(String, String)],
        arguments: &[&str],
    ) -> Self {
        command
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            // Not the home of whoever runs the tests: they may have a configuration there.
            .env("HOME", folder)
            .envs(variables.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for name in ["PATH", "SSL_CERT_FILE", "SSL_CERT_DIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let mut child = command.spawn().unwrap();
        let (lines, stdout) = unbounded_channel();
        let from = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in from.lines() {
                let line = line.expect("standard output is text");
                if lines.send(line).is_err() {
                    break;
                }
            }
        });
        let errors = child.stderr.take().unwrap();
        let stderr = Some(std::thread::spawn(move || read(errors)));
        Self { stdin: child.stdin.take(), child, stdout, heard: Vec::new(), stderr }
    }

    /// Says one line on its standard input.
    pub(super) fn say(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// The next line of its standard output.
    pub(super) async fn hear(&mut self) -> String {
        let line = tokio::time::timeout(PATIENCE, self.stdout.recv()).await;
        let line = line.expect("an answer in time").expect("an answer before the end");
        self.heard.push(line.clone());
        line
    }

    /// Waits until it serves.
    pub(super) async fn until_healthy(&mut self, url: &str) {
        let client = stagepass::http::client().unwrap();
        let healthy = async {
            loop {
                let answer = client.get(format!("{url}/healthz")).send().await;
                if answer.is_ok_and(|answer| answer.status() == 200) {
                    return;
                }
                let ended = self.child.try_wait().unwrap();
                assert!(
                    ended.is_none(),
                    "it ended: {:?}",
                    self.stderr.take().map(JoinHandle::join)
                );
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, healthy).await.expect("healthy in time");
    }

    /// Asks it to end, as the system does.
    pub(super) fn terminate(&self) {
        let kill = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(kill.unwrap().success());
    }

    /// Closes its standard input.
    pub(super) fn hang_up(&mut self) {
        self.stdin = None;
    }

    /// Asks it to end, and waits until it has.
    pub(super) async fn stop(self) -> Ended {
        self.terminate();
        self.ended().await
    }

    /// Waits until it has ended by itself.
    pub(super) async fn ended(mut self) -> Ended {
        let ended = async {
            loop {
                if let Some(status) = self.child.try_wait().unwrap() {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let status = tokio::time::timeout(PATIENCE, ended).await.expect("an end in time");
        while let Some(line) = self.stdout.recv().await {
            self.heard.push(line);
        }
        let stderr = self.stderr.take().unwrap().join().unwrap();
        Ended { code: status.code(), stdout: std::mem::take(&mut self.heard), stderr }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn read(mut from: ChildStderr) -> String {
    let mut text = String::new();
    from.read_to_string(&mut text).expect("standard error is text");
    text
}

/// A port below those that the system gives out by itself, so that nothing else takes it in the
/// meantime.
pub(super) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 100).unwrap() * 100;
    loop {
        let port = 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
