//! The bundled synthetic portfolio is what its generator makes.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../examples/generate_meridian.rs"]
#[allow(dead_code, reason = "its main is not called here")]
mod generate_meridian;

use std::fs;
use std::path::Path;

#[test]
fn meridian_is_what_its_generator_writes() {
    let made = tempfile::tempdir().unwrap();
    generate_meridian::write_tables(made.path()).unwrap();
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/meridian");
    let mut tables = 0;
    for entry in fs::read_dir(&bundled).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if path.extension().is_some_and(|extension| extension == "csv") {
            let fresh = fs::read_to_string(made.path().join(name)).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), fresh, "{} is not as generated", name.display());
            tables += 1;
        }
    }
    assert_eq!(tables, fs::read_dir(made.path()).unwrap().count(), "a table is missing");
}
