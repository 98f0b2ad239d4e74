//! Large results and large submissions: what the server reads and how much memory it takes is bounded by what is asked
//! of it, never by what is there.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cutline::input::InputFile;
use cutline::output::sha256;
use cutline::service::zip_batch;
use rusqlite::Connection;
use tempfile::TempDir;

use super::server::*;

const SCENARIOS: usize = 2000;
const OPTIONS: usize = 40;
const MEGABYTE: u64 = 1 << 20;

// ---- Measures -------------------------------------------------------------------------------------------------------

/// A number of a file of `/proc`, such as `VmHWM:  1234 kB`.
fn figure(server: &Server, file: &str, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{}/{file}", server.id())).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').split_whitespace().next().unwrap().parse().unwrap()
}

/// Most memory that the server has taken, in bytes.
fn peak(server: &Server) -> u64 {
    1024 * figure(server, "status", "VmHWM")
}

/// What a request takes.
struct Cost {
    answer: Answer,
    /// Growth of the largest memory over what was there before, in bytes.
    memory: u64,
    /// Bytes that the server reads.
    read: u64,
}

fn cost(server: &Server, path: &str) -> Cost {
    // Begins the peak anew.
    fs::write(format!("/proc/{}/clear_refs", server.id()), "5").unwrap();
    let (memory, read) = (1024 * figure(server, "status", "VmRSS"), figure(server, "io", "rchar"));
    let answer = server.get(path);
    Cost { answer, memory: peak(server).saturating_sub(memory), read: figure(server, "io", "rchar") - read }
}

// ---- Large results --------------------------------------------------------------------------------------------------

fn name(scenario: usize) -> String {
    format!("scenario {scenario:04}")
}

/// Result tables as a batch of many scenarios writes them, as far as pages read them.
fn large_tables() -> [(&'static str, String); 5] {
    let mut scenarios = "scenario,status,objective\n".to_owned();
    let mut options =
        "scenario,rank,option,status,objective,bound,gap,projects,cost,strategic_value,npv\n".to_owned();
    let mut selection = "scenario,option,project,start,fraction,end,name\n".to_owned();
    let mut spend = "scenario,option,line,period,plan,limit,mean,p_over\n".to_owned();
    for scenario in 0..SCENARIOS {
        let name = name(scenario);
        writeln!(scenarios, "{name},optimal,100.0").unwrap();
        for option in 1..=OPTIONS {
            let cost = 1000 + scenario + option;
            writeln!(options, "{name},{option},{option},optimal,{cost},100.0,0.0,8,{cost},100.0,12.5")
                .unwrap();
            writeln!(spend, "{name},{option},capex,2027,{cost},5000.0,,").unwrap();
            for project in 0..8 {
                let project = (scenario + option + 7 * project) % 100;
                writeln!(selection, "{name},{option},P{project:03},2027,1.0,2028,Project {project}").unwrap();
            }
        }
    }
    [
        ("scenarios.csv", scenarios),
        ("options.csv", options),
        ("selection.csv", selection),
        ("spend.csv", spend),
        ("baseline.csv", "scenario,objective\n".to_owned()),
    ]
}

/// Gives a batch that is done other results: as a server of an earlier version would have left them.
fn plant(data: &Path, batch: &str) {
    let store = Connection::open(data.join("cutline.sqlite3")).unwrap();
    for (file, text) in large_tables() {
        let hash = sha256(text.as_bytes());
        let folder = data.join("objects").join(&hash[..2]);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(&hash), &text).unwrap();
        store
            .execute(
                "INSERT OR IGNORE INTO objects VALUES (?1, ?2)",
                (&hash, i64::try_from(text.len()).unwrap()),
            )
            .unwrap();
        let planted = "UPDATE results SET object = ?3 WHERE batch = ?1 AND name = ?2";
        assert_eq!(store.execute(planted, (batch, file, &hash)).unwrap(), 1, "{file}");
    }
    // Rows of the others would be of scenarios that are no longer there.
    let others = "DELETE FROM results WHERE batch = ?1 AND name LIKE '%.csv' AND name NOT IN
        ('scenarios.csv', 'options.csv', 'selection.csv', 'spend.csv', 'baseline.csv')";
    assert!(store.execute(others, [batch]).unwrap() > 0);
    store.execute("DELETE FROM scenarios WHERE batch = ?1", [batch]).unwrap();
    store.execute_batch("BEGIN").unwrap();
    let planted =
        "INSERT INTO scenarios (batch, position, name, status, seconds) VALUES (?1, ?2, ?3, 'optimal', 0.5)";
    let mut insert = store.prepare(planted).unwrap();
    for scenario in 0..SCENARIOS {
        insert.execute((batch, i64::try_from(scenario).unwrap(), name(scenario))).unwrap();
    }
    store.execute_batch("COMMIT").unwrap();
}

/// A server with two batches that have large results of an earlier version.
fn server_with_large_results(data: &Path) -> (Server, [String; 2]) {
    let mut server = Server::start(data, &[]);
    let ids = ["one", "two"].map(|name| server.submit(&small_batch(name, 2)));
    for id in &ids {
        assert_eq!(server.wait(id)["state"], "done");
    }
    assert!(server.stop());
    ids.iter().for_each(|id| plant(data, id));
    (Server::start(data, &["--request-timeout", "300s"]), ids)
}

#[test]
fn a_view_reads_what_it_shows_however_large_the_results_are() {
    let data = TempDir::new().unwrap();
    let (server, [one, two]) = server_with_large_results(data.path());
    // The first view makes the figures, row by row.
    for id in [&one, &two] {
        assert_eq!(server.get(&format!("/batches/{id}")).status, 200);
        assert_eq!(server.get(&format!("/batches/{id}/report/overview")).status, 200);
        assert_eq!(server.get(&format!("/batches/{id}/report/scenarios/0")).status, 200);
    }
    assert!(peak(&server) < 200 * MEGABYTE, "the first views took {} bytes", peak(&server));

    let pages = [
        (format!("/batches/{one}?scenario=scenario+1234"), "Options of scenario 1234"),
        (format!("/batches/{one}/report/scenarios/1234"), "\"spend\":{\"rows\":40,"),
        (format!("/batches/{one}?page=50"), "1961 to 2000 of 2000"),
        (format!("/batches/{one}"), "1 to 40 of 2000"),
        (format!("/compare?a={one}&b={two}&page=7"), "241 to 280 of 2000"),
    ];
    for (path, part) in &pages {
        let Cost { answer, memory, read } = cost(&server, path);
        let page = answer.text();
        assert_eq!(answer.status, 200, "{path}: {page}");
        assert!(page.contains(part), "{path}: {page}");
        assert!(page.matches("<option").count() <= 42, "{path}: not every scenario is listed");
        assert!(memory < 50 * MEGABYTE, "{path} took {memory} bytes");
        assert!(read < MEGABYTE, "{path} read {read} bytes");
    }
    let page = server.get(&pages[0].0).text();
    for part in ["name=\"budget_scale.capex\"", "<td class=\"number\">2,235</td>"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!server.get(&pages[4].0).text().contains("Without a partner"));
    let overview = cost(&server, &format!("/batches/{one}/report/overview"));
    let told = overview.answer.json();
    assert_eq!(
        (&told["tables"]["options"]["rows"], &told["tables"]["selection"]["rows"]),
        (&2000.into(), &16000.into())
    );
    assert!(overview.memory < 50 * MEGABYTE, "the overview took {} bytes", overview.memory);

    let table = cost(&server, &format!("/v1/batches/{one}/results/selection.csv"));
    assert!(table.answer.body.len() > 20_000_000 && table.memory < 50 * MEGABYTE, "{}", table.memory);
    let archive = cost(&server, &format!("/v1/batches/{one}/results.zip"));
    assert!(archive.answer.status == 200 && archive.memory < 50 * MEGABYTE, "{}", archive.memory);
}

// ---- Large submissions ----------------------------------------------------------------------------------------------

/// An archive of few bytes that holds a costs table of many: so many megabytes.
fn dense_archive(megabytes: usize) -> Vec<u8> {
    const PERIODS: usize = 100;
    const PROJECTS: usize = 100;
    let zeros = "0".repeat(megabytes * 100);
    let (mut projects, mut costs) = ("project\n".to_owned(), "project,line".to_owned());
    (0..PERIODS).for_each(|period| write!(costs, ",{}", 2000 + period).unwrap());
    costs.push('\n');
    for project in 0..PROJECTS {
        writeln!(projects, "P{project}").unwrap();
        write!(costs, "P{project},capex").unwrap();
        (0..PERIODS).for_each(|_| write!(costs, ",1.{zeros}").unwrap());
        costs.push('\n');
    }
    let batch = "[batch]\nname = \"dense\"\nportfolio = \"tables\"\noptions = 1\n[base]\nrisk = false\n";
    let file = |name: &str, text: &str| InputFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
    let files = [file("batch.toml", batch), file("projects.csv", &projects), file("costs.csv", &costs)];
    zip_batch(&files).unwrap()
}

fn post(server: &Server, archive: &[u8]) -> Answer {
    server.ask("POST", "/v1/batches", &[("Content-Type", "application/zip")], archive)
}

#[test]
fn a_dense_archive_takes_memory_of_a_child_and_not_of_the_server() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--request-timeout", "300s", "--validation-time", "200s"]);
    let archive = dense_archive(24);
    assert!(archive.len() < MEGABYTE as usize, "it is small: {}", archive.len());
    let answers: Vec<Answer> = thread::scope(|scope| {
        let sent = [(); 3].map(|()| scope.spawn(|| post(&server, &archive)));
        sent.into_iter().map(|sending| sending.join().unwrap()).collect()
    });
    for answer in answers {
        assert!(matches!(answer.status, 202 | 422), "{}: {}", answer.status, answer.text());
    }
    assert!(peak(&server) < 100 * MEGABYTE, "the server took {} bytes", peak(&server));
}

#[test]
fn a_validation_beyond_its_memory_or_time_is_refused_and_says_what_to_do() {
    let data = TempDir::new().unwrap();
    let limits = [(["--validation-memory", "40M"], "40 MB"), (["--validation-time", "50ms"], "0.05 seconds")];
    let archive = dense_archive(24);
    for (limit, said) in limits {
        let server = Server::start(data.path(), &[&limit[..], &["--request-timeout", "300s"]].concat());
        let answer = post(&server, &archive);
        let problem = answer.json();
        assert_eq!((answer.status, problem["type"].as_str()), (413, Some("/docs#too-large")), "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(said) && detail.contains(limit[0]), "{detail}");
        assert_eq!(server.get("/readyz").status, 200);
        assert_eq!(fs::read_dir(data.path().join("scratch")).unwrap().count(), 0, "nothing of it is left");
    }
}

#[test]
fn small_submissions_do_not_wait_behind_large_ones() {
    const LARGE: usize = 3;
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--request-timeout", "300s", "--validation-time", "200s"]);
    let (archive, answered) = (dense_archive(24), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..LARGE {
            scope.spawn(|| {
                post(&server, &archive);
                answered.fetch_add(1, Ordering::SeqCst);
            });
        }
        eventually("a large one is being validated", || {
            children(server.id()).iter().any(|(_, command)| command.contains("examine-submission"))
        });
        let answer = server.post_json("/v1/batches", &small_batch("small", 1));
        assert_eq!(answer.status, 202, "{}", answer.text());
        assert!(answered.load(Ordering::SeqCst) < LARGE, "it waited for all large ones");
    });
}

#[test]
fn a_validation_that_nobody_waits_for_is_ended() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--request-timeout", "2s", "--validation-time", "200s"]);
    let answer = post(&server, &dense_archive(100));
    assert!(matches!(answer.status, 202 | 408 | 422), "{}", answer.text());
    eventually("no child validates any more", || {
        !children(server.id()).iter().any(|(_, command)| command.contains("examine-submission"))
    });
    eventually("nothing of it is left", || fs::read_dir(data.path().join("scratch")).unwrap().count() == 0);
}
