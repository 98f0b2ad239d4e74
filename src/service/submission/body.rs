//! Bodies of submissions as the interface describes them. They are read by hand: counted, and without ever holding more
//! than the limits allow.

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// A zip archive.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct Archive(#[allow(dead_code, reason = "it is only described")] Vec<u8>);

/// A submission as a form: a batch file with its tables, or one archive of both.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is only described")]
pub struct FormBody {
    /// The batch file (`.toml`) and its tables (`.csv`), each as a part of its own with its name, which may have
    /// folders before it; or one archive (`.zip`).
    files: Vec<Archive>,
    /// The batch file, if there are several.
    batch: Option<String>,
    /// `true` if all users may see it.
    shared: Option<bool>,
    /// Priority, from -10 to 10.
    #[schema(minimum = -10, maximum = 10)]
    priority: Option<i64>,
}

/// A submission in JSON.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "batch": "[batch]\nname = \"small\"\nportfolio = \"tables\"\nmaximise = \"npv\"\noptions = 2\n[[scenario]]\nname = \"as planned\"\n",
    "tables": {
        "projects": "project\nA\nB\n",
        "costs": [["project", "line", "2027"], ["A", "capex", 30], ["B", "capex", 40]],
        "benefits": [["project", "2027"], ["A", 50], ["B", 45]],
        "budgets": [["line", "2027"], ["capex", 60]]
    }
}))]
#[expect(dead_code, reason = "it is only described")]
pub struct JsonBody {
    /// The batch file (TOML). Its `portfolio` may be any text: the tables are those given here.
    batch: String,
    /// The name of the batch file, in which faults are told; `batch.toml` if it is not given.
    file: Option<String>,
    /// The tables by their names, with or without `.csv`.
    tables: BTreeMap<String, TableBody>,
    /// True if all users may see it.
    shared: Option<bool>,
    /// Priority, from -10 to 10.
    #[schema(minimum = -10, maximum = 10)]
    priority: Option<i64>,
}

/// A table.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is only described")]
pub enum TableBody {
    /// CSV.
    Text(String),
    /// Rows, the headings first.
    Rows(Vec<Vec<CellBody>>),
}

/// A cell of a table; null is a blank one.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is only described")]
pub enum CellBody {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// Blank.
    Blank,
}
