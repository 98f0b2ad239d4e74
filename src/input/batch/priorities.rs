//! The section `[priorities]`.

use crate::diagnostic::Diagnostics;
use crate::domain::PriorityLevels;
use crate::input::schema::PRIORITIES;

use super::document::Section;

/// The levels where the section says nothing.
const DEFAULT: (f64, f64, usize) = (0.5, 1.5, 11);
/// Most levels.
const MOST: u32 = 100;
/// Largest factor.
const LARGEST: f64 = 100.0;

/// Reads the section. `None` if there is none, or something is wrong with it, which has been reported.
pub(super) fn read(root: &Section<'_>, found: &mut Diagnostics) -> Option<PriorityLevels> {
    let section = root.get("priorities")?.table("a section that begins with [priorities]", found)?;
    section.check_against(&PRIORITIES, found);
    let mut factor = |key: &str, default: f64| {
        section.get(key).map_or(Some(default), |entry| {
            entry.number(
                "a factor on all budgets from 0 to 100",
                |factor| (0.0..=LARGEST).contains(&factor),
                found,
            )
        })
    };
    let (from, to) = (factor("from", DEFAULT.0), factor("to", DEFAULT.1));
    let steps = section.get("steps").map_or(Some(DEFAULT.2), |entry| entry.count(2, MOST, found));
    let levels = PriorityLevels::new(from?, to?, steps?);
    if levels.is_none() {
        let entry = section.get("to").or_else(|| section.get("from"))?;
        let problem = format!("leaves no levels: they run from {} to {}", from?, to?);
        found.push(entry.fault(problem, "write a `to` above `from`, such as from = 0.5, to = 1.5"));
    }
    levels
}
