//! Runs one property for as long as one likes.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestError, TestRunner};

/// Slower cases are faults: nobody waits so long to be told that a table is wrong.
const SLOWEST: Duration = Duration::from_secs(20);

/// The time for which this thread has had a processor, which other programs do not lengthen; where the system does not
/// tell, the time that has gone by since `begun`.
fn used(begun: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(|| begun.elapsed(), Duration::from_nanos)
}

/// Tries random cases for the seconds that `FUZZ_SECONDS` tells (60), other ones each time, and tells how many and
/// which was slowest. A case that fails is made as small as can be.
pub fn try_for_long<S: Strategy>(name: &str, strategy: &S, property: impl Fn(S::Value) -> TestCaseResult) {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(60);
    let (begun, mut cases, slowest) = (Instant::now(), 0_u64, std::cell::Cell::new(Duration::ZERO));
    while begun.elapsed() < Duration::from_secs(seconds) {
        let config = ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() };
        let tried = TestRunner::new(config).run(strategy, |value| {
            let started = used(begun);
            let result = property(value);
            let time = used(begun).saturating_sub(started);
            slowest.set(slowest.get().max(time));
            prop_assert!(time < SLOWEST, "takes {time:?}");
            result
        });
        match tried {
            Ok(()) => cases += 100,
            Err(TestError::Fail(why, value)) => panic!("{name}: {why}\n{value:#?}"),
            Err(other) => panic!("{name}: {other}"),
        }
    }
    println!("{name}: {cases} cases in {:?}, the slowest in {:?}", begun.elapsed(), slowest.get());
}
