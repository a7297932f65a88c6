//! The real binary: from the start to the first answer, and its memory when idle.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use stagepass_standin::Spotify;
use tokio::{net::TcpListener, time::sleep};
use url::Url;

use crate::{load, server::variables};

const ROUNDS: usize = 7;

/// Prints how long a start takes on an existing database, and how much memory the idle server has.
///
/// # Errors
/// When the server doesn't start.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let mut starts = Vec::new();
    let mut memory = Vec::new();
    let spotify = Spotify::start().await;
    for round in 0..=ROUNDS {
        let (mut server, took) = start(data.path(), &spotify).await?;
        sleep(Duration::from_secs(1)).await;
        // The first round makes the database and the key.
        if round > 0 {
            starts.push(took.as_secs_f64() * 1_000.0);
            memory.push(resident_mib(server.id()).unwrap_or_default());
        }
        server.kill()?;
        server.wait()?;
    }
    println!("cold start to the first answer, existing SQLite file: {}", spread(starts, "ms"));
    println!("resident memory after a second of idling: {}", spread(memory, "MiB"));
    Ok(())
}

async fn start(data: &std::path::Path, spotify: &Spotify) -> anyhow::Result<(Child, Duration)> {
    let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
    let url = Url::parse(&format!("http://127.0.0.1:{port}"))?;
    let client = load::client()?;
    let begun = Instant::now();
    let server = Command::new(env!("CARGO_BIN_EXE_stagepass"))
        .envs(variables(&url, spotify, "local", data.display()))
        .stderr(Stdio::null())
        .spawn()?;
    while begun.elapsed() < Duration::from_secs(10) {
        if client.get(url.join("healthz")?).send().await.is_ok() {
            return Ok((server, begun.elapsed()));
        }
        sleep(Duration::from_millis(1)).await;
    }
    anyhow::bail!("the server didn't start")
}

fn resident_mib(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

fn spread(mut values: Vec<f64>, unit: &str) -> String {
    values.sort_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    let (least, most) = (at(0), at(values.len().saturating_sub(1)));
    format!("median {:.1} {unit} ({least:.1} to {most:.1})", at(values.len() / 2))
}
