//! An option as the plan that the next round begins from.

use csv::Writer;

use super::compare::{ComparedOption, OptionName, found};
use super::folder::{FolderFault, SavedResults};
use super::option::{Chosen, option_of};

/// The least share that counts as a whole project.
const WHOLE: f64 = 1.0;

/// An option as current_plan.csv.
#[derive(Clone, Debug, PartialEq)]
pub struct AdoptedPlan {
    /// The option.
    pub option: ComparedOption,
    /// The table.
    pub text: String,
    /// Its projects.
    pub projects: Vec<Chosen>,
    /// Those of them that are funded to a part, which the table cannot tell.
    pub parts: Vec<Chosen>,
    /// Projects of which the option chooses who pays, which the table cannot tell either.
    pub payers: Vec<Chosen>,
}

/// Makes current_plan.csv of an option; `None` if there is no such option.
///
/// # Errors
/// If a table is damaged.
pub fn adopted_plan(results: &SavedResults, name: &OptionName) -> Result<Option<AdoptedPlan>, FolderFault> {
    let Some(option) = found(results, name) else { return Ok(None) };
    let number = option.figures.option;
    let is_own = |scenario: &str, option: usize| scenario == name.scenario && option == number;
    let projects: Vec<Chosen> = results.selections(is_own)?.into_values().flatten().collect();
    let needed = ["scenario", "option", "project"];
    let funding = results.read("funding.csv", &needed, |row| {
        option_of(row).is_some_and(|option| is_own(row.text("scenario"), option))
    })?;
    let has_payers = |one: &&Chosen| funding.rows().any(|row| row.text("project") == one.project);
    Ok(Some(AdoptedPlan {
        text: table(&projects),
        parts: projects.iter().filter(|one| one.fraction < WHOLE).cloned().collect(),
        payers: projects.iter().filter(has_payers).cloned().collect(),
        option,
        projects,
    }))
}

/// The table. It is input: ids stand in it as the analyst wrote them.
fn table(projects: &[Chosen]) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(["project", "start"]);
    for one in projects {
        let _ = writer.write_record([&one.project, &one.start]);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
