//! The server: opened, recovered, listening, stopped.

use std::fs::{self, File, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::blobs::Objects;
use super::denials::Denials;
use super::metrics::Metrics;
use super::notify::Notify;
use super::places::Places;
use super::settings::ServiceSettings;
use super::store::{Store, StoreError};
use super::turns::Turns;
use super::{Service, connection, housekeeping, open_files, router, runner};

/// Time limit for threads that still work for requests once all connections are closed. What they store is stored whole
/// or not at all, even if the process ends meanwhile.
const LAST_WORK: Duration = Duration::from_secs(2);

/// Reasons why the service cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Another server has the data folder.
    #[error("`{}` is used by another server that is running", .0.display())]
    InUse(PathBuf),
    /// There are no tokens although they are required.
    #[error(
        "{0} can be reached from other machines, so every request needs a token, and there is none yet: make one with \
         `cutline token create --name NAME --role admin --data DIR`"
    )]
    NoTokens(SocketAddr),
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on: {cause}")]
    Address {
        /// The address.
        address: SocketAddr,
        /// The system's error.
        cause: io::Error,
    },
    /// A folder cannot be used.
    #[error("`{}` cannot be used: {cause}", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// The store failed.
    #[error("{0}")]
    Store(String),
    /// The system refuses threads or signals.
    #[error("the service cannot be started: {0}")]
    System(io::Error),
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}

/// Runs the service until SIGTERM or SIGINT. `ready` receives the address once it listens.
///
/// # Errors
/// If it cannot be started.
pub fn serve(settings: ServiceSettings, ready: impl FnOnce(SocketAddr)) -> Result<(), ServiceError> {
    let _lock = lock(&settings.data)?;
    let service = open(settings)?;
    if service.settings.needs_tokens() && !service.store.has_tokens()? {
        return Err(ServiceError::NoTokens(service.settings.address));
    }
    runner::recover(&service)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServiceError::System)?;
    let address = service.settings.address;
    let listener = runtime.block_on(TcpListener::bind(address));
    let listener = listener.map_err(|cause| ServiceError::Address { address, cause })?;
    let address = listener.local_addr().map_err(ServiceError::System)?;
    let (worker, tidier) = (service.clone(), service.clone());
    let worker = thread::spawn(move || runner::run(&worker));
    let tidier = thread::spawn(move || housekeeping::run(&tidier));
    let app = router::router(&service);
    ready(address);
    tracing::info!(%address, data = %service.settings.data.display(), "listening");
    runtime.block_on(async {
        let (stopped, stop) = watch::channel(false);
        let (limits, proxies) = (service.settings.connections, service.settings.proxies.clone().into());
        let serving = tokio::spawn(connection::serve(listener, app, limits, proxies, stop));
        wait_for_stop().await?;
        tracing::info!("stopping: what runs may finish, nothing new is taken");
        service.stop();
        // Clients can still look while running tasks are finished.
        wait_for_threads([worker, tidier]).await;
        let _ = stopped.send(true);
        let _ = serving.await;
        Ok::<_, ServiceError>(())
    })?;
    runtime.shutdown_timeout(LAST_WORK);
    tracing::info!("stopped");
    Ok(())
}

/// Locks the folder against other servers, for as long as the file is open.
fn lock(data: &Path) -> Result<File, ServiceError> {
    let folder = |cause| ServiceError::Folder { path: data.to_owned(), cause };
    make_folder(data).map_err(folder)?;
    let file = File::create(data.join("lock")).map_err(folder)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ServiceError::InUse(data.to_owned())),
        Err(TryLockError::Error(cause)) => Err(folder(cause)),
    }
}

/// Makes a data folder unless there is one, private to this user: it holds what users submit.
pub(super) fn make_folder(data: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(data)
}

fn open(mut settings: ServiceSettings) -> Result<Arc<Service>, ServiceError> {
    let folder = |cause| ServiceError::Folder { path: settings.data.clone(), cause };
    // Children run in folders of their own.
    let data = fs::canonicalize(&settings.data).map_err(folder)?;
    settings.data = data;
    if let Some(work) = &mut settings.work {
        let folder = |cause| ServiceError::Folder { path: work.clone(), cause };
        make_folder(work).map_err(folder)?;
        *work = fs::canonicalize(&*work).map_err(folder)?;
    }
    settings.connections = open_files::make_room(settings.connections);
    let service = Service {
        program: program().map_err(ServiceError::System)?,
        store: Store::open(&settings.data)?,
        objects: Objects::open(&settings.data)?,
        metrics: Metrics::default(),
        notify: Notify::default(),
        stopping: AtomicBool::new(false),
        farewell: CancellationToken::new(),
        followers: Places::new(settings.connections.followers, settings.connections.of_user),
        denials: Denials::default(),
        tidy_soon: AtomicBool::new(false),
        deadline: Mutex::new(None),
        turns: Turns::new(),
        making_kept: Mutex::new(()),
        settings,
    };
    let scratch = service.scratch();
    // A server that was killed may have left something.
    let _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch).map_err(|cause| ServiceError::Folder { path: scratch, cause })?;
    Ok(Arc::new(service))
}

/// This program, even if its file is replaced while it runs: children of another version would not understand it.
fn program() -> io::Result<PathBuf> {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() { Ok(running) } else { std::env::current_exe() }
}

async fn wait_for_stop() -> Result<(), ServiceError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(ServiceError::System)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServiceError::System)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    // A second signal ends the process at once: the store survives that.
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        std::process::exit(130);
    });
    Ok(())
}

async fn wait_for_threads(threads: [thread::JoinHandle<()>; 2]) {
    let joined =
        tokio::task::spawn_blocking(move || threads.into_iter().for_each(|thread| drop(thread.join())));
    let _ = joined.await;
}
