//! The room near the best is that of all selections, listed one by one.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::cases::{Case, tables_of};
use crate::dice::Dice;
use crate::program::run;

const COUNT: usize = 7;

/// Seven projects with whole costs, crews and values in two areas, of which one requires another.
struct Random {
    cost: [f64; COUNT],
    crew: [f64; COUNT],
    value: [f64; COUNT],
    budget: f64,
    capacity: f64,
}

impl Random {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let cost: [f64; COUNT] = std::array::from_fn(|_| dice.between(2, 12));
        let crew: [f64; COUNT] = std::array::from_fn(|_| dice.between(0, 6));
        let value: [f64; COUNT] = std::array::from_fn(|_| dice.between(3, 20));
        let half = |amounts: [f64; COUNT]| (amounts.iter().sum::<f64>() * 0.55).floor();
        Self { cost, crew, value, budget: half(cost), capacity: half(crew) + 2.0 }
    }

    fn case(&self, decisions: bool) -> Case {
        let mut tables = [
            "project,area\n".to_owned(),
            "project,line,2027\n".to_owned(),
            "project,resource,2027\n".to_owned(),
            "project,value\n".to_owned(),
        ];
        for place in 0..COUNT {
            let rows = [
                format!("P{place},{}", if place % 2 == 0 { "north" } else { "south" }),
                format!("P{place},capex,{}", self.cost[place]),
                format!("P{place},crew,{}", self.crew[place]),
                format!("P{place},{}", self.value[place]),
            ];
            tables.iter_mut().zip(rows).for_each(|(table, row)| writeln!(table, "{row}").unwrap());
        }
        let [projects, costs, demands, scores] = tables;
        let tables = [
            ("projects.csv", projects),
            ("costs.csv", costs),
            ("demands.csv", demands),
            ("scores.csv", scores),
            ("objectives.csv", "objective\nvalue\n".to_owned()),
            ("budgets.csv", format!("line,2027\ncapex,{}\n", self.budget)),
            ("capacities.csv", format!("resource,2027\ncrew,{}\n", self.capacity)),
            ("dependencies.csv", "project,kind,other\nP1,requires,P2\n".to_owned()),
        ];
        let batch = format!(
            "[batch]\nname = \"plan\"\nportfolio = \"tables\"\ngap = 0.0\noptions = 3\ndiscount_rate = 0.07\ndecisions = {decisions}\n\
             [room]\nwithin = 0.1\n[report]\ngroup_by = [\"area\"]\n[[scenario]]\nname = \"s\"\nrisk = false\n"
        );
        Case::new(&tables, &batch)
    }

    fn sum(amounts: &[f64; COUNT], chosen: u32, counts: impl Fn(usize) -> bool) -> f64 {
        (0..COUNT).filter(|&one| chosen >> one & 1 == 1 && counts(one)).map(|one| amounts[one]).sum()
    }

    /// Least and most of each item among all selections within a tenth of the best.
    fn listed(&self) -> BTreeMap<String, [f64; 2]> {
        let all = |_: usize| true;
        let keeps = |&chosen: &u32| {
            Self::sum(&self.cost, chosen, all) <= self.budget
                && Self::sum(&self.crew, chosen, all) <= self.capacity
                && (chosen & 2 == 0 || chosen & 4 != 0)
        };
        let feasible: Vec<u32> = (0..1 << COUNT).filter(keeps).collect();
        let value = |chosen: u32| Self::sum(&self.value, chosen, all);
        let best = feasible.iter().map(|&chosen| value(chosen)).fold(0.0, f64::max);
        let mut found: BTreeMap<String, [f64; 2]> = BTreeMap::new();
        for &chosen in feasible.iter().filter(|&&chosen| value(chosen) >= 0.9 * best - 1e-9) {
            let mut items = vec![
                ("strategic_value".to_owned(), value(chosen)),
                ("cost".to_owned(), Self::sum(&self.cost, chosen, all)),
                ("line.capex".to_owned(), Self::sum(&self.cost, chosen, all)),
                ("resource.crew".to_owned(), Self::sum(&self.crew, chosen, all)),
                ("projects".to_owned(), f64::from(chosen.count_ones())),
                ("area=north".to_owned(), Self::sum(&self.cost, chosen, |one| one % 2 == 0)),
                ("area=south".to_owned(), Self::sum(&self.cost, chosen, |one| one % 2 == 1)),
            ];
            items.extend((0..COUNT).map(|one| (format!("P{one}"), f64::from(chosen >> one & 1))));
            for (item, amount) in items {
                let range = found.entry(item).or_insert([amount; 2]);
                *range = [range[0].min(amount), range[1].max(amount)];
            }
        }
        found
    }
}

#[test]
fn room_is_that_of_all_selections_near_the_best() {
    let mut classes: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..8 {
        let random = Random::new(seed);
        let listed = random.listed();
        for decisions in [true, false] {
            let case = random.case(decisions);
            let results = case.results();
            let tables = tables_of(&results);
            let room = &tables["room.csv"];
            assert_eq!(room[0][..6], ["scenario", "kind", "item", "least", "most", "class"]);
            assert_eq!(room.len() - 1, listed.len(), "seed {seed}: {room:?}");
            for row in &room[1..] {
                let [least, most] = listed[&row[2]];
                let number = |place: usize| row[place].parse::<f64>().unwrap();
                let told = [3, 4, 6, 7].map(number);
                let is_near = |one: f64, other: f64| (one - other).abs() <= 1e-6 * other.abs().max(1.0);
                let wanted = [least, most, least, most];
                assert!(
                    told.iter().zip(wanted).all(|(&one, other)| is_near(one, other)),
                    "seed {seed}, {decisions}: {row:?}, not {least} … {most}"
                );
                let class = match (row[1].as_str(), least, most) {
                    ("project", 0.0, 1.0) => "free",
                    ("project", 0.0, _) => "must-avoid",
                    ("project", ..) => "must-have",
                    _ => "",
                };
                assert_eq!(row[5], class, "seed {seed}: {row:?}");
                *classes.entry(class.to_owned()).or_default() += 1;
            }
            let (code, stdout, _) = run(case.path(), &["check", "out"]);
            assert_eq!(code, 0, "{stdout}");
        }
    }
    assert_eq!(classes.len(), 4, "every class is met: {classes:?}");
}

#[test]
fn faults_of_the_sections_are_told() {
    for (section, said) in [
        ("[room]\n", "within"),
        ("[room]\nwithin = 0\n", "a part of the best objective above 0"),
        ("[room]\nwithin = 0.02\ntime_limit = 0\n", "seconds"),
        ("[room]\nwithn = 0.02\n", "did you mean `within`"),
        ("[priorities]\nfrom = 1.0\nto = 0.5\n", "leaves no levels"),
        ("[priorities]\nsteps = 1\n", "steps"),
    ] {
        let case = Random::new(1).case(false);
        let batch = case.path().join("plan.toml");
        let text = std::fs::read_to_string(&batch).unwrap().replace("[room]\nwithin = 0.1\n", section);
        std::fs::write(&batch, text).unwrap();
        let (code, _, stderr) = run(case.path(), &["validate", "plan.toml"]);
        assert!(code == 2 && stderr.contains(said), "{said}: {stderr}");
    }
}

/// Cells of a table by the heading of their column.
fn column<'t>(table: &'t [Vec<String>], heading: &str) -> Vec<&'t str> {
    let place = table[0].iter().position(|other| other == heading).unwrap();
    table[1..].iter().map(|row| row[place].as_str()).collect()
}

#[test]
fn priorities_are_nested_and_their_losses_are_those_of_all_selections() {
    for seed in 0..8 {
        let random = Random::new(seed);
        let case = random.case(false);
        let batch = case.path().join("plan.toml");
        let text = std::fs::read_to_string(&batch).unwrap();
        let section = "[priorities]\nfrom = 0.4\nto = 1.6\nsteps = 7\n";
        std::fs::write(&batch, text.replace("[room]\nwithin = 0.1\n", section)).unwrap();
        let tables = tables_of(&case.results());
        let list = &tables["priorities.csv"];
        assert_eq!(list[0][..6], ["scenario", "place", "project", "cumulative_cost", "budget_scale", "loss"]);
        let number = |cell: &str| cell[1..].parse::<usize>().unwrap();
        let projects: Vec<usize> = column(list, "project").into_iter().map(number).collect();
        assert_eq!(projects.len(), COUNT);
        let levels: Vec<Option<f64>> =
            column(list, "budget_scale").into_iter().map(|cell| cell.parse().ok()).collect();
        let losses: Vec<Option<f64>> =
            column(list, "loss").into_iter().map(|cell| cell.parse().ok()).collect();
        let mut cumulative = 0.0;
        for (&project, cell) in projects.iter().zip(column(list, "cumulative_cost")) {
            cumulative += random.cost[project];
            assert!((cell.parse::<f64>().unwrap() - cumulative).abs() < 1e-9);
        }
        let funded_at = |level: f64| -> u32 {
            let funded =
                projects.iter().zip(&levels).filter(|(_, own)| own.is_some_and(|own| own <= level + 1e-9));
            funded.map(|(&project, _)| 1 << project).sum()
        };
        let own: u32 = projects
            .iter()
            .zip(column(list, "funded"))
            .filter(|(_, is)| *is == "true")
            .map(|(&one, _)| 1 << one)
            .sum();
        assert_eq!(own, funded_at(1.0), "the waterline is that of the scenario's own budgets");
        let keeps = |chosen: u32, level: f64| {
            Random::sum(&random.cost, chosen, |_| true) <= level * random.budget + 1e-9
                && Random::sum(&random.crew, chosen, |_| true) <= random.capacity
                && (chosen & 2 == 0 || chosen & 4 != 0)
        };
        let value = |chosen: u32| Random::sum(&random.value, chosen, |_| true);
        for step in 0..7 {
            let level = 0.4 + 0.2 * f64::from(step);
            let chosen = funded_at(level);
            assert!(keeps(chosen, level), "seed {seed}: the list is feasible at {level}");
            let all = 0..1_u32 << COUNT;
            let best = all.filter(|&one| keeps(one, level)).map(value).fold(0.0, f64::max);
            // A level that adds nothing counts where the list grew last; before that nothing is told.
            let mut told =
                levels.iter().zip(&losses).filter(|(own, _)| own.is_some_and(|own| own <= level + 1e-9));
            let Some((_, told)) = told.next_back() else { continue };
            assert!(
                best - value(chosen) <= told.unwrap() + 1e-6,
                "seed {seed}: {level} loses {}, not {told:?}",
                best - value(chosen)
            );
        }
        let (code, stdout, _) = run(case.path(), &["check", "out"]);
        assert_eq!(code, 0, "{stdout}");
    }
}
