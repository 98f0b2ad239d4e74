//! Refusals of all that could mean something else, each with its place and the remedy.

use crate::faults;

/// A map of a list with the headings Id, Name and 2027, with more keys.
fn map(more: &str) -> String {
    format!("[project]\nid = \"Id\"\n[costs.capex]\ncolumns = \"{{period}}\"\n{more}")
}

fn only(file: &str, list: &str, map: &str) -> String {
    let mut found = faults(file, list.as_bytes(), map);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

#[test]
fn a_number_that_could_be_two_is_not_read() {
    for (cell, said) in [
        ("1.250", "could be read in two ways: add thousands = \".\""),
        ("12 %", "is a per cent and no amount"),
        ("(5)", "stands in brackets"),
        ("5-", "ends with a minus"),
        ("5k", "ends with `k`, which the map does not name"),
        ("€5", "bears `€`, which the map does not name"),
        ("tbd", "is not a number: write digits, or add the text to `nothing`"),
        ("1 250", "has a mark that the map does not name"),
    ] {
        let fault = only("l.csv", &format!("Id;2027\nA;{cell}\n"), &map(""));
        assert!(
            fault.starts_with(&format!("l.csv, row 2, 2027: `{cell}` ")) && fault.contains(said),
            "{fault}"
        );
    }
}

#[test]
fn rows_that_may_be_no_projects_are_asked_about() {
    let fault = only("l.csv", "Id,2027\nA,1\nTotal,1\n", &map(""));
    assert!(
        fault.contains("row 3, Id: `Total` seems to be the total of other rows: write total_rows"),
        "{fault}"
    );
    let fault = only("l.csv", "Id,2027\nA,1\n,2\n", &map(""));
    assert!(fault.contains("row 3, Id: is blank: fill it in, or write blank_ids"), "{fault}");
    let fault = faults("l.csv", b"Id,2027\nA,1\nA,2\n", &map("")).join("\n");
    assert!(fault.contains("row 3, Id: `A` stands in row 2 already"), "{fault}");
    assert!(
        fault.contains(
            "is a second amount of the same project for line `capex` in 2027; the first stands in row 2"
        ),
        "{fault}"
    );
    let fault = only("l.csv", "Id,2027\nA,1,5\n", &map(""));
    assert!(fault.contains("row 2: has 3 cells, but there are 2 headings"), "{fault}");
}

#[test]
fn headings_that_are_not_there_are_told_with_the_nearest() {
    let fault = only("l.csv", "ID,2027\nA,1\n", &map(""));
    assert!(
        fault.starts_with(
            "map.toml, row 2, project.id: `Id` is no heading of row 1 of the list: did you mean `ID`"
        ),
        "{fault}"
    );
    let fault = only("l.csv", "Id,Id,2027\nA,B,1\n", &map(""));
    assert!(fault.contains("`Id` heads 2 columns of the list: name one of them as \"Id [1]\""), "{fault}");
    let fault = only("l.csv", "Id,2027,2029\nA,1,2\n", &map(""));
    assert!(fault.contains("`2029` does not follow `2027`"), "{fault}");
    let fault = only("l.csv", "Id,Cost\nA,1\n", &map(""));
    assert!(fault.contains("costs.capex.columns: `{period}` fits no heading of the list"), "{fault}");
}

#[test]
fn keys_that_are_unknown_or_undecided_are_told() {
    let list = "Id,2027\nA,1\n";
    let found = faults("l.csv", list.as_bytes(), &map("[list]\nskip_row = 1\nseparator = \"?\"\n[cost]\n"));
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found.iter().any(|fault| fault.contains("`skip_row` is not a key of this section: did you mean `skip_rows`?")));
    assert!(found.iter().any(|fault| fault.contains("list.separator: is not decided yet")));
    assert!(
        found
            .iter()
            .any(|fault| fault.contains("`cost` is not a key of this section: did you mean `costs`?"))
    );
    let fault = only("l.csv", list, "[project]\nid = \"Id\"\n[costs.capex]\namount = \"2027\"\n");
    assert!(fault.contains("costs.capex.amount: `2027` has no period"), "{fault}");
}

#[test]
fn what_projects_say_in_several_rows_must_agree() {
    let long = "[project]\nid = \"Id\"\nname = \"Name\"\n[attribute]\nowner = \"Owner\"\n[costs.all]\namount = \"Cost\"\nperiod = \"Year\"\n";
    let list = "Id,Name,Owner,Year,Cost\nA,Alpha,x,2027,1\nA,Alpha,y,2028,2\n";
    let fault = only("l.csv", list, long);
    assert!(
        fault.contains("row 3, Owner: `y` differs from `x` in row 2, which is of the same project"),
        "{fault}"
    );
    let fault = only("l.csv", &list.replace(",y,", ",x,").replace("A,Alpha,x,2028", "A,Alfa,x,2028"), long);
    assert!(fault.contains("row 3, Name: `Alfa` differs from `Alpha` in row 2"), "{fault}");
    let fault = only("l.csv", &list.replace(",y,", ",x,").replace("2028,2", ",2"), long);
    assert!(fault.contains("row 3, Year: is blank beside an amount"), "{fault}");
}

#[test]
fn dependencies_name_projects_of_the_list() {
    let more = "[dependencies]\nrequires = \"Needs\"\n";
    let list = "Id,2027,Needs\nA1,1,\nB2,1,A1\nC3,1,\"A1, A7\"\nD4,1,D4\n";
    let found = faults("l.csv", list.as_bytes(), &map(more));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].contains("row 4, Needs: `A1, A7` names `A7`, which is no project of the list"),
        "{}",
        found[0]
    );
    assert!(found[1].contains("row 5, Needs: `D4` names the project itself"), "{}", found[1]);
}

#[test]
fn totals_beside_periods_are_left_or_compared() {
    let list = "Id,2027,2028,Total\nA,1,2,3\nB,1,2,4\n";
    let (_, report) = crate::imported("l.csv", list.as_bytes(), &map(""));
    assert_eq!(report.left.columns[0].column, "Total");
    assert_eq!(report.taken.costs[0].total, 6.0);
    let fault = only("l.csv", list, &map("total = \"Total\"\n"));
    assert!(fault.contains("row 3, Total: `4` is not the sum of the row, which is 3"), "{fault}");
}

#[test]
fn states_that_the_map_does_not_name_are_told_once() {
    let own = "[project]\nid = \"Id\"\nstatus = \"State\"\n[status]\nGo = \"mandatory\"\n";
    let fault = only("l.csv", "Id,State\nA,Go\nB,Perhaps\nC,Perhaps\n", own);
    assert!(
        fault.contains("`Perhaps` is a status that the map does not name: add \"Perhaps\" = "),
        "{fault}"
    );
}

#[test]
fn a_workbook_says_which_of_its_sheets() {
    let book = crate::book::Book::of(&[("One", "Id,2027\nA,1\n"), ("Two", "Id,2027\nB,1\n")]);
    let fault = faults("l.xlsx", &book.bytes(), &map("")).remove(0);
    assert!(fault.contains("l.xlsx: has 2 sheets: say which one with --sheet: `One`, `Two`"), "{fault}");
}
