//! The optimiser's curse: who chooses the projects whose estimates are best chooses those whose estimates are too good, and
//! is disappointed on average (Smith and Winkler 2006). Estimates that are drawn towards the common mean of all candidates,
//! the more the less reliable they are, undo that.

use crate::domain::{ByProject, Choice, Measure, ProjectIx, Selection, Status};
use crate::units::Money;

use super::Valuation;

/// What a project is estimated to bring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BenefitEstimate {
    /// Planned benefit.
    pub benefit: f64,
    /// Planned cost.
    pub cost: f64,
    /// The standard deviation of the error of the benefit, as a share of it; `None`: it is not known.
    pub error: Option<f64>,
    /// True if it is a candidate, which counts in the common mean.
    pub is_candidate: bool,
}

/// An estimate that is drawn towards the common mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shrunk {
    /// Benefit per unit of cost as estimated.
    pub per_cost: f64,
    /// The weight of the estimate; that of the common mean is the rest.
    pub weight: f64,
    /// Benefit per unit of cost as expected.
    pub shrunk: f64,
}

impl Shrunk {
    /// The factor on all benefits of the project.
    pub fn factor(&self) -> f64 {
        self.shrunk / self.per_cost
    }
}

/// The common mean of benefits per unit of cost, and each estimate drawn towards it; `None` for a project without a cost,
/// without a benefit or without a known error, which stays as planned. `prior_sd` is the standard deviation of true benefits
/// per unit of cost, as a share of their mean.
///
/// Both the true values and the errors are taken for normal: the weight of an estimate b with the error σb is
/// τ²m² ÷ (τ²m² + σ²b²), where m is the common mean.
pub fn shrink(estimates: &[BenefitEstimate], prior_sd: f64) -> (f64, Vec<Option<Shrunk>>) {
    let candidates = || estimates.iter().filter(|one| one.is_candidate && one.cost > 0.0);
    let benefit: f64 = candidates().map(|one| one.benefit).sum();
    let mean = benefit / candidates().map(|one| one.cost).sum::<f64>();
    let prior = (prior_sd * mean) * (prior_sd * mean);
    let shrunk = |one: &BenefitEstimate| {
        let error = one.error.filter(|_| one.cost > 0.0 && one.benefit > 0.0 && mean.is_finite())?;
        let per_cost = one.benefit / one.cost;
        let noise = (error * per_cost) * (error * per_cost);
        let weight = if noise > 0.0 { prior / (prior + noise) } else { 1.0 };
        Some(Shrunk { per_cost, weight, shrunk: weight * per_cost + (1.0 - weight) * mean })
    };
    (mean, estimates.iter().map(shrunk).collect())
}

/// What a chosen project is worth as planned and as expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShrunkProject {
    /// The project.
    pub project: ProjectIx,
    /// Its estimate; `None`: it stays as planned.
    pub estimate: Option<Shrunk>,
    /// Planned net present value.
    pub npv: f64,
    /// The same with its benefits as expected.
    pub npv_shrunk: f64,
}

/// What a selection is worth as planned and as expected.
#[derive(Clone, Debug, PartialEq)]
pub struct ShrunkSelection {
    /// Planned net present value, synergies and bought capacity included.
    pub npv: f64,
    /// The same with the benefits of its projects as expected.
    pub npv_shrunk: f64,
    /// Its projects, in their order.
    pub projects: Vec<ShrunkProject>,
}

impl Valuation<'_> {
    /// What the projects are estimated to bring, started as planned; `errors` are those of their benefits.
    pub fn benefit_estimates(&self, errors: &ByProject<Option<f64>>) -> Vec<BenefitEstimate> {
        let estimate = |project: ProjectIx| {
            let row = &self.portfolio().projects()[project];
            let plan = self.plan(project, row.start);
            BenefitEstimate {
                benefit: self.measure(Measure::Benefit, project, plan),
                cost: self.measure(Measure::Cost, project, plan),
                error: errors[project],
                is_candidate: row.status != Status::Excluded,
            }
        };
        self.portfolio().projects().positions().map(estimate).collect()
    }

    /// What a selection is worth as planned, and with benefits as expected. The benefits of synergies stay as planned.
    pub fn shrunk(&self, estimates: &[Option<Shrunk>], selection: &Selection) -> ShrunkSelection {
        let project = |choice: &Choice| {
            let (project, plan) = (choice.project, self.plan_of(choice));
            let share = choice.share.value();
            let npv = share * self.measure(Measure::Npv, project, plan);
            let discounted: Money = plan.discounted_benefit_if_successful;
            let benefit = share * self.benefit_counts(project) * discounted.value();
            let estimate = estimates[project.index()];
            let lost = estimate.map_or(0.0, |one| (1.0 - one.factor()) * benefit);
            ShrunkProject { project, estimate, npv, npv_shrunk: npv - lost }
        };
        let projects: Vec<ShrunkProject> = selection.choices().iter().map(project).collect();
        let npv = self.total(Measure::Npv, selection);
        let lost: f64 = projects.iter().map(|one| one.npv - one.npv_shrunk).sum();
        ShrunkSelection { npv, npv_shrunk: npv - lost, projects }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(benefit: f64, cost: f64, error: f64) -> BenefitEstimate {
        BenefitEstimate { benefit, cost, error: Some(error), is_candidate: true }
    }

    #[test]
    fn two_projects_have_their_closed_form() {
        // Per unit of cost 3 and 1; the mean is 400 / 200 = 2, and true values scatter by 1 around it.
        let all = [estimate(300.0, 100.0, 0.5), estimate(100.0, 100.0, 0.0)];
        let (mean, shrunk) = shrink(&all, 0.5);
        assert_eq!(mean, 2.0);
        let first = shrunk[0].unwrap();
        // The error is 1.5: 1 / (1 + 2.25).
        assert!((first.weight - 1.0 / 3.25).abs() < 1e-15);
        assert!((first.shrunk - (3.0 / 3.25 + 2.0 * 2.25 / 3.25)).abs() < 1e-15);
        let certain = Shrunk { per_cost: 1.0, weight: 1.0, shrunk: 1.0 };
        assert_eq!(shrunk[1], Some(certain), "what is known is not drawn anywhere");
    }

    #[test]
    fn what_has_no_cost_or_no_benefit_stays_as_planned() {
        let unknown = BenefitEstimate { error: None, ..estimate(10.0, 10.0, 0.0) };
        let excluded = BenefitEstimate { is_candidate: false, ..estimate(900.0, 10.0, 0.1) };
        let all = [estimate(10.0, 0.0, 0.5), estimate(0.0, 10.0, 0.5), unknown, excluded];
        let (mean, shrunk) = shrink(&all, 0.5);
        assert_eq!(mean, 0.5, "what costs nothing has no ratio, and what is excluded is no candidate");
        assert_eq!(shrunk.iter().map(Option::is_some).collect::<Vec<_>>(), [false, false, false, true]);
        assert!(shrink(&[], 0.5).1.is_empty() && shrink(&all[..1], 0.5).1 == [None]);
    }

    /// Normal numbers, by sums of twelve uniforms of a generator that is good enough for a test.
    struct Dice(u64);

    impl Dice {
        fn normal(&mut self) -> f64 {
            let mut uniform = || {
                self.0 =
                    self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (self.0 >> 11) as f64 / (1_u64 << 53) as f64
            };
            (0..12).map(|_| uniform()).sum::<f64>() - 6.0
        }
    }

    #[test]
    fn the_disappointment_of_choosing_the_best_is_the_one_that_is_told() {
        const PROJECTS: usize = 40;
        const CHOSEN: usize = 10;
        let (mean, prior_sd, noise) = (2.0, 0.3, 0.8);
        let mut dice = Dice(7);
        let (mut told, mut seen) = (0.0, Vec::new());
        for _ in 0..2_000 {
            let truths: Vec<f64> = (0..PROJECTS).map(|_| mean * (1.0 + prior_sd * dice.normal())).collect();
            let estimated: Vec<f64> = truths.iter().map(|truth| truth + noise * dice.normal()).collect();
            // Errors of one size for all, whatever the estimate: as shares of it, they differ.
            let estimates: Vec<BenefitEstimate> =
                estimated.iter().map(|&one| estimate(one, 1.0, noise / one)).collect();
            let (_, shrunk) = shrink(&estimates, prior_sd);
            let mut order: Vec<usize> = (0..PROJECTS).collect();
            order.sort_by(|&one, &other| estimated[other].total_cmp(&estimated[one]));
            let best = &order[..CHOSEN];
            let gap =
                |of: &dyn Fn(usize) -> f64| best.iter().map(|&one| estimated[one] - of(one)).sum::<f64>();
            told += gap(&|one| shrunk[one].unwrap().shrunk);
            seen.push(gap(&|one| truths[one]));
        }
        let runs = seen.len() as f64;
        let (told, average) = (told / runs, seen.iter().sum::<f64>() / runs);
        let squares: f64 = seen.iter().map(|one| (one - average) * (one - average)).sum();
        let error = (squares / (runs - 1.0) / runs).sqrt();
        assert!(average > 5.0, "there is something to be told: {average}");
        assert!(
            (told - average).abs() < 4.0 * error + 0.01 * average,
            "{told} told, {average} ± {error} seen"
        );
    }
}
