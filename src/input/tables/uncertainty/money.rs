//! Factors that were typed in money (or people), where they multiply the plan.

use crate::diagnostic::Diagnostic;
use crate::domain::{Distribution, Metalog, Project, Quantity};
use crate::input::reader::per_cent::LARGEST_USUAL_FACTOR;
use crate::input::reader::row::Cells;

/// Planned total of a quantity of a project; `None` if nothing is planned, or several resources, which do not add up.
pub(super) fn planned(project: &Project, quantity: Quantity) -> Option<f64> {
    let total = match quantity {
        Quantity::Cost => {
            project.costs.iter().flat_map(|cost| &cost.profile).map(|sum| sum.value()).sum::<f64>()
        }
        Quantity::Benefit => {
            project.benefits.iter().flat_map(|benefit| &benefit.profile).map(|sum| sum.value()).sum()
        }
        Quantity::Demand => match project.demands.as_slice() {
            [demand] => demand.profile.iter().map(|sum| sum.value()).sum(),
            _ => return None,
        },
        // Effects on several key results do not add up, and a delay is no amount.
        Quantity::Effect | Quantity::Delay => return None,
    };
    Some(total).filter(|&total| total != 0.0)
}

/// Warns of a factor whose middle is far from 1, or is the planned amount itself, and shows how factors are made.
pub(super) fn doubt(
    cells: Cells<'_>,
    distribution: &Distribution,
    planned: Option<f64>,
) -> Option<Diagnostic> {
    let (column, middle, values) = middle(distribution)?;
    let is_usual = (1.0 / LARGEST_USUAL_FACTOR..=LARGEST_USUAL_FACTOR).contains(&middle);
    let is_planned =
        planned.is_some_and(|planned| middle != 1.0 && (middle - planned).abs() <= 1e-9 * planned.abs());
    if is_usual && !is_planned {
        return None;
    }
    let list = |numbers: &mut dyn Iterator<Item = f64>| {
        numbers.map(|number| ((number * 1e6).round() / 1e6).to_string()).collect::<Vec<_>>().join(", ")
    };
    let help = match planned {
        Some(planned) => format!(
            "write value / planned amount, where 1 is as planned: {} of {planned} planned are {}",
            list(&mut values.iter().copied()),
            list(&mut values.iter().map(|value| value / planned))
        ),
        None => "write value / planned amount: 1 is as planned, 1.5 is half as much again".to_owned(),
    };
    let problem = match is_usual {
        true => "is a factor on the plan, but is the planned amount itself",
        false => "is a factor on the plan, far from 1",
    };
    let value = cells.text(column).unwrap_or_default();
    Some(Diagnostic::warning(cells.at(column), problem, help).with_value(value))
}

/// The middle of a distribution, the column that shows it best, and all values that are factors.
/// `None` for past cases and samples, which stand elsewhere.
fn middle(distribution: &Distribution) -> Option<(&'static str, f64, Vec<f64>)> {
    Some(match *distribution {
        Distribution::Triangular { low, mode, high } | Distribution::Pert { low, mode, high } => {
            ("mode", mode, vec![low, mode, high])
        }
        Distribution::Uniform { low, high } => ("high", 0.5 * (low + high), vec![low, high]),
        // The middle on the scale on which the distribution is symmetric.
        Distribution::P10P90 { low, high } => ("high", (low * high).sqrt(), vec![low, high]),
        Distribution::Normal { mean, sd } | Distribution::Lognormal { mean, sd } => {
            ("mean", mean, vec![mean, sd])
        }
        // One of the two may well be 0: that it does not come at all.
        Distribution::Bernoulli { low, high, .. } => {
            let largest = if high.abs() >= low.abs() { high } else { low };
            ("high", if largest == 0.0 { 1.0 } else { largest }, vec![low, high])
        }
        // Nothing at all is a plain statement.
        Distribution::Fixed { value } => {
            ("distribution", if value == 0.0 { 1.0 } else { value }, vec![value])
        }
        Distribution::Metalog(Metalog { low, mode, high, .. }) => ("mode", mode, vec![low, mode, high]),
        Distribution::Reference { .. } | Distribution::Given { .. } | Distribution::Sipmath(_) => {
            return None;
        }
    })
}
