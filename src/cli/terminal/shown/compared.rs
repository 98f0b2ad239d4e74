//! Options side by side.

use crate::cli::terminal::figures::{estimate, gap, number, percent};
use crate::cli::terminal::grid::{Label, grid, in_list, left_out, list, words};
use crate::output::Figure;
use crate::output::saved::{ComparedOption, Comparison, SavedRisk};

use super::words::{share, start_and_share};

/// Options side by side in one table; more go below.
const BESIDE: usize = 4;

/// Projects that are listed, unless all are asked for.
const SHOWN: usize = 20;

/// The comparison; with all projects if `full`.
pub fn text(comparison: &Comparison, full: bool) -> String {
    let mut blocks = vec![legend(comparison)];
    let places: Vec<usize> = (0..comparison.options.len()).collect();
    for beside in places.chunks(BESIDE) {
        blocks.push(figures(comparison, beside));
    }
    let count = comparison.differing.len();
    if count == 0 {
        blocks.push("All of them fund the same projects from the same periods on.".to_owned());
    }
    let shown = if full { count } else { count.min(SHOWN) };
    for beside in places.chunks(BESIDE).filter(|_| count > 0) {
        blocks.push(differing(comparison, beside, shown));
    }
    blocks.extend(left_out(shown, count, "projects"));
    let common: Vec<String> = comparison.common.iter().map(|one| in_list(&one.project, &one.name)).collect();
    blocks.push(list(&format!("The same in all ({}):", common.len()), &common, full));
    blocks.join("\n\n")
}

/// The letter of an option.
fn letter(place: usize) -> String {
    let alphabet = u8::try_from(place % 26).unwrap_or(0);
    let round = if place < 26 { String::new() } else { (place / 26).to_string() };
    format!("{}{round}", char::from(b'A' + alphabet))
}

fn legend(comparison: &Comparison) -> String {
    let line = |(place, one): (usize, &ComparedOption)| {
        words(
            &format!("{} =", letter(place)),
            &format!("{}, option {}; {}", one.scenario, one.figures.option, one.goal),
        )
    };
    comparison.options.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

/// A row of figures: its heading, and the cell of an option; `None` where the option has no such figure.
type Line = (String, Box<dyn Fn(&ComparedOption) -> Option<String>>);

fn lines(comparison: &Comparison) -> Vec<Line> {
    fn plain(heading: &str, figure: fn(&ComparedOption) -> Option<f64>) -> Line {
        (heading.to_owned(), Box::new(move |one| figure(one).map(|figure| number(Some(figure)))))
    }
    fn simulated(heading: &str, figure: fn(SavedRisk) -> Figure, cell: fn(Figure) -> String) -> Line {
        let of = move |one: &ComparedOption| {
            one.figures.risk.map(figure).filter(|figure| figure.value.is_some()).map(cell)
        };
        (heading.to_owned(), Box::new(of))
    }
    let money = |heading: &str| {
        let currency = comparison.currency.as_ref();
        currency.map_or_else(|| heading.to_owned(), |currency| format!("{heading}, {currency}"))
    };
    let chance = |figure: Figure| percent(Some(figure));
    vec![
        plain("Projects", |one| Some(one.figures.projects as f64)),
        plain(&money("Cost"), |one| one.figures.cost),
        plain("Strategic value", |one| one.figures.strategic_value),
        plain("Objective", |one| one.figures.objective),
        (
            "Proof".to_owned(),
            Box::new(|one| {
                let is_proven = one.figures.status == "optimal";
                Some(if is_proven { "proven".to_owned() } else { gap(one.figures.gap) })
            }),
        ),
        plain(&money("NPV as planned"), |one| one.figures.npv),
        simulated(&money("NPV, mean"), |risk| risk.npv_mean, estimate),
        simulated("  P10", |risk| risk.npv_p10, estimate),
        simulated("  P90", |risk| risk.npv_p90, estimate),
        simulated(&format!("  mean of the worst {}", share(comparison.tail)), |risk| risk.npv_cvar, estimate),
        simulated("  below 0", |risk| risk.p_loss, chance),
        simulated(&money("Cost, P90"), |risk| risk.cost_p90, estimate),
        simulated("Over a budget", |risk| risk.p_over_budget, chance),
        simulated("Over a capacity", |risk| risk.p_over_capacity, chance),
        simulated("Best of its scenario", |risk| risk.p_best, chance),
    ]
}

fn figures(comparison: &Comparison, beside: &[usize]) -> String {
    let letters: Vec<String> = beside.iter().map(|&place| letter(place)).collect();
    let headings: Vec<&str> = std::iter::once("").chain(letters.iter().map(String::as_str)).collect();
    let row = |(heading, cell): Line| {
        let cells: Vec<Option<String>> =
            beside.iter().map(|&place| cell(&comparison.options[place])).collect();
        let is_told = cells.iter().any(Option::is_some);
        let cells = cells.into_iter().map(|cell| cell.unwrap_or_else(|| "-".to_owned())).collect();
        is_told.then_some((Label::Text(heading), cells))
    };
    grid(&headings, &[], &lines(comparison).into_iter().filter_map(row).collect::<Vec<_>>())
}

/// Projects that not all fund alike: the period in which each option starts them.
fn differing(comparison: &Comparison, beside: &[usize], shown: usize) -> String {
    let letters: Vec<String> = beside.iter().map(|&place| letter(place)).collect();
    let title = format!("What differs ({}), by start", comparison.differing.len());
    let headings: Vec<&str> =
        std::iter::once(title.as_str()).chain(letters.iter().map(String::as_str)).collect();
    let rows: Vec<(Label, Vec<String>)> = (comparison.differing[..shown].iter())
        .map(|one| {
            let cell = |&place: &usize| {
                let option = one.options[place].as_ref();
                option.map_or_else(|| "-".to_owned(), |one| start_and_share(&one.start, one.fraction))
            };
            let label = Label::Project { id: one.project.clone(), name: one.name.clone() };
            (label, beside.iter().map(cell).collect())
        })
        .collect();
    grid(&headings, &[], &rows)
}
