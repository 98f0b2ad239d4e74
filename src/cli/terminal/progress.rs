//! Progress bars on stderr.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::progress::{Progress, Stage};

use super::console::note;

/// Redrawing interval of the time left while nothing advances.
const TICK: Duration = Duration::from_millis(500);

/// One bar per stage, drawn only if stderr is a terminal.
#[derive(Clone)]
pub struct Bars {
    shared: MultiProgress,
    bars: Arc<Mutex<HashMap<Stage, ProgressBar>>>,
}

impl Bars {
    /// Bars that are shown on a terminal, unless quiet is asked for.
    pub fn new(quiet: bool) -> Self {
        let shown = !quiet && std::io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { shared: MultiProgress::with_draw_target(target), bars: Arc::default() }
    }

    /// Writes a line to stderr without tearing the bars.
    pub fn note(&self, text: &str) {
        self.shared.suspend(|| note(text));
    }

    fn with(&self, stage: Stage, act: impl FnOnce(&ProgressBar)) {
        // A poisoned lock only means that a thread died while a bar was being drawn.
        let bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = bars.get(&stage) {
            act(bar);
        }
    }
}

impl Progress for Bars {
    fn begin(&self, stage: Stage, total: u64) {
        let bar = self.shared.add(ProgressBar::new(total));
        let template = "{prefix:<9} [{bar:30}] {human_pos} of {human_len}, {elapsed} so far, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(match stage {
            Stage::Select => "Scenarios",
            Stage::Sample => "Samples",
            Stage::Simulate => "Options",
            Stage::Futures => "Futures",
            Stage::Reasons => "Reasons",
        });
        bar.enable_steady_tick(TICK);
        self.bars.lock().unwrap_or_else(PoisonError::into_inner).insert(stage, bar);
    }

    fn advance(&self, stage: Stage, steps: u64) {
        self.with(stage, |bar| bar.inc(steps));
    }

    fn finish(&self, stage: Stage) {
        self.with(stage, ProgressBar::finish_and_clear);
    }
}
