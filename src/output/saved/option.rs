//! Options of saved results: their figures, their projects, and what parts two of them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::output::results::{Row, Table};
use crate::output::summary::Figure;

use super::folder::{FolderFault, SavedResults};

/// selection.csv.
const SELECTION: &str = "selection.csv";

/// An option of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SavedOption {
    /// The number that names it in the tables.
    pub option: usize,
    /// Rank, from 1.
    pub rank: usize,
    /// `optimal` or `feasible`.
    pub status: String,
    /// Relative gap between objective and bound; `None` where nothing is proven.
    pub gap: Option<f64>,
    /// Objective.
    pub objective: Option<f64>,
    /// Number of projects.
    pub projects: usize,
    /// Planned cost.
    pub cost: Option<f64>,
    /// Planned strategic value.
    pub strategic_value: Option<f64>,
    /// Planned net present value; `None` where there are no benefits.
    pub npv: Option<f64>,
    /// True if it cannot be told from the option next in rank; `None` where there is none.
    pub tie: Option<bool>,
    /// Its simulated figures; `None` where it was not simulated.
    pub risk: Option<SavedRisk>,
}

/// Simulated figures of an option.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SavedRisk {
    /// Mean net present value.
    pub npv_mean: Figure,
    /// Its 10th percentile.
    pub npv_p10: Figure,
    /// Its 90th percentile.
    pub npv_p90: Figure,
    /// Mean of its worst tail.
    pub npv_cvar: Figure,
    /// Probability that it is below 0.
    pub p_loss: Figure,
    /// Mean cost.
    pub cost_mean: Figure,
    /// 90th percentile of the cost.
    pub cost_p90: Figure,
    /// Probability that a budget is exceeded.
    pub p_over_budget: Figure,
    /// Probability that a capacity is exceeded.
    pub p_over_capacity: Figure,
    /// Probability that the option is the best of its scenario.
    pub p_best: Figure,
    /// Probability that it is better than the option next in rank.
    pub p_beats_next: Figure,
}

impl SavedOption {
    /// Reads a row of options.csv.
    pub(super) fn of(row: Row<'_>, tells_npv: bool) -> Self {
        let whole = |heading: &str| row.text(heading).parse().unwrap_or_default();
        let is_simulated = row.number("cost_mean").is_some();
        Self {
            option: whole("option"),
            rank: whole("rank"),
            status: row.text("status").to_owned(),
            gap: row.number("gap"),
            objective: row.number("objective"),
            projects: whole("projects"),
            cost: row.number("cost"),
            strategic_value: row.number("strategic_value"),
            npv: row.number("npv").filter(|_| tells_npv),
            tie: match row.text("tie") {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            risk: is_simulated.then(|| SavedRisk::of(row, tells_npv)),
        }
    }
}

impl SavedRisk {
    fn of(row: Row<'_>, tells_npv: bool) -> Self {
        let figure =
            |heading: &str, error: &str| Figure { value: row.number(heading), error: row.number(error) };
        let plain = |heading: &str| figure(heading, &format!("{heading}_se"));
        let told = |of: Figure| if tells_npv { of } else { Figure { value: None, error: None } };
        Self {
            npv_mean: told(figure("npv_mean", "npv_se")),
            npv_p10: told(plain("npv_p10")),
            npv_p90: told(plain("npv_p90")),
            npv_cvar: told(plain("npv_cvar")),
            p_loss: told(plain("p_loss")),
            cost_mean: plain("cost_mean"),
            cost_p90: plain("cost_p90"),
            p_over_budget: plain("p_over_budget"),
            p_over_capacity: plain("p_over_capacity"),
            p_best: plain("p_best"),
            p_beats_next: plain("p_beats_next"),
        }
    }
}

/// A project that an option funds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chosen {
    /// Its id.
    pub project: String,
    /// Its name; the id where it has none.
    pub name: String,
    /// The period in which it starts.
    pub start: String,
    /// The share of it that is funded.
    pub fraction: f64,
}

/// A project that two selections start in different periods, or fund to different shares.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moved {
    /// The project as the first selection has it.
    pub from: Chosen,
    /// The project as the second has it.
    pub to: Chosen,
}

/// What parts a second selection from a first.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SelectionChange {
    /// Projects in the second only.
    pub enter: Vec<Chosen>,
    /// Projects in the first only.
    pub leave: Vec<Chosen>,
    /// Projects in both that start at another time, or to another share.
    pub moved: Vec<Moved>,
}

impl SelectionChange {
    /// Compares two selections, each in the order of its rows.
    pub fn between(first: &[Chosen], second: &[Chosen]) -> Self {
        let by_id = |all: &[Chosen]| -> BTreeMap<String, Chosen> {
            all.iter().map(|one| (one.project.clone(), one.clone())).collect()
        };
        let (before, after) = (by_id(first), by_id(second));
        let absent = |all: &[Chosen], from: &BTreeMap<String, Chosen>| -> Vec<Chosen> {
            all.iter().filter(|one| !from.contains_key(&one.project)).cloned().collect()
        };
        let both = first.iter().filter_map(|from| Some((from, after.get(&from.project)?)));
        let moved = both.filter(|(from, to)| from.start != to.start || from.fraction != to.fraction);
        Self {
            enter: absent(second, &before),
            leave: absent(first, &after),
            moved: moved.map(|(from, to)| Moved { from: from.clone(), to: to.clone() }).collect(),
        }
    }

    /// True if the two are the same.
    pub fn is_none(&self) -> bool {
        self.enter.is_empty() && self.leave.is_empty() && self.moved.is_empty()
    }
}

impl Chosen {
    /// Reads a row of selection.csv.
    pub(super) fn of(row: Row<'_>) -> Self {
        let id = row.text("project");
        let name = Some(row.text("name")).filter(|name| !name.is_empty()).unwrap_or(id);
        Self {
            project: id.to_owned(),
            name: name.to_owned(),
            start: row.text("start").to_owned(),
            fraction: row.number("fraction").unwrap_or(1.0),
        }
    }
}

/// Projects of options, by scenario and number of the option.
pub(super) type Selections = BTreeMap<(String, usize), Vec<Chosen>>;

impl SavedResults {
    /// The options of a scenario by rank.
    pub fn options_of(&self, scenario: &str) -> Vec<SavedOption> {
        let tells_npv = self.tells_npv();
        let rows = self.options.rows().filter(|row| row.text("scenario") == scenario);
        let mut options: Vec<SavedOption> = rows.map(|row| SavedOption::of(row, tells_npv)).collect();
        options.sort_by_key(|option| option.rank);
        options
    }

    /// The options that are ranked first, by scenario.
    pub fn first_options(&self) -> BTreeMap<&str, SavedOption> {
        let tells_npv = self.tells_npv();
        let first = self.options.rows().filter(|row| row.text("rank") == "1");
        first.map(|row| (row.text("scenario"), SavedOption::of(row, tells_npv))).collect()
    }

    /// The projects of the options that are kept, given their scenario and number.
    ///
    /// # Errors
    /// If selection.csv is damaged.
    pub(super) fn selections(&self, keeps: impl Fn(&str, usize) -> bool) -> Result<Selections, FolderFault> {
        let rows = self.selection_rows(|row| {
            // The points of a frontier have names that are no numbers.
            option_of(row).is_some_and(|option| keeps(row.text("scenario"), option))
        })?;
        let mut found = Selections::new();
        for row in rows.rows() {
            let key = (row.text("scenario").to_owned(), option_of(row).unwrap_or_default());
            found.entry(key).or_default().push(Chosen::of(row));
        }
        Ok(found)
    }

    /// Rows of selection.csv.
    pub(super) fn selection_rows(&self, keeps: impl Fn(Row<'_>) -> bool) -> Result<Table, FolderFault> {
        self.read(SELECTION, &["scenario", "option", "project", "start", "fraction", "name"], keeps)
    }
}

/// The number of the option that a row tells of.
pub(super) fn option_of(row: Row<'_>) -> Option<usize> {
    row.text("option").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(project: &str, start: &str, fraction: f64) -> Chosen {
        Chosen { project: project.to_owned(), name: project.to_owned(), start: start.to_owned(), fraction }
    }

    #[test]
    fn selections_differ_by_who_enters_leaves_and_moves() {
        let first = [chosen("A", "2027", 1.0), chosen("B", "2027", 1.0), chosen("C", "2027", 0.5)];
        let second = [chosen("C", "2027", 1.0), chosen("B", "2028", 1.0), chosen("D", "2027", 1.0)];
        let change = SelectionChange::between(&first, &second);
        let ids = |all: &[Chosen]| all.iter().map(|one| one.project.clone()).collect::<Vec<_>>();
        assert_eq!((ids(&change.enter), ids(&change.leave)), (vec!["D".to_owned()], vec!["A".to_owned()]));
        let moved: Vec<_> = change.moved.iter().map(|one| one.to.project.as_str()).collect();
        assert_eq!(moved, ["B", "C"]);
        assert!(SelectionChange::between(&first, &first).is_none());
    }
}
