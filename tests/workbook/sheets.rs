//! Sheets as tables: how cells are read, and what is said of those that could mean something else.

use cutline::input::{Files, read_portfolio};

use super::example::{TABLES, portfolio, said_of_portfolio, tables};
use crate::book::Book;

/// The portfolio of the same tables as text files, in words.
fn as_csv(tables: &[(&str, &str)]) -> String {
    let files: Files =
        tables.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    format!("{:?}", read_portfolio(&files).unwrap().portfolio)
}

fn as_book(book: &Book) -> String {
    format!("{:?}", portfolio(book).unwrap_or_else(|found| panic!("{found:?}")).portfolio)
}

#[test]
fn a_workbook_is_the_portfolio_of_the_same_text_files() {
    assert_eq!(as_book(&tables()), as_csv(TABLES));
    assert_eq!(said_of_portfolio(&tables()), "");
    let shouted: Vec<(String, &str)> =
        TABLES.iter().map(|(name, text)| (name.to_uppercase().replace(".CSV", ""), *text)).collect();
    let shouted: Vec<(&str, &str)> = shouted.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    assert_eq!(as_book(&Book::of(&shouted)), as_csv(TABLES), "names of sheets in capitals");
}

#[test]
fn dates_in_headings_are_named_as_their_format_shows_them() {
    // 1 January of 2027 and 2028.
    for (style, serials, names) in [
        (1, [46_388, 46_753], ["2027", "2028"]),
        (2, [46_388, 46_419], ["Jan-27", "Feb-27"]),
        (3, [46_388, 46_419], ["01.01.2027", "01.02.2027"]),
        (4, [46_388, 46_753], ["2027-01-01", "2028-01-01"]),
        (6, [46_388, 46_753], ["2027-01-01", "2028-01-01"]),
    ] {
        let costs = format!("project,line,{},{}\nA,x,1,2\n", names[0], names[1]);
        let csv = as_csv(&[("projects.csv", "project\nA\n"), ("costs.csv", &costs)]);
        let cell = |at: &str, serial: i32| format!("<c r=\"{at}\" s=\"{style}\"><v>{serial}</v></c>");
        let book = Book::of(&[("projects", "project\nA\n"), ("costs", "project,line,x1,x2\nA,x,1,2\n")])
            .patch("costs", "C1", &cell("C1", serials[0]))
            .patch("costs", "D1", &cell("D1", serials[1]));
        assert_eq!(as_book(&book), csv, "{names:?}");
        let early = Book::of(&[("projects", "project\nA\n"), ("costs", "project,line,x1,x2\nA,x,1,2\n")])
            .patch("costs", "C1", &cell("C1", serials[0] - 1462))
            .patch("costs", "D1", &cell("D1", serials[1] - 1462))
            .since_1904();
        assert_eq!(as_book(&early), csv, "{names:?}, counted from 1904");
    }
}

#[test]
fn texts_are_read_in_every_form_that_spreadsheets_write() {
    let cell = |xml: &str| {
        let book = Book::of(&[("projects", "project,name\nA,x\n")]).patch("projects", "B2", xml);
        let loaded = portfolio(&book).unwrap_or_else(|found| panic!("{found:?}"));
        loaded.portfolio.projects().iter().next().unwrap().name.clone()
    };
    assert_eq!(
        cell(
            r#"<c r="B2" t="inlineStr"><is><r><t>Br</t></r><r><t xml:space="preserve">idge &amp; more</t></r><rPh><t>no</t></rPh></is></c>"#
        ),
        "Bridge & more"
    );
    assert_eq!(cell(r#"<c r="B2" t="str"><f>"a"&amp;B1</f><v>Bridge</v></c>"#), "Bridge");
    assert_eq!(cell(r#"<x:c r="B2" t="str"><x:v>&#66;_x0021_</x:v></x:c>"#), "B!");
    assert_eq!(cell(r#"<c r="B2" s="5"><v>0.25</v></c>"#), "0.25", "25 % is held as a quarter");
    assert_eq!(cell(r#"<c r="B2" t="b"><v>1</v></c>"#), "TRUE");
    assert_eq!(cell(r#"<c r="B2" t="d"><v>2027-01-01T00:00:00</v></c>"#), "2027-01-01");
    assert_eq!(cell(r#"<c r="B2"><v>2027</v></c>"#), "2027");
    assert_eq!(cell(r#"<c r="B2"><f>1+1</f><v>2</v></c>"#), "2");
}

#[test]
fn faults_name_the_sheet_and_the_cell() {
    let book = Book::of(TABLES)
        .patch("costs", "D3", r#"<c r="D3" t="str"><v>12,5o</v></c>"#)
        .patch("costs", "A4", r#"<c r="A4" t="str"><v>P9</v></c>"#)
        .patch("projects", "D2", r#"<c r="D2"><v>1.5</v></c>"#);
    assert_eq!(
        said_of_portfolio(&book),
        "refused\n\
         costs!D3, 2028: `12,5o` is not a number: write digits such as 1234.5, without units or signs\n\
         costs!A4, project: `P9` is not a project: did you mean `P1`?\n\
         projects!D2, max_delay: `1.5` is not a whole number of 0 or more: write a whole number such as 2, or leave the cell blank\n"
    );
}

#[test]
fn errors_and_formulas_without_a_value_are_told_once() {
    let book = Book::of(TABLES)
        .patch("costs", "C2", r#"<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>"#)
        .patch("budgets", "B2", r#"<c r="B2"><f>SUM(A1)</f></c>"#)
        .patch("budgets", "B3", r#"<c r="B3"><f>SUM(A1)</f><v></v></c>"#)
        .patch("scores", "A2", r#"<c r="A2" t="e"><v>#N/A</v></c>"#);
    assert_eq!(
        said_of_portfolio(&book),
        "refused\n\
         budgets!B2: is a formula whose value the file does not hold: open the workbook in a spreadsheet, which calculates it, and save it\n\
         budgets!B3: is a formula whose value the file does not hold: open the workbook in a spreadsheet, which calculates it, and save it\n\
         costs!C2: `#DIV/0!` is an error of a formula: mend the formula, or write the value itself\n\
         scores!A2: `#N/A` is an error of a formula: mend the formula, or write the value itself\n"
    );
    let blank = Book::of(TABLES).patch("costs", "E2", r#"<c r="E2" t="str"><f>IF(A1=1,1,"")</f><v></v></c>"#);
    assert_eq!(as_book(&blank), as_csv(TABLES), "a formula that gives a blank text is blank");
}

#[test]
fn numbers_that_are_stored_as_text_are_told() {
    let text = |at: &str, value: &str| format!("<c r=\"{at}\" t=\"str\"><v>{value}</v></c>");
    let book =
        Book::of(TABLES).patch("costs", "C2", &text("C2", "10")).patch("costs", "D2", &text("D2", "20.5"));
    assert_eq!(
        said_of_portfolio(&book),
        "costs!C2, 2027: `10` is a number that is stored as text, and is read as the number (2 times; also in D2, 2028 `20.5`): \
         turn it into a number: spreadsheets leave texts out of their sums\n"
    );
    assert_eq!(as_book(&book), as_csv(TABLES));
    let unclear = Book::of(TABLES)
        .patch("costs", "C2", &text("C2", "1.250"))
        .patch("costs", "D2", &text("D2", "1,5"))
        .patch("costs", "E2", &text("E2", "1,234.5"));
    assert_eq!(
        said_of_portfolio(&unclear),
        "refused\n\
         costs!C2, 2027: `1.250` is a text and no number, and may mean two: its mark may part thousands or a fraction: \
         turn the cell into a number (it holds the text 1.250)\n\
         costs!D2, 2028: `1,5` is a text and no number: it has a decimal comma: turn the cell into the number 1.5\n\
         costs!E2, 2029: `1,234.5` has a thousands separator: write the number without it, such as 1234.5\n"
    );
    // The number 1.25 cannot be a thousand, whatever else the sheet holds.
    let numbers =
        Book::of(&[("projects", "project\nA\n"), ("costs", "project,line,2027,2028\nA,x,1.234,5.678\n")]);
    assert_eq!(said_of_portfolio(&numbers), "");
}

#[test]
fn what_is_hidden_is_read_and_told() {
    let book = Book::of(TABLES)
        .row("costs", 3, "hidden=\"1\"")
        .row("costs", 4, "hidden=\"true\"")
        .row("costs", 9, "hidden=\"1\"")
        .behind("costs", "<autoFilter ref=\"A1:E4\"/>")
        .columns(
            "budgets",
            "<col min=\"3\" max=\"4\" hidden=\"1\"/><col min=\"9\" max=\"16384\" hidden=\"1\"/>",
        )
        .hidden("scores");
    assert_eq!(
        said_of_portfolio(&book),
        "budgets: has hidden columns, which are read all the same: `C`, `D`: show them, or delete what is not meant\n\
         costs, row 3: is hidden by a filter, and is read all the same (2 times; also in row 4): show it, or delete it if it is not meant\n\
         scores: is a hidden sheet, and is read all the same: show it, or delete it if it is not meant\n"
    );
    assert_eq!(as_book(&book), as_csv(TABLES));
}

#[test]
fn merged_cells_titles_and_notes_are_told() {
    let merged = Book::of(TABLES)
        .behind("costs", "<mergeCells><mergeCell ref=\"A2:A3\"/><mergeCell ref=\"X9:Y9\"/></mergeCells>");
    assert_eq!(
        said_of_portfolio(&merged),
        "refused\ncosts!A2: is merged with the cells up to A3, of which only the first holds the value: unmerge them, and \
         write the value into each cell that it is meant for\n"
    );
    let title = format!("Costs of the plan\n,,Budget\n{}", TABLES[1].1.replace("1.25,3,4", "1.25,3,x"));
    let mut titled = TABLES.to_vec();
    titled[1].1 = &title;
    let advice =
        "delete the rows above it, or move them to a sheet of their own: a table begins with one header row";
    assert_eq!(
        said_of_portfolio(&Book::of(&titled)),
        format!(
            "refused\n\
             costs, row 1: stands above the header, which is row 3: {advice}\n\
             costs, row 2: stands above the header, which is row 3: {advice}\n\
             costs!E6, 2029: `x` is not a number: write digits such as 1234.5, without units or signs\n"
        )
    );
    let noted = Book::of(TABLES).patch("costs", "H3", r#"<c r="H3" t="str"><v>see Anna</v></c>"#);
    assert_eq!(
        said_of_portfolio(&noted),
        "refused\ncosts!H3: `see Anna` stands in column H, which has no heading: give the column a heading, or empty it\n"
    );
    let total = Book::of(TABLES).patch("costs", "F1", r#"<c r="F1" t="str"><v>Total</v></c>"#);
    assert_eq!(
        said_of_portfolio(&total),
        "refused\ncosts!F1, Total: `Total` is a total and no period: remove the column: every column beside the named ones is a period\n"
    );
}

#[test]
fn sheets_that_are_no_tables_are_told() {
    let book = tables().with("Notes", "all\n").with("Chart data", "a,b\n1,2\n").with("Sheet9", "");
    let told = said_of_portfolio(&book);
    assert!(told.starts_with("book.xlsx: has sheets that are no tables and are not read: `Notes`, `Chart data`: the tables are `projects`, "), "{told}");
    assert_eq!(told.lines().count(), 1);
    let near = tables().with("Cost", "project\n");
    assert_eq!(
        said_of_portfolio(&near),
        "refused\nCost: is not a table of a portfolio: did you mean `costs`? If not, give the sheet a name that is not so near to it\n"
    );
    let twice = tables().with("COSTS", "project,line\n");
    assert!(
        said_of_portfolio(&twice)
            .contains("COSTS: is there twice: costs holds the same table: remove one of the two")
    );
    let none = Book::of(&[("costs", "project,line,2027\nA,x,1\n")]);
    assert!(
        said_of_portfolio(&none).contains("sheet projects: is not there: add it"),
        "{}",
        said_of_portfolio(&none)
    );
}

#[test]
fn names_of_files_in_messages_are_those_of_sheets() {
    let book = Book::of(TABLES).patch("scores", "B1", r#"<c r="B1" t="str"><v>worth</v></c>"#);
    let told = said_of_portfolio(&book);
    assert!(told.starts_with("refused\nscores!B1, worth: ") && !told.contains(".csv"), "{told}");
}
