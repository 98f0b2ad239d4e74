//! The scenarios that are run together, and how.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{
    Assumptions, CutLine, Frontier, Goal, Grouping, Measure, NamedLimit, Percentile, PriorityLevels, RankBy,
    Room, SamplingMethod, Scenario, WeightSet,
};

/// The options of which it is told where their risk comes from and what it asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detailed {
    /// The option of each scenario that is ranked first.
    #[default]
    First,
    /// All options.
    All,
    /// None.
    None,
}

impl Detailed {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::First, Self::All, Self::None];

    /// The word that batch files use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::All => "all",
            Self::None => "none",
        }
    }
}

/// The engine that proves options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Solver {
    /// The tree search where the problem is small enough for it, and HiGHS where it is not, where the problem nearly
    /// falls apart (projects that draw on few of many budgets), or the search gives up.
    #[default]
    Auto,
    /// HiGHS alone: the reference.
    Highs,
    /// The tree search alone.
    Search,
}

impl Solver {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Highs, Self::Search];

    /// The word that batch files use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Highs => "highs",
            Self::Search => "search",
        }
    }
}

/// Treatment of starts that push spend or demand past the last period, where no budget and no capacity covers them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PastHorizon {
    /// They are allowed, and reported.
    #[default]
    Warn,
    /// They are left out.
    Forbid,
    /// They are allowed without a warning: the amounts past the horizon are known to be covered elsewhere.
    Allow,
}

impl PastHorizon {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Warn, Self::Forbid, Self::Allow];

    /// The word that batch files use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Forbid => "forbid",
            Self::Allow => "allow",
        }
    }
}

/// Settings of the search for options.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelectionSettings {
    /// Projects by which any two options of a scenario must differ; at least 1.
    pub min_difference: usize,
    /// Relative gap between objective and bound that must be proven.
    pub gap: f64,
    /// Seconds per option; `None` if `work_limit` takes its place.
    pub time_limit: Option<f64>,
    /// Branch-and-bound nodes per option: a limit that does not depend on the machine.
    pub work_limit: Option<u32>,
    /// The engine that proves them.
    pub solver: Solver,
}

/// Settings of the simulation.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulationSettings {
    /// The seed of every random stream.
    pub seed: u64,
    /// Number of simulated futures; at least 100, and one that the sampling method [can draw](SamplingMethod::trials).
    pub trials: usize,
    /// Sampling method.
    pub sampling: SamplingMethod,
    /// The share of trials in the tail that CVaR averages, above 0 and at most 1.
    pub tail: f64,
    /// Percentiles to report in addition to the 10th, the 50th and the 90th, each once.
    pub percentiles: Vec<Percentile>,
    /// Number of futures in which limits with a confidence are held while options are searched for; at least 100.
    pub decision_trials: usize,
}

impl SimulationSettings {
    /// Fewer trials than this give no usable percentile or error.
    pub const FEWEST_TRIALS: usize = 100;
    /// Trials beyond which no more are drawn for a precision: what more would tell, no plan is as sure of.
    pub const MOST_FOR_PRECISION: usize = 200_000;

    /// Futures in which limits with a confidence are held, if nothing else is asked for.
    pub const DECISION_TRIALS: usize = 1_000;

    /// The settings by which the futures of decisions are drawn: from streams of their own, so that the simulation that
    /// is reported has not been seen by the search.
    #[must_use]
    pub fn of_decisions(&self) -> Self {
        Self { seed: self.seed ^ DECISION_SEED, trials: self.decision_trials, ..self.clone() }
    }
}

/// What makes the seed of the futures of decisions another one: the first digits of the square root of 2 in binary.
const DECISION_SEED: u64 = 0xB504_F333_F9DE_6484;

/// A batch: scenarios with resolved assumptions.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    name: String,
    description: String,
    currency: Option<String>,
    scenarios: Vec<Scenario>,
    selection: SelectionSettings,
    simulation: SimulationSettings,
    rank_by: RankBy,
    frontier: Option<Frontier>,
    room: Option<Room>,
    priorities: Option<PriorityLevels>,
    baseline: Option<CutLine>,
    groupings: Vec<Grouping>,
    weight_sets: Vec<WeightSet>,
    finds_weight_ranges: bool,
    detailed: Detailed,
    futures: usize,
    prior_sd: Option<f64>,
    explains_decisions: bool,
    cross_checks: bool,
    reasons_time: Option<f64>,
    precision: Option<f64>,
    past_horizon: PastHorizon,
    mixed_measures: BTreeSet<Measure>,
    assumptions: Assumptions,
    is_part: bool,
}

/// Reasons why parts make no batch.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BatchError {
    /// There is no scenario.
    #[error("a batch needs at least one scenario")]
    Empty,
    /// Two scenarios share a name.
    #[error("the scenario name `{0}` is listed twice")]
    RepeatedScenario(crate::ids::ScenarioName),
    /// A setting lies outside its range.
    #[error("`{0}` is out of range")]
    OutOfRange(&'static str),
}

impl Batch {
    /// Makes a batch.
    ///
    /// # Errors
    /// If there is no scenario, two share a name, or a setting is out of range.
    pub fn new(
        name: String,
        description: String,
        scenarios: Vec<Scenario>,
        selection: SelectionSettings,
        simulation: SimulationSettings,
        rank_by: RankBy,
    ) -> Result<Self, BatchError> {
        if scenarios.is_empty() {
            return Err(BatchError::Empty);
        }
        let mut names = BTreeSet::new();
        if let Some(repeated) = scenarios.iter().find(|scenario| !names.insert(&scenario.name)) {
            return Err(BatchError::RepeatedScenario(repeated.name.clone()));
        }
        let all_scenarios = |holds: &dyn Fn(&Scenario) -> bool| scenarios.iter().all(holds);
        let limit_is_positive = selection.time_limit.is_none_or(|seconds| seconds > 0.0);
        let checks = [
            ("min_difference", selection.min_difference >= 1),
            ("gap", (0.0..1.0).contains(&selection.gap)),
            ("time_limit", limit_is_positive),
            ("work_limit", selection.work_limit.is_none_or(|nodes| nodes >= 1)),
            ("options", all_scenarios(&|scenario| scenario.options >= 1)),
            ("escalation", all_scenarios(&|scenario| scenario.escalation > -1.0)),
            ("change_price", all_scenarios(&|scenario| scenario.change_control.has_sound_prices())),
            ("trials", simulation.trials >= SimulationSettings::FEWEST_TRIALS),
            ("trials", simulation.sampling.trials(simulation.trials) == simulation.trials),
            ("decision_trials", simulation.decision_trials >= SimulationSettings::FEWEST_TRIALS),
            ("tail", simulation.tail > 0.0 && simulation.tail <= 1.0),
            ("rank_by", rank_by.percentile().is_none_or(|own| simulation.percentiles.contains(&own))),
        ];
        if let Some((setting, _)) = checks.iter().find(|(_, holds)| !holds) {
            return Err(BatchError::OutOfRange(setting));
        }
        let explains_decisions = scenarios.len() <= Self::EXPLAINED_SCENARIOS;
        let mixed = |scenario: &&Scenario| matches!(scenario.goal, Goal::Mix(_));
        let mixed_measures = scenarios.iter().filter(mixed).flat_map(|one| one.goal.measures()).collect();
        let assumptions = Assumptions::of(&scenarios);
        Ok(Self {
            name,
            description,
            currency: None,
            scenarios,
            selection,
            simulation,
            rank_by,
            frontier: None,
            room: None,
            priorities: None,
            baseline: Some(CutLine::default()),
            groupings: Vec::new(),
            weight_sets: Vec::new(),
            finds_weight_ranges: false,
            detailed: Detailed::default(),
            futures: 0,
            prior_sd: None,
            explains_decisions,
            cross_checks: false,
            reasons_time: None,
            precision: None,
            past_horizon: PastHorizon::default(),
            mixed_measures,
            assumptions,
            is_part: false,
        })
    }

    /// Number of scenarios up to which a batch explains its decisions by default: it takes time.
    pub const EXPLAINED_SCENARIOS: usize = 20;

    /// The same batch, with the currency of all its money, as people write it behind an amount; `None`: it is not told.
    #[must_use]
    pub fn with_currency(self, currency: Option<String>) -> Self {
        Self { currency, ..self }
    }

    /// The same batch, with decisions about projects explained or not.
    #[must_use]
    pub fn with_decisions(self, explains_decisions: bool) -> Self {
        Self { explains_decisions, ..self }
    }

    /// The same batch, in which two engines prove every option, or one.
    #[must_use]
    pub fn with_cross_checks(self, cross_checks: bool) -> Self {
        Self { cross_checks, ..self }
    }

    /// The same batch, with a time limit in seconds (above 0) for the explanation of all decisions of a scenario.
    #[must_use]
    pub fn with_reasons_time(self, seconds: f64) -> Self {
        Self { reasons_time: Some(seconds), ..self }
    }

    /// The same batch, whose trials are as many as a precision needs: until the standard error of the mean NPV of the
    /// option that is ranked first is at most this part of its size in every scenario. The trials of the settings are
    /// the most that may be drawn then.
    #[must_use]
    pub fn with_precision(self, precision: Option<f64>) -> Self {
        Self { precision, ..self }
    }

    /// The precision of the mean NPV that is asked for, if any.
    pub fn precision(&self) -> Option<f64> {
        self.precision
    }

    /// The same batch with the number of trials that were drawn.
    #[must_use]
    pub fn with_trials(self, trials: usize) -> Self {
        Self { simulation: SimulationSettings { trials, ..self.simulation }, ..self }
    }

    /// The same batch, with what is done about starts that push amounts past the horizon. Where they are forbidden, it
    /// goes with the portfolio [without them](super::Portfolio::within_horizon).
    #[must_use]
    pub fn with_past_horizon(self, past_horizon: PastHorizon) -> Self {
        Self { past_horizon, ..self }
    }

    /// Treatment of starts that push amounts past the horizon.
    pub fn past_horizon(&self) -> PastHorizon {
        self.past_horizon
    }

    /// The same batch with a block of its scenarios only. What is decided for the batch as a whole stays decided:
    /// whether decisions are explained, which measures are mixed, and which assumptions have columns. `None` if there
    /// is no such block.
    #[must_use]
    pub fn part(&self, block: Range<usize>) -> Option<Self> {
        let scenarios = self.scenarios.get(block).filter(|scenarios| !scenarios.is_empty())?.to_vec();
        let is_part = self.is_part || scenarios.len() < self.scenarios.len();
        Some(Self {
            name: self.name.clone(),
            description: self.description.clone(),
            currency: self.currency.clone(),
            scenarios,
            simulation: self.simulation.clone(),
            groupings: self.groupings.clone(),
            weight_sets: self.weight_sets.clone(),
            mixed_measures: self.mixed_measures.clone(),
            assumptions: self.assumptions.clone(),
            is_part,
            ..*self
        })
    }

    /// True if it is a block of a batch that has more scenarios: what is told across scenarios is not told of it.
    pub fn is_part(&self) -> bool {
        self.is_part
    }

    /// The same batch, with a frontier to be found for every scenario.
    #[must_use]
    pub fn with_frontier(self, frontier: Frontier) -> Self {
        Self { frontier: Some(frontier), ..self }
    }

    /// The same batch, with the room near the best to be found for every scenario; `None`: without.
    #[must_use]
    pub fn with_room(self, room: Option<Room>) -> Self {
        Self { room, ..self }
    }

    /// The room near the best that is to be found for every scenario, if any.
    pub fn room(&self) -> Option<Room> {
        self.room
    }

    /// The same batch, with a list of priorities for these levels of the budgets to be found for every scenario; `None`:
    /// without.
    #[must_use]
    pub fn with_priorities(self, priorities: Option<PriorityLevels>) -> Self {
        Self { priorities, ..self }
    }

    /// The levels of the budgets for which lists of priorities are to be found, if any.
    pub fn priorities(&self) -> Option<PriorityLevels> {
        self.priorities
    }

    /// The same batch with another baseline; `None`: without one.
    #[must_use]
    pub fn with_baseline(self, baseline: Option<CutLine>) -> Self {
        Self { baseline, ..self }
    }

    /// The same batch with options summed up by these groupings.
    #[must_use]
    pub fn with_groupings(self, groupings: Vec<Grouping>) -> Self {
        Self { groupings, ..self }
    }

    /// The same batch with the sets of weights that it states, used or not.
    #[must_use]
    pub fn with_weight_sets(self, weight_sets: Vec<WeightSet>) -> Self {
        Self { weight_sets, ..self }
    }

    /// All sets of weights that it states and that of the objectives table, used or not, in the order of their names.
    pub fn weight_sets(&self) -> &[WeightSet] {
        &self.weight_sets
    }

    /// The same batch, with the details of the risk told of these options.
    #[must_use]
    pub fn with_detailed(self, detailed: Detailed) -> Self {
        Self { detailed, ..self }
    }

    /// The options of which it is told where their risk comes from and what it asks for.
    pub fn detailed(&self) -> Detailed {
        self.detailed
    }

    /// The same batch, in which the selection of each scenario is solved again in the first trials of its simulation, as many
    /// as these: 0 for none.
    #[must_use]
    pub fn with_futures(self, futures: usize) -> Self {
        Self { futures, ..self }
    }

    /// Number of trials in which the selection is solved again, all that is drawn being known; 0 for none.
    pub fn futures(&self) -> usize {
        self.futures
    }

    /// The same batch with a prior of benefits: by how much the true benefits per unit of cost of the candidates scatter around
    /// their common mean, as a share of it (above 0); `None`: benefits are as planned.
    #[must_use]
    pub fn with_prior_sd(self, prior_sd: Option<f64>) -> Self {
        Self { prior_sd, ..self }
    }

    /// The standard deviation of true benefits per unit of cost, as a share of their mean, if it is told.
    pub fn prior_sd(&self) -> Option<f64> {
        self.prior_sd
    }

    /// The same batch, with the intervals of weights found over which option 1 of a scenario stays the best, or not.
    #[must_use]
    pub fn with_weight_ranges(self, finds_weight_ranges: bool) -> Self {
        Self { finds_weight_ranges, ..self }
    }

    /// True if the intervals of weights are found over which option 1 of a scenario stays the best.
    pub fn finds_weight_ranges(&self) -> bool {
        self.finds_weight_ranges
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The analyst's description; may be empty.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The currency of all money of the batch, as people write it behind an amount: `EUR`. It changes no number; `None` if
    /// it is not told.
    pub fn currency(&self) -> Option<&str> {
        self.currency.as_deref()
    }

    /// The scenarios, in the order of the batch file.
    pub fn scenarios(&self) -> &[Scenario] {
        &self.scenarios
    }

    /// Settings of the search for options.
    pub fn selection(&self) -> &SelectionSettings {
        &self.selection
    }

    /// Settings of the simulation.
    pub fn simulation(&self) -> &SimulationSettings {
        &self.simulation
    }

    /// Criterion of the ranking.
    pub fn rank_by(&self) -> RankBy {
        self.rank_by
    }

    /// True if the decision about every project is explained.
    pub fn explains_decisions(&self) -> bool {
        self.explains_decisions
    }

    /// True if two engines prove every option, each on its own.
    pub fn cross_checks(&self) -> bool {
        self.cross_checks
    }

    /// Seconds in which all decisions of a scenario together are explained; `None`: as much as its options have.
    pub fn reasons_time(&self) -> Option<f64> {
        self.reasons_time
    }

    /// The frontier to be found for every scenario, if any.
    pub fn frontier(&self) -> Option<Frontier> {
        self.frontier
    }

    /// The cut line that every scenario is compared with, if any.
    pub fn baseline(&self) -> Option<CutLine> {
        self.baseline
    }

    /// The groupings by which options are summed up; none if nobody asked for any.
    pub fn groupings(&self) -> &[Grouping] {
        &self.groupings
    }

    /// The measures that the goals of its scenarios mix, each scaled by the best that it reaches alone.
    pub fn mixed_measures(&self) -> &BTreeSet<Measure> {
        &self.mixed_measures
    }

    /// The same batch, with other named limits for each of its scenarios, given in their order.
    #[must_use]
    pub fn with_named_limits(mut self, limits: Vec<Vec<NamedLimit>>) -> Self {
        for (scenario, limits) in self.scenarios.iter_mut().zip(limits) {
            scenario.named_limits = limits;
        }
        self
    }

    /// The assumptions of any of its scenarios that need columns of their own.
    pub fn assumptions(&self) -> &Assumptions {
        &self.assumptions
    }
}
