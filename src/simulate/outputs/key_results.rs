//! Key results of an option when due: their values, how often targets are reached, and without which project they would
//! be the least often.

use crate::domain::{Choice, KeyResult, ProjectIx, Selection, WAY_ROUNDING};
use crate::finance::Valuation;
use crate::vector::widened;

use super::risk::{Estimate, KeyResultRisk, OptionRisk, PeriodRisk};
use super::statistics::one_if;
use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::simulate::kernel::reductions::{accumulate, sums_of};
use crate::simulate::sampling::factors::Factor;
use crate::simulate::sampling::samples::Samples;

/// Key results from the changes that were simulated, of which `over` is the probability to lie beyond the target.
pub fn of_changes(changes: &[PeriodRisk]) -> Vec<KeyResultRisk> {
    let of_change = |change: &PeriodRisk| KeyResultRisk {
        value: change.summary.clone(),
        reached: change.over.unwrap_or_default(),
        without: None,
    };
    changes.iter().map(of_change).collect()
}

/// The risk with values in place of changes, probabilities that targets are reached also where less is better, and the
/// project without which that is the least often.
pub fn finished(
    mut risk: OptionRisk,
    samples: &Samples,
    valuation: &Valuation,
    selection: &Selection,
) -> OptionRisk {
    let list = valuation.portfolio().key_results().list();
    for (key_result, (one, simulated)) in list.iter().zip(&mut risk.key_results).enumerate() {
        simulated.value = std::mem::take(&mut simulated.value).shifted(one.baseline);
        if one.falls() {
            let Estimate { value, error } = simulated.reached;
            simulated.reached = Estimate { value: 1.0 - value, error };
        }
        if simulated.reached.value == 0.0 {
            continue;
        }
        let changes = Changes::new((key_result, one), samples, valuation, selection);
        simulated.without = changes.missed_most(simulated.reached.value);
    }
    risk
}

/// Changes of one key result by the chosen projects, trial by trial.
struct Changes<'a> {
    one: &'a KeyResult,
    samples: &'a Samples,
    /// Per choice: its changes in all trials, and what each is multiplied by; several where a delay varies.
    parts: Vec<(&'a Choice, Vec<(f64, Factor)>)>,
    /// The change by all together.
    all: Numbers,
}

impl<'a> Changes<'a> {
    fn new(
        (key_result, one): (usize, &'a KeyResult),
        samples: &'a Samples,
        valuation: &Valuation,
        selection: &'a Selection,
    ) -> Self {
        let part = |choice: &'a Choice| {
            let plan = valuation.plan_of(choice);
            let own = |late: usize| {
                choice.share.value()
                    * valuation.key_result_change_after(key_result, (choice.project, plan), late)
            };
            let mut changes = Vec::new();
            let effect = &samples.project_factors()[choice.project].effect;
            effect.each(own, |_, own, factor| changes.extend((own != 0.0).then_some((own, factor))));
            (choice, changes)
        };
        let parts: Vec<_> = selection.choices().iter().map(part).filter(|(_, own)| !own.is_empty()).collect();
        let mut all = Numbers::default();
        all.resize(samples.trials());
        all.fill(0.0);
        for &(own, factor) in parts.iter().flat_map(|(_, changes)| changes) {
            add(&mut all, own, factor, samples);
        }
        Self { one, samples, parts, all }
    }

    /// The project without which the target is reached in the fewest trials, if that is less often than `reached`: the
    /// first of equals.
    fn missed_most(&self, reached: f64) -> Option<(ProjectIx, f64)> {
        let mut least = None;
        let mut fewest = reached;
        let mut rest = self.all.clone();
        for (choice, changes) in &self.parts {
            // A project that leads away from the target is missed by none.
            let way = self.one.target - self.one.baseline;
            if changes.iter().all(|(own, factor)| own * factor.scale * way <= 0.0) {
                continue;
            }
            rest.copy_from_slice(&self.all);
            changes.iter().for_each(|&(own, factor)| add(&mut rest, -own, factor, self.samples));
            let share = self.share_reached(&rest);
            if share < fewest {
                (least, fewest) = (Some((choice.project, share)), share);
            }
        }
        least
    }

    /// Share of the trials in which changes lead to the target.
    fn share_reached(&self, changes: &[f64]) -> f64 {
        let way = self.one.target - self.one.baseline;
        let (sign, least) = (way.signum(), way.abs() * (1.0 - WAY_ROUNDING));
        let [reached] = sums_of(changes, move |change| [one_if(sign * change >= least)]);
        reached / changes.len() as f64
    }
}

/// Adds an amount times a factor in each trial.
fn add(changes: &mut [f64], amount: f64, factor: Factor, samples: &Samples) {
    let amount = amount * factor.scale;
    match factor.column {
        Some(column) => samples.each_block([column], |block| {
            accumulate(&mut changes[block.trials()], &[(amount, block.view(column))], 0);
        }),
        None => raise(changes, amount),
    }
}

widened! {
    fn raise(numbers: &mut [f64], by: f64) {
        for number in numbers {
            *number += by;
        }
    }
}
