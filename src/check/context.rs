//! Context shared by the comparisons of all tables.

use std::collections::BTreeMap;

use crate::domain::{Batch, Portfolio};
use crate::simulate::Samples;

use super::cases::ScenarioCase;
use super::figure::Figure;
use super::risk::{self, Futures, Heading, Headings, OptionRisk};
use super::sheet::Sheet;
use super::statistics::Design;
use super::weights::WeightSets;

/// Context shared by the comparisons of all tables.
pub(super) struct Context<'a> {
    /// The input tables.
    pub portfolio: &'a Portfolio,
    /// The batch, resolved against them.
    pub batch: &'a Batch,
    /// True if the run did all that was asked for.
    pub is_complete: bool,
    /// The weight sets of the batch.
    pub weights: WeightSets,
    /// Contents of the tables per scenario, in the order of the batch.
    pub cases: Vec<ScenarioCase<'a>>,
    /// The result tables by their file names.
    pub sheets: BTreeMap<&'a str, Sheet>,
}

/// Simulated figures of the options, recomputed.
#[derive(Clone, Debug, Default)]
pub(super) struct Risks {
    /// The figures that the headings ask for.
    pub headings: Headings,
    /// Per scenario, per option.
    options: Vec<Vec<OptionRisk>>,
}

/// The options of a scenario (places) with their rows in options.csv, in the order of the rows, which is that of ranks:
/// ranks and numbers that are wrong are differences of their own. The one option that no row names has the row that names
/// none.
pub(super) fn in_rows(case: &ScenarioCase<'_>, options: &Sheet) -> Vec<(usize, usize)> {
    let own = (0..options.height()).filter(|&row| options.cell(row, "scenario") == case.name());
    let place_of = |row: &usize| {
        let name = options.cell(*row, "option");
        case.options.iter().position(|option| option.name == name)
    };
    let rows: Vec<(usize, Option<usize>)> = own.map(|row| (row, place_of(&row))).collect();
    let mut unnamed = (0..case.options.len()).filter(|place| rows.iter().all(|row| row.1 != Some(*place)));
    rows.iter().filter_map(|&(row, place)| Some((place.or_else(|| unnamed.next())?, row))).collect()
}

impl Risks {
    /// Recomputes them; nothing where nothing was drawn.
    pub fn new(context: &Context<'_>, samples: Option<&Samples>) -> Self {
        let of = |file: &str, read: fn(&Sheet) -> Vec<Heading>| {
            context.sheets.get(file).map_or_else(Vec::new, read)
        };
        let headings = Headings {
            option: of("options.csv", risk::option_headings),
            spend: of("spend.csv", risk::period_headings),
            capacity: of("capacity.csv", risk::period_headings),
        };
        let design = Design::new(context.batch.simulation());
        let futures = samples.map(|samples| Futures { samples, design });
        let of_case = |case: &ScenarioCase<'_>| match &futures {
            Some(futures) if case.reading.scenario.simulate && !case.options.is_empty() => {
                let options = context.sheets.get("options.csv");
                let rows = options.map_or_else(Vec::new, |options| in_rows(case, options));
                let order: Vec<usize> = rows.into_iter().map(|(place, _)| place).collect();
                futures.of_scenario(case, context.batch.rank_by(), &order, &headings)
            }
            _ => Vec::new(),
        };
        let options = context.cases.iter().map(of_case).collect();
        Self { headings, options }
    }

    /// The figures of an option, by scenario and option (places); `None` where it is not simulated.
    pub fn of(&self, (scenario, option): (usize, usize)) -> Option<&OptionRisk> {
        self.options.get(scenario)?.get(option)
    }

    /// A figure of an option by its heading.
    pub fn figure(&self, place: (usize, usize), heading: &str) -> Option<Figure> {
        let column = self.headings.option.iter().position(|other| other.name == heading)?;
        self.of(place)?.option.get(column).copied().flatten()
    }
}
