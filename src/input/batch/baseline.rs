//! The section `[baseline]`.

use crate::diagnostic::Diagnostics;
use crate::domain::{CutLine, CutLineOrder, Portfolio};
use crate::input::schema::BASELINE;
use crate::input::words::CUT_LINES;

use super::document::Section;
use super::{goal, simulated};

/// The word for the objective per unit of cost, in place of a measure.
const VALUE_PER_COST: &str = "value_per_cost";

/// Reads the section: the strict cut line by value per cost where there is none. `None` if it is turned off, or
/// something is wrong with it, which has been reported.
pub(super) fn read(
    root: &Section<'_>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<CutLine> {
    let Some(entry) = root.get("baseline") else { return Some(CutLine::default()) };
    let section = entry.table("a section that begins with [baseline]", found)?;
    section.check_against(&BASELINE, found);
    let rule = match section.get("rule") {
        Some(entry) => entry.word(&CUT_LINES, found)?,
        None => Some(CutLine::default().rule),
    };
    let by = match section.get("by") {
        Some(entry) if entry.as_text() == Some(VALUE_PER_COST) => CutLineOrder::ValuePerCost,
        Some(entry) => {
            let measure = goal::measure_with_numbers(&entry, portfolio, found)?;
            simulated::is_planned(measure, &entry.source(), portfolio?, found)
                .then_some(CutLineOrder::Measure(measure))?
        }
        None => CutLineOrder::ValuePerCost,
    };
    Some(CutLine { rule: rule?, by })
}
