//! The sections `[batch]` and `[simulation]`.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, is_hidden};
use crate::domain::{
    Detailed, PastHorizon, Percentile, SamplingMethod, SelectionSettings, SimulationSettings, Solver,
};
use crate::input::reader::per_cent;
use crate::input::reader::texts::LONGEST_DESCRIPTION;
use crate::input::schema::{SETTINGS, SIMULATION};
use crate::input::words::{DUPLICATE_ROWS, VERIFY, detailed, past_horizons, samplings, solvers};

use super::document::{Entry, Section};
use super::layer::Layer;
use super::risk_questions::RiskQuestions;
use super::texts;

const DEFAULT_GAP: f64 = 0.001;
const DEFAULT_TIME_LIMIT: f64 = 60.0;
const DEFAULT_TRIALS: usize = 10_000;
const DEFAULT_TAIL: f64 = 0.05;
/// Wider gaps and tails are likelier slips of the unit than meant.
const LARGEST_USUAL_GAP: f64 = 0.1;
const LARGEST_USUAL_TAIL: f64 = 0.5;
const LARGEST_USUAL_PRECISION: f64 = 0.2;

/// Most characters of a currency: it stands behind amounts.
const LONGEST_CURRENCY: usize = 16;
/// Longest time limit in seconds: longer than any run, and short enough for every clock.
const LONGEST: f64 = 1e9;
/// Most trials: more fill the memory of any machine.
const MOST_TRIALS: u32 = 100_000_000;
/// Most futures of decisions: each selection that is found is held to all of them.
const MOST_DECISION_TRIALS: u32 = 1_000_000;
/// Most percentiles of choice: more columns make tables unreadable.
const MOST_PERCENTILES: usize = 20;
/// Most options of a scenario: more are no ranking.
pub(super) const MOST_OPTIONS: u32 = 100_000;

/// Keys of `[batch]` that scenarios may replace.
const DEFAULTS: [&str; 13] = [
    "discount_rate",
    "discount_at",
    "options",
    "maximise",
    "minimise",
    "meet_targets",
    "escalation",
    "max_changes",
    "change_price",
    "max_drops",
    "add_price",
    "drop_price",
    "move_price",
];

/// Settings of the whole batch.
pub(super) struct Settings<'a> {
    pub(super) name: String,
    pub(super) description: String,
    /// The currency of all money, if it is told.
    pub(super) currency: Option<String>,
    pub(super) portfolio: Option<Entry<'a>>,
    pub(super) selection: SelectionSettings,
    pub(super) simulation: SimulationSettings,
    /// True if all options are told what their risk asks for.
    pub(super) detailed: Detailed,
    /// What is asked beside the risk of the options.
    pub(super) questions: RiskQuestions,
    /// `[simulation]`, if there is one.
    pub(super) simulation_section: Option<Section<'a>>,
    /// Part of the size of a mean NPV that its standard error may have, in place of a number of trials.
    pub(super) precision: Option<f64>,
    pub(super) rank_by: Option<Entry<'a>>,
    /// True if decisions are explained; `None` if that depends on the number of scenarios.
    pub(super) decisions: Option<bool>,
    /// True if two engines prove every option.
    pub(super) cross_checks: bool,
    /// Seconds for the reasons of a scenario; `None`: as much as its options have.
    pub(super) reasons_time: Option<f64>,
    /// True if rows of one project and key are added up.
    pub(super) sums_duplicates: bool,
    /// Treatment of starts that push amounts past the horizon.
    pub(super) past_horizon: PastHorizon,
    /// The layer below the base, from which every scenario starts.
    pub(super) defaults: Layer<'a>,
    /// Place at which faults of the default goal are reported.
    pub(super) default_goal: SourceRef,
}

impl<'a> Settings<'a> {
    /// Reads the two sections. `None` if there is no `[batch]`.
    pub(super) fn read(root: &Section<'a>, file: &str, found: &mut Diagnostics) -> Option<Self> {
        let simulation = root.get("simulation").and_then(|entry| entry.table("[simulation]", found));
        let Some(batch) = root.get("batch") else {
            let help =
                "begin the file with [batch] and the line portfolio = \"path of its folder or workbook\"";
            found.push(Diagnostic::fault(SourceRef::file(file), "has no section [batch]", help));
            return None;
        };
        let batch = batch.table("a section that begins with [batch]", found)?;
        batch.check_against(&SETTINGS, found);
        if batch.get("portfolio").is_none() {
            let help = "write portfolio = \"path\": the portfolio's folder or workbook (.xlsx), relative to this file";
            found.extend(batch.missing("portfolio", help));
        }
        let seed = batch.get("seed").and_then(|entry| entry.whole(0, u64::MAX, found)).unwrap_or(0);
        let description = description(&batch, found);
        let mut defaults = Layer::default();
        for key in DEFAULTS {
            batch.get(key).into_iter().for_each(|entry| defaults.insert(key, entry));
        }
        defaults.check_goal(found);
        let settings = self::simulation(simulation.as_ref(), seed, found);
        let questions = RiskQuestions::read(simulation.as_ref(), settings.trials, found);
        let default_goal = SourceRef { column: Some("batch.maximise".to_owned()), ..batch.place.source() };
        Some(Self {
            name: name(&batch, file, found),
            description,
            currency: batch.get("currency").and_then(|entry| currency(&entry, found)),
            portfolio: batch.get("portfolio"),
            selection: selection(&batch, found),
            detailed: simulation
                .as_ref()
                .and_then(|section| section.get("details")?.word(&detailed(), found))
                .unwrap_or_default(),
            precision: simulation.as_ref().and_then(|section| precision(section, found)),
            simulation: settings,
            questions,
            simulation_section: simulation,
            rank_by: batch.get("rank_by"),
            sums_duplicates: sums_duplicates(&batch, found),
            past_horizon: batch
                .get("past_horizon")
                .and_then(|entry| entry.word(&past_horizons(), found))
                .unwrap_or_default(),
            decisions: batch.get("decisions").and_then(|entry| entry.flag(found)),
            cross_checks: batch.get("verify").and_then(|entry| cross_checks(&entry, found)).unwrap_or(false),
            reasons_time: batch.get("reasons_time").and_then(|entry| {
                let wanted = "seconds for all reasons of a scenario, above 0";
                entry.number(wanted, |seconds| seconds > 0.0 && seconds <= LONGEST, found)
            }),
            defaults,
            default_goal,
        })
    }
}

/// True if `[batch]` asks for rows of one project and key to be added up.
pub(super) fn sums_duplicates(batch: &Section<'_>, found: &mut Diagnostics) -> bool {
    let asked = batch.get("duplicate_rows").and_then(|entry| entry.word(&DUPLICATE_ROWS, found));
    asked.unwrap_or(false)
}

/// The name of the batch. It names a folder too, so it must not lead anywhere else.
fn name(batch: &Section<'_>, file: &str, found: &mut Diagnostics) -> String {
    let stem = file.strip_suffix(".toml").unwrap_or(file);
    let Some(entry) = batch.get("name") else { return stem.to_owned() };
    let Some(name) = texts::name(&entry, found) else { return stem.to_owned() };
    if !is_batch_name(name) {
        let help = "write a name without /, \\ and a leading dot: it also names the output folder";
        found.push(entry.fault("cannot name a batch", help));
    }
    name.to_owned()
}

fn description(batch: &Section<'_>, found: &mut Diagnostics) -> String {
    let Some(entry) = batch.get("description") else { return String::new() };
    let description = entry.text(found).unwrap_or_default();
    texts::holds(&entry, description, LONGEST_DESCRIPTION, false, found);
    description.to_owned()
}

/// The currency: short, and nothing that a reader could take for a part of the amount before it.
fn currency(entry: &Entry<'_>, found: &mut Diagnostics) -> Option<String> {
    let text = entry.text(found)?.trim();
    if !texts::holds(entry, text, LONGEST_CURRENCY, true, found) {
        return None;
    }
    let is_sound = text.chars().all(|next| next.is_alphabetic() || is_currency_sign(next));
    if text.is_empty() || !is_sound || text.starts_with('.') {
        let help = "write letters or a sign alone, such as EUR, k€ or Mio. USD";
        found.push(entry.fault("is not a currency", help));
        return None;
    }
    Some(text.to_owned())
}

/// True for signs of currencies, of which Unicode has a block, and for what separates words of them.
fn is_currency_sign(letter: char) -> bool {
    matches!(letter, ' ' | '.' | '$' | '£' | '¥' | '\u{20a0}'..='\u{20cf}')
}

/// True if a text may name a batch and its output folder: it leads nowhere else.
pub fn is_batch_name(name: &str) -> bool {
    !name.contains(['/', '\\']) && !name.starts_with('.') && !name.contains(is_hidden)
}

fn selection(batch: &Section<'_>, found: &mut Diagnostics) -> SelectionSettings {
    let work_limit = batch.get("work_limit").and_then(|entry| entry.whole(1, u32::MAX.into(), found));
    let time_limit = batch.get("time_limit").and_then(|entry| {
        entry.number("seconds per option, above 0", |seconds| seconds > 0.0 && seconds <= LONGEST, found)
    });
    let default_time_limit = match batch.get("work_limit") {
        Some(_) => None,
        None => Some(DEFAULT_TIME_LIMIT),
    };
    let gap = batch.get("gap").and_then(|entry| {
        let gap =
            entry.number("a share from 0, below 1, such as 0.001", |gap| (0.0..1.0).contains(&gap), found);
        warn_of_large_share(&entry, gap, LARGEST_USUAL_GAP, found);
        gap
    });
    let min_difference = batch.get("min_difference").and_then(|entry| entry.count(1, u32::MAX, found));
    let solver = batch.get("solver").and_then(|entry| solver(&entry, found));
    SelectionSettings {
        min_difference: min_difference.unwrap_or(1),
        gap: gap.unwrap_or(DEFAULT_GAP),
        time_limit: time_limit.or(default_time_limit),
        work_limit: work_limit.and_then(|nodes| u32::try_from(nodes).ok()),
        solver: solver.unwrap_or_default(),
    }
}

fn simulation(section: Option<&Section<'_>>, seed: u64, found: &mut Diagnostics) -> SimulationSettings {
    if let Some(section) = section {
        section.check_against(&SIMULATION, found);
    }
    let get = |key: &str| section.and_then(|section| section.get(key));
    let sampling = get("sampling").and_then(|entry| entry.word(&samplings(), found)).unwrap_or_default();
    let trials = get("trials").and_then(|entry| trials(&entry, sampling, found));
    let decision_trials = get("decision_trials").and_then(|entry| {
        entry.whole(SimulationSettings::FEWEST_TRIALS as u64, MOST_DECISION_TRIALS.into(), found)
    });
    let tail = get("tail").and_then(|entry| {
        let tail =
            entry.number("a share above 0, at most 1, such as 0.05", |tail| tail > 0.0 && tail <= 1.0, found);
        warn_of_large_share(&entry, tail, LARGEST_USUAL_TAIL, found);
        tail
    });
    SimulationSettings {
        seed,
        trials: trials.unwrap_or_else(|| {
            let is_open = get("precision").is_some();
            sampling.trials(if is_open { SimulationSettings::MOST_FOR_PRECISION } else { DEFAULT_TRIALS })
        }),
        sampling,
        tail: tail.unwrap_or(DEFAULT_TAIL),
        percentiles: get("percentiles").map(|entry| percentiles(&entry, found)).unwrap_or_default(),
        decision_trials: decision_trials
            .and_then(|trials| usize::try_from(trials).ok())
            .unwrap_or(SimulationSettings::DECISION_TRIALS),
    }
}

/// The precision of the mean NPV, which takes the place of a number of trials.
fn precision(section: &Section<'_>, found: &mut Diagnostics) -> Option<f64> {
    let entry = section.get("precision")?;
    if section.get("trials").is_some() {
        let help = "remove one of the two: `trials` fixes the number, `precision` finds it";
        found.push(entry.fault("stands beside `trials`", help));
    }
    let wanted = "a share above 0, at most 1, such as 0.01: the standard error of the mean NPV";
    let precision = entry.number(wanted, |share| share > 0.0 && share <= 1.0, found);
    warn_of_large_share(&entry, precision, LARGEST_USUAL_PRECISION, found);
    precision
}

/// The number of trials: that which is written, or the next that the sampling method can draw, with a warning.
fn trials(entry: &Entry<'_>, sampling: SamplingMethod, found: &mut Diagnostics) -> Option<usize> {
    let trials = entry.whole(SimulationSettings::FEWEST_TRIALS as u64, MOST_TRIALS.into(), found)?;
    let wanted = usize::try_from(trials).ok()?;
    let trials = sampling.trials(wanted);
    if trials != wanted {
        let net = SamplingMethod::trials_of_net(trials);
        let nets = trials / net;
        let problem = format!("is drawn as {trials} trials: {nets} nets of Sobol points with {net} each");
        found.push(entry.warning(problem, format!("write {trials}, or a power of two such as 4096")));
    }
    Some(trials)
}

/// The percentiles of choice, without those that are always reported.
fn percentiles(entry: &Entry<'_>, found: &mut Diagnostics) -> Vec<Percentile> {
    let mut all = Vec::new();
    for own in entry.list("a list of percentiles, such as [80]", found).into_iter().flatten() {
        let expected = "a percentile above 0, below 100, with at most one decimal, such as 80 or 2.5";
        let percent = own.number(expected, |percent| Percentile::new(percent).is_some(), found);
        if percent.is_some_and(|percent| percent < 1.0) {
            let help = "write 80 for the value that 80 % of the trials do not exceed";
            found.push(own.warning("is below the first percentile", help));
        }
        match percent.and_then(Percentile::new) {
            Some(again) if all.contains(&again) => {
                found.push(own.fault("is listed twice", "name each percentile once"));
            }
            percentile => all.extend(percentile),
        }
    }
    if all.len() > MOST_PERCENTILES {
        let problem = format!("lists {} percentiles", all.len());
        found.push(entry.fault(problem, format!("list {MOST_PERCENTILES} at most")));
    }
    all.retain(|own| !Percentile::USUAL.contains(own));
    all
}

/// Warns of a share so large that it was likelier meant as a per cent: 0.5 for half a per cent.
fn warn_of_large_share(entry: &Entry<'_>, share: Option<f64>, largest: f64, found: &mut Diagnostics) {
    if let Some(share) = share.filter(|&share| share > largest) {
        let problem = format!("is a share, here {} %", (share * 1e6).round() / 1e4);
        let help = format!("{}, if that is meant", per_cent::equation(share));
        found.push(entry.warning(problem, help));
    }
}

/// True for `both` engines, false for `one`.
fn cross_checks(entry: &Entry<'_>, found: &mut Diagnostics) -> Option<bool> {
    entry.word(&VERIFY, found)
}

fn solver(entry: &Entry<'_>, found: &mut Diagnostics) -> Option<Solver> {
    entry.word(&solvers(), found)
}
