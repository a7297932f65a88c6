//! Our authorization server.

mod redirect;
mod uri;

pub use redirect::RedirectUri;
pub use uri::UriError;
