//! The reference classes: how past cases came out, of which a quantity draws.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, suggest_or};
use crate::domain::{Distribution, Quantity};
use crate::input::reader::per_cent::LARGEST_USUAL_FACTOR;
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::reader::tables::Tables;

/// Fewer cases than this tell little of P10 and P90.
const FEW_CASES: usize = 10;

/// The classes by name.
pub(super) struct ReferenceClasses<'t> {
    classes: BTreeMap<&'t str, Class<'t>>,
    /// True if every row gave a case, so that a class which is not there is nowhere.
    is_complete: bool,
    /// True if there is a table at all.
    is_there: bool,
}

/// Cases of one class.
struct Class<'t> {
    first: Cells<'t>,
    /// In the order of the rows.
    ratios: Vec<f64>,
    /// The first row with a ratio of 0.
    zero: Option<usize>,
}

/// Reads the table.
pub(super) fn read<'t>(tables: &'t Tables, found: &mut Diagnostics) -> ReferenceClasses<'t> {
    let table = tables.get("reference_classes");
    let mut classes: BTreeMap<&str, Class<'_>> = BTreeMap::new();
    let mut is_complete = table.is_some_and(|table| table.is_complete);
    for cells in table.into_iter().flat_map(Table::rows) {
        let name = cells.required("class", found);
        let is_filled = cells.required("ratio", found).is_some();
        let expected = "the actual amount divided by the planned one, such as 1.15";
        let ratio = cells.number_where("ratio", expected, |ratio| ratio >= 0.0, found);
        is_complete &= name.is_some();
        let Some(name) = name else { continue };
        let class = classes.entry(name).or_insert(Class { first: cells, ratios: Vec::new(), zero: None });
        // A case with a fault keeps its class known.
        let Some(ratio) = ratio.filter(|_| is_filled) else { continue };
        class.ratios.push(ratio);
        if ratio == 0.0 {
            class.zero.get_or_insert(cells.number_of_row());
        }
    }
    ReferenceClasses { classes, is_complete, is_there: tables.has("reference_classes") }
}

impl<'t> ReferenceClasses<'t> {
    /// The distribution of the class that a row names; `None` after a fault.
    pub(super) fn distribution(&self, cells: Cells<'_>, found: &mut Diagnostics) -> Option<Distribution> {
        let name = cells.text("class")?;
        if let Some(class) = self.classes.get(name) {
            let mut ratios = class.ratios.clone();
            ratios.sort_by(f64::total_cmp);
            // Without a case there is a fault already.
            return Distribution::Reference { ratios: ratios.into() }.checked().ok();
        }
        if !self.is_there {
            let help = "add reference_classes.csv with a row for each past case: `cutline fit` makes it of a history";
            found.push(cells.fault("class", "needs the table reference_classes, which is not there", help));
        } else if self.is_complete {
            let names = self.classes.keys().copied();
            let help = suggest_or(name, names, || {
                "add its cases to reference_classes.csv, or remove this row".to_owned()
            });
            let fault = cells.fault("class", "is not a reference class", help);
            found.push(fault.caused_by(format!("reference class {name}")));
        }
        None
    }

    /// Refuses a class with ratios of 0 where amounts of 0 are no outcome: what costs and takes nothing was not done.
    pub(super) fn check_quantity(&self, cells: Cells<'_>, quantity: Quantity, found: &mut Diagnostics) {
        if matches!(quantity, Quantity::Benefit | Quantity::Effect) {
            return;
        }
        let class = cells.text("class").and_then(|name| self.classes.get(name));
        if let Some(row) = class.and_then(|class| class.zero) {
            let problem = format!(
                "has a ratio of 0 (reference_classes, row {row}), which is no {} of what was done",
                quantity.as_str()
            );
            let help = "take out cases that were never done, or give benefits and costs a class each";
            found.push(cells.fault("class", problem, help));
        }
    }

    /// Warns of those of these classes that have few cases, or ratios that are probably something else.
    pub(super) fn doubt(&self, used: impl Iterator<Item = &'t str>, found: &mut Diagnostics) {
        let mut used: Vec<&str> = used.collect();
        used.sort_unstable();
        used.dedup();
        for (name, class) in used.iter().filter_map(|name| self.classes.get_key_value(name)) {
            let cases = class.ratios.len();
            if cases < FEW_CASES && self.is_complete {
                let problem = format!("begins the class `{name}`, which has {cases} cases");
                let help = format!(
                    "fewer than {FEW_CASES} tell little of P10 and P90: join it with a similar class"
                );
                found.push(Diagnostic::warning(class.first.at("class"), problem, help));
            }
            let mut ratios = class.ratios.clone();
            ratios.sort_by(f64::total_cmp);
            let Some(&median) = ratios.get(cases / 2) else { continue };
            if !(1.0 / LARGEST_USUAL_FACTOR..=LARGEST_USUAL_FACTOR).contains(&median) {
                let problem = format!("begins the class `{name}`, half of whose ratios are {median} or more");
                let help = "write actual / planned amount: 1 is as planned, and 120 % is 1.2";
                found.push(Diagnostic::warning(class.first.at("ratio"), problem, help));
            }
        }
    }
}
