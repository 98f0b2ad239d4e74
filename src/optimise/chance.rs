//! A good selection that keeps limits which hold in a share of the futures (chance limits), to begin a search with.
//!
//! First cuts of worst futures are added, as for limits on their mean, until the chance holds: that is safe, but stricter
//! than asked for. Then the futures in which the selection exceeds a limit, or comes nearest to it, are given up, and the
//! best selection that keeps the limit in all others is found, each of which is one row (lazily). The last selection still
//! does, so that each round is no worse; it ends where nothing is gained.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::domain::{RiskMeasure, Scenario, Selection, SelectionSettings};
use crate::finance::{InTrials, TailCut, Valuation};
use crate::progress::CancelToken;

use super::options::find_options;
use super::outcome::OptimiseError;
use super::scenario_model::ScenarioModel;

/// Most searches until a selection is safe, most rounds of giving up futures, and most searches of each round.
const MOST_SEARCHES: usize = 20;
const MOST_ROUNDS: usize = 4;
/// Futures that are added as rows after one search.
const FUTURES_AT_ONCE: usize = 20;

/// The search for a good selection under chance limits.
pub struct ChanceSearch<'s, 'a> {
    /// The scenario with its futures; its cuts are valid for all selections.
    pub valuation: &'s Valuation<'a>,
    /// Settings of each search.
    pub settings: &'s SelectionSettings,
    /// Time at which it gives up.
    pub deadline: Option<Instant>,
    /// A request to stop.
    pub cancel: &'s CancelToken,
}

impl ChanceSearch<'_, '_> {
    /// A good selection that keeps all limits in the futures; `None` where none is found, or no limit is a chance.
    ///
    /// # Errors
    /// If cancelled, or if the solver fails.
    pub fn run(&self) -> Result<Option<Selection>, OptimiseError> {
        if self.rows().is_empty() {
            return Ok(None);
        }
        let tail = |row: usize, taken: &InTrials| self.valuation.tail_cut(row, taken).into_iter().collect();
        let Some((mut best, mut objective)) = self.best_with_cuts(&tail)? else { return Ok(None) };
        for _ in 0..MOST_ROUNDS {
            let given_up: Vec<(usize, BTreeSet<usize>)> =
                self.rows().into_iter().filter_map(|row| Some((row, self.given_up(row, &best)?))).collect();
            let others = |row: usize, taken: &InTrials| {
                let own = given_up.iter().find(|(other, _)| *other == row).map(|(_, own)| own);
                self.cuts_of_futures(row, taken, own)
            };
            match self.best_with_cuts(&others)? {
                Some((next, higher)) if higher > objective => (best, objective) = (next, higher),
                _ => break,
            }
        }
        Ok(self.valuation.broken_rows(&best).is_empty().then_some(best))
    }

    /// The rows (places) of chance limits.
    fn rows(&self) -> Vec<usize> {
        let rows = self.valuation.held_rows().iter().enumerate();
        let of_chance = rows.filter(|(_, row)| row.confidence.risk() == RiskMeasure::Chance);
        of_chance.map(|(place, _)| place).collect()
    }

    fn taken(&self, row: usize, selection: &Selection) -> Option<InTrials> {
        self.valuation.in_own_trials(self.valuation.held_rows().get(row)?, selection)
    }

    /// The futures in which a selection is worst, as many as may exceed the limit.
    fn given_up(&self, row: usize, selection: &Selection) -> Option<BTreeSet<usize>> {
        let futures = self.valuation.futures()?.trials();
        let most = self.valuation.held_rows().get(row)?.confidence.most_exceeded(futures);
        Some(self.taken(row, selection)?.worst_first().into_iter().take(most).collect())
    }

    /// Rows of the worst futures that exceed the limit and are not given up.
    fn cuts_of_futures(
        &self,
        row: usize,
        taken: &InTrials,
        given_up: Option<&BTreeSet<usize>>,
    ) -> Vec<TailCut> {
        let is_kept = |trial: &usize| given_up.is_none_or(|own| !own.contains(trial));
        let over = taken.worst_first().into_iter().take(taken.exceeded()).filter(is_kept);
        over.take(FUTURES_AT_ONCE).filter_map(|trial| self.valuation.future_cut(row, taken, trial)).collect()
    }

    /// The best selection, with its objective, once cuts of what is found make it keep the chance limits; `None` where
    /// none is found.
    fn best_with_cuts(
        &self,
        cuts_of: &dyn Fn(usize, &InTrials) -> Vec<TailCut>,
    ) -> Result<Option<(Selection, f64)>, OptimiseError> {
        let scenario = Scenario { options: 1, ..self.valuation.scenario().clone() };
        let sign = scenario.goal.sense().sign();
        let mut valuation = self.valuation.under(&scenario).relaxed(true);
        for _ in 0..MOST_SEARCHES {
            if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok(None);
            }
            let found = find_options(&mut ScenarioModel::new(&valuation), self.settings, self.cancel)?;
            let Some(best) = found.options.into_iter().next() else { return Ok(None) };
            let mut cuts = Vec::new();
            for row in self.rows() {
                let Some(taken) = self.taken(row, &best.selection) else { continue };
                if !taken.keeps(self.valuation.held_rows()[row].confidence) {
                    cuts.extend(cuts_of(row, &taken));
                }
            }
            if cuts.is_empty() {
                return Ok(Some((best.selection, sign * best.objective)));
            }
            valuation = cuts.into_iter().fold(valuation, Valuation::with_cut);
        }
        Ok(None)
    }
}
