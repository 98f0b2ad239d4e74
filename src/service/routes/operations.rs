//! Routes for operators: liveness, readiness, metrics, audit log.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::service::Service;
use crate::service::access::User;
use crate::service::blocking::blocking;
use crate::service::problem::{Kind, Problem};
use crate::service::view::time;

/// Liveness: the process answers.
#[utoipa::path(get, path = "/healthz", tag = "operations", security(()), responses((status = 200, body = String)))]
pub(super) async fn health() -> &'static str {
    "alive\n"
}

/// Readiness: the store answers, there is free space, and the service is not stopping.
#[utoipa::path(get, path = "/readyz", tag = "operations", security(()), responses(
    (status = 200, body = String),
    (status = 503, body = Problem, content_type = "application/problem+json"),
    (status = 507, body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn readiness(State(service): State<Arc<Service>>) -> Result<&'static str, Problem> {
    if service.stopping.load(Ordering::Relaxed) {
        return Err(Problem::new(Kind::Stopping, "it finishes what runs and takes no new work"));
    }
    let ready = blocking(&service, |service| {
        if !service.store.is_ready() {
            return Err(Problem::new(Kind::Stopping, "the store does not answer"));
        }
        service.room_for(0)?;
        Ok("ready\n")
    });
    ready.await
}

/// Figures for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses(
    (status = 200, body = String),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn metrics(
    State(service): State<Arc<Service>>,
    _user: User,
) -> Result<impl IntoResponse, Problem> {
    let text = blocking(&service, |service| {
        Ok(service.metrics.text(&service.store, service.settings.keep.quota)?)
    });
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text.await?))
}

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AuditView {
    /// Time (UTC).
    at: String,
    /// The user.
    user: String,
    /// The action.
    action: String,
    /// The batch or token.
    subject: String,
    /// Details.
    detail: String,
    /// Address of the client.
    address: String,
}

/// The latest thousand entries of the audit log, newest first. For admins.
#[utoipa::path(get, path = "/v1/audit", tag = "operations", responses(
    (status = 200, body = Vec<AuditView>),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn audit(
    State(service): State<Arc<Service>>,
    user: User,
) -> Result<Json<Vec<AuditView>>, Problem> {
    const MOST: usize = 1000;
    user.to_operate()?;
    let entries = blocking(&service, |service| Ok(service.store.audit(MOST)?)).await?;
    let shown = entries.into_iter().map(|entry| AuditView {
        at: time(entry.at),
        user: entry.user,
        action: entry.action,
        subject: entry.subject,
        detail: entry.detail,
        address: entry.address,
    });
    Ok(Json(shown.collect()))
}
