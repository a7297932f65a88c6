//! The two documents.

use serde_json::{Value, json};

use super::{Fault, World};

/// RFC 9728.
pub(super) fn resource(world: &World) -> Value {
    let issuer = world.names_issuer.clone().unwrap_or_else(|| world.issuer());
    let mut document = json!({
        "resource": world.own_resource(),
        "authorization_servers": [issuer],
        "scopes_supported": world.scopes,
        "bearer_methods_supported": ["header"],
    });
    if world.has(Fault::ForeignResource) {
        document["resource"] = "https://mcp.example.org/mcp".into();
    }
    if world.has(Fault::NoIssuer) {
        document["authorization_servers"] = json!([]);
    }
    document
}

/// RFC 8414.
pub(super) fn server(world: &World) -> Value {
    let url = &world.url;
    let scopes: Vec<_> =
        world.scopes.iter().map(String::as_str).chain(["offline_access"]).collect();
    let mut document = json!({
        "issuer": world.issuer(),
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "client_id_metadata_document_supported": world.reads_documents,
        "authorization_response_iss_parameter_supported": world.names_itself,
    });
    if !world.methods.is_empty() {
        document["token_endpoint_auth_methods_supported"] = json!(world.methods);
    }
    if world.registers {
        document["registration_endpoint"] = format!("{url}/register").into();
    }
    if world.revokes {
        document["revocation_endpoint"] = format!("{url}/revoke").into();
    }
    for (fault, name, value) in [
        (Fault::ForeignIssuer, "issuer", json!("https://id.example.org")),
        (Fault::PlainEndpoint, "token_endpoint", json!("http://id.example.org/token")),
        (Fault::NoPkce, "code_challenge_methods_supported", json!([])),
        (Fault::PlainPkce, "code_challenge_methods_supported", json!(["plain"])),
        (Fault::EndlessDocument, "padding", json!("x".repeat(1_000_000))),
    ] {
        if world.has(fault) {
            document[name] = value;
        }
    }
    document
}
