//! Groups of projects or of budget lines, by which results are summed up.

use std::collections::BTreeSet;

use super::{ByProject, LineDetails, LineIx, Portfolio, ProjectIx};

/// What one level of a grouping tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupLevel {
    /// Projects, by an attribute (position).
    Attribute(usize),
    /// Budget lines, by their group.
    LineGroup,
    /// Budget lines, by their kind.
    LineKind,
}

/// One grouping: by an attribute, or by several, each dividing the groups of the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouping {
    name: String,
    levels: Vec<GroupLevel>,
}

impl Grouping {
    /// A grouping by these levels; `None` if there is none, or if some tell projects apart and others lines.
    pub fn new(name: String, levels: Vec<GroupLevel>) -> Option<Self> {
        let is_of_lines = |level: &GroupLevel| !matches!(level, GroupLevel::Attribute(_));
        let lines = levels.iter().filter(|level| is_of_lines(level)).count();
        (!levels.is_empty() && (lines == 0 || lines == levels.len())).then_some(Self { name, levels })
    }

    /// Its name: `portfolio/program`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// True if it groups budget lines and not projects.
    pub fn is_of_lines(&self) -> bool {
        !matches!(self.levels.first(), Some(GroupLevel::Attribute(_)))
    }

    /// Its groups in a portfolio.
    pub fn groups(&self, portfolio: &Portfolio) -> Groups {
        let levels: Vec<Level> = self.levels.iter().map(|&level| Level::of(level, portfolio)).collect();
        let members = levels.first().map_or(0, |level| level.members.len());
        let path = |member: usize| levels.iter().map(|level| level.members[member]).collect();
        let paths: Vec<GroupPath> = (0..members).map(path).collect();
        let mut groups = Groups {
            all: paths.iter().cloned().collect(),
            labels: levels.into_iter().map(|level| level.labels).collect(),
            paths,
        };
        if !self.is_of_lines() {
            let synergies = portfolio.synergies().iter();
            let shared: Vec<GroupPath> = synergies.map(|synergy| groups.of_all(synergy.members())).collect();
            groups.all.extend(shared);
            let can_buy = portfolio.flexibility().bought_resources().next().is_some();
            groups.all.extend(can_buy.then(Groups::of_none));
        }
        groups
    }
}

/// A group on one level. Groups stand in the order of their values, then what has none, then what several share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupPart {
    /// A value, by its place among all of the level.
    Value(usize),
    /// No value: the cell is blank.
    None,
    /// What belongs to no single one of the groups.
    Shared,
}

/// A group by its parts, level by level. What groups of a level share ends there.
pub type GroupPath = Vec<GroupPart>;

/// The groups of a grouping in a portfolio.
#[derive(Clone, Debug)]
pub struct Groups {
    /// Per level: the values in their order.
    labels: Vec<Vec<String>>,
    /// Per project or line: its group.
    paths: Vec<GroupPath>,
    all: BTreeSet<GroupPath>,
}

impl Groups {
    /// The word for members without a value.
    pub const NONE: &'static str = "(none)";
    /// The word for what belongs to several groups together.
    pub const SHARED: &'static str = "(shared)";

    /// All groups, in their order; also those of which nothing is chosen.
    pub fn all(&self) -> impl Iterator<Item = &GroupPath> {
        self.all.iter()
    }

    /// The group of a project, in a grouping of projects.
    pub fn of_project(&self, project: ProjectIx) -> &GroupPath {
        &self.paths[project.index()]
    }

    /// The group of a line, in a grouping of lines.
    pub fn of_line(&self, line: LineIx) -> &GroupPath {
        &self.paths[line.index()]
    }

    /// The group that all of some projects are in, or what the groups share that they are in.
    pub fn of_all(&self, projects: &[ProjectIx]) -> GroupPath {
        let Some((first, others)) = projects.split_first() else { return Self::of_none() };
        let first = self.of_project(*first);
        let common = |other: &ProjectIx| {
            first.iter().zip(self.of_project(*other)).take_while(|(left, right)| left == right).count()
        };
        let depth = others.iter().map(common).min().unwrap_or(first.len());
        let end = (depth < first.len()).then_some(GroupPart::Shared);
        first[..depth].iter().copied().chain(end).collect()
    }

    /// The group of what belongs to no project.
    pub fn of_none() -> GroupPath {
        vec![GroupPart::Shared]
    }

    /// A group in words: `A/B`.
    pub fn label(&self, path: &[GroupPart]) -> String {
        let part = |(level, part): (usize, &GroupPart)| match part {
            GroupPart::Value(place) => self.labels[level][*place].as_str(),
            GroupPart::None => Self::NONE,
            GroupPart::Shared => Self::SHARED,
        };
        path.iter().enumerate().map(part).collect::<Vec<_>>().join("/")
    }
}

/// One level: its values, and that of each member.
struct Level {
    labels: Vec<String>,
    members: Vec<GroupPart>,
}

impl Level {
    fn of(level: GroupLevel, portfolio: &Portfolio) -> Self {
        match level {
            GroupLevel::Attribute(attribute) => {
                let attribute = &portfolio.attributes()[attribute];
                match attribute.numbers() {
                    Some(numbers) => Self::of_numbers(numbers),
                    None => Self::of_texts(attribute.texts().iter().map(String::as_str).collect()),
                }
            }
            GroupLevel::LineGroup => Self::of_lines(portfolio, |line| &line.group),
            GroupLevel::LineKind => Self::of_lines(portfolio, |line| &line.kind),
        }
    }

    fn of_lines(portfolio: &Portfolio, text: fn(&LineDetails) -> &String) -> Self {
        let texts = portfolio.line_details().map(|lines| lines.iter().map(|line| text(line).as_str()));
        Self::of_texts(match texts {
            Some(texts) => texts.collect(),
            None => vec![""; portfolio.lines().len()],
        })
    }

    fn of_texts(texts: Vec<&str>) -> Self {
        let labels: BTreeSet<&str> = texts.iter().copied().filter(|text| !text.is_empty()).collect();
        let labels: Vec<&str> = labels.into_iter().collect();
        let part = |text: &&str| labels.binary_search(text).map_or(GroupPart::None, GroupPart::Value);
        let members = texts.iter().map(part).collect();
        Self { labels: labels.into_iter().map(str::to_owned).collect(), members }
    }

    /// Equal numbers are one group, however they are written.
    fn of_numbers(numbers: &ByProject<f64>) -> Self {
        let mut values: Vec<f64> = numbers.iter().map(|number| number + 0.0).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let place = |number: &f64| values.partition_point(|value| value < number);
        let members = numbers.iter().map(|number| GroupPart::Value(place(number))).collect();
        Self { labels: values.iter().map(f64::to_string).collect(), members }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_their_size_and_texts_by_their_letters() {
        let level = Level::of_numbers(&ByProject::from(vec![10.0, 2.0, 10.0, -0.0, 0.0]));
        assert_eq!(level.labels, ["0", "2", "10"]);
        assert_eq!(level.members, [2, 1, 2, 0, 0].map(GroupPart::Value));
        let level = Level::of_texts(vec!["10", "", "2"]);
        assert_eq!(level.labels, ["10", "2"]);
        assert_eq!(level.members, [GroupPart::Value(0), GroupPart::None, GroupPart::Value(1)]);
    }

    #[test]
    fn what_groups_share_stands_where_they_part() {
        use GroupPart::{Shared, Value};
        let paths = [[0, 0], [0, 1], [1, 0]].map(|path| path.map(Value).to_vec()).to_vec();
        let labels = vec![vec!["A".to_owned(), "B".to_owned()], vec!["x".to_owned(), "y".to_owned()]];
        let groups = Groups { labels, all: paths.iter().cloned().collect(), paths };
        let of = |projects: &[usize]| {
            let projects: Vec<ProjectIx> = projects.iter().map(|&one| ProjectIx::new(one)).collect();
            groups.label(&groups.of_all(&projects))
        };
        assert_eq!([of(&[0, 0]), of(&[0, 1]), of(&[1, 2])], ["A/x", "A/(shared)", "(shared)"]);
        assert_eq!(Groups::of_none(), [Shared]);
    }
}
