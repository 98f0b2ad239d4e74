//! Flexibility of budgets and capacities: the columns beside the periods of their tables.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, list, suggest_or};
use crate::domain::{BudgetFlexibility, ExtraCapacity, Flexibility, LineIx, Overrun, ResourceIx};
use crate::units::{Effort, Money};

use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::reader::tables::Tables;
use crate::input::schema::ALL_LINES;
use crate::input::words::OVERRUN_BASES;

/// Names that the columns refer to.
pub struct Names<'n> {
    /// Budget lines, in order.
    pub lines: &'n [&'n str],
    /// Resources, in order.
    pub resources: &'n [&'n str],
    /// Budget lines as costs and budgets write them, in order, even from rows with faults; `None` if unread rows may
    /// hold more.
    pub written_lines: Option<Vec<&'n str>>,
}

impl Names<'_> {
    /// The budget line of a name.
    fn line(&self, name: &str) -> Option<LineIx> {
        self.lines.binary_search(&name).ok().map(LineIx::new)
    }
}

/// Reads the columns of both tables.
pub fn read(tables: &Tables, names: &Names<'_>, found: &mut Diagnostics) -> Flexibility {
    let rows = |table| tables.get(table).into_iter().flat_map(Table::rows);
    let mut lines = BTreeMap::new();
    let mut all_lines = BudgetFlexibility::default();
    for cells in rows("budgets") {
        let budget = budget(cells, found);
        match cells.text("line") {
            Some(ALL_LINES) => all_lines = budget,
            Some(line) => lines.extend(names.line(line).map(|line| (line, budget))),
            None => {}
        }
    }
    let mut resources = BTreeMap::new();
    for cells in rows("capacities") {
        let extra = extra(cells, names, found);
        let resource = cells.text("resource").and_then(|name| names.resources.binary_search(&name).ok());
        let resource = resource.map(ResourceIx::new);
        resources.extend(resource.zip(extra));
    }
    Flexibility::new(lines, all_lines, resources)
}

/// Flexibility of one budget; none after a fault, which has been reported.
fn budget(cells: Cells<'_>, found: &mut Diagnostics) -> BudgetFlexibility {
    const AMOUNT: &str = "a number of 0 or more, or leave the cell blank";
    let is_share = |share: f64| (0.0..=1.0).contains(&share);
    let carry_over = cells.number_where("carry_over", "a share from 0 to 1, such as 0.25", is_share, found);
    let limit = cells.number_where("overrun_limit", AMOUNT, |limit| limit >= 0.0, found);
    let price = cells.number_where("overrun_price", AMOUNT, |price| price >= 0.0, found);
    let is_expected = cells.word("overrun_basis", &OVERRUN_BASES, found).unwrap_or(false);
    if is_expected {
        // Futures overrun what plans keep to.
        needs(cells, "overrun_basis", "overrun_price", found);
    } else {
        needs(cells, "overrun_price", "overrun_limit", found);
    }
    if is_expected && carry_over.is_some_and(|share| share > 0.0) {
        let help = "write `plan`, or leave `carry_over` blank";
        let problem = "is not possible beside `carry_over`, as each future would carry over its own money";
        found.push(cells.fault("overrun_basis", problem, help));
    }
    let limit = limit.or(is_expected.then_some(0.0));
    let overrun = limit.and_then(|limit| Overrun::new(Money::new(limit), price.unwrap_or(0.0)).ok());
    let overrun = overrun.map(|overrun| if is_expected { overrun.expected() } else { overrun });
    BudgetFlexibility::new(carry_over.unwrap_or(0.0), overrun).unwrap_or_default()
}

/// Extra capacity of one resource; `None` if there is none, or after a fault, which has been reported.
fn extra(cells: Cells<'_>, names: &Names<'_>, found: &mut Diagnostics) -> Option<ExtraCapacity> {
    const AMOUNT: &str = "a number of 0 or more, or leave the cell blank";
    let limit = cells.number_where("extra_limit", AMOUNT, |limit| limit >= 0.0, found);
    let rate = cells.number_where("extra_rate", AMOUNT, |rate| rate >= 0.0, found);
    needs(cells, "extra_rate", "extra_limit", found);
    needs(cells, "extra_line", "extra_limit", found);
    let line = line(cells, names, found);
    let costs_something = limit.is_some_and(|limit| limit > 0.0) && rate.is_some_and(|rate| rate > 0.0);
    if costs_something && cells.text("extra_line").is_none() {
        let help = "name the budget line that pays for what is bought";
        found.push(cells.fault("extra_line", "is blank, but what is bought costs something", help));
    }
    ExtraCapacity::new(Effort::new(limit?), rate.unwrap_or(0.0), line).ok()
}

fn line(cells: Cells<'_>, names: &Names<'_>, found: &mut Diagnostics) -> Option<LineIx> {
    let name = cells.text("extra_line")?;
    let lines = names.written_lines.as_deref();
    if let Some(lines) = lines.filter(|lines| !lines.contains(&name)) {
        let known = || lines.iter().copied();
        let help = suggest_or(name, known(), || match lines.is_empty() {
            true => "add it to costs.csv or budgets.csv".to_owned(),
            false => format!("write one of {}", list(known())),
        });
        found.push(cells.fault("extra_line", "is not a budget line", help));
    }
    names.line(name)
}

/// Reports a cell that has no meaning while another is blank.
fn needs(cells: Cells<'_>, column: &'static str, other: &'static str, found: &mut Diagnostics) {
    if let (Some(value), None) = (cells.text(column), cells.text(other)) {
        let problem = format!("has no meaning without `{other}`");
        let help = format!("fill in `{other}`, or leave both blank");
        found.push(Diagnostic::fault(cells.at(column), problem, help).with_value(value));
    }
}
