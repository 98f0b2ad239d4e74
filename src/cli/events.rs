//! Progress for programs: one JSON object per line on stdout.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::distribute::PlannedScenario;
use crate::progress::{Progress, ScenarioDone, Stage};

use super::console::print;

/// Steps are told at most this often: some stages take thousands of them a second.
const PAUSE: Duration = Duration::from_millis(100);

/// One line.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Event<'a> {
    Begin { stage: &'static str, total: u64 },
    Advance { stage: &'static str, steps: u64 },
    Finish { stage: &'static str },
    Scenario { name: &'a str, position: usize, status: &'a str, seconds: Option<f64> },
    Done {},
}

/// Tells how far a shard is. Positions are those of the whole batch.
pub(super) struct Events<'a> {
    scenarios: &'a [PlannedScenario],
    untold: Mutex<Untold>,
}

/// What has not been told yet.
struct Untold {
    steps: BTreeMap<&'static str, u64>,
    last: Instant,
}

impl<'a> Events<'a> {
    /// Tells of a shard with these scenarios.
    pub fn new(scenarios: &'a [PlannedScenario]) -> Self {
        Self { scenarios, untold: Mutex::new(Untold { steps: BTreeMap::new(), last: Instant::now() }) }
    }

    /// The shard's results are in their place.
    pub fn done(&self) {
        tell(&Event::Done {});
    }

    fn with(&self, act: impl FnOnce(&mut Untold)) {
        // A poisoned lock only means that a thread died while it told something.
        act(&mut self.untold.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Untold {
    fn tell_steps(&mut self) {
        for (stage, steps) in std::mem::take(&mut self.steps) {
            tell(&Event::Advance { stage, steps });
        }
        self.last = Instant::now();
    }
}

/// Tells of a scenario of a shard that somebody else has run; how long that took is not known.
pub(super) fn tell_scenario(scenario: &PlannedScenario, status: &str) {
    let (name, position) = (scenario.name.as_str(), scenario.position);
    tell(&Event::Scenario { name, position, status, seconds: None });
}

/// Whoever listens may be gone; the work goes on.
fn tell(event: &Event<'_>) {
    if let Ok(line) = serde_json::to_string(event) {
        let _ = print(&line);
    }
}

const fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Select => "select",
        Stage::Sample => "sample",
        Stage::Simulate => "simulate",
        Stage::Reasons => "reasons",
    }
}

impl Progress for Events<'_> {
    fn begin(&self, stage: Stage, total: u64) {
        self.with(|_| tell(&Event::Begin { stage: word(stage), total }));
    }

    fn advance(&self, stage: Stage, steps: u64) {
        self.with(|untold| {
            *untold.steps.entry(word(stage)).or_default() += steps;
            if untold.last.elapsed() >= PAUSE {
                untold.tell_steps();
            }
        });
    }

    fn finish(&self, stage: Stage) {
        self.with(|untold| {
            untold.tell_steps();
            tell(&Event::Finish { stage: word(stage) });
        });
    }

    fn scenario_done(&self, done: ScenarioDone<'_>) {
        let Some(scenario) = self.scenarios.get(done.position) else { return };
        let seconds = Some((done.time.as_secs_f64() * 1000.0).round() / 1000.0);
        let (name, position, status) = (scenario.name.as_str(), scenario.position, done.status);
        self.with(|_| tell(&Event::Scenario { name, position, status, seconds }));
    }
}
