//! What anybody may read: the discovery document and the keys.

use serde_json::{Value, json};

use super::{Fault, Key, World};
use crate::http::Reply;

/// `GET /.well-known/openid-configuration`.
pub(super) fn discovery(world: &World) -> Reply {
    if world.has(Fault::DiscoveryAway) {
        return Reply::text(503, "Service Unavailable");
    }
    let url = &world.url;
    let mut document = json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "userinfo_endpoint": format!("{url}/userinfo"),
        "revocation_endpoint": format!("{url}/revoke"),
        "jwks_uri": format!("{url}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA"],
        "scopes_supported": ["openid", "email", "profile"],
        "code_challenge_methods_supported": ["S256"],
    });
    if world.names_itself {
        document["authorization_response_iss_parameter_supported"] = json!(true);
    }
    if world.has(Fault::ForeignDocument) {
        document["issuer"] = json!("https://id.example.org");
    }
    if world.has(Fault::PlainEndpoint) {
        document["token_endpoint"] = json!("http://id.example.org/token");
    }
    if world.has(Fault::EndlessDocument) {
        document["padding"] = json!("x".repeat(1_000_000));
    }
    Reply::json(&document)
}

/// `GET /jwks`.
pub(super) fn keys(world: &World) -> Reply {
    if world.has(Fault::KeysAway) {
        return Reply::text(503, "Service Unavailable");
    }
    // Of an encryption key, and of kinds that aren't known, readers must not take offence.
    let mut keys = vec![
        json!({"kty": "RSA", "use": "enc", "kid": "for-encryption", "n": "0vx7", "e": "AQAB"}),
        json!({"kty": "AKP", "alg": "ML-DSA-44", "kid": "of-tomorrow", "pub": "AAAA"}),
        json!({"kty": "EC", "crv": 7, "kid": 5}),
    ];
    if !world.has(Fault::KeysWithdrawn) {
        keys.extend(world.keys.iter().map(Key::jwk).collect::<Vec<Value>>());
    }
    Reply::json(&json!({"keys": keys}))
}
