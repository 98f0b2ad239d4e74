//! Sets of weights that linear statements leave open.

use crate::diagnostic::{Diagnostic, Diagnostics, suggest};
use crate::domain::{
    MOST_BOUNDS, MOST_VERTICES, ObjectiveTree, Statement, StatementError, StatementFault, WeightPolytope,
};

use super::document::Entry;

type Find = fn(&ObjectiveTree, &[Statement]) -> Result<WeightPolytope, Vec<StatementError>>;

/// Reads statements. `None` if something is wrong with them, which has been reported, or the objectives are not known.
pub(super) fn read(
    stated: &Entry<'_>,
    tree: Option<&ObjectiveTree>,
    find: Find,
    found: &mut Diagnostics,
) -> Option<WeightPolytope> {
    let expected = "a list of statements such as [\"growth >= 2 * service\", \"0.1 <= risk <= 0.4\"]";
    let entries = stated.filled_list(expected, found)?;
    let texts: Vec<Option<&str>> = entries.iter().map(|entry| entry.text(found)).collect();
    // Names are told from words by the tree.
    let tree = tree?;
    let ids: Vec<&str> = tree.objectives().iter().map(|objective| objective.id.as_str()).collect();
    let (mut places, mut statements) = (Vec::new(), Vec::new());
    for (entry, text) in entries.iter().zip(&texts) {
        match text.map(|text| Statement::parse(text, &ids)) {
            Some(Ok(statement)) => {
                statements.push(statement);
                places.push(entry);
            }
            Some(Err(fault)) => found.push(unreadable(entry, &fault)),
            None => {}
        }
    }
    let is_whole = statements.len() == entries.len();
    match find(tree, &statements) {
        Ok(polytope) => is_whole.then_some(polytope),
        Err(errors) => {
            let told = Told { tree, stated, places: &places, statements: &statements };
            errors.iter().for_each(|error| found.push(told.fault(error)));
            None
        }
    }
}

fn unreadable(entry: &Entry<'_>, fault: &StatementFault) -> Diagnostic {
    let (problem, help) = match fault {
        StatementFault::TooLong => ("is longer than 500 letters".to_owned(), "write several statements"),
        StatementFault::Unreadable(rest) if rest.is_empty() => {
            ("ends where a weight or a number should follow".to_owned(), "complete the statement")
        }
        StatementFault::Unreadable(rest) => (
            format!("cannot be read at `{rest}`"),
            "write sums of numbers and objectives (2 * growth + service), with a point in decimals; put the id of an objective that is no plain word between single quotes",
        ),
        StatementFault::OpenQuote => {
            ("has a name without its second quote".to_owned(), "close it: 'new markets'")
        }
        StatementFault::NoComparison => {
            ("compares nothing".to_owned(), "write two sides with <=, >= or = between them")
        }
        StatementFault::Strict(sign) => {
            (format!("compares with `{sign}`, which leaves out the bound itself"), "write <= or >=")
        }
        StatementFault::Directions => (
            "compares in two directions, or more than two times".to_owned(),
            "write statements such as 0.1 <= growth <= 0.4, or several of them",
        ),
        StatementFault::NotLinear => (
            "multiplies weights with each other, or divides by a weight or by 0".to_owned(),
            "write weights times numbers: growth >= 2 * service",
        ),
        StatementFault::PerCent => {
            ("writes a share in per cent".to_owned(), "write the share itself: 0.4 for 40 %")
        }
    };
    entry.fault(problem, help)
}

/// What was stated, to tell faults of.
struct Told<'a, 'd> {
    tree: &'a ObjectiveTree,
    /// All statements.
    stated: &'a Entry<'d>,
    /// Each statement that could be read.
    places: &'a [&'a Entry<'d>],
    statements: &'a [Statement],
}

impl Told<'_, '_> {
    fn fault(&self, error: &StatementError) -> Diagnostic {
        match error {
            StatementError::Unknown { statement, name } => {
                let ids = self.tree.objectives().iter().map(|objective| objective.id.as_str());
                let help = match self.tree.is_empty() {
                    true => "the portfolio has no objectives: add objectives.csv, or remove it".to_owned(),
                    false => suggest(name, ids, "objectives"),
                };
                self.places[*statement].fault(format!("names `{name}`, which is not an objective"), help)
            }
            StatementError::NoObjective(statement) => self.places[*statement]
                .fault("speaks of no objective", "name the objectives whose weights it compares"),
            StatementError::NoSiblings { statement, one, other } => self.places[*statement].fault(
                format!("compares `{one}` with `{other}`, which have different parents"),
                "state something about objectives under one parent: their weights sum to 1",
            ),
            StatementError::Contradiction(statements) => self.contradiction(statements),
            StatementError::TooManyVertices => self.stated.fault(
                format!(
                    "leaves a set of weights with more than {MOST_VERTICES} vertices, or bounds the weights under one parent by more than {MOST_BOUNDS} inequalities"
                ),
                "state bounds for fewer objectives, or an order of them (growth >= service)",
            ),
            StatementError::Table(error) => {
                self.stated.fault(format!("leaves weights to the table: {error}"), "mend objectives.csv")
            }
        }
    }

    /// The fault stands at the last of the statements, and tells the others with their lines.
    fn contradiction(&self, statements: &[usize]) -> Diagnostic {
        let Some((&last, others)) = statements.split_last() else {
            return self.stated.fault("contradicts itself", "change a statement");
        };
        let told =
            |&other: &usize| format!("`{}` (row {})", self.statements[other].text, self.places[other].row);
        match others {
            [] => self.places[last]
                .fault("holds for no weights: they are 0 or more and sum to 1", "change the statement"),
            others => self.places[last].fault(
                format!(
                    "contradicts {}: no weights satisfy all of them",
                    others.iter().map(told).collect::<Vec<_>>().join(", ")
                ),
                "change one of these statements: without any one of them weights remain",
            ),
        }
    }
}
