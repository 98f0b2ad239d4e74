//! What is answered beside the risk of the options: the best selection in each of some futures, and what planned values lose
//! because favourable estimates are chosen.

use crate::domain::{Goal, ProjectIx};
use crate::finance::ShrunkSelection;
use crate::optimise::{BestInFuture, SolveStatus};
use crate::simulate::Estimate;

/// Answers beside the risk of the options of one scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RiskAnswers {
    /// The best selection in each of the first trials; empty where that is not asked for, there is no option, nothing is
    /// simulated, or the search was stopped.
    pub futures: Vec<BestInFuture>,
    /// What options are worth with expected benefits; `None` likewise.
    pub shrinkage: Option<Shrinkage>,
}

/// What the options of a scenario are worth if estimates are drawn towards their common mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Shrinkage {
    /// Benefit per unit of cost of all candidates together.
    pub mean: f64,
    /// Number of projects that stay as planned: without a cost, a benefit or a known error.
    pub as_planned: usize,
    /// Options by rank: the number of each, and what it is worth.
    pub options: Vec<(usize, ShrunkSelection)>,
}

impl Shrinkage {
    /// What an option is worth, by its number.
    pub fn of(&self, option: usize) -> Option<&ShrunkSelection> {
        self.options.iter().find(|(number, _)| *number == option).map(|(_, selection)| selection)
    }

    /// The number of the option that is worth most; of equals that which is ranked higher. `None` without options.
    pub fn best(&self) -> Option<usize> {
        let options = self.options.iter();
        let best = options.reduce(|best, one| if one.1.npv_shrunk > best.1.npv_shrunk { one } else { best });
        best.map(|(number, _)| *number)
    }
}

/// What it would be worth to know all before projects are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PerfectInformation {
    /// The mean over futures of what is best in each, less what option 1 brings there (expected value of perfect
    /// information: Raiffa and Schlaifer 1961).
    pub value: Estimate,
    /// Number of futures that were compared: in the others option 1 breaks a limit, or nothing was found.
    pub compared: usize,
}

impl RiskAnswers {
    /// Number of futures of which it is known what is best: a selection, or that none is feasible.
    pub fn answered(&self) -> usize {
        self.futures.len() - self.count(SolveStatus::Unknown)
    }

    /// Number of futures in which no selection is feasible.
    pub fn infeasible(&self) -> usize {
        self.count(SolveStatus::Infeasible)
    }

    /// Number of futures whose search met a limit.
    pub fn open(&self) -> usize {
        self.futures.iter().filter(|one| one.status.is_open()).count()
    }

    fn count(&self, status: SolveStatus) -> usize {
        self.futures.iter().filter(|one| one.status == status).count()
    }

    /// The share of the futures that were answered in which the best selection holds a project; `None` without any.
    pub fn frequency(&self, project: ProjectIx) -> Option<f64> {
        let holds =
            |one: &&BestInFuture| one.best.as_ref().is_some_and(|best| best.selection.contains(project));
        let answered = self.answered();
        (answered > 0).then(|| self.futures.iter().filter(holds).count() as f64 / answered as f64)
    }

    /// What perfect information is worth; `None` where the goal is not one measure in money, or fewer than two futures can be
    /// compared.
    pub fn perfect_information(&self, goal: &Goal) -> Option<PerfectInformation> {
        if !matches!(goal, Goal::Single { measure, .. } if measure.is_money()) {
            return None;
        }
        let gains: Vec<f64> = self.futures.iter().filter_map(|one| gain_in(one, goal)).collect();
        let compared = gains.len();
        let count = compared as f64;
        let mean = gains.iter().sum::<f64>() / count;
        let squares: f64 = gains.iter().map(|gain| (gain - mean) * (gain - mean)).sum();
        let error = (squares / (count - 1.0) / count).sqrt();
        (compared >= 2).then_some(PerfectInformation { value: Estimate { value: mean, error }, compared })
    }
}

/// By how much the best selection of a future is better there than option 1; `None` where either is missing.
pub fn gain_in(one: &BestInFuture, goal: &Goal) -> Option<f64> {
    let (best, decided) = one.best.as_ref().zip(one.as_decided)?;
    Some((goal.sense().sign() * (best.objective - decided)).max(0.0))
}
