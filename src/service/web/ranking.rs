//! By what the options of a batch are ranked, in words.

use serde_json::Value;

use crate::output::RUN_FILE;
use crate::service::Service;
use crate::service::problem::Problem;

/// By what options are ranked, as the record of the results names it; `None` without results.
pub(super) fn of_batch(service: &Service, id: &str) -> Result<Option<String>, Problem> {
    let files = service.store.results(id)?;
    let Some((_, object)) = files.iter().find(|(name, _)| name == RUN_FILE) else { return Ok(None) };
    let record: Value = serde_json::from_slice(&service.objects.read(object)?).unwrap_or_default();
    Ok(record.pointer("/settings/rank_by").and_then(Value::as_str).map(words))
}

fn words(rank_by: &str) -> String {
    match rank_by {
        "objective" => "the scenario's objective, as planned".to_owned(),
        simulated if simulated.contains('.') && !simulated.starts_with("attribute.") => {
            format!("{simulated}, over the simulated futures")
        }
        measure => format!("{}, as planned", measure.replace('_', " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_is_said_in_words() {
        assert_eq!(words("objective"), "the scenario's objective, as planned");
        assert_eq!(words("strategic_value"), "strategic value, as planned");
        assert_eq!(words("npv.p10"), "npv.p10, over the simulated futures");
        assert_eq!(words("attribute.emissions"), "attribute.emissions, as planned");
    }
}
