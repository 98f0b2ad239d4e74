//! Columns and tables that cannot be recomputed from the input tables alone, and why.

/// Reason why a column is not recomputed.
pub(super) fn why_not(file: &str, column: &str) -> &'static str {
    const PROOF: &str = "what is proven about all selections cannot be recomputed without a solver";
    const SOLVES: &str = "it tells of other selections, which only a solver finds";
    const UNKNOWN: &str = "this check does not know it";
    match (file, column) {
        ("options.csv", "bound") => {
            "proven by a solver; it was only held against the objectives of the options"
        }
        ("options.csv", "tie") => {
            "it follows from what ranks the options, which was recomputed, and the error of their difference, which was not"
        }
        ("options.csv", "solver") => "how a bound was found cannot be read off the tables",
        ("frontier.csv", "gap" | "status") => PROOF,
        ("portfolios.csv", _) => "portfolios do not tell who pays, and several lines may pay a cost",
        ("core_index.csv", "status" | "shortfall") => "that no portfolio is missing takes a search",
        ("scenarios.csv", column) if column.starts_with("scale.") => {
            "the best that each measure reaches alone takes a solver; objectives were recomputed with it"
        }
        ("baseline.csv", "rank" | "option" | "bound" | "gap" | "p_best" | "p_best_se" | "solver") => {
            "it is blank: a cut line is no option and proves nothing"
        }
        ("baseline.csv", _) => "the risk of the cut line is not simulated again; that of the options is",
        ("spend.csv" | "capacity.csv", "shadow_price") => "prices of the linear relaxation take a solver",
        ("decisions.csv", "reason" | "binding") => "it is told in words, and in part of other selections",
        (
            "decisions.csv",
            "cost_of_forcing"
            | "displaces"
            | "break_even_cost"
            | "break_even_score"
            | "cost_of_forcing_least"
            | "cost_of_forcing_most"
            | "break_even_cost_most"
            | "break_even_score_most"
            | "break_even_score_least"
            | "break_even_cost_least",
        ) => SOLVES,
        ("robustness.csv", _) => SOLVES,
        ("regret.csv", "breaks") => "it is told in words; that something breaks was recomputed",
        ("regret_by_option.csv", "worst_scenario" | "choice") => {
            "it follows from the regrets, which were recomputed"
        }
        _ => UNKNOWN,
    }
}

/// Reason why a whole table is not recomputed.
pub(super) fn why_not_table(file: &str) -> &'static str {
    match file {
        "infeasible.csv" => {
            "that no selection satisfies a scenario, what would help, and which limits must give way, takes a solver"
        }
        "business_cases.csv" => "it tells of projects on their own, and no option depends on it",
        "workbook.xlsx" | "report.html" => {
            "it shows the tables beside it, which were recomputed; it was only held against its hash in run.json"
        }
        "trials.parquet" | "trials.xml" => {
            "each trial of each option is not simulated again; their figures in options.csv are. It was only held against its hash in \
             run.json"
        }
        file if file.ends_with(".parquet") => {
            "it holds the table of this name, which was recomputed; it was only held against its hash in run.json"
        }
        "weight_ranges.csv" => {
            "that no other selection is better up to the ends of an interval takes a solver"
        }
        "attribution.csv" => "the run was stopped before it told where risk comes from",
        "information.csv" => {
            "it compares options under what would be known; the trials of each option are compared in options.csv"
        }
        "priorities.csv" => "what is best at each level of the budgets takes a solver",
        "verification.csv" => "what two engines prove takes both of them",
        "regret.csv" | "regret_by_option.csv" => {
            "where several lines may pay for a project, who pays is decided anew in each scenario"
        }
        _ => "this check does not know it",
    }
}
