//! What a trusted proxy says of the client of a request: its address, and that it came over TLS.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The address of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// It is connected to this server.
    Direct(SocketAddr),
    /// It is connected to a trusted proxy, which names it.
    Forwarded(IpAddr),
}

impl Address {
    /// The address without a port.
    pub fn ip(&self) -> IpAddr {
        match self {
            Self::Direct(address) => address.ip().to_canonical(),
            Self::Forwarded(address) => address.to_canonical(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct(address) => address.fmt(formatter),
            Self::Forwarded(address) => address.fmt(formatter),
        }
    }
}

/// True if an address is that of a trusted proxy.
pub(super) fn is_trusted(address: IpAddr, proxies: &[IpAddr]) -> bool {
    let address = address.to_canonical();
    proxies.iter().any(|proxy| proxy.to_canonical() == address)
}

/// The client of a request that came over a connection. Of the addresses that proxies have added, each at the end, the
/// last that is no trusted proxy counts: those before it are the client's own words.
pub(super) fn client(connected: SocketAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> Address {
    if !is_trusted(connected.ip(), proxies) {
        return Address::Direct(connected);
    }
    let values = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut last = Address::Direct(connected);
    for name in named.into_iter().rev() {
        let Some(address) = address_of(name) else { break };
        last = Address::Forwarded(address);
        if !is_trusted(address, proxies) {
            break;
        }
    }
    last
}

/// An address with or without a port.
fn address_of(text: &str) -> Option<IpAddr> {
    let plain = text.trim_matches(['[', ']']).parse().ok();
    plain.or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))
}

/// True if a client sent a request over TLS, as a trusted proxy says.
pub(super) fn is_over_tls(connected: SocketAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> bool {
    let said = headers.get_all(FORWARDED_PROTO).iter().next_back().and_then(|value| value.to_str().ok());
    let last = said.and_then(|value| value.rsplit(',').next()).unwrap_or_default();
    is_trusted(connected.ip(), proxies) && last.trim().eq_ignore_ascii_case("https")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(name: HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn only_a_trusted_proxy_names_the_client() {
        let proxies = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let of = |connected: &str, values: &[&str]| {
            client(connected.parse().unwrap(), &headers(FORWARDED_FOR, values), &proxies).to_string()
        };
        assert_eq!(of("192.0.2.7:80", &["203.0.113.5"]), "192.0.2.7:80", "anybody can say so");
        assert_eq!(of("10.0.0.1:80", &["1.1.1.1, 203.0.113.5"]), "203.0.113.5");
        assert_eq!(of("10.0.0.1:80", &["1.1.1.1", "203.0.113.5:4711, 10.0.0.2"]), "203.0.113.5");
        assert_eq!(of("[::ffff:10.0.0.1]:80", &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(of("10.0.0.1:80", &["203.0.113.5, unknown"]), "10.0.0.1:80");
        assert_eq!(of("10.0.0.1:80", &[]), "10.0.0.1:80");
    }

    #[test]
    fn only_a_trusted_proxy_tells_of_tls() {
        let proxies = ["10.0.0.1".parse().unwrap()];
        let of = |connected: &str, value: &str| {
            is_over_tls(connected.parse().unwrap(), &headers(FORWARDED_PROTO, &[value]), &proxies)
        };
        assert!(of("10.0.0.1:80", "https") && of("10.0.0.1:80", "http, HTTPS"));
        assert!(!of("10.0.0.1:80", "http") && !of("10.0.0.1:80", "https, http"));
        assert!(!of("192.0.2.7:80", "https"));
    }
}
