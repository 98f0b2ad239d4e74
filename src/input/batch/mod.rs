//! The batch file: settings, weights and scenarios, resolved against the portfolio.

mod baseline;
mod change_control;
mod check;
mod class_weights;
mod confidence;
pub(in crate::input) mod document;
mod filter;
mod frontier;
mod goal;
mod group_weights;
mod judgements;
mod layer;
mod limit_shares;
mod limits;
mod min_fractions;
mod placed;
mod priorities;
mod report;
mod resolve;
mod risk_questions;
mod room;
mod scales;
mod scenarios;
mod settings;
mod sheets;
mod simulated;
mod statements;
mod texts;
mod weights;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::domain::{Batch, PastHorizon, Portfolio, RankBy};

use super::control::AskedColumns;
use super::doubts;
use super::reader::files::PathFault;
use super::reader::text::{LineStarts, decode};
use super::reader::workbook::Workbook;
use document::{Section, Source};
use limits::BatchLimits;
use resolve::Resolver;
use settings::Settings;
pub use settings::is_batch_name;
pub use sheets::holds_batch;
use weights::WeightSets;

/// The sections of a batch file.
const SECTIONS: [&str; 13] = [
    "batch",
    "simulation",
    "weights",
    "limit",
    "baseline",
    "check",
    "frontier",
    "room",
    "priorities",
    "report",
    "base",
    "scenario",
    "sweep",
];

/// A batch file that could be read.
pub(super) struct ReadBatch {
    pub(super) portfolio: Portfolio,
    pub(super) batch: Batch,
    /// The columns that it asks to compare with measures; `None` if it asks for none.
    pub(super) asked: Option<AskedColumns>,
}

/// The text of a batch.
pub(super) struct BatchText {
    /// The text, in TOML.
    pub(super) text: String,
    /// The cells that its lines come from, where it is the sheets of a workbook.
    cells: Option<Vec<Option<SourceRef>>>,
}

impl BatchText {
    /// The text of a batch file.
    ///
    /// # Errors
    /// If it is no UTF-8 text.
    pub(super) fn of_file(file: &str, bytes: &[u8]) -> Result<Self, Box<Diagnostic>> {
        let text = decode(file, bytes, "save the batch file as UTF-8 text")?;
        Ok(Self { text: text.to_owned(), cells: None })
    }

    /// The text that the sheets of a workbook make. `None` if there is no batch in it; faults of sheets are in `found`.
    pub(super) fn of_book(book: &Workbook, found: &mut Diagnostics) -> Option<Self> {
        sheets::text_of(book, found).map(|made| Self { text: made.text, cells: Some(made.cells) })
    }
}

/// Reads a batch and, through `read_portfolio`, the portfolio that it names, adding up rows of one project and key if
/// so asked. `None` if there are faults; all of them are in `found`.
pub(super) fn read(
    file: &str,
    text: &BatchText,
    read_portfolio: impl FnOnce(&str, bool, &mut Diagnostics) -> Result<Option<Portfolio>, PathFault>,
    found: &mut Diagnostics,
) -> Option<ReadBatch> {
    let BatchText { text, cells } = text;
    let document = Source { file, lines: LineStarts::new(text.as_bytes()), cells: cells.as_deref() };
    let (root, errors) = DeTable::parse_recoverable(text);
    let root = Spanned::new(root.span(), DeValue::Table(root.into_inner()));
    let root = Section::root(&document, &root)?;
    if !errors.is_empty() {
        errors.iter().for_each(|error| found.push(syntax_fault(&document, error)));
        read_portfolio_of_broken_file(&root, read_portfolio, found);
        return None;
    }
    if !texts::are_sound(&root, found) {
        read_portfolio_of_broken_file(&root, read_portfolio, found);
        return None;
    }
    root.check_keys(&SECTIONS, &[], found);
    let settings = Settings::read(&root, file, found)?;
    let portfolio = settings.portfolio.as_ref().and_then(|entry| {
        let path = entry.text(found)?;
        read_portfolio(path, settings.sums_duplicates, found).unwrap_or_else(|fault| {
            found.push(entry.fault(fault.problem, fault.help));
            None
        })
    });
    let portfolio = match settings.past_horizon {
        PastHorizon::Forbid => portfolio.map(Portfolio::within_horizon),
        PastHorizon::Warn | PastHorizon::Allow => portfolio,
    };
    let read = read_batch(&root, settings, portfolio.as_ref(), found);
    let (portfolio, (batch, asked)) = (portfolio?, read?);
    Some(ReadBatch { portfolio, batch, asked })
}

fn read_batch(
    root: &Section<'_>,
    settings: Settings<'_>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<(Batch, Option<AskedColumns>)> {
    let rank_by =
        goal::rank_by(settings.rank_by.as_ref(), &settings.simulation.percentiles, portfolio, found);
    let weights = WeightSets::read(root, portfolio, found);
    let limits = BatchLimits::read(root, portfolio, found);
    let frontier = frontier::read(root, portfolio, found);
    let room = room::read(root, found);
    let priorities = priorities::read(root, found);
    let baseline = baseline::read(root, portfolio, found);
    let report = report::read(root, portfolio, found);
    let default_goal = settings.default_goal.clone();
    let resolver = Resolver { portfolio, weights: &weights, limits: &limits, default_goal };
    resolver.check(&settings.defaults, found);
    let asked = check::read(root, &resolver, &settings.defaults, found);
    let scenarios: Vec<_> = (scenarios::read(root, &resolver, &settings.defaults, found).into_iter())
        .filter_map(|scenario| {
            let resolved = resolver.scenario(&scenario.name, &scenario.layer, found)?;
            if matches!(rank_by, Some(RankBy::Simulated(..))) && !resolved.simulate {
                found.push(unranked(&scenario));
            }
            frontier::check(root, frontier, &resolved, portfolio, found);
            Some(resolved)
        })
        .collect();
    let names = scenarios.iter().map(|scenario| (scenario.name.as_str(), root.place.source()));
    doubts::tell_look_alikes("scenario", names, found);
    let source = root.place.source();
    if portfolio.is_none() || found.has_faults() {
        return None;
    }
    let batch = Batch::new(
        settings.name,
        settings.description,
        scenarios,
        settings.selection,
        settings.simulation,
        rank_by?,
    );
    let batch = batch.map(|batch| match frontier {
        Some(frontier) => batch.with_frontier(frontier),
        None => batch,
    });
    let batch = batch.map(|batch| {
        let batch = batch.with_baseline(baseline).with_groupings(report.groupings);
        batch.with_weight_ranges(report.weight_ranges).with_room(room).with_priorities(priorities)
    });
    let batch =
        batch.map(|batch| batch.with_past_horizon(settings.past_horizon).with_currency(settings.currency));
    let batch = batch.map(|batch| match settings.decisions {
        Some(explains) => batch.with_decisions(explains),
        None => batch,
    });
    let batch = batch.map(|batch| batch.with_weight_sets(weights.into_sets()));
    let batch = batch.map(|batch| batch.with_cross_checks(settings.cross_checks));
    let batch = batch.map(|batch| batch.with_precision(settings.precision));
    let batch = batch.map(|batch| settings.questions.added_to(batch.with_detailed(settings.detailed)));
    let batch = batch.map(|batch| match settings.reasons_time {
        Some(seconds) => batch.with_reasons_time(seconds),
        None => batch,
    });
    // The readers have checked all that the domain checks, so an error is one that they should have found.
    let batch = batch
        .map_err(|error| found.push(Diagnostic::fault(source, error.to_string(), "mend the batch file")))
        .ok()?;
    risk_questions::tell_untold(settings.simulation_section.as_ref(), &batch, found);
    Some((batch, asked))
}

fn unranked(scenario: &scenarios::NamedLayer<'_>) -> Diagnostic {
    let problem = "leaves out the simulation, but batch.rank_by asks for a simulated measure";
    let help = "set risk = true, or rank by a measure as planned";
    match scenario.layer.get("risk") {
        Some(entry) => entry.fault(problem, help),
        None => Diagnostic::fault(scenario.source.clone(), problem, help),
    }
}

pub(in crate::input) fn syntax_fault(document: &Source<'_>, error: &toml::de::Error) -> Diagnostic {
    let source = match error.span() {
        Some(span) => document.line(document.lines.line_of(span.start)),
        None => SourceRef::file(document.file),
    };
    let problem = format!("is not valid TOML: {}", error.message().replace('\n', " "));
    Diagnostic::fault(source, problem, "write `key = value`, texts in quotes, each key once")
}

/// A file with broken lines cannot be trusted, but the tables it names can be checked all the same.
fn read_portfolio_of_broken_file(
    root: &Section<'_>,
    read_portfolio: impl FnOnce(&str, bool, &mut Diagnostics) -> Result<Option<Portfolio>, PathFault>,
    found: &mut Diagnostics,
) {
    let mut unheard = Diagnostics::new();
    let section = root.get("batch").and_then(|entry| entry.table("", &mut unheard));
    let sums_duplicates =
        section.as_ref().is_some_and(|section| settings::sums_duplicates(section, &mut unheard));
    let path = section.and_then(|section| section.get("portfolio")).and_then(|path| path.text(&mut unheard));
    if let Some(path) = path {
        // A path that leads nowhere may be half a path: the line has been reported.
        let _ = read_portfolio(path, sums_duplicates, found);
    }
}
