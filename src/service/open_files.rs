//! The limit of open files, by which the system limits connections, too.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::connection::RESERVE;
use super::settings::ConnectionLimits;

/// Files that are open beside connections of clients: those of the reserve, the store, tables, pipes of child
/// processes.
const OTHERS: u64 = 128 + RESERVE as u64;
/// Files of a connection: itself, and what is received or sent over it.
const OF_CONNECTION: u64 = 2;

/// Has the system allow as many open files as the connections need, as far as it may be told; gives the limits that
/// then hold. A server that has no file left could not even answer whether it is alive.
pub(super) fn make_room(limits: ConnectionLimits) -> ConnectionLimits {
    let needed = OF_CONNECTION.saturating_mul(limits.all as u64).saturating_add(OTHERS);
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let mut most = current.unwrap_or(u64::MAX);
    if most < needed {
        let wanted = maximum.map_or(needed, |maximum| maximum.min(needed));
        if wanted > most && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).is_ok() {
            most = wanted;
        }
    }
    let held = within(limits, most);
    if held.all < limits.all {
        tracing::warn!(
            open_files = most,
            connections = held.all,
            "the system allows too few open files for --max-connections: see LimitNOFILE or `ulimit -n`"
        );
    }
    held
}

/// The limits as so many open files allow them.
fn within(limits: ConnectionLimits, files: u64) -> ConnectionLimits {
    let room = files.saturating_sub(OTHERS) / OF_CONNECTION;
    let all = limits.all.min(usize::try_from(room).unwrap_or(usize::MAX)).max(1);
    // Followers must leave room for other requests.
    ConnectionLimits { all, followers: limits.followers.min(all), ..limits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_no_more_connections_than_files() {
        let limits = ConnectionLimits { all: 1000, of_address: 200, followers: 500, of_user: 60 };
        assert_eq!(within(limits, u64::MAX).all, 1000);
        let few = within(limits, 1024);
        assert_eq!((few.all, few.followers, few.of_address), (384, 384, 200));
        assert_eq!(within(limits, 10).all, 1);
    }
}
