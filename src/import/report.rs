//! The report of an import, what was taken, guessed and left: for the analyst, who compares it with the list.

use serde::Serialize;

/// The report of an import.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImportReport {
    /// The file or sheet that was read.
    pub list: String,
    /// All that became tables.
    pub taken: Taken,
    /// Conclusions of the program where the map says nothing.
    pub guessed: Vec<String>,
    /// All that did not become tables.
    pub left: Left,
    /// Input that no list holds and a decision needs.
    pub to_do: Vec<String>,
}

/// All that became tables.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Taken {
    /// Rows of the list that are in the tables.
    pub rows: usize,
    /// Projects.
    pub projects: usize,
    /// Projects by status.
    pub statuses: Vec<Counted>,
    /// The periods in order.
    pub periods: Vec<String>,
    /// Costs by line.
    pub costs: Vec<TakenAmounts>,
    /// Benefits by kind.
    pub benefits: Vec<TakenAmounts>,
    /// Demands by resource.
    pub demands: Vec<TakenAmounts>,
    /// Scores by objective.
    pub scores: Vec<TakenScores>,
    /// Dependencies by kind.
    pub dependencies: Vec<Counted>,
    /// The columns that were read, in their order, and as what.
    pub columns: Vec<ListedColumn>,
}

/// A word and how often it is the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The word.
    pub word: String,
    /// Number of times.
    pub count: usize,
}

/// Amounts of a line, kind or resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TakenAmounts {
    /// Line, kind or resource.
    pub key: String,
    /// Projects with an amount other than 0.
    pub projects: usize,
    /// Sum over all projects in each period, in the order of the periods.
    pub amounts: Vec<f64>,
    /// Sum over all periods.
    pub total: f64,
}

/// Scores for an objective.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TakenScores {
    /// The objective.
    pub objective: String,
    /// Projects with a score.
    pub projects: usize,
    /// Sum of the scores.
    pub total: f64,
}

/// A column of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedColumn {
    /// Its heading, or its number where it has none.
    pub column: String,
    /// Its use, or the reason why it was not read.
    pub said: String,
}

/// All that did not become tables.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Left {
    /// Columns that were not read, and why.
    pub columns: Vec<ListedColumn>,
    /// Rows that were not read, by reason.
    pub rows: Vec<LeftRows>,
    /// Amounts and names that were not read, by reason.
    pub others: Vec<String>,
}

/// Rows that were not read for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftRows {
    /// The reason.
    pub reason: String,
    /// Their numbers.
    pub rows: Vec<usize>,
}

impl Left {
    /// Adds a row that was not read.
    pub fn row(&mut self, number: usize, reason: impl Into<String>) {
        let reason = reason.into();
        match self.rows.iter_mut().find(|left| left.reason == reason) {
            Some(left) => left.rows.push(number),
            None => self.rows.push(LeftRows { reason, rows: vec![number] }),
        }
    }
}
