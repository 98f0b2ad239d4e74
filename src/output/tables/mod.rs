//! All result tables of a batch. A further table is a file of this folder and a line of [`RESULT_TABLES`].

mod attribution;
mod baseline;
mod business_cases;
mod capacity;
mod changes;
mod columns;
mod confidence;
mod contingency;
mod contributions;
mod csv_text;
mod decisions;
mod frame;
pub mod frontier;
mod funding;
mod futures;
mod groups;
mod in_sample;
pub mod infeasible;
mod key_results;
mod kind;
mod objectives;
mod options;
mod periods;
mod plan_columns;
mod priorities;
pub mod regret;
pub mod robust;
pub mod robustness;
mod room;
mod scenarios;
mod selection;
mod shrinkage;
mod spend;
mod trials;
mod verification;
mod weight_ranges;
mod weights;

use std::sync::Arc;

use crate::domain::{Batch, Portfolio};
use crate::engine::{BatchResult, FrontierOutcome, ScenarioOutcome, futures_of_decisions};
use crate::finance::Valuation;

use super::error::OutputError;
pub use csv_text::{CsvError, write_csv};
pub use frame::ResultTable;
use frame::{FinishedScenario, OptionView, PointView};
use kind::{BatchView, TableRows};
pub use kind::{ResultColumn, TableKind};
pub use trials::TABLE as TRIALS_TABLE;

/// All kinds of result tables, in the order in which they are written.
pub const RESULT_TABLES: &[TableKind] = &[
    options::TABLE,
    selection::TABLE,
    spend::TABLE,
    contingency::TABLE,
    funding::TABLE,
    capacity::TABLE,
    attribution::TABLE,
    attribution::INFORMATION,
    futures::FUTURES,
    futures::PERFECT_INFORMATION,
    shrinkage::TABLE,
    objectives::TABLE,
    key_results::TABLE,
    contributions::TABLE,
    weights::TABLE,
    groups::TABLE,
    frontier::TABLE,
    robust::CORE_INDEX,
    robust::PORTFOLIOS,
    weight_ranges::TABLE,
    room::TABLE,
    confidence::TABLE,
    in_sample::TABLE,
    priorities::TABLE,
    scenarios::TABLE,
    business_cases::TABLE,
    baseline::TABLE,
    baseline::SELECTION,
    changes::TABLE,
    decisions::TABLE,
    verification::TABLE,
    infeasible::TABLE,
    robustness::TABLE,
    regret::TABLE,
    regret::BY_OPTION,
];

/// Tables of which every part of a batch has all rows, as no scenario adds to them.
pub const SAME_IN_ALL_PARTS: [&str; 1] = [weights::TABLE.file];

/// The tables of a batch, in the order of [`RESULT_TABLES`]. Rows are sorted by scenario as in the batch, within it by
/// rank (points of the frontier after the options, by their first measure), then by project, line, resource, period or
/// objective in the portfolio's order.
///
/// # Errors
/// If a table cannot be made, which is an internal failure.
pub fn result_tables(
    portfolio: &Portfolio,
    batch: &Batch,
    result: &BatchResult,
) -> Result<Vec<ResultTable>, OutputError> {
    let view = BatchView { portfolio, batch };
    let mut tables: Vec<Box<dyn TableRows<'_> + '_>> =
        RESULT_TABLES.iter().filter_map(|kind| (kind.begin)(&view)).collect();
    let futures = futures_of_decisions(portfolio, batch);
    let scenarios = batch.scenarios().iter().zip(Valuation::each(portfolio, batch.scenarios()));
    for ((scenario, valuation), outcome) in scenarios.zip(&result.scenarios) {
        let valuation = match &futures {
            Some(futures) => valuation.in_futures(Arc::clone(futures)),
            None => valuation,
        };
        tables.iter_mut().for_each(|table| table.scenario(scenario, outcome));
        let ScenarioOutcome::Finished(result) = outcome else { continue };
        add_finished(&mut tables, &FinishedScenario { scenario, result, valuation: &valuation });
    }
    let tables: Vec<Option<ResultTable>> =
        tables.into_iter().map(TableRows::finish).collect::<Result<_, _>>()?;
    Ok(tables.into_iter().flatten().collect())
}

/// Adds a scenario, its options and the points of its frontier.
fn add_finished<'a>(tables: &mut [Box<dyn TableRows<'a> + 'a>], finished: &FinishedScenario<'a, '_>) {
    let (scenario, result) = (finished.scenario, finished.result);
    tables.iter_mut().for_each(|table| table.finished(finished));
    for option in &result.options {
        let view = OptionView { scenario, option };
        tables.iter_mut().for_each(|table| table.option(view, finished));
    }
    let frontier = result.frontier.as_ref().and_then(FrontierOutcome::finished).map(|result| &result.found);
    for (place, point) in frontier.iter().flat_map(|frontier| frontier.points.iter().enumerate()) {
        let view = PointView::new(scenario, place, point);
        tables.iter_mut().for_each(|table| table.point(&view, finished));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Frontier, FrontierX, Measure, Sense};
    use crate::output::{fixture, incomplete_reasons};

    fn csv(file: &str) -> String {
        let portfolio = fixture::portfolio();
        let batch = fixture::batch(&portfolio);
        let tables = result_tables(&portfolio, &batch, &fixture::result()).unwrap();
        let table = tables.into_iter().find(|table| table.file == file).unwrap();
        let mut text = Vec::new();
        write_csv(&mut text, &table.frame).unwrap();
        String::from_utf8(text).unwrap()
    }

    /// The first columns of a table without quoted cells.
    fn first_columns(text: &str, count: usize) -> String {
        let cut = |line: &str| line.split(',').take(count).collect::<Vec<_>>().join(",");
        text.lines().map(cut).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn options_begin_with_the_columns_of_the_contract() {
        let text = csv("options.csv");
        let simulated = text.lines().filter(|line| !line.starts_with('"')).collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(first_columns(&simulated, 25), @r#"
        scenario,rank,option,status,objective,bound,gap,projects,cost,strategic_value,npv,npv_mean,npv_se,npv_sd,npv_p10,npv_p50,npv_p90,npv_cvar,p_loss,cost_mean,cost_p50,cost_p90,p_over_budget,p_over_capacity,p_best
        base,1,2,feasible,0.3,0.3,,2,30.15,65.5,-26.13,100.0,1.0,101.0,102.0,103.0,104.0,105.0,0.125,300.0,303.0,304.0,0.5,,0.75
        base,2,1,optimal,10.0,10.0,0.0,1,30.0,7.75,-24.0,100.0,1.0,101.0,102.0,103.0,104.0,105.0,0.125,300.0,303.0,304.0,0.5,,0.75
        "#);
        let further = text.lines().next().unwrap().split(',').skip(25).collect::<Vec<_>>().join(" ");
        insta::assert_snapshot!(further, @r#"
        npv_sd_se npv_p10_se npv_p50_se npv_p90_se npv_cvar_se p_loss_se cost_mean_se cost_p50_se cost_p90_se p_over_budget_se p_over_capacity_se p_best_se npv_p80 npv_p80_se cost_sd cost_sd_se cost_p10 cost_p10_se cost_cvar cost_cvar_se cost_p80 cost_p80_se benefit benefit_mean benefit_mean_se benefit_sd benefit_sd_se benefit_p10 benefit_p10_se benefit_p50 benefit_p50_se benefit_p90 benefit_p90_se benefit_cvar benefit_cvar_se benefit_p80 benefit_p80_se strategic_value_mean strategic_value_mean_se strategic_value_sd strategic_value_sd_se strategic_value_p10 strategic_value_p10_se strategic_value_p50 strategic_value_p50_se strategic_value_p90 strategic_value_p90_se strategic_value_cvar strategic_value_cvar_se strategic_value_p80 strategic_value_p80_se solver changes penalty expected_strategic_value discounted_benefit discounted_cost cost_past_horizon p_beats_next p_beats_next_se tie
        "#);
        let mixed = text.lines().find(|line| line.starts_with('"')).unwrap();
        insta::assert_snapshot!(mixed, @r#"
        "all ""ins"", no outs",1,1,optimal,0.0,0.0,0.0,2,30.3,76.0,-26.26,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,0.0,,,,,,,,,,,,,,,,,,,,,,,,,,,,,search,,0.0,76.0,0.0,26.26,0.0,,,
        "#);
    }

    #[test]
    fn selections_name_projects_starts_and_shares() {
        insta::assert_snapshot!(csv("selection.csv"), @r#"
        scenario,option,project,start,fraction,end,name
        base,2,A,2027,1.0,2028,A
        base,2,C,2027,0.5,2028,C
        base,1,B,2028,1.0,,B
        "all ""ins"", no outs",1,A,2027,1.0,2028,A
        "all ""ins"", no outs",1,C,2027,1.0,2028,C
        "#);
    }

    #[test]
    fn points_of_a_frontier_have_names_and_selections() {
        let portfolio = fixture::portfolio();
        let cost = FrontierX::Measure(Measure::Cost, Sense::Minimise);
        let asked = Frontier::new(cost, Measure::StrategicValue, Sense::Maximise).unwrap();
        let batch = fixture::batch(&portfolio).with_frontier(asked);
        let result = fixture::result_with_frontier();
        let tables = result_tables(&portfolio, &batch, &result).unwrap();
        let mut texts = Vec::new();
        for table in tables {
            if table.file == "frontier.csv" || table.file == "selection.csv" {
                write_csv(&mut texts, &table.frame).unwrap();
            }
        }
        insta::assert_snapshot!(String::from_utf8(texts).unwrap(), @r#"
        scenario,option,project,start,fraction,end,name
        base,2,A,2027,1.0,2028,A
        base,2,C,2027,0.5,2028,C
        base,1,B,2028,1.0,,B
        base,F2,B,2028,1.0,,B
        "all ""ins"", no outs",1,A,2027,1.0,2028,A
        "all ""ins"", no outs",1,C,2027,1.0,2028,C
        scenario,point,x_measure,x,y_measure,y,gap,status,projects
        base,F1,cost,0.0,strategic_value,0.0,0.0,optimal,0
        base,F2,cost,30.0,strategic_value,7.75,0.25,feasible,1
        "#);
        let reasons = incomplete_reasons(&batch, &result);
        assert!(reasons.iter().any(|reason| reason.contains("1 of 2 points of its frontier not proven")));
    }

    #[test]
    fn spend_is_told_per_line_and_for_all_lines_together() {
        insta::assert_snapshot!(csv("spend.csv"), @r#"
        scenario,option,line,period,plan,limit,mean,p10,p50,p90,p_over,mean_over,mean_se,p10_se,p50_se,p90_se,p_over_se,mean_over_se,p80,p80_se,carried,overrun,shadow_price
        base,2,capex,2027,10.05,40.0,10.0,12.0,13.0,14.0,0.25,1.5,0.1,0.12,0.13,0.14,0.0025,0.015,16.0,0.16,0.0,0.0,
        base,2,capex,2028,20.1,50.0,20.0,22.0,23.0,24.0,0.25,1.5,0.2,0.22,0.23,0.24,0.0025,0.015,26.0,0.26,0.0,0.0,
        base,2,opex,2027,0.0,,0.0,2.0,3.0,4.0,,,0.0,0.02,0.03,0.04,,,6.0,0.06,,,
        base,2,opex,2028,0.0,,,,,,,,,,,,,,,,,,
        base,2,*,2027,10.05,60.0,30.0,32.0,33.0,34.0,0.25,1.5,0.3,0.32,0.33,0.34,0.0025,0.015,36.0,0.36,0.0,0.0,
        base,2,*,2028,20.1,60.0,40.0,42.0,43.0,44.0,0.25,1.5,0.4,0.42,0.43,0.44,0.0025,0.015,46.0,0.46,0.0,0.0,
        base,1,capex,2027,0.0,40.0,10.0,12.0,13.0,14.0,0.25,1.5,0.1,0.12,0.13,0.14,0.0025,0.015,16.0,0.16,0.0,0.0,
        base,1,capex,2028,30.0,50.0,20.0,22.0,23.0,24.0,0.25,1.5,0.2,0.22,0.23,0.24,0.0025,0.015,26.0,0.26,0.0,0.0,
        base,1,opex,2027,0.0,,0.0,2.0,3.0,4.0,,,0.0,0.02,0.03,0.04,,,6.0,0.06,,,
        base,1,opex,2028,0.0,,,,,,,,,,,,,,,,,,
        base,1,*,2027,0.0,60.0,30.0,32.0,33.0,34.0,0.25,1.5,0.3,0.32,0.33,0.34,0.0025,0.015,36.0,0.36,0.0,0.0,
        base,1,*,2028,30.0,60.0,40.0,42.0,43.0,44.0,0.25,1.5,0.4,0.42,0.43,0.44,0.0025,0.015,46.0,0.46,0.0,0.0,
        "all ""ins"", no outs",1,capex,2027,10.1,40.0,,,,,,,,,,,,,,,0.0,0.0,
        "all ""ins"", no outs",1,capex,2028,20.2,50.0,,,,,,,,,,,,,,,0.0,0.0,
        "all ""ins"", no outs",1,opex,2027,0.0,,,,,,,,,,,,,,,,,,
        "all ""ins"", no outs",1,opex,2028,0.0,,,,,,,,,,,,,,,,,,
        "all ""ins"", no outs",1,*,2027,10.1,60.0,,,,,,,,,,,,,,,0.0,0.0,
        "all ""ins"", no outs",1,*,2028,20.2,60.0,,,,,,,,,,,,,,,0.0,0.0,
        "#);
    }

    #[test]
    fn demand_is_told_per_resource() {
        insta::assert_snapshot!(first_columns(&csv("capacity.csv"), 8), @r#"
        scenario,option,resource,period,plan,limit,mean,p10
        base,2,crew,2027,1.5,,1.0,3.0
        base,2,crew,2028,3.0,,2.0,4.0
        base,1,crew,2027,0.0,,1.0,3.0
        base,1,crew,2028,1.0,,2.0,4.0
        "all ""ins"", no outs",1,crew,2027,2.0,,
        "all ""ins"", no outs",1,crew,2028,4.0,,
        "#);
    }

    #[test]
    fn objectives_tell_score_target_and_share() {
        insta::assert_snapshot!(csv("objectives.csv"), @r#"
        scenario,option,objective,weight,score,target,reached,share,name
        base,2,growth,0.5,18.0,,,0.961832061069,growth
        base,2,markets,0.25,12.0,30.0,false,0.0458015267176,markets
        base,2,service,0.5,5.0,,,0.0381679389313,service
        base,2,share,0.25,24.0,,,0.916030534351,share
        base,1,growth,0.5,15.05,,,1.0,growth
        base,1,markets,0.25,30.0,30.0,true,0.967741935484,markets
        base,1,service,0.5,0.0,,,0.0,service
        base,1,share,0.25,0.1,,,0.0322580645161,share
        "all ""ins"", no outs",1,growth,0.5,21.0,,,0.967105263158,growth
        "all ""ins"", no outs",1,markets,0.25,14.0,30.0,false,0.0460526315789,markets
        "all ""ins"", no outs",1,service,0.5,5.0,,,0.0328947368421,service
        "all ""ins"", no outs",1,share,0.25,28.0,,,0.921052631579,share
        "#);
    }

    #[test]
    fn scenarios_tell_every_assumption() {
        let text = csv("scenarios.csv");
        let portfolio = fixture::portfolio();
        let lines = text.lines().count();
        assert_eq!(lines, 1 + fixture::batch(&portfolio).scenarios().len());
        insta::assert_snapshot!(text, @r#"
        scenario,status,objective,goal,scale.strategic_value,scale.npv,weights,weight.markets,weight.service,weight.share,discount_rate,options,options_found,risk,force_in,force_out,cost_scale.capex,cost_scale.opex,benefit_scale.gain,budget.capex.2027,budget.capex.2028,budget.opex.2027,budget.opex.2028,budget.*.2027,budget.*.2028,capacity.crew.2027,capacity.crew.2028,escalation,meet_targets,max_changes,change_price,limits,discount_at
        base,feasible,10.0,maximise strategic_value,,,given,0.25,0.5,0.25,0.25,2,2,true,,,1.0,1.0,1.0,40.0,50.0,,,60.0,60.0,,,0.0,false,,0.0,,start
        "all ""ins"", no outs",optimal,0.0,maximise 0.6 strategic_value + 0.4 npv,50.0,-12.0,given,0.25,0.5,0.25,0.25,2,1,false,A;C,B,1.0,1.0,1.0,40.0,50.0,,,60.0,60.0,,,0.0,false,,0.0,,start
        later,not run,,maximise strategic_value,,,given,0.25,0.5,0.25,0.25,2,0,true,,,1.0,1.0,1.0,40.0,50.0,,,60.0,60.0,,,0.0,false,,0.0,,start
        "#);
    }

    #[test]
    fn planned_spend_sums_to_the_cost_of_the_option() {
        let (options, spend) = (csv("options.csv"), csv("spend.csv"));
        let cell = |line: &str, column: usize| line.split(',').nth(column).unwrap().parse::<f64>().unwrap();
        for option in options.lines().filter(|line| line.starts_with("base,")) {
            let number = option.split(',').nth(2).unwrap();
            let of_option =
                |line: &&str| line.starts_with(&format!("base,{number},")) && !line.contains(",*,");
            let planned: f64 = spend.lines().filter(of_option).map(|line| cell(line, 4)).sum();
            assert!((planned - cell(option, 8)).abs() < 1e-9);
        }
    }

    #[test]
    fn no_table_holds_what_is_not_a_number() {
        for kind in RESULT_TABLES.iter().filter(|kind| kind.written == kind::ALWAYS) {
            let file = kind.file;
            let text = csv(file).to_lowercase();
            let cells = || text.split(['\n', ',']);
            assert!(cells().all(|cell| !["nan", "inf", "-inf", "-0.0", "-0"].contains(&cell)), "{file}");
        }
    }

    #[test]
    fn names_with_commas_quotes_and_line_ends_survive() {
        let portfolio = fixture::portfolio();
        let name = "=1+2, \"what\r\nif\"";
        let batch = fixture::batch_of(vec![fixture::scenario(&portfolio, name)]);
        let result = BatchResult { scenarios: vec![ScenarioOutcome::NotRun], ..fixture::result() };
        let mut tables = result_tables(&portfolio, &batch, &result).unwrap();
        for table in &mut tables {
            let mut text = Vec::new();
            write_csv(&mut text, &table.frame).unwrap();
            let mut reader = csv::Reader::from_reader(text.as_slice());
            assert_eq!(&reader.headers().unwrap()[0], "scenario");
            let first = reader.records().next().map(|record| record.unwrap()[0].to_owned());
            assert!(first.as_ref().is_none_or(|cell| cell.starts_with("'=")), "no spreadsheet runs it");
            let first = first.as_deref().map(crate::ids::from_cell);
            assert_eq!(first, (table.file == "scenarios.csv").then_some(name));
        }
    }

    #[test]
    fn tables_stand_in_the_order_of_the_registry() {
        let portfolio = fixture::portfolio();
        let tables = result_tables(&portfolio, &fixture::batch(&portfolio), &fixture::result()).unwrap();
        let place = |table: &ResultTable| RESULT_TABLES.iter().position(|kind| kind.file == table.file);
        assert!(tables.iter().map(place).is_sorted());
        let always = RESULT_TABLES.iter().filter(|kind| kind.written == kind::ALWAYS);
        assert!(always.clone().count() > 4);
        for kind in always {
            assert!(tables.iter().any(|table| table.file == kind.file), "{}", kind.file);
        }
    }

    #[test]
    fn the_guide_names_every_table() {
        let pages = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guide")).unwrap();
        let guide: String =
            pages.map(|page| std::fs::read_to_string(page.unwrap().path()).unwrap()).collect();
        for kind in RESULT_TABLES {
            assert!(guide.contains(&format!("`{}`", kind.file)), "{}", kind.file);
            assert!(kind.columns.iter().all(|column| !column.doc.is_empty()), "{}", kind.file);
        }
    }
}
