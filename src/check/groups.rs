//! groups.csv: options summed up by group.

use crate::domain::{GroupPart, GroupPath, Grouping, Groups, Measure, ProjectIx};

use super::cases::{Case, ScenarioCase};
use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::report::Report;
use super::selection::Chosen;
use super::sheet::Sheet;

/// Compares groups.csv.
pub(super) fn compare(context: &Context<'_>, sheet: &Sheet, report: &mut Report) {
    let mut table = Comparison::new("groups.csv", sheet, &["scenario", "option", "group_by", "group"]);
    let groupings: Vec<(&Grouping, Groups)> =
        context.batch.groupings().iter().map(|one| (one, one.groups(context.portfolio))).collect();
    let mut expected = Vec::new();
    for case in &context.cases {
        for option in &case.options {
            for (grouping, groups) in &groupings {
                for path in groups.all() {
                    let key = case.key(option, &[grouping.name(), &groups.label(path)]);
                    expected.push((key, Group { case, option, grouping, groups, path }));
                }
            }
        }
    }
    for (row, group) in table.find_rows(expected) {
        let of_projects = |measure| (!group.grouping.is_of_lines()).then(|| group.measure(measure));
        let cost = if group.grouping.is_of_lines() { group.spend() } else { group.measure(Measure::Cost) };
        let whole = group.case.reading.measure(Measure::Cost, &group.option.selection, None);
        table.count(row, "projects", Some(group.projects()));
        table.number(row, "cost", Some(cost));
        // Of a cost that is only rounding, shares are anything or nothing.
        if whole.value.abs() > whole.slack || whole.slack == 0.0 {
            table.number(row, "share_of_cost", (whole.value != 0.0).then(|| cost.over(whole)));
        }
        table.number(row, "strategic_value", of_projects(Measure::StrategicValue));
        table.number(row, "npv", of_projects(Measure::Npv));
    }
    table.finish(report);
}

/// One group of an option.
#[derive(Clone, Copy)]
struct Group<'a> {
    case: &'a ScenarioCase<'a>,
    option: &'a Case,
    grouping: &'a Grouping,
    groups: &'a Groups,
    path: &'a GroupPath,
}

impl Group<'_> {
    /// A measure of a group of projects. What groups share is what is left of the whole without each of them.
    fn measure(&self, measure: Measure) -> Figure {
        match self.path.split_last() {
            Some((GroupPart::Shared, above)) => {
                let is_beside = |path: &&GroupPath| {
                    path.len() > above.len() && path.starts_with(above) && *path != self.path
                };
                let next = |path: &GroupPath| path[..=above.len()].to_vec();
                let mut parts: Vec<GroupPath> = self.groups.all().filter(is_beside).map(next).collect();
                parts.dedup();
                parts.iter().fold(self.within(measure, above), |rest, part| rest - self.within(measure, part))
            }
            _ => self.within(measure, self.path),
        }
    }

    /// A measure of the projects whose group begins so; of all of them also what belongs to no project.
    fn within(&self, measure: Measure, path: &[GroupPart]) -> Figure {
        let (reading, selection) = (&self.case.reading, &self.option.selection);
        if path.is_empty() {
            return reading.measure(measure, selection, None);
        }
        let counts = |project: ProjectIx| self.groups.of_project(project).starts_with(path);
        reading.measure_of(measure, selection, None, &counts)
    }

    /// Spend on a group of lines.
    fn spend(&self) -> Figure {
        let lines = self.case.reading.portfolio.lines().positions();
        let own = lines.filter(|&line| self.groups.of_line(line) == self.path);
        own.flat_map(|line| self.case.reading.spends(&self.option.selection, Some(line))).sum()
    }

    fn projects(&self) -> usize {
        let reading = &self.case.reading;
        let spends_on = |one: &&Chosen| {
            let lines = reading.portfolio.lines().positions();
            let mut own = lines.filter(|&line| self.groups.of_line(line) == self.path);
            own.any(|line| reading.periods().any(|period| reading.spend_of(**one, line, period).value != 0.0))
        };
        let is_counted = |one: &&Chosen| match self.grouping.is_of_lines() {
            true => spends_on(one),
            false => self.groups.of_project(one.project) == self.path,
        };
        self.option.selection.chosen().iter().filter(is_counted).count()
    }
}
