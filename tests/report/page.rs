//! The page as a browser shows it.

use std::fs;

use tempfile::TempDir;

use crate::browser::{browser, show};
use crate::carried::reported;
use crate::cases::rich;
use crate::program::case_of;

/// Markup that would show itself if a name became part of the page.
const HURT: &str = "</script><img src=x onerror=\"document.title='hurt'\"><b>Tram";

/// Two assumptions that vary, an infeasible scenario, and names with markup.
pub fn sweep() -> TempDir {
    let hurt = HURT.replace('"', "\"\"");
    let projects = format!(
        "project,name,category,start,max_delay\nP1,\"{hurt}\",<i>rail</i>,2027,0\nP2,Bridge,road,2027,1\nP3,Depot,road,2028,0\nP4,Park,green,2027,0\n"
    );
    let tables = [
        ("projects.csv", projects.as_str()),
        (
            "costs.csv",
            "project,line,2027,2028\nP1,capex,30,20\nP2,capex,25,5\nP3,capex,0,40\nP4,capex,10,0\n",
        ),
        ("benefits.csv", "project,2027,2028\nP1,0,70\nP2,5,40\nP3,0,60\nP4,0,9\n"),
        ("budgets.csv", "line,2027,2028\ncapex,45,45\n"),
        ("objectives.csv", "objective,name,weight\nreach,Reach,1\nair,Clean air,1\n"),
        ("scores.csv", "project,reach,air\nP1,8,3\nP2,5,1\nP3,4,4\nP4,1,5\n"),
        ("dependencies.csv", "project,kind,other\nP3,requires,P2\n"),
    ];
    let batch = "[batch]\nname = \"<b>sweep<b>\"\ndescription = \"A synthetic plan\"\nportfolio = \"data\"\noptions = 2\ncurrency = \"EUR\"\n\
        discount_rate = 0.05\nmaximise = \"strategic_value\"\n[simulation]\ntrials = 100\n\
        [weights.reach]\nmethod = \"direct\"\nvalues = { reach = 80, air = 20 }\n[weights.air]\nmethod = \"direct\"\nvalues = { reach = 20, air = 80 }\n\
        [[sweep]]\nvary = { budget_scale = [0.8, 1.0, 1.2], weights = [\"reach\", \"air\"] }\n\
        [[scenario]]\nname = \"all <of> it\"\nweights = \"reach\"\nforce_in = [\"P1\", \"P2\", \"P3\"]\nbudget_scale = 0.5\n";
    case_of(&tables, "batch.toml", batch)
}

#[test]
fn a_browser_shows_chapters_and_names_without_a_complaint() {
    let Some(browser) = browser() else { return };
    let case = reported(sweep());
    let shown = show(browser, &case.path().join("out/report.html"), "");
    assert_eq!(shown.complaints, Vec::<String>::new());
    let chapters = shown.chapters();
    for chapter in [
        "answer",
        "waterline",
        "missed",
        "infeasible",
        "baseline",
        "scenarios",
        "matrix",
        "across",
        "differences",
        "trust",
    ] {
        assert!(chapters.contains(&chapter), "{chapter} is not among {chapters:?}");
    }
    let text = shown.text();
    // A text of the page has its markup escaped.
    let hurt = HURT.replace('<', "&lt;").replace('>', "&gt;");
    for words in [
        &hurt,
        "Bridge",
        "Depot",
        "Park",
        "&lt;b&gt;sweep&lt;b&gt;",
        "A synthetic plan",
        "Fund 3 of 4 projects",
        "for 85 EUR, of budgets of 90 EUR in all",
    ] {
        assert!(text.contains(words), "{words} is not in: {text}");
    }
    assert!(
        !shown.document.contains("<title>hurt") && !shown.document.contains("<img"),
        "a name became markup"
    );
}

#[test]
fn an_address_leads_to_its_scenario_and_infeasible_ones_say_what_would_help() {
    let Some(browser) = browser() else { return };
    let case = reported(sweep());
    let report = case.path().join("out/report.html");
    let shown = show(browser, &report, "#scenario=all%20%3Cof%3E%20it&chapter=infeasible");
    assert_eq!(shown.complaints, Vec::<String>::new());
    let text = shown.text();
    assert!(text.contains("no selection keeps all limits"), "{text}");
    assert!(text.contains("These cannot all hold"), "{text}");
    assert!(!shown.chapters().contains(&"waterline"), "there is no option to show");
    let shown = show(browser, &report, "#scenario=budget_scale%3D1.2%2C%20weights%3Dair&option=2");
    assert!(shown.text().contains("Option 2, shown here"), "{}", shown.text());
}

#[test]
fn weights_that_are_left_open_have_a_chapter() {
    let Some(browser) = browser() else { return };
    let tables = [
        ("projects.csv", "project\nA\nB\n"),
        ("costs.csv", "project,line,2027\nA,capex,1\nB,capex,2\n"),
        ("budgets.csv", "line,2027\ncapex,2\n"),
        ("objectives.csv", "objective,name\nreach,Reach\nair,Clean air\n"),
        ("scores.csv", "project,reach,air\nA,1,0\nB,0,2\n"),
    ];
    let batch = "[batch]\nname = \"small\"\nportfolio = \"data\"\noptions = 1\n\
        [weights.open]\nmethod = \"incomplete\"\nstatements = [\"0.2 <= reach <= 0.4\"]\n\
        [base]\nrisk = false\n[[scenario]]\nname = \"open\"\nweights = \"open\"\n[[scenario]]\nname = \"given\"\n";
    let case = reported(case_of(&tables, "batch.toml", batch));
    let report = case.path().join("out/report.html");
    let shown = show(browser, &report, "#scenario=open");
    assert_eq!(shown.complaints, Vec::<String>::new());
    assert!(shown.chapters().contains(&"weights"), "{:?}", shown.chapters());
    assert!(shown.text().contains("is the least certain: from"), "{}", shown.text());
    let shown = show(browser, &report, "#scenario=given");
    assert!(!shown.chapters().contains(&"weights"), "{:?}", shown.chapters());
}

#[test]
fn scenarios_of_a_sweep_are_a_heat_map_and_others_a_list() {
    let Some(browser) = browser() else { return };
    let case = reported(sweep());
    let shown = show(browser, &case.path().join("out/report.html"), "");
    // Six cells in the chapter, six beside it.
    assert!(shown.document.matches("class=\"heat-cell").count() >= 6, "no heat map");
    let case = reported(rich());
    let shown = show(browser, &case.path().join("out/report.html"), "");
    assert_eq!(shown.complaints, Vec::<String>::new());
    assert!(!shown.document.contains("class=\"heat-cell"));
    assert!(shown.text().contains("=cut"), "{}", shown.text());
}

/// One scenario, one option, nothing simulated, no budget: most chapters have nothing to tell and are left out.
#[test]
fn chapters_that_have_nothing_to_tell_are_left_out() {
    let Some(browser) = browser() else { return };
    let tables = [
        ("projects.csv", "project\nA\nB\n"),
        ("costs.csv", "project,line,2027\nA,capex,1\nB,capex,2\n"),
        ("objectives.csv", "objective,weight\nvalue,1\n"),
        ("scores.csv", "project,value\nA,1\nB,0\n"),
    ];
    let batch = "[batch]\nname = \"small\"\nportfolio = \"data\"\noptions = 1\n[base]\nrisk = false\n[[scenario]]\nname = \"only\"\n";
    let case = reported(case_of(&tables, "batch.toml", batch));
    let shown = show(browser, &case.path().join("out/report.html"), "");
    assert_eq!(shown.complaints, Vec::<String>::new());
    let chapters = shown.chapters();
    for chapter in ["infeasible", "scenarios", "matrix", "across", "room", "priorities", "differences"] {
        assert!(!chapters.contains(&chapter), "{chapter}: {chapters:?}");
    }
    let text = shown.text();
    assert!(text.contains("Fund 1 of 2 projects") && text.contains("Nothing was simulated"), "{text}");
    let visible = fs::read_to_string(case.path().join("out/report.html")).unwrap();
    assert!(visible.contains("default-src 'none'"));
    for word in ["NaN", "undefined", "Infinity", "[object"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

/// A costs half as much again in three of ten futures: with 90 % confidence B must leave.
#[test]
fn confidence_has_a_price_and_is_told_with_what_it_holds_in() {
    let Some(browser) = browser() else { return };
    let tables = [
        ("projects.csv", "project,name\nA,Bridge\nB,Depot\n"),
        ("costs.csv", "project,line,2027\nA,capex,5\nB,capex,4\n"),
        ("budgets.csv", "line,2027\ncapex,9\n"),
        ("objectives.csv", "objective\nvalue\n"),
        ("scores.csv", "project,value\nA,10\nB,6\n"),
        ("uncertainty.csv", "project,quantity,distribution,low,high,mean\nA,cost,bernoulli,1,1.5,0.3\n"),
    ];
    let batch = "[batch]\nname = \"sure\"\nportfolio = \"data\"\noptions = 1\n[simulation]\ntrials = 1000\n\
        [[limit]]\nname = \"safe\"\nmeasure = \"line.capex\"\nconfidence = 0.5\nrisk = \"chance\"\n\
        [[sweep]]\nvary = { confidence = [0.6, 0.9] }\n";
    let case = reported(case_of(&tables, "batch.toml", batch));
    let shown = show(browser, &case.path().join("out/report.html"), "");
    assert_eq!(shown.complaints, Vec::<String>::new());
    let text = shown.text();
    for words in ["Limit safe in 2027 holds in", "costs 38", "; 1 project leaves"] {
        assert!(text.contains(words), "{words} is not in: {text}");
    }
    for word in ["NaN", "undefined", "Infinity", "[object"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

/// In a third of the futures A costs too much to be the best; its benefit is the less sure estimate.
#[test]
fn futures_and_expected_disappointment_are_told_in_the_chapter_of_risk() {
    let Some(browser) = browser() else { return };
    let tables = [
        ("projects.csv", "project,name\nA,Bridge\nB,Depot\n"),
        ("costs.csv", "project,line,2027\nA,capex,5\nB,capex,4\n"),
        ("benefits.csv", "project,kind,2027\nA,x,20\nB,x,12\n"),
        ("budgets.csv", "line,2027\ncapex,6\n"),
        (
            "uncertainty.csv",
            "project,quantity,distribution,low,high,mean\nA,cost,bernoulli,1,1.5,0.3\nA,benefit,uniform,0.4,1.6,\n",
        ),
    ];
    let batch = "[batch]\nname = \"known\"\nportfolio = \"data\"\noptions = 2\nmaximise = \"npv\"\ncurrency = \"EUR\"\n\
        [simulation]\ntrials = 1000\nsolve_in_futures = 40\nprior_sd = { benefit = 0.4 }\n[[scenario]]\nname = \"base\"\n";
    let case = reported(case_of(&tables, "batch.toml", batch));
    let shown = show(browser, &case.path().join("out/report.html"), "");
    assert_eq!(shown.complaints, Vec::<String>::new());
    let text = shown.text();
    for words in [
        "Were the future known, no projects would always be funded",
        "to know the future before projects are chosen would be worth",
        "in which option 1 breaks a limit",
        "less than planned: who chooses by estimates",
        "true benefits per unit of cost are taken to scatter by 40",
        "option 1 has the highest net present value of the options with benefits as expected, too",
    ] {
        assert!(text.contains(words), "{words} is not in: {text}");
    }
    for word in ["NaN", "undefined", "Infinity", "[object"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

/// Key results with a simulation, and a project that serves nothing.
#[test]
fn key_results_are_shown_against_their_paths_and_with_who_brings_them_about() {
    let Some(browser) = browser() else { return };
    let tables = [
        ("projects.csv", "project,name,success_probability\nP1,Hotline,0.5\nP2,Portal,1\nP3,Logo,1\n"),
        ("costs.csv", "project,line,2027,2028\nP1,capex,3,2\nP2,capex,2,5\nP3,capex,1,\n"),
        ("benefits.csv", "project,2027,2028\nP1,,19\nP2,,9\nP3,,2\n"),
        ("objectives.csv", "objective,name\nservice,Service\n"),
        ("scores.csv", "project,service\nP1,5\nP2,4\nP3,\n"),
        (
            "key_results.csv",
            "key_result,objective,name,unit,baseline,target\nchurn,service,Customers who leave,%,8,4\n",
        ),
        ("effects.csv", "project,key_result,2027,2028\nP1,churn,-1,-2\nP2,churn,,-2\n"),
    ];
    let batch = "[batch]\nname = \"aims\"\nportfolio = \"data\"\noptions = 1\nmaximise = \"npv\"\n[simulation]\ntrials = 1000\n[[scenario]]\nname = \"base\"\n";
    let case = reported(case_of(&tables, "batch.toml", batch));
    let shown = show(browser, &case.path().join("out/report.html"), "");
    assert_eq!(shown.complaints, Vec::<String>::new());
    for chapter in ["key-results", "contributions"] {
        assert!(shown.chapters().contains(&chapter), "{:?}", shown.chapters());
    }
    let text = shown.text();
    for words in [
        "Customers who leave ≤ 4",
        "by 2028 is reached in ",
        "without Hotline in 0",
        "1 funded project serves no objective or key result: Logo",
    ] {
        assert!(text.contains(words), "{words} is not in: {text}");
    }
}
