//! Simulated figures, recomputed trial by trial. The samples are those of the run: they are data, drawn from streams
//! that are keyed by the seed and the names of things.

use rayon::prelude::*;

use crate::domain::{
    ByPeriod, Goal, LineIx, Measure, PeriodIx, Portfolio, ProjectIx, Quantity, RankBy, ResourceIx, Sense,
};
use crate::simulate::Samples;

use super::accounts::Account;
use super::cases::{Case, ScenarioCase};
use super::figure::Figure;
use super::reading::Reading;
use super::reserves::{self, Reserve};
use super::selection::Chosen;
use super::sheet::Sheet;
use super::statistics::{Design, Estimate, Feared, Statistic, Trials};
use super::sums::{self, Term};

/// Meaning of a heading.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wanted {
    /// A statistic of NPV, benefit, cost or strategic value (in this order), or of the row's subject.
    Of(usize, Statistic),
    Loss,
    OverBudget,
    OverCapacity,
    Best,
    BeatsNext,
    Over,
    MeanOver,
}

/// A heading of a simulated figure.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heading {
    /// The heading.
    pub name: String,
    wanted: Wanted,
    is_error: bool,
}

/// Name of each measure in headings, the measure, and its unfavourable end.
const MEASURES: [(&str, Measure, Feared); 4] = [
    ("npv", Measure::Npv, Feared::Low),
    ("benefit", Measure::Benefit, Feared::Low),
    ("cost", Measure::Cost, Feared::High),
    ("strategic_value", Measure::StrategicValue, Feared::Low),
];

/// The statistic that a word means: `mean`, `sd`, `p10`, `p2.5`, `cvar`.
fn statistic(word: &str) -> Option<Statistic> {
    match word {
        "mean" => Some(Statistic::Mean),
        "sd" => Some(Statistic::Sd),
        "cvar" => Some(Statistic::Cvar),
        word => {
            let percent: f64 = word.strip_prefix('p')?.parse().ok()?;
            Some(Statistic::Percentile(percent / 100.0))
        }
    }
}

/// The headings of options.csv with simulated figures.
pub(super) fn option_headings(sheet: &Sheet) -> Vec<Heading> {
    headings(sheet, |word| match word {
        "p_loss" => Some(Wanted::Loss),
        "p_over_budget" => Some(Wanted::OverBudget),
        "p_over_capacity" => Some(Wanted::OverCapacity),
        "p_best" => Some(Wanted::Best),
        "p_beats_next" => Some(Wanted::BeatsNext),
        word => {
            let of = |(place, (name, ..)): (usize, &(&str, Measure, Feared))| {
                let rest = word.strip_prefix(name)?.strip_prefix('_')?;
                Some(Wanted::Of(place, statistic(rest)?))
            };
            MEASURES.iter().enumerate().find_map(of)
        }
    })
}

/// The headings of spend.csv or capacity.csv with simulated figures.
pub(super) fn period_headings(sheet: &Sheet) -> Vec<Heading> {
    headings(sheet, |word| match word {
        "p_over" => Some(Wanted::Over),
        "mean_over" => Some(Wanted::MeanOver),
        word => Some(Wanted::Of(0, statistic(word)?)),
    })
}

fn headings(sheet: &Sheet, wanted: impl Fn(&str) -> Option<Wanted>) -> Vec<Heading> {
    let heading = |name: &String| {
        // The error of the mean NPV has a special name.
        let word = if name == "npv_se" { "npv_mean_se" } else { name };
        let (word, is_error) = word.strip_suffix("_se").map_or((word, false), |word| (word, true));
        Some(Heading { name: name.clone(), wanted: wanted(word)?, is_error })
    };
    sheet.columns().iter().filter_map(heading).collect()
}

/// The figures of one row, heading by heading.
type Cells = Vec<Option<Figure>>;

/// The simulated figures of one option.
#[derive(Clone, Debug, Default)]
pub(super) struct OptionRisk {
    /// The cells of its row in options.csv.
    pub option: Cells,
    /// Per line, then all lines together; per period.
    pub spend: Vec<ByPeriod<Cells>>,
    /// Per resource, per period.
    pub demand: Vec<ByPeriod<Cells>>,
    /// Per line, then of all lines together: per period, then over all of them.
    pub reserves: Vec<Vec<Reserve>>,
}

/// The simulated figures that are needed.
#[derive(Clone, Debug, Default)]
pub(super) struct Headings {
    pub option: Vec<Heading>,
    pub spend: Vec<Heading>,
    pub capacity: Vec<Heading>,
}

/// The futures, and how they are summarised.
pub(super) struct Futures<'a> {
    pub samples: &'a Samples,
    pub design: Design,
}

/// Of an option's totals that by which it may be the best, the higher the better.
fn ranked((measure, better): (Measure, Sense), totals: Vec<Trials>) -> Trials {
    let place = MEASURES.iter().position(|(_, other, _)| *other == measure);
    let own = place.and_then(|place| totals.into_iter().nth(place));
    let mut own = own.unwrap_or(Trials { values: Vec::new(), slack: 0.0, varies: false });
    own.values.iter_mut().for_each(|value| *value *= better.sign());
    own
}

impl Futures<'_> {
    /// The simulated figures of all options of a scenario. `order` holds their places in the order of ranks.
    pub fn of_scenario(
        &self,
        case: &ScenarioCase<'_>,
        rank_by: RankBy,
        order: &[usize],
        headings: &Headings,
    ) -> Vec<OptionRisk> {
        let simulated: Vec<(OptionRisk, Trials)> =
            case.options.par_iter().map(|option| self.of_option(case, option, rank_by, headings)).collect();
        let (mut risks, ranked): (Vec<OptionRisk>, Vec<Trials>) = simulated.into_iter().unzip();
        let beats: Vec<Option<Estimate>> = self.beats_next(&ranked, order);
        for ((risk, best), beats) in risks.iter_mut().zip(self.best(&ranked)).zip(beats) {
            for (cell, heading) in risk.option.iter_mut().zip(&headings.option) {
                match heading.wanted {
                    Wanted::Best => *cell = told(heading, Some(best)),
                    Wanted::BeatsNext => *cell = told(heading, beats),
                    _ => {}
                }
            }
        }
        risks
    }

    /// Per option the probability that it is better than the next in rank; equals share a trial. `None` for the last.
    fn beats_next(&self, all: &[Trials], order: &[usize]) -> Vec<Option<Estimate>> {
        let mut found = vec![None; all.len()];
        for pair in order.windows(2) {
            let [one, next] = [&all[pair[0]], &all[pair[1]]];
            let equal = RARELY_MORE * one.slack.max(next.slack);
            let leads = one.values.iter().zip(&next.values).map(|(one, next)| one - next);
            let won: f64 = leads
                .map(|lead| [0.0, 0.5, 1.0][usize::from(lead > equal) + usize::from(lead >= -equal)])
                .sum();
            found[pair[0]] = Some(match one.varies || next.varies {
                true => self.design.probability(won, won),
                false => Estimate::certain(Figure::from(won / self.samples.trials() as f64)),
            });
        }
        found
    }

    /// NPV and cost of an option.
    pub fn npv_and_cost(&self, reading: &Reading<'_>, option: &Case) -> [Trials; 2] {
        [Measure::Npv, Measure::Cost].map(|measure| self.total(reading, option, measure))
    }

    /// The figures of an option, and what it may be the best in, the higher the better.
    fn of_option(
        &self,
        case: &ScenarioCase<'_>,
        option: &Case,
        rank_by: RankBy,
        headings: &Headings,
    ) -> (OptionRisk, Trials) {
        let (reading, selection) = (&case.reading, &option.selection);
        let totals: Vec<Trials> =
            MEASURES.iter().map(|(_, measure, _)| self.total(reading, option, *measure)).collect();
        let sorted: Vec<Vec<f64>> = totals.iter().map(sorted).collect();
        let mut risk = OptionRisk::default();
        let (mut budgets, mut capacities) = (AnyOver::default(), AnyOver::default());
        for line in reading.all_budgets() {
            let account = reading.account(selection, line);
            if line.is_none() && account.is_none() {
                continue;
            }
            let spends: Vec<Trials> =
                reading.periods().map(|period| self.spend(reading, option, line, period)).collect();
            let carry_over = reading.carry_over(line);
            let overs = account.as_ref().map(|account| self.over_budget(&spends, account, carry_over));
            overs.iter().flatten().for_each(|over| budgets.add(over));
            risk.reserves.push(reserves::of_line(&spends, account.as_ref(), carry_over));
            risk.spend.push(self.rows(&spends, overs.as_deref(), &headings.spend));
        }
        for resource in reading.portfolio.resources().positions() {
            let demands: Vec<Trials> =
                reading.periods().map(|period| self.demand(reading, option, resource, period)).collect();
            let limits: Option<Vec<Figure>> =
                reading.periods().map(|period| reading.capacity(resource, period)).collect();
            let over = |(demand, limit): (&Trials, &Figure)| Over::of(demand, |_| *limit, demand.varies);
            let overs = limits.map(|limits| demands.iter().zip(&limits).map(over).collect::<Vec<Over>>());
            overs.iter().flatten().for_each(|over| capacities.add(over));
            risk.demand.push(self.rows(&demands, overs.as_deref(), &headings.capacity));
        }
        let cell = |heading: &Heading| {
            let estimate = match heading.wanted {
                Wanted::Of(place, which) => {
                    let feared = MEASURES[place].2;
                    Some(self.design.estimate(&totals[place], &sorted[place], feared, which))
                }
                Wanted::Loss => Some(self.loss(&totals[0])),
                Wanted::OverBudget => budgets.probability(&self.design),
                Wanted::OverCapacity => capacities.probability(&self.design),
                Wanted::Best | Wanted::BeatsNext | Wanted::Over | Wanted::MeanOver => None,
            };
            told(heading, estimate)
        };
        risk.option = headings.option.iter().map(cell).collect();
        (risk, ranked(best_by(rank_by, &reading.scenario.goal), totals))
    }

    // ---- Sums, trial by trial ---------------------------------------------------------------------------------------

    fn term(
        &self,
        portfolio: &Portfolio,
        of: (ProjectIx, Option<Quantity>),
        amount: impl Fn(usize) -> Figure,
    ) -> Term {
        Term::new(self.samples, portfolio, of, amount)
    }

    fn sum(&self, portfolio: &Portfolio, certain: Figure, terms: &[Term]) -> Trials {
        sums::sum(self.samples, portfolio, certain, terms)
    }

    /// A measure in every trial. Synergies and bought capacity are as planned.
    fn total(&self, reading: &Reading<'_>, option: &Case, measure: Measure) -> Trials {
        let certain = reading.beside_projects(measure, &option.selection, None);
        sums::total(self.samples, reading, (measure, certain), option.selection.chosen().iter().copied())
    }

    fn spend(&self, reading: &Reading<'_>, option: &Case, line: Option<LineIx>, period: PeriodIx) -> Trials {
        const COST: Option<Quantity> = Some(Quantity::Cost);
        let measure = line.map_or(Measure::Cost, Measure::Line);
        let certain = reading.beside_projects(measure, &option.selection, Some(&[period]));
        let grown = |late: usize, amount: &dyn Fn(PeriodIx) -> Figure| {
            period.earlier(late).map_or(Figure::ZERO, |row| amount(row) * reading.growth(late))
        };
        let term = |&chosen: &Chosen| {
            let amount = |row: PeriodIx| reading.of_project(measure, chosen, Some(&[row]));
            self.term(reading.portfolio, (chosen.project, COST), |late| grown(late, &amount))
        };
        let mut terms: Vec<Term> = option.selection.chosen().iter().map(term).collect();
        let moved = &option.selection.moved;
        for &(project, _, at, sum) in moved.iter().filter(|(_, other, ..)| line == Some(*other)) {
            let amount = |row: PeriodIx| if row == at { sum } else { Figure::ZERO };
            terms.push(self.term(reading.portfolio, (project, COST), |late| grown(late, &amount)));
        }
        self.sum(reading.portfolio, certain, &terms)
    }

    fn demand(&self, reading: &Reading<'_>, option: &Case, resource: ResourceIx, period: PeriodIx) -> Trials {
        let term = |&chosen: &Chosen| {
            let amount = |late: usize| {
                period.earlier(late).map_or(Figure::ZERO, |row| reading.demand_of(chosen, resource, row))
            };
            self.term(reading.portfolio, (chosen.project, Some(Quantity::Demand)), amount)
        };
        let terms: Vec<Term> = option.selection.chosen().iter().map(term).collect();
        self.sum(reading.portfolio, Figure::ZERO, &terms)
    }

    /// The value of a key result when due. `without` is left out.
    pub fn key_result(
        &self,
        reading: &Reading<'_>,
        option: &Case,
        key_result: usize,
        without: Option<ProjectIx>,
    ) -> Trials {
        let one = &reading.key_results()[key_result];
        let counted = option.selection.chosen().iter().filter(|chosen| Some(chosen.project) != without);
        let term = |&chosen: &Chosen| {
            let until = |late: usize| one.due.earlier(late);
            let change = |due: PeriodIx| reading.change_if_successful(key_result, chosen, due);
            let effect = (chosen.project, Some(Quantity::Effect));
            self.term(reading.portfolio, effect, |late| until(late).map_or(Figure::ZERO, change))
        };
        let terms: Vec<Term> = counted.map(term).collect();
        self.sum(reading.portfolio, Figure::from(one.baseline), &terms)
    }

    // ---- Their statistics -------------------------------------------------------------------------------------------

    /// Trials in which a budget, with its carry-over in each trial, is exceeded, period by period.
    fn over_budget(&self, spends: &[Trials], account: &Account, carry_over: f64) -> Vec<Over> {
        let mut carried = vec![0.0; self.samples.trials()];
        let (mut slack, mut varies) = (0.0, false);
        let mut overs = Vec::with_capacity(spends.len());
        for (spend, &budget) in spends.iter().zip(&account.budget) {
            let room =
                |trial: usize| Figure { slack, ..budget + Figure { value: carried[trial], slack: 0.0 } };
            let moved_varies = varies && carry_over > 0.0;
            let over = Over::of(
                spend,
                |trial| Figure { slack: slack + budget.slack, ..room(trial) },
                spend.varies || moved_varies,
            );
            for (trial, carried) in carried.iter_mut().enumerate() {
                *carried = carry_over * (budget.value + *carried - spend.values[trial]).max(0.0);
            }
            slack = if carry_over > 0.0 { slack + budget.slack + spend.slack } else { 0.0 };
            varies |= spend.varies;
            overs.push(over);
        }
        overs
    }

    /// The cells of a line or a resource, period by period.
    fn rows(&self, periods: &[Trials], overs: Option<&[Over]>, headings: &[Heading]) -> ByPeriod<Cells> {
        let row = |(period, trials): (usize, &Trials)| {
            let sorted = sorted(trials);
            let over = overs.map(|overs| &overs[period]);
            let cell = |heading: &Heading| {
                let estimate = match heading.wanted {
                    Wanted::Of(_, which) => Some(self.design.estimate(trials, &sorted, Feared::High, which)),
                    Wanted::Over => over.map(|over| over.probability(&self.design)),
                    Wanted::MeanOver => over.map(|over| over.mean(&self.design)),
                    _ => None,
                };
                told(heading, estimate)
            };
            headings.iter().map(cell).collect()
        };
        periods.iter().enumerate().map(row).collect()
    }

    /// The probability that a net present value is below 0. A break-even is no loss.
    fn loss(&self, npv: &Trials) -> Estimate {
        let below = |edge: f64| npv.values.iter().filter(|&&value| value < edge).count() as f64;
        let (sure, perhaps) = (below(-RARELY_MORE * npv.slack), below(0.0));
        if npv.varies {
            return self.design.probability(sure, perhaps);
        }
        let of_all = |hits: f64| if hits > 0.0 { 1.0 } else { 0.0 };
        Estimate::certain(Figure::between(of_all(sure), of_all(perhaps)))
    }

    /// Per option the probability that its value is the highest; equal bests share a trial.
    fn best(&self, all: &[Trials]) -> Vec<Estimate> {
        let is_known = all.len() == 1 || all.iter().all(|one| !one.varies);
        let mut won = vec![0.0; all.len()];
        for trial in 0..self.samples.trials() {
            let best = all.iter().map(|one| one.values[trial]).fold(f64::NEG_INFINITY, f64::max);
            // Bests that differ by rounding alone are equal.
            let is_best = |one: &Trials| one.values[trial] >= best - RARELY_MORE * one.slack;
            let bests = all.iter().filter(|one| is_best(one)).count();
            for (won, one) in won.iter_mut().zip(all) {
                *won += if is_best(one) { 1.0 / bests as f64 } else { 0.0 };
            }
        }
        let estimate = |won: f64| match is_known {
            true => Estimate::certain(Figure::from(won / self.samples.trials() as f64)),
            false => self.design.probability(won, won),
        };
        won.into_iter().map(estimate).collect()
    }
}

/// A comparison is undecided within this multiple of the slack of a sum.
const RARELY_MORE: f64 = 20.0;

fn sorted(trials: &Trials) -> Vec<f64> {
    let mut values = trials.values.clone();
    values.sort_by(f64::total_cmp);
    values
}

fn told(heading: &Heading, estimate: Option<Estimate>) -> Option<Figure> {
    estimate.map(|estimate| if heading.is_error { estimate.error } else { estimate.value })
}

/// Trials in which a limit is exceeded, with the excess.
struct Over {
    /// For sure, trial by trial.
    sure: Vec<bool>,
    /// But for rounding.
    perhaps: Vec<bool>,
    excess: Vec<f64>,
    slack: f64,
    varies: bool,
}

impl Over {
    fn of(trials: &Trials, limit: impl Fn(usize) -> Figure, varies: bool) -> Self {
        let (mut sure, mut perhaps, mut excess) = (Vec::new(), Vec::new(), Vec::new());
        let mut slack = trials.slack;
        for (trial, &value) in trials.values.iter().enumerate() {
            let (value, limit) = (Figure { value, slack: trials.slack }, limit(trial));
            slack = slack.max(trials.slack + limit.slack);
            let beyond = value.value - limit.value;
            let is_over = value.exceeds(limit);
            sure.push(is_over && beyond > RARELY_MORE * slack);
            perhaps.push(is_over || beyond > 0.0 && beyond <= RARELY_MORE * slack);
            excess.push(if is_over { beyond } else { 0.0 });
        }
        Self { sure, perhaps, excess, slack, varies }
    }

    fn probability(&self, design: &Design) -> Estimate {
        let count = |trials: &[bool]| trials.iter().filter(|&&is_over| is_over).count() as f64;
        let (sure, perhaps) = (count(&self.sure), count(&self.perhaps));
        if self.varies {
            return design.probability(sure, perhaps);
        }
        let of_all = |hits: f64| if hits > 0.0 { 1.0 } else { 0.0 };
        Estimate::certain(Figure::between(of_all(sure), of_all(perhaps)))
    }

    fn mean(&self, design: &Design) -> Estimate {
        let slack = RARELY_MORE * self.slack;
        if self.varies {
            return design.mean_of(&self.excess, slack);
        }
        let excess = self.excess.first().copied().unwrap_or_default();
        Estimate::certain(Figure { value: excess, slack })
    }
}

/// True per trial if any of several limits is exceeded.
#[derive(Default)]
struct AnyOver {
    sure: Vec<bool>,
    perhaps: Vec<bool>,
    always: bool,
    varies: bool,
    is_limited: bool,
}

impl AnyOver {
    fn add(&mut self, over: &Over) {
        self.is_limited = true;
        self.varies |= over.varies;
        self.always |= !over.varies && over.sure.first() == Some(&true);
        for (all, these) in [(&mut self.sure, &over.sure), (&mut self.perhaps, &over.perhaps)] {
            all.resize(these.len(), false);
            all.iter_mut().zip(these).for_each(|(all, this)| *all |= this);
        }
    }

    /// The probability; `None` where there is no limit.
    fn probability(&self, design: &Design) -> Option<Estimate> {
        let count = |trials: &[bool]| trials.iter().filter(|&&is_over| is_over).count() as f64;
        let (sure, perhaps) = (count(&self.sure), count(&self.perhaps));
        let n = design.trials as f64;
        self.is_limited.then(|| match (self.always, self.varies) {
            (true, _) => Estimate::certain(Figure::from(1.0)),
            (false, false) => Estimate::certain(Figure::between(sure / n, perhaps / n)),
            (false, true) => design.probability(sure, perhaps),
        })
    }
}

/// That by which an option may be the best of its scenario in a trial: what ranks the options where it is simulated,
/// else NPV.
fn best_by(rank_by: RankBy, goal: &Goal) -> (Measure, Sense) {
    let (measure, sense) = match (rank_by, goal) {
        (RankBy::Objective, Goal::Single { sense, measure }) => (*measure, *sense),
        (RankBy::Objective, Goal::Mix(_)) => (Measure::Npv, Sense::Maximise),
        (RankBy::Plan(one) | RankBy::Simulated(one, _), _) if one == Measure::Cost => (one, Sense::Minimise),
        (RankBy::Plan(one) | RankBy::Simulated(one, _), _) => (one, Sense::Maximise),
    };
    match measure.planned() {
        Measure::ExpectedStrategicValue => (Measure::StrategicValue, sense),
        measure @ (Measure::Npv | Measure::Benefit | Measure::Cost | Measure::StrategicValue) => {
            (measure, sense)
        }
        _ => (Measure::Npv, Sense::Maximise),
    }
}
