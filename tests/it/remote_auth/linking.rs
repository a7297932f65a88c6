//! The same through the whole server: an assistant, a browser, and a tool that asks a remote server.

use std::{collections::HashMap, fmt, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stagepass_kit::{AccessToken, Attempt, Caller, Effect, Tool, ToolError, Toolset};
use stagepass_standin::{Browser, McpSite, Page, mcp_site::Fault};

use crate::harness::{Bot, Chat, Setup, TestApp, Told as Said, code_on};

/// A tool that asks the remote server with the caller's token.
struct Ask;

#[derive(Deserialize, JsonSchema)]
struct Args {
    url: String,
}

#[derive(Serialize, JsonSchema)]
struct Told {
    status: u16,
    person: String,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("told")
    }
}

impl Tool for Ask {
    const NAME: &'static str = "notes_ask";
    const TITLE: &'static str = "Ask";
    const DESCRIPTION: &'static str = "Asks.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Args;
    type Answer = Told;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Told, ToolError> {
        let client = stagepass::http::client().unwrap();
        let ask = |token: AccessToken| {
            let request = client.post(&args.url).bearer_auth(token.expose()).body("{}");
            async move {
                let answer = request.send().await.map_err(ToolError::internal)?;
                match answer.status().as_u16() {
                    401 => Ok(Attempt::Unauthorized),
                    403 => Err(ToolError::missing_scope("notes", &["notes.write"])),
                    status => {
                        let told: Value = answer.json().await.map_err(ToolError::internal)?;
                        let person = told["result"]["person"].as_str().unwrap_or_default();
                        Ok(Attempt::Done(Told { status, person: person.to_owned() }))
                    }
                }
            }
        };
        caller.call("notes", ask).await
    }
}

struct Story {
    site: McpSite,
    app: TestApp,
    chat: Chat,
}

/// A server with that remote server, and the tool.
async fn start(site: &McpSite, variables: &[(&'static str, &str)]) -> TestApp {
    let remote: HashMap<_, _> =
        [("URL", site.mcp_url()), ("AUTH", "mcp".to_owned()), ("TITLE", "Notes".to_owned())]
            .map(|(key, value)| (format!("STAGEPASS_REMOTE__NOTES__{key}"), value))
            .into();
    let toolset: fn() -> Toolset = || Toolset::new("asking", Some("notes")).with(Ask);
    let variables = variables.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
    let (providers, toolset) = (remote, Some(toolset));
    TestApp::start_with(Setup { variables, providers, toolset, ..Setup::default() }).await
}

/// Follows a link to the button, presses it, and signs in as `who`.
async fn sign_in(site: &McpSite, link: &str, who: &str) -> Page {
    let browser = Browser::new();
    let page = browser.get(link).await;
    assert_eq!(page.status, 200, "{}", page.describe());
    let page = browser.submit(&page, "Continue to Notes (127.0.0.1)", &[]).await;
    site.sign_in(&browser, &page, who).await
}

impl Story {
    async fn begin() -> Self {
        let site = McpSite::start().await;
        let app = start(&site, &[]).await;
        let chat = app.chat().await;
        Self { site, app, chat }
    }

    async fn ask(&self) -> Said {
        self.chat.call("notes_ask", json!({"url": self.site.mcp_url()})).await
    }

    async fn sign_in(&self, link: &str) {
        let page = sign_in(&self.site, link, "alice").await;
        self.app.heard(&page);
        assert!(page.has_text("is connected"), "{}", page.describe());
    }

    async fn link(&self) {
        let told = self.chat.auth(json!({"action": "get_url", "provider": "notes"})).await.ok();
        self.sign_in(told.data["url"].as_str().unwrap()).await;
    }

    async fn status(&self) -> Value {
        let told = self.chat.auth(json!({"action": "status", "provider": "notes"})).await.ok();
        told.data["providers"][0].clone()
    }

    async fn finish(self) {
        assert!(self.site.violations().is_empty(), "{:?}", self.site.violations());
        self.app.finish_without(self.site.secrets()).await;
    }
}

#[tokio::test]
async fn a_person_links_a_remote_server_uses_it_and_disconnects() {
    let story = Story::begin().await;
    let told = story.ask().await;
    assert_eq!(told.code(), "not_connected");
    let link = told.data["url"].as_str().unwrap().to_owned();
    let page = Browser::new().get(&link).await;
    for text in ["Notes (127.0.0.1)", "notes.read", "stay connected while you are away"] {
        assert!(page.has_text(text), "{text}: {}", page.describe());
    }
    story.sign_in(&link).await;
    let told = story.ask().await.ok();
    assert_eq!(told.data["person"], "alice");
    let status = story.status().await;
    assert_eq!(
        (&status["state"], &status["scopes"]),
        (&json!("connected"), &json!(["notes.read", "offline_access"]))
    );

    // An hour later it is refreshed once.
    story.app.advance(Duration::from_hours(1));
    story.site.advance(Duration::from_hours(1));
    story.ask().await.ok();
    assert_eq!(story.site.count("POST", "/token"), 2);

    let told = story.chat.auth(json!({"action": "revoke", "provider": "notes"})).await.ok();
    assert_eq!(
        (&told.data["revoked_remotely"], &told.data["deleted"]),
        (&json!("yes"), &json!(true))
    );
    assert_eq!(story.site.world(|world| world.living()), 0);
    assert_eq!(story.ask().await.code(), "not_connected");
    let recorded = story.app.audit().await;
    let of_notes: Vec<_> = recorded
        .iter()
        .filter(|row| row.provider.as_deref() == Some("notes"))
        .map(|row| row.event.as_str())
        .collect();
    for event in ["link.issued", "link.authorized", "connection.made", "connection.revoked"] {
        assert!(of_notes.contains(&event), "{event}: {of_notes:?}");
    }
    story.finish().await;
}

#[tokio::test]
async fn a_server_that_wants_more_gets_the_next_link_to_ask_for_all_of_it() {
    let story = Story::begin().await;
    story.link().await;
    story.site.world(|world| world.wants = Some("notes.write".to_owned()));
    let told = story.ask().await;
    assert_eq!(told.code(), "missing_scope");
    let offered = told.data["url"].as_str().unwrap().to_owned();
    // The same link again, and one that the model asks for, want no less.
    assert_eq!(story.ask().await.data["url"], offered.as_str());
    story.link().await;
    let all = ["notes.read", "notes.write", "offline_access"];
    assert_eq!(story.site.world(|world| world.granted()), all);
    story.ask().await.ok();
    // And what was granted isn't lost with the next sign-in.
    story.link().await;
    assert_eq!(story.site.world(|world| world.granted()), all);
    story.finish().await;
}

#[tokio::test]
async fn a_link_under_way_that_asks_for_too_little_makes_room() {
    let story = Story::begin().await;
    story.link().await;
    let told = story.chat.auth(json!({"action": "get_url", "provider": "notes"})).await.ok();
    story.site.world(|world| world.wants = Some("notes.write".to_owned()));
    let offered = story.ask().await;
    assert_ne!(offered.data["url"], told.data["url"]);
    story.sign_in(offered.data["url"].as_str().unwrap()).await;
    story.ask().await.ok();
    story.finish().await;
}

#[tokio::test]
async fn a_server_that_moved_asks_for_a_new_sign_in() {
    let story = Story::begin().await;
    story.link().await;
    let other = McpSite::start().await;
    let (issuer, resource) = (other.world(|world| world.issuer()), story.site.mcp_url());
    other.world(|world| world.resource = Some(resource));
    story.site.world(|world| world.names_issuer = Some(issuer));
    story.app.advance(Duration::from_hours(2));
    story.site.advance(Duration::from_hours(2));
    let told = story.ask().await;
    assert_eq!(told.code(), "needs_reconnect");
    assert_eq!((other.count("POST", "/token"), story.site.count("POST", "/token")), (0, 1));
    assert_eq!(story.status().await["state"], "needs_reconnect");
    // The next link leads there, as a client that was registered there.
    let browser = Browser::new();
    let page = browser.get(told.data["url"].as_str().unwrap()).await;
    browser.submit(&page, "Continue to Notes (127.0.0.1)", &[]).await;
    assert_eq!(other.count("POST", "/register"), 1);
    assert!(other.violations().is_empty(), "{:?}", other.violations());
    story.finish().await;
}

#[tokio::test]
async fn a_server_that_is_away_gives_no_link_and_no_logout() {
    let story = Story::begin().await;
    story.site.begin(Fault::Away);
    let told = story.chat.auth(json!({"action": "get_url", "provider": "notes"})).await;
    assert_eq!(told.code(), "provider_unavailable");
    assert!(told.text.contains("Notes (127.0.0.1)"), "{}", told.text);
    story.site.end_faults();
    story.app.advance(Duration::from_secs(11));
    story.link().await;
    story.finish().await;
}

#[tokio::test]
async fn a_server_that_cannot_be_trusted_is_said_to_be() {
    let story = Story::begin().await;
    story.site.begin(Fault::ForeignIssuer);
    let told = story.chat.auth(json!({"action": "get_url", "provider": "notes"})).await;
    assert_eq!(told.code(), "forbidden");
    assert!(told.text.contains("can't be trusted"), "{}", told.text);
    assert!(!story.site.paths().contains(&"/authorize".to_owned()));
    story.finish().await;
}

/// Links the account of `who` for a chat user.
async fn link_in_chat(app: &TestApp, site: &McpSite, bot: &Bot, chat: &str, who: &str) {
    let auth = |arguments| bot.call(chat, "Auth", arguments);
    let told = auth(json!({"action": "get_url", "provider": "notes"})).await;
    let url = told.body["result"]["structuredContent"]["url"].as_str().unwrap().to_owned();
    let page = sign_in(site, &url, who).await;
    app.heard(&page);
    let code = code_on(&page);
    let told = auth(json!({"action": "handle_callback", "provider": "notes", "code": code})).await;
    assert_eq!(told.body["result"]["structuredContent"]["connected"], true, "{told:?}");
}

#[tokio::test]
async fn a_chat_user_is_never_served_with_anothers_token() {
    let site = McpSite::start().await;
    let app = start(&site, &[("ACCESS__ALLOW", "owner")]).await;
    let bot = Bot::add(&app, "bot").await;
    let ask = async |chat: &str| {
        let told = bot.call(chat, "notes_ask", json!({"url": site.mcp_url()})).await;
        told.body["result"]["structuredContent"].clone()
    };
    link_in_chat(&app, &site, &bot, "tg:1", "alice").await;
    assert_eq!(ask("tg:1").await["person"], "alice");
    let asked = site.count("POST", "/mcp");
    assert_eq!(ask("tg:2").await["code"], "not_connected");
    assert_eq!(site.count("POST", "/mcp"), asked);
    link_in_chat(&app, &site, &bot, "tg:2", "bob").await;
    // A 401 is answered with a new token of the same person, or with none.
    site.world(|world| world.withdraw("alice"));
    assert_eq!(ask("tg:1").await["code"], "needs_reconnect");
    assert_eq!(ask("tg:2").await["person"], "bob");
    assert!(site.violations().is_empty(), "{:?}", site.violations());
    app.finish_without(site.secrets()).await;
}

#[tokio::test]
async fn this_server_describes_itself_where_others_can_read_it() {
    let site = McpSite::start().await;
    let here = "https://stagepass.example";
    let app = start(&site, &[("ACCESS__ALLOW", "owner"), ("PUBLIC_URL", here)]).await;
    let client = stagepass::http::client().unwrap();
    let get = async |name: &str| {
        let url = format!("{}/.well-known/oauth-client/{name}", app.url);
        client.get(url).header("host", "stagepass.example").send().await.unwrap()
    };
    let document: Value = get("notes").await.json().await.unwrap();
    assert_eq!(document["client_id"], format!("{here}/.well-known/oauth-client/notes"));
    assert_eq!(document["redirect_uris"], json!([format!("{here}/callback/notes")]));
    assert_eq!(document["token_endpoint_auth_method"], "none");
    for other in ["spotify", "nobody"] {
        assert_eq!(get(other).await.status(), 404, "{other}");
    }
    app.finish_without(site.secrets()).await;
}
