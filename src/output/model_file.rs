//! Programs as text for other solvers: MPS (free form), LP (CPLEX), and solutions.
//!
//! MPS is minimised by all solvers, but not all read a section that asks for the contrary (CBC 2.10 ignores it). So a
//! maximised objective is written with the opposite sign, and a comment says so.

use std::fmt::Write;

use crate::domain::Sense;
use crate::optimise::{ByColumn, Column, ColumnIx, Model, Row};

/// The name of the objective in the text.
const OBJECTIVE: &str = "objective";

/// The forms in which a program can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelForm {
    /// Free MPS. The objective is always minimised.
    Mps,
    /// The LP format of CPLEX.
    Lp,
}

impl ModelForm {
    /// A name as the format requires it: in LP square brackets mean powers.
    fn name(self, name: &str) -> String {
        match self {
            Self::Mps => name.to_owned(),
            Self::Lp => name.replace('[', "(").replace(']', ")").replace('*', "@"),
        }
    }

    /// Factor on the objective.
    fn sign(self, model: &Model) -> f64 {
        match self {
            Self::Mps => -model.sense.sign(),
            Self::Lp => 1.0,
        }
    }
}

/// A program as text. Lines of `about` come first, as comments.
pub fn model_text(form: ModelForm, model: &Model, about: &[String]) -> String {
    match form {
        ModelForm::Mps => mps(model, about),
        ModelForm::Lp => lp(model, about),
    }
}

/// Side on which a row is bounded.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    AtMost(f64),
    AtLeast(f64),
    Equal(f64),
    Between(f64, f64),
    Free,
}

fn side(row: &Row) -> Side {
    match (row.lower.is_finite(), row.upper.is_finite()) {
        (true, true) if row.lower == row.upper => Side::Equal(row.upper),
        (true, true) => Side::Between(row.lower, row.upper),
        (true, false) => Side::AtLeast(row.lower),
        (false, true) => Side::AtMost(row.upper),
        (false, false) => Side::Free,
    }
}

/// A number with all its digits.
fn number(value: f64) -> String {
    let is_plain = value == 0.0 || (1e-4..1e15).contains(&value.abs());
    if is_plain { value.to_string() } else { format!("{value:e}") }
}

fn mps(model: &Model, about: &[String]) -> String {
    let mut text = String::new();
    for line in about {
        put(&mut text, format_args!("* {}", one_line(line)));
    }
    if model.sense == Sense::Maximise {
        put(&mut text, format_args!("* minimised here: the objective has the other sign"));
    }
    put(&mut text, format_args!("NAME cutline"));
    put(&mut text, format_args!("ROWS\n N {OBJECTIVE}"));
    for (name, row) in &model.rows {
        let kind = match side(row) {
            Side::AtMost(_) | Side::Between(..) => 'L',
            Side::AtLeast(_) => 'G',
            Side::Equal(_) => 'E',
            Side::Free => 'N',
        };
        put(&mut text, format_args!(" {kind} {name}"));
    }
    mps_columns(&mut text, model);
    mps_sides(&mut text, model);
    put(&mut text, format_args!("BOUNDS"));
    for (name, column) in &model.columns {
        mps_bounds(&mut text, name, column);
    }
    put(&mut text, format_args!("ENDATA"));
    text
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{line}");
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The columns, each with its rows; integer columns are between markers.
fn mps_columns(text: &mut String, model: &Model) {
    let mut entries: ByColumn<Vec<(&str, f64)>> = ByColumn::filled(Vec::new(), model.columns.len());
    for (name, row) in &model.rows {
        for &(column, factor) in &row.terms {
            entries[column].push((name, factor));
        }
    }
    put(text, format_args!("COLUMNS"));
    let mut is_whole = false;
    for ((name, column), entries) in model.columns.iter().zip(entries) {
        if column.is_integer != is_whole {
            is_whole = column.is_integer;
            marker(text, is_whole);
        }
        // A column that is in no row and not in the objective has to be named all the same.
        if column.objective != 0.0 || entries.is_empty() {
            let objective = ModelForm::Mps.sign(model) * column.objective + 0.0;
            put(text, format_args!("    {name} {OBJECTIVE} {}", number(objective)));
        }
        for (row, factor) in entries {
            put(text, format_args!("    {name} {row} {}", number(factor)));
        }
    }
    if is_whole {
        marker(text, false);
    }
}

fn marker(text: &mut String, begins: bool) {
    let (name, word) = if begins { ("whole", "'INTORG'") } else { ("whole_end", "'INTEND'") };
    put(text, format_args!("    {name} 'MARKER' {word}"));
}

/// Right-hand sides, and the ranges of rows that have two.
fn mps_sides(text: &mut String, model: &Model) {
    put(text, format_args!("RHS"));
    let mut ranges = Vec::new();
    for (name, row) in &model.rows {
        let amount = match side(row) {
            Side::AtMost(amount) | Side::AtLeast(amount) | Side::Equal(amount) => amount,
            Side::Between(lower, upper) => {
                ranges.push((name, upper - lower));
                upper
            }
            Side::Free => 0.0,
        };
        if amount != 0.0 {
            put(text, format_args!("    RHS {name} {}", number(amount)));
        }
    }
    if !ranges.is_empty() {
        put(text, format_args!("RANGES"));
    }
    for (name, range) in ranges {
        put(text, format_args!("    RANGE {name} {}", number(range)));
    }
}

fn mps_bounds(text: &mut String, name: &str, column: &Column) {
    if column.lower == column.upper {
        put(text, format_args!(" FX BOUND {name} {}", number(column.lower)));
    } else if column.is_integer && (column.lower, column.upper) == (0.0, 1.0) {
        put(text, format_args!(" BV BOUND {name}"));
    } else {
        if column.lower != 0.0 {
            put(text, format_args!(" LO BOUND {name} {}", number(column.lower)));
        }
        put(text, format_args!(" UP BOUND {name} {}", number(column.upper)));
    }
}

fn lp(model: &Model, about: &[String]) -> String {
    let name = |name: &str| ModelForm::Lp.name(name);
    let names: ByColumn<String> = model.columns.iter().map(|(column, _)| name(column)).collect();
    let mut text = String::new();
    for line in about {
        put(&mut text, format_args!("\\ {}", one_line(line)));
    }
    let goal = match model.sense {
        Sense::Maximise => "Maximize",
        Sense::Minimise => "Minimize",
    };
    let objective = model.columns.iter_enumerated();
    let objective = objective.map(|(position, (_, column))| (position, column.objective));
    let objective: Vec<(ColumnIx, f64)> = objective.filter(|(_, factor)| *factor != 0.0).collect();
    put(&mut text, format_args!("{goal}\n {OBJECTIVE}:{}\nSubject To", lp_sum(&objective, &names)));
    for (row_name, row) in &model.rows {
        let (sum, row_name) = (lp_sum(&row.terms, &names), name(row_name));
        match side(row) {
            Side::AtMost(amount) => put(&mut text, format_args!(" {row_name}:{sum} <= {}", number(amount))),
            Side::AtLeast(amount) => put(&mut text, format_args!(" {row_name}:{sum} >= {}", number(amount))),
            Side::Equal(amount) => put(&mut text, format_args!(" {row_name}:{sum} = {}", number(amount))),
            Side::Between(lower, upper) => {
                put(&mut text, format_args!(" {row_name}:{sum} <= {}", number(upper)));
                put(&mut text, format_args!(" {row_name}_least:{sum} >= {}", number(lower)));
            }
            Side::Free => {}
        }
    }
    put(&mut text, format_args!("Bounds"));
    for (name, (_, column)) in names.iter().zip(&model.columns) {
        let (lower, upper) = (number(column.lower), number(column.upper));
        put(&mut text, format_args!(" {lower} <= {name} <= {upper}"));
    }
    put(&mut text, format_args!("General"));
    for (name, _) in names.iter().zip(&model.columns).filter(|(_, (_, column))| column.is_integer) {
        put(&mut text, format_args!(" {name}"));
    }
    put(&mut text, format_args!("End"));
    text
}

/// Terms on lines that are not too long. A sum of nothing is 0 times some column, as the format has no empty one.
fn lp_sum(terms: &[(ColumnIx, f64)], names: &ByColumn<String>) -> String {
    const ON_A_LINE: usize = 8;
    let nothing = [(ColumnIx::new(0), 0.0)];
    let terms = if terms.is_empty() { &nothing[..names.len().min(1)] } else { terms };
    let mut text = String::new();
    for (place, &(column, factor)) in terms.iter().enumerate() {
        let start = if place > 0 && place % ON_A_LINE == 0 { "\n   " } else { "" };
        let sign = if factor < 0.0 { '-' } else { '+' };
        let _ = write!(text, "{start} {sign} {} {}", number(factor.abs()), names[column]);
    }
    text
}

/// A solution as solvers exchange it: the objective of the text, then every column that is not 0.
pub fn solution_text(form: ModelForm, model: &Model, values: &[f64]) -> String {
    let mut text = String::new();
    put(&mut text, format_args!("=obj= {}", number(form.sign(model) * model.objective(values) + 0.0)));
    for ((name, _), &value) in model.columns.iter().zip(values).filter(|(_, value)| **value != 0.0) {
        put(&mut text, format_args!("{} {}", form.name(name), number(value)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        for value in [0.1, 1e-9, 123_456_789.125, 1e20, -2.5, 0.0] {
            assert_eq!(number(value).parse::<f64>(), Ok(value));
        }
        assert_eq!([number(1e20), number(1e-9), number(70.0)], ["1e20", "1e-9", "70"]);
    }
}
