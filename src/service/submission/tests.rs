use std::io::Cursor;

use super::zip::write_zip;
use super::*;
use crate::input::Files;

const LIMITS: UploadLimits =
    UploadLimits { body: 1 << 20, files: 20, unzipped: 1 << 20, rows: 100, columns: 10 };

fn archived(names: &[&str]) -> Result<Upload, UploadError> {
    let mut archive = Cursor::new(Vec::new());
    write_zip(&mut archive, names.iter().map(|name| (*name, Ok(name.as_bytes())))).unwrap();
    from_archive(&mut archive, None, &LIMITS)
}

fn names(files: &Files) -> Vec<&str> {
    files.keys().map(String::as_str).collect()
}

#[test]
fn a_portfolio_is_found_where_the_batch_file_says() {
    let upload =
        archived(&["scenarios/a.toml", "data/p/projects.csv", "data/q/projects.csv", "data/p/sub/costs.csv"]);
    let upload = upload.unwrap();
    assert_eq!((upload.file.as_str(), upload.batch.as_slice()), ("a.toml", &b"scenarios/a.toml"[..]));
    assert_eq!(names(&upload.tables.clone().find("../data/p").unwrap()), ["projects.csv"]);
    assert!(upload.tables.clone().find("../data").is_err(), "two folders would do");
    assert!(upload.tables.find("../../../etc").is_err());
}

#[test]
fn a_folder_zipped_as_it_is_will_do() {
    let upload =
        archived(&["round/round.toml", "round/projects.csv", "round/costs.csv", "__MACOSX/round/._a.toml"]);
    let tables = upload.unwrap().tables;
    assert_eq!(names(&tables.clone().find("/home/me/data").unwrap()), ["costs.csv", "projects.csv"]);
    assert_eq!(names(&tables.find(".").unwrap()), ["costs.csv", "projects.csv"]);
}

#[test]
fn files_of_folders_are_found_as_in_an_archive() {
    let files =
        |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), b"x".to_vec())).collect::<Files>();
    let folder = files(&["case/scenarios/a.toml", "case/data/p/projects.csv", "case/data/q/projects.csv"]);
    let upload = from_files(folder, None).unwrap();
    assert_eq!(upload.file, "a.toml");
    assert_eq!(names(&upload.tables.find("../data/q").unwrap()), ["projects.csv"]);
    let flat = from_files(files(&["a.toml", "b.toml", "projects.csv", "costs.csv"]), Some("b.toml")).unwrap();
    assert_eq!(flat.file, "b.toml");
    assert!(names(&flat.tables.find("anywhere").unwrap()).contains(&"costs.csv"));
    for (sent, kept) in [
        ("case/data/costs.csv", "case/data/costs.csv"),
        ("a\\costs.csv", "a/costs.csv"),
        ("C:\\fakepath\\costs.csv", "costs.csv"),
        ("/etc/costs.csv", "costs.csv"),
        ("../../costs.csv", "costs.csv"),
    ] {
        assert_eq!(submit::name_with_folders(sent).unwrap(), kept);
    }
    assert!(submit::name_with_folders("a/..").is_err() && submit::name_with_folders("a/\u{7}").is_err());
}

#[test]
fn one_batch_file_is_asked_for() {
    let several = archived(&["a.toml", "b.toml", "projects.csv"]).unwrap_err();
    assert!(several.to_string().contains("name one"), "{several}");
    assert!(archived(&["projects.csv"]).is_err());
    let mut archive = Cursor::new(Vec::new());
    write_zip(&mut archive, [("x/a.toml", Ok(&b"1"[..])), ("x/b.toml", Ok(&b"2"[..]))]).unwrap();
    let wanted = from_archive(&mut archive, Some("b.toml"), &LIMITS).unwrap();
    assert_eq!(wanted.batch, b"2");
}

#[test]
fn tables_may_be_texts_or_rows() {
    let json = r#"{"batch": "[batch]", "tables": {"projects": "project\nA\n", "costs.csv": [["project", "2027"], ["A", 1.5], ["B", null]]}}"#;
    let (upload, shared, priority) = from_json(json.as_bytes(), &LIMITS).unwrap();
    assert_eq!((shared, priority), (false, 0));
    let files = upload.tables.find("anything").unwrap();
    assert_eq!(files["costs.csv"], b"project,2027\nA,1.5\nB,\n");
    for wrong in [
        r#"{"batch": "", "tables": {"a": 3}}"#,
        r#"{"batch": "", "tables": {"../a": ""}}"#,
        r#"{"batch": "", "tables": {"a": [{}]}}"#,
        r#"{"tables": {}}"#,
        r#"{"batch": "", "tables": {}, "scenaro": 1}"#,
    ] {
        assert!(matches!(from_json(wrong.as_bytes(), &LIMITS), Err(UploadError::Malformed(_))), "{wrong}");
    }
    let deep = format!(r#"{{"batch": "", "tables": {{"a": {}{}}}}}"#, "[".repeat(5000), "]".repeat(5000));
    assert!(matches!(from_json(deep.as_bytes(), &LIMITS), Err(UploadError::Malformed(_))));
}

#[test]
fn wide_and_long_tables_are_refused() {
    let table = |text: String| Files::from([("costs.csv".to_owned(), text.into_bytes())]);
    let wide = check_tables(&table("a,".repeat(10_000)), &LIMITS).unwrap_err();
    assert!(wide.to_string().contains("costs.csv has 10001 columns; at most 10"), "{wide}");
    assert!(check_tables(&table("a\n".repeat(101)), &LIMITS).is_err());
    assert!(check_tables(&table("a\r".repeat(101)), &LIMITS).is_err());
    assert!(check_tables(&table("a,b,c,d\r".repeat(50)), &LIMITS).is_ok());
    assert!(check_tables(&table(format!("a,\"{}\"\n", ",".repeat(50))), &LIMITS).is_ok(), "quoted commas");
}

#[test]
fn sweeps_are_counted_before_they_are_made() {
    let axis = format!("[{}]", "1,".repeat(1000));
    let sweep =
        format!("[[sweep]]\nvary = {{ budget_scale = {axis}, cost_scale = {axis}, discount_rate = {axis} }}");
    assert!(check_sweeps(sweep.as_bytes(), 1000).unwrap_err().to_string().contains("1000000000 scenarios"));
    assert!(check_sweeps(b"[[scenario]]\n[[scenario]]", 2).is_ok() && check_sweeps(b"not [ toml", 2).is_ok());
}
