//! Files that are no workbooks, or broken ones: each is answered, and none breaks the reader.

use cutline::input::{Files, read_batch, read_portfolio};
use proptest::prelude::*;
use proptest::sample::Index;
use std::fs;

use super::example::{said, whole};
use crate::book::{Book, unzipped, zipped};
use crate::program::run;

fn said_of(bytes: Vec<u8>) -> String {
    said(read_portfolio(&Files::from([("book.xlsx".to_owned(), bytes)])), |loaded| &loaded.warnings)
}

#[test]
fn what_is_no_workbook_is_told_apart() {
    let encrypted: Vec<u8> = b"\xd0\xcf\x11\xe0...."
        .iter()
        .copied()
        .chain("EncryptedPackage".bytes().flat_map(|byte| [byte, 0]))
        .collect();
    let ods = zipped(&[("mimetype".to_owned(), "application/vnd.oasis.opendocument.spreadsheet".to_owned())]);
    let word = zipped(&[("word/document.xml".to_owned(), "<document/>".to_owned())]);
    let cut = whole().bytes()[..400].to_vec();
    for (bytes, words) in [
        (Vec::new(), "is empty"),
        (b"project,name\nA,x\n".to_vec(), "is no workbook, whatever its name says"),
        (b"\n <html><table>".to_vec(), "is a page or XML with the name of a workbook"),
        (encrypted, "is protected by a password: save it without a password"),
        (b"\xd0\xcf\x11\xe0 and more".to_vec(), "is a workbook of an old kind (.xls)"),
        (word, "is a damaged workbook: its part _rels/.rels is missing"),
        (cut, "is a damaged workbook: it is not a zip archive"),
    ] {
        let told = said_of(bytes);
        assert!(told.starts_with(&format!("refused\nbook.xlsx: {words}")), "{told}");
        assert_eq!(told.lines().count(), 2, "{told}");
    }
    // What an archive packs well is told by its content, what it stores by its beginning.
    assert!(said_of(ods).starts_with("refused\nbook.xlsx: is "));
}

#[test]
fn other_kinds_of_workbooks_are_told_apart_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["old.xls", "open.ods", "binary.XLSB"] {
        fs::write(folder.path().join(name), "x").unwrap();
        let (code, _, stderr) = run(folder.path(), &["validate", name]);
        assert!(
            code == 2
                && stderr.contains(
                    "is a workbook of a kind that is not read: open it in a spreadsheet and save it as .xlsx"
                ),
            "{stderr}"
        );
    }
    fs::write(folder.path().join("b.toml"), "[batch]\nportfolio = \"open.ods\"\n").unwrap();
    let (code, _, stderr) = run(folder.path(), &["run", "b.toml"]);
    assert!(code == 2 && stderr.contains("`open.ods` is a workbook of a kind that is not read"), "{stderr}");
}

#[test]
fn a_budget_that_is_shown_in_per_cent_is_refused_as_it_may_be_a_share() {
    let book = |cell: &str| {
        let tables = [
            ("projects", "project\nA\n"),
            ("costs", "project,line,2027\nA,x,5\n"),
            ("budgets", "line,2027\nx,8\n"),
        ];
        said_of(Book::of(&tables).patch("budgets", "B2", cell).bytes())
    };
    let told = book(r#"<c r="B2" s="5"><v>0.12</v></c>"#);
    assert!(told.contains("budgets!B2, 2027: is shown in per cent: it may be a share"), "{told}");
    assert_eq!(book(r#"<c r="B2"><v>0.12</v></c>"#), "");
    assert_eq!(book(r#"<c r="B2" t="str"><v>12 %</v></c>"#), "");
}

#[test]
fn a_sheet_of_a_batch_and_a_cell_that_are_there_twice_are_refused() {
    let twice = whole().with("Limits ", "name,measure,max\nb,cost,4\n");
    let batch = read_batch("book.xlsx", &twice.bytes(), |_| Ok(Files::new()));
    let told = said(batch, |loaded| &loaded.warnings);
    assert!(told.contains("Limits : is there twice: limits holds the same: remove one of the two"), "{told}");
    let cell = r#"<c r="A2"><v>1</v></c><c r="A2"><v>2</v></c>"#;
    let book = Book::of(&[("projects", "project\nA\n")]).patch("projects", "A2", cell);
    assert!(said_of(book.bytes()).contains("A2 is there twice"), "{}", said_of(book.bytes()));
}

#[test]
fn numbers_that_promise_too_much_are_refused() {
    let patched = |from: &str, to: &str| {
        let parts: Vec<(String, String)> =
            whole().parts().into_iter().map(|(name, text)| (name, text.replace(from, to))).collect();
        said_of(zipped(&parts))
    };
    for (from, to) in [
        ("<row r=\"2\"", "<row r=\"4294967295\""),
        ("<c r=\"B2\"", "<c r=\"ZZZZ2\""),
        ("<c r=\"B2\"", "<c r=\"B99999999999\""),
        ("<v>0</v>", "<v>18446744073709551615</v>"),
        ("<sst>", "<sst uniqueCount=\"18446744073709551615\"><si>"),
        ("Target=\"/xl/worksheets/sheet1.xml\"", "Target=\"../../../etc/passwd\""),
    ] {
        let told = patched(from, to);
        assert!(told.starts_with("refused\nbook.xlsx: is a damaged workbook: "), "{from} -> {to}: {told}");
    }
    // Two far cells make no table as large as the sheet.
    let far = whole().patch("costs", "XFD1048576", "<c r=\"XFD1048576\"><v>1</v></c>");
    let told = said_of(far.bytes());
    assert!(told.contains("costs!XFD1048576: `1` stands in column XFD, which has no heading"), "{told}");
}

/// Bytes or XML of a workbook that are damaged somewhere.
#[derive(Clone, Debug)]
enum Damage {
    Bytes(Index, u8),
    Cut(Index),
    /// A part loses, or gets, something at a place.
    Part(Index, Index, &'static str, usize),
}

const TOKENS: [&str; 22] = [
    "",
    "<",
    ">",
    "\"",
    "&",
    "&#x110000;",
    "&x;",
    "</c>",
    "<c r=\"A1\">",
    "<v>",
    "t=\"s\"",
    "t=\"e\"",
    "-1",
    "1e999",
    "NaN",
    "99999999999999999999",
    "_xD800_",
    "é",
    "<row r=\"0\">",
    "<is><t>",
    "A1:XFD1048576",
    "\0",
];

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Bytes(at, byte)),
        1 => any::<Index>().prop_map(Damage::Cut),
        8 => (any::<Index>(), any::<Index>(), prop::sample::select(&TOKENS[..]), 0..12_usize)
            .prop_map(|(part, at, token, lost)| Damage::Part(part, at, token, lost)),
    ]
}

fn damaged(damages: &[Damage]) -> Vec<u8> {
    let mut bytes = whole().bytes();
    for damage in damages {
        match damage {
            Damage::Bytes(at, byte) if !bytes.is_empty() => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Damage::Cut(at) if !bytes.is_empty() => bytes.truncate(at.index(bytes.len())),
            Damage::Part(part, at, token, lost) => {
                let whole = std::panic::catch_unwind(|| unzipped(&bytes));
                let Ok(parts) = whole else { continue };
                let mut parts: Vec<(String, String)> = parts
                    .into_iter()
                    .map(|(name, text)| (name, String::from_utf8_lossy(&text).into_owned()))
                    .collect();
                let chosen = part.index(parts.len());
                let text: Vec<char> = parts[chosen].1.chars().collect();
                let at = at.index(text.len() + 1);
                let behind = text.iter().skip(at + lost);
                parts[chosen].1 =
                    text[..at].iter().copied().chain(token.chars()).chain(behind.copied()).collect();
                bytes = zipped(&parts);
            }
            _ => {}
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn broken_workbooks_are_answered(damages in prop::collection::vec(damage(), 1..4)) {
        let bytes = damaged(&damages);
        for told in [
            said_of(bytes.clone()),
            said(read_batch("book.xlsx", &bytes, |_| Ok(Files::new())), |loaded| &loaded.warnings),
        ] {
            prop_assert!(!told.starts_with("refused") || told.lines().count() > 1, "refused without a reason");
        }
    }
}
