//! The worked project of a new template, with what it needs: budgets, people, objectives.

/// The periods of a new template.
pub const PERIODS: [&str; 3] = ["2027", "2028", "2029"];

/// The attribute of a new template: limits and reports can use it.
pub const ATTRIBUTE: &str = "category";

/// The objectives of a new template that have scores.
pub const OBJECTIVES: [&str; 2] = ["growth", "service"];

/// A cell under its heading.
type Cell = (&'static str, &'static str);

/// A row of a table, by heading; blank cells are left out.
type Row = &'static [Cell];

const PROJECT: Cell = ("project", "P01");

/// The rows of each table of a new template, in which headings of columns that a version does not have are passed over.
const ROWS: &[(&str, &[Row])] = &[
    (
        "projects",
        &[&[
            PROJECT,
            ("name", "Online portal"),
            ("status", "candidate"),
            ("start", "2027"),
            ("max_delay", "1"),
            ("success_probability", "0.9"),
            (ATTRIBUTE, "digital"),
        ]],
    ),
    (
        "costs",
        &[
            &[PROJECT, ("line", "capex"), ("2027", "400"), ("2028", "250")],
            &[PROJECT, ("line", "opex"), ("2027", "20"), ("2028", "40")],
        ],
    ),
    ("benefits", &[&[PROJECT, ("kind", "savings"), ("2028", "350"), ("2029", "600")]]),
    ("demands", &[&[PROJECT, ("resource", "engineer"), ("2027", "2"), ("2028", "1.5")]]),
    (
        "budgets",
        &[
            &[("line", "capex"), ("2027", "1000"), ("2028", "1000"), ("2029", "1000")],
            &[("line", "opex"), ("2027", "200"), ("2028", "200"), ("2029", "200")],
        ],
    ),
    ("capacities", &[&[("resource", "engineer"), ("2027", "10"), ("2028", "10"), ("2029", "10")]]),
    (
        "objectives",
        &[
            &[("objective", "growth"), ("name", "Growth"), ("weight", "60"), ("worst", "0"), ("best", "10")],
            &[
                ("objective", "service"),
                ("name", "Better service"),
                ("weight", "40"),
                ("worst", "0"),
                ("best", "10"),
            ],
        ],
    ),
    ("scores", &[&[PROJECT, ("growth", "8"), ("service", "5")]]),
    (
        "uncertainty",
        &[&[
            PROJECT,
            ("quantity", "cost"),
            ("distribution", "triangular"),
            ("low", "0.9"),
            ("mode", "1"),
            ("high", "1.4"),
        ]],
    ),
    // The project is agreed already: a plan without projects would make each of them a change.
    ("current_plan", &[&[PROJECT, ("start", "2027")]]),
];

/// The worked rows of a table, in the order of these headings.
pub fn rows_of<'h>(table: &str, headings: impl Iterator<Item = &'h str> + Clone) -> Vec<Vec<String>> {
    let rows = ROWS.iter().find(|(name, _)| *name == table).map_or(&[][..], |(_, rows)| rows);
    let cell = |row: &Row, heading: &str| {
        let found = row.iter().find(|(of, _)| *of == heading);
        found.map_or_else(String::new, |(_, text)| (*text).to_owned())
    };
    rows.iter().map(|row| headings.clone().map(|heading| cell(row, heading)).collect()).collect()
}
