//! What a browser sends, and the page that it gets where that can't be read.

use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{StatusCode, request::Parts},
    response::Response,
};
use serde::de::DeserializeOwned;

use super::{layout, missing};

/// The fields of a form, or of the query of a `GET`. None that is known may come twice.
pub struct Sent<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match Form::from_request(request, state).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            // What is wrong would be told in words for programmers, with a stranger's in between.
            Err(_) => Err(layout::problem(
                StatusCode::BAD_REQUEST,
                "This can't be read",
                "Something that belongs to this step is missing, or is there twice.",
                "Go back to where you began, and take the step from there.",
            )),
        }
    }
}

/// The one part of the path that has a name.
pub struct Named(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            Err(_) => Err(missing::not_found(parts.uri.clone(), parts.headers.clone()).await),
        }
    }
}
