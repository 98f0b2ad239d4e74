//! What batch files become, and what is said of faulty ones.

use cutline::domain::{
    Batch, Decision, Goal, LineIx, Measure, PeriodIx, ProjectIx, RankBy, SamplingMethod, Sense, Statistic,
};
use cutline::input::schema::SCHEMA;
use cutline::units::Money;

use super::example::{
    BATCH, cases, load, patched, said, said_of_batch, said_of_patch, tables, valid, without,
};

const HEAD: &str = "[batch]\nportfolio = \"city\"\n";

fn batch(text: &str) -> Batch {
    load(text, tables()).unwrap_or_else(|found| panic!("{}", said(Err(found)))).batch
}

/// A batch with only what must be there, and more.
fn small(more: &str) -> Batch {
    batch(&format!("{HEAD}{more}"))
}

fn names(batch: &Batch) -> Vec<&str> {
    batch.scenarios().iter().map(|scenario| scenario.name.as_str()).collect()
}

#[test]
fn the_example_is_read_without_a_word() {
    assert_eq!(said_of_batch(BATCH), "accepted\n");
    let batch = batch(BATCH);
    assert_eq!((batch.name(), batch.description()), ("annual", "The yearly plan"));
    assert_eq!(batch.selection().time_limit, Some(30.0));
    assert_eq!(batch.selection().min_difference, 2);
    assert_eq!(batch.simulation().seed, 7);
    assert_eq!(batch.simulation().sampling, SamplingMethod::Random);
    assert_eq!(batch.rank_by(), RankBy::Simulated(Measure::Npv, Statistic::P10));
    assert_eq!(
        names(&batch),
        [
            "as planned",
            "cut",
            "budget_scale=0.9, weights=given",
            "budget_scale=0.9, weights=balanced",
            "budget_scale=1, weights=given",
            "budget_scale=1, weights=balanced",
        ]
    );
}

#[test]
fn what_is_not_said_has_a_default() {
    let batch = small("");
    assert_eq!(names(&batch), ["base"]);
    assert_eq!(batch.name(), "annual");
    assert_eq!(batch.selection().time_limit, Some(60.0));
    assert_eq!(batch.selection().gap, 0.001);
    assert_eq!(batch.simulation().trials, 10_000);
    assert_eq!(batch.simulation().tail, 0.05);
    assert_eq!(batch.rank_by(), RankBy::Objective);
    let base = &batch.scenarios()[0];
    assert_eq!(base.options, 10);
    assert_eq!(base.discount_rate, 0.0);
    assert!(base.simulate);
    assert_eq!(base.weight_set.as_str(), "given");
    assert_eq!(base.goal, Goal::Single { sense: Sense::Maximise, measure: Measure::StrategicValue });
    assert_eq!(base.limits, *valid().portfolio.limits());
    assert!(base.scales.costs.iter().chain(&base.scales.benefits).all(|&factor| factor == 1.0));
    assert_eq!(
        (base.scales.costs.len(), base.scales.benefits.len(), base.scales.capacities.len()),
        (2, 3, 1)
    );
    assert_eq!(base.decisions, [Decision::Free, Decision::In, Decision::Free].into());
    let by_work = small("work_limit = 500\n");
    assert_eq!((by_work.selection().time_limit, by_work.selection().work_limit), (None, Some(500)));
}

#[test]
fn a_scenarios_key_replaces_the_bases_key_entirely() {
    let batch = batch(BATCH);
    let [planned, cut, ..] = batch.scenarios() else { panic!("two scenarios") };
    assert_eq!(planned.weight_set.as_str(), "balanced");
    assert_eq!(planned.decisions, [Decision::Free, Decision::In, Decision::In].into());
    assert_eq!(cut.decisions, [Decision::Free, Decision::In, Decision::Free].into());
    assert_eq!(cut.goal, Goal::Mix(vec![(Measure::StrategicValue, 0.6), (Measure::Npv, 0.4)]));
    assert_eq!(cut.scales.budgets, [0.5, 1.0].into());
    assert_eq!(cut.scales.all_lines, 0.8);
    let capex = cut.limits.lines[LineIx::new(0)].as_ref().unwrap();
    assert_eq!(*capex, [75.0, 30.0, 5.0].map(Money::new).into());
    assert_eq!(cut.limits.all_lines.as_ref().unwrap()[PeriodIx::new(0)], Money::new(160.0));
    assert_eq!(batch.scenarios()[2].options, 1);
}

#[test]
fn a_currency_is_letters_or_a_sign() {
    let told = |line: &str| small(line).currency().map(str::to_owned);
    assert_eq!(told(""), None);
    for currency in ["EUR", "k€", "Mio. US$", "₹", "млн руб."] {
        assert_eq!(told(&format!("currency = \" {currency} \"\n")).as_deref(), Some(currency));
    }
    let batch = small("currency = \"EUR\"\n[[scenario]]\nname = \"a\"\n[[scenario]]\nname = \"b\"\n");
    assert_eq!(batch.part(1..2).unwrap().currency(), Some("EUR"), "a shard knows it too");
}

#[test]
fn a_goal_of_either_sense_replaces_the_goal_below() {
    let batch = small(
        "minimise = \"cost\"\n[base]\nmaximise = \"npv\"\n[[scenario]]\nname = \"a\"\n\
         [[scenario]]\nname = \"b\"\nminimise = \"line.capex\"\n",
    );
    let goal = |number: usize| batch.scenarios()[number].goal.clone();
    assert_eq!(goal(0), Goal::Single { sense: Sense::Maximise, measure: Measure::Npv });
    assert_eq!(goal(1), Goal::Single { sense: Sense::Minimise, measure: Measure::Line(LineIx::new(0)) });
}

#[test]
fn goals_in_order_are_read_from_every_layer_and_by_sweeps() {
    let batch = small(
        "maximise = [\"projects\", \"cost\"]\n[[scenario]]\nname = \"a\"\n\
         [[scenario]]\nname = \"b\"\nminimise = [\"cost\", \"projects\", \"npv\"]\n\
         [[scenario]]\nname = \"c\"\nmaximise = [{ npv = 1, strategic_value = 2 }, \"cost\"]\n\
         [[sweep]]\nvary = { maximise = [\"npv\", [\"npv\", \"benefit\"]] }\n",
    );
    let goals = |number: usize| {
        let scenario = &batch.scenarios()[number];
        (scenario.goal.clone(), scenario.next_goals.clone())
    };
    let single = |sense: Sense, measure: Measure| Goal::Single { sense, measure };
    assert_eq!(goals(0), (single(Sense::Maximise, Measure::Projects), vec![Measure::Cost]));
    assert_eq!(goals(1), (single(Sense::Minimise, Measure::Cost), vec![Measure::Projects, Measure::Npv]));
    let mix = Goal::Mix(vec![(Measure::StrategicValue, 2.0), (Measure::Npv, 1.0)]);
    assert_eq!(goals(2), (mix, vec![Measure::Cost]));
    assert_eq!(goals(3), (single(Sense::Maximise, Measure::Npv), Vec::new()));
    assert_eq!(goals(4), (single(Sense::Maximise, Measure::Npv), vec![Measure::Benefit]));
    assert_eq!(batch.scenarios()[4].name.as_str(), "maximise=npv;benefit");
}

#[test]
fn what_is_wrong_with_goals_in_order_is_told() {
    let said =
        |goals: &str| said_of_batch(&format!("{HEAD}[[scenario]]\nname = \"s\"\nmaximise = {goals}\n"));
    let place = "annual.toml, row 5, scenario.maximise";
    assert_eq!(said("[\"npv\", \"cost\"]"), "accepted\n");
    assert_eq!(said("[\"cost\", \"npv\"]"), "accepted\n", "a cost in a list of goals is meant");
    assert_eq!(said("[\"cost\"]"), "accepted\n", "even a list of one");
    let alone = said("\"cost\"");
    assert!(alone.contains("maximises what is better when small"), "alone it may be a slip");
    assert!(alone.contains("write maximise = [\"cost\"]"), "{alone}");
    let faults = [
        ("[]", "`[]` names no measure: write a measure, or goals in order such as [\"projects\", \"cost\"]"),
        ("[\"npv\", \"vpn\"]", "`vpn` is not a measure of this portfolio: did you mean `npv`?"),
        ("[\"npv\", \"npv\"]", "`npv` is named twice: name each goal once"),
        ("[\"npv\", { cost = 1 }]", "`{ cost = 1 }` is a mix behind another goal: put the mix first"),
        ("[\"npv\", [\"cost\"]]", "`[cost]` is not a text: put it in quotes"),
    ];
    for (goals, fault) in faults {
        let said = said(goals);
        assert!(said.contains(&format!("{place}: {fault}")), "{goals}: {said}");
    }
}

#[test]
fn budgets_of_a_scenario_replace_the_tables_and_are_scaled_too() {
    let batch = small("[base]\nbudget_scale = 0.5\nbudgets = { opex = [10, 20, 30], \"*\" = [2, 2, 2] }\n");
    let limits = &batch.scenarios()[0].limits;
    assert_eq!(limits.lines[LineIx::new(1)].as_ref().unwrap()[PeriodIx::new(2)], Money::new(15.0));
    assert_eq!(limits.lines[LineIx::new(0)].as_ref().unwrap()[PeriodIx::new(0)], Money::new(75.0));
    assert_eq!(limits.all_lines.as_ref().unwrap()[PeriodIx::new(1)], Money::new(1.0));
}

#[test]
fn a_forced_decision_overrides_the_status() {
    let batch = small("[base]\nforce_out = [\"P2\"]\nforce_in = [\"P1\"]\n");
    assert_eq!(batch.scenarios()[0].decisions, [Decision::In, Decision::Out, Decision::Free].into());
}

#[test]
fn sweeps_are_the_cross_product_and_are_named_by_their_values() {
    let batch = small(
        "[[sweep]]\nname = \"S\"\ndiscount_rate = 0.1\n\
         vary = { force_in = [[], [\"P1\", \"P3\"]], budget_scale = [0.90, { capex = 0.9, \"*\" = 1.5 }], risk = [true] }\n",
    );
    assert_eq!(
        names(&batch),
        [
            "S: force_in=, budget_scale=0.9, risk=true",
            "S: force_in=, budget_scale={capex=0.9, *=1.5}, risk=true",
            "S: force_in=P1;P3, budget_scale=0.9, risk=true",
            "S: force_in=P1;P3, budget_scale={capex=0.9, *=1.5}, risk=true",
        ]
    );
    assert!(batch.scenarios().iter().all(|scenario| scenario.discount_rate == 0.1));
    assert_eq!(batch.scenarios()[3].scales.all_lines, 1.5);
    assert_eq!(batch.scenarios()[3].decisions[ProjectIx::new(0)], Decision::In);
}

#[test]
fn every_published_key_is_read() {
    for section in SCHEMA.batch {
        for key in section.keys {
            let (path, name) = key.key.rsplit_once('.').unwrap();
            let path = path.replace("NAME", "w");
            let header = match path.as_str() {
                "scenario" | "sweep" | "limit" => format!("[[{path}]]"),
                _ => format!("[{path}]"),
            };
            let said = said_of_batch(&format!("{header}\n{name} = 1979-05-27\n"));
            assert!(!said.contains("is not a key"), "{}: {said}", key.key);
            let misspelt = said_of_batch(&format!("[batch]\n{header}\n{name}x = 1\n"));
            let is_refused = misspelt.contains("is not a key") || header == "[batch]";
            assert!(is_refused || path == "weights.w" || path == "check", "{}: {misspelt}", key.key);
        }
    }
}

/// A default as a batch file writes it; `None` where it is told in words.
fn written(default: &str) -> Option<String> {
    const TOLD: [&str; 6] = [
        "the name of the file",
        "blank",
        "none",
        "true for up to 20 scenarios, else false",
        "time_limit times options",
        "the scenario's own objective",
    ];
    let is_told = TOLD.contains(&default) || default.starts_with("batch.");
    let value = default.split(',').next().filter(|_| !is_told)?;
    let is_bare = value.parse::<f64>().is_ok() || value.parse::<bool>().is_ok();
    Some(if is_bare { value.to_owned() } else { format!("\"{value}\"") })
}

#[test]
fn what_is_published_as_a_default_is_the_default() {
    let mut tried = 0;
    for (section, begin) in [
        ("[batch]", ""),
        ("[simulation]", "[simulation]\n"),
        ("[[scenario]]", "[[scenario]]\nname = \"s\"\n"),
    ] {
        let left_out = small(begin);
        let schema = SCHEMA.batch.iter().find(|schema| schema.section == section).unwrap();
        for key in schema.keys {
            let Some(value) = key.default.and_then(written) else { continue };
            let (_, name) = key.key.rsplit_once('.').unwrap();
            assert_eq!(small(&format!("{begin}{name} = {value}\n")), left_out, "{} = {value}", key.key);
            tried += 1;
        }
    }
    assert_eq!(tried, 30);
}

#[test]
fn settings() {
    let patch = |from, to| said_of_patch(from, to);
    let said = cases(&[
        ("misspelt key", patch("options = 4", "optoins = 4")),
        ("unknown key", patch("options = 4", "colour = \"red\"")),
        ("solver", patch("options = 4", "solver = \"cplex\"")),
        ("text for a number", patch("gap = 0.002", "gap = \"small\"")),
        ("number for a text", patch("name = \"annual\"", "name = 3")),
        ("name that is a path", patch("name = \"annual\"", "name = \"../annual\"")),
        ("gap of one", patch("gap = 0.002", "gap = 1")),
        ("no time", patch("time_limit = 30", "time_limit = 0")),
        ("infinite time", patch("time_limit = 30", "time_limit = inf")),
        ("no options", patch("options = 4", "options = 0")),
        ("fractional options", patch("options = 4", "options = 2.5")),
        ("a currency with digits", patch("gap = 0.002", "currency = \"1000 EUR\"")),
        ("a blank currency", patch("gap = 0.002", "currency = \" \"")),
        ("a currency in quotes", patch("gap = 0.002", "currency = '\"EUR\"'")),
        ("a long currency", patch("gap = 0.002", "currency = \"millions of dollars\"")),
        ("negative seed", patch("seed = 7", "seed = -7")),
        ("huge seed", patch("seed = 7", "seed = 18446744073709551616")),
        ("total loss", patch("discount_rate = 0.05", "discount_rate = -1")),
        ("no portfolio", patch("portfolio = \"city\"", "")),
        ("portfolio elsewhere", patch("portfolio = \"city\"", "portfolio = \"village\"")),
        ("both goals", patch("maximise = \"strategic_value\"", "maximise = \"npv\"\nminimise = \"cost\"")),
        ("unknown measure", patch("maximise = \"strategic_value\"", "maximise = \"stategic_value\"")),
        ("text attribute", patch("maximise = \"strategic_value\"", "maximise = \"attribute.category\"")),
        ("maximise cost", patch("maximise = \"strategic_value\"", "maximise = \"cost\"")),
        ("weight of zero in a mix", patch("{ npv = 0.4,", "{ npv = 0,")),
        ("unknown measure in a mix", patch("{ npv = 0.4,", "{ vpn = 0.4,")),
        ("empty mix", patch("{ npv = 0.4, strategic_value = 0.6 }", "{}")),
        ("nothing to rank by", patch("npv.p10", "npv.p11")),
        ("rank by a statistic of no simulated measure", patch("npv.p10", "line.capex.mean")),
        ("few trials", patch("trials = 500", "trials = 50")),
        ("precision beside trials", patch("trials = 500", "trials = 500\nprecision = 0.01")),
        ("precision in per cent", patch("trials = 500", "precision = 5")),
        ("a number of trials that is no number of nets", patch("\"random\"", "\"sobol\"")),
        ("unknown sampling", patch("\"random\"", "\"Latin\"")),
        ("no tail", patch("tail = 0.1", "tail = 0")),
        ("no batch section", said_of_batch("[simulation]\ntrials = 500\n")),
        ("unknown section", patch("[simulation]", "[simulatoin]")),
        ("limits", patch("[base]", "[[limit]]\nname = \"x\"\n[base]")),
        ("frontier", patch("[base]", "[frontier]\nx = \"cost\"\n[base]")),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn weights() {
    let patch = |from, to| said_of_patch(from, to);
    let said = cases(&[
        ("unknown method", patch("\"direct\"", "\"dierct\"")),
        ("no method", patch("method = \"direct\"", "")),
        ("no values", patch("values = { growth = 40, service = 60 }", "")),
        ("key of another method", patch("method = \"direct\"", "method = \"direct\"\norder = [\"growth\"]")),
        ("unknown objective", patch("service = 60", "servce = 60")),
        ("negative", patch("service = 60", "service = -60")),
        ("missing sibling", patch(", service = 60", "")),
        ("all zero", patch("growth = 40, service = 60", "growth = 0, service = 0")),
        ("given", patch("[weights.balanced]", "[weights.given]")),
        ("unknown set", patch("weights = \"balanced\"", "weights = \"balance\"")),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn weights_by_rank() {
    let stated = "\"direct\"\nvalues = { growth = 40, service = 60 }";
    let order = |order: &str| said_of_patch(stated, &format!("\"rank\"\norder = {order}"));
    let said = cases(&[
        ("one after the other", order("[\"service\", \"growth\"]")),
        ("a tie", order("[[\"growth\", \"service\"]]")),
        ("no order", said_of_patch(stated, "\"rank\"")),
        ("numbers", said_of_patch("\"direct\"", "\"rank\"")),
        ("not a list", order("\"growth\"")),
        ("empty", order("[]")),
        ("empty tie", order("[\"growth\", []]")),
        ("tie of ties", order("[\"growth\", [\"service\", [\"growth\"]]]")),
        ("number for a name", order("[\"growth\", 2]")),
        ("unknown objective", order("[\"growth\", [\"servce\"]]")),
        ("twice", order("[\"growth\", \"service\", [\"growth\"]]")),
        ("missing sibling", order("[\"growth\"]")),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn weights_by_statements() {
    let stated = "\"direct\"\nvalues = { growth = 40, service = 60 }";
    let set = |texts: &str| said_of_patch(stated, &format!("\"incomplete\"\nstatements = {texts}"));
    let said = cases(&[
        ("bounds", set("[\"growth >= 2 * service\", \"0.1 <= service <= 0.4\"]")),
        ("one point", set("[\"growth = 3 * service\"]")),
        ("no statements", said_of_patch(stated, "\"incomplete\"")),
        ("not a list", set("\"growth >= service\"")),
        ("empty", set("[]")),
        ("number for a statement", set("[0.4, \"growth >= servce\"]")),
        ("unknown objective", set("[\"growth >= 2 * servce\"]")),
        ("no objective", set("[\"0.1 <= 0.4\"]")),
        ("no comparison", set("[\"growth\"]")),
        ("strict", set("[\"growth > service\"]")),
        ("per cent", set("[\"growth >= 40 %\"]")),
        ("a comma", set("[\"growth >= 0,4\"]")),
        ("not linear", set("[\"growth * service >= 0.1\"]")),
        ("two directions", set("[\"0.1 <= growth >= 0.4\"]")),
        ("half a statement", set("[\"growth >=\"]")),
        ("open quote", set("[\"'growth >= 0.2\"]")),
        ("alone impossible", set("[\"growth >= 1.2\"]")),
        (
            "contradiction",
            set(
                "[\n\"growth <= 0.9\",\n\"growth >= 2 * service\",\n\"service >= 0.1\",\n\"service >= 0.4\"]",
            ),
        ),
        ("key of another method", set("[\"growth >= service\"]\norder = [\"growth\"]")),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn an_incomplete_set_weighs_by_the_mean_of_its_vertices() {
    let stated = "method = \"direct\"\nvalues = { growth = 40, service = 60 }";
    let incomplete = "method = \"incomplete\"\nstatements = [\"growth >= service\", \"growth <= 0.7\"]";
    let batch = batch(&BATCH.replace(stated, incomplete));
    let weights = &batch.scenarios()[0].weights;
    let polytope = weights.polytope().unwrap();
    assert_eq!(polytope.vertices().len(), 2);
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    near(weights.of(ProjectIx::new(0)).objectives[0], 0.6);
    near(polytope.ranges()[0].0, 0.5);
    near(polytope.ranges()[0].1, 0.7);
    assert!(batch.scenarios()[2].weights.polytope().is_none());
}

#[test]
fn weights_by_judgements() {
    let stated = "\"direct\"\nvalues = { growth = 40, service = 60 }";
    let set = |texts: &str| said_of_patch(stated, &format!("\"pairwise\"\njudgements = {texts}"));
    let said = cases(&[
        ("a number", set("[[\"growth\", \"service\", 3]]")),
        ("a fraction", set("[[\"growth\", \"service\", \"1/3\"]]")),
        ("no judgements", said_of_patch(stated, "\"pairwise\"")),
        ("empty", set("[]")),
        ("not a list", set("\"growth\"")),
        ("two parts", set("[[\"growth\", \"service\"]]")),
        ("not a judgement", set("[\"growth\", \"service\", 3]")),
        ("off the scale", set("[[\"growth\", \"service\", 10]]")),
        ("a fraction off the scale", set("[[\"growth\", \"service\", \"1/10\"]]")),
        ("unknown objective", set("[[\"growth\", \"servce\", 3]]")),
        ("itself", set("[[\"growth\", \"growth\", 1], [\"growth\", \"service\", 3]]")),
        ("twice", set("[[\"growth\", \"service\", 3],\n[\"growth\", \"service\", 4]]")),
        ("reciprocal", set("[[\"growth\", \"service\", 3], [\"service\", \"growth\", 0.333]]")),
        ("contradicted", set("[[\"growth\", \"service\", 3],\n[\"service\", \"growth\", 3]]")),
    ]);
    insta::assert_snapshot!(said);
}

/// Three objectives: growth, risk and service.
fn said_of_three(set: &str) -> String {
    let three = patched("objectives.csv", "service,Service", "risk,Risk,,1,,,,\nservice,Service");
    let stated = "method = \"direct\"\nvalues = { growth = 40, service = 60 }";
    said(load(&BATCH.replace(stated, set), three).map(|loaded| loaded.warnings))
}

#[test]
fn judgements_that_contradict_each_other_draw_a_warning() {
    let judged =
        |judgements: &str| said_of_three(&format!("method = \"pairwise\"\njudgements = {judgements}"));
    let said = cases(&[
        ("consistent", judged("[[\"growth\", \"risk\", 2], [\"risk\", \"service\", 2]]")),
        ("not connected", judged("[[\"growth\", \"risk\", 2]]")),
        (
            "a circle",
            judged("[[\"growth\", \"risk\", 2],\n[\"risk\", \"service\", 2],\n[\"service\", \"growth\", 4]]"),
        ),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn weights_of_a_group() {
    let set = |keys: &str| said_of_batch(&format!("{BATCH}[weights.all]\nmethod = \"group\"\n{keys}\n"));
    let other = "[weights.other]\nmethod = \"group\"\nmembers = ";
    let class = "[weights.areas]\nmethod = \"by_class\"\nattribute = \"category\"\nclasses = { growth = \"balanced\", service = \"given\" }";
    let said = cases(&[
        ("two sets", set("members = { given = 2, balanced = 1 }")),
        ("a group of a group", set(&format!("members = {{ other = 1 }}\n{other}{{ given = 1 }}"))),
        ("no members", set("")),
        ("none", set("members = {}")),
        ("a list", set("members = [\"given\"]")),
        ("unknown", set("members = { givn = 2, balanced = 1 }")),
        ("nothing", set("members = { given = 0 }")),
        ("itself", set("members = { all = 1, given = 1 }")),
        ("a circle", set(&format!("members = {{ other = 1, given = 1 }}\n{other}{{ all = 1 }}"))),
        ("by class", set(&format!("members = {{ areas = 1, given = 1 }}\n{class}"))),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn all_sets_are_kept_with_their_ranges() {
    let sets = "[weights.all]\nmethod = \"group\"\nmembers = { swings = 1, balanced = 3 }\n\
        [weights.swings]\nmethod = \"swing\"\npoints = { growth = 100, service = 25 }\n";
    let batch = batch(&format!("{BATCH}{sets}"));
    let names: Vec<&str> = batch.weight_sets().iter().map(|set| set.name().as_str()).collect();
    assert_eq!(names, ["all", "balanced", "given", "swings"]);
    let all = &batch.weight_sets()[0];
    assert_eq!(all.range(0), (0.4, 0.8));
    assert!((all.weights().of(ProjectIx::new(0)).objectives[0] - 0.5).abs() < 1e-12);
    let differ = all.disagreement().unwrap();
    assert_eq!((differ.objective, differ.weights[0].0.as_str()), (0, "swings"));
}

#[test]
fn weights_by_class() {
    let set = |keys: &str| said_of_batch(&format!("{BATCH}[weights.areas]\nmethod = \"by_class\"\n{keys}\n"));
    let classes =
        |attribute: &str, classes: &str| set(&format!("attribute = \"{attribute}\"\nclasses = {classes}"));
    let both = "{ growth = \"balanced\", service = \"given\" }";
    let beside = said_of_patch("method = \"direct\"", "method = \"direct\"\nattribute = \"category\"");
    let said = cases(&[
        ("each class has a set", classes("category", both)),
        (
            "a column of numbers",
            classes("headcount", "{ 12 = \"balanced\", \"3.50\" = \"given\", 0 = \"given\" }"),
        ),
        ("no attribute", set(&format!("classes = {both}"))),
        ("no classes", set("attribute = \"category\"")),
        ("unknown attribute", classes("categroy", both)),
        ("a class without a set", classes("category", "{ growth = \"balanced\" }")),
        (
            "a class of no project",
            classes("category", "{ growth = \"balanced\", service = \"given\", rail = \"given\" }"),
        ),
        ("unknown set", classes("category", "{ growth = \"balancd\", service = \"given\" }")),
        ("a set by class", classes("category", "{ growth = \"areas\", service = \"given\" }")),
        ("numbers for names", classes("category", "{ growth = 40, service = 60 }")),
        ("a list", classes("category", "[\"balanced\"]")),
        ("key of another method", classes("category", &format!("{both}\nvalues = {{ growth = 1 }}"))),
        ("attribute of another method", beside),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn every_project_needs_a_class() {
    let both = "{ growth = \"balanced\", service = \"given\" }";
    let blank = patched("projects.csv", "0.9,growth,12", "0.9,,12");
    let batch = format!(
        "{BATCH}[weights.areas]\nmethod = \"by_class\"\nattribute = \"category\"\nclasses = {both}\n"
    );
    insta::assert_snapshot!(said(load(&batch, blank).map(|loaded| loaded.warnings)));
}

#[test]
fn scenarios() {
    let scenario = |keys: &str| said_of_batch(&format!("{HEAD}[[scenario]]\nname = \"s\"\n{keys}\n"));
    let said = cases(&[
        ("no name", said_of_batch(&format!("{HEAD}[[scenario]]\nrisk = false\n"))),
        (
            "repeated name",
            said_of_batch(&format!("{HEAD}[[scenario]]\nname = \"s\"\n[[scenario]]\nname = \"s\"\n")),
        ),
        ("single section", said_of_batch(&format!("{HEAD}[scenario]\nname = \"s\"\n"))),
        ("name in base", said_of_batch(&format!("{HEAD}[base]\nname = \"s\"\n"))),
        ("misspelt key", scenario("budgte_scale = 0.9")),
        ("negative factor", scenario("budget_scale = -0.9")),
        ("unknown line", scenario("budget_scale = { capx = 0.9 }")),
        ("factor on what is not limited", scenario("budget_scale = { opex = 0.9 }")),
        ("astronomic factor", scenario("budget_scale = 1e300")),
        ("star for costs", scenario("cost_scale = { \"*\" = 0.9 }")),
        ("unknown resource", scenario("capacity_scale = { welder = 0.9 }")),
        ("unknown kind", scenario("benefit_scale = { saving = 0.9 }")),
        ("unknown project", scenario("force_in = [\"P9\"]")),
        ("text for a list", scenario("force_in = \"P1\"")),
        ("in and out", scenario("force_in = [\"P1\"]\nforce_out = [\"P1\"]")),
        ("too few periods", scenario("budgets = { capex = [1, 2] }")),
        ("negative budget", scenario("budgets = { capex = [1, -2, 3] }")),
        ("budget of text", scenario("budgets = { capex = [1, \"2\", 3] }")),
        ("risk in words", scenario("risk = \"no\"")),
        ("vary", scenario("vary = { options = [1] }")),
        (
            "unused base fault",
            said_of_batch(&format!(
                "{HEAD}[base]\nmaximise = \"nvp\"\n[[scenario]]\nname = \"s\"\nmaximise = \"npv\"\n"
            )),
        ),
        (
            "ranked by risk without risk",
            said_of_batch(&format!(
                "{HEAD}rank_by = \"npv.mean\"\n[[scenario]]\nname = \"s\"\nrisk = false\n"
            )),
        ),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn sweeps() {
    let sweep = |keys: &str| said_of_batch(&format!("{HEAD}[[sweep]]\n{keys}\n"));
    let tens = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]";
    let said = cases(&[
        ("no vary", sweep("options = 2")),
        ("varies nothing", sweep("vary = {}")),
        ("no values", sweep("vary = { options = [] }")),
        ("one value", sweep("vary = { options = 3 }")),
        ("unknown key", sweep("vary = { optoins = [1] }")),
        ("also beside", sweep("options = 3\nvary = { options = [1, 2] }")),
        ("repeated value", sweep("vary = { budget_scale = [0.9, 0.90] }")),
        ("bad value", sweep("vary = { budget_scale = [0.9, \"x\"] }")),
        ("two goals", sweep("vary = { maximise = [\"npv\"], minimise = [\"cost\"] }")),
        (
            "too many",
            sweep(&format!(
                "vary = {{ options = {tens}, discount_rate = {tens}, budget_scale = {tens}, cost_scale = {tens}, \
             benefit_scale = {tens}, capacity_scale = {tens} }}"
            )),
        ),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn goals_need_numbers() {
    let no_strategy = || without(&["objectives.csv", "scores.csv"]);
    let of = |text: &str, files| said(load(text, files).map(|loaded| loaded.warnings));
    let said = cases(&[
        ("strategic value by default", of(HEAD, no_strategy())),
        ("npv instead", of(&format!("{HEAD}maximise = \"npv\"\n"), no_strategy())),
        ("npv without benefits", of(&format!("{HEAD}maximise = \"npv\"\n"), without(&["benefits.csv"]))),
        (
            "npv in every scenario",
            of(&format!("{HEAD}[base]\nmaximise = \"npv\"\n[[scenario]]\nname = \"s\"\n"), no_strategy()),
        ),
        (
            "ranked by it",
            of(&format!("{HEAD}maximise = \"npv\"\nrank_by = \"strategic_value\"\n"), no_strategy()),
        ),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn syntax() {
    let said = cases(&[
        ("broken", said_of_batch("[batch]\nportfolio = \"city\nseed = 1\n")),
        ("key twice", said_of_batch("[batch]\nportfolio = \"city\"\nseed = 1\nseed = 2\n")),
        ("two broken lines", said_of_batch("[batch\nportfolio = \"city\"\nseed = \n")),
        ("empty", said_of_batch("")),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn faults_of_batch_file_and_portfolio_are_told_together() {
    let files = super::example::patched("costs.csv", "50.5", "x");
    let text = BATCH.replacen("options = 4", "optoins = 4", 1).replacen("trials = 500", "trials = 1", 1);
    insta::assert_snapshot!(said(load(&text, files).map(|loaded| loaded.warnings)));
}

#[test]
fn a_name_in_place_of_an_id_is_told() {
    let said =
        |id: &str| said_of_batch(&format!("{HEAD}[[scenario]]\nname = \"s\"\nforce_in = [\"{id}\"]\n"));
    assert!(
        said("depot").contains("that is the name of a project: write its id, \"P1\""),
        "{}",
        said("depot")
    );
    assert!(said("P9").contains("did you mean"), "{}", said("P9"));
}
