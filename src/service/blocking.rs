//! Work that may block, kept off the threads that answer requests.

use std::sync::Arc;

use super::Service;
use super::problem::Problem;

/// Runs blocking work (the store, files, reading tables) on a thread that delays no other request.
pub(super) async fn blocking<T: Send + 'static>(
    service: &Arc<Service>,
    act: impl FnOnce(&Service) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let (service, span) = (service.clone(), tracing::Span::current());
    let done = tokio::task::spawn_blocking(move || span.in_scope(|| act(&service))).await;
    done.map_err(|error| Problem::internal(&error))?
}
