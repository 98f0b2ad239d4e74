//! Random portfolios whose costs several lines may pay, and their best selections by trying all.

use std::fmt::Write as _;

use super::dice::Dice;

const LINES: [&str; 3] = ["a", "b", "c"];
const PERIODS: usize = 2;

/// A row of costs.
#[derive(Clone, Debug)]
struct Row {
    payers: Vec<usize>,
    /// The payers share it.
    mix: bool,
    amounts: [f64; PERIODS],
}

/// A project.
#[derive(Clone, Debug)]
struct Project {
    value: f64,
    max_delay: usize,
    rows: Vec<Row>,
}

/// A portfolio.
#[derive(Clone, Debug)]
pub struct Case {
    projects: Vec<Project>,
    /// Per line; `None`: not limited.
    budgets: Vec<Option<[f64; PERIODS]>>,
    carry_over: [f64; 3],
    cost_scale: [f64; 3],
    maximises_npv: bool,
    tables: Vec<(String, String)>,
}

/// What one project does: out, or its start and the payer of each row.
type Decision = Option<(usize, Vec<usize>)>;

impl Case {
    /// A case of three to five projects.
    pub fn random(dice: &mut Dice, mix: bool) -> Self {
        let count = 3 + dice.below(3);
        let projects: Vec<Project> = (0..count).map(|_| project(dice, mix)).collect();
        let budget = |dice: &mut Dice| {
            let is_limited = dice.below(4) > 0;
            is_limited.then(|| [dice.between(4, 16), dice.between(4, 16)])
        };
        let budgets: Vec<_> = LINES.iter().map(|_| budget(dice)).collect();
        // Whether shares of costs fit is a question of flows only where all or nothing is carried over.
        let carry_over =
            LINES.map(|_| if mix { [0.0, 1.0][dice.below(2)] } else { [0.0, 0.5, 1.0][dice.below(3)] });
        let scaled = !mix && dice.below(3) == 0;
        let cost_scale = LINES.map(|_| if scaled { [1.0, 1.25, 1.5][dice.below(3)] } else { 1.0 });
        let maximises_npv = dice.below(3) == 0;
        let mut case = Self { projects, budgets, carry_over, cost_scale, maximises_npv, tables: Vec::new() };
        case.tables = case.written();
        case
    }

    /// The tables, by their names.
    pub fn tables_by_name(&self) -> Vec<(&str, &str)> {
        self.tables.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
    }

    fn written(&self) -> Vec<(String, String)> {
        let mut projects = "project,max_delay\n".to_owned();
        let mut costs = "project,line,payers,2027,2028\n".to_owned();
        let mut benefits = "project,2027,2028\n".to_owned();
        let mut scores = "project,value\n".to_owned();
        for (number, project) in self.projects.iter().enumerate() {
            writeln!(projects, "P{number},{}", project.max_delay).unwrap();
            writeln!(scores, "P{number},{}", project.value).unwrap();
            writeln!(benefits, "P{number},{},0", project.value * 3.0).unwrap();
            for row in &project.rows {
                let names: Vec<&str> = row.payers.iter().map(|&line| LINES[line]).collect();
                let [first, second] = row.amounts;
                let word = if row.mix { "mix" } else { "one" };
                writeln!(costs, "P{number},{},{word},{first},{second}", names.join(";")).unwrap();
            }
        }
        let mut budgets = "line,carry_over,2027,2028\n".to_owned();
        for (line, budget) in self.budgets.iter().enumerate() {
            if let Some([first, second]) = budget {
                writeln!(budgets, "{},{},{first},{second}", LINES[line], self.carry_over[line]).unwrap();
            }
        }
        let objectives = "objective\nvalue\n".to_owned();
        [
            ("projects.csv", projects),
            ("costs.csv", costs),
            ("benefits.csv", benefits),
            ("scores.csv", scores),
            ("objectives.csv", objectives),
            ("budgets.csv", budgets),
        ]
        .map(|(name, text)| (name.to_owned(), text))
        .to_vec()
    }

    /// The batch file.
    pub fn keys(&self, solver: &str) -> String {
        let measure = if self.maximises_npv { "npv" } else { "strategic_value" };
        let spent_on = (0..3).filter(|&line| {
            let mut rows = self.projects.iter().flat_map(|project| &project.rows);
            self.budgets[line].is_some() || rows.any(|row| row.payers.contains(&line))
        });
        let scales = spent_on.map(|line| format!("{} = {}", LINES[line], self.cost_scale[line]));
        format!(
            "options = 4\nmin_difference = 1\nsolver = \"{solver}\"\nmaximise = \"{measure}\"\ndiscount_rate = 0\n\
             [base]\ncost_scale = {{ {} }}",
            scales.collect::<Vec<_>>().join(", ")
        )
    }

    /// The best objectives of so many sets of projects, falling.
    pub fn best(&self, count: usize) -> Vec<f64> {
        let mut of_sets: Vec<Option<f64>> = vec![None; 1 << self.projects.len()];
        let mut decisions: Vec<Decision> = Vec::new();
        self.try_all(&mut decisions, &mut of_sets);
        let mut best: Vec<f64> = of_sets.into_iter().flatten().collect();
        best.sort_by(|one, other| other.total_cmp(one));
        best.truncate(count);
        best
    }

    fn try_all(&self, decisions: &mut Vec<Decision>, of_sets: &mut [Option<f64>]) {
        let Some(project) = self.projects.get(decisions.len()) else {
            let set = (0..decisions.len()).filter(|&one| decisions[one].is_some()).map(|one| 1 << one);
            let best = &mut of_sets[set.sum::<usize>()];
            if let Some(objective) = self.objective(decisions) {
                *best = Some(best.map_or(objective, |best| best.max(objective)));
            }
            return;
        };
        decisions.push(None);
        self.try_all(decisions, of_sets);
        decisions.pop();
        for start in 0..=project.max_delay {
            for payers in combinations(&project.rows) {
                decisions.push(Some((start, payers)));
                self.try_all(decisions, of_sets);
                decisions.pop();
            }
        }
    }

    /// The objective of decisions; `None` if a budget is exceeded.
    fn objective(&self, decisions: &[Decision]) -> Option<f64> {
        let mut spend = [[0.0; PERIODS]; 3];
        let mut shared: Vec<(&[usize], usize, f64)> = Vec::new();
        let (mut cost, mut benefit, mut value) = (0.0, 0.0, 0.0);
        for (project, decision) in self.projects.iter().zip(decisions) {
            let Some((start, payers)) = decision else { continue };
            value += project.value;
            benefit += project.value * 3.0;
            for (row, &payer) in project.rows.iter().zip(payers) {
                for (period, amount) in row.amounts.iter().enumerate() {
                    cost += amount * self.cost_scale[payer];
                    if row.mix {
                        shared.push((&row.payers, period + start, *amount));
                        continue;
                    }
                    if let Some(sum) = spend[payer].get_mut(period + start) {
                        *sum += amount * self.cost_scale[payer];
                    }
                }
            }
        }
        let fits = match shared.is_empty() {
            true => (0..3).all(|line| self.fits(line, spend[line])),
            false => self.can_share(&spend, &shared),
        };
        let objective = if self.maximises_npv { benefit - cost } else { value };
        fits.then_some(objective)
    }

    /// Hall's condition: whatever budgets (of a line and period) are taken together, all that only they can pay fits in
    /// them.
    fn can_share(&self, spend: &[[f64; PERIODS]; 3], shared: &[(&[usize], usize, f64)]) -> bool {
        let own = (0..3).flat_map(|line| (0..PERIODS).map(move |period| (line, period)));
        let lines = [vec![0], vec![1], vec![2]];
        let own = own.map(|(line, period)| (lines[line].as_slice(), period, spend[line][period]));
        let all: Vec<_> = own.chain(shared.iter().copied()).filter(|one| one.1 < PERIODS).collect();
        // The budgets that can pay for lines in a period; `None`: one is not limited.
        let sources = |lines: &[usize], period: usize| {
            lines.iter().try_fold(0_u32, |sources, &line| {
                self.budgets[line]?;
                let first = if self.carry_over[line] == 1.0 { 0 } else { period };
                Some((first..=period).fold(sources, |all, period| all | 1 << (line * PERIODS + period)))
            })
        };
        (0..1_u32 << (3 * PERIODS)).all(|taken| {
            let asked = all.iter().filter(|(lines, period, _)| {
                sources(lines, *period).is_some_and(|sources| sources & !taken == 0)
            });
            let asked: f64 = asked.map(|one| one.2).sum();
            let is_taken = |line: usize, period: usize| taken >> (line * PERIODS + period) & 1 == 1;
            let budget = |line: usize, period: usize| self.budgets[line].map_or(0.0, |budget| budget[period]);
            let places = (0..3).flat_map(|line| (0..PERIODS).map(move |period| (line, period)));
            let there: f64 = places
                .filter(|&(line, period)| is_taken(line, period))
                .map(|(line, period)| budget(line, period))
                .sum();
            asked <= there + 1e-9
        })
    }

    fn fits(&self, line: usize, spend: [f64; PERIODS]) -> bool {
        let Some(budget) = self.budgets[line] else { return true };
        let left = budget[0] - spend[0];
        left >= -1e-9 && spend[1] <= budget[1] + self.carry_over[line] * left + 1e-9
    }
}

fn project(dice: &mut Dice, mix: bool) -> Project {
    let row = |dice: &mut Dice| {
        let payers = 1 + dice.below(3);
        Row {
            payers: dice.some(payers, 3),
            mix: mix && dice.below(4) > 0,
            amounts: [dice.between(0, 8), dice.between(0, 8)],
        }
    };
    let mut rows = vec![row(dice)];
    let other = row(dice);
    // Two rows of a project have different lists.
    if dice.below(3) == 0 && other.payers != rows[0].payers {
        rows.push(other);
    }
    Project { value: dice.between(1, 12), max_delay: dice.below(2), rows }
}

/// All combinations of one payer per row.
fn combinations(rows: &[Row]) -> Vec<Vec<usize>> {
    rows.iter().fold(vec![Vec::new()], |all, row| {
        let with = |payers: &Vec<usize>| {
            let with = |&payer: &usize| payers.iter().copied().chain([payer]).collect();
            // Who shares a cost is no choice between payers.
            let choices = if row.mix { 1 } else { row.payers.len() };
            row.payers[..choices].iter().map(with).collect::<Vec<Vec<usize>>>()
        };
        all.iter().flat_map(with).collect()
    })
}
