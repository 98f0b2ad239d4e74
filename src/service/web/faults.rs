//! Faults shown at their cells: an excerpt of each table and of the batch file, with the faults marked.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::service::problem::{Fault, Problem};
use crate::service::submission::excerpt::{Excerpts, mark};

/// Template values of the page of faults: every file with faults, with an excerpt.
pub(super) fn values(problem: &Problem, excerpts: &Excerpts, back: &str) -> Value {
    let mut by_file: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (place, fault) in problem.faults.iter().enumerate() {
        by_file.entry(&fault.file).or_default().push(message(place + 1, fault));
    }
    let shown: Vec<Value> = (by_file.into_iter())
        .map(|(name, faults)| {
            let mut file = excerpts.get(name).cloned().unwrap_or_else(|| json!({}));
            file["name"] = name.into();
            file["faults"] = faults.into();
            file
        })
        .collect();
    json!({ "title": problem.title, "detail": problem.detail, "files": shown, "back": back })
}

fn message(count: usize, fault: &Fault) -> Value {
    let mut message = json!(fault);
    message["id"] = mark(count).into();
    message["count"] = count.into();
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Files;
    use crate::service::problem::Kind;
    use crate::service::submission::excerpt::excerpts;

    #[test]
    fn a_fault_is_marked_in_its_cell() {
        let fault = Fault {
            severity: "fault".to_owned(),
            file: "costs.csv".to_owned(),
            row: Some(3),
            column: Some("2027".to_owned()),
            value: Some("12,5o".to_owned()),
            problem: "is not a number".to_owned(),
            help: "write one".to_owned(),
            times: 1,
            others: Vec::new(),
            text: String::new(),
        };
        let problem = Problem { faults: vec![fault], ..Problem::new(Kind::InvalidInput, "one") };
        let table = b"project;2027\nA;1\nB;\"12,5o\"\n".to_vec();
        let files = Files::from([("costs.csv".to_owned(), table)]);
        let values = values(&problem, &excerpts(&problem.faults, &files), "/");
        let row = &values["files"][0]["rows"][0];
        assert_eq!(row["number"], 3);
        assert_eq!(row["cells"][1], json!({ "text": "12,5o", "faults": ["fault-1"] }));
        assert_eq!(row["cells"][0]["faults"], json!([]));
    }
}
