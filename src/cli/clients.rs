//! `stagepass clients`: the programs that may ask people for access, or get tokens of their own.

mod deliveries;

use std::{fs, path::PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};

use super::{
    desk::Desk,
    text::{minute, table, visible},
};
use crate::{
    audit::Entry,
    identity::{Scope, Scopes},
    oauth::{
        AuthMethod, ClientIdUrl, ClientKeys, ClientMetadata, GrantType, RedirectUri, check_keys,
        client_row,
    },
    providers::clean,
    store::{ClientKind, ClientRow},
    vault::{hash, mint},
};

/// The scopes that an operator may give a client.
const OFFERED: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Admin];
/// The longest name, and how much of it goes into the id, in characters.
const LONGEST_NAME: usize = 100;
const LONGEST_SLUG: usize = 24;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Adds a client, and prints its id and, this once, its secret.
    Add(Add),
    /// Lists all clients: those you added, and those that made themselves known.
    List,
    /// Removes a client, and ends every access that it was given.
    Remove {
        /// Its id, as `list` shows it.
        id: String,
    },
    /// Shows what bots were told by their webhooks, and whether they took it.
    Deliveries {
        /// Only what was told to the bot with this id.
        client: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The name that people are asked to agree to.
    #[arg(value_parser = name)]
    name: String,
    /// Where people are sent back to; may be given several times. Needed unless it has
    /// `--credentials`.
    #[arg(long, value_name = "URI", value_parser = RedirectUri::parse)]
    #[arg(required_unless_present_any = ["credentials", "act_as"])]
    redirect_uri: Vec<RedirectUri>,
    /// It can't keep a secret: an app on people's own machines, which PKCE alone protects.
    #[arg(long, conflicts_with_all = ["jwks", "jwks_uri", "credentials", "act_as"])]
    public: bool,
    /// A file with its public keys as a JWK set: it signs (`private_key_jwt`) and has no secret.
    #[arg(long, value_name = "FILE", conflicts_with = "jwks_uri")]
    jwks: Option<PathBuf>,
    /// The same, fetched from an https URL whenever it is needed.
    #[arg(long, value_name = "URL", value_parser = ClientIdUrl::parse)]
    jwks_uri: Option<ClientIdUrl>,
    /// It may get tokens of its own, without a person (the `client_credentials` grant).
    #[arg(long)]
    credentials: bool,
    /// It is a bot that speaks for the users of its chat, each of whom it names: it gets tokens of
    /// its own, and nobody signs in to it.
    #[arg(long, conflicts_with = "redirect_uri")]
    act_as: bool,
    /// What it may ask for: mcp.read, mcp.write, mcp.admin.
    #[arg(long, value_parser = scopes, default_value_t = Scopes::tools())]
    scope: Scopes,
}

pub(super) async fn run(command: Command, desk: &Desk) -> anyhow::Result<String> {
    match command {
        Command::Add(client) => add(client, desk).await,
        Command::List => list(desk).await,
        Command::Remove { id } => remove(&id, desk).await,
        Command::Deliveries { client } => deliveries::list(client.as_deref(), desk).await,
    }
}

async fn add(client: Add, desk: &Desk) -> anyhow::Result<String> {
    let keys = client.keys()?;
    let auth_method = match &keys {
        Some(_) => AuthMethod::PrivateKeyJwt,
        None if client.public => AuthMethod::None,
        None => AuthMethod::ClientSecretBasic,
    };
    let mut grant_types = Vec::new();
    if !client.redirect_uri.is_empty() {
        grant_types.extend([GrantType::AuthorizationCode, GrantType::RefreshToken]);
    }
    if client.credentials || client.act_as {
        grant_types.push(GrantType::ClientCredentials);
    }
    if client.act_as {
        grant_types.push(GrantType::TokenExchange);
    }
    let speaks = client.act_as.then_some(Scope::ActAs);
    let scopes: Scopes = client.scope.iter().chain(speaks).collect();
    let number = u32::from_be_bytes(desk.clock.random());
    let id = format!("spo_{}-{number:08x}", slug(&client.name));
    let secret = auth_method.has_secret().then(|| mint(&desk.clock, "spk_"));
    let metadata = ClientMetadata {
        name: Some(client.name),
        redirect_uris: client.redirect_uri,
        auth_method,
        grant_types,
        keys,
        application_type: None,
        scopes: None,
    };
    let row = ClientRow {
        secret_hash: secret.as_ref().map(|secret| hash(secret.expose_secret())),
        scopes: scopes.to_string(),
        ..client_row(ClientKind::Operator, id, &metadata, desk.clock.now())
    };
    desk.db.save_client(&row).await?;
    desk.audit.record(Entry::done("client.added").client(&row.id).detail(&row.scopes)).await?;
    Ok(added(&row, auth_method, secret.as_ref(), desk))
}

impl Add {
    fn keys(&self) -> anyhow::Result<Option<ClientKeys>> {
        if let Some(file) = &self.jwks {
            let shown = file.display();
            let set = fs::read(file).with_context(|| format!("can't read {shown}"))?;
            let set = check_keys(&set).with_context(|| format!("can't use {shown}"))?;
            return Ok(Some(ClientKeys::Set(set)));
        }
        Ok(self.jwks_uri.as_ref().map(|url| ClientKeys::At(url.url().clone())))
    }
}

/// What was added, and what to do with it.
fn added(
    row: &ClientRow,
    method: AuthMethod,
    secret: Option<&SecretString>,
    desk: &Desk,
) -> String {
    let token = desk.url("token");
    let proof = match (secret, method) {
        (Some(secret), _) => format!(
            "  client_secret: {}\n\nThe secret is shown this once; only its hash is kept.\n",
            secret.expose_secret()
        ),
        (None, AuthMethod::PrivateKeyJwt) => format!(
            "\nIt has no secret: it proves itself by a JWT that it signs (private_key_jwt), made \
             for the audience {token}\n"
        ),
        (None, _) => "\nIt has no secret, and needs none.\n".to_owned(),
    };
    let own = GrantType::ClientCredentials.as_str();
    let own = row
        .grant_types
        .contains(own)
        .then(|| format!("For a token of its own it posts grant_type={own} to {token}\n"));
    let own = own.unwrap_or_default();
    let speaks = GrantType::TokenExchange.as_str();
    let speaks = if row.grant_types.contains(speaks) {
        "With each request to /mcp it names a chat user, e.g. Stagepass-Chat-Id: whatsapp:%2B49151…\n\
         Settings for its chats go under its id, e.g. chat.ID.return_link in stagepass.toml\n"
            .replace("ID", &row.id)
    } else {
        String::new()
    };
    format!(
        "Added {}. Where it asks for the credentials of an OAuth client, enter:\n\n  \
         client_id: {}\n{proof}{own}{speaks}The server's URL for it is {}\n",
        visible(&row.name),
        row.id,
        desk.url("mcp")
    )
}

async fn list(desk: &Desk) -> anyhow::Result<String> {
    let mut rows = Vec::new();
    for (kind, word) in [
        (ClientKind::Operator, "operator"),
        (ClientKind::Document, "document"),
        (ClientKind::Dynamic, "dynamic"),
    ] {
        for client in desk.db.clients(kind).await? {
            let used = client.used_at.map_or_else(|| "never".to_owned(), minute);
            rows.push([client.id, word.to_owned(), client.name, client.scopes, used]);
        }
    }
    if rows.is_empty() {
        return Ok("No clients yet. They make themselves known, or you add one with \
                   `stagepass clients add`.\n"
            .to_owned());
    }
    Ok(table(["ID", "KIND", "NAME", "SCOPES", "LAST USED (UTC)"], &rows))
}

async fn remove(id: &str, desk: &Desk) -> anyhow::Result<String> {
    let client = desk.db.client(id).await?;
    let removed = desk.db.remove_client(id).await?;
    let Some(client) = client.filter(|_| removed) else {
        anyhow::bail!("there is no client {}\n`stagepass clients list` shows all", visible(id));
    };
    desk.audit.record(Entry::done("client.removed").client(id)).await?;
    let mut said =
        format!("Removed {}. Its tokens stop working within seconds.\n", visible(&client.name));
    if client.kind != ClientKind::Operator {
        said += "It may make itself known again, and ask people again.\n";
    }
    Ok(said)
}

/// A name that people see on a page of ours.
fn name(text: &str) -> Result<String, String> {
    let name = clean(text);
    if name.is_empty() || name != text || name.chars().count() > LONGEST_NAME {
        return Err(format!("must be 1 to {LONGEST_NAME} characters in one line, all visible"));
    }
    Ok(name)
}

fn scopes(text: &str) -> Result<Scopes, String> {
    let offered = OFFERED.map(Scope::as_str).join(", ");
    let known = |word: &str| OFFERED.into_iter().find(|scope| scope.as_str() == word);
    let read = text.split_whitespace().map(known).collect::<Option<Scopes>>();
    read.filter(|scopes| !scopes.is_empty()).ok_or_else(|| format!("the scopes are {offered}"))
}

/// What an id can hold of a name, so that it is known again in a log.
fn slug(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let words: Vec<_> =
        name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").chars().take(LONGEST_SLUG).collect();
    if slug.is_empty() { "client".to_owned() } else { slug.trim_end_matches('-').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_begins_with_what_a_url_can_hold_of_the_name() {
        for (name, id) in [
            ("Weather Bot", "weather-bot"),
            ("  Łódź -- Café 2!", "d-caf-2"),
            ("天気", "client"),
            ("An Assistant With A Very Long Name", "an-assistant-with-a-very"),
            ("An Assistant With A Long  Name", "an-assistant-with-a-long"),
        ] {
            assert_eq!(slug(name), id);
        }
    }

    #[test]
    fn scopes_are_those_that_are_offered() {
        assert_eq!(scopes("mcp.admin mcp.read").unwrap().to_string(), "mcp.read mcp.admin");
        for other in ["", " ", "mcp.act_as", "mcp.read all", "offline_access", "MCP.READ"] {
            assert!(scopes(other).unwrap_err().contains("mcp.admin"), "{other}");
        }
    }

    #[test]
    fn a_name_is_one_line_that_hides_nothing() {
        assert_eq!(name("Müller's Bot").as_deref(), Ok("Müller's Bot"));
        for other in ["", " ", "a\nb", "a\u{202e}b", &"x".repeat(101)] {
            assert!(name(other).is_err(), "{other:?}");
        }
    }
}
