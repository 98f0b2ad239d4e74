//! Visitors of pages.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use crate::service::Service;
use crate::service::access::User;
use crate::service::authentication::cookie_of;

/// The visitor of a page: a user, or one who must log in.
pub(super) struct Visitor {
    pub user: User,
    has_token: bool,
}

impl FromRequestParts<Arc<Service>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Response> {
        let has_token = cookie_of(parts).is_some();
        match User::from_request_parts(parts, service).await {
            Ok(user) => Ok(Self { user, has_token }),
            Err(problem) if problem.status == 401 => Err(Redirect::to("/login").into_response()),
            Err(problem) => Err(problem.into_response()),
        }
    }
}

impl Visitor {
    /// The template values that every page has, and those of this page.
    pub fn with(&self, values: Value) -> Value {
        let mut all = json!({
            "user": self.user.name,
            "can_log_out": self.has_token,
            "may_submit": self.user.may_submit(),
        });
        if let (Value::Object(all), Value::Object(values)) = (&mut all, values) {
            all.extend(values);
        }
        all
    }
}
