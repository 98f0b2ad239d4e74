//! What projects are worth under a scenario, against numbers worked out by hand.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cutline::domain::{
    ByPeriod, ByResource, Choice, LimitBound, LineIx, Measure, NamedLimit, PeriodIx, ProjectIx, ResourceIx,
    Selection,
};
use cutline::finance::{Profiles, Valuation};
use cutline::input::{Files, LoadedBatch, read_batch};
use cutline::optimise::{ScenarioModel, find_options};
use cutline::progress::CancelToken;
use cutline::units::{Amount, Effort, Share};

const TABLES: [(&str, &str); 5] = [
    (
        "projects.csv",
        "project,max_delay,success_probability,min_fraction,headcount\nA,2,0.5,,30\nB,1,,0.5,20\nC,0,,,25\n",
    ),
    (
        "costs.csv",
        "project,line,2027,2028,2029\nA,capex,100,40,20\nA,opex,1,1,1\nB,capex,60,,\nC,capex,60,,\n",
    ),
    ("benefits.csv", "project,2027,2028,2029\nA,,10,30\nB,8,8,8\n"),
    ("demands.csv", "project,resource,2027,2028,2029\nA,crew,3,2,1\n"),
    ("budgets.csv", "line,2027,2028,2029\ncapex,120,120,120\n"),
];

fn load(keys: &str) -> LoadedBatch {
    let files: Files =
        TABLES.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let text = format!("[batch]\nportfolio = \"p\"\nmaximise = \"npv\"\n{keys}\n");
    read_batch("b.toml", text.as_bytes(), |_| Ok(files)).unwrap()
}

fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12 * expected.abs().max(1.0), "{found} is not {expected}");
}

fn assert_all_close<A: Amount>(found: &[A], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).for_each(|(found, expected)| assert_close(found.value(), *expected));
}

/// The amounts of the key at a place.
fn profile<K: Copy + PartialEq, A: Amount>(profiles: &Profiles<K, A>, place: usize) -> &[A] {
    profiles.iter().nth(place).unwrap().1
}

/// A starts one period late, half of B on time.
fn selection() -> Selection {
    let half = Share::new(0.5).unwrap();
    Selection::new([
        Choice {
            project: ProjectIx::new(0),
            start: PeriodIx::new(1),
            share: Share::ONE,
            payment: Default::default(),
        },
        Choice {
            project: ProjectIx::new(1),
            start: PeriodIx::new(0),
            share: half,
            payment: Default::default(),
        },
    ])
}

#[test]
fn costs_escalate_with_each_period_of_delay() {
    let loaded = load("escalation = 0.1\ndiscount_rate = 0.25\n[base]\ncost_scale = { capex = 2 }");
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let [on_time, late, later] = valuation.plans(ProjectIx::new(0)) else { panic!("three starts") };
    assert_all_close(profile(&on_time.spend, 0), &[200.0, 80.0, 40.0]);
    assert_all_close(profile(&late.spend, 0), &[0.0, 220.0, 88.0]);
    assert_all_close(profile(&late.spend, 1), &[0.0, 1.1, 1.1]);
    assert_all_close(profile(&later.spend, 0), &[0.0, 0.0, 242.0]);
    assert_close(late.cost.value(), 310.2);
    // What falls past the horizon costs more too: 1.21 × (201/1.25² + 81/1.25³ + 41/1.25⁴).
    assert_close(
        later.discounted_cost.value(),
        1.21 * (201.0 / 1.5625 + 81.0 / 1.953_125 + 41.0 / 2.441_406_25),
    );
    assert_close(late.benefit_if_successful.value(), 10.0);
    assert_all_close(profile(&late.demand, 0), &[0.0, 3.0, 2.0]);
}

#[test]
fn plans_are_shared_by_neighbours_that_give_them_the_same_numbers() {
    let loaded = load(
        "[[scenario]]\nname = \"plain\"\n\
         [[scenario]]\nname = \"poor\"\nbudget_scale = 0.5\nforce_in = [\"B\"]\n\
         [[scenario]]\nname = \"dear\"\ncost_scale = { capex = 2 }\n\
         [[scenario]]\nname = \"again\"\ncost_scale = { capex = 2 }\nbudget_scale = 2\n\
         [[scenario]]\nname = \"weak\"\nbenefit_scale = 0.5\n\
         [[scenario]]\nname = \"late\"\ndiscount_rate = 0.1\n\
         [[scenario]]\nname = \"end\"\ndiscount_rate = 0.1\ndiscount_at = \"end\"\n",
    );
    let (portfolio, scenarios) = (&loaded.portfolio, loaded.batch.scenarios());
    let all: Vec<Valuation<'_>> = Valuation::each(portfolio, scenarios).collect();
    assert_eq!(all.len(), 7);
    for (valuation, scenario) in all.iter().zip(scenarios) {
        let alone = Valuation::new(portfolio, scenario);
        assert_eq!(valuation.scenario(), scenario);
        let same = |project| valuation.plans(project) == alone.plans(project);
        assert!(portfolio.projects().positions().all(same), "{}", scenario.name);
        for measure in [Measure::Npv, Measure::Cost, Measure::StrategicValue] {
            assert_eq!(valuation.total(measure, &selection()), alone.total(measure, &selection()));
        }
    }
    let first = ProjectIx::new(0);
    let firsts: Vec<usize> = (all.iter())
        .map(|one| all.iter().position(|other| std::ptr::eq(one.plans(first), other.plans(first))).unwrap())
        .collect();
    assert_eq!(firsts, [0, 0, 2, 2, 4, 5, 6]);
    // A changed cost stays with its own valuation.
    let dearer = all[1].with_cost_of(first, 2.0);
    let start = PeriodIx::new(0);
    assert_eq!(dearer.plan(first, start).cost, all[1].plan(first, start).cost * 2.0);
    assert_eq!(all[0].plans(first), Valuation::new(portfolio, &scenarios[0]).plans(first));
}

#[test]
fn costs_may_fall_with_delay_and_stay_without_escalation() {
    let cheaper = load("escalation = -0.5");
    let valuation = Valuation::new(&cheaper.portfolio, &cheaper.batch.scenarios()[0]);
    assert_all_close(
        profile(&valuation.plan(ProjectIx::new(0), PeriodIx::new(2)).spend, 0),
        &[0.0, 0.0, 25.0],
    );
    let plain = load("");
    let valuation = Valuation::new(&plain.portfolio, &plain.batch.scenarios()[0]);
    assert_all_close(
        profile(&valuation.plan(ProjectIx::new(0), PeriodIx::new(2)).spend, 0),
        &[0.0, 0.0, 100.0],
    );
}

#[test]
fn escalation_can_make_a_delay_too_dear() {
    // In 2028 A costs 100 of the 120 there are, escalated by 30 % it would cost 130.
    let force = "options = 1\n[base]\nforce_in = [\"A\", \"C\"]\nminimise = \"line.opex\"";
    for (keys, count) in [("", 1), ("escalation = 0.1\n", 1), ("escalation = 0.3\n", 0)] {
        let loaded = load(&format!("{keys}{force}"));
        let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
        let found =
            find_options(&mut ScenarioModel::new(&valuation), loaded.batch.selection(), &CancelToken::new())
                .unwrap();
        assert_eq!(found.options.len(), count, "{keys}");
    }
}

#[test]
fn a_numeric_attribute_is_a_measure() {
    // Without A, the budget of 120 in 2027 just buys B and C, with headcounts of 20 and 25.
    let best = |goal: &str| {
        let loaded = load(&format!("gap = 0\noptions = 1\n[base]\nforce_out = [\"A\"]\n{goal}"));
        let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
        find_options(&mut ScenarioModel::new(&valuation), loaded.batch.selection(), &CancelToken::new())
            .unwrap()
            .options[0]
            .objective
    };
    assert_close(best("maximise = \"attribute.headcount\""), 45.0);
    assert_close(best("minimise = \"attribute.headcount\""), 0.0);
    // Alone, the attribute reaches 45 and the number of projects 2: a mix divides each by its best.
    assert_close(best("maximise = { \"attribute.headcount\" = 0.6, projects = 0.4 }"), 1.0);
    let loaded = load("");
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    assert_close(valuation.total(Measure::Attribute(0), &selection()), 40.0);
}

#[test]
fn measures_are_told_period_by_period() {
    let loaded = load("");
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let late = valuation.plan(ProjectIx::new(0), PeriodIx::new(1));
    let of = |measure, periods: &[usize]| {
        let periods: Vec<PeriodIx> = periods.iter().copied().map(PeriodIx::new).collect();
        valuation.measure_in(measure, Some(&periods), ProjectIx::new(0), late)
    };
    assert_close(of(Measure::Cost, &[1]), 101.0);
    assert_close(of(Measure::Cost, &[0, 1, 2]), late.cost.value());
    assert_close(of(Measure::Line(LineIx::new(0)), &[1, 2]), 140.0);
    assert_close(of(Measure::Line(LineIx::new(1)), &[0]), 0.0);
    assert_close(of(Measure::Resource(ResourceIx::new(0)), &[2]), 2.0);
    assert_close(of(Measure::Benefit, &[2]), 5.0);
    assert_close(of(Measure::Projects, &[0, 2]), 0.0);
    assert_close(of(Measure::Projects, &[1]), 1.0);
    let npv = valuation.measure(Measure::Npv, ProjectIx::new(0), late);
    assert_close(valuation.measure_in(Measure::Npv, None, ProjectIx::new(0), late), npv);
}

#[test]
fn a_limit_counts_its_projects_and_its_periods() {
    let loaded = load("");
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let limited = |measure, projects: &[usize], periods: Option<&[usize]>| {
        let limit = NamedLimit::new(
            "l".into(),
            measure,
            Some(projects.iter().copied().map(ProjectIx::new).collect()),
            periods.map(|some| some.iter().copied().map(PeriodIx::new).collect()),
            vec![LimitBound::MinShare(0.5)],
            None,
        );
        let (part, whole, _) = valuation.limited(&limit.unwrap(), &selection());
        (part, whole)
    };
    // A late spends 100 + 1 and 40 + 1 in 2028 and 2029; half of B spends 30 in 2027.
    assert_eq!(limited(Measure::Cost, &[1, 2], None), (30.0, 172.0));
    assert_eq!(limited(Measure::Cost, &[0], Some(&[0, 1])), (101.0, 131.0));
    assert_eq!(limited(Measure::Projects, &[1], Some(&[0])), (1.0, 1.0));
    assert_eq!(limited(Measure::Projects, &[1], None), (1.0, 2.0));
}

#[test]
fn demands_for_all_resources_are_those_for_each() {
    let loaded = load("");
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let resources = loaded.portfolio.resources().positions();
    let each: ByResource<ByPeriod<Effort>> =
        resources.map(|resource| valuation.demand(&selection(), resource)).collect();
    assert!(each.iter().flatten().any(|&demand| demand > Effort::ZERO));
    assert_eq!(valuation.demands(&selection()), each);
}
