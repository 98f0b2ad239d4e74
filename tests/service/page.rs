//! The page: rendered by the server, and used in a browser where there is one.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::keeping::half_slow_batch;
use super::server::*;

/// A form as a browser sends it.
fn form(files: &[(&str, &str)]) -> Vec<u8> {
    let mut body = String::new();
    for (name, text) in files {
        body += &format!(
            "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n{text}\r\n"
        );
    }
    (body + "--x--\r\n").into_bytes()
}

fn files(case: &TempDir) -> Vec<(String, String)> {
    let tables = std::fs::read_dir(case.path().join("data")).unwrap().map(|entry| entry.unwrap().path());
    let paths = tables.chain([case.path().join("batch.toml")]);
    paths
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn upload(server: &Server, files: &[(String, String)]) -> Answer {
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    server.ask("POST", "/upload", &[("Content-Type", "multipart/form-data; boundary=x")], &form(&files))
}

#[test]
fn a_batch_is_uploaded_looked_at_run_again_and_compared() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let uploaded = upload(&server, &files(&small_case("plan <b>", 3)));
    assert_eq!(uploaded.status, 303, "{}", uploaded.text());
    let place = uploaded.header("location").to_owned();
    let id = place.strip_prefix("/batches/").unwrap().to_owned();
    server.wait(&id);
    let page = server.get(&format!("{place}?scenario=budget_scale%3D0.501")).text();
    assert!(page.contains("<h1>plan &lt;b&gt;</h1>") && !page.contains("<b>"), "{page}");
    for part in [
        "<script src=\"/assets/report.js\" defer>",
        "name=\"budget_scale.capex\"",
        "Options of budget_scale=0.501",
        "options.csv",
        "Run again",
        "<td class=\"number\">Cut line</td>",
        "The cut line is what a ranked list would fund (baseline.csv): its objective is",
        "of the budgets unspent.",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let infeasible = server.get(&format!("{place}?scenario=all+of+them")).text();
    assert!(infeasible.contains("This scenario has no option: infeasible"), "{infeasible}");

    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let again = server.ask("POST", &format!("{place}/rerun"), &form, b"budget_scale=1.4&weights=");
    assert_eq!(again.status, 303, "{}", again.text());
    let second = again.header("location").strip_prefix("/batches/").unwrap().to_owned();
    server.wait(&second);
    let wrong = server.ask("POST", &format!("{place}/rerun"), &form, b"budget_scale=-1&weights=");
    assert!(wrong.status == 422 && wrong.text().contains("budget_scale"), "{}", wrong.text());
    shows_what_will_change(&server, &place);
    let compared = server.get(&format!("/compare?a={id}&b={second}"));
    assert!(compared.status == 200 && compared.text().contains("Only in A"), "{}", compared.text());
    let page = compared.text();
    for part in ["First-ranked options of 3 scenarios", "B: budget_scale=0.7014", "all of them"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("Without a partner"), "{page}");
    let two =
        server.get(&format!("/compare?a={id}&b={second}&scenario_a=budget_scale%3D0.501&option_b=2")).text();
    for part in ["Two options", "B less A", "<option selected>budget_scale=0.7014</option>", "Only in B: "] {
        assert!(two.contains(part), "{part}: {two}");
    }
    let rerun = server.get(&format!("/batches/{second}")).text();
    for part in ["plan &lt;b&gt;, budgets x 1.4", "on top of each scenario", "reruns <a"] {
        assert!(rerun.contains(part), "{part}: {rerun}");
    }
    let weights = server.ask("POST", &format!("{place}/rerun"), &form, b"weights=given&capacity_scale=");
    let third = weights.header("location").strip_prefix("/batches/").unwrap().to_owned();
    server.wait(&third);
    let page = server.get(&format!("/compare?a={id}&b={third}")).text();
    assert!(page.contains("First-ranked options of 3 scenarios"), "they assume the same: {page}");
    let other = server.submit(&small_batch("other", 2));
    server.wait(&other);
    let page = server.get(&format!("/compare?a={id}&b={other}")).text();
    assert!(
        page.contains("Without a partner: in A only") && page.contains("<li>budget_scale=0.502</li>"),
        "{page}"
    );
    let home = server.get("/").text();
    assert!(home.contains(&id) && home.contains(&second));
    let page = server.get(&format!("{place}?scenario=budget_scale%3D0.501")).text();
    assert!(page.contains("Ranked by"), "{page}");
    assert!(page.contains("It can be restored for 24 hours"), "{page}");
    let deleted = server.ask("POST", &format!("{place}/delete"), &form, b"").header("location").to_owned();
    assert_eq!(deleted, format!("/?deleted={id}"));
    let told = server.get(&deleted).text();
    assert!(told.contains("was deleted. It can be restored until") && told.contains(">Undo<"), "{told}");
    assert!(!server.get("/").text().contains(&id));
    assert!(server.get("/deleted").text().contains(&format!("{place}/restore")));
    assert_eq!(server.ask("POST", &format!("{place}/restore"), &form, b"").header("location"), place);
    assert!(server.get("/").text().contains(&id) && server.get(&place).status == 200);
}

/// The form shows what will change, starts nothing, and has all of it ready to be started.
fn shows_what_will_change(server: &Server, place: &str) {
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let batches = || server.get("/v1/batches").json()["batches"].as_array().unwrap().len();
    let before = batches();
    let fields =
        b"step=show&budget_scale.capex=1,1&force_out=B;&add.name=less&add.budget_scale=0.6&cost_scale=";
    let shown = server.ask("POST", &format!("{place}/rerun"), &form, fields);
    let page = shown.text();
    for part in [
        "<li>budgets of capex x 1.1, on top of each scenario&#x27;s own scale</li>",
        "<li>force out B in every scenario, beside what it decides itself</li>",
        "<li>scenario less added: budget_scale = 0.6</li>",
        "in place of",
        "name=\"force_out\" value=\"B;\"",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("name=\"step\"") && !page.contains("name=\"cost_scale\""), "{page}");
    assert_eq!((shown.status, batches()), (200, before), "nothing was started");
    let started = server.ask("POST", &format!("{place}/rerun"), &form, &fields[b"step=show&".len()..]);
    let id = started.header("location").strip_prefix("/batches/").unwrap().to_owned();
    server.wait(&id);
    let selection = server.get(&format!("/v1/batches/{id}/results/selection.csv")).text();
    assert!(!selection.contains(",B,") && selection.contains("\nless,"), "{selection}");
    let both = server.ask("POST", &format!("{place}/rerun"), &form, b"step=show&force_in=A&force_out=A");
    assert!(both.status == 422 && both.text().contains("forced in and out at once"), "{}", both.text());
}

/// Rows of a table as the report has it, by its name.
fn rows(tables: &serde_json::Value, name: &str) -> u64 {
    tables[name]["rows"].as_u64().unwrap_or_default()
}

#[test]
fn the_data_of_the_report_hold_each_row_of_the_tables_once() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let id = server.submit(&small_batch("plan <script>", 3));
    let scenarios = server.wait(&id)["scenarios"].as_array().unwrap().len();
    let report = |part: &str| server.get(&format!("/batches/{id}/report/{part}"));
    let overview = report("overview");
    let told = overview.json();
    assert_eq!(told["batch"]["name"], "plan <script>");
    assert_eq!((&told["projects"][1]["name"], &told["lines"][0]["id"]), (&"Beta".into(), &"capex".into()));
    let pieces: Vec<serde_json::Value> =
        (0..scenarios).map(|place| report(&format!("scenarios/{place}")).json()["tables"].clone()).collect();
    for table in ["options", "selection", "spend", "business_cases", "scenarios", "baseline", "infeasible"] {
        let text = server.get(&format!("/v1/batches/{id}/results/{table}.csv")).text();
        let written = csv::Reader::from_reader(text.as_bytes()).records().count() as u64;
        let all = rows(&told["tables"], table) + pieces.iter().map(|piece| rows(piece, table)).sum::<u64>();
        assert!(all == written && written > 0, "{table}: {all} of {written} rows");
    }
    for part in ["overview", "scenarios/1"] {
        let etag = report(part).header("etag").to_owned();
        let path = format!("/batches/{id}/report/{part}");
        let again = server.ask("GET", &path, &[("If-None-Match", &etag)], b"");
        assert_eq!((again.status, again.body.len()), (304, 0), "{part}");
    }
    for part in [&format!("scenarios/{scenarios}"), "scenarios/x", "scenarios/-1", "other"] {
        assert!(matches!(report(part).status, 400 | 404), "{part}");
    }
}

#[test]
fn a_folder_is_uploaded_as_it_lies() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let place = TempDir::new().unwrap();
    let extracted = output_of(place.path(), &["example", "extract", "petersen-1"]);
    assert!(extracted.status.success(), "{}", stderr(&extracted));
    let name = |path: &str| {
        (
            format!("petersen-1/{path}"),
            std::fs::read_to_string(place.path().join("petersen-1").join(path)).unwrap(),
        )
    };
    let tables = ["demands", "capacities", "objectives", "scores", "projects"];
    let mut files: Vec<(String, String)> =
        tables.iter().map(|table| name(&format!("data/petersen/p1/{table}.csv"))).collect();
    files.push(name("scenarios/petersen-1.toml"));
    // Another portfolio beside it: the batch file says which one is meant.
    files.push(("petersen-1/data/other/projects.csv".to_owned(), "project\nZ\n".to_owned()));
    let uploaded = upload(&server, &files);
    assert_eq!(uploaded.status, 303, "{}", uploaded.text());
    let id = uploaded.header("location").strip_prefix("/batches/").unwrap().to_owned();
    assert_eq!(server.wait(&id)["state"], "done");
}

#[test]
fn faults_are_shown_at_their_cells() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let case = small_case("plan", 2);
    std::fs::write(case.path().join("data/costs.csv"), "project,line,2027,2028\nA,capex,1,2\nB,capex,3o,4\n")
        .unwrap();
    let answer = upload(&server, &files(&case));
    let page = answer.text();
    assert_eq!(answer.status, 422, "{page}");
    assert!(page.contains("<th scope=\"row\" class=\"row\">3</th>"), "the row is shown: {page}");
    assert!(page.contains("<td class=\"bad\" aria-describedby=\"fault-1\">3o"), "the cell is marked: {page}");
    assert!(page.contains("is not a number"), "{page}");
}

#[test]
fn nothing_is_asked_of_other_servers() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    for path in [
        "/",
        "/docs",
        "/compare",
        "/deleted",
        "/login",
        "/assets/page.js",
        "/assets/upload.js",
        "/assets/contact.js",
        "/assets/follow.js",
        "/assets/style.css",
        "/assets/report.js",
        "/assets/report.css",
        "/assets/results.css",
    ] {
        let page = server.get(path);
        assert_eq!(page.status, 200, "{path}");
        // The name of a kind of elements is no address that is asked.
        let text = page.text().replace("http://www.w3.org/2000/svg", "");
        assert!(!text.contains("http://") && !text.contains("https://"), "{path}");
        assert!(
            !page.text().contains(" style=") && !page.text().contains(" onclick="),
            "the policy forbids it: {path}"
        );
    }
}

/// The browser's name, where there is one.
fn browser() -> Option<&'static str> {
    let is_there = |name: &&str| {
        Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
    };
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find(is_there)
}

#[test]
fn a_browser_gathers_files_sees_faults_follows_progress_gives_up_and_undoes() {
    let Some(browser) = browser() else {
        println!("skipped: there is no Chromium here (apt-get install chromium)");
        return;
    };
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--workers", "1", "--shard-scenarios", "1"]);
    let (sound, faulty, slow) = (small_case("plan", 6), small_case("plan", 2), TempDir::new().unwrap());
    std::fs::write(
        faulty.path().join("data/costs.csv"),
        "project,line,2027,2028\nA,capex,1,2\nB,capex,3o,4\n",
    )
    .unwrap();
    let batch = half_slow_batch("slow");
    std::fs::create_dir(slow.path().join("data")).unwrap();
    for (name, text) in batch["tables"].as_object().unwrap() {
        std::fs::write(slow.path().join(format!("data/{name}.csv")), text.as_str().unwrap()).unwrap();
    }
    std::fs::write(slow.path().join("batch.toml"), batch["batch"].as_str().unwrap()).unwrap();
    let example = TempDir::new().unwrap();
    assert!(output_of(example.path(), &["example", "extract", "petersen-1"]).status.success());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/service/browser.py");
    let tried = Command::new("python3")
        .arg(script)
        .args([browser, &server.url("")])
        .args([sound.path(), faulty.path(), slow.path(), &example.path().join("petersen-1")])
        .output();
    let Ok(tried) = tried else {
        println!("skipped: there is no python3 to drive the browser with");
        return;
    };
    println!("{}", stdout(&tried));
    assert!(tried.status.success(), "{}\n{}", stdout(&tried), stderr(&tried));
}
