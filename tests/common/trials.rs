//! Selections by trial, with the rules that no amount decides. Shares no code with the library.

use cutline::domain::{Dependency, DependencyKind, ProjectIx, Selection, Status};

use super::{Plain, PlainProject};

/// A selection by trial: per project its start (if chosen) and share.
pub type Trial = Vec<Option<(usize, f64)>>;

/// Every combination of starts, each with the given shares of a project.
pub fn all_trials(plain: &Plain, shares: impl Fn(&PlainProject) -> Vec<f64>) -> Vec<Trial> {
    let mut trials: Vec<Trial> = vec![Vec::new()];
    for row in &plain.rows {
        let last = (row.start + row.max_delay).min(plain.periods - 1);
        let shares = shares(row);
        let starts =
            (row.start..=last).flat_map(|start| shares.iter().map(move |&share| Some((start, share))));
        let states: Vec<Option<(usize, f64)>> = std::iter::once(None).chain(starts).collect();
        trials = trials
            .iter()
            .flat_map(|trial| states.iter().map(|state| [trial.as_slice(), &[*state]].concat()))
            .collect();
    }
    trials
}

/// Projects as a whole.
pub fn whole(_: &PlainProject) -> Vec<f64> {
    vec![1.0]
}

/// The trial that a selection is.
pub fn trial_of(plain: &Plain, selection: &Selection) -> Trial {
    let choice =
        |project| selection.choice(project).map(|choice| (choice.start.index(), choice.share.value()));
    (0..plain.rows.len()).map(ProjectIx::new).map(choice).collect()
}

/// Whether a trial differs from each of others in so many projects.
pub fn differs_enough(plain: &Plain, trial: &Trial, others: &[Trial], difference: usize) -> bool {
    let differs = |other: &Trial| {
        let counted = |project: usize| {
            // A project in several groups counts with the first; a group counts as the first of those that count with
            // it.
            let group = |project: usize| plain.alternatives.iter().position(|one| one.contains(&project));
            let own = group(project);
            let first =
                own.and_then(|own| plain.alternatives[own].iter().find(|&&one| group(one) == Some(own)));
            first.copied().unwrap_or(project)
        };
        let all = |trial: &Trial| -> std::collections::BTreeSet<usize> {
            (0..trial.len()).filter(|&one| trial[one].is_some()).map(counted).collect()
        };
        all(trial).symmetric_difference(&all(other)).count()
    };
    others.iter().all(|other| differs(other) >= difference)
}

/// The amount of a profile that falls into a period when it is deferred.
pub fn deferred(profile: &[f64], delay: usize, period: usize) -> f64 {
    if period >= delay { profile[period - delay] } else { 0.0 }
}

/// What the chosen projects have of a profile in a period.
pub fn amount(plain: &Plain, trial: &Trial, period: usize, profile: impl Fn(&PlainProject) -> &[f64]) -> f64 {
    let of = |(row, choice): (&PlainProject, &Option<(usize, f64)>)| {
        choice.map_or(0.0, |(start, share)| share * deferred(profile(row), start - row.start, period))
    };
    plain.rows.iter().zip(trial).map(of).sum()
}

/// Whether a trial keeps to statuses, alternatives, dependencies and conditions.
pub fn is_as_decided(plain: &Plain, trial: &Trial) -> bool {
    let is_in = |project: usize| trial[project].is_some();
    let statuses = (plain.rows.iter().zip(trial)).all(|(row, choice)| match row.status {
        Status::Candidate => true,
        Status::Mandatory => choice.is_some(),
        Status::Excluded => choice.is_none(),
    });
    let groups =
        plain.alternatives.iter().all(|group| group.iter().filter(|&&member| is_in(member)).count() <= 1);
    let dependencies = plain.dependencies.iter().all(|&Dependency { project, kind, other }| match kind {
        DependencyKind::Requires => !is_in(project.index()) || is_in(other.index()),
        DependencyKind::Excludes => !(is_in(project.index()) && is_in(other.index())),
        DependencyKind::Together => is_in(project.index()) == is_in(other.index()),
        DependencyKind::After { lag } => match (trial[project.index()], trial[other.index()]) {
            (None, _) => true,
            (Some((start, _)), Some((before, _))) => start >= before + lag,
            (Some(_), None) => false,
        },
    });
    let conditions = plain.conditions.iter().all(|condition| {
        !condition.if_all().iter().all(|&project| is_in(project.index()))
            || condition.then_any().iter().any(|&project| is_in(project.index()))
    });
    statuses && groups && dependencies && conditions
}
