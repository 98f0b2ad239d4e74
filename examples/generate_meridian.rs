//! Writes the synthetic portfolio of `data/meridian`: 120 invented projects of an invented water and energy utility.
//!
//! ```text
//! cargo run --example generate_meridian            # writes data/meridian
//! cargo run --example generate_meridian -- DIR     # writes DIR
//! ```
//!
//! The output is the same to the byte on every machine. Every project and every aspect of it (schedule, money, scores
//! …) draws from its own `ChaCha` stream, so that editing one project changes the draws of no other; the arithmetic is
//! limited to `+ - * /` and `sqrt`, which IEEE 754 rounds the same everywhere; results are rounded before printing.

use std::{fmt::Display, fs, io, path::Path};

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

const SEED: u64 = 20_270_101;
const YEARS: usize = 5;
const FIRST_YEAR: usize = 2027;
const DISCOUNT: f64 = 1.07;
/// Demand of all projects that may be chosen, as a multiple of what is available.
const BUDGET_OVERSUBSCRIPTION: f64 = 2.2;
const CAPACITY_OVERSUBSCRIPTION: f64 = 1.5;

type Years = [f64; YEARS];

/// One project per line: category, division, size (S, M, L, X), name, notes.
/// Notes: `mandatory`, `excluded`, `alt:<group>`, `share:<min_fraction>`, `works` (cost shape of construction).
const CATALOGUE: &str = "
growth|Water|X|Eastern reservoir expansion|
growth|Water|X|Harbour district water main|
growth|Water|L|Airport business park connections|
growth|Water|L|Hillside housing supply extension|alt:hillside
growth|Water|M|Compact supply scheme for Hillside|alt:hillside
growth|Energy|X|Battery storage park at Quarry Road|alt:storage
growth|Energy|L|Battery storage at Mill Lane|alt:storage
growth|Energy|L|Solar canopies for depots|share:0.25
growth|Energy|L|Rapid charging hubs|share:0.25
growth|Energy|M|Kerbside charging trial|
growth|Energy|X|District heating phase one|
growth|Energy|L|District heating phase two|
growth|Energy|M|Heat pump leasing offer|
growth|Energy|M|Biogas from sludge at Northfield|
growth|Water|L|Treated water reuse for industry|alt:new_source
growth|Networks|L|Fibre lease along pipelines|
growth|Customer|M|Business customer energy services|
growth|Customer|S|Green tariff launch|
growth|Customer|S|Home efficiency advice service|
growth|Water|L|Western trunk main duplication|
growth|Energy|S|Rooftop solar referral scheme|excluded
growth|Networks|M|Metering services for neighbouring utilities|
resilience|Energy|X|Northern substation upgrade|
resilience|Energy|L|Southern substation upgrade|
resilience|Energy|L|Substation flood walls|share:0.5
resilience|Energy|M|Transformer spares pool|
resilience|Energy|X|Undergrounding of coastal lines|share:0.25
resilience|Energy|L|Overhead line reinforcement|share:0.25
resilience|Networks|L|Feeder automation|
resilience|Energy|M|Grid islanding trial|
resilience|Energy|M|Emergency generator fleet|
resilience|Water|X|Trunk main replacement programme|alt:trunk_main
resilience|Water|L|Trunk main relining|alt:trunk_main
resilience|Networks|M|Leak detection analytics|
resilience|Water|L|Pressure management zones|
resilience|Water|X|Pumping station renewal|
resilience|Networks|L|Pumping station controls|
resilience|Water|X|Dam spillway strengthening|
resilience|Water|X|Raw water interconnector|alt:new_source
resilience|Water|L|Drought well field|alt:new_source
resilience|Water|L|Desalination pilot|excluded
resilience|Water|X|Treatment works filter renewal|
resilience|Water|L|Treatment works UV stage|
resilience|Water|L|Sludge line refurbishment|
resilience|Water|X|Storm overflow tanks|
resilience|Water|L|Sewer relining programme|share:0.25
resilience|Water|M|Flood barriers for pumping stations|
resilience|Networks|L|Backup control room|alt:control_room
resilience|Networks|X|Control room relocation|alt:control_room
resilience|Energy|M|Vegetation and wildfire clearance|share:0.5
resilience|Networks|M|Asset condition surveys|
resilience|Networks|M|Critical spares warehouse|
resilience|Networks|M|Cathodic protection renewal|
resilience|Water|M|Reservoir roof repairs|
service|Customer|L|Customer portal renewal|alt:portal
service|Customer|M|Customer portal extension|alt:portal
service|Customer|M|Mobile app for customers|
service|Customer|L|Contact centre platform|alt:contact_centre
service|Customer|M|Contact centre outsourcing|alt:contact_centre
service|Networks|X|Smart water meter roll-out|works alt:water_meters
service|Networks|X|Smart electricity meter roll-out|works share:0.5
service|Networks|L|Meter reading by radio|works alt:water_meters
service|Networks|M|Outage map and alerts|
service|Customer|S|Vulnerable customer register|
service|Customer|M|Billing accuracy programme|
service|Customer|S|Payment options upgrade|
service|Customer|S|Complaint handling redesign|
service|Customer|M|Field appointment booking|
service|Water|S|Water quality notices|
service|Customer|M|Local service centre refresh|share:0.25
service|Customer|S|Language access programme|
service|Customer|S|Moving home journey redesign|
service|Customer|S|Proactive leak letters|
service|Networks|M|Developer services desk|
compliance|Water|L|Lead pipe replacement duty|mandatory works
compliance|Water|M|Drinking water laboratory accreditation|mandatory
compliance|Water|M|Reservoir safety inspections|mandatory
compliance|Technology|L|Network security duties|mandatory
compliance|Water|M|Discharge permit monitoring|mandatory
compliance|Energy|M|Substation fire safety works|mandatory works
compliance|Corporate|S|Data protection records clean-up|
compliance|Energy|M|Oil containment at substations|works
compliance|Corporate|M|Asbestos register and removal|
compliance|Corporate|S|Biodiversity net gain plan|
compliance|Corporate|M|Regulatory reporting automation|
compliance|Corporate|S|Tariff review evidence|
compliance|Water|M|Chemical storage upgrade|works
compliance|Corporate|S|Carbon disclosure system|
digital|Technology|L|Asset management system replacement|alt:asset_system
digital|Technology|M|Asset management system upgrade|alt:asset_system
digital|Technology|L|Finance system renewal|
digital|Networks|L|Network digital twin|
digital|Networks|M|Geographic data platform|
digital|Technology|L|Data platform foundation|
digital|Energy|M|Demand forecasting models|
digital|Networks|M|Predictive maintenance models|
digital|Networks|M|Field workforce tablets|
digital|Networks|M|Work scheduling optimiser|
digital|Technology|M|Identity and access renewal|
digital|Technology|L|Cloud migration wave one|
digital|Technology|L|Cloud migration wave two|
digital|Technology|L|Data centre refresh|
digital|Networks|L|Control system telemetry renewal|
digital|Networks|S|Drone inspection service|
digital|Corporate|M|Document archive digitisation|share:0.25
digital|Corporate|M|Procurement platform|
digital|Corporate|S|Robotic process automation|
digital|Technology|M|Integration layer|
people|Corporate|M|Apprenticeship academy|
people|Corporate|S|Leadership programme|
people|Networks|M|Engineering graduate intake|
people|Corporate|M|Safety culture programme|
people|Corporate|S|Health and wellbeing plan|
people|Corporate|M|Hybrid workplace refit|share:0.5
people|Networks|L|Depot consolidation|works alt:depots
people|Networks|M|Depot refurbishment|works alt:depots
people|Corporate|S|Knowledge transfer from retirees|
people|Corporate|S|Skills passport|
people|Corporate|S|Inclusive hiring programme|
people|Networks|S|Shift pattern redesign|
";

/// (project, kind, other, lag), by name.
const DEPENDENCIES: [(&str, &str, &str, usize); 20] = [
    ("Demand forecasting models", "requires", "Data platform foundation", 0),
    ("Predictive maintenance models", "requires", "Data platform foundation", 0),
    ("Network digital twin", "requires", "Geographic data platform", 0),
    ("Work scheduling optimiser", "requires", "Field workforce tablets", 0),
    ("Proactive leak letters", "requires", "Leak detection analytics", 0),
    ("Mobile app for customers", "requires", "Integration layer", 0),
    ("Feeder automation", "requires", "Control system telemetry renewal", 0),
    ("Transformer spares pool", "requires", "Critical spares warehouse", 0),
    ("District heating phase two", "after", "District heating phase one", 1),
    ("Cloud migration wave two", "after", "Cloud migration wave one", 1),
    ("Pumping station controls", "after", "Pumping station renewal", 1),
    ("Treatment works UV stage", "after", "Treatment works filter renewal", 0),
    ("Outage map and alerts", "after", "Integration layer", 0),
    ("Robotic process automation", "after", "Finance system renewal", 1),
    ("Data centre refresh", "excludes", "Cloud migration wave one", 0),
    ("Undergrounding of coastal lines", "excludes", "Overhead line reinforcement", 0),
    ("Emergency generator fleet", "excludes", "Grid islanding trial", 0),
    ("Skills passport", "together", "Apprenticeship academy", 0),
    ("Oil containment at substations", "together", "Substation flood walls", 0),
    ("Vulnerable customer register", "together", "Language access programme", 0),
];

const LINES: [&str; 3] = ["capex", "opex", "transformation"];
const RESOURCES: [&str; 6] =
    ["engineer", "project_manager", "data_analyst", "software_developer", "business_change", "procurement"];

/// What a kind of project tends to look like.
struct Shape {
    category: &'static str,
    /// Share of each budget line in the project's spend.
    lines: [f64; 3],
    /// Yearly running cost after the last project year, as a share of the spend.
    tail: f64,
    /// Share of each resource in the project's effort.
    roles: [f64; 6],
    /// Mean of discounted benefits over discounted costs.
    worth: f64,
    /// Share of the benefits that is revenue; the rest is savings.
    revenue: f64,
    /// What the years after the horizon add to the benefit of the last year, as a multiple of it.
    later: f64,
    /// How much it serves each leaf of `LEAVES`, 0 to 1.
    serves: [f64; 11],
}

#[rustfmt::skip]
const SHAPES: [Shape; 7] = [
    Shape { category: "growth", lines: [0.86, 0.09, 0.05], tail: 0.03, roles: [0.46, 0.20, 0.05, 0.04, 0.07, 0.18],
        worth: 1.35, revenue: 0.85, later: 3.0, serves: [0.9, 0.8, 0.1, 0.2, 0.3, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1] },
    Shape { category: "resilience", lines: [0.88, 0.09, 0.03], tail: 0.02, roles: [0.54, 0.20, 0.06, 0.03, 0.02, 0.15],
        worth: 1.20, revenue: 0.10, later: 3.5, serves: [0.1, 0.1, 0.9, 0.8, 0.7, 0.3, 0.3, 0.0, 0.3, 0.4, 0.1] },
    Shape { category: "service", lines: [0.25, 0.25, 0.50], tail: 0.06, roles: [0.05, 0.19, 0.16, 0.27, 0.26, 0.07],
        worth: 1.25, revenue: 0.30, later: 1.5, serves: [0.1, 0.4, 0.1, 0.1, 0.1, 0.9, 0.9, 0.8, 0.2, 0.0, 0.2] },
    Shape { category: "compliance", lines: [0.55, 0.33, 0.12], tail: 0.04, roles: [0.30, 0.22, 0.15, 0.09, 0.12, 0.12],
        worth: 0.85, revenue: 0.00, later: 1.5, serves: [0.0, 0.0, 0.2, 0.3, 0.3, 0.2, 0.2, 0.0, 1.0, 0.5, 0.1] },
    Shape { category: "digital", lines: [0.22, 0.16, 0.62], tail: 0.08, roles: [0.06, 0.17, 0.24, 0.35, 0.12, 0.06],
        worth: 1.30, revenue: 0.15, later: 1.0, serves: [0.1, 0.3, 0.3, 0.4, 0.1, 0.3, 0.3, 0.7, 0.3, 0.1, 0.4] },
    Shape { category: "people", lines: [0.10, 0.40, 0.50], tail: 0.05, roles: [0.08, 0.22, 0.10, 0.08, 0.44, 0.08],
        worth: 1.15, revenue: 0.00, later: 1.0, serves: [0.0, 0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.1, 0.2, 0.9, 1.0] },
    // Construction and installation works, whatever the category.
    Shape { category: "works", lines: [0.85, 0.10, 0.05], tail: 0.03, roles: [0.46, 0.22, 0.06, 0.05, 0.07, 0.14],
        worth: 1.20, revenue: 0.15, later: 2.5, serves: [0.0; 11] },
];

/// How the raw score of a leaf is read.
#[derive(Clone, Copy, PartialEq)]
enum Scale {
    /// A key result: a quantity of which a project brings 0 to 100, and the portfolio should reach a target.
    Quantity,
    /// A judgement from 1 (none) to 5.
    OneToFive,
    /// A judgement from 0 to 10.
    ZeroToTen,
}

/// The tree's upper level: (objective, name, weight).
const GOALS: [(&str, &str, u32); 4] = [
    ("growth", "Grow the business", 30),
    ("resilience", "Keep water and power flowing", 30),
    ("service", "Serve every customer well", 25),
    ("foundations", "A safe and well-run organisation", 15),
];

/// Its leaves: (objective, name, parent, weight, scale).
const LEAVES: [(&str, &str, &str, u32, Scale); 11] = [
    ("new_connections", "New connections (hundreds)", "growth", 50, Scale::Quantity),
    ("new_revenue", "New lines of revenue", "growth", 50, Scale::ZeroToTen),
    (
        "outage_minutes",
        "Outage minutes avoided (million customer minutes)",
        "resilience",
        40,
        Scale::Quantity,
    ),
    ("asset_health", "Asset health", "resilience", 35, Scale::OneToFive),
    ("climate_readiness", "Readiness for drought and flood", "resilience", 25, Scale::OneToFive),
    ("satisfaction", "Customer satisfaction", "service", 40, Scale::ZeroToTen),
    ("complaints", "Complaints avoided (hundreds a year)", "service", 35, Scale::Quantity),
    ("digital_access", "Digital self-service", "service", 25, Scale::ZeroToTen),
    ("legal_duties", "Legal duties met", "foundations", 40, Scale::OneToFive),
    ("safety", "Safety of staff and public", "foundations", 30, Scale::ZeroToTen),
    ("skills", "Skills and ways of working", "foundations", 30, Scale::OneToFive),
];

/// A private stream of random numbers for one aspect of one project.
struct Draw(ChaCha8Rng);

impl Draw {
    fn new(project: usize, aspect: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        rng.set_stream(project as u64 * 16 + aspect);
        Draw(rng)
    }

    /// Uniform in [0, 1), exact in binary.
    fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Leaning to `low`, with a tail to `high`.
    fn skewed(&mut self, low: f64, high: f64) -> f64 {
        let unit = self.unit();
        low + (high - low) * unit * unit
    }

    /// Bell-shaped about 0, within ±1: the sum of four uniforms, centred.
    fn bell(&mut self) -> f64 {
        (self.unit() + self.unit() + self.unit() + self.unit() - 2.0) / 2.0
    }

    fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A whole number below `count`.
    fn pick(&mut self, count: usize) -> usize {
        let scaled = (u64::from(self.0.next_u32()) * count as u64) >> 32;
        usize::try_from(scaled).expect("a number below a usize")
    }
}

/// One project with everything that is drawn for it.
struct Project {
    index: usize,
    id: String,
    name: &'static str,
    division: &'static str,
    notes: &'static str,
    /// Kind of project by what it is for …
    purpose: &'static Shape,
    /// … and by how it spends; the same but for `works`.
    build: &'static Shape,
    /// Spend without running costs, in thousands.
    total: f64,
    start: usize,
    years: usize,
    max_delay: usize,
    success: f64,
    costs: [Years; 3],
    demands: [Years; 6],
    savings: Years,
    revenue: Years,
    scores: [f64; 11],
}

impl Project {
    /// Reads one line of the catalogue and draws size and duration.
    fn from_catalogue(index: usize, line: &'static str) -> Self {
        let fields: Vec<&'static str> = line.split('|').collect();
        let purpose = shape(fields[0]);
        let notes = fields[4];
        let build = if notes.contains("works") { shape("works") } else { purpose };
        let mut draw = Draw::new(index, 0);
        let (low, high, years) = match fields[2] {
            "S" => (60.0, 400.0, 1),
            "M" => (350.0, 2_200.0, 1 + draw.pick(2)),
            "L" => (2_000.0, 9_000.0, 2 + draw.pick(2)),
            _ => (9_000.0, 38_000.0, 3 + draw.pick(2)),
        };
        let total = draw.skewed(low, high);
        let success = ((1.0 - draw.skewed(0.0, 0.4)) * 20.0).round() / 20.0;
        Project {
            index,
            id: format!("P{:03}", index + 1),
            name: fields[3],
            division: fields[1],
            notes,
            purpose,
            build,
            total,
            start: 0,
            years,
            max_delay: 0,
            success: if notes.contains("mandatory") { 1.0 } else { success },
            costs: [[0.0; YEARS]; 3],
            demands: [[0.0; YEARS]; 6],
            savings: [0.0; YEARS],
            revenue: [0.0; YEARS],
            scores: [0.0; 11],
        }
    }

    /// The value of a note such as `alt:portal`.
    fn note(&self, key: &str) -> Option<&'static str> {
        self.notes.split(' ').find_map(|note| note.strip_prefix(key))
    }

    fn is(&self, status: &str) -> bool {
        self.notes.contains(status)
    }

    fn draw(&self, aspect: u64) -> Draw {
        Draw::new(self.index, aspect)
    }

    /// Size between 0 and 1, growing with the square root of the spend.
    fn bulk(&self) -> f64 {
        (self.total / 38_000.0).sqrt().min(1.0)
    }

    fn yearly_cost(&self, year: usize) -> f64 {
        self.costs.iter().map(|line| line[year]).sum()
    }
}

fn shape(category: &str) -> &'static Shape {
    SHAPES.iter().find(|shape| shape.category == category).expect("a category of the catalogue has a shape")
}

fn find<'a>(projects: &'a [Project], name: &str) -> &'a Project {
    projects
        .iter()
        .find(|project| project.name == name)
        .expect("a dependency names a project of the catalogue")
}

/// Discounts to the first year.
fn present_value(amounts: impl DoubleEndedIterator<Item = f64>) -> f64 {
    amounts.rev().fold(0.0, |value, amount| value / DISCOUNT + amount)
}

/// Sets every planned start: of the first year and two random ones, the one in the
/// least crowded years. Then puts successors after what
/// they build on, and says who may be deferred.
fn schedule(projects: &mut [Project]) {
    let mut load = [[0.0; YEARS]; 3];
    for project in projects.iter_mut() {
        let mut draw = project.draw(1);
        let latest = YEARS - project.years;
        let main_line =
            (0..3).fold(
                0,
                |best, line| if project.build.lines[line] > project.build.lines[best] { line } else { best },
            );
        let crowd = |start: usize| load[main_line][start..start + project.years].iter().sum::<f64>();
        let starts = [draw.pick(latest + 1), draw.pick(latest + 1)];
        project.start =
            starts.into_iter().fold(0, |best, start| if crowd(start) < crowd(best) { start } else { best });
        for year in &mut load[main_line][project.start..project.start + project.years] {
            *year += project.total / project.years as f64;
        }
    }
    for (name, kind, other, lag) in DEPENDENCIES {
        let earliest = find(projects, other).start + lag;
        let index = find(projects, name).index;
        if kind == "after" {
            let successor = &mut projects[index];
            successor.start = successor.start.max(earliest.min(YEARS - 1));
            successor.years = successor.years.min(YEARS - successor.start);
        }
    }
    for project in projects.iter_mut().filter(|project| !project.is("mandatory")) {
        let mut draw = project.draw(2);
        let wish = if draw.chance(0.66) { 1 + draw.pick(2) } else { 0 };
        project.max_delay = wish.min(YEARS - project.start - project.years);
    }
}

/// Spreads one unit over the project's years: a slow beginning, a heavy middle, a lighter end.
fn profile(years: usize, draw: &mut Draw) -> Vec<f64> {
    let usual: &[f64] = match years {
        1 => &[1.0],
        2 => &[0.45, 0.55],
        3 => &[0.25, 0.45, 0.30],
        _ => &[0.15, 0.30, 0.35, 0.20],
    };
    let drawn: Vec<f64> = usual.iter().map(|share| share * draw.between(0.85, 1.15)).collect();
    let sum: f64 = drawn.iter().sum();
    drawn.iter().map(|share| share / sum).collect()
}

/// Spend per line and year in whole thousands, and the running cost afterwards.
fn draw_costs(project: &mut Project) {
    let mut draw = project.draw(3);
    let spread = profile(project.years, &mut draw);
    for line in 0..3 {
        let share = project.build.lines[line] * draw.between(0.8, 1.2);
        for (offset, part) in spread.iter().enumerate() {
            project.costs[line][project.start + offset] = (project.total * share * part).round() * 1000.0;
        }
    }
    let running = (project.total * project.build.tail * draw.between(0.6, 1.4)).round() * 1000.0;
    for year in project.start + project.years..YEARS {
        project.costs[1][year] += running;
    }
}

/// Full-time equivalents per role and year; effort grows with the square root of the spend. What a role gives in
/// passing, less than a tenth of the effort, is not planned.
fn draw_demands(project: &mut Project) {
    let mut draw = project.draw(4);
    let effort = project.total.sqrt() / 5.0 * draw.between(0.7, 1.3);
    let spread = profile(project.years, &mut draw);
    for role in 0..6 {
        let share = project.build.roles[role] * draw.between(0.5, 1.5);
        for (offset, part) in spread.iter().enumerate() {
            let units = (effort * share * part * 10.0).round() / 10.0;
            project.demands[role][project.start + offset] = if share < 0.1 { 0.0 } else { units };
        }
    }
}

/// Savings and revenue: a ramp that begins before the project's last year ends, the last year of the horizon standing
/// for the years after it too, all scaled to a drawn ratio of discounted benefits to discounted costs.
fn draw_benefits(project: &mut Project) {
    let mut draw = project.draw(5);
    let first = (project.start + (project.years - 1).max(1)).min(YEARS - 1);
    let mut ramp: Years = [0.0; YEARS];
    for (share, year) in [0.4, 0.7, 1.0, 1.0, 1.0].into_iter().zip(first..YEARS) {
        ramp[year] = share;
    }
    ramp[YEARS - 1] *= 1.0 + project.build.later;
    let cost = present_value((0..YEARS).map(|year| project.yearly_cost(year)));
    let worth = (project.build.worth + 1.2 * draw.bell()).max(0.15);
    let scale = worth * cost / (present_value(ramp.iter().copied()) * project.success);
    let revenue_share = (project.build.revenue * draw.between(0.7, 1.15)).min(1.0);
    let round = |amount: f64| (amount / 1000.0).round() * 1000.0;
    project.revenue = ramp.map(|share| round(scale * share * revenue_share));
    project.savings = ramp.map(|share| round(scale * share * (1.0 - revenue_share)));
}

/// Scores per leaf objective: what the category serves, times size, times luck; about a fifth of the minor ones is nil.
fn draw_scores(project: &mut Project) {
    let mut draw = project.draw(6);
    let bulk = project.bulk();
    for (leaf, (.., scale)) in LEAVES.iter().enumerate() {
        let affinity = project.purpose.serves[leaf];
        let luck = draw.between(0.5, 1.5);
        let nil = draw.chance(0.2) && affinity < 0.6;
        let level = if nil { 0.0 } else { affinity * luck };
        project.scores[leaf] = match scale {
            Scale::Quantity => (level * bulk * 80.0).round().min(100.0),
            Scale::OneToFive => 1.0 + (level * bulk.sqrt() * 4.0).round().min(4.0),
            Scale::ZeroToTen => (level * bulk.sqrt() * 10.0).round().min(10.0),
        };
    }
}

/// A table in memory: rows of cells, written as comma-separated values.
struct Table(Vec<String>);

impl Table {
    fn new(columns: &[&str]) -> Self {
        Table(vec![columns.join(",")])
    }

    /// With one column per year after the key columns.
    fn by_year(keys: &[&str]) -> Self {
        let years = (0..YEARS).map(|year| (FIRST_YEAR + year).to_string());
        Table(vec![keys.iter().map(ToString::to_string).chain(years).collect::<Vec<_>>().join(",")])
    }

    fn row(&mut self, cells: &[&dyn Display]) {
        let cells: Vec<String> = cells.iter().map(ToString::to_string).collect();
        assert!(cells.iter().all(|cell| !cell.contains([',', '"', '\n'])), "no cell needs quotes: {cells:?}");
        self.0.push(cells.join(","));
    }

    /// A row of a period table; one with nothing in it is left out.
    fn year_row(&mut self, keys: &[&str], years: &Years) {
        if years.iter().any(|&amount| amount != 0.0) {
            let keys = keys.iter().map(|key| key as &dyn Display);
            self.row(&keys.chain(years.iter().map(|amount| amount as &dyn Display)).collect::<Vec<_>>());
        }
    }

    fn write(self, folder: &Path, name: &str) -> io::Result<()> {
        fs::write(folder.join(name).with_extension("csv"), self.0.join("\n") + "\n")
    }
}

fn projects_table(projects: &[Project]) -> Table {
    let mut table = Table::new(&[
        "project",
        "name",
        "category",
        "division",
        "sponsor",
        "status",
        "start",
        "max_delay",
        "alternatives",
        "min_fraction",
        "success_probability",
    ]);
    for project in projects {
        let sponsor = match (project.division, project.purpose.category) {
            ("Water", "growth" | "resilience") => "Director of Water Assets",
            ("Water", _) => "Director of Water Operations",
            ("Energy", "growth") => "Director of Energy Ventures",
            ("Energy", _) => "Director of Energy Networks",
            ("Networks", _) => "Director of Field Services",
            ("Customer", _) => "Chief Customer Officer",
            ("Technology", _) => "Chief Information Officer",
            (_, "people") => "Director of People",
            _ => "Chief Financial Officer",
        };
        let status =
            ["mandatory", "excluded"].into_iter().find(|status| project.is(status)).unwrap_or("candidate");
        table.row(&[
            &project.id,
            &project.name,
            &project.purpose.category,
            &project.division,
            &sponsor,
            &status,
            &(FIRST_YEAR + project.start),
            &project.max_delay,
            &project.note("alt:").unwrap_or(""),
            &project.note("share:").unwrap_or(""),
            &project.success,
        ]);
    }
    table
}

fn costs_table(projects: &[Project]) -> Table {
    let mut table = Table::by_year(&["project", "line"]);
    for project in projects {
        for (line, years) in LINES.iter().zip(&project.costs) {
            table.year_row(&[&project.id, line], years);
        }
    }
    table
}

fn benefits_table(projects: &[Project]) -> Table {
    let mut table = Table::by_year(&["project", "kind"]);
    for project in projects {
        table.year_row(&[&project.id, "savings"], &project.savings);
        table.year_row(&[&project.id, "revenue"], &project.revenue);
    }
    table
}

fn demands_table(projects: &[Project]) -> Table {
    let mut table = Table::by_year(&["project", "resource"]);
    for project in projects {
        for (role, years) in RESOURCES.iter().zip(&project.demands) {
            table.year_row(&[&project.id, role], years);
        }
    }
    table
}

/// What is available: the demand of all projects that may be chosen over `oversubscription`, half evened out over the
/// years, in whole multiples of `step`.
fn limit(
    projects: &[Project],
    demand: impl Fn(&Project) -> Years,
    oversubscription: f64,
    step: f64,
) -> Years {
    let mut sums = [0.0; YEARS];
    for project in projects.iter().filter(|project| !project.is("excluded")) {
        for (sum, amount) in sums.iter_mut().zip(demand(project)) {
            *sum += amount;
        }
    }
    let mean = sums.iter().sum::<f64>() / YEARS as f64;
    sums.map(|sum| ((0.5 * sum + 0.5 * mean) / oversubscription / step).round() * step)
}

fn budgets_table(projects: &[Project]) -> Table {
    let mut table = Table::by_year(&["line"]);
    for (line, name) in LINES.iter().enumerate() {
        table.year_row(
            &[name],
            &limit(projects, |project| project.costs[line], BUDGET_OVERSUBSCRIPTION, 100_000.0),
        );
    }
    table
}

fn capacities_table(projects: &[Project]) -> Table {
    let mut table = Table::by_year(&["resource"]);
    for (role, name) in RESOURCES.iter().enumerate() {
        table.year_row(
            &[name],
            &limit(projects, |project| project.demands[role], CAPACITY_OVERSUBSCRIPTION, 1.0),
        );
    }
    table
}

/// The tree, upper level first. A key result's target is 55 % of what all candidates together would bring.
fn objectives_table(projects: &[Project]) -> Table {
    let mut table = Table::new(&["objective", "name", "parent", "weight", "worst", "best", "target"]);
    for (id, name, weight) in GOALS {
        table.row(&[&id, &name, &"", &weight, &"", &"", &""]);
    }
    for (leaf, (id, name, parent, weight, scale)) in LEAVES.into_iter().enumerate() {
        let all: f64 = projects
            .iter()
            .filter(|project| !project.is("excluded"))
            .map(|project| project.scores[leaf])
            .sum();
        let (worst, best, target) = match scale {
            Scale::Quantity => (String::new(), String::new(), ((all * 0.055).round() * 10.0).to_string()),
            Scale::OneToFive => ("1".into(), "5".into(), String::new()),
            Scale::ZeroToTen => ("0".into(), "10".into(), String::new()),
        };
        table.row(&[&id, &name, &parent, &weight, &worst, &best, &target]);
    }
    table
}

fn scores_table(projects: &[Project]) -> Table {
    let mut columns = vec!["project"];
    columns.extend(LEAVES.iter().map(|leaf| leaf.0));
    let mut table = Table::new(&columns);
    for project in projects {
        let mut cells: Vec<&dyn Display> = vec![&project.id];
        cells.extend(project.scores.iter().map(|score| score as &dyn Display));
        table.row(&cells);
    }
    table
}

fn dependencies_table(projects: &[Project]) -> Table {
    let mut table = Table::new(&["project", "kind", "other", "lag"]);
    for (name, kind, other, lag) in DEPENDENCIES {
        let lag = if kind == "after" { lag.to_string() } else { String::new() };
        table.row(&[&find(projects, name).id, &kind, &find(projects, other).id, &lag]);
    }
    table
}

/// One row of `uncertainty`: parameters that a distribution does not use stay blank.
fn uncertainty_row(table: &mut Table, project: &str, quantity: &str, distribution: &str, values: [f64; 3]) {
    let cell = |value: f64| ((value * 100.0).round() / 100.0).to_string();
    let [first, second, third] = values.map(cell);
    let blank = String::new();
    let cells = match distribution {
        "pert" | "triangular" => [&first, &second, &third, &blank, &blank],
        "uniform" | "p10p90" => [&first, &blank, &second, &blank, &blank],
        "normal" | "lognormal" => [&blank, &blank, &blank, &first, &second],
        "bernoulli" => [&first, &blank, &second, &third, &blank],
        _ => [&blank, &blank, &blank, &first, &blank],
    };
    let mut row: Vec<&dyn Display> = vec![&project, &quantity, &distribution];
    row.extend(cells.map(|cell| cell as &dyn Display));
    table.row(&row);
}

/// A cost factor of a project's own: skewed to the right, its mean a little above 1.
fn cost_factor(draw: &mut Draw) -> (&'static str, [f64; 3]) {
    match draw.pick(7) {
        0 | 1 => ("pert", [draw.between(0.85, 0.95), 1.0, draw.between(1.4, 2.0)]),
        2 => ("triangular", [0.9, 1.0, draw.between(1.25, 1.55)]),
        3 => ("p10p90", [draw.between(0.88, 0.96), draw.between(1.2, 1.4), 0.0]),
        4 => ("lognormal", [draw.between(1.02, 1.15), draw.between(0.15, 0.35), 0.0]),
        5 => ("bernoulli", [1.0, draw.between(1.3, 1.7), draw.between(0.1, 0.25)]),
        _ => ("fixed", [draw.between(1.0, 1.05), 0.0, 0.0]),
    }
}

/// A benefit factor: wider, its mean a little below 1.
fn benefit_factor(draw: &mut Draw) -> (&'static str, [f64; 3]) {
    match draw.pick(6) {
        0 | 1 => ("pert", [draw.between(0.2, 0.5), 1.0, draw.between(1.2, 1.5)]),
        2 => ("triangular", [draw.between(0.3, 0.5), 1.0, draw.between(1.25, 1.5)]),
        3 => ("uniform", [draw.between(0.55, 0.7), draw.between(1.15, 1.3), 0.0]),
        4 => ("normal", [draw.between(0.9, 1.0), draw.between(0.15, 0.25), 0.0]),
        _ => ("bernoulli", [draw.between(0.3, 0.6), 1.05, draw.between(0.75, 0.9)]),
    }
}

fn demand_factor(draw: &mut Draw) -> (&'static str, [f64; 3]) {
    match draw.pick(3) {
        0 => ("uniform", [0.9, draw.between(1.2, 1.4), 0.0]),
        1 => ("normal", [draw.between(1.0, 1.1), draw.between(0.08, 0.15), 0.0]),
        _ => ("triangular", [0.9, 1.0, draw.between(1.3, 1.6)]),
    }
}

/// What every project has unless it says otherwise, then the projects that do.
fn uncertainty_table(projects: &[Project]) -> Table {
    let mut table = Table::new(&["project", "quantity", "distribution", "low", "mode", "high", "mean", "sd"]);
    uncertainty_row(&mut table, "*", "cost", "lognormal", [1.07, 0.2, 0.0]);
    uncertainty_row(&mut table, "*", "benefit", "pert", [0.4, 1.0, 1.3]);
    uncertainty_row(&mut table, "*", "demand", "triangular", [0.85, 1.0, 1.3]);
    for project in projects {
        let mut draw = project.draw(7);
        let (cost, benefit, demand) =
            (cost_factor(&mut draw), benefit_factor(&mut draw), demand_factor(&mut draw));
        for (quantity, (distribution, values), share) in
            [("cost", cost, 0.4), ("benefit", benefit, 0.35), ("demand", demand, 0.12)]
        {
            if draw.chance(share) {
                uncertainty_row(&mut table, &project.id, quantity, distribution, values);
            }
        }
    }
    table
}

fn drivers_table() -> Table {
    let mut table = Table::new(&["driver", "name"]);
    table.row(&[&"supplier_inflation", &"Prices of contractors and equipment"]);
    table.row(&[&"demand_growth", &"Growth of the region and its demand"]);
    table.row(&[&"labour_market", &"Scarcity of skilled staff"]);
    table.row(&[&"regulation", &"Stricter regulation"]);
    table
}

/// Loadings on the drivers. A project's own row takes the place of the `*` row of the same quantity and driver; the
/// squares of a quantity's loadings stay below 1 either way.
fn exposures_table(projects: &[Project]) -> Table {
    let mut table = Table::new(&["project", "quantity", "driver", "loading"]);
    table.row(&[&"*", &"cost", &"supplier_inflation", &0.45]);
    table.row(&[&"*", &"cost", &"labour_market", &0.25]);
    table.row(&[&"*", &"benefit", &"demand_growth", &0.35]);
    table.row(&[&"*", &"demand", &"labour_market", &0.4]);
    for project in projects {
        let mut draw = project.draw(8);
        let mut step = |low: f64, high: f64| (draw.between(low, high) * 20.0).round() / 20.0;
        let (strong, weak) = (step(0.55, 0.75), step(0.2, 0.45));
        match project.purpose.category {
            "growth" => table.row(&[&project.id, &"benefit", &"demand_growth", &strong]),
            "compliance" => table.row(&[&project.id, &"cost", &"regulation", &weak]),
            "digital" => table.row(&[&project.id, &"demand", &"labour_market", &strong]),
            "resilience" if project.total > 9_000.0 => {
                table.row(&[&project.id, &"cost", &"supplier_inflation", &strong]);
            }
            "resilience" if project.division == "Water" => {
                table.row(&[&project.id, &"benefit", &"regulation", &-weak]);
            }
            _ => {}
        }
    }
    table
}

/// All projects, everything drawn.
fn portfolio() -> Vec<Project> {
    let lines = CATALOGUE.lines().filter(|line| !line.is_empty());
    let mut projects: Vec<Project> =
        lines.enumerate().map(|(index, line)| Project::from_catalogue(index, line)).collect();
    schedule(&mut projects);
    for project in &mut projects {
        draw_costs(project);
        draw_demands(project);
        draw_benefits(project);
        draw_scores(project);
    }
    projects
}

fn main() -> io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "data/meridian".to_owned());
    let folder = Path::new(&folder);
    let projects = write_tables(folder)?;
    println!("{projects} projects written to {}", folder.display());
    Ok(())
}

/// Writes all tables into a folder; tells how many projects there are.
pub fn write_tables(folder: &Path) -> io::Result<usize> {
    let projects = portfolio();
    fs::create_dir_all(folder)?;
    projects_table(&projects).write(folder, "projects")?;
    costs_table(&projects).write(folder, "costs")?;
    benefits_table(&projects).write(folder, "benefits")?;
    demands_table(&projects).write(folder, "demands")?;
    budgets_table(&projects).write(folder, "budgets")?;
    capacities_table(&projects).write(folder, "capacities")?;
    objectives_table(&projects).write(folder, "objectives")?;
    scores_table(&projects).write(folder, "scores")?;
    dependencies_table(&projects).write(folder, "dependencies")?;
    uncertainty_table(&projects).write(folder, "uncertainty")?;
    drivers_table().write(folder, "drivers")?;
    exposures_table(&projects).write(folder, "exposures")?;
    Ok(projects.len())
}
