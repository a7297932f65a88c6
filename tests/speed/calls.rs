//! A tool call through everything, with sign-in off and on, against the same tool on a bare rmcp
//! server.
//!
//! Off: identity, host, the vault's warm cache. On: the access token's check (remembered) and the
//! scopes, too; a bot's: for whom it speaks, besides.

use std::time::Instant;

use serde_json::json;

use crate::{
    bare, bot,
    load::{self, Speed},
    server::Server,
    sign_in::SignedIn,
};

const ROUNDS: usize = 15;
/// How many access tokens are used for the first time.
const TOKENS: u32 = 500;

/// Prints how full calls compare with bare ones.
///
/// # Errors
/// When something doesn't work at all.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let bare = bare::start().await?;
    let (local, open) = (Server::start("local").await?, Server::start("open").await?);
    let off = local.link().await?;
    let client = SignedIn::at(&open).await?;
    let on = open.target(Some(client.access.clone()));
    let bot = bot::speaking(&open).await?;
    let targets = [("bare rmcp", bare), ("sign-in off", off), ("sign-in on", on), ("a bot's", bot)];
    for connections in [1, 32] {
        let mut rounds = targets.each_ref().map(|_| Vec::new());
        for _ in 0..ROUNDS {
            for ((_, target), speeds) in targets.iter().zip(&mut rounds) {
                speeds.push(load::run(target, connections).await?);
            }
        }
        println!("\n{connections} callers     calls/s  ratio  CPU µs/call  ratio");
        for ((name, _), speeds) in targets.iter().zip(&rounds) {
            print(name, &rounds[0], speeds);
        }
        let [_, _, plain, chosen] = &rounds;
        let costs = median(chosen.iter().zip(plain).map(|(a, b)| a.cpu / b.cpu).collect());
        println!("  choosing a chat user: {costs:.2} of the CPU time of a plain bearer call");
    }
    first_calls(&open, client).await
}

/// Prints the medians of `rounds`, and of their ratios to the first target in the same round.
fn print(name: &str, floor: &[Speed], ours: &[Speed]) {
    let each = |of: fn(&Speed) -> f64| median(ours.iter().map(of).collect());
    let ratio = |of: fn(&Speed) -> f64| {
        median(ours.iter().zip(floor).map(|(ours, floor)| of(ours) / of(floor)).collect())
    };
    println!(
        "  {name:<12} {:8.0} {:6.2} {:10.1} {:6.2}",
        each(|speed| speed.rate),
        ratio(|speed| speed.rate),
        each(|speed| speed.cpu),
        ratio(|speed| speed.cpu),
    );
}

/// Prints what it costs to check a token that isn't remembered yet.
async fn first_calls(server: &Server, mut client: SignedIn) -> anyhow::Result<()> {
    let mut targets = Vec::new();
    for _ in 0..TOKENS {
        client.renew().await?;
        targets.push(server.target(Some(client.access.clone())));
    }
    let http = load::client()?;
    let mut each = Vec::new();
    for _ in 0..2 {
        let begun = Instant::now();
        for target in &targets {
            load::call(&http, target, "noop", json!({})).await?;
        }
        each.push(begun.elapsed() / TOKENS);
    }
    println!("a token's first call, and its second: {each:.0?}");
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
