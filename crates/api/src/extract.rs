//! Axum's extractors with Tutti's errors.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tutti_model::strict;

use crate::error::Failure;

/// A JSON body, in or out. One that does not fit is refused with all that is wrong with it.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let axum::Json(value) = axum::Json::<Value>::from_request(request, state).await?;
        read_body(&value).map(Self)
    }
}

/// A body as a `T`, or all that is wrong with it.
pub fn read_body<T: DeserializeOwned>(value: &Value) -> Result<T, Failure> {
    let mut problems = Vec::new();
    match strict::read(value, "", &mut problems) {
        Some(body) if problems.is_empty() => Ok(body),
        _ => Err(Failure::of_body(problems)),
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The parameters behind `?`.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Failure))]
pub struct Query<T>(pub T);

/// The parts of the path.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Failure))]
pub struct Path<T>(pub T);
