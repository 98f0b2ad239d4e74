//! Authentication of a request: a token in the header, or in the cookie of the page, or the local user.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE as COOKIES};
use axum::http::request::Parts;

use super::Service;
use super::access::{self, Asker, User};
use super::blocking::blocking;
use super::problem::{Kind, Problem};
use super::store::Role;

/// The cookie in which the page keeps a token.
pub(super) const COOKIE: &str = "cutline_token";

/// The token in the cookie of a request.
pub(super) fn cookie_of(parts: &Parts) -> Option<String> {
    let cookies = parts.headers.get_all(COOKIES).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, token)| token.to_owned())
}

fn bearer(parts: &Parts) -> Option<String> {
    let value = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

impl FromRequestParts<Arc<Service>> for User {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Problem> {
        let user = user_of(parts, service).await?;
        if let Some(asker) = parts.extensions.get::<Arc<Asker>>() {
            asker.is_user(&user.name);
        }
        Ok(user)
    }
}

async fn user_of(parts: &Parts, service: &Arc<Service>) -> Result<User, Problem> {
    let from_header = bearer(parts);
    let given = from_header.clone().or_else(|| cookie_of(parts));
    let Some(token) = given else {
        return if service.settings.needs_tokens() {
            Err(Problem::new(Kind::NoToken, "send the header `Authorization: Bearer <token>`"))
        } else {
            Ok(User::local())
        };
    };
    let found = blocking(service, move |service| Ok(access::user_of(&service.store, &token)?)).await?;
    match found {
        Some(user) => Ok(user),
        // A stale cookie must not lock anybody out of a server that asks for none.
        None if from_header.is_none() && !service.settings.needs_tokens() => Ok(User::local()),
        None => {
            if let Some(asker) = parts.extensions.get::<Arc<Asker>>() {
                asker.shows_wrong_token();
            }
            Err(Problem::new(Kind::NoToken, "the token is unknown, revoked or expired"))
        }
    }
}

impl User {
    /// Requires the right to submit.
    pub(super) fn to_submit(&self) -> Result<(), Problem> {
        if self.may_submit() {
            return Ok(());
        }
        Err(Problem::new(Kind::NotAllowed, "viewers submit and change nothing: ask for the role `analyst`"))
    }

    /// Requires the rights of an operator.
    pub(super) fn to_operate(&self) -> Result<(), Problem> {
        if self.role == Role::Admin {
            return Ok(());
        }
        Err(Problem::new(Kind::NotAllowed, "this is for the role `admin`"))
    }
}
