//! CSV tables in the form that spreadsheets of some countries read.

use std::fs;

use crate::program::{files_of, run};
use crate::saved::ran;

#[test]
fn tables_in_another_form_are_checked_shown_and_merged_alike() {
    let folder = ran();
    let at = |path: &str| folder.path().join("out").join(path);
    let asked = ["run", "small.toml", "--quiet", "--format", "xlsx", "--dialect"];
    let (code, _, stderr) = run(folder.path(), &[&asked[..], &["excel-eu", "--out", "out/eu"]].concat());
    assert_eq!(code, 0, "{stderr}");
    let text = fs::read_to_string(at("eu/options.csv")).unwrap();
    assert!(text.starts_with("\u{feff}scenario;rank;option;"), "{text}");
    assert!(text.contains(";120,0;14,0;"), "{text}");
    let selection = fs::read_to_string(at("eu/selection.csv")).unwrap();
    assert!(selection.contains("as planned;1;A;2027;1,0;"), "{selection}");

    let (code, stdout, stderr) = run(folder.path(), &["check", "out/eu"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    for arguments in [&["show"][..], &["show", "--scenario", "budget: 90 %"], &["show", "--project", "B"]] {
        let of = |out: &str| run(folder.path(), &[&arguments[..1], &[out], &arguments[1..]].concat());
        assert_eq!(of("out/eu"), of("out/small"), "{arguments:?}");
    }
    let (code, stdout, _) = run(folder.path(), &["diff", "out/small", "out/eu"]);
    assert!(code == 0 && stdout.contains("nothing differs"), "{stdout}");

    let spread = ["--executor", "local", "--shards", "2", "--out", "out/merged"];
    let (code, _, stderr) =
        run(folder.path(), &[&asked[..], &["separator=; decimal=, bom"], &spread[..]].concat());
    assert_eq!(code, 0, "{stderr}");
    assert!(files_of(&at("eu")) == files_of(&at("merged")), "a merge writes the same bytes");
}

#[test]
fn a_dialect_that_cannot_be_read_back_is_refused() {
    let folder = ran();
    for (dialect, said) in [("decimal=,", "separator and decimal mark"), ("excel", "is no part of a dialect")]
    {
        let (code, _, stderr) = run(folder.path(), &["run", "small.toml", "--dialect", dialect]);
        assert!(code == 2 && stderr.contains(said), "{stderr}");
    }
}
