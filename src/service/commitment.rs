//! The point of no return of a request.
//!
//! Before it, a request that takes too long, or whose client leaves, is given up and leaves nothing. After it, what the
//! request changes is stored, and its answer says so, however long that takes. Work goes on in threads that nobody can
//! stop, so that it must ask here before it changes anything.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use super::problem::{Kind, Problem};

const OPEN: u8 = 0;
const COMMITTED: u8 = 1;
const GIVEN_UP: u8 = 2;

/// Says whether a request may still change something, or has begun to.
#[derive(Debug, Default)]
pub(super) struct Commitment(AtomicU8);

tokio::task_local! {
    /// That of the request that is being answered.
    static CURRENT: Arc<Commitment>;
}

impl Commitment {
    /// Passes the point of no return; `false` if the request was given up.
    fn commit(&self) -> bool {
        let found = self.0.compare_exchange(OPEN, COMMITTED, Ordering::SeqCst, Ordering::SeqCst);
        found.map_or_else(|found| found == COMMITTED, |_| true)
    }

    /// Gives the request up; `false` if it has passed the point of no return.
    fn give_up(&self) -> bool {
        let found = self.0.compare_exchange(OPEN, GIVEN_UP, Ordering::SeqCst, Ordering::SeqCst);
        found.map_or_else(|found| found == GIVEN_UP, |_| true)
    }
}

/// Gives a request up when it is dropped: its client has left.
struct Leave(Arc<Commitment>);

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.give_up();
    }
}

/// Answers a request within a time limit; `None` if it was given up. One that has passed the point of no return by then
/// is answered all the same.
pub(super) async fn answer_within<T>(limit: Duration, request: impl Future<Output = T>) -> Option<T> {
    let commitment = Arc::new(Commitment::default());
    let _leave = Leave(commitment.clone());
    let mut request = pin!(CURRENT.scope(commitment.clone(), request));
    match tokio::time::timeout(limit, &mut request).await {
        Ok(answer) => Some(answer),
        Err(_) if commitment.give_up() => None,
        Err(_) => Some(request.await),
    }
}

/// The commitment of the request that is being answered, to be carried to another thread.
pub(super) fn current() -> Option<Arc<Commitment>> {
    CURRENT.try_with(Arc::clone).ok()
}

/// Acts for the request of a commitment, on a thread of its own.
pub(super) fn on_behalf_of<T>(commitment: Option<Arc<Commitment>>, act: impl FnOnce() -> T) -> T {
    match commitment {
        Some(commitment) => CURRENT.sync_scope(commitment, act),
        None => act(),
    }
}

/// Passes the point of no return. To be called right before the store is changed for a request; what is no request,
/// such as housekeeping, may always go on.
///
/// # Errors
/// If the request was given up. Nobody hears of it: the answer has been given, or the client has left.
pub(super) fn commit() -> Result<(), Problem> {
    if CURRENT.try_with(|commitment| commitment.commit()).unwrap_or(true) {
        return Ok(());
    }
    Err(Problem::new(Kind::TimedOut, "the request was given up before anything was stored"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// What a thread does for a request: it waits for a word, commits, and waits for another.
    fn act(begin: mpsc::Receiver<()>, begun: tokio::sync::oneshot::Sender<bool>, end: mpsc::Receiver<()>) {
        begin.recv().unwrap();
        let _ = begun.send(commit().is_ok());
        end.recv().unwrap();
    }

    #[test]
    fn a_request_is_given_up_before_it_is_committed_and_answered_after() {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        for is_committed_in_time in [false, true] {
            let ((begin, begins), (end, ends)) = (mpsc::channel(), mpsc::channel());
            let (begun, has_begun) = tokio::sync::oneshot::channel();
            let request = async move {
                let commitment = current();
                if is_committed_in_time {
                    begin.send(()).unwrap();
                }
                let working = tokio::task::spawn_blocking(move || {
                    on_behalf_of(commitment, || act(begins, begun, ends));
                });
                if is_committed_in_time {
                    assert!(has_begun.await.unwrap());
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    end.send(()).unwrap();
                }
                working.await.unwrap();
            };
            let answer = runtime.block_on(answer_within(Duration::from_millis(20), request));
            assert_eq!(answer.is_some(), is_committed_in_time);
        }
    }

    #[test]
    fn a_client_that_leaves_gives_its_request_up() {
        let (told, tells) = mpsc::channel();
        let request = async move {
            told.send(current().unwrap()).unwrap();
            std::future::pending::<()>().await;
        };
        let mut answering = Box::pin(answer_within(Duration::from_secs(60), request));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let asked = tokio::time::timeout(Duration::from_millis(1), &mut answering).await;
            assert!(asked.is_err(), "it is being answered");
        });
        drop(answering);
        let commitment = tells.recv().unwrap();
        assert!(on_behalf_of(Some(commitment), || commit().is_err()));
        assert!(commit().is_ok(), "what is no request may go on");
    }
}
