//! Lists in the forms in which tools and people write them.

use std::fs;

use tempfile::TempDir;

use crate::book::Book;
use crate::program::run;
use crate::{imported, portfolio};

const JIRA: &str = "\
Summary,Issue key,Issue id,Issue Type,Status,Priority,Assignee,Labels,Labels,Inward issue link (Blocks),Inward issue link (Blocks),Custom field (Start date),Custom field (Capex 2027),Custom field (Capex 2028)
Customer portal,PMO-1,10001,Initiative,Approved,High,ada,web,cloud,,,15/Mar/27 9:00 AM,120,80.5
Data platform,PMO-2,10002,Initiative,Idea,Low,bob,data,,PMO-1,,02/Jan/28 12:00 AM,300,
\"Reports, all of them\",PMO-3,10003,Initiative,Closed,Low,bob,,,PMO-1,PMO-2,01/Jan/27 9:00 AM,10,10
Mobile app,PMO-4,10004,Initiative,Idea,High,eve,,,PMO-1,PMO-9,01/Jun/27 9:00 AM,40,
";

const JIRA_MAP: &str = r#"
[project]
id = "Issue key"
name = "Summary"
status = "Status"
start = "Custom field (Start date)"
[status]
Approved = "mandatory"
Idea = "candidate"
Closed = "leave"
[attribute]
owner = "Assignee"
labels = "Labels"
[costs.capex]
columns = "Custom field (Capex {period})"
[dependencies]
requires = "Inward issue link (Blocks)"
unknown = "leave"
"#;

#[test]
fn an_export_of_jira_is_a_portfolio() {
    let (tables, report) = imported("jira.csv", JIRA.as_bytes(), JIRA_MAP);
    assert_eq!(
        tables["projects.csv"],
        "project,name,status,start,owner,labels\n\
         PMO-1,Customer portal,mandatory,2027,ada,web; cloud\n\
         PMO-2,Data platform,candidate,2028,bob,data\n\
         PMO-4,Mobile app,candidate,2027,eve,\n"
    );
    assert_eq!(
        tables["costs.csv"],
        "project,line,2027,2028\nPMO-1,capex,120,80.5\nPMO-2,capex,300,\nPMO-4,capex,40,\n"
    );
    assert_eq!(
        tables["dependencies.csv"],
        "project,kind,other\nPMO-2,requires,PMO-1\nPMO-4,requires,PMO-1\n"
    );
    assert_eq!(report.taken.costs[0].amounts, [460.0, 80.5]);
    assert_eq!(
        (report.left.rows[0].reason.as_str(), report.left.rows[0].rows.as_slice()),
        ("the status is `Closed`", &[4][..])
    );
    assert_eq!(report.left.others, ["names of projects that are not in the list: PMO-9"]);
    let left: Vec<&str> = report.left.columns.iter().map(|own| own.column.as_str()).collect();
    assert_eq!(left, ["Issue id", "Issue Type", "Priority"]);
    portfolio(&tables);
}

const SERVICE_NOW: &str = "\
\"Number\",\"Short description\",\"State\",\"Portfolio\",\"Planned start date\",\"Planned cost\",\"Planned benefit\",\"Percent complete\"
\"PRJ0010001\",\"ERP renewal\",\"Pending\",\"Core IT\",\"2027-02-01 08:00:00\",\"$1,250,000.00\",\"$2,000,000.00\",\"0\"
\"PRJ0010002\",\"Archive\",\"Work in progress\",\"Core IT\",\"2026-11-01 08:00:00\",\"$80,500.50\",\"\",\"40\"
";

#[test]
fn an_export_of_service_now_has_one_amount_per_project() {
    let map = r#"
[project]
id = "Number"
name = "Short description"
start = "Planned start date"
[periods]
horizon = ["2027", "2028"]
early = "first"
[numbers]
decimal = "."
thousands = ","
currency = "$"
[attribute]
portfolio = "Portfolio"
list_state = "State"
[costs.project]
amount = "Planned cost"
in_period = "2027"
scale = 0.001
[benefits.planned]
amount = "Planned benefit"
in_period = "2028"
"#;
    let (tables, report) = imported("pm_project.csv", SERVICE_NOW.as_bytes(), map);
    assert_eq!(
        tables["costs.csv"],
        "project,line,2027,2028\nPRJ0010001,project,1250,\nPRJ0010002,project,80.5005,\n"
    );
    assert_eq!(tables["benefits.csv"], "project,kind,2027,2028\nPRJ0010001,planned,,2000000\n");
    assert!(tables["projects.csv"].contains("PRJ0010002,Archive,2027,Core IT,Work in progress"));
    assert_eq!(report.taken.benefits[0].projects, 1);
    portfolio(&tables);
}

#[test]
fn a_list_of_project_online_has_tabs_and_american_dates() {
    let list = "ProjectId\tProjectName\tProjectStartDate\tProjectDepartments\tProjectCost\tProjectWork\n\
                7e910f5b\tSite move\t3/26/2027 8:00:00 AM\tReal estate\t2380.00\t39.5 hrs\n\
                8f1a0c22\tPayroll\t10/1/2027 8:00:00 AM\tHR\t1835.90\t12 hrs\n";
    let map = r#"
[project]
id = "ProjectId"
name = "ProjectName"
start = "ProjectStartDate"
[periods]
dates = "month first"
horizon = ["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"]
[numbers]
suffixes = { hrs = 1 }
[costs.all]
amount = "ProjectCost"
in_period = "2027-Q1"
[demands.staff]
amount = "ProjectWork"
in_period = "2027-Q1"
[list]
rest = "attributes"
"#;
    let (tables, _) = imported("projects.tsv", list.as_bytes(), map);
    assert_eq!(
        tables["projects.csv"],
        "project,name,start,ProjectDepartments\n7e910f5b,Site move,2027-Q1,Real estate\n8f1a0c22,Payroll,2027-Q4,HR\n"
    );
    assert!(tables["demands.csv"].contains("7e910f5b,staff,39.5,"));
    portfolio(&tables);
}

#[test]
fn several_rows_of_headings_and_titles_above_are_read() {
    let list = "Investment plan;;;;;;\n;;;;;;\n;;Capex;;Opex;;Total\nNo;Project;FY27;FY28;FY27;FY28;\n\
                1;Bridge;1.250,5;(3,5);;12 k;13.247\n2;Road;-;2;;;2\n;Total;1250,5;-1,5;;12000;13249\n";
    let map = r#"
[list]
skip_rows = 2
header_rows = 2
total_rows = "leave"
[numbers]
decimal = ","
thousands = "."
negative = "brackets"
suffixes = { k = 1000 }
nothing = "-"
[periods]
names = { FY27 = "2027", FY28 = "2028" }
[project]
id = "No"
name = "Project"
[costs]
capex = { columns = "Capex {period}" }
opex = { columns = { "Opex FY27" = "2027", "Opex FY28" = "2028" } }
"#;
    let (tables, report) = imported("plan.csv", list.as_bytes(), map);
    assert_eq!(
        tables["costs.csv"],
        "project,line,2027,2028\n1,capex,1250.5,-3.5\n1,opex,,12000\n2,capex,,2\n"
    );
    assert_eq!(report.left.rows[0].reason, "it is a total");
    assert!(report.guessed.iter().any(|said| said.contains("`;`")), "{:?}", report.guessed);
    portfolio(&tables);
}

#[test]
fn merged_headings_of_a_sheet_count_for_each_of_their_columns() {
    let sheet =
        "Plan of the board,,,,\n,,Capex,,Opex\nId,Name,2027,2028,2027\nA,Alpha,1.5,2,3\nB,Beta,,4,5\n";
    let merged = "<mergeCells count=\"2\"><mergeCell ref=\"A1:E1\"/><mergeCell ref=\"C2:D2\"/></mergeCells>";
    let book = Book::of(&[("Plan", sheet), ("Notes", "any,thing\n")]).behind("Plan", merged);
    let map = "[list]\nsheet = \"Plan\"\nskip_rows = 1\nheader_rows = 2\n[project]\nid = \"Id\"\nname = \"Name\"\n\
               [costs]\ncapex = { columns = \"Capex {period}\" }\nopex = { columns = \"Opex {period}\" }\n";
    let (tables, report) = imported("plan.xlsx", &book.bytes(), map);
    assert_eq!(
        tables["costs.csv"],
        "project,line,2027,2028\nA,capex,1.5,2\nA,opex,3,\nB,capex,,4\nB,opex,5,\n"
    );
    assert_eq!(report.left.others, ["sheets: Notes"]);
    portfolio(&tables);
}

#[test]
fn rows_by_project_line_and_year_are_added_up_where_the_map_says_so() {
    let list = "Project,Fund,Fund name,Fiscal Year,Budget,Sponsor\nA,100,Bonds,2028,5,x\n,100,Bonds,2027,0.1,\nA,100,Bonds,2027,0.2,x\n\
                B,200;100,Tax,2028,7,y\n";
    let map = r#"
[list]
blank_ids = "above"
duplicate_rows = "sum"
[project]
id = "Project"
[attribute]
sponsor = "Sponsor"
[costs]
line = "Fund"
period = "Fiscal Year"
amount = "Budget"
payers = "one"
"#;
    let (tables, report) = imported("rows.csv", list.as_bytes(), map);
    assert_eq!(tables["costs.csv"], "project,line,payers,2027,2028\nA,100,,0.3,5\nB,200;100,one,,7\n");
    assert_eq!(report.taken.costs.iter().map(|own| own.total).collect::<Vec<_>>(), [5.3, 7.0]);
    portfolio(&tables);
    let named = map.replace("payers", "line_name = \"Fund name\"\npayers");
    let (tables, _) = imported("rows.csv", list.replace("200;100", "200").as_bytes(), &named);
    assert_eq!(tables["lines.csv"], "line,name\n100,Bonds\n200,Tax\n");
    portfolio(&tables);
}

#[test]
fn words_become_scores_and_names_become_ids() {
    let list = "Initiative|Fit|Reach|Chance|After\nGreen roof|High|1,5|80 %|\nBlue roof|Low|2|1|Green roof\n";
    let map = r#"
[project]
name = "Initiative"
success_probability = "Chance"
[numbers]
decimal = ","
[scores]
reach = "Reach"
fit = { column = "Fit", values = { High = 3, Low = 1 } }
[dependencies]
after = "After"
"#;
    let (tables, report) = imported("ideas.csv", list.as_bytes(), map);
    assert_eq!(
        tables["projects.csv"],
        "project,name,success_probability\ngreen-roof,Green roof,0.8\nblue-roof,Blue roof,1\n"
    );
    assert_eq!(tables["scores.csv"], "project,reach,fit\ngreen-roof,1.5,3\nblue-roof,2,1\n");
    assert_eq!(tables["objectives.csv"], "objective,weight\nreach,1\nfit,1\n");
    assert_eq!(tables["dependencies.csv"], "project,kind,other\nblue-roof,after,green-roof\n");
    assert!(report.guessed.iter().any(|said| said.contains("made from their names")));
    assert!(report.to_do.iter().any(|said| said.contains("weights")), "{:?}", report.to_do);
    portfolio(&tables);
}

#[test]
fn the_program_writes_a_folder_that_validates_and_runs() {
    let place = TempDir::new().unwrap();
    fs::write(place.path().join("jira.csv"), JIRA).unwrap();
    fs::write(place.path().join("map.toml"), JIRA_MAP).unwrap();
    let import = ["import", "jira.csv", "--map", "map.toml", "--to", "plan", "--batch"];
    let (code, stdout, stderr) = run(place.path(), &import);
    assert_eq!(code, 0, "{stderr}");
    for said in [
        "Taken from jira.csv: 3 rows, 3 projects.",
        "By status: 2 candidate, 1 mandatory.",
        "capex",
        "540.5",
        "Issue id",
        "Still to be done",
    ] {
        assert!(stdout.contains(said), "{said} is not in:\n{stdout}");
    }
    for path in ["plan", "plan/batch.toml"] {
        let (code, _, stderr) = run(place.path(), &["validate", path]);
        assert_eq!(code, 0, "{stderr}");
    }
    let (code, _, stderr) = run(place.path(), &["run", "plan/batch.toml"]);
    assert_eq!(code, 0, "{stderr}");
    let (code, stdout, stderr) = run(place.path(), &import);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("`plan` stands there already; nothing was written"), "{stderr}");
    let (code, stdout, stderr) = run(place.path(), &["import", "jira.csv", "--map", "map.toml", "--json"]);
    assert_eq!(code, 0, "{stderr}");
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["taken"]["costs"][0]["total"], 540.5);
    assert!(stderr.contains("Nothing was written"), "{stderr}");
}

#[test]
fn nothing_is_written_after_a_fault() {
    let place = TempDir::new().unwrap();
    fs::write(place.path().join("jira.csv"), JIRA.replace("80.5", "80,5o").replace(",80,5o", ",\"80,5o\""))
        .unwrap();
    fs::write(place.path().join("map.toml"), JIRA_MAP).unwrap();
    let (code, stdout, stderr) =
        run(place.path(), &["import", "jira.csv", "--map", "map.toml", "--to", "plan"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("jira.csv, row 2, Custom field (Capex 2028): `80,5o`"), "{stderr}");
    assert!(!place.path().join("plan").exists());
    let (code, stdout, _) = run(place.path(), &["schema", "map"]);
    assert!(
        code == 0 && stdout.contains("list.skip_rows") && stdout.contains("scores.OBJECTIVE.values"),
        "{stdout}"
    );
}

#[test]
fn rows_and_periods_that_the_map_does_not_want_are_left_and_told() {
    let list = "Id,Type,Owner,2026,2027,2028\nA,Project,ann,1,2,3\nB,Programme,,4,5,6\nC,Idea,eve,7,8,9\n,Project,,1,1,1\nD,Project,,0,0,\n";
    let map = r#"
[list]
where = { "Type" = ["Project", "Programme"] }
leave = { "Owner" = ["ann", "joe"] }
blank_ids = "leave"
rest = "attributes"
[periods]
horizon = ["2027", "2028"]
[project]
id = "Id"
[costs.all]
columns = "{period}"
"#;
    let (tables, report) = imported("l.csv", list.as_bytes(), map);
    assert_eq!(tables["costs.csv"], "project,line,2027,2028\nB,all,5,6\n");
    assert_eq!(tables["projects.csv"], "project,name,Type\nB,B,Programme\nD,D,Project\n");
    let reasons: Vec<(&str, &[usize])> =
        report.left.rows.iter().map(|left| (left.reason.as_str(), left.rows.as_slice())).collect();
    assert_eq!(
        reasons,
        [
            ("`Owner` is `ann`", &[2][..]),
            ("`Type` is none of the texts of `where`", &[4]),
            ("`Id` is blank", &[5])
        ]
    );
    assert_eq!(report.left.others, ["1 amounts of costs outside the horizon, 4 in all"]);
    portfolio(&tables);
}

#[test]
fn dependencies_of_all_kinds_stand_once() {
    let list = "Id,Name,Before,Not with,With,Opens\nA,One,,B,C,B\nB,Two,One,A,,\nC,Three,\"A, B\",,A,\n";
    let map = r#"
[project]
id = "Id"
name = "Name"
[dependencies]
after = "Before"
excludes = "Not with"
together = "With"
required_by = "Opens"
"#;
    let (tables, report) = imported("l.csv", list.as_bytes(), map);
    assert_eq!(
        tables["dependencies.csv"],
        "project,kind,other\nA,excludes,B\nA,together,C\nB,after,A\nB,requires,A\nC,after,A\nC,after,B\n"
    );
    assert_eq!(report.taken.dependencies.iter().map(|own| own.count).sum::<usize>(), 6);
    portfolio(&tables);
}

#[test]
fn the_maps_of_the_page_can_be_read() {
    let page = include_str!("../../docs/import.md");
    let blocks: Vec<&str> =
        page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let named = if block.contains("[project]") { "" } else { "[project]\nid = \"Id\"\n" };
        let read = cutline::input::map::read_map("page.toml", format!("{named}{block}").as_bytes());
        assert!(read.is_ok(), "{read:?}");
    }
}
