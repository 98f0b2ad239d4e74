//! A server that a test has started, and small batches to send it.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::dice::Dice;
pub use crate::program::files_of;
use crate::program::{PROGRAM, case_of, cutline};

/// Longer than anything takes here, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server; it is killed when this goes out of scope.
pub struct Server {
    child: Child,
    /// `127.0.0.1:12345`
    pub address: String,
    pub log: Arc<Mutex<String>>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Server {
    /// Starts a server on a data folder.
    pub fn start(data: &Path, arguments: &[&str]) -> Self {
        Self::try_start(data, arguments).unwrap_or_else(|log| panic!("it did not start: {log}"))
    }

    pub fn try_start(data: &Path, arguments: &[&str]) -> Result<Self, String> {
        Self::try_start_in(data, arguments, &[])
    }

    /// Starts a server that is told this by its environment.
    pub fn start_in(data: &Path, arguments: &[&str], environment: &[(&str, &Path)]) -> Self {
        Self::try_start_in(data, arguments, environment)
            .unwrap_or_else(|log| panic!("it did not start: {log}"))
    }

    fn try_start_in(data: &Path, arguments: &[&str], environment: &[(&str, &Path)]) -> Result<Self, String> {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--retry-pause", "2ms", "--data"])
            .arg(data)
            .args(if arguments.contains(&"--listen") { &[][..] } else { &["--listen", "127.0.0.1:0"] })
            .args(arguments)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let address = loop {
            let Some(Ok(line)) = lines.next() else {
                child.wait().unwrap();
                return Err(said);
            };
            if let Some((_, rest)) = line.split_once("Serving on http://") {
                break rest.split_whitespace().next().unwrap().to_owned();
            }
            said += &(line + "\n");
        };
        let log = Arc::new(Mutex::new(said));
        let kept = log.clone();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        Ok(Self { child, address, log })
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and waits until it has; gives whether it went well.
    pub fn stop(&mut self) -> bool {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        let until = Instant::now() + PATIENCE;
        loop {
            match self.child.try_wait().unwrap() {
                Some(status) => return status.success(),
                None => assert!(Instant::now() < until, "it does not stop"),
            }
            sleep(Duration::from_millis(20));
        }
    }

    /// Makes a request with these headers and this body.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.try_ask(method, path, headers, body).unwrap()
    }

    pub fn try_ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<Answer> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes())?;
        // A server that refuses may stop reading.
        let _ = stream.write_all(body);
        answer(&mut stream)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    pub fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
    }

    /// Submits a batch as JSON tables and gives its id.
    pub fn submit(&self, body: &Value) -> String {
        let answer = self.post_json("/v1/batches", body);
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    pub fn batch(&self, id: &str) -> Value {
        self.get(&format!("/v1/batches/{id}")).json()
    }

    /// Waits until a batch is over.
    pub fn wait(&self, id: &str) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            let batch = self.batch(id);
            if matches!(batch["state"].as_str(), Some("done" | "failed" | "cancelled")) {
                return batch;
            }
            assert!(Instant::now() < until, "it is not over: {batch:#}\n{}", self.log.lock().unwrap());
            sleep(Duration::from_millis(50));
        }
    }

    /// All results of a batch but the record, which says when it was made.
    pub fn results(&self, id: &str) -> BTreeMap<String, Vec<u8>> {
        let list = self.get(&format!("/v1/batches/{id}/results")).json();
        let names = list.as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap().to_owned());
        names
            .filter(|name| name != "run.json")
            .map(|name| {
                let answer = self.get(&format!("/v1/batches/{id}/results/{name}"));
                assert_eq!(answer.status, 200);
                (name, answer.body)
            })
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads an answer to its end; the connection is closed after it.
pub fn answer(stream: &mut TcpStream) -> std::io::Result<Answer> {
    let mut bytes = Vec::new();
    if let Err(error) = stream.read_to_end(&mut bytes)
        && bytes.is_empty()
    {
        return Err(error);
    }
    let end =
        bytes.windows(4).position(|window| window == b"\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split_whitespace().nth(1).unwrap().parse().unwrap();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let body = &bytes[end + 4..];
    let is_chunked = headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked");
    let body = if is_chunked { unchunked(body) } else { body.to_vec() };
    Ok(Answer { status, headers, body })
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        let chunk = &rest[end + 2..];
        let length = length.min(chunk.len());
        body.extend_from_slice(&chunk[..length]);
        rest = chunk.get(length + 2..).unwrap_or_default();
    }
    body
}

// ---- Batches --------------------------------------------------------------------------------------------------------

const TABLES: [(&str, &str); 6] = [
    ("projects", "project,name\nA,Alpha\nB,Beta\nC,Gamma\nD,Delta\n"),
    ("costs", "project,line,2027,2028\nA,capex,30,5\nB,capex,40,0\nC,capex,50,10\nD,capex,10,10\n"),
    ("benefits", "project,2027,2028\nA,10,60\nB,0,70\nC,30,90\nD,5,20\n"),
    ("budgets", "line,2027,2028\ncapex,80,30\n"),
    ("objectives", "objective\nvalue\n"),
    ("scores", "project,value\nA,3\nB,5\nC,6\nD,1\n"),
];

/// A batch file over the small portfolio, of so many scenarios, one of which is infeasible.
pub fn batch_file(name: &str, scenarios: usize) -> String {
    let sweep: Vec<String> =
        (1..scenarios).map(|number| format!("{}", 0.5 + 0.001 * number as f64)).collect();
    let mut text = format!(
        "[batch]\nname = \"{name}\"\nportfolio = \"data\"\noptions = 3\nwork_limit = 10000\n\
        decisions = false\n[simulation]\ntrials = 200\n\
        [[scenario]]\nname = \"all of them\"\nforce_in = [\"A\", \"B\", \"C\"]\n"
    );
    if !sweep.is_empty() {
        text += &format!("[[sweep]]\nvary = {{ budget_scale = [{}] }}\n", sweep.join(", "));
    }
    text
}

/// The same as JSON tables.
pub fn small_batch(name: &str, scenarios: usize) -> Value {
    let tables: serde_json::Map<String, Value> =
        TABLES.iter().map(|(table, text)| ((*table).to_owned(), (*text).into())).collect();
    serde_json::json!({ "batch": batch_file(name, scenarios), "tables": tables })
}

/// The same as files.
pub fn small_case(name: &str, scenarios: usize) -> TempDir {
    let files = TABLES.map(|(table, text)| (format!("{table}.csv"), text));
    let files: Vec<(&str, &str)> = files.iter().map(|(file, text)| (file.as_str(), *text)).collect();
    case_of(&files, "batch.toml", &batch_file(name, scenarios))
}

/// What `cutline run` makes of it.
pub fn run_results(name: &str, scenarios: usize) -> BTreeMap<String, Vec<u8>> {
    let folder = small_case(name, scenarios);
    let output = output_of(folder.path(), &["run", "batch.toml", "--out", "out", "--quiet"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    files_of(&folder.path().join("out"))
}

/// A batch that takes very long: 120 projects under ten limits that leave about half of them in, to be proven optimal.
pub fn slow_batch(name: &str) -> Value {
    let (mut projects, mut scores, mut demands) =
        ("project\n".to_owned(), "project,value\n".to_owned(), "project,resource,2027\n".to_owned());
    let (mut dice, mut totals) = (Dice(7), [0; 10]);
    for project in 0..120 {
        projects += &format!("P{project:03}\n");
        let uses: Vec<usize> = (0..10).map(|_| 1 + dice.below(1000)).collect();
        scores += &format!("P{project:03},{}\n", uses.iter().sum::<usize>() / 10 + dice.below(500));
        for (resource, amount) in uses.iter().enumerate() {
            totals[resource] += amount;
            demands += &format!("P{project:03},R{resource},{amount}\n");
        }
    }
    let capacities: String =
        totals.iter().enumerate().map(|(resource, total)| format!("R{resource},{}\n", total / 2)).collect();
    let batch = format!(
        "[batch]\nname = \"{name}\"\nportfolio = \"data\"\noptions = 2\ngap = 0.0\ntime_limit = 3600\n\
        [base]\nrisk = false\n[[scenario]]\nname = \"slow 1\"\n[[scenario]]\nname = \"slow 2\"\n"
    );
    serde_json::json!({ "batch": batch, "tables": {
        "projects": projects, "scores": scores, "demands": demands, "objectives": "objective\nvalue\n",
        "capacities": format!("resource,2027\n{capacities}"),
    }})
}

/// Runs the program to its end.
pub fn output_of(folder: &Path, arguments: &[&str]) -> Output {
    cutline(folder, arguments).output().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

/// The child processes of a process, by the command that they run.
pub fn children(of: u32) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(process) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let Some((_, rest)) = stat.rsplit_once(')') else { continue };
        let mut fields = rest.split_whitespace();
        let is_alive = fields.next() != Some("Z");
        if is_alive && fields.next() == Some(of.to_string().as_str()) {
            let command = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            found.push((process, String::from_utf8_lossy(&command).replace('\0', " ")));
        }
    }
    found
}

/// Sends a signal.
pub fn signal(process: u32, name: &str) {
    let _ =
        Command::new("kill").args([&format!("-{name}"), &process.to_string()]).stderr(Stdio::null()).status();
}

/// Waits until something holds.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < until, "never: {what}");
        sleep(Duration::from_millis(30));
    }
}
