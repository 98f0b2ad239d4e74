//! Percentiles of choice: `[simulation] percentiles`.

use cutline::domain::{Measure, Percentile, RankBy, Statistic};

use super::example::{BATCH, load, said_of_batch, tables};

fn asking(percentiles: &str, rank_by: &str) -> String {
    let simulation = format!("tail = 0.1\npercentiles = {percentiles}");
    BATCH.replacen("tail = 0.1", &simulation, 1).replacen("npv.p10", rank_by, 1)
}

#[test]
fn percentiles_are_whole_or_tenths_and_those_that_are_told_anyway_are_not_told_twice() {
    let batch = load(&asking("[80, 2.5, 10, 99.9, 50.0]", "cost.p2.5"), tables()).unwrap().batch;
    let percentile = |percent| Percentile::new(percent).unwrap();
    assert_eq!(batch.simulation().percentiles, [80.0, 2.5, 99.9].map(percentile));
    let by = Statistic::Percentile(percentile(2.5));
    assert_eq!(batch.rank_by(), RankBy::Simulated(Measure::Cost, by));
    assert_eq!(said_of_batch(&asking("[]", "npv.p90")), "accepted\n");
}

#[test]
fn what_is_no_percentile_is_a_fault() {
    let said = |percentiles: &str| said_of_batch(&asking(percentiles, "npv.p10"));
    insta::assert_snapshot!(said("[0, 100, -5, 80, 120, 33.33, nan, \"80\", 80.0]"));
    insta::assert_snapshot!(said("80"));
    let many: Vec<String> = (11..35).map(|percent| percent.to_string()).collect();
    insta::assert_snapshot!(said(&format!("[{}]", many.join(", "))));
}

#[test]
fn ranking_by_a_percentile_needs_it() {
    insta::assert_snapshot!(said_of_batch(&asking("[75]", "npv.p80")));
    insta::assert_snapshot!(said_of_batch(&asking("[80]", "projects.p80")));
}
