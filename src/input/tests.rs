//! Results of valid input, including input that asks for what is not supported yet.

use crate::diagnostic::Diagnostics;
use crate::domain::{
    ChangeControl, FrontierX, LimitBound, LineIx, Measure, NamedLimit, PeriodIx, Portfolio, ProjectIx,
    ResourceIx, Scenario, Sense, SynergyEffect,
};
use crate::units::{Effort, Money};

use super::load::{LoadedBatch, read_portfolio};
use super::{Files, read_batch};

const TABLES: [(&str, &str); 9] = [
    (
        "projects.csv",
        "project,max_delay,category,headcount,year\n\
         P1,1,growth,12,Y1\nP2,0,service,3.5,Y2\nP3,0,growth,0,Y1\nP4,0,,12,2027\n",
    ),
    ("costs.csv", "project,line,2027,2028,2029\nP1,capex,10,20,\nP2,opex,1,1,1\n"),
    ("demands.csv", "project,resource,2027,2028,2029\nP1,engineer,1,1,\nP2,welder,1,1,\n"),
    (
        "budgets.csv",
        "line,carry_over,overrun_limit,overrun_price,overrun_basis,2027,2028,2029\n\
         capex,0.25,5,2,plan,10,10,10\n\
         opex,,,,,1,1,1\n\
         *,1,7,,,20,20,20\n",
    ),
    (
        "capacities.csv",
        "resource,extra_limit,extra_rate,extra_line,2027,2028,2029\nengineer,2,0.5,opex,3,3,3\nwelder,1,,,2,2,2\n",
    ),
    ("objectives.csv", "objective,target\nvalue,9\n"),
    ("scores.csv", "project,value\nP1,5\nP3,7\n"),
    (
        "synergies.csv",
        "synergy,projects,at_least,effect,amount\n\
         shared,P3; P1 ;P2,2,cost,-4.5\n\
         brand,P1;P4,,strategic_value,3\n",
    ),
    ("current_plan.csv", "project,start\nP2,2029\nP1,2027\n"),
];

const HEAD: &str = "[batch]\nportfolio = \"p\"\nmaximise = \"npv\"\n";

fn files() -> Files {
    TABLES.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
}

fn said(found: &Diagnostics) -> String {
    found.iter().map(|entry| format!("{entry}\n")).collect()
}

fn batch(text: &str) -> LoadedBatch {
    let text = format!("{HEAD}{text}");
    read_batch("b.toml", text.as_bytes(), |_| Ok(files())).unwrap_or_else(|found| panic!("{}", said(&found)))
}

fn scenario(text: &str) -> Scenario {
    batch(text).batch.scenarios()[0].clone()
}

fn portfolio() -> Portfolio {
    read_portfolio(&files()).unwrap_or_else(|found| panic!("{}", said(&found))).portfolio
}

/// The one limit of a batch.
fn limit(keys: &str) -> NamedLimit {
    scenario(&format!("[[limit]]\nname = \"l\"\n{keys}\n")).named_limits.remove(0)
}

#[test]
fn budgets_say_how_they_give_way() {
    let portfolio = portfolio();
    let capex = portfolio.flexibility().line(LineIx::new(0));
    assert_eq!(capex.carry_over(), 0.25);
    let overrun = capex.overrun().unwrap();
    assert_eq!((overrun.limit(), overrun.price()), (Money::new(5.0), 2.0));
    assert!(portfolio.flexibility().line(LineIx::new(1)).is_rigid());
    let all_lines = portfolio.flexibility().all_lines();
    assert_eq!(all_lines.carry_over(), 1.0);
    let free = all_lines.overrun().unwrap();
    assert_eq!((free.limit(), free.price()), (Money::new(7.0), 0.0));
}

#[test]
fn capacities_say_what_can_be_bought() {
    let portfolio = portfolio();
    let engineers = portfolio.flexibility().resource(ResourceIx::new(0)).unwrap();
    assert_eq!(
        (engineers.limit(), engineers.rate(), engineers.line()),
        (Effort::new(2.0), 0.5, Some(LineIx::new(1)))
    );
    let welders = portfolio.flexibility().resource(ResourceIx::new(1)).unwrap();
    assert_eq!((welders.limit(), welders.rate(), welders.line()), (Effort::new(1.0), 0.0, None));
}

#[test]
fn synergies_are_ordered_by_id_and_name_their_projects_by_position() {
    let portfolio = portfolio();
    let [brand, shared] = portfolio.synergies() else { panic!("two synergies") };
    assert_eq!(
        (brand.id().as_str(), brand.members(), brand.at_least()),
        ("brand", [0, 3].map(ProjectIx::new).as_slice(), 2)
    );
    assert_eq!((brand.effect(), brand.amount()), (SynergyEffect::StrategicValue, 3.0));
    assert_eq!((shared.members(), shared.at_least()), ([0, 1, 2].map(ProjectIx::new).as_slice(), 2));
    assert_eq!((shared.effect(), shared.amount()), (SynergyEffect::Cost, -4.5));
}

#[test]
fn the_current_plan_may_lie_outside_a_projects_window() {
    let portfolio = portfolio();
    let plan = portfolio.current_plan().unwrap();
    let start = |period| Some(PeriodIx::new(period));
    assert_eq!(plan.starts().as_slice(), [start(0), start(2), None, None]);
    assert!(!portfolio.projects()[ProjectIx::new(1)].starts(3).contains(&PeriodIx::new(2)));
    let nothing_agreed = Files::from([
        ("projects.csv".to_owned(), b"project\nA\n".to_vec()),
        ("current_plan.csv".to_owned(), b"project,start\n".to_vec()),
    ]);
    let portfolio = read_portfolio(&nothing_agreed).unwrap().portfolio;
    assert_eq!(portfolio.current_plan().unwrap().starts().as_slice(), [None]);
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let reverse = |text: &Vec<u8>| {
        let text = String::from_utf8(text.clone()).unwrap();
        let (header, rows) = text.split_once('\n').unwrap();
        let rows: Vec<&str> = rows.lines().rev().collect();
        format!("{header}\n{}\n", rows.join("\n")).into_bytes()
    };
    let reversed: Files = files().iter().map(|(name, text)| (name.clone(), reverse(text))).collect();
    let shuffled = read_portfolio(&reversed).unwrap().portfolio;
    assert_eq!(format!("{shuffled:?}"), format!("{:?}", portfolio()));
    let limit = |name: &str| format!("[[limit]]\nname = \"{name}\"\nmeasure = \"cost\"\nmax = 3\n");
    let forwards = scenario(&format!("{}{}", limit("a"), limit("b")));
    let backwards = scenario(&format!("{}{}", limit("b"), limit("a")));
    assert_eq!(forwards, backwards);
}

#[test]
fn nothing_gives_way_unless_it_is_said() {
    let files = Files::from([("projects.csv".to_owned(), b"project\nA\n".to_vec())]);
    let portfolio = read_portfolio(&files).unwrap().portfolio;
    assert!(portfolio.flexibility().is_rigid());
    assert!(portfolio.synergies().is_empty() && portfolio.current_plan().is_none());
    let plain = batch("");
    let scenario = &plain.batch.scenarios()[0];
    assert!(scenario.named_limits.is_empty() && !scenario.meet_targets && scenario.escalation == 0.0);
    assert_eq!(scenario.change_control, ChangeControl::default());
    assert_eq!(plain.batch.frontier(), None);
}

#[test]
fn a_limit_has_all_its_keys() {
    let bucket = limit(
        "measure = \"line.capex\"\nwhere = { category = \"growth\" }\nmin_share = 0.3\nmax = 50\nmin = 10\n\
         periods = [\"2029\", \"2027\"]\nprice = 0.5",
    );
    assert_eq!(bucket.name().as_str(), "l");
    assert_eq!(bucket.measure(), Measure::Line(LineIx::new(0)));
    assert_eq!(bucket.projects(), Some([0, 2].map(ProjectIx::new).as_slice()));
    assert_eq!(bucket.periods(), Some([0, 2].map(PeriodIx::new).as_slice()));
    assert_eq!(bucket.bounds(), [LimitBound::Min(10.0), LimitBound::Max(50.0), LimitBound::MinShare(0.3)]);
    assert_eq!(bucket.price(), Some(0.5));
    let plain = limit("measure = \"npv\"\nmin = -5");
    assert_eq!((plain.projects(), plain.periods(), plain.price()), (None, None, None));
}

#[test]
fn projects_are_found_by_id_text_and_number() {
    let projects = |filter: &str| {
        let limit = limit(&format!("measure = \"projects\"\nmax = 2\nwhere = {filter}"));
        limit.projects().unwrap().iter().map(|project| project.index()).collect::<Vec<_>>()
    };
    assert_eq!(projects("{ project = [\"P4\", \"P1\"] }"), [0, 3]);
    assert_eq!(projects("{ category = [\"service\", \"growth\"] }"), [0, 1, 2]);
    assert_eq!(projects("{ headcount = 12 }"), [0, 3]);
    assert_eq!(projects("{ headcount = [12.0, \"3.50\"] }"), [0, 1, 3]);
    assert_eq!(projects("{ year = 2027 }"), [3], "a number in a column of texts");
    assert_eq!(projects("{ category = \"growth\", headcount = [0, 3.5] }"), [2], "all attributes must fit");
}

#[test]
fn scenarios_add_limits_and_leave_others_out() {
    let loaded = batch(
        "[[limit]]\nname = \"b\"\nmeasure = \"cost\"\nmax = 1\n\
         [[limit]]\nname = \"c\"\nmeasure = \"cost\"\nmax = 2\n\
         [base]\nlimits = [{ name = \"a\", measure = \"cost\", max = 3 }]\n\
         [[scenario]]\nname = \"as the base\"\n\
         [[scenario]]\nname = \"fewer\"\nwithout_limits = [\"b\"]\n\
         [[scenario]]\nname = \"replaced\"\nwithout_limits = [\"c\"]\n\
         [[scenario.limits]]\nname = \"c\"\nmeasure = \"cost\"\nmax = 4\n",
    );
    let limits: Vec<Vec<(&str, f64)>> = (loaded.batch.scenarios().iter())
        .map(|scenario| {
            let limits = scenario.named_limits.iter();
            limits.map(|limit| (limit.name().as_str(), limit.bounds()[0].value())).collect()
        })
        .collect();
    assert_eq!(
        limits,
        [
            vec![("a", 3.0), ("b", 1.0), ("c", 2.0)],
            vec![("a", 3.0), ("c", 2.0)],
            vec![("b", 1.0), ("c", 4.0)],
        ]
    );
}

#[test]
fn a_sweep_varies_the_new_keys_too() {
    let loaded = batch(
        "escalation = 0.02\nmax_changes = 3\nchange_price = 0.5\nmeet_targets = true\n\
         [[limit]]\nname = \"b\"\nmeasure = \"cost\"\nmax = 1\n\
         [[sweep]]\nvary = { without_limits = [[], [\"b\"]], max_changes = [0, 2], escalation = [0.1] }\n",
    );
    let scenarios = loaded.batch.scenarios();
    let limits: Vec<usize> = scenarios.iter().map(|scenario| scenario.named_limits.len()).collect();
    assert_eq!(limits, [1, 1, 0, 0]);
    let changes: Vec<_> = scenarios.iter().map(|scenario| scenario.change_control.max_changes).collect();
    assert_eq!(changes, [Some(0), Some(2), Some(0), Some(2)]);
    for scenario in scenarios {
        assert_eq!((scenario.escalation, scenario.change_control.price), (0.1, 0.5));
        assert!(scenario.meet_targets);
    }
    let overridden = scenario("meet_targets = true\n[base]\nmeet_targets = false\nescalation = -0.5\n");
    assert!(!overridden.meet_targets && overridden.escalation == -0.5);
}

#[test]
fn a_frontier_has_natural_senses_unless_others_are_asked_for() {
    let frontier = |keys: &str| batch(&format!("[frontier]\n{keys}\n")).batch.frontier().unwrap();
    let usual = frontier("x = \"cost\"\ny = \"npv\"");
    assert_eq!(usual.x(), FrontierX::Measure(Measure::Cost, Sense::Minimise));
    assert_eq!((usual.y(), usual.y_sense()), (Measure::Npv, Sense::Maximise));
    let unusual =
        frontier("x = \"attribute.headcount\"\ny = \"line.capex\"\nx_sense = \"min\"\ny_sense = \"max\"");
    assert_eq!(unusual.x(), FrontierX::Measure(Measure::Attribute(1), Sense::Minimise));
    assert_eq!((unusual.y(), unusual.y_sense()), (Measure::Line(LineIx::new(0)), Sense::Maximise));
    assert_eq!(frontier("x = \"budget_scale\"\ny = \"npv\"").x(), FrontierX::BudgetScale);
}

#[test]
fn the_examples_of_the_guide_are_read() {
    let pages = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guide")).unwrap();
    let guide: String = pages.map(|page| std::fs::read_to_string(page.unwrap().path()).unwrap()).collect();
    let examples: Vec<&str> = (guide.split("```toml\n").skip(1))
        .filter_map(|rest| rest.split_once("```").map(|(example, _)| example))
        .collect();
    assert_eq!(examples.len(), 10);
    // These tables have no key results, and one batch has one section `[report]`.
    let examples: Vec<&str> = (examples.into_iter())
        .filter(|example| !example.contains("key_result."))
        .map(|example| example.strip_prefix("[report]\nweight_ranges = true\n").unwrap_or(example))
        .collect();
    // The columns of the guide are others than those of these tables.
    let columns = ["attribute.total_cost", "attribute.score", "attribute.investment"];
    let text =
        columns.iter().fold(examples.concat(), |text, column| text.replace(column, "attribute.headcount"));
    let groupings = "[\"portfolio/program\", \"category\", \"line.group\", \"line.kind\"]";
    let text = text.replace(groupings, "[\"category\", \"year\"]");
    let loaded = batch(&text);
    let control = loaded.control.unwrap();
    let names: Vec<&str> = control.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["cost", "strategic_value", "line.capex"]);
    let batch = loaded.batch;
    let names: Vec<&str> =
        batch.scenarios()[0].named_limits.iter().map(|limit| limit.name().as_str()).collect();
    let sure = ["no more than 40 M on growth in 2028", "opex is safe"];
    assert_eq!(names, [sure[0], "no more than four starts in 2027", sure[1], "two of three"]);
    assert!(batch.frontier().is_some() && batch.baseline().is_some());
    assert!(batch.room().is_some() && batch.priorities().is_some());
}
