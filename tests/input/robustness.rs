//! No input, however broken, makes the readers panic.

use cutline::input::read_portfolio;
use proptest::prelude::*;

use super::example::{BATCH, LIMITS, TABLES, load, tables, with};

#[test]
fn truncated_files_are_survived() {
    for (name, text) in TABLES {
        for end in (0..text.len()).step_by(3) {
            let _ = read_portfolio(&with(name, &text.as_bytes()[..end]));
        }
    }
    for batch in [BATCH, LIMITS] {
        for end in (0..batch.len()).step_by(3) {
            let _ = load(&batch[..end], tables());
        }
    }
}

#[test]
fn deep_nesting_is_survived() {
    let depth = 20_000;
    for nested in [
        format!("maximise = {}1{}", "[".repeat(depth), "]".repeat(depth)),
        format!("maximise = {}1{}", "{a=".repeat(depth), "}".repeat(depth)),
        format!("maximise.{}a = 1", "a.".repeat(depth)),
    ] {
        assert!(load(&format!("[batch]\nportfolio = \"city\"\n{nested}\n"), tables()).is_err());
    }
}

/// Cells that are likely to trip a reader.
fn nasty() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "*",
        "P1",
        "P2",
        "\"",
        "\"\"",
        ",",
        ";",
        "\n",
        "\r",
        "1e308",
        "-1",
        "1e9",
        "9999999999",
        "NaN",
        "2027",
        "capex",
        "after",
        "fixed",
        "growth",
        "\u{a0}",
        "é",
        "\0",
        "0.5",
        "1",
        "[",
        "]",
        "{",
        "}",
        "=",
        "name",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spliced_tables_are_survived(table in 0..TABLES.len(), at in 0.0..1.0, cut in 0_usize..12, cell in nasty()) {
        let (name, text) = TABLES[table];
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place within a short text"
        )]
        let start = (text.len() as f64 * at) as usize;
        let end = (start + cut).min(text.len());
        let spliced = [&text.as_bytes()[..start], cell.as_bytes(), &text.as_bytes()[end..]].concat();
        let _ = read_portfolio(&with(name, spliced));
    }

    #[test]
    fn spliced_batches_are_survived(
        batch in prop::sample::select(vec![BATCH, LIMITS]),
        at in any::<prop::sample::Index>(),
        cut in 0_usize..12,
        cell in nasty(),
    ) {
        let start = at.index(batch.len());
        let end = (start + cut).min(batch.len());
        let spliced = format!("{}{cell}{}", &batch[..start], &batch[end..]);
        let _ = load(&spliced, tables());
    }

    #[test]
    fn binary_files_are_survived(table in 0..TABLES.len(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_portfolio(&with(TABLES[table].0, &bytes));
        let _ = cutline::input::read_batch("b.toml", &bytes, |_| Ok(tables()));
    }
}
