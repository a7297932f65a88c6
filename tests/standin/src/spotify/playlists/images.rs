//! Pictures of playlists.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    super::{
        ask::{self, Answered},
        http::{Asked, Reply},
        world::World,
    },
    edit::own,
    read::find,
    shape::picture,
};

/// How a JPEG begins.
const JPEG: [u8; 3] = [0xff, 0xd8, 0xff];

/// `GET /v1/playlists/{id}/images`.
pub(in super::super) fn images(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let list = find(world, asked, who)?;
    let images = list.image.as_deref().map_or_else(|| json!([]), |url| json!([picture(url)]));
    Ok(Reply::json(&images))
}

/// `PUT /v1/playlists/{id}/images`: a JPEG in base64.
pub(in super::super) fn upload(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let bytes = STANDARD.decode(&asked.body).unwrap_or_default();
    if !bytes.starts_with(&JPEG) {
        return Err(ask::malformed("Invalid base64 image"));
    }
    let digest = Sha256::digest(&bytes);
    let name = URL_SAFE_NO_PAD.encode(digest);
    let list = own(world, asked, who)?;
    list.image = Some(format!("https://image-cdn.spotifycdn.com/image/{name}"));
    Ok(Reply::new(202, "application/json", Value::Null.to_string()))
}
