//! Connections: a limited number at a time, in all and of each address, with time limits for slow senders and readers.
//! A few more are kept for operators, who must see what goes on when all others are taken.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, Sleep, sleep, timeout, timeout_at};
use tower::Service as _;

use super::places::{Crowd, Places};
use super::proxy::{self, Address};
use super::settings::ConnectionLimits;

/// Connections beyond the limit that are served at a time, for operators.
pub(super) const RESERVE: usize = 128;
/// Time that a connection of the reserve has before it gives way to a new one.
const RESERVE_SHARE: Duration = Duration::from_millis(100);
/// Time limit of a connection of the reserve, in all and for the head of its request.
const RESERVE_PATIENCE: Duration = Duration::from_secs(10);
const RESERVE_HEAD_PATIENCE: Duration = Duration::from_secs(2);
/// Time limit for the head of a request, and for an idle connection.
const HEAD_PATIENCE: Duration = Duration::from_secs(15);
/// Time limit for a client that reads nothing of the answer.
const READER_PATIENCE: Duration = Duration::from_secs(30);
/// Time limit for connections to finish once the service stops.
const FAREWELL: Duration = Duration::from_secs(3);

/// Address of the client of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub Address);

/// Security of the way by which a request came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transport {
    /// A trusted proxy says that it came over TLS.
    pub is_tls: bool,
}

/// The limit that leaves no place for the connection of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crowded(pub Crowd);

/// Serves connections until `stop`.
pub(super) async fn serve(
    listener: TcpListener,
    app: Router,
    limits: ConnectionLimits,
    proxies: Arc<[IpAddr]>,
    mut stop: watch::Receiver<bool>,
) {
    let places = Places::new(limits.all, limits.of_address);
    let graceful = GracefulShutdown::new();
    let mut door = Door { app, proxies, places, reserve: Reserve::default(), graceful };
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|&stop| stop) => break,
        };
        match accepted {
            Ok((stream, address)) => door.admit(stream, address).await,
            Err(error) => {
                // Too many open files, most likely: others must end first.
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    let _ = timeout(FAREWELL, door.graceful.shutdown()).await;
}

/// What new connections meet.
struct Door {
    app: Router,
    proxies: Arc<[IpAddr]>,
    places: Arc<Places<IpAddr>>,
    reserve: Reserve,
    graceful: GracefulShutdown,
}

impl Door {
    /// Serves a connection: in a place of its address, or in the reserve.
    async fn admit(&mut self, stream: TcpStream, address: SocketAddr) {
        let _ = stream.set_nodelay(true);
        let is_proxy = proxy::is_trusted(address.ip(), &self.proxies);
        let place = self.places.take((!is_proxy).then(|| holder(address.ip())));
        let crowded = place.as_ref().err().copied().map(Crowded);
        let patience = if crowded.is_some() { RESERVE_HEAD_PATIENCE } else { HEAD_PATIENCE };
        let (app, proxies) = (self.app.clone(), self.proxies.clone());
        let service = service_fn(move |request| answer(app.clone(), request, address, &proxies, crowded));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(patience)
            .serve_connection(TokioIo::new(Patient::new(stream)), service);
        let connection = self.graceful.watch(connection);
        // An error of a connection is the client's: it closed it early.
        match place {
            Ok(place) => drop(tokio::spawn(async move {
                let _ = connection.await;
                drop(place);
            })),
            Err(_) => {
                self.reserve.make_room().await;
                self.reserve.add(connection);
            }
        }
    }
}

/// Answers a request, of which the connection knows who sent it.
fn answer(
    mut app: Router,
    request: Request<Incoming>,
    address: SocketAddr,
    proxies: &[IpAddr],
    crowded: Option<Crowded>,
) -> impl Future<Output = Result<Response<Body>, Infallible>> + use<> {
    let mut request = request.map(Body::new);
    let client = proxy::client(address, request.headers(), proxies);
    let is_tls = proxy::is_over_tls(address, request.headers(), proxies);
    let extensions = request.extensions_mut();
    extensions.insert(Peer(client));
    extensions.insert(Transport { is_tls });
    if let Some(crowded) = crowded {
        extensions.insert(crowded);
    }
    app.call(request)
}

/// The holder of the connections of an address: of version 6, a network of 64 bits, in which a client may choose any.
fn holder(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [first, second, third, fourth, ..] = address.segments();
            Ipv6Addr::new(first, second, third, fourth, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// Connections beyond the limit, each with the time at which it came. Each answers one request, and the oldest gives
/// way to a new one: however many come and say nothing, one that asks at once is answered.
#[derive(Default)]
struct Reserve(VecDeque<(Instant, JoinHandle<()>)>);

impl Reserve {
    async fn make_room(&mut self) {
        self.0.retain(|(_, connection)| !connection.is_finished());
        if self.0.len() >= RESERVE
            && let Some((came, mut oldest)) = self.0.pop_front()
            && timeout_at(came + RESERVE_SHARE, &mut oldest).await.is_err()
        {
            oldest.abort();
        }
    }

    fn add(&mut self, connection: impl Future<Output: Send> + Send + 'static) {
        let limited = async { drop(timeout(RESERVE_PATIENCE, connection).await) };
        self.0.push_back((Instant::now(), tokio::spawn(limited)));
    }
}

/// A connection that ends when its client reads nothing for too long.
struct Patient {
    stream: TcpStream,
    /// Runs while something waits to be read by the client.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    fn new(stream: TcpStream) -> Self {
        Self { stream, waiting: None }
    }

    /// Applies the time limit of writes.
    fn within_patience<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + READER_PATIENCE)));
        match waiting.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        pin!(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = pin!(&mut self.stream).poll_write(context, buffer);
        self.within_patience(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = pin!(&mut self.stream).poll_write_vectored(context, buffers);
        self.within_patience(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        pin!(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        pin!(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_version_6_is_one_holder() {
        let holder = |text: &str| holder(text.parse().unwrap()).to_string();
        assert_eq!(holder("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(
            (holder("192.0.2.1"), holder("::ffff:192.0.2.1")),
            ("192.0.2.1".into(), "192.0.2.1".into())
        );
    }
}
