//! Progress for programs: one JSON object per line on stdout.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::distribute::PlannedScenario;
use crate::distribute::child::Event;
use crate::progress::{BestOption, Progress, ScenarioDone, Stage};

use crate::cli::terminal::console::print;

/// Least interval between two events: some stages take thousands of steps a second.
const PAUSE: Duration = Duration::from_millis(100);

/// Reports the progress of a shard as events. Positions are those of the whole batch.
pub struct Events<'a> {
    scenarios: &'a [PlannedScenario],
    untold: Mutex<Untold>,
}

/// Progress that is not reported yet.
struct Untold {
    steps: BTreeMap<&'static str, u64>,
    last: Instant,
}

impl<'a> Events<'a> {
    /// Events of a shard with these scenarios.
    pub fn new(scenarios: &'a [PlannedScenario]) -> Self {
        Self { scenarios, untold: Mutex::new(Untold { steps: BTreeMap::new(), last: Instant::now() }) }
    }

    /// The shard's results are in their place.
    pub fn done(&self) {
        tell(&Event::Done {});
    }

    fn with(&self, act: impl FnOnce(&mut Untold)) {
        // Poisoning is harmless: a thread died while it reported progress.
        act(&mut self.untold.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Untold {
    fn tell_steps(&mut self) {
        for (stage, steps) in std::mem::take(&mut self.steps) {
            tell(&Event::Advance { stage: stage.to_owned(), steps });
        }
        self.last = Instant::now();
    }
}

/// Reports the folder of the results of a batch.
pub fn tell_results(folder: &Path) {
    tell(&Event::Results { folder: folder.to_owned() });
}

/// Reports a scenario of a shard that ran elsewhere; its duration is not known.
pub fn tell_scenario(scenario: &PlannedScenario, status: &str, best: Option<BestOption>) {
    tell(&searched(scenario, (status, None), best));
}

fn searched(
    scenario: &PlannedScenario,
    (status, seconds): (&str, Option<f64>),
    best: Option<BestOption>,
) -> Event {
    Event::Scenario {
        name: scenario.name.clone(),
        position: scenario.position,
        status: status.to_owned(),
        seconds,
        objective: best.map(|best| best.objective).filter(|objective| objective.is_finite()),
        projects: best.map(|best| best.projects),
    }
}

/// Prints an event. The reader may be gone; the work goes on.
fn tell(event: &Event) {
    if let Ok(line) = serde_json::to_string(event) {
        let _ = print(&line);
    }
}

const fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Select => "select",
        Stage::Sample => "sample",
        Stage::Simulate => "simulate",
        Stage::Futures => "futures",
        Stage::Reasons => "reasons",
    }
}

impl Progress for Events<'_> {
    fn begin(&self, stage: Stage, total: u64) {
        self.with(|_| tell(&Event::Begin { stage: word(stage).to_owned(), total }));
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
            tell(&Event::Finish { stage: word(stage).to_owned() });
        });
    }

    fn scenario_begun(&self, position: usize) {
        let Some(scenario) = self.scenarios.get(position) else { return };
        let (name, position) = (scenario.name.clone(), scenario.position);
        self.with(|_| tell(&Event::Begun { name, position }));
    }

    fn scenario_done(&self, done: ScenarioDone<'_>) {
        let Some(scenario) = self.scenarios.get(done.position) else { return };
        let seconds = Some((done.time.as_secs_f64() * 1000.0).round() / 1000.0);
        self.with(|_| tell(&searched(scenario, (done.status, seconds), done.best)));
    }
}
