//! Projects by scenarios: which share of each project the first option of each scenario funds. What is safe comes
//! first, and what is never funded last.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::sheet::{Column, Form, Sheet, Styles};
use crate::output::results::Results;

/// The columns before those of the scenarios.
const BEFORE: usize = 4;

/// The sheet; `None` if no option was found.
pub fn selection(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let first = results.first();
    let scenarios: Vec<&str> = (results.scenarios.rows().map(|row| row.text("scenario")))
        .filter(|name| first.contains_key(name))
        .collect();
    if scenarios.is_empty() {
        return Ok(None);
    }
    let places: BTreeMap<&str, usize> = scenarios.iter().copied().zip(0..).collect();
    let projects = by_frequency(results, &places);
    let count = |is_counted: &dyn Fn(usize) -> bool| {
        projects.iter().filter(|(_, funded)| is_counted(funded.len())).count()
    };
    let (safe, never) = (count(&|times| times == scenarios.len()), count(&|times| times == 0));
    let title = format!(
        "Of {} projects {safe} are funded in all {} scenarios, {} in some and {never} in none",
        projects.len(),
        scenarios.len(),
        projects.len() - safe - never
    );
    let subtitle =
        "Share of each project that the first-ranked option of each scenario funds: 1 is the whole project.";
    let mut columns = vec![
        Column::new("Project", Form::Text, 34.0),
        Column::new("Id", Form::Text, 10.0),
        Column::new("Class", Form::Text, 11.0),
        Column::new("Funded in scenarios", Form::Count, 10.0),
    ];
    columns.extend(scenarios.iter().map(|&name| Column::new(name, Form::Amount, 11.0)));
    let mut sheet = Sheet::new(styles, "Selection", [&title, subtitle], columns, 2)?;
    let top = sheet.row();
    for (id, funded) in &projects {
        project(&mut sheet, results.name_of(id), id, funded, scenarios.len())?;
    }
    let bottom = sheet.row() - 1;
    sheet.shade([top, bottom], [BEFORE, BEFORE + scenarios.len() - 1])?;
    sheet.total();
    sheet.text(0, "Projects funded")?;
    for (place, name) in (BEFORE..).zip(&scenarios) {
        let formula = format!("=COUNTIF({},\">0\")", sheet.down(place, top, bottom));
        sheet.formula(place, &formula, first[name].number("projects"))?;
    }
    sheet.next()?;
    sheet.finish_filtered(bottom).map(Some)
}

/// A project with the shares in which it is funded, by the place of the scenario.
type Funded<'r> = (&'r str, BTreeMap<usize, f64>);

/// All projects, the most often funded first, then by id.
fn by_frequency<'r>(results: &'r Results<'_>, places: &BTreeMap<&str, usize>) -> Vec<Funded<'r>> {
    let mut funded: BTreeMap<&str, BTreeMap<usize, f64>> =
        results.portfolio.projects().iter().map(|project| (project.id.as_str(), BTreeMap::new())).collect();
    for row in results.selection.rows() {
        if let (Some(&place), Some(share)) = (places.get(row.text("scenario")), row.number("fraction")) {
            funded.entry(row.text("project")).or_default().insert(place, share);
        }
    }
    let mut projects: Vec<Funded<'r>> = funded.into_iter().collect();
    projects.sort_by_key(|(_, funded)| usize::MAX - funded.len());
    projects
}

fn project(
    sheet: &mut Sheet<'_>,
    name: &str,
    id: &str,
    funded: &BTreeMap<usize, f64>,
    scenarios: usize,
) -> Result<(), XlsxError> {
    let class = match funded.len() {
        0 => "exterior",
        times if times == scenarios => "core",
        _ => "borderline",
    };
    for (place, text) in [name, id, class].into_iter().enumerate() {
        sheet.text(place, text)?;
    }
    let formula = format!("=COUNTIF({},\">0\")", sheet.across(BEFORE, BEFORE + scenarios - 1));
    sheet.formula(3, &formula, Some(funded.len() as f64))?;
    for (&place, &share) in funded {
        sheet.number(BEFORE + place, Some(share))?;
    }
    sheet.next()?;
    Ok(())
}
