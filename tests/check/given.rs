//! Past cases, percentiles and samples from elsewhere in whole runs: the tables pass the check, and a shard or a thread more
//! changes nothing.

use std::fs;

use crate::program::{case_of, files_of, run};

const BATCH: &str = "[batch]\nname = \"b\"\nportfolio = \"data\"\nmaximise = \"npv\"\noptions = 2\n\
                     [simulation]\ntrials = 600\n[[scenario]]\nname = \"base\"\n\
                     [[scenario]]\nname = \"less\"\nbudget_scale = 0.8\n";

/// A metalog per library variable, with seeds of its own.
const LIBRARY: &str = r#"{ "U01": { "rng": [{ "name": "hdr1", "function": "HDR_2_0",
    "arguments": { "counter": "PM_Index", "entity": 1, "varId": 2 } }] },
    "sips": [{ "name": "C:cost", "ref": { "source": "rng", "name": "hdr1" }, "function": "Metalog_1_0",
    "arguments": { "lowerBound": 0, "aCoefficients": [0.05, 0.1, 0.02] } }] }"#;

fn tables() -> Vec<(&'static str, &'static str)> {
    vec![
        ("projects.csv", "project\nA\nB\nC\n"),
        ("costs.csv", "project,line,2027\nA,capex,10\nB,capex,10\nC,capex,10\n"),
        ("benefits.csv", "project,2027\nA,14\nB,15\nC,16\n"),
        ("budgets.csv", "line,2027\ncapex,25\n"),
        (
            "uncertainty.csv",
            "project,quantity,distribution,low,mode,high,class,min\n\
             A,cost,reference,,,,roads,\nB,cost,metalog,0.9,1.05,1.4,,0\n*,benefit,reference,,,,roads,\n",
        ),
        (
            "reference_classes.csv",
            "class,ratio\nroads,0.8\nroads,1\nroads,1\nroads,1\nroads,1.1\nroads,1.2\nroads,1.3\nroads,1.5\nroads,1.8\nroads,2.4\n",
        ),
        ("drivers.csv", "driver\nmarket\n"),
        ("exposures.csv", "project,quantity,driver,loading\nA,cost,market,0.6\nB,cost,market,0.6\n"),
    ]
}

#[test]
fn results_with_distributions_from_data_pass_the_check() {
    let samples = ("samples.csv", "trial,C:cost\n1,0.9\n2,1.1\n3,1.4\n");
    for source in [samples, ("costs.SIPmath", LIBRARY)] {
        let place = case_of(&[tables(), vec![source]].concat(), "batch.toml", BATCH);
        let (code, _, stderr) =
            run(place.path(), &["run", "batch.toml", "--out", "out", "--quiet", "--strict"]);
        assert_eq!(code, 0, "{}: {stderr}", source.0);
        let (code, found, stderr) = run(place.path(), &["check", "out"]);
        assert_eq!(code, 0, "{}: {found}{stderr}", source.0);
        let again = ["run", "batch.toml", "--out", "again", "--quiet", "--threads", "1"];
        let (code, _, stderr) = run(place.path(), &again);
        assert_eq!(code, 0, "{stderr}");
        assert_eq!(files_of(&place.path().join("out")), files_of(&place.path().join("again")));
        let options = fs::read_to_string(place.path().join("out/options.csv")).unwrap();
        // Another source of the samples is another result: it is hashed with the input and counts.
        let record = fs::read_to_string(place.path().join("out/run.json")).unwrap();
        assert!(record.contains(source.0) && options.lines().count() > 2, "{record}");
    }
}
