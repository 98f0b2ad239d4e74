//! The header of a table: its columns, and faults of headings.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Diagnostics, did_you_mean, likeness, list};

use super::headings;
use super::table::Table;
use crate::input::schema::OtherColumns;

impl Table {
    /// Matches headings to the named columns and the others, and reports those that are not allowed here.
    pub(super) fn match_headings(&mut self, headings: &[String], found: &mut Diagnostics) {
        let mut seen = BTreeSet::new();
        let mut misspelt = BTreeSet::new();
        for (position, heading) in headings.iter().enumerate() {
            if heading.is_empty() {
                self.check_unnamed_column(position, found);
            } else if !seen.insert(heading) {
                let problem = "heads two columns";
                let help = "keep one of them, or give each its own heading";
                found.push(
                    Diagnostic::fault(self.header_source(heading), problem, help)
                        .with_value(heading.as_str()),
                );
            } else if let Some(column) = self.schema.headings().find(|column| column == heading) {
                self.named.insert(column, position);
            } else if let Some(fault) = self.refusal(heading, headings, &mut misspelt) {
                if self.may_be_only_period(heading, headings) {
                    self.word_for_period = Some(fault);
                    self.others.push((heading.clone(), position));
                } else {
                    found.push(fault);
                    self.has_all_columns = false;
                }
            } else {
                found.extend(self.doubt(heading, headings));
                self.others.push((heading.clone(), position));
            }
        }
        for column in self.schema.columns.iter().filter(|column| column.required) {
            if !self.named.contains_key(column.column) && !misspelt.contains(column.column) {
                let problem = format!("has no column `{}`", column.column);
                let near =
                    did_you_mean(column.column, self.others.iter().map(|(heading, _)| heading.as_str()));
                let help = match near {
                    Some(near) => {
                        format!("add it: {} ({}). Is it the column `{near}`?", column.doc, column.kind)
                    }
                    None => format!("add it: {} ({})", column.doc, column.kind),
                };
                found.push(Diagnostic::fault(self.source().at_row(self.header_row), problem, help));
            }
        }
    }

    /// True if a heading that is refused as a period is the only one beside the named columns, all of which are there
    /// that must be, and can be none of them: a word such as `amount`, in tables of a single period.
    fn may_be_only_period(&self, heading: &str, headings: &[String]) -> bool {
        let is_named = |other: &str| self.schema.headings().any(|column| column == other);
        let is_other = |other: &&String| !other.is_empty() && !is_named(other);
        let is_there = |column: &str| headings.iter().any(|other| other == column);
        let required = self.schema.columns.iter().filter(|column| column.required);
        self.schema.other_columns == OtherColumns::Periods
            && !self.schema.not_yet.contains(&heading)
            && headings.iter().filter(is_other).count() == 1
            && required.into_iter().all(|column| is_there(column.column))
            && did_you_mean(heading, self.schema.headings()).is_none()
            && did_you_mean(&heading.to_lowercase(), self.schema.headings()).is_none()
    }

    /// Takes the word that heads its only period for the fault that it is where other tables have several.
    pub(super) fn refuse_word_for_period(&mut self, found: &mut Diagnostics) {
        if let Some(fault) = self.word_for_period.take() {
            found.push(fault);
            self.others.clear();
            self.has_all_columns = false;
        }
    }

    /// Spreadsheets save empty columns beside a table; only a filled one is a fault.
    fn check_unnamed_column(&self, position: usize, found: &mut Diagnostics) {
        if let Some(row) = self.rows.iter().find(|row| !row.cells[position].is_empty()) {
            let letters = self.sheet.as_ref().and_then(|sheet| sheet.letters.get(position));
            let problem = match letters {
                Some(letters) => format!("stands in column {letters}, which has no heading"),
                None => format!("stands in column {} of the file, which has no heading", position + 1),
            };
            let row_source = self.source().at_row(row.number);
            let fault = Diagnostic::fault(
                match letters {
                    Some(letters) => row_source.at_cell(format!("{letters}{}", row.number)),
                    None => row_source,
                },
                problem,
                "give the column a heading, or empty it",
            );
            found.push(fault.with_value(row.cells[position].as_str()));
        }
    }

    /// The reason why a heading that is not a named column is not allowed in this table; `None` if it is.
    fn refusal(
        &self,
        heading: &str,
        headings: &[String],
        misspelt: &mut BTreeSet<&'static str>,
    ) -> Option<Diagnostic> {
        let source = self.header_source(heading);
        if self.schema.not_yet.contains(&heading) {
            let problem = format!("the column `{heading}` is not supported yet");
            return Some(Diagnostic::fault(source, problem, "remove the column"));
        }
        let lower = heading.to_lowercase();
        let near = did_you_mean(heading, self.schema.headings())
            .or_else(|| did_you_mean(&lower, self.schema.headings()));
        let is_there = |column: &str| headings.iter().any(|other| other == column);
        let is_welcome = match self.schema.other_columns {
            OtherColumns::Refused => false,
            OtherColumns::Quantities => heading.contains(':'),
            OtherColumns::Attributes => {
                near.is_none_or(|column| is_there(column) || !is_slip_of(heading, column))
            }
            OtherColumns::Periods if headings::is_total(heading) => {
                let help = "remove the column: every column beside the named ones is a period";
                let fault = Diagnostic::fault(source, "is a total and no period", help);
                return Some(fault.with_value(heading));
            }
            OtherColumns::Periods => near.is_none() && headings::may_be_period(heading),
            // An objective may be named almost like a column; only a column that is missing was meant.
            OtherColumns::LeafObjectives => near.is_none_or(is_there),
        };
        if is_welcome {
            return None;
        }
        misspelt.extend(near);
        let help = match near {
            Some(column) => format!("did you mean `{column}`?"),
            None => self.expected_columns(),
        };
        let fault = Diagnostic::fault(source, "is not a column of this table", help);
        Some(fault.with_value(heading))
    }

    /// Warns of an attribute that is one letter off a column which is not there.
    fn doubt(&self, heading: &str, headings: &[String]) -> Option<Diagnostic> {
        let is_near = |column: &&str| {
            let is_there = headings.iter().any(|other| other == column);
            !is_there
                && column.chars().next() == heading.chars().next()
                && strsim::osa_distance(heading, column) == 1
        };
        let is_attribute = self.schema.other_columns == OtherColumns::Attributes;
        let column = self.schema.headings().find(is_near).filter(|_| is_attribute)?;
        // One that must be there is a fault, which asks the same.
        if self.schema.columns.iter().any(|own| own.column == column && own.required) {
            return None;
        }
        let help = format!("did you mean `{column}`?");
        let doubt = Diagnostic::warning(self.header_source(heading), "is read as an attribute", help);
        Some(doubt.with_value(heading))
    }

    fn expected_columns(&self) -> String {
        let named = list(self.schema.headings());
        match self.schema.other_columns {
            OtherColumns::Periods => {
                format!("its columns are {named} and one per period, such as 2027 or 2027-Q1")
            }
            OtherColumns::Quantities => {
                format!("its columns are {named} and one per quantity of a project, such as P07:cost")
            }
            _ => format!("its columns are {named}"),
        }
    }
}

/// True if a heading can only have been meant for a named column: it differs in case, blanks or the like (`max delay`),
/// or by a slip in a name too long to resemble another word by chance. `stage` and `state` are words of their own.
fn is_slip_of(heading: &str, column: &str) -> bool {
    const LONG: usize = 8;
    let letters =
        |name: &str| -> Vec<char> { likeness(name).chars().filter(|next| next.is_alphanumeric()).collect() };
    let (mut own, mut meant) = (letters(heading), letters(column));
    if own == meant || column.len() >= LONG {
        return true;
    }
    // Letters that changed places make no other word.
    own.sort_unstable();
    meant.sort_unstable();
    own == meant
}
