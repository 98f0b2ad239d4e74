//! Limits that hold with a confidence: what selections take of them in each future, once more, from the input tables.

use crate::domain::{Confidence, LineIx, Measure, NamedLimit, PeriodIx, ProjectIx, Quantity, RiskMeasure};
use crate::simulate::Samples;

use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::reading::Reading;
use super::report::Report;
use super::selection::Selection;
use super::sheet::Sheet;

/// Part of the amounts by which rounding may exceed a limit.
const ROUNDING: f64 = 1e-10;

/// An amount that is held, or those of several periods in the same futures.
struct Held<'a> {
    limit: &'a NamedLimit,
    confidence: Confidence,
    period: Option<PeriodIx>,
    /// Periods that are added up, with the largest sum.
    parts: Vec<(Vec<PeriodIx>, f64)>,
}

/// What is taken of it, future by future: of several periods that of the worst.
struct Taken {
    amounts: Vec<f64>,
    excesses: Vec<f64>,
    /// What rounding may add.
    slack: f64,
}

impl Taken {
    fn holds(&self) -> f64 {
        let over = self.excesses.iter().filter(|&&excess| excess > self.slack).count();
        1.0 - over as f64 / self.excesses.len() as f64
    }

    /// Means over the worst futures of the amounts, and of what is beyond the limit.
    fn tail(&self, confidence: Confidence) -> (f64, f64) {
        let mut order: Vec<usize> = (0..self.excesses.len()).collect();
        order.sort_by(|&one, &other| {
            self.excesses[other].total_cmp(&self.excesses[one]).then(one.cmp(&other))
        });
        let all = confidence.tail(order.len());
        let (mut left, mut amount, mut excess) = (all, 0.0, 0.0);
        for trial in order {
            let part = left.min(1.0);
            amount += part * self.amounts[trial];
            excess += part * self.excesses[trial];
            left -= part;
            if left <= 0.0 {
                break;
            }
        }
        (amount / all, excess / all)
    }

    fn keeps(&self, confidence: Confidence) -> bool {
        match confidence.risk() {
            RiskMeasure::Cvar => self.tail(confidence).1 <= self.slack,
            RiskMeasure::Chance => {
                let over = (1.0 - self.holds()) * self.excesses.len() as f64;
                over <= confidence.most_exceeded(self.excesses.len()) as f64 + 0.5
            }
        }
    }
}

impl Reading<'_> {
    /// Limits with a confidence that a selection does not keep, in words; nothing where their futures are not known.
    pub fn broken_confidence(&self, selection: &Selection) -> Vec<String> {
        let Some(samples) = self.decided_in else { return Vec::new() };
        let is_broken = |held: &Held<'_>| !self.taken(held, selection, samples).keeps(held.confidence);
        let words = |held: Held<'_>| {
            let (level, risk) = (held.confidence.level(), held.confidence.risk().as_str());
            let name = held.limit.name();
            format!("the limit `{name}` does not hold with a confidence of {level} ({risk})")
        };
        self.held().into_iter().filter(is_broken).map(words).collect()
    }

    /// What limits hold, in the order of limits and periods.
    fn held(&self) -> Vec<Held<'_>> {
        let mut all = Vec::new();
        for limit in &self.scenario.named_limits {
            let Some(own) = limit.held() else { continue };
            let counted: Vec<PeriodIx> =
                limit.periods().map_or_else(|| self.periods().collect(), <[PeriodIx]>::to_vec);
            let held = |period, parts| Held { limit, confidence: own.confidence, period, parts };
            if let Some(most) = own.most {
                all.push(held(None, vec![(counted, most)]));
                continue;
            }
            let limited: Vec<(PeriodIx, f64)> = counted
                .into_iter()
                .filter_map(|period| Some((period, self.supply(limit, period)?)))
                .collect();
            if own.confidence.is_joint() {
                let parts: Vec<_> = limited.into_iter().map(|(period, most)| (vec![period], most)).collect();
                all.extend((!parts.is_empty()).then(|| held(None, parts)));
            } else {
                let each = limited.into_iter();
                all.extend(each.map(|(period, most)| held(Some(period), vec![(vec![period], most)])));
            }
        }
        all
    }

    fn supply(&self, limit: &NamedLimit, period: PeriodIx) -> Option<f64> {
        let limits = &self.scenario.limits;
        match limit.measure() {
            Measure::Line(line) => Some(limits.lines[line].as_ref()?[period].value()),
            Measure::Resource(resource) => Some(limits.resources[resource].as_ref()?[period].value()),
            _ => Some(limits.all_lines.as_ref()?[period].value()),
        }
    }

    fn taken(&self, held: &Held<'_>, selection: &Selection, samples: &Samples) -> Taken {
        let mut all: Option<Taken> = None;
        for (periods, most) in &held.parts {
            let (amounts, size) = self.amounts(held.limit, periods, selection, samples);
            let excesses: Vec<f64> = amounts.iter().map(|amount| amount - most).collect();
            let slack = ROUNDING * (size + most.abs());
            match &mut all {
                None => all = Some(Taken { amounts, excesses, slack }),
                Some(all) => {
                    all.slack = all.slack.max(slack);
                    for trial in (0..excesses.len())
                        .filter(|&trial| excesses[trial] > all.excesses[trial])
                        .collect::<Vec<_>>()
                    {
                        all.amounts[trial] = amounts[trial];
                        all.excesses[trial] = excesses[trial];
                    }
                }
            }
        }
        all.unwrap_or(Taken { amounts: vec![0.0], excesses: vec![0.0], slack: 0.0 })
    }

    /// True if the overrun of a budget is priced on its mean over futures.
    pub fn is_priced_in_futures(&self, line: Option<LineIx>) -> bool {
        let flexibility = self.portfolio.flexibility();
        let budget = line.map_or(flexibility.all_lines(), |line| flexibility.line(line));
        budget.overrun().is_some_and(|overrun| overrun.is_expected())
    }

    /// The mean over the futures of what is spent beyond a budget, added up over the periods; `None` where there is none.
    pub fn mean_overruns(&self, selection: &Selection, line: Option<LineIx>) -> Option<Figure> {
        let limits = &self.scenario.limits;
        let budget = line.map_or(limits.all_lines.as_ref(), |line| limits.lines[line].as_ref())?;
        let samples = self.decided_in?;
        let measure = line.map_or(Measure::Cost, Measure::Line);
        let mut sum = Figure::ZERO;
        for (period, budget) in self.periods().zip(budget) {
            let (spend, size) = self.amounts_of((measure, None), &[period], selection, samples);
            let slack = ROUNDING * (size + budget.value().abs());
            let beyond = spend.iter().map(|spend| spend - budget.value()).filter(|beyond| *beyond > slack);
            let mean = beyond.sum::<f64>() / samples.trials() as f64;
            sum = sum + Figure { value: mean, slack };
        }
        Some(sum)
    }

    /// Amounts of a limit in each future, and their size.
    fn amounts(
        &self,
        limit: &NamedLimit,
        periods: &[PeriodIx],
        selection: &Selection,
        samples: &Samples,
    ) -> (Vec<f64>, f64) {
        self.amounts_of((limit.measure(), Some(limit)), periods, selection, samples)
    }

    /// Amounts of a measure, over all projects or those of a limit.
    fn amounts_of(
        &self,
        (measure, limit): (Measure, Option<&NamedLimit>),
        periods: &[PeriodIx],
        selection: &Selection,
        samples: &Samples,
    ) -> (Vec<f64>, f64) {
        let counts = |project: ProjectIx| limit.is_none_or(|limit| limit.applies_to(project));
        let chosen = || selection.chosen().iter().filter(|one| counts(one.project));
        let planned: Figure = chosen().map(|&one| self.of_project(measure, one, Some(periods))).sum();
        let with_all = match limit.and_then(NamedLimit::projects) {
            None => self.measure(measure, selection, Some(periods)),
            Some(_) => self.measure_of(measure, selection, Some(periods), &counts),
        };
        // Synergies and what is bought for the plan are the same in all futures.
        let certain = with_all.value - planned.value;
        let quantity =
            if matches!(measure, Measure::Resource(_)) { Quantity::Demand } else { Quantity::Cost };
        let mut amounts = vec![certain; samples.trials()];
        let mut size = certain.abs();
        for &one in chosen() {
            let own = self.of_project(measure, one, Some(periods)).value;
            size += own.abs();
            if own != 0.0 {
                let factors = samples.factors(one.project, quantity);
                amounts.iter_mut().zip(factors).for_each(|(amount, factor)| *amount += own * factor);
            }
        }
        (amounts, size)
    }
}

/// Compares confidence.csv.
pub(super) fn compare(context: &Context<'_>, sheet: &Sheet, samples: Option<&Samples>, report: &mut Report) {
    let mut table = Comparison::new("confidence.csv", sheet, &["scenario", "option", "limit", "period"]);
    let mut expected = Vec::new();
    for case in &context.cases {
        let Some(own_samples) = case.reading.decided_in else { continue };
        let reported = samples.filter(|_| case.reading.scenario.simulate);
        for option in &case.options {
            for held in case.reading.held() {
                let own = case.reading.taken(&held, &option.selection, own_samples);
                let out = reported.map(|samples| case.reading.taken(&held, &option.selection, samples));
                let label = |period: PeriodIx| context.portfolio.horizon().label(period).to_string();
                let period = held.period.map_or_else(String::new, label);
                let key = case.key(option, &[held.limit.name().as_str(), &period]);
                expected.push((key, (held, own, out)));
            }
        }
    }
    for (row, (held, own, out)) in table.find_rows(expected) {
        let confidence = held.confidence;
        let joint = if confidence.is_joint() { " joint" } else { "" };
        table.text(row, "kind", &format!("{}{joint}", confidence.risk().as_str()));
        let share = |taken: &Taken| Figure::from(taken.holds());
        let tail = |taken: &Taken| Figure { value: taken.tail(confidence).0, slack: taken.slack };
        let error = |taken: &Taken| {
            let holds = taken.holds();
            Figure::from((holds * (1.0 - holds) / taken.excesses.len() as f64).sqrt())
        };
        table.number(row, "asked", Some(Figure::from(confidence.level())));
        table.number(row, "in_sample", Some(share(&own)));
        table.number(row, "out_of_sample", out.as_ref().map(share));
        table.number(row, "out_of_sample_se", out.as_ref().map(error));
        let most = match &held.parts[..] {
            [(_, most)] => Some(Figure::from(*most)),
            _ => None,
        };
        table.number(row, "most", most);
        table.number(row, "tail_in_sample", Some(tail(&own)));
        table.number(row, "tail_out_of_sample", out.as_ref().map(tail));
    }
    table.finish(report);
}
