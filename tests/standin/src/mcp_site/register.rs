//! Registration (RFC 7591), and the clients that are known without.

use serde_json::{Value, json};

use super::{Known, World};
use crate::{
    accounts::mint,
    http::{Asked, Reply},
};

/// `POST /register`.
pub(super) fn register(world: &mut World, asked: &Asked) -> Reply {
    let Ok(wanted) = serde_json::from_slice::<Value>(&asked.body) else {
        return refused("no JSON");
    };
    let redirect_uris = words(&wanted["redirect_uris"]);
    let method = wanted["token_endpoint_auth_method"].as_str().unwrap_or("client_secret_basic");
    let basic = ["client_secret_basic".to_owned()];
    let methods = if world.methods.is_empty() { &basic[..] } else { &world.methods };
    if !methods.iter().any(|known| known == method) {
        return refused("token_endpoint_auth_method isn't one that the metadata list");
    }
    if redirect_uris.is_empty()
        || !matches!(wanted["application_type"].as_str(), Some("web" | "native"))
    {
        return refused("redirect_uris and application_type are missing");
    }
    if !words(&wanted["grant_types"]).iter().any(|grant| grant == "refresh_token") {
        return refused("grant_types lack refresh_token");
    }
    let secret = (method != "none").then(|| mint("secret-"));
    let known = Known {
        id: mint("client-"),
        secret: secret.clone(),
        method: method.to_owned(),
        redirect_uris: redirect_uris.clone(),
    };
    world.secrets.extend(secret.clone());
    let mut answer = json!({
        "client_id": known.id,
        "redirect_uris": redirect_uris,
        "token_endpoint_auth_method": method,
    });
    if let Some(secret) = secret {
        answer["client_secret"] = secret.into();
        answer["client_secret_expires_at"] = 0.into();
    }
    world.clients.push(known);
    let mut reply = Reply::json(&answer);
    reply.status = 201;
    reply
}

impl World {
    /// The client with this id, or that this is the document of.
    pub(super) fn client(&self, id: &str) -> Option<Known> {
        let registered = self.clients.iter().find(|known| known.id == id).cloned();
        registered.or_else(|| {
            let document = self.documents.get(id).filter(|_| self.reads_documents)?;
            (document["client_id"] == id).then(|| Known {
                id: id.to_owned(),
                secret: None,
                method: document["token_endpoint_auth_method"].as_str().unwrap_or("").to_owned(),
                redirect_uris: words(&document["redirect_uris"]),
            })
        })
    }
}

fn words(value: &Value) -> Vec<String> {
    let all = value.as_array().into_iter().flatten();
    all.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn refused(why: &str) -> Reply {
    Reply::oauth_error(400, "invalid_client_metadata", why).violating(why)
}
