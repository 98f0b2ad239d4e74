//! What planners say in shares, per value of an attribute and per kind of change, read from tables and a batch file and
//! compared with what trying all selections gives.

use cutline::control::read_batch;
use cutline::finance::Valuation;
use cutline::input::Files;
use cutline::optimise::{ScenarioModel, find_options};
use cutline::progress::CancelToken;
use proptest::prelude::*;

use crate::common::exact;

const PROJECTS: usize = 5;
const AGENCIES: [&str; 3] = ["roads", "water", ""];
/// What each scenario costs in terms of the tables.
const COST_SCALE: f64 = 1.5;
const BUDGET_SCALE: f64 = 0.9;

#[derive(Clone, Debug)]
struct Row {
    /// Spend in the first and the second year.
    costs: [u32; 2],
    score: u32,
    agency: usize,
    may_wait: bool,
    is_excluded: bool,
    /// Year of the current plan.
    agreed: Option<usize>,
}

#[derive(Clone, Debug)]
struct Case {
    rows: Vec<Row>,
    /// Budgets in per cent of what is asked for.
    budgets: [u32; 2],
    /// Share of the budget that each agency may take, in tenths.
    most_of_line: u32,
    /// Share of the plan's score to be kept, in tenths.
    least_of_plan: u32,
    /// Prices of additions, drops and moves.
    prices: [u32; 3],
    max_drops: Option<usize>,
}

/// Year in which each project starts.
type Trial = Vec<Option<usize>>;

fn row() -> impl Strategy<Value = Row> {
    let agreed = prop::option::weighted(0.6, 0..2_usize);
    ([0..20_u32, 0..20_u32], 0..50_u32, 0..3_usize, any::<bool>(), prop::bool::weighted(0.15), agreed)
        .prop_map(|(costs, score, agency, may_wait, is_excluded, agreed)| Row {
            costs,
            score,
            agency,
            may_wait,
            is_excluded,
            agreed,
        })
}

fn case() -> impl Strategy<Value = Case> {
    let price = || prop_oneof![Just(0), 1..30_u32];
    (
        prop::collection::vec(row(), PROJECTS),
        [20..120_u32, 20..120_u32],
        2..=10_u32,
        0..=9_u32,
        [price(), price(), price()],
        prop::option::weighted(0.4, 0..3_usize),
    )
        .prop_map(|(rows, budgets, most_of_line, least_of_plan, prices, max_drops)| Case {
            rows,
            budgets,
            most_of_line,
            least_of_plan,
            prices,
            max_drops,
        })
}

impl Case {
    fn files(&self) -> Files {
        let mut projects = "project,status,max_delay,agency\n".to_owned();
        let mut costs = "project,line,2027,2028\n".to_owned();
        let (mut scores, mut plan) = ("project,value\n".to_owned(), "project,start\n".to_owned());
        for (position, row) in self.rows.iter().enumerate() {
            let status = if row.is_excluded { "excluded" } else { "" };
            let (delay, agency) = (u8::from(row.may_wait), AGENCIES[row.agency]);
            projects += &format!("P{position},{status},{delay},{agency}\n");
            costs += &format!("P{position},capex,{},{}\n", row.costs[0], row.costs[1]);
            scores += &format!("P{position},{}\n", row.score);
            if let Some(year) = row.agreed {
                plan += &format!("P{position},{}\n", 2027 + year);
            }
        }
        let budgets = format!("line,2027,2028\ncapex,{} %,{}%\n", self.budgets[0], self.budgets[1]);
        let objectives = "objective\nvalue\n".to_owned();
        let tables = [
            ("projects.csv", projects),
            ("costs.csv", costs),
            ("scores.csv", scores),
            ("current_plan.csv", plan),
            ("budgets.csv", budgets),
            ("objectives.csv", objectives),
        ];
        tables.map(|(name, text)| (name.to_owned(), text.into_bytes())).into()
    }

    fn batch(&self) -> String {
        let [add, dropped, moved] = self.prices;
        let most = self.max_drops.map_or(String::new(), |most| format!("max_drops = {most}\n"));
        let by = if self.rows.iter().any(|row| !AGENCIES[row.agency].is_empty()) {
            let share = f64::from(self.most_of_line) / 10.0;
            format!(
                "[[limit]]\nname = \"part\"\nby = \"agency\"\nmeasure = \"cost\"\nmax_of_line = {{ capex = {share} }}\n"
            )
        } else {
            String::new()
        };
        let least = f64::from(self.least_of_plan) / 10.0;
        format!(
            "[batch]\nname = \"b\"\nportfolio = \"p\"\nchange_price = 1000\n{by}\
             [[limit]]\nname = \"keep\"\nmeasure = \"strategic_value\"\nmin_of_plan = {least}\n\
             [[scenario]]\nname = \"s\"\nrisk = false\nbudget_scale = {BUDGET_SCALE}\ncost_scale = {COST_SCALE}\n\
             add_price = {add}\ndrop_price = {dropped}\nmove_price = {moved}\n{most}"
        )
    }

    /// What a project spends in a year if it starts in one; nothing counts after the second.
    fn spend(&self, project: usize, start: usize, year: usize) -> f64 {
        let costs = self.rows[project].costs;
        if year >= start { COST_SCALE * f64::from(costs[year - start]) } else { 0.0 }
    }

    fn budget(&self, year: usize) -> f64 {
        let asking = (0..PROJECTS).filter(|&project| !self.rows[project].is_excluded);
        let asked: f64 = asking.map(|project| self.spend(project, 0, year)).sum();
        BUDGET_SCALE * asked * f64::from(self.budgets[year]) / 100.0
    }

    fn trials(&self) -> Vec<Trial> {
        let mut trials = vec![Trial::new()];
        for row in &self.rows {
            let states: &[Option<usize>] = match (row.is_excluded, row.may_wait) {
                (true, _) => &[None],
                (false, false) => &[None, Some(0)],
                (false, true) => &[None, Some(0), Some(1)],
            };
            trials = trials
                .iter()
                .flat_map(|trial| states.iter().map(|state| [trial.as_slice(), &[*state]].concat()))
                .collect();
        }
        trials
    }

    fn score(&self, is_in: impl Fn(usize) -> bool) -> f64 {
        (0..PROJECTS)
            .filter(|&project| is_in(project))
            .map(|project| f64::from(self.rows[project].score))
            .sum()
    }

    /// The objective of a selection; `None` if it is not allowed.
    fn objective(&self, trial: &Trial) -> Option<f64> {
        const ROUNDING: f64 = 1e-9;
        let spend = |counts: &dyn Fn(usize) -> bool, year: usize| -> f64 {
            let chosen = (0..PROJECTS).filter(|&project| counts(project));
            chosen.filter_map(|project| Some(self.spend(project, trial[project]?, year))).sum()
        };
        let fits = (0..2).all(|year| spend(&|_| true, year) <= self.budget(year) + ROUNDING);
        let most = f64::from(self.most_of_line) / 10.0 * (self.budget(0) + self.budget(1));
        let parts = (0..2).all(|agency| {
            let own = |project: usize| self.rows[project].agency == agency;
            spend(&own, 0) + spend(&own, 1) <= most + ROUNDING
        });
        let score = self.score(|project| trial[project].is_some());
        let planned = self.score(|project| self.rows[project].agreed.is_some());
        let keeps = score >= f64::from(self.least_of_plan) / 10.0 * planned - ROUNDING;
        let (mut price, mut drops) = (0, 0);
        for (row, start) in self.rows.iter().zip(trial) {
            match (row.agreed, start) {
                (None, Some(_)) => price += self.prices[0],
                (Some(_), None) => {
                    price += self.prices[1];
                    drops += 1;
                }
                (Some(agreed), Some(start)) if agreed != *start => price += self.prices[2],
                _ => {}
            }
        }
        let is_allowed = fits && parts && keeps && self.max_drops.is_none_or(|most| drops <= most);
        is_allowed.then_some(score - f64::from(price))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shares_of_budgets_plans_and_what_is_asked_are_those_of_brute_force(case in case()) {
        let files = case.files();
        let loaded = read_batch("b.toml", case.batch().as_bytes(), |_| Ok(files));
        let loaded = loaded.map_err(|found| TestCaseError::fail(format!("{:?}", found.iter().collect::<Vec<_>>())))?;
        let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
        let found = find_options(&mut ScenarioModel::new(&valuation), &exact(1), &CancelToken::new()).unwrap();
        let best = case.trials().iter().filter_map(|trial| case.objective(trial)).max_by(f64::total_cmp);
        let objective = found.options.first().map(|option| option.objective);
        prop_assert_eq!(objective.is_some(), best.is_some(), "{:?} is not {:?}", objective, best);
        if let (Some(objective), Some(best)) = (objective, best) {
            prop_assert!((objective - best).abs() < 1e-6, "{objective} is not {best}");
        }
    }

    /// With every project trimmed alike, the best shares of a set of projects follow in one pass: all at the smallest,
    /// then up in the order of value per cost.
    #[test]
    fn trimmed_projects_are_those_of_brute_force(
        rows in prop::collection::vec((1..20_u32, 1..50_u32), 2..=7),
        budget in 5..60_u32,
        tenths in 1..10_u32,
        named in any::<bool>(),
    ) {
        let least = f64::from(tenths) / 10.0;
        let of = |position: usize| if named && position > 0 { 1.0 } else { least };
        let (mut projects, mut costs, mut scores) =
            ("project\n".to_owned(), "project,line,2027\n".to_owned(), "project,value\n".to_owned());
        for (position, (cost, score)) in rows.iter().enumerate() {
            projects += &format!("P{position}\n");
            costs += &format!("P{position},capex,{cost}\n");
            scores += &format!("P{position},{score}\n");
        }
        let files: Files = [
            ("projects.csv", projects),
            ("costs.csv", costs),
            ("scores.csv", scores),
            ("budgets.csv", format!("line,2027\ncapex,{budget}\n")),
            ("objectives.csv", "objective\nvalue\n".to_owned()),
        ]
        .map(|(name, text)| (name.to_owned(), text.into_bytes()))
        .into();
        let share = if named { format!("{{ P0 = {least} }}") } else { least.to_string() };
        let batch = format!("[batch]\nportfolio = \"p\"\n[[scenario]]\nname = \"s\"\nrisk = false\nmin_fraction = {share}\n");
        let loaded = read_batch("b.toml", batch.as_bytes(), |_| Ok(files)).unwrap();
        let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
        let found = find_options(&mut ScenarioModel::new(&valuation), &exact(1), &CancelToken::new()).unwrap();
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&one| std::cmp::Reverse(rows[one].1 * 10_000 / rows[one].0));
        let best = (0..1_usize << rows.len()).filter_map(|set| {
            let chosen = || order.iter().copied().filter(|one| set >> one & 1 == 1);
            let mut left = f64::from(budget) - chosen().map(|one| of(one) * f64::from(rows[one].0)).sum::<f64>();
            if left < -1e-9 {
                return None;
            }
            let mut value = 0.0;
            for one in chosen() {
                let (cost, score) = (f64::from(rows[one].0), f64::from(rows[one].1));
                let more = ((1.0 - of(one)) * cost).min(left.max(0.0));
                left -= more;
                value += score * (of(one) + more / cost);
            }
            Some(value)
        });
        let best = best.max_by(f64::total_cmp).unwrap();
        prop_assert!((found.options[0].objective - best).abs() < 1e-5, "{} is not {best}", found.options[0].objective);
    }
}
