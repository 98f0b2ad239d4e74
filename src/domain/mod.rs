//! Vocabulary of a portfolio decision: projects, limits, objectives, scenarios, selections.
//!
//! Everything here is validated when it is made and cannot be changed afterwards. Projects, lines,
//! resources, benefit kinds, objectives and drivers are kept in the order of their ids, so that no
//! result depends on the order of an input's rows; other rooms name them by their position in it. Positions of
//! projects, lines, resources, kinds of benefits and periods have a type each ([`ProjectIx`] and its siblings).

mod admissible;
mod assumptions;
mod batch;
mod condition;
mod confidence;
mod correlations;
mod current_plan;
mod cut_line;
mod distribution;
mod flexibility;
mod frontier;
mod grouping;
mod horizon;
mod index;
mod key_result;
mod limits;
mod line;
mod measure;
mod metalog;
mod named_limit;
mod objective;
mod percentile;
mod portfolio;
mod priorities;
mod project;
mod rescale;
mod risk_register;
mod room;
mod sampling;
mod scenario;
mod selection;
mod sipmath;
mod synergy;
mod total;
mod uncertainty;
mod weights;

pub use admissible::{is_decided_in_futures, measures_of_futures, not_covered_by_portfolios};
pub use assumptions::Assumptions;
pub use batch::{Batch, BatchError, Detailed, PastHorizon, SelectionSettings, SimulationSettings, Solver};
pub use condition::{Condition, ConditionError};
pub use confidence::{Confidence, RiskMeasure};
pub use correlations::{
    CorrelatedBlock, Correlation, Correlations, CorrelationsError, MOST_CORRELATED, MadeValid, NearestMatrix,
    ProjectQuantity, cholesky, nearest_correlation_matrix,
};
pub use current_plan::{Change, ChangeControl, CurrentPlan};
pub use cut_line::{CutLine, CutLineOrder, CutLineRule};
pub use distribution::{Distribution, DistributionError};
pub use flexibility::{BudgetFlexibility, ExtraCapacity, Flexibility, FlexibilityError, Overrun};
pub use frontier::{Frontier, FrontierX, Grid, SameMeasure};
pub use grouping::{GroupLevel, GroupPart, GroupPath, Grouping, Groups};
pub use horizon::{Horizon, HorizonError};
pub(crate) use index::position;
pub use index::{
    BenefitKindIx, ByBenefitKind, ByLine, ByPeriod, ByProject, ByResource, IxVec, LineIx, PaymentIx,
    PeriodIx, Position, ProjectIx, ResourceIx,
};
pub use key_result::{Effect, KeyResult, KeyResultError, KeyResults, WAY_ROUNDING};
pub use limits::{AskedShare, Limits, ROUNDING, exceeds, exceeds_among};
pub use line::LineDetails;
pub use measure::{Goal, Measure, RankBy, Sense, Statistic};
pub use metalog::{Metalog, MetalogError};
pub use named_limit::{HeldInFutures, LimitBound, NamedLimit, NamedLimitError, RelativeBound};
pub use objective::{Objective, ObjectiveError, ObjectiveTree};
pub use percentile::Percentile;
pub use portfolio::{Attribute, Portfolio, PortfolioError, PortfolioParts};
pub use priorities::PriorityLevels;
pub use project::{
    Benefit, Cost, Demand, Dependency, DependencyKind, Project, SMALLEST_SHARE, Status, least_share,
};
pub use rescale::Rescale;
pub use risk_register::{Impact, RiskEvent, RiskRegister, RiskRegisterError};
pub use room::Room;
pub use sampling::SamplingMethod;
pub use scenario::{Decision, DiscountTiming, Scales, Scenario};
pub use selection::{Choice, Selection, Transfer};
pub use sipmath::{HdrSeeds, SipSource, SipVariable};
pub use synergy::{Synergy, SynergyEffect, SynergyError};
pub use total::{InFutures, Total};
pub use uncertainty::{Driver, Exposure, FactorModel, Quantity};
pub use weights::{
    ClassWeights, Disagreement, FindWeights, Inconsistency, Inequality, JudgedWeights, Judgement,
    JudgementError, MOST_BOUNDS, MOST_INCONSISTENT, MOST_JUDGED, MOST_VERTICES, Mended, ProjectWeights,
    Statement, StatementError, StatementFault, WEIGHT_METHODS, WeightMethod, WeightPolytope, WeightSet,
    Weights, weights_of_group,
};
