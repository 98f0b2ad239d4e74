//! Who may do and see what.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::server::*;

fn token(data: &Path, name: &str, role: &str) -> String {
    let data = data.to_str().unwrap();
    let made =
        output_of(Path::new("/"), &["token", "create", "--name", name, "--role", role, "--data", data]);
    assert!(made.status.success(), "{}", stderr(&made));
    stdout(&made)
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

#[test]
fn users_see_and_change_their_own_batches_and_see_shared_ones() {
    let data = TempDir::new().unwrap();
    let [ana, bob, eve, boss] =
        [("ana", "analyst"), ("bob", "analyst"), ("eve", "viewer"), ("boss", "admin")]
            .map(|(name, role)| bearer(&token(data.path(), name, role)));
    let server = Server::start(data.path(), &["--require-tokens"]);
    let ask = |method: &str, path: &str, who: &str, body: &str| {
        let headers = [("Authorization", who), ("Content-Type", "application/json")];
        server.ask(method, path, &headers, body.as_bytes())
    };
    let unknown = server.get("/v1/batches");
    assert_eq!((unknown.status, unknown.header("www-authenticate")), (401, "Bearer realm=\"cutline\""));
    assert_eq!(ask("GET", "/v1/batches", "Bearer cutline_000000000000_00", "").status, 401);
    assert_eq!((server.get("/healthz").status, server.get("/readyz").status), (200, 200));
    assert_eq!(server.get("/metrics").status, 401);

    let body = small_batch("plan", 1).to_string();
    assert_eq!(ask("POST", "/v1/batches", &eve, &body).status, 403);
    let id = ask("POST", "/v1/batches", &ana, &body).json()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/batches/{id}");
    eventually("it is done", || ask("GET", &path, &ana, "").json()["state"] == "done");
    let seen = |who: &str| {
        let listed = ask("GET", "/v1/batches", who, "").json()["batches"].as_array().unwrap().len();
        let results = format!("{path}/results/options.csv");
        let report = format!("/batches/{id}/report/scenarios/0");
        let [batch, results, report] =
            [&path, &results, &report].map(|path| ask("GET", path, who, "").status);
        [batch, results, report, listed as u16]
    };
    assert_eq!((seen(&ana), seen(&boss)), ([200, 200, 200, 1], [200, 200, 200, 1]));
    assert_eq!((seen(&bob), seen(&eve)), ([404, 404, 404, 0], [404, 404, 404, 0]));
    let share = ask("POST", &format!("{path}/share"), &bob, "{\"shared\": true}");
    assert_eq!(share.status, 404, "what may not be seen may not be shared");
    assert_eq!(ask("POST", &format!("{path}/share"), &ana, "{\"shared\": true}").status, 200);
    assert_eq!((seen(&bob), seen(&eve)), ([200, 200, 200, 1], [200, 200, 200, 1]));
    assert_eq!(ask("DELETE", &path, &bob, "").status, 403);
    assert_eq!(ask("POST", &format!("{path}/rerun"), &eve, "{}").status, 403);
    assert_eq!(ask("POST", &format!("{path}/rerun"), &bob, "{}").json()["owner"], "bob");

    assert_eq!(ask("GET", "/v1/audit", &ana, "").status, 403);
    assert_eq!(ask("DELETE", &path, &boss, "").status, 204);
    let audit = ask("GET", "/v1/audit", &boss, "").json();
    let actions: Vec<(&str, &str)> = (audit.as_array().unwrap().iter().rev())
        .map(|entry| (entry["user"].as_str().unwrap(), entry["action"].as_str().unwrap()))
        .collect();
    let (denied, done): (Vec<_>, Vec<_>) = actions.into_iter().partition(|(_, action)| *action == "denied");
    let expected = [
        ("operator", "token create"),
        ("operator", "token create"),
        ("operator", "token create"),
        ("operator", "token create"),
        ("ana", "submit"),
        ("ana", "download"),
        ("boss", "download"),
        ("ana", "share"),
        ("bob", "download"),
        ("eve", "download"),
        ("bob", "rerun"),
        ("boss", "delete"),
    ];
    assert_eq!(done, expected);
    let users: std::collections::BTreeSet<&str> = denied.iter().map(|(user, _)| *user).collect();
    assert_eq!(users, ["-", "ana", "bob", "eve"].into());
    let of_eve =
        audit.as_array().unwrap().iter().find(|entry| entry["user"] == "eve" && entry["action"] == "denied");
    assert_eq!(of_eve.unwrap()["detail"], "403 Forbidden");
    assert!(of_eve.unwrap()["subject"].as_str().unwrap().starts_with("POST /v1/batches/"), "{audit:#}");
}

/// True if a stream ends within a minute, though signs of life may come in between.
fn ends(stream: &mut TcpStream) -> bool {
    let until = Instant::now() + Duration::from_secs(60);
    let mut chunk = [0; 4096];
    loop {
        match stream.read(&mut chunk) {
            Ok(0) => return true,
            Ok(_) if Instant::now() < until => {}
            _ => return false,
        }
    }
}

#[test]
fn tokens_are_shown_once_revoked_at_once_and_expire() {
    let data = TempDir::new().unwrap();
    let place = data.path().to_str().unwrap().to_owned();
    let run = |arguments: &[&str]| output_of(data.path(), &[arguments, &["--data", &place]].concat());
    let secret = token(data.path(), "ana", "analyst");
    let server = Server::start(data.path(), &["--require-tokens"]);
    let status =
        |secret: &str| server.ask("GET", "/v1/batches", &[("Authorization", &bearer(secret))], b"").status;
    assert_eq!(status(&secret), 200);
    assert_eq!(run(&["token", "create", "--name", "ana"]).status.code(), Some(2), "one token for one name");
    let listed = stdout(&run(&["token", "list"]));
    assert!(listed.starts_with("ana  analyst  valid") && !listed.contains(&secret[20..]), "{listed}");
    let submitted = server.ask(
        "POST",
        "/v1/batches",
        &[("Authorization", &bearer(&secret)), ("Content-Type", "application/json")],
        slow_batch("slow").to_string().as_bytes(),
    );
    let id = submitted.json()["id"].as_str().unwrap().to_owned();
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(
        stream,
        "GET /v1/batches/{id}/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\nConnection: close\r\n\r\n",
        bearer(&secret)
    )
    .unwrap();
    assert!(run(&["token", "revoke", "--name", "ana"]).status.success());
    assert_eq!(status(&secret), 401, "the server need not be started again");
    assert!(ends(&mut stream), "a stream that was open ends before its batch");
    let short = stdout(&run(&["token", "create", "--name", "ana", "--expires", "1s"]));
    assert_eq!(status(&short), 200);
    eventually("it expires", || status(&short) == 401);
}

#[test]
fn other_machines_need_tokens_and_other_pages_may_do_nothing() {
    let data = TempDir::new().unwrap();
    let open = Server::try_start(data.path(), &["--listen", "0.0.0.0:0"]).err().unwrap();
    assert!(open.contains("every request needs a token"), "{open}");
    let server = Server::start(data.path(), &[]);
    let body = small_batch("plan", 1).to_string();
    let post = |name: &str, value: &str| {
        let headers = [("Content-Type", "application/json"), (name, value)];
        server.ask("POST", "/v1/batches", &headers, body.as_bytes()).status
    };
    assert_eq!(post("Origin", "http://evil.example"), 403);
    assert_eq!(post("Origin", "null"), 403);
    assert_eq!(post("Sec-Fetch-Site", "cross-site"), 403);
    assert_eq!(post("Origin", &server.url("")), 202);
    // A name that leads here but is not ours: the page of another site, by the name of its own.
    let rebound = raw(&server, "GET /v1/batches HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert_eq!(rebound.status, 403);
    assert_eq!(
        server
            .ask("OPTIONS", "/v1/batches", &[("Origin", "http://evil.example")], b"")
            .header("access-control-allow-origin"),
        ""
    );
    let headers = server.get("/").headers;
    assert!(headers["content-security-policy"].starts_with("default-src 'none'"));
    assert_eq!((&*headers["x-content-type-options"], &*headers["x-frame-options"]), ("nosniff", "DENY"));
    assert_eq!(headers["x-request-id"].len(), 16);
    let asked = Server::start(&data.path().join("other"), &["--allow-origin", "https://plan.example"]);
    let preflight = asked.ask(
        "OPTIONS",
        "/v1/batches",
        &[("Origin", "https://plan.example"), ("Access-Control-Request-Method", "POST")],
        b"",
    );
    assert_eq!(preflight.header("access-control-allow-origin"), "https://plan.example");
}

fn raw(server: &Server, request: &str) -> Answer {
    use std::io::Write;
    let mut stream = std::net::TcpStream::connect(&server.address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    answer(&mut stream).unwrap()
}

#[test]
fn the_page_is_entered_with_a_token() {
    let data = TempDir::new().unwrap();
    let secret = token(data.path(), "ana", "analyst");
    let server = Server::start(data.path(), &["--require-tokens"]);
    let home = server.get("/");
    assert_eq!((home.status, home.header("location")), (303, "/login"));
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    assert_eq!(server.ask("POST", "/login", &form, b"token=cutline_1_2").status, 401);
    let entered = server.ask("POST", "/login", &form, format!("token={secret}").as_bytes());
    let cookie = entered.header("set-cookie").to_owned();
    assert!(entered.status == 303 && cookie.contains("HttpOnly; SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let home = server.ask("GET", "/", &[("Cookie", cookie)], b"");
    assert!(home.status == 200 && home.text().contains("<span>ana</span>"), "{}", home.text());
}

#[test]
fn one_user_cannot_keep_the_others_waiting() {
    let data = TempDir::new().unwrap();
    let [ana, bob] = ["ana", "bob"].map(|name| bearer(&token(data.path(), name, "analyst")));
    let server =
        Server::start(data.path(), &["--require-tokens", "--workers", "2", "--max-unfinished-per-user", "3"]);
    let submit = |who: &str, body: serde_json::Value| {
        let headers = [("Authorization", who), ("Content-Type", "application/json")];
        server.ask("POST", "/v1/batches", &headers, body.to_string().as_bytes())
    };
    // Two slow shards of Ana's take both workers; three batches are all that she may have.
    let slow = submit(&ana, slow_batch("slow"));
    for number in 0..2 {
        assert_eq!(submit(&ana, small_batch(&format!("plan {number}"), 2)).status, 202);
    }
    let refused = submit(&ana, small_batch("one too many", 1));
    assert_eq!((refused.status, refused.header("retry-after")), (429, "30"));
    eventually("both workers are busy", || children(server.id()).len() == 2);
    let path =
        format!("/v1/batches/{}", submit(&bob, small_batch("urgent", 1)).json()["id"].as_str().unwrap());
    let cancel = format!("/v1/batches/{}/cancel", slow.json()["id"].as_str().unwrap());
    server.ask("POST", &cancel, &[("Authorization", &ana)], b"");
    let states = || -> Vec<(String, String)> {
        let batches = |who: &str| {
            server.ask("GET", "/v1/batches", &[("Authorization", who)], b"").json()["batches"].clone()
        };
        let all = [batches(&ana), batches(&bob)];
        let fields = |one: &serde_json::Value| {
            ["name", "started"].map(|key| one[key].as_str().unwrap_or("~").to_owned())
        };
        all.iter()
            .flat_map(|one| one.as_array().unwrap())
            .map(fields)
            .map(|[name, started]| (name, started))
            .collect()
    };
    eventually("bob's is done", || {
        server.ask("GET", &path, &[("Authorization", &bob)], b"").json()["state"] == "done"
    });
    let started: std::collections::BTreeMap<String, String> = states().into_iter().collect();
    assert!(started["urgent"] <= started["plan 1"], "{started:?}");
    assert_eq!(json!(started.len()), 4);
}
