//! Batches that were deleted and can be restored.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Html;
use serde_json::{Value, json};

use crate::service::Service;
use crate::service::access::User;
use crate::service::batches;
use crate::service::blocking::blocking;
use crate::service::problem::Problem;
use crate::service::store::{BatchFilter, BatchRow, Role};
use crate::service::view::time;

use super::render::render;
use super::visitor::Visitor;

/// The list of deleted batches, each with the way to restore it.
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
) -> Result<Html<String>, Problem> {
    const MOST: usize = 200;
    blocking(&service, move |service| {
        let filter = BatchFilter {
            seen_by: (visitor.user.role != Role::Admin).then(|| visitor.user.name.clone()),
            deleted: true,
            most: MOST,
            ..BatchFilter::default()
        };
        let rows = service.store.batches(&filter)?;
        let shown: Vec<Value> = rows.iter().filter_map(|row| restorable(service, row)).collect();
        render("deleted.html", &visitor.with(json!({ "batches": shown })))
    })
    .await
}

/// What a page says of the batch that was just deleted; `None` if it cannot be restored by this user.
pub(super) fn notice(service: &Service, user: &User, id: &str) -> Result<Option<Value>, Problem> {
    Ok(batches::deleted(service, user, id)?.and_then(|row| restorable(service, &row)))
}

fn restorable(service: &Service, row: &BatchRow) -> Option<Value> {
    let milliseconds = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    let until = row.deleted?.saturating_add(milliseconds(service.settings.keep.restorable));
    Some(json!({ "id": row.id, "name": row.name, "owner": row.owner, "until": time(until) }))
}
