//! `/`: what a person sees who opens the server's address in a browser.

use maud::{Markup, html};
use serde_json::json;
use url::Url;

use super::{
    layout,
    parts::{copy, warning},
};
use crate::config::is_loopback;

/// How to add the server at `mcp_url` to each common client, and the sets of tools that can be had
/// alone, at `mcp_url/<toolset>`. With `sign_in` off the server is its machine's owner's alone.
#[must_use]
pub fn page(mcp_url: &Url, toolsets: &[&str], sign_in: bool) -> Markup {
    let here_only = is_loopback(mcp_url);
    let body = html! {
        @if sign_in {
            p { "Give your assistant this URL. It then brings you to a page of this server, where \
                 you sign in." }
        } @else {
            p { "This server is for the owner of this computer alone, and asks nobody to sign in. \
                 Give this URL to an assistant that runs on this computer." }
        }
        (copy(mcp_url.as_str()))
        @if here_only {
            (warning(&html! { p { "Only programs on this computer can reach this address. \
                Assistants on the web, such as claude.ai and ChatGPT, can't." } }))
        }
        h2 { "How to add it" }
        @if !here_only { (on_the_web()) }
        (on_this_computer(mcp_url))
        (only_some_tools(mcp_url, toolsets))
    };
    layout::page("Add this server to your assistant", &body)
}

/// What is there instead while the server speaks to the one program that started it.
#[must_use]
pub fn of_a_pipe() -> Markup {
    let body = html! {
        p { "Stagepass is running for the assistant that started it on this computer. There is no \
             URL to add." }
        p { "To connect an account, ask the assistant: it will show you a link." }
    };
    layout::page("Stagepass is running", &body)
}

fn on_the_web() -> Markup {
    html! {
        (client("Claude on the web, on the desktop and on phones", &html! {
            p { "On the web or the desktop open Settings → Connectors → Add custom connector, and \
                 paste the URL. On the phone it is then there, too." }
        }))
        (client("ChatGPT", &html! {
            p { "On the web open Settings → Apps & Connectors → Advanced settings, and turn on \
                 Developer mode. Go back, press Create, paste the URL, and choose OAuth." }
        }))
    }
}

fn on_this_computer(mcp_url: &Url) -> Markup {
    let url = mcp_url.as_str();
    let vs_code = json!({ "name": "stagepass", "type": "http", "url": url }).to_string();
    let cursor = json!({ "mcpServers": { "stagepass": { "url": url } } });
    let word = shell_word(url);
    html! {
        (client("Claude Code", &html! {
            p { "In a terminal:" }
            (copy(&format!("claude mcp add --transport http stagepass {word}")))
        }))
        (client("VS Code", &html! {
            p { "In a terminal on macOS or Linux:" }
            (copy(&format!("code --add-mcp {}", shell_word(&vs_code))))
            p { "Anywhere else: open the Command Palette, run “MCP: Add Server…”, choose HTTP, and \
                 paste the URL." }
        }))
        (client("Cursor", &html! {
            p { "In the file " code { "~/.cursor/mcp.json" } ":" }
            (copy(&format!("{cursor:#}")))
        }))
        (client("Programs that start a command instead of taking a URL", &html! {
            p { "With Node.js installed, the command is:" }
            (copy(&format!("npx mcp-remote {word}")))
        }))
        (client("MCP Inspector", &html! {
            p { "In a terminal, with Node.js installed:" }
            (copy("npx @modelcontextprotocol/inspector"))
            p { "Choose Streamable HTTP, and paste the URL." }
        }))
        (client("Anything else", &html! {
            p { "Where it asks for the URL of an MCP server, sometimes called a remote server, a \
                 connector or streamable HTTP, paste the URL." }
        }))
    }
}

fn only_some_tools(mcp_url: &Url, toolsets: &[&str]) -> Markup {
    html! {
        @if !toolsets.is_empty() {
            h2 { "Only some of the tools" }
            p { "Some clients take few tools. Each of these URLs offers one set:" }
            @for toolset in toolsets { (copy(&format!("{mcp_url}/{toolset}"))) }
        }
    }
}

fn client(name: &str, steps: &Markup) -> Markup {
    html! { details { summary { (name) } (steps) } }
}

/// `text` as one word of a POSIX shell: zsh takes the brackets of `[::1]` for a pattern.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._/:@%+".contains(c);
    if text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
