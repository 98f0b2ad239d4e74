//! Connections are finite: for one user, for all, and for the time that a server takes to stop. And what is answered is
//! what has happened.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::server::*;

/// Longer than any answer takes, shorter than a client waits that got no connection.
const PATIENCE: Duration = Duration::from_secs(60);

/// Opens a stream of events; gives the status of the answer and the rest of the stream.
fn follow(server: &Server, path: &str) -> (u16, BufReader<TcpStream>) {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    let status = line.split_whitespace().nth(1).unwrap_or_else(|| panic!("no answer: {line}"));
    (status.parse().unwrap(), stream)
}

fn raw(server: &Server, head: &str) -> Answer {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    answer(&mut stream).unwrap()
}

#[test]
fn followers_of_one_user_shut_nobody_out_and_end_with_the_server() {
    let data = TempDir::new().unwrap();
    let limits = ["--max-followers-per-user", "60", "--max-connections-per-address", "300"];
    let mut server =
        Server::start(data.path(), &[&["--workers", "1", "--drain", "10ms"], &limits[..]].concat());
    let id = server.submit(&slow_batch("slow"));
    let streams: Vec<_> = (0..200).map(|_| follow(&server, &format!("/v1/batches/{id}/events"))).collect();
    let count = |status: u16| streams.iter().filter(|stream| stream.0 == status).count();
    assert_eq!((count(200), count(429)), (60, 140));
    let refused = server.get(&format!("/v1/events?batch={id}"));
    assert_eq!((refused.status, refused.header("retry-after")), (429, "30"));
    assert_eq!(refused.json()["type"], "/docs#too-many-connections");
    assert_eq!(server.get("/v1/batches").status, 200, "another request is no follower");

    let clock = Instant::now();
    assert!(server.stop());
    assert!(clock.elapsed() < Duration::from_secs(30), "{:?}", clock.elapsed());
    for (_, mut stream) in streams.into_iter().filter(|stream| stream.0 == 200) {
        let mut told = String::new();
        stream.read_to_string(&mut told).unwrap();
        assert!(told.contains("retry: 3000") && told.contains("the service is stopping"), "{told}");
    }
}

#[test]
fn operators_are_answered_when_all_connections_are_taken() {
    for (limit, status, kind) in [
        (["--max-connections-per-address", "20"], 429, "/docs#too-many-connections"),
        (["--max-connections", "20"], 503, "/docs#busy"),
    ] {
        let data = TempDir::new().unwrap();
        let mut server = Server::start(data.path(), &limit);
        // They say nothing: as many as have a place, and more than the reserve holds.
        let idle: Vec<TcpStream> = (0..300).map(|_| TcpStream::connect(&server.address).unwrap()).collect();
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(server.get(path).status, 200, "{path}");
        }
        let refused = server.get("/v1/batches");
        assert_eq!((refused.status, refused.json()["type"].as_str()), (status, Some(kind)));
        assert_eq!((refused.header("retry-after"), refused.header("connection")), ("30", "close"));
        drop(idle);
        eventually("there is room again", || server.get("/v1/batches").status == 200);
        let waiting: Vec<TcpStream> =
            (0..100).map(|_| TcpStream::connect(&server.address).unwrap()).collect();
        let clock = Instant::now();
        assert!(server.stop());
        assert!(clock.elapsed() < Duration::from_secs(30), "{:?}", clock.elapsed());
        drop(waiting);
    }
}

#[test]
fn one_stream_follows_several_batches() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let ids = ["one", "two"].map(|name| server.submit(&small_batch(name, 3)));
    let path = format!("/v1/events?batch={}&batch={}&batch=nothing", ids[0], ids[1]);
    let (status, stream) = follow(&server, &path);
    assert_eq!(status, 200);
    let (mut last, mut told) = (0, Vec::new());
    for line in stream.lines().map_while(Result::ok) {
        if let Some(id) = line.strip_prefix("id: ") {
            let id: i64 = id.parse().unwrap();
            assert!(id > last, "each event once, in order");
            last = id;
        } else if let Some(data) = line.strip_prefix("data: ") {
            told.push(serde_json::from_str::<Value>(data).unwrap());
        } else if line == "0" {
            break;
        }
    }
    for id in &ids {
        let of: Vec<&Value> = told.iter().filter(|data| data["batch"] == id.as_str()).collect();
        // That a scenario is begun is told, too, without a status.
        let ends = of.iter().filter(|data| data["scenario"].is_string() && data["status"].is_string());
        assert_eq!(ends.count(), 3, "{told:?}");
        assert_eq!(of.last().unwrap()["state"], "done");
    }
    assert_eq!(server.get(&format!("{path}&after={last}")).status, 204);
    for (query, status) in [("", 400), ("?batch=nothing", 404), ("?batch=a&colour=red", 400)] {
        assert_eq!(server.get(&format!("/v1/events{query}")).status, status, "{query}");
    }
}

#[test]
fn who_asks_again_is_told_only_of_changes() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let id = server.submit(&small_batch("plan", 2));
    server.wait(&id);
    let path = format!("/v1/batches/{id}");
    let etag = server.get(&path).header("etag").to_owned();
    let ask = || server.ask("GET", &path, &[("If-None-Match", &etag)], b"");
    let same = ask();
    assert_eq!((same.status, same.header("etag"), same.body.len()), (304, etag.as_str(), 0));
    assert_eq!(server.post_json(&format!("{path}/share"), &json!({ "shared": true })).status, 200);
    assert_eq!(ask().status, 200);
}

/// A batch that takes a while to be read.
fn large_batch(name: &str) -> Value {
    const PROJECTS: usize = 4000;
    let mut batch = small_batch(name, 1);
    let mut add = |table: &str, row: &dyn Fn(usize) -> String| {
        let rows: String = (0..PROJECTS).map(row).collect();
        let text = batch["tables"][table].as_str().unwrap().to_owned() + &rows;
        batch["tables"][table] = text.into();
    };
    add("projects", &|number| format!("P{number},project {number}\n"));
    add("costs", &|number| format!("P{number},capex,{number}.5,3.25\n"));
    add("benefits", &|number| format!("P{number},{number}.25,7.5\n"));
    add("scores", &|number| format!("P{number},{number}.125\n"));
    batch
}

#[test]
fn a_submission_that_is_not_accepted_leaves_nothing() {
    let data = TempDir::new().unwrap();
    let mut accepted = 0;
    let mut timed_out = 0;
    for limit in ["1ms", "30ms", "120ms", "250ms", "60s"] {
        let server = Server::start(data.path(), &["--workers", "1", "--request-timeout", limit]);
        let body = large_batch("large").to_string();
        for _ in 0..3 {
            match server.try_ask(
                "POST",
                "/v1/batches",
                &[("Content-Type", "application/json")],
                body.as_bytes(),
            ) {
                Ok(answer) if answer.status == 202 => accepted += 1,
                Ok(answer) => {
                    assert_eq!(answer.status, 408, "{}", answer.text());
                    timed_out += 1;
                }
                // It was refused while it was sent.
                Err(_) => timed_out += 1,
            }
        }
        // Nobody can tell that a thread has given up; this is longer than reading takes.
        std::thread::sleep(Duration::from_secs(1));
    }
    assert!(timed_out > 0 && accepted > 0, "{timed_out} were too slow, {accepted} were not");
    let server = Server::start(data.path(), &["--workers", "1"]);
    let kept = server.get("/v1/batches").json()["batches"].as_array().unwrap().len();
    assert_eq!(kept, accepted, "{timed_out} were refused");
}

#[test]
fn a_change_that_is_refused_for_its_time_is_not_made() {
    const TURNS: usize = 60;
    let data = TempDir::new().unwrap();
    let id = {
        let server = Server::start(data.path(), &[]);
        let id = server.submit(&small_batch("plan", 1));
        server.wait(&id);
        id
    };
    let server = Server::start(data.path(), &["--request-timeout", "1ms"]);
    let path = format!("/v1/batches/{id}");
    // Reading takes a few turns, as it has no more time than the change.
    let is_shared = || {
        let mut answers = (0..1000).map(|_| server.get(&path)).filter(|answer| answer.status == 200);
        answers.next().expect("one of them is fast enough").json()["shared"] == true
    };
    let mut expected = is_shared();
    for turn in 0..TURNS {
        let answer = server.post_json(&format!("{path}/share"), &json!({ "shared": !expected }));
        match answer.status {
            200 => expected = !expected,
            status => assert_eq!(status, 408, "{}", answer.text()),
        }
        assert_eq!(is_shared(), expected, "turn {turn} was answered {}", answer.status);
    }
}

#[test]
fn requests_that_can_be_read_in_two_ways_are_refused() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let of = |headers: &str| {
        raw(&server, &format!("GET /v1/batches HTTP/1.1\r\n{headers}Connection: close\r\n\r\n"))
    };
    assert_eq!(of("Host: localhost\r\n").status, 200);
    for headers in [
        "Host: localhost\r\nHost: localhost\r\n",
        "Host: localhost\r\nHost: evil.example\r\n",
        "Host: localhost\r\nAuthorization: a b\r\nAuthorization: c d\r\n",
        "",
    ] {
        let answer = of(headers);
        assert_eq!(
            (answer.status, answer.json()["type"].as_str()),
            (400, Some("/docs#malformed")),
            "{headers}"
        );
    }
}

fn token(data: &Path, role: &str) -> String {
    let data = data.to_str().unwrap();
    let made =
        output_of(Path::new("/"), &["token", "create", "--name", role, "--role", role, "--data", data]);
    assert!(made.status.success(), "{}", stderr(&made));
    stdout(&made)
}

#[test]
fn a_trusted_proxy_tells_of_clients_and_of_tls() {
    let data = TempDir::new().unwrap();
    let secret = token(data.path(), "admin");
    let login = |server: &Server, token: &str, scheme: &str| {
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("X-Forwarded-Proto", scheme),
            ("X-Forwarded-For", "203.0.113.9"),
        ];
        server.ask("POST", "/login", &headers, format!("token={token}").as_bytes())
    };
    let is_secure = |answer: &Answer| answer.header("set-cookie").contains("; Secure");
    {
        let server = Server::start(data.path(), &["--require-tokens"]);
        assert!(!is_secure(&login(&server, &secret, "https")), "anybody can say so");
    }
    let server = Server::start(data.path(), &["--require-tokens", "--trusted-proxy", "127.0.0.1"]);
    assert!(is_secure(&login(&server, &secret, "https")) && !is_secure(&login(&server, &secret, "http")));
    assert_eq!(login(&server, "wrong", "https").status, 401);
    let bearer = format!("Bearer {secret}");
    let audit = server.ask("GET", "/v1/audit", &[("Authorization", &bearer)], b"").json();
    let denied = &audit[0];
    assert_eq!(
        (denied["action"].as_str(), denied["subject"].as_str(), denied["address"].as_str()),
        (Some("denied"), Some("POST /login"), Some("203.0.113.9")),
        "{audit:#}"
    );
}
