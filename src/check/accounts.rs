//! The accounts of budgets, and the penalties of a selection in objective units.

use crate::domain::{
    ByPeriod, LimitBound, LineIx, NamedLimit, PaymentIx, PeriodIx, ProjectIx, RelativeBound,
};

use super::figure::Figure;
use super::reading::Reading;
use super::selection::{Chosen, Selection};

/// A budget, period by period.
#[derive(Clone, Debug, Default)]
pub(super) struct Account {
    /// Spend per period.
    pub spend: ByPeriod<Figure>,
    /// The budget itself.
    pub budget: ByPeriod<Figure>,
    /// Carry-over from the period before.
    pub carried: ByPeriod<Figure>,
    /// Spend beyond budget and carry-over.
    pub overrun: ByPeriod<Figure>,
}

/// Halvings that find a factor to the last digit.
const HALVINGS: usize = 60;

impl Reading<'_> {
    /// Spend per period on a line, or (`None`) on all lines together.
    pub fn spends(&self, selection: &Selection, line: Option<LineIx>) -> ByPeriod<Figure> {
        let lines: Vec<LineIx> = match line {
            Some(line) => vec![line],
            None => self.portfolio.lines().positions().collect(),
        };
        let spend = |period: PeriodIx| lines.iter().map(|&line| self.spend(selection, line, period)).sum();
        self.periods().map(spend).collect()
    }

    /// The account of a line, or (`None`) of all together; `None` where there is no budget.
    pub fn account(&self, selection: &Selection, line: Option<LineIx>) -> Option<Account> {
        let limits = &self.scenario.limits;
        let budget = match line {
            Some(line) => limits.lines[line].as_ref()?,
            None => limits.all_lines.as_ref()?,
        };
        let mut account = Account { spend: self.spends(selection, line), ..Account::default() };
        let mut carried = Figure::ZERO;
        for (&spend, budget) in account.spend.iter().zip(budget) {
            let budget = Figure::from(budget.value());
            let available = budget + carried;
            account.budget.push(budget);
            account.carried.push(carried);
            account.overrun.push(spend.excess_over(available));
            carried = (available - spend).at_least_zero() * self.carry_over(line);
        }
        Some(account)
    }

    /// The share of the unspent budget of a period that moves to the next.
    pub fn carry_over(&self, line: Option<LineIx>) -> f64 {
        let flexibility = self.portfolio.flexibility();
        line.map_or(flexibility.all_lines(), |line| flexibility.line(line)).carry_over()
    }

    /// The most that a budget may be overrun by in a period, and the price of each unit.
    pub fn overrun_terms(&self, line: Option<LineIx>) -> (f64, f64) {
        let flexibility = self.portfolio.flexibility();
        let overrun = line.map_or(flexibility.all_lines(), |line| flexibility.line(line)).overrun();
        overrun.map_or((0.0, 0.0), |overrun| (overrun.limit().value(), overrun.price()))
    }

    /// Every line, and all together.
    pub fn all_budgets(&self) -> Vec<Option<LineIx>> {
        self.portfolio.lines().positions().map(Some).chain([None]).collect()
    }

    /// Amounts of a limit: over the projects that it applies to, and over all chosen projects.
    pub fn counted(&self, limit: &NamedLimit, selection: &Selection) -> (Figure, Figure) {
        let (measure, periods) = (limit.measure(), limit.periods());
        let applies = |project: ProjectIx| limit.projects().is_none_or(|some| some.contains(&project));
        // Bought units belong to no project: they count where the limit is about all of them.
        let part = match limit.projects() {
            None => self.measure(measure, selection, periods),
            Some(_) => self.measure_of(measure, selection, periods, &applies),
        };
        (part, self.measure_of(measure, selection, periods, &|_| true))
    }

    /// The two sides of a bound: the first must not be less than the second.
    pub fn sides(&self, bound: LimitBound, part: Figure, whole: Figure) -> (Figure, Figure) {
        match bound {
            LimitBound::Min(least) => (part, Figure::from(least)),
            LimitBound::Max(most) => (Figure::from(most), part),
            LimitBound::MinShare(share) => (part, whole * share),
            LimitBound::MaxShare(share) => (whole * share, part),
        }
    }

    /// The amount of a bound that is stated as a share: of the current plan, as it would count today, or of budgets.
    pub fn stated_share(&self, limit: &NamedLimit, bound: &RelativeBound) -> Option<Figure> {
        match bound {
            RelativeBound::MinOfPlan(share) => {
                let plan = self.portfolio.current_plan()?;
                let agreed = self.portfolio.projects().iter_enumerated().filter_map(|(project, row)| {
                    let latest = (row.start + row.max_delay).min(self.periods().last()?);
                    let start = plan.start(project)?.max(row.start).min(latest);
                    Some(Chosen { project, start, share: 1.0, payment: PaymentIx::default() })
                });
                let (part, _) = self.counted(limit, &Selection::new(agreed.collect()));
                Some(part * *share)
            }
            RelativeBound::MaxOfLine(shares) => {
                let budgets = &self.scenario.limits;
                let mut total = Figure::ZERO;
                for &(line, share) in shares {
                    let budget =
                        line.map_or(budgets.all_lines.as_ref(), |line| budgets.lines[line].as_ref())?;
                    let counts = |period: &PeriodIx| limit.periods().is_none_or(|some| some.contains(period));
                    for period in self.periods().filter(counts) {
                        total = total + Figure::from(budget[period].value() * share);
                    }
                }
                Some(total)
            }
        }
    }

    /// In how many projects a selection departs from the current plan: starts that were not agreed, stops, moves.
    pub fn changes(&self, selection: &Selection) -> usize {
        let Some(plan) = self.portfolio.current_plan() else { return 0 };
        let departs =
            |&project: &ProjectIx| plan.start(project) != selection.of(project).map(|one| one.start);
        self.portfolio.projects().positions().filter(departs).count()
    }

    /// How many projects are started that were not agreed, stopped that were, and moved.
    pub fn changes_by_kind(&self, selection: &Selection) -> [usize; 3] {
        let mut counts = [0; 3];
        let Some(plan) = self.portfolio.current_plan() else { return counts };
        for project in self.portfolio.projects().positions() {
            match (plan.start(project), selection.of(project).map(|one| one.start)) {
                (None, Some(_)) => counts[0] += 1,
                (Some(_), None) => counts[1] += 1,
                (Some(agreed), Some(start)) if agreed != start => counts[2] += 1,
                _ => {}
            }
        }
        counts
    }

    /// Reduction of the objective by overruns, missed soft limits and changes.
    pub fn penalty(&self, selection: &Selection) -> Figure {
        let overruns = self.all_budgets().into_iter().filter_map(|line| {
            let (_, price) = self.overrun_terms(line);
            if self.is_priced_in_futures(line) {
                return Some(self.mean_overruns(selection, line)? * price);
            }
            Some(self.account(selection, line)?.overrun.into_iter().sum::<Figure>() * price)
        });
        let missed = self.scenario.named_limits.iter().filter_map(|limit| {
            let price = limit.price()?;
            let (part, whole) = self.counted(limit, selection);
            let sides = limit.bounds().iter().map(|&bound| self.sides(bound, part, whole));
            let missed: Figure = sides.map(|(upper, lower)| (lower - upper).at_least_zero()).sum();
            Some(missed * price)
        });
        let control = self.scenario.change_control;
        let apart = [control.add_price, control.drop_price, control.move_price];
        let apart =
            apart.iter().zip(self.changes_by_kind(selection)).map(|(price, count)| price * count as f64);
        let changes = control.price * self.changes(selection) as f64 + apart.sum::<f64>();
        overruns.sum::<Figure>() + missed.sum() + Figure::from(changes)
    }

    /// The least factor from 0 to 1 on all budgets under which a selection keeps to them.
    pub fn least_budget_scale(&self, selection: &Selection) -> Figure {
        let accounts = self.all_budgets().into_iter();
        let accounts: Vec<(Option<LineIx>, Account)> =
            accounts.filter_map(|line| Some((line, self.account(selection, line)?))).collect();
        let pays = |scale: f64| {
            accounts.iter().all(|(line, account)| {
                let (beyond, _) = self.overrun_terms(*line);
                let mut carried = 0.0;
                account.spend.iter().zip(&account.budget).all(|(spend, budget)| {
                    let available = scale * budget.value + carried;
                    carried = self.carry_over(*line) * (available - spend.value).max(0.0);
                    spend.value <= available + beyond
                })
            })
        };
        if pays(0.0) {
            return Figure::ZERO;
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if pays(middle) { high = middle } else { low = middle }
        }
        Figure::from(high)
    }
}
