//! Refused attempts in the audit log: of each kind one a minute, so that who is refused cannot fill the disk.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::store::AuditEntry;

/// Time for which attempts of one kind are told once.
const WINDOW: Duration = Duration::from_secs(60);
/// Kinds that are told within that time.
const MOST: usize = 30;
/// Longest path that is told whole, in characters.
const LONG: usize = 120;

/// A refused attempt.
#[derive(Clone, Debug)]
pub(super) struct Denial<'a> {
    /// The user, if known.
    pub user: Option<&'a str>,
    pub method: &'a str,
    /// The route, or `-` where there is none.
    pub route: &'a str,
    pub path: &'a str,
    /// The answer, such as `403 Forbidden`.
    pub answer: &'a str,
    /// Address of the client.
    pub address: IpAddr,
}

/// User, address, what was asked, and the answer.
type DenialKind = (String, IpAddr, String, String);

/// The refused attempts of the last minute.
#[derive(Debug, Default)]
pub(super) struct Denials {
    window: Mutex<Option<Window>>,
}

#[derive(Debug)]
struct Window {
    began: Instant,
    told: BTreeSet<DenialKind>,
    left_out: u64,
}

impl Window {
    fn entry(&self) -> Option<AuditEntry> {
        let count = self.left_out;
        let detail = format!("{count} further attempts, of the kinds told before or of others");
        (count > 0).then(|| AuditEntry::new("service", "denied", "", &detail, "-"))
    }
}

impl Denials {
    /// The entries that are to be written because of an attempt.
    pub fn entries(&self, denial: &Denial<'_>, now: Instant) -> Vec<AuditEntry> {
        let mut entries: Vec<AuditEntry> = self.close(now).into_iter().collect();
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let window = window.get_or_insert_with(|| Window { began: now, told: BTreeSet::new(), left_out: 0 });
        let user = denial.user.unwrap_or("-");
        let asked = format!("{} {}", denial.method, denial.route);
        let kind = (user.to_owned(), denial.address, asked, denial.answer.to_owned());
        if window.told.len() >= MOST || !window.told.insert(kind) {
            window.left_out += 1;
            return entries;
        }
        let path: String = denial.path.chars().take(LONG).collect();
        let subject = format!("{} {path}", denial.method);
        entries.push(AuditEntry::new(user, "denied", &subject, denial.answer, &denial.address.to_string()));
        entries
    }

    /// Ends the last minute, if it is over; gives the entry for what was left out in it.
    pub fn close(&self, now: Instant) -> Option<AuditEntry> {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = window.take_if(|window| now.duration_since(window.began) >= WINDOW);
        ended.and_then(|window| window.entry())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_told_once_a_minute_and_counted() {
        let (denials, start) = (Denials::default(), Instant::now());
        let denial = |last: u8| Denial {
            user: None,
            method: "GET",
            route: "/v1/batches",
            path: "/v1/batches",
            answer: "401 Unauthorized",
            address: [192, 0, 2, last].into(),
        };
        let told: usize = (0..200).map(|count| denials.entries(&denial(count % 100), start).len()).sum();
        assert_eq!(told, MOST);
        assert_eq!(denials.close(start + WINDOW / 2), None);
        let later = denials.entries(&denial(1), start + WINDOW);
        let details: Vec<&str> = later.iter().map(|entry| entry.detail.as_str()).collect();
        assert_eq!(
            details,
            ["170 further attempts, of the kinds told before or of others", "401 Unauthorized"]
        );
        assert_eq!(denials.close(start + 2 * WINDOW), None, "nothing was left out");
    }
}
