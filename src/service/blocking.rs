//! Work that may block, kept off the threads that answer requests.

use std::sync::Arc;

use super::Service;
use super::commitment::{current, on_behalf_of};
use super::problem::Problem;
use super::turns::Work;

/// Runs blocking work (the store, files, reading tables) on a thread that delays no other request. It goes on even if
/// the request is given up: what changes something asks [`commit`](super::commitment::commit) first.
pub(super) async fn blocking<T: Send + 'static>(
    service: &Arc<Service>,
    act: impl FnOnce(&Service) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let (service, span, commitment) = (service.clone(), tracing::Span::current(), current());
    let acting = move || span.in_scope(|| on_behalf_of(commitment, || act(&service)));
    let done = tokio::task::spawn_blocking(acting).await;
    done.map_err(|error| Problem::internal(&error))?
}

/// The same for work that takes memory, once it is its turn. The turn ends with the work, even if nobody waits for it.
pub(super) async fn blocking_in_turn<T: Send + 'static>(
    service: &Arc<Service>,
    work: Work,
    act: impl FnOnce(&Service) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let turn = service.turns.wait(work).await;
    blocking(service, move |service| {
        let _turn = turn;
        act(service)
    })
    .await
}
