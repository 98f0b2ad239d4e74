//! groups.csv: each option summed up by groups of projects and of budget lines.

use crate::domain::{Grouping, Groups, Measure};
use crate::finance::GroupTotals;

use super::columns::Columns;
use super::frame::{FinishedScenario, OptionView, ResultTable};
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, count, number, text};
use crate::output::error::OutputError;

/// groups.csv.
pub const TABLE: TableKind = TableKind {
    file: "groups.csv",
    doc: "each option summed up by the groups that [report] group_by names; the groups of one group_by add up to the option",
    written: "if the batch says [report] group_by",
    columns: COLUMNS,
    begin: |view| Some(Box::new(GroupRows::new(view)?)),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("option", "number of the option"),
    text("group_by", "attribute, or path of attributes, or line.group or line.kind"),
    text(
        "group",
        "the group, `A/B` on a path; (none): the cell is blank; (shared): synergies of several groups, bought capacity",
    ),
    count(
        "projects",
        "chosen projects; for lines: those that spend on them, so that one may count in several",
    ),
    number("cost", "planned cost, undiscounted"),
    number("share_of_cost", "its part of the option's cost"),
    number("strategic_value", "planned strategic value; blank for lines"),
    number("npv", "planned net present value; blank for lines"),
];

/// One group of an option.
struct GroupRow<'a> {
    view: OptionView<'a>,
    group_by: &'a str,
    group: String,
    totals: GroupTotals,
    share: Option<f64>,
    has_value: bool,
}

/// The rows of groups.csv.
struct GroupRows<'a> {
    groupings: Vec<(&'a Grouping, Groups)>,
    rows: Vec<GroupRow<'a>>,
}

impl<'a> GroupRows<'a> {
    fn new(view: &BatchView<'a>) -> Option<Self> {
        let groupings = view.batch.groupings().iter();
        let groupings: Vec<_> = groupings.map(|one| (one, one.groups(view.portfolio))).collect();
        (!groupings.is_empty()).then_some(Self { groupings, rows: Vec::new() })
    }
}

impl<'a> TableRows<'a> for GroupRows<'a> {
    fn option(&mut self, view: OptionView<'a>, finished: &FinishedScenario<'a, '_>) {
        let selection = &view.option.found.selection;
        let cost = finished.valuation.total(Measure::Cost, selection);
        for (grouping, groups) in &self.groupings {
            let has_value = !grouping.is_of_lines();
            let all = finished.valuation.group_totals(grouping, groups, selection);
            self.rows.extend(all.into_iter().map(|(path, totals)| GroupRow {
                view,
                group_by: grouping.name(),
                group: groups.label(&path),
                share: (cost != 0.0).then_some(totals.cost / cost),
                totals,
                has_value,
            }));
        }
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.view.scenario_name())
            .count("option", |row| row.view.option.number)
            .text("group_by", |row| row.group_by)
            .text("group", |row| &row.group)
            .count("projects", |row| row.totals.projects)
            .number("cost", |row| row.totals.cost)
            .maybe("share_of_cost", |row| row.share)
            .maybe("strategic_value", |row| row.has_value.then_some(row.totals.strategic_value))
            .maybe("npv", |row| row.has_value.then_some(row.totals.npv))
            .finish(&TABLE)
    }
}
