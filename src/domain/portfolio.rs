//! All projects with their dependencies and limits.

use std::collections::BTreeMap;

use crate::ids::{BenefitKindId, LineId, ProjectId, ResourceId, SynergyId};
use crate::units::Money;

use super::{
    ByBenefitKind, ByLine, ByProject, ByResource, Condition, Correlations, Cost, CurrentPlan, Dependency,
    Driver, FactorModel, Flexibility, Horizon, KeyResults, Limits, LineDetails, LineIx, ObjectiveTree,
    PeriodIx, Project, ProjectIx, ProjectQuantity, Quantity, RiskRegister, Status, Synergy, SynergyEffect,
};

/// A column of the projects table that only the analyst knows the meaning of.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    name: String,
    texts: ByProject<String>,
    numbers: Option<ByProject<f64>>,
}

impl Attribute {
    /// An attribute with one text per project (in the order of projects). It is numeric if every text is a
    /// number: then `numbers` holds them.
    pub fn new(name: String, texts: ByProject<String>, numbers: Option<ByProject<f64>>) -> Self {
        Self { name, texts, numbers }
    }

    /// Its heading.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Per project: the cell as written.
    pub fn texts(&self) -> &ByProject<String> {
        &self.texts
    }

    /// Per project: the number, if every cell is one.
    pub fn numbers(&self) -> Option<&ByProject<f64>> {
        self.numbers.as_ref()
    }
}

/// Parts of a portfolio. Lists of names are sorted and without repetition; references to them are positions.
#[derive(Clone, Debug)]
pub struct PortfolioParts {
    /// The periods.
    pub horizon: Horizon,
    /// Budget lines that appear in costs or budgets.
    pub lines: ByLine<LineId>,
    /// Resources that appear in demands or capacities.
    pub resources: ByResource<ResourceId>,
    /// Kinds of benefits.
    pub benefit_kinds: ByBenefitKind<BenefitKindId>,
    /// The tree of objectives.
    pub objectives: ObjectiveTree,
    /// Projects, ordered by id.
    pub projects: ByProject<Project>,
    /// Attributes of projects, in the order of their headings.
    pub attributes: Vec<Attribute>,
    /// Groups of projects (positions) of which at most one is chosen, each with the analyst's name for it.
    pub alternatives: Vec<(String, Vec<ProjectIx>)>,
    /// Dependencies between projects.
    pub dependencies: Vec<Dependency>,
    /// Conditions over several projects.
    pub conditions: Vec<Condition>,
    /// Budgets and capacities.
    pub limits: Limits,
    /// Flexibility of budgets and capacities.
    pub flexibility: Flexibility,
    /// Synergies between projects, ordered by id.
    pub synergies: Vec<Synergy>,
    /// The current plan; `None` if there is none.
    pub current_plan: Option<CurrentPlan>,
    /// Risk drivers, ordered by id.
    pub drivers: Vec<Driver>,
    /// Per project: how cost, benefit and demand vary (in the order of [`Quantity::PLANNED`]); `None`: exactly as planned.
    pub factors: ByProject<[Option<FactorModel>; 3]>,
}

/// A validated portfolio.
#[derive(Clone, Debug)]
pub struct Portfolio {
    parts: PortfolioParts,
    /// `None` where nobody describes its lines.
    line_details: Option<ByLine<LineDetails>>,
    /// None where the portfolio has no table of them.
    key_results: KeyResults,
    /// Empty where nothing is listed that may happen to the plan.
    risks: RiskRegister,
    /// None where no pairs are told.
    correlations: Correlations,
    /// Per project: the first of its group of alternatives, or itself.
    counted_as: ByProject<ProjectIx>,
}

/// Reasons why parts make no portfolio.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortfolioError {
    /// There is no project.
    #[error("there is no project")]
    Empty,
    /// A list is not in the order of its names, or a name is repeated.
    #[error("the {0} are not in the order of their names, or one is listed twice")]
    NotOrdered(&'static str),
    /// Something refers to a position that is not there, or has a wrong number of periods or entries.
    #[error("{0} do not fit the portfolio")]
    Misfit(&'static str),
    /// A number is infinite or not a number.
    #[error("a number in {0} is not finite")]
    NotFinite(&'static str),
    /// A project depends on itself.
    #[error("`{0}` depends on itself")]
    SelfDependency(ProjectId),
    /// Loadings explain more than all of the variance.
    #[error("the squares of the {1} loadings of `{0}` sum to more than 1")]
    LoadingsTooLarge(ProjectId, &'static str),
    /// A synergy adds to a kind of money of which its members plan none, so that it cannot be spread as theirs is.
    #[error("the synergy `{0}` adds to {1}, but its projects have none that it could be spread as")]
    NothingToSpread(SynergyId, &'static str),
}

impl Portfolio {
    /// Makes a portfolio.
    ///
    /// # Errors
    /// If the parts do not fit together.
    pub fn new(parts: PortfolioParts) -> Result<Self, PortfolioError> {
        check_order(&parts)?;
        parts.projects.iter().try_for_each(|project| check_project(&parts, project))?;
        check_limits(&parts)?;
        check_references(&parts)?;
        check_agreements(&parts)?;
        check_factors(&parts)?;
        let mut counted_as: ByProject<ProjectIx> = parts.projects.positions().collect();
        let mut is_counted = ByProject::filled(false, parts.projects.len());
        for (_, members) in &parts.alternatives {
            // The tables put no project into two groups; one that is in several counts with the first of them.
            let own: Vec<ProjectIx> = members.iter().copied().filter(|&one| !is_counted[one]).collect();
            for &member in &own {
                (counted_as[member], is_counted[member]) = (own[0], true);
            }
        }
        let mut portfolio = Self {
            parts,
            line_details: None,
            key_results: KeyResults::default(),
            risks: RiskRegister::default(),
            correlations: Correlations::default(),
            counted_as,
        };
        let as_planned = ByLine::filled(1.0, portfolio.lines().len());
        portfolio.parts.limits = portfolio.limits_at(&as_planned);
        Ok(portfolio)
    }

    /// The same portfolio with its budget lines described, by their ids. A line that is not among them has its id as
    /// its name; descriptions of other lines are passed by.
    #[must_use]
    pub fn with_line_details(mut self, mut details: BTreeMap<String, LineDetails>) -> Self {
        let unnamed = |line: &LineId| LineDetails { name: line.to_string(), ..LineDetails::default() };
        let of = |line: &LineId| details.remove(line.as_str()).unwrap_or_else(|| unnamed(line));
        self.line_details = Some(self.parts.lines.iter().map(of).collect());
        self
    }

    /// The same portfolio with key results.
    ///
    /// # Errors
    /// If they are of other projects, periods or objectives, or loadings explain more than all of the variance.
    pub fn with_key_results(mut self, key_results: KeyResults) -> Result<Self, PortfolioError> {
        let objectives = self.parts.objectives.objectives().len();
        if !key_results.fits(self.projects().len(), self.horizon().len(), objectives) {
            return Err(PortfolioError::Misfit("key results"));
        }
        for (position, project) in self.projects().iter_enumerated() {
            let Some(factor) = key_results.factor(position) else { continue };
            check_factor(factor, Quantity::Effect, project, self.parts.drivers.len())?;
        }
        self.key_results = key_results;
        Ok(self)
    }

    /// The same portfolio with what may happen to it.
    ///
    /// # Errors
    /// If it is of other projects, or loadings explain more than all of the variance.
    pub fn with_risks(self, risks: RiskRegister) -> Result<Self, PortfolioError> {
        if !risks.fits(self.projects().len()) {
            return Err(PortfolioError::Misfit("risks"));
        }
        for (position, project) in self.projects().iter_enumerated() {
            let Some(delay) = risks.delay(position) else { continue };
            check_factor(delay, Quantity::Delay, project, self.parts.drivers.len())?;
        }
        Ok(Self { risks, ..self })
    }

    /// The same portfolio with correlations of its quantities: key results and risks that vary come first.
    ///
    /// # Errors
    /// If they are of quantities that do not vary by draws of their own: certain ones, those that follow drivers, and those whose
    /// trials were made elsewhere.
    pub fn with_correlations(self, correlations: Correlations) -> Result<Self, PortfolioError> {
        let varies = |(project, quantity): ProjectQuantity| {
            let model = (project.index() < self.projects().len()).then(|| self.factor(project, quantity));
            model.flatten().is_some_and(FactorModel::may_be_correlated)
        };
        let fits = correlations.members().all(varies);
        match fits {
            true => Ok(Self { correlations, ..self }),
            false => Err(PortfolioError::Misfit("correlations")),
        }
    }

    /// Budgets and capacities if the costs of lines are multiplied by factors: budgets that are shares of what is asked
    /// for follow.
    pub fn limits_at(&self, cost_factors: &ByLine<f64>) -> Limits {
        let mut limits = self.parts.limits.clone();
        for share in self.parts.limits.asked.iter().copied() {
            let asked = self.asked(share.line, share.period, cost_factors);
            if let Some(budget) = limits.budget_mut(share.line) {
                // More income than spend leaves nothing to share.
                budget[share.period] = Money::new((share.share * asked).max(0.0));
            }
        }
        limits
    }

    /// Spend of all projects that the projects table does not exclude, whole and at their planned starts, on a line
    /// (`None`: on all lines) in a period. What several lines may pay is asked of the first of them.
    fn asked(&self, line: Option<LineIx>, period: PeriodIx, cost_factors: &ByLine<f64>) -> f64 {
        let candidates = self.projects().iter().filter(|project| project.status != Status::Excluded);
        let costs = candidates.flat_map(|project| &project.costs);
        let costs = costs.filter(|cost| line.is_none_or(|line| cost.line == line));
        costs.map(|cost| cost.profile[period].value() * cost_factors[cost.line]).sum()
    }

    /// The same portfolio without starts that push spend or demand past the last period.
    #[must_use]
    pub fn within_horizon(mut self) -> Self {
        let periods = self.horizon().len();
        for project in &mut self.parts.projects {
            project.max_delay = project.max_delay.min(project.delay_within(periods));
        }
        self
    }

    /// The periods.
    pub fn horizon(&self) -> &Horizon {
        &self.parts.horizon
    }

    /// Projects, ordered by id.
    pub fn projects(&self) -> &ByProject<Project> {
        &self.parts.projects
    }

    /// The position of a project.
    pub fn project_position(&self, id: &str) -> Option<ProjectIx> {
        let by_id = |project: &Project| project.id.as_str().cmp(id);
        self.parts.projects.binary_search_by(by_id).ok().map(ProjectIx::new)
    }

    /// Budget lines, ordered by id.
    pub fn lines(&self) -> &ByLine<LineId> {
        &self.parts.lines
    }

    /// Names, groups and kinds of its lines; `None` where nobody describes them.
    pub fn line_details(&self) -> Option<&ByLine<LineDetails>> {
        self.line_details.as_ref()
    }

    /// The name of a line for people: its id where it has no other.
    pub fn line_name(&self, line: LineIx) -> &str {
        let details = self.line_details.as_ref();
        details.map_or(self.parts.lines[line].as_str(), |details| &details[line].name)
    }

    /// Resources, ordered by id.
    pub fn resources(&self) -> &ByResource<ResourceId> {
        &self.parts.resources
    }

    /// Kinds of benefits, ordered by id.
    pub fn benefit_kinds(&self) -> &ByBenefitKind<BenefitKindId> {
        &self.parts.benefit_kinds
    }

    /// True if any benefit is planned. Without any, a net present value says no more than a cost does.
    pub fn has_benefits(&self) -> bool {
        self.parts.projects.iter().any(|project| !project.benefits.is_empty())
    }

    /// The tree of objectives.
    pub fn objectives(&self) -> &ObjectiveTree {
        &self.parts.objectives
    }

    /// Attributes of projects.
    pub fn attributes(&self) -> &[Attribute] {
        &self.parts.attributes
    }

    /// Groups of projects of which at most one is chosen.
    pub fn alternatives(&self) -> &[(String, Vec<ProjectIx>)] {
        &self.parts.alternatives
    }

    /// The project as which a project counts where differences between selections are counted: the first of its group
    /// of alternatives, or itself.
    pub fn counted_as(&self, project: ProjectIx) -> ProjectIx {
        self.counted_as[project]
    }

    /// Dependencies between projects.
    pub fn dependencies(&self) -> &[Dependency] {
        &self.parts.dependencies
    }

    /// Conditions over several projects.
    pub fn conditions(&self) -> &[Condition] {
        &self.parts.conditions
    }

    /// Budgets and capacities as given.
    pub fn limits(&self) -> &Limits {
        &self.parts.limits
    }

    /// Flexibility of budgets and capacities.
    pub fn flexibility(&self) -> &Flexibility {
        &self.parts.flexibility
    }

    /// Synergies between projects, ordered by id.
    pub fn synergies(&self) -> &[Synergy] {
        &self.parts.synergies
    }

    /// Correlations of its quantities, pair by pair.
    pub fn correlations(&self) -> &Correlations {
        &self.correlations
    }

    /// Key results, and what projects do to them.
    pub fn key_results(&self) -> &KeyResults {
        &self.key_results
    }

    /// The current plan; `None` if there is none.
    pub fn current_plan(&self) -> Option<&CurrentPlan> {
        self.parts.current_plan.as_ref()
    }

    /// Risk drivers, ordered by id.
    pub fn drivers(&self) -> &[Driver] {
        &self.parts.drivers
    }

    /// Risk events and their impacts.
    pub fn risks(&self) -> &RiskRegister {
        &self.risks
    }

    /// True if anything may turn out otherwise than planned.
    pub fn is_uncertain(&self) -> bool {
        let varies = |project: ProjectIx| {
            let success = self.projects()[project].success_probability.value();
            let factors = Quantity::ALL.map(|quantity| self.factor(project, quantity));
            let varies = |model: &FactorModel| !model.distribution.is_certain();
            let is_hit = Quantity::ALL.iter().any(|&one| self.risks.impacts(project, one).next().is_some());
            is_hit || (success > 0.0 && success < 1.0) || factors.into_iter().flatten().any(varies)
        };
        self.projects().positions().any(varies)
    }

    /// The uncertain factor on a quantity of a project, or its delay; `None`: exactly as planned.
    pub fn factor(&self, project: ProjectIx, quantity: Quantity) -> Option<&FactorModel> {
        match quantity {
            Quantity::Effect => self.key_results.factor(project),
            Quantity::Delay => self.risks.delay(project),
            Quantity::Cost | Quantity::Benefit | Quantity::Demand => {
                self.parts.factors[project][quantity as usize].as_ref()
            }
        }
    }
}

fn check_order(parts: &PortfolioParts) -> Result<(), PortfolioError> {
    if parts.projects.is_empty() {
        return Err(PortfolioError::Empty);
    }
    let rises = [
        ("projects", parts.projects.is_sorted_by(|left, right| left.id < right.id)),
        ("lines", parts.lines.is_sorted_by(|left, right| left < right)),
        ("resources", parts.resources.is_sorted_by(|left, right| left < right)),
        ("benefit kinds", parts.benefit_kinds.is_sorted_by(|left, right| left < right)),
        ("synergies", parts.synergies.is_sorted_by(|left, right| left.id() < right.id())),
        ("drivers", parts.drivers.is_sorted_by(|left, right| left.id < right.id)),
    ];
    match rises.iter().find(|(_, rises)| !rises) {
        Some((what, _)) => Err(PortfolioError::NotOrdered(what)),
        None => Ok(()),
    }
}

fn check_project(parts: &PortfolioParts, project: &Project) -> Result<(), PortfolioError> {
    let periods = parts.horizon.len();
    let own = |cost: &&Cost| cost.others.is_empty();
    let numbered = |cost: &Cost| (cost.line.index(), numbers(&cost.profile, |x| x.value()));
    let costs = project.costs.iter().filter(own).map(numbered);
    let shared = project.costs.iter().filter(|cost| !own(cost));
    let benefits = (project.benefits.iter())
        .map(|benefit| (benefit.kind.index(), numbers(&benefit.profile, |x| x.value())));
    let demands = (project.demands.iter())
        .map(|demand| (demand.resource.index(), numbers(&demand.profile, |x| x.value())));
    check_profiles("costs", costs, parts.lines.len(), periods)?;
    for cost in shared {
        let lines = cost.payers().map(|line| (line.index(), numbers(&cost.profile, |x| x.value())));
        for line in lines {
            check_profiles("costs", std::iter::once(line), parts.lines.len(), periods)?;
        }
    }
    check_profiles("benefits", benefits, parts.benefit_kinds.len(), periods)?;
    check_profiles("demands", demands, parts.resources.len(), periods)?;
    if project.start.index() >= periods || project.scores.len() != parts.objectives.leaves().len() {
        return Err(PortfolioError::Misfit("projects"));
    }
    if project.scores.iter().flatten().any(|score| !score.is_finite()) {
        return Err(PortfolioError::NotFinite("scores"));
    }
    Ok(())
}

fn numbers<T: Copy>(profile: &[T], value: impl Fn(T) -> f64) -> Vec<f64> {
    profile.iter().map(|&amount| value(amount)).collect()
}

/// Checks profiles keyed by position: positions rise and lie below `keys`, lengths are `periods`, numbers finite.
fn check_profiles(
    what: &'static str,
    profiles: impl Iterator<Item = (usize, Vec<f64>)>,
    keys: usize,
    periods: usize,
) -> Result<(), PortfolioError> {
    let mut next = 0;
    for (key, profile) in profiles {
        if key < next || key >= keys || profile.len() != periods {
            return Err(PortfolioError::Misfit(what));
        }
        if profile.iter().any(|amount| !amount.is_finite()) {
            return Err(PortfolioError::NotFinite(what));
        }
        next = key + 1;
    }
    Ok(())
}

fn check_limits(parts: &PortfolioParts) -> Result<(), PortfolioError> {
    let limits = &parts.limits;
    if limits.lines.len() != parts.lines.len() || limits.resources.len() != parts.resources.len() {
        return Err(PortfolioError::Misfit("limits"));
    }
    let budgets = limits.lines.iter().chain([&limits.all_lines]).flatten();
    let budgets = budgets.map(|budget| numbers(budget, |x| x.value()));
    let capacities = limits.resources.iter().flatten();
    let capacities = capacities.map(|capacity| numbers(capacity, |x| x.value()));
    for limit in budgets.chain(capacities) {
        if limit.len() != parts.horizon.len() {
            return Err(PortfolioError::Misfit("limits"));
        }
        if limit.iter().any(|amount| !amount.is_finite()) {
            return Err(PortfolioError::NotFinite("limits"));
        }
    }
    Ok(())
}

fn check_references(parts: &PortfolioParts) -> Result<(), PortfolioError> {
    let count = parts.projects.len();
    let in_groups = parts.alternatives.iter().flat_map(|(_, members)| members);
    if in_groups.into_iter().any(|project| project.index() >= count) {
        return Err(PortfolioError::Misfit("alternatives"));
    }
    for dependency in &parts.dependencies {
        if [dependency.project, dependency.other].iter().any(|project| project.index() >= count) {
            return Err(PortfolioError::Misfit("dependencies"));
        }
        if dependency.project == dependency.other {
            let id = parts.projects[dependency.project].id.clone();
            return Err(PortfolioError::SelfDependency(id));
        }
    }
    let in_conditions =
        parts.conditions.iter().flat_map(|condition| [condition.if_all(), condition.then_any()]);
    if in_conditions.flatten().any(|project| project.index() >= count) {
        return Err(PortfolioError::Misfit("conditions"));
    }
    let counts = (parts.attributes.iter()).flat_map(|attribute| {
        [attribute.texts.len(), attribute.numbers.as_ref().map_or(count, |all| all.len())]
    });
    if counts.into_iter().any(|entries| entries != count) {
        return Err(PortfolioError::Misfit("attributes"));
    }
    Ok(())
}

/// True if the members of a synergy plan any money of the kind that it adds to.
fn can_be_spread(synergy: &Synergy, projects: &ByProject<Project>) -> bool {
    let mut members = synergy.members().iter().map(|&project| &projects[project]);
    let is_some = |profile: &[Money]| profile.iter().any(|&amount| amount != Money::ZERO);
    match synergy.effect() {
        SynergyEffect::StrategicValue => true,
        SynergyEffect::Benefit => {
            members.any(|project| project.benefits.iter().any(|benefit| is_some(&benefit.profile)))
        }
        SynergyEffect::Cost => members.any(|project| project.costs.iter().any(|cost| is_some(&cost.profile))),
    }
}

/// Checks the positions in synergies, in the current plan and in what gives way.
fn check_agreements(parts: &PortfolioParts) -> Result<(), PortfolioError> {
    let count = parts.projects.len();
    // Members rise, so that the last is the largest.
    let last_members = parts.synergies.iter().filter_map(|synergy| synergy.members().last());
    if last_members.into_iter().any(|project| project.index() >= count) {
        return Err(PortfolioError::Misfit("synergies"));
    }
    if let Some(synergy) = parts.synergies.iter().find(|synergy| !can_be_spread(synergy, &parts.projects)) {
        return Err(PortfolioError::NothingToSpread(synergy.id().clone(), synergy.effect().as_str()));
    }
    if let Some(plan) = &parts.current_plan {
        let is_period = |start: &PeriodIx| start.index() < parts.horizon.len();
        if plan.starts().len() != count || !plan.starts().iter().flatten().all(is_period) {
            return Err(PortfolioError::Misfit("current plans"));
        }
    }
    match parts.flexibility.fits(parts.lines.len(), parts.resources.len()) {
        true => Ok(()),
        false => Err(PortfolioError::Misfit("budgets or capacities that give way")),
    }
}

fn check_factors(parts: &PortfolioParts) -> Result<(), PortfolioError> {
    if parts.factors.len() != parts.projects.len() {
        return Err(PortfolioError::Misfit("factors"));
    }
    for (project, factors) in parts.projects.iter().zip(&parts.factors) {
        for (quantity, factor) in Quantity::PLANNED.into_iter().zip(factors) {
            let Some(factor) = factor else { continue };
            check_factor(factor, quantity, project, parts.drivers.len())?;
        }
    }
    Ok(())
}

/// Checks the exposures of a quantity of a project to `drivers` drivers.
fn check_factor(
    factor: &FactorModel,
    quantity: Quantity,
    project: &Project,
    drivers: usize,
) -> Result<(), PortfolioError> {
    if factor.exposures.iter().any(|exposure| exposure.driver >= drivers) {
        return Err(PortfolioError::Misfit("exposures"));
    }
    let explained = factor.explained();
    if explained.is_nan() || explained > 1.0 + 1e-9 {
        return Err(PortfolioError::LoadingsTooLarge(project.id.clone(), quantity.as_str()));
    }
    Ok(())
}
