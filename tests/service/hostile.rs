//! What strangers and broken programs send: each is refused with the right status, and the service goes on answering.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::server::*;

fn post(server: &Server, media_type: &str, body: &[u8]) -> Answer {
    server.ask("POST", "/v1/batches", &[("Content-Type", media_type)], body)
}

/// An archive made by another program, from a script that fills `z`.
fn python_zip(script: &str) -> Option<Vec<u8>> {
    let script = format!(
        "import io, sys, stat, zipfile, warnings\nwarnings.simplefilter('ignore')\nb = io.BytesIO()\n\
         z = zipfile.ZipFile(b, 'w', zipfile.ZIP_DEFLATED)\n{script}\nz.close()\nsys.stdout.buffer.write(b.getvalue())"
    );
    let made = std::process::Command::new("python3").args(["-c", &script]).output().ok()?;
    assert!(made.status.success(), "{}", stderr(&made));
    Some(made.stdout)
}

#[test]
fn hostile_archives_are_refused() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--max-unzipped", "8M", "--max-files", "50"]);
    let batch = "z.writestr('batch.toml', '[batch]\\nportfolio = \"data\"\\n')\n";
    let cases = [
        ("a bomb", "z.writestr('data/projects.csv', b'0' * 30_000_000)", 413, "inflates to more"),
        ("many files", "[z.writestr(f'data/{n}.csv', b'') for n in range(60)]", 413, "61 files"),
        ("a slip", "z.writestr('../../evil.csv', b'project')", 400, "leads out"),
        ("an absolute path", "z.writestr('/etc/cron.d/evil', b'x')", 400, "leads out"),
        ("twice", "z.writestr('data/a.csv', b'1'); z.writestr('data/a.csv', b'2')", 400, "twice"),
        (
            "a link",
            "i = zipfile.ZipInfo('data/projects.csv'); i.create_system = 3; \
             i.external_attr = (stat.S_IFLNK | 0o777) << 16; z.writestr(i, '/etc/passwd')",
            400,
            "symbolic links",
        ),
        ("another compression", "z.writestr('a.csv', b'x' * 99, zipfile.ZIP_BZIP2)", 400, "compression"),
        ("no portfolio", "z.writestr('readme.txt', b'x')", 422, "not in the archive"),
    ];
    for (what, script, status, said) in cases {
        let Some(archive) = python_zip(&format!("{batch}{script}")) else {
            println!("skipped: there is no python3 to make archives with");
            return;
        };
        let answer = post(&server, "application/zip", &archive);
        assert_eq!(answer.status, status, "{what}: {}", answer.text());
        assert!(answer.text().contains(said), "{what}: {}", answer.text());
    }
    for garbage in [&b""[..], b"PK", b"PK\x05\x06", &[0xff; 5000]] {
        assert_eq!(post(&server, "application/zip", garbage).status, 400);
    }
    assert_eq!(server.get("/readyz").status, 200);
    assert_eq!(std::fs::read_dir(data.path().join("objects")).unwrap().count(), 0, "nothing was stored");
    assert!(!data.path().join("../evil.csv").exists() && !data.path().join("../../evil.csv").exists());
}

#[test]
fn hostile_tables_and_texts_are_refused() {
    let data = TempDir::new().unwrap();
    let server =
        Server::start(data.path(), &["--max-columns", "500", "--max-rows", "1000", "--max-scenarios", "100"]);
    let refused = |change: &dyn Fn(&mut Value), status: u16, said: &str| {
        let mut batch = small_batch("plan", 1);
        change(&mut batch);
        let answer = server.post_json("/v1/batches", &batch);
        assert_eq!(answer.status, status, "{said}: {}", answer.text());
        assert!(answer.text().contains(said), "{said}: {}", answer.text());
    };
    let wide: Vec<String> = (0..10_000).map(|number| format!("c{number}")).collect();
    refused(&|batch| batch["tables"]["costs"] = wide.join(",").into(), 413, "10000 columns");
    refused(&|batch| batch["tables"]["costs"] = "x\n".repeat(2000).into(), 413, "2000 rows");
    let axis = format!("[{}]", "1,".repeat(200));
    let sweep = format!(
        "[batch]\nportfolio = \"x\"\n[[sweep]]\nvary = {{ budget_scale = {axis}, cost_scale = {axis} }}\n"
    );
    refused(&|batch| batch["batch"] = sweep.clone().into(), 413, "40000 scenarios");
    refused(&|batch| batch["tables"]["../../evil"] = "x".into(), 400, "cannot name a table");
    refused(&|batch| batch["batch"] = "a = ".repeat(50_000).into(), 422, "faults");
    refused(&|batch| batch["batch"] = format!("a = {}", "[".repeat(50_000)).into(), 422, "faults");
    refused(
        &|batch| batch["batch"] = "[batch]\nportfolio = \"x\"\n[simulation]\ntrials = 90000000".into(),
        422,
        "allows",
    );

    let json = |body: &[u8]| post(&server, "application/json", body).status;
    assert_eq!(json(format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)).as_bytes()), 400);
    assert_eq!(json(b"{\"batch\": \"\xff\xfe\", \"tables\": {}}"), 400);
    assert_eq!(json(b"{"), 400);
    assert_eq!(post(&server, "text/plain", b"hello").status, 415);
    assert_eq!(post(&server, "multipart/form-data; boundary=x", b"--x\r\nbroken").status, 400);
    let form = |parts: &str| post(&server, "multipart/form-data; boundary=x", parts.as_bytes());
    let part = "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../../a.toml\"\r\n\r\n\
        [batch]\nportfolio = \"../../../../etc\"\n\r\n--x--\r\n";
    let answer = form(part);
    assert_eq!(answer.status, 422, "{}", answer.text());
    assert_eq!(answer.json()["faults"][0]["text"].as_str().unwrap().split(':').next(), Some("projects.csv"));
    let invalid = b"--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.toml\"\r\n\r\n\xff\xfe\r\n--x--\r\n";
    assert_eq!(post(&server, "multipart/form-data; boundary=x", invalid).status, 422);
    assert_eq!(
        server
            .ask(
                "POST",
                "/v1/batches?priority=99",
                &[("Content-Type", "application/json")],
                small_batch("plan", 1).to_string().as_bytes()
            )
            .status,
        400
    );
    for path in
        ["/v1/batches/..%2f..", "/v1/batches/%00", "/v1/batches/'; DROP TABLE batches; --", "/%ff", "/../etc"]
    {
        let status = server.get(&path.replace(' ', "%20")).status;
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    assert_eq!(server.get("/readyz").status, 200);
}

#[test]
fn what_is_too_long_is_refused_whether_it_says_so_or_not() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--max-upload", "1M"]);
    // Says 2 GB and sends a little.
    let mut stream = TcpStream::connect(&server.address).unwrap();
    write!(
        stream,
        "POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
        Content-Type: application/zip\r\nContent-Length: 2147483648\r\n\r\nPK"
    )
    .unwrap();
    let clock = Instant::now();
    assert_eq!(answer(&mut stream).unwrap().status, 413);
    assert!(clock.elapsed() < Duration::from_secs(20));
    // Says nothing and sends 2 GB, or as much of it as is taken.
    let mut stream = TcpStream::connect(&server.address).unwrap();
    write!(
        stream,
        "POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
        Content-Type: application/zip\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    .unwrap();
    let chunk = [b"100000\r\n".as_slice(), &vec![b'x'; 1 << 20], b"\r\n"].concat();
    let mut sent = 0_u64;
    while sent < 2 << 30 && stream.write_all(&chunk).is_ok() {
        sent += 1 << 20;
    }
    assert!(sent < 2 << 30, "it took everything");
    let mut head = [0; 12];
    // Where the system lets us read the answer after the connection was closed, it is the right one.
    if stream.read_exact(&mut head).is_ok() {
        assert_eq!(&head, b"HTTP/1.1 413");
    }
    // Says little and sends more: the rest is no part of the request.
    let answer = server.ask("POST", "/v1/batches", &[("Content-Type", "application/zip")], &vec![0; 2 << 20]);
    assert_eq!(answer.status, 413);
    assert_eq!(server.get("/readyz").status, 200);
    let scratch = std::fs::read_dir(data.path().join("scratch")).unwrap().count();
    assert_eq!(scratch, 0, "nothing of it is left");
}

#[test]
fn slow_clients_hold_up_nobody() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--request-timeout", "1s"]);
    let slow: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut stream = TcpStream::connect(&server.address).unwrap();
            write!(
                stream,
                "POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
            )
            .unwrap();
            stream
        })
        .collect();
    let clock = Instant::now();
    assert_eq!(server.get("/readyz").status, 200);
    assert!(clock.elapsed() < Duration::from_secs(5), "others are answered meanwhile");
    for mut stream in slow {
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        assert_eq!(answer(&mut stream).unwrap().status, 408);
    }
    // A head that never ends.
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"), "it is cut off");
}

#[test]
fn a_full_disk_refuses_new_work_and_says_so() {
    let data = TempDir::new().unwrap();
    let first = {
        let server = Server::start(data.path(), &[]);
        let id = server.submit(&small_batch("plan", 2));
        server.wait(&id);
        id
    };
    let server = Server::start(data.path(), &["--quota", "2K"]);
    let refused = server.post_json("/v1/batches", &small_batch("another", 2));
    assert_eq!((refused.status, refused.json()["title"].as_str()), (507, Some("There is no room for more")));
    assert_eq!(server.get("/readyz").status, 507);
    assert_eq!(
        server.get(&format!("/v1/batches/{first}/results/options.csv")).status,
        200,
        "what is there is served"
    );
    assert_eq!(server.ask("DELETE", &format!("/v1/batches/{first}"), &[], b"").status, 204);
    assert_eq!(server.get("/readyz").status, 507, "what can be restored takes room");
    let for_good = format!("/v1/batches/{first}?for_good=true");
    assert_eq!(server.ask("DELETE", &for_good, &[], b"").status, 204);
    eventually("there is room again", || server.get("/readyz").status == 200);
    drop(server);
    let server = Server::start(data.path(), &["--keep-free", "1000000T"]);
    assert_eq!(server.post_json("/v1/batches", &small_batch("another", 2)).status, 507);
}

#[test]
fn texts_that_nobody_would_write_are_refused_and_answers_stay_short() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let long = "x".repeat(300_000);
    let tables = serde_json::json!({ "projects": "project\nA\n" });
    let submit = |batch: String, tables: &Value, file: &str| {
        let body = serde_json::json!({ "batch": batch, "tables": tables, "file": file });
        server.post_json("/v1/batches", &body)
    };
    let batch = |name: &str, description: &str| {
        format!("[batch]\nname = \"{name}\"\ndescription = \"{description}\"\nportfolio = \"t\"\n")
    };
    let id_of_project = serde_json::json!({ "projects": format!("project\n{long}\n") });
    let attribute = serde_json::json!({ "projects": format!("project,note\nA,{long}\n") });
    let heading = serde_json::json!({ "projects": format!("project,{long}\nA,x\n") });
    let table = serde_json::json!({ "projects": "project\nA\n", long.as_str(): "a\n" });
    for (what, answer) in [
        ("name", submit(batch(&long, "d"), &tables, "b.toml")),
        ("description", submit(batch("n", &long), &tables, "b.toml")),
        ("override", submit(batch("a\u{202e}b", "d"), &tables, "b.toml")),
        ("key", submit(format!("{long} = 1\n[batch]\nportfolio = \"t\"\n"), &tables, "b.toml")),
        ("id", submit(batch("n", "d"), &id_of_project, "b.toml")),
        ("attribute", submit(batch("n", "d"), &attribute, "b.toml")),
        ("heading", submit(batch("n", "d"), &heading, "b.toml")),
        ("table", submit(batch("n", "d"), &table, "b.toml")),
        ("file", submit(batch("n", "d"), &tables, &format!("{long}.toml"))),
        ("file with an override", submit(batch("n", "d"), &tables, "a\u{202e}b.toml")),
    ] {
        assert!(matches!(answer.status, 400 | 422), "{what}: {}", answer.status);
        assert!(answer.text().len() < 20_000, "{what}: {} bytes", answer.text().len());
        assert!(!answer.text().contains('\u{202e}'), "{what}");
    }
    let id = server.submit(&small_batch("plan", 2));
    let change = serde_json::json!({ "scenarios": { long.as_str(): {} } });
    let answer = server.post_json(&format!("/v1/batches/{id}/rerun"), &change);
    assert!(answer.status == 422 && answer.text().len() < 20_000, "{}", answer.status);
}
