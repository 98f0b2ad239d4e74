//! What is said of faulty limits, frontiers, targets and change control in a batch file.

use super::example::{LIMITS, cases, load, said, said_of_batch, tables, without};

const HEAD: &str = "[batch]\nportfolio = \"city\"\n";

fn limit(keys: &str) -> String {
    said_of_batch(&format!("{HEAD}[[limit]]\nname = \"few\"\n{keys}\n"))
}

#[test]
fn the_example_can_be_run() {
    assert_eq!(said_of_batch(LIMITS), "accepted\n");
}

#[test]
fn limits() {
    let said = cases(&[
        ("only a name", limit("")),
        ("no name", said_of_batch(&format!("{HEAD}[[limit]]\nmeasure = \"cost\"\nmax = 1\n"))),
        ("single section", said_of_batch(&format!("{HEAD}[limit]\nname = \"few\"\n"))),
        ("none", said_of_batch(&format!("limit = []\n{HEAD}"))),
        (
            "repeated name",
            limit("measure = \"cost\"\nmax = 1\n[[limit]]\nname = \"few\"\nmeasure = \"cost\"\nmin = 1"),
        ),
        ("misspelt key", limit("measure = \"cost\"\nmax_shar = 0.3")),
        ("unknown measure", limit("measure = \"costs\"\nmax = 1")),
        ("text attribute as measure", limit("measure = \"attribute.category\"\nmax = 1")),
        ("bound in words", limit("measure = \"cost\"\nmax = \"1\"")),
        ("infinite bound", limit("measure = \"cost\"\nmax = inf")),
        ("nothing between", limit("measure = \"cost\"\nmin = 2\nmax = 1")),
        (
            "no share between",
            limit("measure = \"cost\"\nwhere = { category = \"growth\" }\nmin_share = 0.5\nmax_share = 0.25"),
        ),
        ("share in percent", limit("measure = \"cost\"\nwhere = { category = \"growth\" }\nmin_share = 30")),
        ("share of all", limit("measure = \"cost\"\nmin_share = 0.3")),
        ("negative price", limit("measure = \"cost\"\nmax = 1\nprice = -1")),
        (
            "several at once",
            limit("measure = \"cots\"\nmin_share = 2\nmin = 2\nmax = 1\nperiods = [\"2026\"]\nprice = \"x\""),
        ),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn periods() {
    let limit = |measure: &str, periods: &str| {
        limit(&format!("measure = \"{measure}\"\nmax = 1\nperiods = {periods}"))
    };
    let said = cases(&[
        ("unknown period", limit("cost", "[\"2027\", \"2037\"]")),
        ("number", limit("cost", "[2027]")),
        ("text", limit("cost", "\"2027\"")),
        ("none", limit("cost", "[]")),
        ("repeated", limit("cost", "[\"2027\", \"2028\", \"2027\"]")),
        ("of npv", limit("npv", "[\"2027\"]")),
        ("of strategic value", limit("strategic_value", "[\"2027\"]")),
        ("of an attribute", limit("attribute.headcount", "[\"2027\"]")),
        ("of an objective", limit("objective.share", "[\"2027\"]")),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn periods_are_possible_where_measures_are_counted_by_period() {
    for measure in ["cost", "benefit", "projects", "line.capex", "resource.engineer"] {
        let said = limit(&format!("measure = \"{measure}\"\nmax = 1\nperiods = [\"2028\"]"));
        assert_eq!(said, "accepted\n", "{measure}");
    }
}

#[test]
fn filters() {
    let filter = |filter: &str| limit(&format!("measure = \"cost\"\nmax = 1\nwhere = {filter}"));
    let said = cases(&[
        ("no table", filter("\"growth\"")),
        ("empty table", filter("{}")),
        ("misspelt attribute", filter("{ categroy = \"growth\" }")),
        ("unknown attribute", filter("{ sponsor = \"mayor\" }")),
        ("named column", filter("{ status = \"mandatory\" }")),
        ("misspelt value", filter("{ category = [\"growth\", \"sevice\"] }")),
        ("unknown value", filter("{ category = \"compliance\" }")),
        ("blank value", filter("{ category = \"\" }")),
        ("no values", filter("{ category = [] }")),
        ("flag", filter("{ category = true }")),
        ("number that no project has", filter("{ headcount = 11 }")),
        ("text for a number", filter("{ headcount = \"many\" }")),
        ("unknown project", filter("{ project = [\"P1\", \"P4\"] }")),
        ("no common project", filter("{ category = \"service\", headcount = 12 }")),
        ("several at once", filter("{ category = [\"growht\", 7], headcount = false, colour = 1 }")),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn limits_of_scenarios() {
    let few = "[[limit]]\nname = \"few\"\nmeasure = \"cost\"\nmax = 1\n";
    let scenario = |keys: &str| said_of_batch(&format!("{HEAD}{few}[[scenario]]\nname = \"s\"\n{keys}\n"));
    let own = |name: &str| format!("limits = [{{ name = \"{name}\", measure = \"cost\", max = 1 }}]");
    let said = cases(&[
        ("single table", scenario("limits = { name = \"x\" }")),
        ("list of texts", scenario("limits = [\"few\"]")),
        ("faulty", scenario("limits = [{ name = \"x\", measure = \"cots\", maxx = 1 }]")),
        ("name of the batch's", scenario(&own("few"))),
        (
            "repeated name",
            scenario(
                "limits = [{ name = \"x\", measure = \"cost\", max = 1 }, { name = \"x\", measure = \"cost\", max = 2 }]",
            ),
        ),
        ("without an unknown limit", scenario("without_limits = [\"fwe\", \"many\"]")),
        ("without its own", scenario(&format!("without_limits = [\"own\"]\n{}", own("own")))),
        ("text for a list", scenario("without_limits = \"few\"")),
        (
            "without any",
            said_of_batch(&format!("{HEAD}[[scenario]]\nname = \"s\"\nwithout_limits = [\"few\"]\n")),
        ),
        (
            "without a faulty limit",
            said_of_batch(&format!(
                "{HEAD}[[limit]]\nname = \"few\"\nmeasure = \"cots\"\nmax = 1\n[base]\nwithout_limits = [\"few\"]\n"
            )),
        ),
        (
            "varied",
            said_of_batch(&format!(
                "{HEAD}{few}[[sweep]]\nvary = {{ without_limits = [[], [\"fwe\"]], limits = [[], [{{ name = \"few\" }}]] }}\n"
            )),
        ),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn limits_by_value_and_in_shares() {
    let by = |keys: &str| limit(&format!("measure = \"cost\"\n{keys}"));
    let twice = "[[limit]]\nname = \"few: growth\"\nmeasure = \"cost\"\nmax = 1\n";
    let scenario = |keys: &str| {
        limit(&format!("measure = \"cost\"\nby = \"category\"\nmax = 1\n[[scenario]]\nname = \"s\"\n{keys}"))
    };
    let said = cases(&[
        ("by a text", by("by = \"category\"\nmax = 90")),
        ("a share by a text", by("by = \"category\"\nmax_share = 0.5")),
        ("by within a filter", by("by = \"category\"\nwhere = { headcount = 12 }\nmax = 90")),
        ("by an unknown attribute", by("by = \"agncy\"\nmax = 90")),
        ("by project", by("by = \"project\"\nmax = 90\n[base]\nwithout_limits = [\"few: P3\"]")),
        ("by a number", by("by = 3\nmax = 90")),
        ("a name of one of them", by(&format!("by = \"category\"\nmax = 90\n{twice}"))),
        ("without all", scenario("without_limits = [\"few\"]")),
        ("without one", scenario("without_limits = [\"few: growth\"]")),
        ("without none", scenario("without_limits = [\"few: groth\"]")),
        ("share of the plan", by("min_of_plan = 0.85")),
        ("share of the plan in per cent", by("min_of_plan = 85")),
        ("share of the plan beside min", by("min = 3\nmin_of_plan = 0.85")),
        ("share of a line", by("max_of_line = { capex = 0.2, \"*\" = 0.1 }")),
        ("share of a line beside max", by("max = 3\nmax_of_line = { capex = 0.2 }")),
        ("share of a line in per cent", by("max_of_line = { capex = 20 }")),
        ("share of an unknown line", by("max_of_line = { capx = 0.2 }")),
        ("share of a line without a budget", by("max_of_line = { opex = 0.2 }")),
        ("share of no line", by("max_of_line = {}")),
        ("share of a line in words", by("max_of_line = 0.2")),
        ("projects as a share of a line", limit("measure = \"projects\"\nmax_of_line = { capex = 0.2 }")),
    ]);
    insta::assert_snapshot!(said);
    let batch = format!("{HEAD}[[limit]]\nname = \"few\"\nmeasure = \"npv\"\nmin_of_plan = 0.5\n");
    let without = load(&batch, without(&["current_plan.csv"]));
    assert!(self::said(without.map(|loaded| loaded.warnings)).contains("but the portfolio has none"));
}

#[test]
fn trimming_and_kinds_of_changes() {
    let set = |keys: &str| said_of_batch(&format!("{HEAD}{keys}\n"));
    let scenario = |keys: &str| set(&format!("change_price = 2\n[[scenario]]\nname = \"s\"\n{keys}"));
    let said = cases(&[
        ("one share for all", scenario("min_fraction = 0.5")),
        ("some", scenario("min_fraction = { P1 = 0, P3 = 1 }")),
        ("in per cent", scenario("min_fraction = 50")),
        ("unknown project", scenario("min_fraction = { P9 = 0.5 }")),
        ("none", scenario("min_fraction = {}")),
        ("in words", scenario("min_fraction = { P1 = \"half\" }")),
        ("prices in place of the batch's", scenario("add_price = 1\ndrop_price = 3\nmax_drops = 1")),
        ("a price beside those of kinds", scenario("change_price = 1\nadd_price = 1")),
        ("negative prices", set("add_price = -1\ndrop_price = -1\nmove_price = \"1\"")),
        ("half a drop", set("max_drops = 0.5")),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn frontier() {
    let frontier = |keys: &str| said_of_batch(&format!("{HEAD}[frontier]\n{keys}\n"));
    let no_strategy = load(
        &format!("{HEAD}maximise = \"npv\"\n[frontier]\nx = \"cost\"\ny = \"strategic_value\"\n"),
        without(&["objectives.csv", "scores.csv"]),
    );
    let said = cases(&[
        ("empty", frontier("")),
        ("list of sections", said_of_batch(&format!("{HEAD}[[frontier]]\nx = \"cost\"\n"))),
        ("misspelt key", frontier("x = \"cost\"\ny = \"npv\"\nxsense = \"max\"")),
        ("points", frontier("x = \"cost\"\ny = \"npv\"\npoints = 5\nfrom = 0\nto = 10.5\ntime_limit = 60")),
        ("too few points", frontier("x = \"cost\"\ny = \"npv\"\npoints = 1")),
        ("ends without points", frontier("x = \"cost\"\ny = \"npv\"\nfrom = 1\nto = 2")),
        ("ends in the wrong order", frontier("x = \"cost\"\ny = \"npv\"\npoints = 5\nfrom = 2\nto = 2")),
        ("more than all budgets", frontier("x = \"budget_scale\"\ny = \"npv\"\npoints = 5\nto = 1.5")),
        ("no time", frontier("x = \"cost\"\ny = \"npv\"\ntime_limit = 0")),
        ("unknown measures", frontier("x = \"costs\"\ny = \"vpn\"")),
        ("same measure", frontier("x = \"cost\"\ny = \"cost\"")),
        ("unknown sense", frontier("x = \"cost\"\ny = \"npv\"\nx_sense = \"maximum\"")),
        ("sense of budget_scale", frontier("x = \"budget_scale\"\ny = \"npv\"\nx_sense = \"min\"")),
        ("budget_scale as y", frontier("x = \"npv\"\ny = \"budget_scale\"")),
        ("no scores", said(no_strategy.map(|loaded| loaded.warnings))),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn groupings() {
    let report = |keys: &str| said_of_batch(&format!("{HEAD}[report]\n{keys}\n"));
    let without_lines =
        load(&format!("{HEAD}[report]\ngroup_by = [\"line.group\"]\n"), without(&["lines.csv"]));
    let said = cases(&[
        ("empty", report("")),
        ("paths", report("group_by = [\"category/headcount\", \"category\", \"line.group/line.kind\"]")),
        ("misspelt key", report("group_bi = [\"category\"]")),
        ("no list", report("group_by = \"category\"")),
        ("unknown attributes", report("group_by = [\"categroy\", \"category/sponsor\", \"line.groups\", 7]")),
        ("blank part", report("group_by = [\"category/\"]")),
        ("twice", report("group_by = [\"category\", \"category\", \"category/category\"]")),
        ("projects and lines", report("group_by = [\"category/line.kind\"]")),
        ("no table of lines", said(without_lines.map(|loaded| loaded.warnings))),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn targets_escalation_and_change_control() {
    let set = |keys: &str| said_of_batch(&format!("{HEAD}{keys}\n"));
    let of = |keys: &str, gone: &[&str]| {
        said(
            load(&format!("{HEAD}maximise = \"npv\"\n{keys}\n"), without(gone)).map(|loaded| loaded.warnings),
        )
    };
    let said = cases(&[
        ("targets in words", set("meet_targets = \"yes\"")),
        ("targets without objectives", of("meet_targets = true", &["objectives.csv", "scores.csv"])),
        ("escalation", set("escalation = 0.03")),
        ("total loss", set("escalation = -1")),
        ("escalation in words", set("[base]\nescalation = \"3 %\"")),
        ("negative changes", set("max_changes = -1")),
        ("fractional changes", set("max_changes = 1.5")),
        ("negative price", set("change_price = -0.5")),
        ("no current plan", of("max_changes = 1\n[base]\nchange_price = 2", &["current_plan.csv"])),
        ("price of 0", of("change_price = 0", &[])),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn limits_are_checked_without_a_portfolio_as_far_as_can_be() {
    let text = "[batch]\nportfolio = \"village\"\n[[limit]]\nname = \"few\"\nmeasure = \"anything\"\n\
                where = { any = 1 }\nmin_share = 2\nmaxx = 1\n[frontier]\nx = \"any\"\nz = 1\n";
    insta::assert_snapshot!(said(load(text, tables()).map(|loaded| loaded.warnings)));
}
