//! The conversation, step by step, each checked.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use stagepass_standin::Browser;

use crate::world::{Told, World};

/// A narrator who remembers how many requests Spotify had seen before the last line.
struct Narrator<'a> {
    world: &'a World,
    seen: usize,
}

/// Tells the whole story.
///
/// # Errors
/// The first step that didn't do what it prints.
pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let mut story = Narrator { world, seen: 0 };
    println!("MCP endpoint {}/mcp, a stand-in Spotify at {}\n", world.url, world.spotify.url());
    story.connect().await?;
    story.listen().await?;
    story.an_hour_later().await?;
    story.disconnect().await?;
    let violations = world.spotify.violations();
    ensure!(violations.is_empty(), "the real Spotify would object: {violations:?}");
    println!("All of it happened as printed.");
    Ok(())
}

impl Narrator<'_> {
    async fn connect(&mut self) -> anyhow::Result<()> {
        person("Play me something to go to sea with.");
        let told = self.call("spotify_search", json!({"query": "harbour"})).await?;
        ensure!(told.at("/code") == "not_connected", "expected not_connected: {}", told.text);
        let link = told.at("/url").as_str().context("no link")?.to_owned();
        ensure!(link.starts_with(&format!("{}/connect/", self.world.url)), "a foreign link");
        assistant(&format!("Please connect Spotify first: {link}"));

        let browser = Browser::new();
        let page = browser.get(&link).await;
        ensure!(page.has_button("Continue to Spotify"), "{}", page.describe());
        browser_does("opens the link; the page says what will be linked, and waits for the button");
        let page = browser.submit(&page, "Continue to Spotify", &[]).await;
        ensure!(page.url.starts_with(&self.world.spotify.url()), "{}", page.describe());
        browser_does("presses it, signs in at Spotify as alice, agrees");
        let page = self.world.spotify.sign_in(&browser, page, "alice").await;
        ensure!(page.has_text("Spotify is connected"), "{}", page.describe());
        browser_does("is sent back: \u{201c}Spotify is connected\u{201d}");
        self.underneath();

        person("Done!");
        let told = self.call("Auth", json!({"action": "status"})).await?;
        let row = told.at("/providers/0");
        ensure!(
            told.at("/providers/0/state") == "connected"
                && told.at("/providers/0/account/name") == "Alice Example",
            "{row}"
        );
        Ok(())
    }

    async fn listen(&mut self) -> anyhow::Result<()> {
        let told = self.call("spotify_search", json!({"query": "harbour"})).await?;
        ensure!(!told.is_error, "{}", told.text);
        let uri = told.at("/results/track/0/uri").as_str().context("no track")?.to_owned();
        let play = json!({"uri": uri, "device": "Laptop"});
        let told = self.call("spotify_play", play).await?;
        ensure!(!told.is_error, "{}", told.text);
        let playing = self
            .world
            .spotify
            .world(|world| world.person("alice").player.item().map(str::to_owned));
        ensure!(playing.as_deref() == Some(uri.as_str()), "Spotify plays {playing:?}");
        Ok(())
    }

    async fn an_hour_later(&mut self) -> anyhow::Result<()> {
        println!("\n          … an hour passes; Spotify's access token has expired …\n");
        self.world.spotify.advance(Duration::from_secs(3_601));
        let before = self.world.spotify.refreshes();
        person("Is it still playing?");
        let told = self.call("spotify_now", json!({})).await?;
        ensure!(!told.is_error, "{}", told.text);
        let refreshes = self.world.spotify.refreshes() - before;
        ensure!(refreshes == 1, "{refreshes} refreshes instead of one");
        Ok(())
    }

    async fn disconnect(&mut self) -> anyhow::Result<()> {
        person("Thanks. Disconnect my account again.");
        let told = self.call("Auth", json!({"action": "revoke"})).await?;
        ensure!(told.at("/deleted") == true, "{}", told.text);
        ensure!(told.at("/revoked_remotely") == "yes", "{}", told.text);
        let told = self.call("spotify_now", json!({})).await?;
        ensure!(told.at("/code") == "not_connected", "expected a refusal: {}", told.text);
        Ok(())
    }

    /// Calls a tool, and prints the call, the answer, and what went to Spotify for it.
    async fn call(&mut self, tool: &str, arguments: Value) -> anyhow::Result<Told> {
        let told = self.world.call(tool, &arguments).await?;
        println!("Assistant → {tool} {arguments}");
        let mark = if told.is_error { "✗" } else { "✓" };
        for (number, line) in told.text.lines().take(4).enumerate() {
            println!("          {} {line}", if number == 0 { mark } else { " " });
        }
        self.underneath();
        Ok(told)
    }

    /// Prints what Spotify saw since the last line.
    fn underneath(&mut self) {
        let all = self.world.spotify.requests();
        let new: Vec<String> = all
            .iter()
            .skip(self.seen)
            .map(|seen| {
                let grant = seen.grant_type.as_ref().map(|kind| format!(" ({kind})"));
                format!(
                    "{} {}{} {}",
                    seen.method,
                    seen.path,
                    grant.unwrap_or_default(),
                    seen.status
                )
            })
            .collect();
        self.seen = all.len();
        let new =
            if new.is_empty() { "nothing went to Spotify".to_owned() } else { new.join(" · ") };
        println!("          underneath: {new}\n");
    }
}

fn person(says: &str) {
    println!("Person    {says}");
}

fn assistant(says: &str) {
    println!("Assistant {says}");
}

fn browser_does(what: &str) {
    println!("Browser   {what}");
}
