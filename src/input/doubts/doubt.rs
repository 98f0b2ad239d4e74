//! A doubt, and which batch settles it.

use crate::diagnostic::Diagnostic;
use crate::domain::{Batch, LimitBound, Measure, NamedLimit, PastHorizon, Portfolio, Scenario};

/// A doubt that a batch may settle.
#[derive(Clone, Debug)]
pub(in crate::input) struct Doubt {
    /// Its subject.
    pub(super) subject: Subject,
    /// The warning, unless the batch settles it.
    pub(super) told: Diagnostic,
}

/// Subject of a doubt.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    /// The spend on a line has no limit.
    Line(String),
    /// The demand for a resource has no limit.
    Resource(String),
    /// A start may push amounts past the horizon.
    PastHorizon,
    /// Samples have so many rows.
    SampleRows(usize),
}

impl Doubt {
    /// The warning, if no batch settles it.
    pub(in crate::input) fn told(self) -> Diagnostic {
        self.told
    }

    /// The warning where there is no batch; `None` if it is about one.
    pub(in crate::input) fn told_alone(self) -> Option<Diagnostic> {
        (!matches!(self.subject, Subject::SampleRows(_))).then_some(self.told)
    }

    /// True if a batch settles it: every scenario limits the spend, or starts past the horizon are left out
    /// or meant, or the trials are a multiple of the samples.
    pub(in crate::input) fn is_settled_by(&self, batch: &Batch, portfolio: &Portfolio) -> bool {
        let by_all = |is_limited: &dyn Fn(&Scenario) -> bool| batch.scenarios().iter().all(is_limited);
        match &self.subject {
            Subject::SampleRows(rows) => batch.simulation().trials.is_multiple_of(*rows),
            Subject::PastHorizon => batch.past_horizon() != PastHorizon::Warn,
            Subject::Line(name) => {
                let line = portfolio.lines().find_position(|line| line.as_str() == name);
                line.is_some_and(|line| {
                    by_all(&|scenario| {
                        scenario.limits.lines[line].is_some()
                            || scenario.limits.all_lines.is_some()
                            || has_cap(scenario, &[Measure::Line(line), Measure::Cost])
                    })
                })
            }
            Subject::Resource(name) => {
                let resource = portfolio.resources().find_position(|resource| resource.as_str() == name);
                resource.is_some_and(|resource| {
                    by_all(&|scenario| {
                        scenario.limits.resources[resource].is_some()
                            || has_cap(scenario, &[Measure::Resource(resource)])
                    })
                })
            }
        }
    }
}

/// True if a scenario caps one of some measures over all projects.
fn has_cap(scenario: &Scenario, measures: &[Measure]) -> bool {
    let caps = |limit: &NamedLimit| {
        let is_upper = limit.bounds().iter().any(|bound| matches!(bound, LimitBound::Max(_)));
        measures.contains(&limit.measure()) && limit.projects().is_none() && !limit.is_soft() && is_upper
    };
    scenario.named_limits.iter().any(caps)
}
