//! The data that a report carries: the tables by columns, and what the portfolio says about its projects, lines and
//! objectives.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::domain::{Batch, Dependency, DependencyKind, Objective, Portfolio, ProjectIx, Scenario, Status};
use crate::ids::LineId;
use crate::output::error::OutputError;
use crate::output::results::{Provenance, TableReader};
use crate::output::tables::RESULT_TABLES;

use super::columns::Columns;
use super::depth::{DEPTHS, Depth, Places};

/// Compressed data of at most so many bytes are taken as they are: the page then has less than two megabytes.
const PACKED: usize = 1_280_000;

/// Tables of more text than this are not even compressed: memory and time stay bounded.
const TEXT: usize = 96 << 20;

/// The data of a batch whose tables lie in a folder, compressed (gzip). Of batches that are too large for a page, options of
/// lower ranks and then later scenarios are told in brief.
///
/// # Errors
/// If a table cannot be read.
pub fn packed(
    folder: &Path,
    batch: (&Portfolio, &Batch),
    provenance: Provenance<'_>,
) -> Result<Vec<u8>, OutputError> {
    packed_within(folder, batch, provenance, PACKED)
}

/// The same in at most so many bytes, as far as the least that a report tells has no more.
fn packed_within(
    folder: &Path,
    batch: (&Portfolio, &Batch),
    provenance: Provenance<'_>,
    most: usize,
) -> Result<Vec<u8>, OutputError> {
    let places = Places::read(folder)?;
    let mut packed = Vec::new();
    for (place, depth) in DEPTHS.into_iter().enumerate() {
        let text = if place + 1 < DEPTHS.len() { TEXT } else { usize::MAX };
        let Some(tables) = tables(folder, batch.0.has_benefits(), (&places, depth), text)? else { continue };
        packed = compressed(&content(batch, provenance, depth, &tables)).map_err(OutputError::io(folder))?;
        if packed.len() <= most {
            break;
        }
    }
    Ok(packed)
}

fn compressed(text: &str) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

/// The tables as JSON; `None` if they have more text than this.
fn tables(
    folder: &Path,
    has_npv: bool,
    (places, depth): (&Places, Depth),
    most: usize,
) -> Result<Option<String>, OutputError> {
    let mut text = String::from("{");
    for kind in RESULT_TABLES {
        let Some(reader) = TableReader::open(folder, kind.file)? else { continue };
        let mut columns = Columns::new(kind.file, reader.headings(), has_npv);
        let room = most.saturating_sub(text.len());
        let mut is_full = false;
        reader.each(|row| {
            is_full = is_full || columns.len() > room;
            if !is_full && places.keeps(kind.file, row, depth) {
                columns.push(row);
            }
        })?;
        if is_full {
            return Ok(None);
        }
        let name = kind.file.trim_end_matches(".csv");
        text.push_str(&format!("{}\"{name}\":", if text.len() > 1 { "," } else { "" }));
        columns.write(&mut text);
    }
    text.push('}');
    Ok(Some(text))
}

/// All of it as JSON.
fn content(batch: (&Portfolio, &Batch), provenance: Provenance<'_>, depth: Depth, tables: &str) -> String {
    let mut text = String::from("{");
    for (name, value) in subject(batch, provenance, depth) {
        text.push_str(&format!("\"{name}\":{value},"));
    }
    text + "\"tables\":" + tables + "}"
}

/// What is told beside the tables: the batch, and what the portfolio says.
pub fn subject(
    (portfolio, batch): (&Portfolio, &Batch),
    provenance: Provenance<'_>,
    depth: Depth,
) -> [(&'static str, Value); 7] {
    [
        ("batch", facts((portfolio, batch), provenance, depth)),
        ("projects", projects(portfolio)),
        ("lines", lines(portfolio)),
        (
            "resources",
            portfolio.resources().iter().map(|id| json!({"id": id.as_str(), "name": id.as_str()})).collect(),
        ),
        ("objectives", objectives(portfolio)),
        ("dependencies", dependencies(portfolio)),
        ("alternatives", alternatives(portfolio)),
    ]
}

fn facts((portfolio, batch): (&Portfolio, &Batch), provenance: Provenance<'_>, depth: Depth) -> Value {
    let (selection, simulation) = (batch.selection(), batch.simulation());
    let periods: Vec<&str> = portfolio.horizon().periods().iter().map(|period| period.as_str()).collect();
    json!({
        "name": batch.name(),
        "description": batch.description(),
        "currency": batch.currency(),
        "periods": periods,
        "seed": simulation.seed.to_string(),
        "trials": simulation.trials,
        "sampling": simulation.sampling.as_str(),
        "tail": simulation.tail,
        "prior_sd_benefit": batch.prior_sd(),
        "gap": selection.gap,
        "min_difference": selection.min_difference,
        "base": base(batch).name.as_str(),
        "rank_by": batch.rank_by().name(portfolio),
        "past_horizon": batch.past_horizon().as_str(),
        "complete": provenance.incomplete.is_none(),
        "reasons": provenance.incomplete.unwrap_or_default(),
        "warnings": provenance.warnings,
        "inputs": provenance.inputs,
        "solver": provenance.solver,
        "version": env!("CARGO_PKG_VERSION"),
        "shown": depth,
    })
}

/// The scenario that others are held against: the one of that name, else the first that leaves all amounts as the tables
/// have them, else the first.
fn base(batch: &Batch) -> &Scenario {
    let is_plain = |scenario: &&Scenario| {
        let scales = &scenario.scales;
        let factors = scales.budgets.iter().chain(scales.capacities.iter()).chain(scales.costs.iter());
        factors.chain(scales.benefits.iter()).chain([&scales.all_lines]).all(|&factor| factor == 1.0)
    };
    let scenarios = batch.scenarios();
    let named = scenarios.iter().find(|scenario| scenario.name.as_str() == "base");
    named.or_else(|| scenarios.iter().find(is_plain)).unwrap_or(&scenarios[0])
}

fn projects(portfolio: &Portfolio) -> Value {
    let of = |position: ProjectIx| {
        let project = &portfolio.projects()[position];
        let attributes: serde_json::Map<String, Value> = (portfolio.attributes().iter())
            .map(|attribute| (attribute.name().to_owned(), Value::from(attribute.texts()[position].as_str())))
            .collect();
        let status = match project.status {
            Status::Candidate => "candidate",
            Status::Mandatory => "mandatory",
            Status::Excluded => "excluded",
        };
        let agreed = portfolio.current_plan().and_then(|plan| plan.start(position));
        json!({
            "id": project.id.as_str(),
            "name": project.name,
            "status": status,
            "start": portfolio.horizon().label(project.start).as_str(),
            "max_delay": project.max_delay,
            "min_fraction": project.min_fraction.map(|share| share.value()),
            "success_probability": project.success_probability.value(),
            "agreed_start": agreed.map(|period| portfolio.horizon().label(period).as_str()),
            "attributes": attributes,
        })
    };
    portfolio.projects().positions().map(of).collect()
}

fn lines(portfolio: &Portfolio) -> Value {
    let of = |(position, id): (_, &LineId)| {
        let details = portfolio.line_details().map(|details| &details[position]);
        json!({
            "id": id.as_str(),
            "name": portfolio.line_name(position),
            "group": details.map(|details| details.group.as_str()),
            "kind": details.map(|details| details.kind.as_str()),
        })
    };
    portfolio.lines().iter_enumerated().map(of).collect()
}

fn objectives(portfolio: &Portfolio) -> Value {
    let objectives = portfolio.objectives().objectives().iter();
    let of = |objective: &Objective| {
        json!({
            "id": objective.id.as_str(),
            "name": objective.name,
            "parent": objective.parent.as_ref().map(|parent| parent.as_str()),
            "weight": objective.weight,
            "target": objective.target,
        })
    };
    objectives.map(of).collect()
}

fn dependencies(portfolio: &Portfolio) -> Value {
    let id = |position: ProjectIx| portfolio.projects()[position].id.as_str();
    let of = |dependency: &Dependency| {
        let (kind, lag) = match dependency.kind {
            DependencyKind::Requires => ("requires", None),
            DependencyKind::After { lag } => ("after", Some(lag)),
            DependencyKind::Excludes => ("excludes", None),
            DependencyKind::Together => ("together", None),
        };
        json!({"project": id(dependency.project), "kind": kind, "lag": lag, "other": id(dependency.other)})
    };
    portfolio.dependencies().iter().map(of).collect()
}

fn alternatives(portfolio: &Portfolio) -> Value {
    let id = |position: &ProjectIx| portfolio.projects()[*position].id.as_str();
    let of = |(name, members): &(String, Vec<ProjectIx>)| json!({"name": name, "projects": members.iter().map(id).collect::<Vec<_>>()});
    portfolio.alternatives().iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read;

    use flate2::read::GzDecoder;
    use tempfile::TempDir;

    use super::*;
    use crate::output::fixture;

    /// Two scenarios with two options each; of the first scenario, the second option is ranked first.
    fn tables_of_two() -> TempDir {
        let folder = TempDir::new().unwrap();
        let tables = [
            ("scenarios.csv", "scenario,status\none,optimal\n\"two, </script>\",optimal\n"),
            (
                "options.csv",
                "scenario,rank,option,npv,cost\none,1,2,1.5,1\none,2,1,1.0,2\n\"two, </script>\",1,1,0.5,3\n\"two, </script>\",2,2,0.25,4\n",
            ),
            (
                "spend.csv",
                "scenario,option,line,plan,mean\none,2,a,10.0,\none,1,a,20.5,\n\"two, </script>\",1,a,30,\n\"two, </script>\",2,a,40,\n",
            ),
            ("selection.csv", "scenario,option,project,name\none,F1,A,x\n\"two, </script>\",2,'=B,x\n"),
        ];
        for (name, text) in tables {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn read(folder: &Path, has_npv: bool, depth: Depth) -> Value {
        let places = Places::read(folder).unwrap();
        let text = tables(folder, has_npv, (&places, depth), usize::MAX).unwrap().unwrap();
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn tables_stand_by_columns() {
        let folder = tables_of_two();
        let tables = read(folder.path(), true, DEPTHS[0]);
        let spend = json!({
            "scenario": {"words": ["one", "two, </script>"], "at": [0, 0, 1, 1]},
            "option": [2, 1, 1, 2],
            "line": {"words": ["a"], "at": [0, 0, 0, 0]},
            "plan": [10, 20.5, 30, 40],
        });
        assert_eq!(tables["spend"], json!({"rows": 4, "columns": spend}));
        assert_eq!(tables["selection"]["columns"]["project"]["words"], json!(["A", "=B"]));
        assert!(tables["selection"]["columns"].get("name").is_none());
        assert!(tables["options"]["columns"].get("npv").is_some());
        let tables = read(folder.path(), false, DEPTHS[0]);
        assert!(tables["options"]["columns"].get("npv").is_none());
    }

    #[test]
    fn a_lesser_depth_tells_of_first_ranks_and_then_of_first_scenarios() {
        let folder = tables_of_two();
        let rows = |ranks, scenarios| {
            let tables = read(folder.path(), true, Depth { ranks, scenarios });
            ["options", "spend", "selection"].map(|table| tables[table]["rows"].as_u64().unwrap())
        };
        assert_eq!(rows(None, None), [4, 4, 2]);
        assert_eq!(rows(Some(2), None), [4, 4, 2]);
        assert_eq!(rows(Some(1), None), [4, 2, 2]);
        // The second scenario keeps its first option; what its second one chooses is not told.
        assert_eq!(rows(Some(1), Some(1)), [3, 1, 1]);
    }

    #[test]
    fn a_page_that_is_too_large_tells_less_and_says_so() {
        let folder = tables_of_two();
        let portfolio = fixture::portfolio();
        let batch = fixture::batch(&portfolio);
        let provenance = Provenance { solver: "s", inputs: &[], warnings: &[], incomplete: None };
        let shown = |most| {
            let packed = packed_within(folder.path(), (&portfolio, &batch), provenance, most).unwrap();
            let mut text = String::new();
            GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
            serde_json::from_str::<Value>(&text).unwrap()["batch"]["shown"].clone()
        };
        assert_eq!(shown(PACKED), json!({"ranks": null, "scenarios": null}));
        assert_eq!(shown(0), json!({"ranks": 1, "scenarios": 20}));
    }
}
