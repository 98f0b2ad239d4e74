//! A random portfolio, written as a list in a random form with a map that says which, is the same portfolio again.

use std::collections::BTreeMap;

use crate::dice::Dice;
use crate::{imported, portfolio};

const CASES: u64 = 120;
const PERIODS: [&str; 3] = ["2027", "2028", "2029"];

/// Amounts of a project in hundredths, by period.
type Profile = [i64; 3];

/// A project.
struct Made {
    id: String,
    name: String,
    status: &'static str,
    start: &'static str,
    owner: String,
    costs: Vec<(&'static str, Profile)>,
    benefit: Profile,
    demand: Profile,
    score: Option<i64>,
    needs: Vec<String>,
}

/// Form of the numbers and cells of a list.
#[derive(Clone, Copy)]
struct Form {
    separator: char,
    decimal: char,
    thousands: Option<char>,
    has_brackets: bool,
    is_long: bool,
    has_title: bool,
}

fn profile(dice: &mut Dice) -> Profile {
    [0; 3].map(|_: i64| match dice.below(4) {
        0 => 0,
        1 => i64::try_from(dice.below(100)).unwrap(),
        _ => i64::try_from(dice.below(500_000_000)).unwrap() - 50_000_000,
    })
}

fn project(number: usize, before: &[Made], dice: &mut Dice) -> Made {
    let others: Vec<String> =
        dice.some(2, before.len()).into_iter().map(|at| before[at].id.clone()).collect();
    let mut costs = vec![("capex", profile(dice)), ("opex", profile(dice))];
    // Each table has an amount.
    costs[0].1[0] = 7;
    costs[1].1[2] = 11;
    let (mut benefit, mut demand) = (profile(dice), profile(dice).map(i64::abs));
    (benefit[1], demand[1]) = (benefit[1].abs() + 1, demand[1] + 1);
    Made {
        id: format!("P{number:02}"),
        name: format!(
            "{} {number}",
            dice.one_of(&["Bridge, new", "Road; old", "The \"best\"", "Zoë's hall"])
        ),
        status: ["candidate", "mandatory", "excluded"][dice.below(3)],
        start: PERIODS[dice.below(3)],
        owner: dice.one_of(&["ann", "bob", ""]).to_owned(),
        costs,
        benefit,
        demand,
        score: (dice.below(3) > 0).then(|| i64::try_from(dice.below(10_000)).unwrap()),
        needs: others,
    }
}

fn plain(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100)
}

impl Form {
    fn random(dice: &mut Dice) -> Self {
        let decimal = if dice.below(2) == 0 { '.' } else { ',' };
        let other = if decimal == '.' { ',' } else { '.' };
        Self {
            separator: [',', ';', '\t', '|'][dice.below(4)],
            decimal,
            thousands: [None, Some(other), Some(' '), Some('\'')][dice.below(4)],
            has_brackets: dice.below(2) == 0,
            is_long: dice.below(2) == 0,
            has_title: dice.below(2) == 0,
        }
    }

    fn number(self, hundredths: i64) -> String {
        let digits = plain(hundredths.abs());
        let (whole, fraction) = digits.split_once('.').unwrap();
        let mut grouped = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if let Some(mark) = self.thousands.filter(|_| at > 0 && (whole.len() - at) % 3 == 0) {
                grouped.push(mark);
            }
            grouped.push(digit);
        }
        let text = format!("{grouped}{}{fraction}", self.decimal);
        match (hundredths < 0, self.has_brackets) {
            (false, _) => text,
            (true, true) => format!("({text})"),
            (true, false) => format!("-{text}"),
        }
    }

    fn map(self) -> String {
        let separator = if self.separator == '\t' { "tab".to_owned() } else { self.separator.to_string() };
        let mut map = format!(
            "[list]\nseparator = \"{separator}\"\nskip_rows = {}\n",
            if self.has_title { 2 } else { 0 }
        );
        map += &format!("[numbers]\ndecimal = \"{}\"\n", self.decimal);
        if let Some(mark) = self.thousands {
            map += &format!(
                "thousands = \"{}\"\n",
                if mark == ' ' { "blank".to_owned() } else { mark.to_string() }
            );
        }
        if self.has_brackets {
            map += "negative = \"brackets\"\n";
        }
        map += "[project]\nid = \"Key\"\nname = \"Title\"\nstatus = \"Decision\"\nstart = \"Begin\"\n\
                [status]\nopen = \"candidate\"\nmust = \"mandatory\"\nout = \"excluded\"\n[attribute]\nowner = \"Owner\"\n\
                [scores]\nworth = \"Worth\"\n[dependencies]\nrequires = \"Needs\"\n";
        map += match self.is_long {
            true => "[costs]\nline = \"Line\"\nperiod = \"Year\"\namount = \"Money\"\n",
            false => {
                "[costs]\ncapex = { columns = \"Capex {period} k\" }\nopex = { columns = \"Opex {period} k\" }\n\
                      [benefits.benefit]\ncolumns = \"Gain {period}\"\n[demands.staff]\ncolumns = \"Staff {period}\"\n"
            }
        };
        map
    }
}

/// The list, its rows in a random order.
fn list(projects: &[Made], form: Form, dice: &mut Dice) -> Vec<u8> {
    let mut heading: Vec<String> =
        ["Key", "Title", "Decision", "Begin", "Owner", "Worth", "Needs"].map(str::to_owned).to_vec();
    if form.is_long {
        heading.extend(["Line", "Year", "Money"].map(str::to_owned));
    } else {
        for name in ["Capex {} k", "Opex {} k", "Gain {}", "Staff {}"] {
            heading.extend(PERIODS.map(|period| name.replace("{}", period)));
        }
    }
    let mut rows = Vec::new();
    for project in projects {
        let word = match project.status {
            "mandatory" => "must",
            "excluded" => "out",
            _ => "open",
        };
        let own = vec![
            project.id.clone(),
            project.name.clone(),
            word.to_owned(),
            project.start.to_owned(),
            project.owner.clone(),
            project.score.map_or_else(String::new, |score| form.number(score)),
            project.needs.join([";", ", ", "\n"][dice.below(3)]),
        ];
        let amounts = |profile: &Profile| profile.map(|amount| form.number(amount)).to_vec();
        if form.is_long {
            for (line, profile) in &project.costs {
                for (period, amount) in PERIODS.iter().zip(profile) {
                    let end = vec![(*line).to_owned(), (*period).to_owned(), form.number(*amount)];
                    rows.push([own.clone(), end].concat());
                }
            }
        } else {
            let costs: Vec<String> = project.costs.iter().flat_map(|(_, profile)| amounts(profile)).collect();
            rows.push([own, costs, amounts(&project.benefit), amounts(&project.demand)].concat());
        }
    }
    let order = dice.some(rows.len(), rows.len());
    let mut text = if form.has_title { "A title\n\n".as_bytes().to_vec() } else { Vec::new() };
    let mut writer =
        csv::WriterBuilder::new().delimiter(u8::try_from(form.separator).unwrap()).from_writer(Vec::new());
    writer.write_record(&heading).unwrap();
    order.into_iter().for_each(|at| writer.write_record(&rows[at]).unwrap());
    text.extend(writer.into_inner().unwrap());
    text
}

/// The tables as an analyst would write them.
fn tables(projects: &[Made], is_long: bool) -> BTreeMap<String, String> {
    let row = |cells: &[String]| {
        let quoted: Vec<String> =
            cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        format!("{}\n", quoted.join(","))
    };
    let periods = PERIODS.join(",");
    let profile = |first: [&str; 2], profile: &Profile| {
        let cells: Vec<String> = first.map(str::to_owned).into_iter().chain(profile.map(plain)).collect();
        if profile.iter().all(|&amount| amount == 0) { String::new() } else { row(&cells) }
    };
    let mut tables = BTreeMap::from([
        ("projects.csv".to_owned(), "project,name,status,start,owner\n".to_owned()),
        ("costs.csv".to_owned(), format!("project,line,{periods}\n")),
        ("scores.csv".to_owned(), "project,worth\n".to_owned()),
        ("objectives.csv".to_owned(), "objective,weight\nworth,1\n".to_owned()),
    ]);
    let mut add = |table: &str, heading: &str, text: String| {
        *tables.entry(table.to_owned()).or_insert_with(|| heading.to_owned()) += &text;
    };
    for project in projects {
        let cells = [&project.id, &project.name, project.status, project.start, &project.owner];
        add("projects.csv", "", row(&cells.map(str::to_owned)));
        for (line, own) in &project.costs {
            add("costs.csv", "", profile([&project.id, line], own));
        }
        let score = project.score.map_or_else(String::new, plain);
        add("scores.csv", "", row(&[project.id.clone(), score]));
        for other in &project.needs {
            add("dependencies.csv", "project,kind,other\n", format!("{},requires,{other}\n", project.id));
        }
        if !is_long {
            add(
                "benefits.csv",
                &format!("project,kind,{periods}\n"),
                profile([&project.id, "benefit"], &project.benefit),
            );
            add(
                "demands.csv",
                &format!("project,resource,{periods}\n"),
                profile([&project.id, "staff"], &project.demand),
            );
        }
    }
    tables
}

#[test]
fn a_portfolio_written_as_a_list_is_the_same_again() {
    for case in 0..CASES {
        let mut dice = Dice(case);
        let form = Form::random(&mut dice);
        let mut projects: Vec<Made> = Vec::new();
        for number in 0..1 + dice.below(7) {
            let next = project(number, &projects, &mut dice);
            projects.push(next);
        }
        let list = list(&projects, form, &mut dice);
        let (made, report) = imported("list.csv", &list, &form.map());
        let known = portfolio(&tables(&projects, form.is_long)).portfolio;
        let text = String::from_utf8(list).unwrap();
        assert_eq!(
            format!("{:?}", portfolio(&made).portfolio),
            format!("{known:?}"),
            "case {case}\n{text}\n{made:#?}"
        );
        let sum: i64 = projects.iter().flat_map(|own| &own.costs).flat_map(|(_, own)| own).sum();
        let told: f64 = report.taken.costs.iter().map(|line| line.total).sum();
        assert!(
            (told * 100.0 - sum as f64).abs() < 0.5,
            "case {case}: {told} is told, {sum} hundredths are there"
        );
    }
}
