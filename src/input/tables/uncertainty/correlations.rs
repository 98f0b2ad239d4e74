//! The correlations table: rank correlations between quantities, pair by pair.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::domain::{Correlation, Correlations, CorrelationsError, FactorModel, MadeValid, ProjectQuantity};
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::tables::projects::ProjectNames;
use crate::input::words::quantities;

use super::scope::quantity;

/// Reasons why a quantity cannot be correlated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// It does not vary.
    Certain,
    /// It follows drivers.
    Exposed,
    /// Its trials were made elsewhere.
    Given,
}

impl Obstacle {
    /// What stands against a quantity with this model; `may_vary`: one without a model may have one that could not be read.
    pub(super) fn of(model: Option<&FactorModel>, may_vary: bool) -> Option<Self> {
        match model {
            None => (!may_vary).then_some(Self::Certain),
            Some(model) if model.may_be_correlated() => None,
            Some(model) if model.follows_drivers() => Some(Self::Exposed),
            Some(model) if model.distribution.is_certain() => Some(Self::Certain),
            Some(_) => Some(Self::Given),
        }
    }
}

/// What a row tells.
struct Told<'t> {
    cells: Cells<'t>,
    pair: [ProjectQuantity; 2],
    rank: Option<f64>,
}

impl Told<'_> {
    /// True if two rows tell of different correlations.
    fn differs_from(&self, other: &Self) -> bool {
        self.rank.zip(other.rank).is_some_and(|(one, other)| one != other)
    }
}

/// Reads the table; `None` after a fault. `obstacle` says what stands against a quantity.
pub(super) fn read(
    table: Option<&Table>,
    names: &ProjectNames,
    obstacle: impl Fn(ProjectQuantity) -> Option<Obstacle>,
    found: &mut Diagnostics,
) -> Option<Correlations> {
    let Some(table) = table else { return Some(Correlations::default()) };
    let mut is_sound = table.is_complete;
    let mut rows: BTreeMap<[ProjectQuantity; 2], Told<'_>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for cells in table.rows() {
        let Some(told) = told(cells, names, found) else {
            is_sound = false;
            continue;
        };
        is_sound &= told.rank.is_some();
        for (one, column) in told.pair.into_iter().zip(["project", "other"]) {
            let obstacle = obstacle(one);
            is_sound &= obstacle.is_none();
            // What stands against a quantity is told at the first row that names it.
            found.extend(
                obstacle.filter(|_| seen.insert(one)).map(|obstacle| blocked(cells, (column, one), obstacle)),
            );
        }
        let mut pair = told.pair;
        pair.sort_unstable();
        if pair[0] == pair[1] {
            let help = "name another project or quantity, or remove this row";
            found.push(cells.fault("other", "is the quantity itself", help));
            is_sound = false;
        } else if let Some(first) = rows.get(&pair).filter(|first| first.differs_from(&told)) {
            let problem =
                format!("differs from row {}, which tells of the same pair", first.cells.number_of_row());
            found.push(cells.fault("correlation", problem, "keep one of the two rows"));
            is_sound = false;
        } else {
            rows.entry(pair).or_insert(told);
        }
    }
    if !is_sound {
        return None;
    }
    let pairs = rows.iter().filter_map(|(&pair, told)| Some(Correlation { pair, rank: told.rank? }));
    joined(table, names, &pairs.collect::<Vec<_>>(), found)
}

/// What a row tells; `None` if it does not tell of a pair.
fn told<'t>(cells: Cells<'t>, names: &ProjectNames, found: &mut Diagnostics) -> Option<Told<'t>> {
    let (one, other) = (names.resolve(cells, "project", found), names.resolve(cells, "other", found));
    let of_one = quantity(cells, found);
    let of_other = match cells.text("other_quantity") {
        Some(_) => cells.word("other_quantity", &quantities(), found),
        None => of_one,
    };
    let expected = "a correlation from -1 to 1, such as 0.5";
    cells.required("correlation", found);
    let is_correlation = |rank: f64| (-1.0..=1.0).contains(&rank);
    let rank = cells.number_where("correlation", expected, is_correlation, found);
    Some(Told { cells, pair: [(one?, of_one?), (other?, of_other?)], rank })
}

fn blocked(
    cells: Cells<'_>,
    (column, (_, quantity)): (&'static str, ProjectQuantity),
    obstacle: Obstacle,
) -> Diagnostic {
    let word = quantity.as_str();
    let (problem, help) = match obstacle {
        Obstacle::Certain => (
            format!("has a {word} that is certain, and nothing certain is correlated"),
            "add a row for it to uncertainty.csv, or remove this row",
        ),
        Obstacle::Exposed => (
            format!("has a {word} that follows drivers (exposures.csv)"),
            "choose one of the two: remove this row, or give the quantity loadings of 0",
        ),
        Obstacle::Given => (
            format!("has a {word} that comes from samples, which are joined already"),
            "choose one of the two: remove this row, or take the samples out",
        ),
    };
    cells.fault(column, problem, help)
}

/// The correlations of pairs; those that no quantities can have together are changed, which is told.
fn joined(
    table: &Table,
    names: &ProjectNames,
    pairs: &[Correlation],
    found: &mut Diagnostics,
) -> Option<Correlations> {
    match Correlations::new(pairs) {
        Ok((correlations, changes)) => {
            for change in changes {
                let help = "tell of the pairs that are missing, which count as 0, or correct the numbers";
                found.push(Diagnostic::warning(table.source(), in_words(&change, names), help));
            }
            Some(correlations)
        }
        Err(error) => {
            let help = match error {
                CorrelationsError::TooMany(_) => {
                    "let what many share be a driver, which they follow (drivers.csv, exposures.csv)"
                }
                _ => "correct the pairs",
            };
            found.push(Diagnostic::fault(table.source(), error.to_string(), help));
            None
        }
    }
}

/// What was changed, in words.
fn in_words(change: &MadeValid, names: &ProjectNames) -> String {
    let name = |(project, quantity): ProjectQuantity| format!("{}:{}", names.id(project), quantity.as_str());
    let MadeValid { quantities, distance, told, made } = change;
    let [one, other] = told.pair.map(name);
    // Changes of the last digits are to be seen, too.
    let digits = if (made - told.rank).abs() < 5e-4 { 8 } else { 4 };
    format!(
        "holds correlations of {quantities} quantities that contradict each other: the nearest that do not are taken, at a \
         distance of {distance:.digits$}; most changed is that of `{one}` and `{other}`, from {told} to {made:.digits$}",
        told = told.rank
    )
}
