//! Random parts of small portfolios.

use std::ops::Range;

use cutline::domain::{Dependency, DependencyKind, ProjectIx, Status};
use proptest::prelude::*;

use super::PlainProject;

/// Numbers of the parts of a project.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub periods: usize,
    pub lines: usize,
    pub roles: usize,
    /// Periods by which it may be delayed, at most.
    pub delays: usize,
    /// Scores stay below it.
    pub scores: u32,
}

/// A whole number per period.
pub fn amounts(periods: usize, most: u32) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((0..=most).prop_map(f64::from), periods)
}

/// A project that is taken whole or not at all.
pub fn project(size: Size) -> impl Strategy<Value = PlainProject> {
    let Size { periods, lines, roles, delays, scores } = size;
    let status = prop_oneof![
        12 => Just(Status::Candidate),
        1 => Just(Status::Mandatory),
        1 => Just(Status::Excluded)
    ];
    (
        status,
        0..periods,
        0..=delays,
        prop::option::of((1..10u32).prop_map(|tenths| f64::from(tenths) / 10.0)),
        prop::collection::vec(amounts(periods, 20), lines),
        amounts(periods, 60),
        prop::collection::vec(amounts(periods, 5), roles),
        (0..scores).prop_map(f64::from),
    )
        .prop_map(|(status, start, max_delay, success_probability, costs, benefit, demands, score)| {
            PlainProject {
                status,
                start,
                max_delay,
                value_decay: 0.0,
                min_fraction: None,
                success_probability,
                costs,
                benefit,
                demands,
                score,
            }
        })
}

/// A dependency of any kind between two of so many projects.
pub fn dependency(projects: usize, lags: Range<usize>) -> impl Strategy<Value = Dependency> {
    let kind = prop_oneof![
        Just(DependencyKind::Requires),
        Just(DependencyKind::Excludes),
        Just(DependencyKind::Together),
        lags.prop_map(|lag| DependencyKind::After { lag }),
    ];
    (0..projects, kind, 1..projects).prop_map(move |(project, kind, step)| Dependency {
        project: ProjectIx::new(project),
        kind,
        other: ProjectIx::new((project + step) % projects),
    })
}
