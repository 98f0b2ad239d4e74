//! Every measure, as a goal, a limit, a criterion and an axis of a frontier, against numbers worked out by hand or by
//! other programs.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cutline::domain::{Measure, PeriodIx, ProjectIx, RankBy, Solver};
use cutline::engine::{ScenarioOutcome, run};
use cutline::finance::Valuation;
use cutline::input::{Files, LoadedBatch, read_batch};
use cutline::optimise::{ScenarioModel, SolveStatus, find_frontier, find_options};
use cutline::progress::{CancelToken, Silent};
use cutline::units::DiscountRate;

type Tables<'a> = &'a [(&'a str, &'a str)];

fn files(tables: Tables<'_>) -> Files {
    tables.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
}

/// Each of these lines is a key of `[batch]`, until a line opens another section.
fn load(tables: Tables<'_>, keys: &str) -> LoadedBatch {
    let text = format!("[batch]\nportfolio = \"p\"\ngap = 0\n{keys}\n");
    read_batch("b.toml", text.as_bytes(), |_| Ok(files(tables))).unwrap()
}

/// What is wrong with a batch file, one fault or warning in each line.
fn told(tables: Tables<'_>, keys: &str) -> String {
    let text = format!("[batch]\nportfolio = \"p\"\n{keys}\n");
    match read_batch("b.toml", text.as_bytes(), |_| Ok(files(tables))) {
        Ok(loaded) => loaded.warnings.iter().map(|one| format!("{one}\n")).collect(),
        Err(found) => found.iter().map(|one| format!("{one}\n")).collect(),
    }
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-10 * expected.abs().max(1.0), "{found} is not {expected}");
}

/// The objectives and projects of all options of the first scenario, which both engines agree on.
fn options(tables: Tables<'_>, keys: &str) -> Vec<(f64, String)> {
    let of = |solver: &str| {
        let loaded = load(tables, &format!("solver = \"{solver}\"\n{keys}"));
        let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
        let found =
            find_options(&mut ScenarioModel::new(&valuation), loaded.batch.selection(), &CancelToken::new())
                .unwrap();
        let name = |project: ProjectIx| loaded.portfolio.projects()[project].id.as_str();
        let ids = |projects: Vec<ProjectIx>| projects.into_iter().map(name).collect::<Vec<_>>().join(" ");
        let options = found.options.iter();
        options.map(|one| (one.objective, ids(one.selection.projects().collect()))).collect::<Vec<_>>()
    };
    let all: Vec<Vec<(f64, String)>> = Solver::ALL.iter().map(|solver| of(solver.as_str())).collect();
    for other in &all[1..] {
        assert_eq!(other.len(), all[0].len());
        for (one, other) in all[0].iter().zip(other) {
            close(one.0, other.0);
            assert_eq!(one.1, other.1);
        }
    }
    all.into_iter().next().unwrap()
}

/// RISKY is worth 10 if it succeeds, half of the time; SAFE is worth 8 for certain. There is money for one.
const RISKY_OR_SAFE: Tables<'_> = &[
    ("projects.csv", "project,success_probability\nRISKY,0.5\nSAFE,1\n"),
    ("costs.csv", "project,line,2027\nRISKY,m,10\nSAFE,m,10\n"),
    ("budgets.csv", "line,2027\nm,10\n"),
    ("objectives.csv", "objective\nvalue\n"),
    ("scores.csv", "project,value\nRISKY,10\nSAFE,8\n"),
    ("benefits.csv", "project,2027\nRISKY,30\nSAFE,24\n"),
];

#[test]
fn strategic_value_is_weighed_by_the_probability_of_success() {
    let plain = options(RISKY_OR_SAFE, "options = 3");
    assert_eq!(plain[0], (10.0, "RISKY".to_owned()));
    let expected = options(RISKY_OR_SAFE, "options = 3\nmaximise = \"expected_strategic_value\"");
    let expected: Vec<(f64, &str)> = expected.iter().map(|(value, ids)| (*value, ids.as_str())).collect();
    assert_eq!(expected, [(8.0, "SAFE"), (5.0, "RISKY"), (0.0, "")]);
}

#[test]
fn what_is_expected_is_the_mean_of_what_is_simulated() {
    let both = ("synergies.csv", "synergy,projects,effect,amount\nboth,RISKY;SAFE,strategic_value,3\n");
    let synergies = [RISKY_OR_SAFE, &[both]].concat();
    let loaded = load(&synergies, "options = 1\n[[scenario]]\nname = \"rich\"\nbudget_scale = 2");
    let result = run(&loaded.portfolio, &loaded.batch, &Silent, &CancelToken::new());
    let ScenarioOutcome::Finished(found) = &result.scenarios[0] else { panic!("not run") };
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let option = &found.options[0];
    // 10 half of the time and 8, and both together 3 more: synergies do not vary.
    close(valuation.total(Measure::ExpectedStrategicValue, &option.found.selection), 16.0);
    let mean = option.risk.as_ref().unwrap().strategic_value.mean;
    assert!((mean.value - 16.0).abs() <= 4.0 * mean.error.max(0.01), "{mean:?}");
}

/// Ten projects that can be put off compete for one fund; what they bring past 2030 does not count.
const PHASED: Tables<'_> = &[
    (
        "projects.csv",
        "project,start,max_delay\nA,2028,2\nB,2028,2\nC,2028,2\nD,2028,2\nE,2028,2\nF,2028,2\nG,2028,2\nH,2028,2\n\
         I,2028,2\nJ,2028,2\n",
    ),
    (
        "demands.csv",
        "project,resource,2027,2028,2029,2030\nA,fund,,5,,\nB,fund,,15,,\nC,fund,,10,,\nD,fund,,5,,\nE,fund,,10,,\n\
         F,fund,,15,,\nG,fund,,10,,\nH,fund,,2,,\nI,fund,,3,,\nJ,fund,,7,,\n",
    ),
    ("capacities.csv", "resource,2027,2028,2029,2030\nfund,0,20,30,25\n"),
    (
        "benefits.csv",
        "project,2027,2028,2029,2030\nA,,2,2,2\nB,,3,3,3\nC,,5,5,5\nD,,2,2,2\nE,,4,4,4\nF,,8,8,8\nG,,2,2,2\n\
         H,,1,1,1\nI,,1,1,1\nJ,,2,2,2\n",
    ),
];

#[test]
fn discounted_benefit_ends_with_the_horizon() {
    let keys = "options = 1\ndiscount_rate = 0.05\nmaximise = \"discounted_benefit\"";
    // Found by two other programs, which know no periods after the last.
    assert!((options(PHASED, keys)[0].0 - 54.572_940_287_2).abs() < 1e-9);
    // What a late start brings past the horizon counts in the net present value.
    let npv = options(PHASED, "options = 1\ndiscount_rate = 0.05\nmaximise = \"npv\"");
    assert!(npv[0].0 > 70.0, "{npv:?}");
}

/// Benefits of two kinds over three years, spent on two lines; B may start late.
const KINDS: Tables<'_> = &[
    ("projects.csv", "project,max_delay,success_probability\nA,,0.5\nB,1,\n"),
    ("costs.csv", "project,line,2027,2028,2029\nA,capex,100,,\nB,capex,40,30,10\nB,opex,,5,5\n"),
    (
        "benefits.csv",
        "project,kind,2027,2028,2029\nA,savings,,120,\nA,revenue,,,144\nB,savings,10,20,40\nB,revenue,,30,60\n",
    ),
];

#[test]
fn every_kind_of_benefit_is_a_measure() {
    let loaded = load(KINDS, "maximise = \"npv\"\ndiscount_rate = 0.25");
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let named = |name: &str| Measure::named(name, &loaded.portfolio).unwrap();
    let (savings, revenue) = (named("benefit.savings"), named("benefit.revenue"));
    assert_eq!(savings.name(&loaded.portfolio), "benefit.savings");
    close(
        valuation.measure(savings, ProjectIx::new(0), valuation.plan(ProjectIx::new(0), PeriodIx::new(0))),
        60.0,
    );
    close(
        valuation.measure(revenue, ProjectIx::new(0), valuation.plan(ProjectIx::new(0), PeriodIx::new(0))),
        72.0,
    );
    let late = valuation.plan(ProjectIx::new(1), PeriodIx::new(1));
    close(valuation.measure(savings, ProjectIx::new(1), late), 30.0);
    close(
        valuation.measure_in(revenue, Some(&[PeriodIx::new(1), PeriodIx::new(2)]), ProjectIx::new(1), late),
        30.0,
    );
    close(valuation.measure(Measure::Benefit, ProjectIx::new(1), late), 60.0);
    // 10 / 1.25 + 50 / 1.25², and 40 / 1.25 + 35 / 1.25²: what falls into 2030 is left out, and counts in NPV.
    close(valuation.measure(Measure::DiscountedBenefit, ProjectIx::new(1), late), 40.0);
    close(valuation.measure(Measure::DiscountedCost, ProjectIx::new(1), late), 54.4);
    close(
        valuation.measure_in(Measure::DiscountedCost, Some(&[PeriodIx::new(2)]), ProjectIx::new(1), late),
        22.4,
    );
    close(
        valuation.measure(Measure::Npv, ProjectIx::new(1), late),
        40.0 + 100.0 / 1.953_125 - 54.4 - 15.0 / 1.953_125,
    );
}

#[test]
fn kinds_of_benefit_can_be_optimised_and_limited() {
    let best = |keys: &str| options(KINDS, &format!("options = 1\n{keys}")).into_iter().next();
    let found = best("maximise = \"benefit.revenue\"").unwrap();
    assert_eq!(found, (162.0, "A B".to_owned()));
    // Of A's benefits, 120 savings and 144 revenue, half is expected.
    let limit = |bound: &str| {
        format!(
            "maximise = \"benefit\"\n[[limit]]\nname = \"no more\"\nmeasure = \"benefit.savings\"\nperiods = [\"2028\"]\n\
             {bound}\n"
        )
    };
    assert_eq!(best(&limit("max = 75")).unwrap().1, "A B");
    assert_eq!(best(&limit("max = 69")).unwrap().1, "B");
    let share = "where = { project = \"A\" }\nmin_share = 0.9";
    assert_eq!(best(&limit(share)).unwrap().1, "A");
}

#[test]
fn npv_at_another_rate_is_a_hurdle() {
    // A costs 100, and 60 can be expected of it in a year and 72 in two: it earns 20 %.
    let flows = |rate: f64| {
        let a = -100.0 + 60.0 / (1.0 + rate) + 72.0 / (1.0 + rate).powi(2);
        let b = -30.0 + 15.0 / (1.0 + rate) + 85.0 / (1.0 + rate).powi(2);
        (a, b)
    };
    let best = |rate: f64| {
        let keys = format!("options = 1\ndiscount_rate = 0.02\nmaximise = \"npv@{rate}\"");
        options(KINDS, &keys).into_iter().next().unwrap()
    };
    let (a, b) = flows(0.12);
    assert!(a > 0.0);
    let (npv, ids) = best(0.12);
    close(npv, a + b);
    assert_eq!(ids, "A B");
    let (a, b) = flows(0.25);
    assert!(a < 0.0);
    let (npv, ids) = best(0.25);
    close(npv, b);
    assert_eq!(ids, "B");
    // As a limit on each project it keeps out who does not earn 25 %.
    let hurdle = "options = 1\nmaximise = \"npv\"\n[[limit]]\nname = \"hurdle\"\nmeasure = \"npv@0.25\"\nmin = 0\n\
                  where = { project = \"A\" }";
    assert_eq!(options(KINDS, hurdle)[0].1, "B");
}

#[test]
fn npv_at_the_scenarios_own_rate_is_npv() {
    for timing in ["start", "middle", "end"] {
        let loaded =
            load(KINDS, &format!("maximise = \"npv\"\ndiscount_rate = 0.07\ndiscount_at = \"{timing}\""));
        let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
        let own = Measure::NpvAt(DiscountRate::new(0.07).unwrap());
        for (project, plans) in (0..2).map(|project| (project, valuation.plans(ProjectIx::new(project)))) {
            for plan in plans {
                let npv = valuation.measure(Measure::Npv, ProjectIx::new(project), plan);
                close(valuation.measure(own, ProjectIx::new(project), plan), npv);
            }
        }
    }
}

#[test]
fn money_falls_due_at_the_start_in_the_middle_or_at_the_end() {
    let npv = |timing: &str| {
        let keys = format!("options = 1\ndiscount_rate = 0.21\nmaximise = \"npv\"\n{timing}");
        options(KINDS, &keys)[0].0
    };
    let at_start = npv("");
    close(npv("discount_at = \"start\""), at_start);
    close(npv("discount_at = \"middle\""), at_start / 1.1);
    close(npv("discount_at = \"end\""), at_start / 1.21);
    // A scenario or the base may say otherwise than the batch.
    close(npv("discount_at = \"end\"\n[base]\ndiscount_at = \"middle\""), at_start / 1.1);
}

#[test]
fn what_is_simulated_is_discounted_as_planned() {
    for timing in ["start", "middle", "end"] {
        let certain = [KINDS, &[("projects.csv", "project,max_delay\nA,\nB,1\n")]].concat();
        let keys =
            format!("options = 1\ndiscount_rate = 0.1\ndiscount_at = \"{timing}\"\nmaximise = \"npv\"");
        let loaded = load(&certain, &keys);
        let result = run(&loaded.portfolio, &loaded.batch, &Silent, &CancelToken::new());
        let ScenarioOutcome::Finished(found) = &result.scenarios[0] else { panic!("not run") };
        let risk = found.options[0].risk.as_ref().unwrap();
        close(risk.npv.mean.value, found.options[0].found.objective);
        close(risk.npv.p10.value, found.options[0].found.objective);
    }
}

#[test]
fn options_are_ranked_and_frontiers_drawn_by_every_measure() {
    let loaded = load(
        KINDS,
        "maximise = \"npv\"\nrank_by = \"npv@0.25\"\n[frontier]\nx = \"discounted_cost\"\ny = \"npv@0.25\"",
    );
    let rate = DiscountRate::new(0.25).unwrap();
    assert_eq!(loaded.batch.rank_by(), RankBy::Plan(Measure::NpvAt(rate)));
    assert_eq!(loaded.batch.rank_by().name(&loaded.portfolio), "npv@0.25");
    let frontier = loaded.batch.frontier().unwrap();
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let found = find_frontier(
        &ScenarioModel::new(&valuation),
        frontier,
        loaded.batch.selection(),
        &CancelToken::new(),
    )
    .unwrap();
    assert_eq!(found.status, SolveStatus::Optimal);
    let points: Vec<(f64, f64)> = found.points.iter().map(|point| (point.x, point.y)).collect();
    // Nothing; B late; B in time. A costs more than it earns at 25 %. Costs are not discounted, as no rate is given.
    let early = -30.0 + 15.0 / 1.25 + 85.0 / 1.5625;
    assert_eq!(points.len(), 3, "{points:?}");
    for (found, expected) in points.iter().zip([(0.0, 0.0), (75.0, early / 1.25), (90.0, early)]) {
        close(found.0, expected.0);
        close(found.1, expected.1);
    }
}

#[test]
fn mixes_scale_every_measure_by_its_own_best() {
    let mix = "{ \"benefit.savings\" = 0.5, discounted_benefit = 0.25, \"npv@0.12\" = 0.25 }";
    let found = options(KINDS, &format!("options = 1\nmaximise = {mix}"));
    close(found[0].0, 1.0);
}

#[test]
fn names_of_measures_that_do_not_exist_are_faults_that_help() {
    let goal = |name: &str| told(KINDS, &format!("maximise = \"{name}\""));
    assert!(goal("npv@").contains("such as npv@0.12"), "{}", goal("npv@"));
    assert!(goal("npv@-1").contains("such as npv@0.12"));
    assert!(goal("npv@12 %").contains("such as npv@0.12"));
    assert!(goal("npv@inf").contains("such as npv@0.12"));
    assert!(goal("npv@12").contains("12 % is written npv@0.12"), "{}", goal("npv@12"));
    assert!(goal("benefit.saving").contains("did you mean `benefit.savings`?"), "{}", goal("benefit.saving"));
    assert!(goal("discounted_benefits").contains("did you mean `discounted_benefit`?"));
    let expected = told(KINDS, "maximise = \"expected_strategic_value\"");
    assert!(expected.contains("asks for expected_strategic_value, but no project has a score"), "{expected}");
    let timing = told(KINDS, "maximise = \"npv\"\ndiscount_at = \"noon\"");
    assert!(timing.contains("middle"), "{timing}");
}

#[test]
fn a_kind_of_benefit_called_like_a_statistic_is_not_guessed_at() {
    let tables: Tables<'_> =
        &[("projects.csv", "project\nA\n"), ("benefits.csv", "project,kind,2027\nA,mean,5\n")];
    let told = told(tables, "maximise = \"npv\"\nrank_by = \"benefit.mean\"");
    assert!(told.contains("a kind of benefit and a statistic"), "{told}");
}
