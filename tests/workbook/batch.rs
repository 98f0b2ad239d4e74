//! Sheets as a batch.

use cutline::input::{Books, Files, batch_text, in_text_files, read_batch, read_batch_with, read_portfolio};

use super::example::{BATCH, TABLES, TOML, batch, said_of_batch, tables, whole};
use crate::book::Book;

#[test]
fn sheets_say_what_a_batch_file_says() {
    let files = TABLES.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let text = read_batch("small.toml", TOML.as_bytes(), |_| Ok(files)).unwrap();
    let sheets = batch(&whole()).unwrap_or_else(|found| panic!("{found:?}"));
    assert_eq!(format!("{:?}", sheets.batch), format!("{:?}", text.batch));
    assert_eq!(format!("{:?}", sheets.portfolio), format!("{:?}", text.portfolio));
    assert_eq!(sheets.files.len(), 1, "one file holds all");
    // The text that the sheets make is a batch file that says the same.
    let files = TABLES.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let again = read_batch("again.toml", sheets.text.as_bytes(), |_| Ok(files)).unwrap();
    assert_eq!(format!("{:?}", again.batch), format!("{:?}", text.batch));
}

#[test]
fn weights_of_every_method_fit_into_cells() {
    let rows = "key,value\nweights.judged.method,pairwise\nweights.judged.judgements,\"value, reach, 1/4\"\n\
                weights.open.method,incomplete\nweights.open.statements,value <= 2 * reach; value >= 0.1\n\
                weights.all.method,group\nweights.all.members.judged,1\nweights.all.members.open,2\n";
    let loaded = batch(&tables().with("batch", rows)).unwrap_or_else(|found| panic!("{found:?}"));
    let sets = loaded.batch.weight_sets();
    let names: Vec<&str> = sets.iter().map(|set| set.name().as_str()).collect();
    assert_eq!(names, ["all", "given", "judged", "open"]);
    // Objectives in their order: reach, value.
    assert!((sets[2].range(0).0 - 0.8).abs() < 1e-12, "{:?}", sets[2]);
    assert_eq!(sets[3].weights().polytope().map(|polytope| polytope.vertices().len()), Some(2));
}

#[test]
fn a_batch_may_be_a_header_alone() {
    let loaded = batch(&tables().with("batch", "key,value\n")).unwrap_or_else(|found| panic!("{found:?}"));
    assert_eq!(loaded.batch.name(), "book");
    let told = said_of_batch(&tables());
    assert!(
        told.starts_with(
            "refused\nbook.xlsx: holds no batch: add the sheet `batch` with the columns key and value"
        ),
        "{told}"
    );
}

#[test]
fn faults_of_the_batch_name_the_cell() {
    let book = tables()
        .with("batch", "key,value\nbatch.sede,1\ndiscount_rate,90 %\nbatch.decisions,perhaps\nbatch.seed,1\nseed,2\nlimit.max,3\nbase.force_in,P9\n,5\n")
        .with("scenarios", "scenario,budget_scale,budget_scale.capex,force_inn\none,0.9,0.8,P1\none,,,\n,0.5,,\n")
        .with("limits", "name,measure,min\nfew,projecs,2\n")
        .with("weights", "objective,w\nvalu,1\nreach,x\n");
    assert_eq!(
        said_of_batch(&book),
        "refused\n\
         batch!B2, batch.sede: `sede` is not a key of this section: did you mean `seed`?\n\
         batch!B3, batch.discount_rate: `90 %` is not a number: write the number 0.9\n\
         batch!B4, batch.decisions: `perhaps` is neither true nor false: write true or false\n\
         batch!B6: `batch.seed` is there twice: batch!B5 gives it already: keep one of the two\n\
         batch!A7: `limit.max` does not belong here: write it into the sheet `limits`, which has one row for each\n\
         batch!B8, base.force_in: `P9` is not a project: did you mean `P1`?\n\
         batch!A9: is blank: write the key of the value beside it\n\
         limits!B2, limit.measure: `projecs` is not a measure of this portfolio: did you mean `projects`?\n\
         scenarios!C2: `budget_scale.capex` stands beside `budget_scale` in scenarios!B2: keep one of the two\n\
         scenarios!D2, scenario.force_inn: `force_inn` is not a key of this section: did you mean `force_in`?\n\
         scenarios!A3, scenario.name: `one` names a scenario in row 2 already: give each scenario its own name\n\
         scenarios!A4, scenario.name: is missing: give every scenario a name of its own\n\
         weights!B2, weights.w.values.valu: `valu` is not an objective: did you mean `value`?\n\
         weights!B3, weights.w.values.reach: `x` is not a number: write a weight of 0 or more\n"
    );
}

#[test]
fn lists_and_tables_may_be_written_as_in_a_batch_file() {
    let rows = "key,value\nmaximise,\"{ npv = 0.5, strategic_value = 0.5 }\"\nbase.maximise,\"[\"\nweights.r.method,rank\n\
                weights.r.order,\"[[\"\"value\"\", \"\"reach\"\"]]\"\nnote.x,1\n";
    let told = said_of_batch(&tables().with("batch", rows));
    assert!(told.contains("batch!B3: `[` is no list or table of a batch file: "), "{told}");
    assert!(!told.contains("B2") && !told.contains("B4") && !told.contains("B5"), "{told}");
    let sound = rows
        .lines()
        .filter(|line| !line.contains("base.") && !line.contains("note.x"))
        .map(|line| format!("{line}\n"));
    batch(&tables().with("batch", &sound.collect::<String>())).unwrap_or_else(|found| panic!("{found:?}"));
}

#[test]
fn a_portfolio_elsewhere_leaves_the_own_sheets_unread() {
    let files = TABLES.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let book = whole().patch("batch", "A2", r#"<c r="A2" t="str"><v>portfolio</v></c>"#);
    let loaded = read_batch("book.xlsx", &book.bytes(), |path| {
        assert_eq!(path, "small");
        Ok(files)
    });
    let loaded = loaded.unwrap_or_else(|found| panic!("{found:?}"));
    assert_eq!(loaded.files.len(), TABLES.len() + 1);
    let told: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert!(
        told.iter().any(|line| line.contains("is not read: the batch names another portfolio")),
        "{told:?}"
    );
    // A batch file whose portfolio is a workbook with a batch of its own.
    let files = [("book.xlsx".to_owned(), whole().bytes())].into();
    let loaded =
        read_batch("small.toml", TOML.as_bytes(), |_| Ok(files)).unwrap_or_else(|found| panic!("{found:?}"));
    let told: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert!(
        told[0].starts_with(
            "batch: is not read: the batch is small.toml (4 times; also in limits; scenarios; weights)"
        ),
        "{told:?}"
    );
}

#[test]
fn columns_of_checks_are_told_by_cell() {
    let tables: Vec<(&str, String)> = TABLES
        .iter()
        .map(|(name, text)| {
            (
                *name,
                text.replace("max_delay,category", "max_delay,spend")
                    .replace(",growth", ",30.5")
                    .replace(",service", ",4"),
            )
        })
        .collect();
    let tables: Vec<(&str, &str)> = tables.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let book = Book::of(&tables)
        .with("batch", &format!("{BATCH}check.cost,attribute.spend\n").replace("base.weights,mine\n", ""));
    let found = cutline::control::read_batch("book.xlsx", &book.bytes(), |_| panic!()).unwrap_err();
    let told: Vec<String> = found.faults().map(ToString::to_string).collect();
    assert!(
        told[0].starts_with(
            "projects!E4, spend: `30.5` is not the cost of project P3, which is 8.25 by the tables"
        ),
        "{told:?}"
    );
}

#[test]
fn a_workbook_as_text_files_says_the_same() {
    let book = whole().bytes();
    let books = Books::default();
    let own = Files::from([("book.xlsx".to_owned(), book.clone())]);
    let texts = in_text_files(&books, own);
    assert_eq!(texts.len(), TABLES.len());
    let toml = batch_text(&books, "book.xlsx", &book);
    let own = batch(&whole()).unwrap();
    let read = read_batch("small.toml", &toml, |_| Ok(texts)).unwrap_or_else(|found| panic!("{found:?}"));
    assert_eq!(
        format!("{:?}{:?}", read.batch, read.portfolio),
        format!("{:?}{:?}", own.batch, own.portfolio)
    );
    // Beside tables in text files a workbook is no input.
    let beside = [("projects.csv".to_owned(), b"project\nA\n".to_vec()), ("book.xlsx".to_owned(), book)];
    let loaded = read_portfolio(&Files::from(beside.clone())).unwrap_or_else(|found| panic!("{found:?}"));
    assert_eq!((loaded.portfolio.projects().len(), loaded.files.len()), (1, 1));
    assert_eq!(in_text_files(&books, Files::from(beside)).len(), 1);
}

/// Batch, tables, texts and warnings come from one look into the workbook; another of the same name is another.
#[test]
fn a_workbook_is_taken_apart_once() {
    let book = whole().bytes();
    let books = Books::default();
    let toml = batch_text(&books, "book.xlsx", &book);
    assert!(!toml.is_empty());
    assert_eq!(
        in_text_files(&books, Files::from([("book.xlsx".to_owned(), book.clone())])).len(),
        TABLES.len()
    );
    let loaded = read_batch_with(&books, "book.xlsx", &book, |path| panic!("asks for {path}")).unwrap();
    let plain = read_batch("book.xlsx", &book, |path| panic!("asks for {path}")).unwrap();
    assert_eq!(books.count(), 1);
    assert_eq!(
        format!("{:?}{:?}", loaded.batch, loaded.warnings),
        format!("{:?}{:?}", plain.batch, plain.warnings)
    );
    let other = whole().with("Notes", "x\n").bytes();
    assert_eq!(batch_text(&books, "book.xlsx", &other), toml);
    assert_eq!(books.count(), 2);
    // One that is damaged is refused each time.
    for _ in 0..2 {
        let found = read_batch_with(&books, "broken.xlsx", &book[..100], |_| panic!()).unwrap_err();
        assert_eq!(found.faults().count(), 1);
    }
    assert_eq!(books.count(), 3);
}
