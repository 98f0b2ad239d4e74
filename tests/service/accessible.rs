//! The pages held to rules of accessibility.

use serde_json::Value;
use tempfile::TempDir;

use crate::axe::{CARD, OPEN, hold_to_rules};
use crate::keeping::half_slow_batch;
use crate::server::{Server, small_batch};

#[test]
fn the_pages_break_no_rule_of_accessibility() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--workers", "1", "--shard-scenarios", "1"]);
    let done = server.submit(&small_batch("plan", 4));
    server.wait(&done);
    let other = server.submit(&small_batch("plan", 2));
    server.wait(&other);
    let deleted = server.submit(&small_batch("gone", 1));
    server.wait(&deleted);
    server.ask("DELETE", &format!("/v1/batches/{deleted}"), &[], b"");
    let slow = server.submit(&half_slow_batch("slow"));
    let page = |path: &str, script: &str| format!("{} {script}", server.url(path));
    let batch = format!("/batches/{done}");
    let pair = "scenario_a=budget_scale%3D0.501&scenario_b=budget_scale%3D0.501";
    hold_to_rules(&[
        page("/", OPEN),
        page(&batch, ""),
        page(&batch, OPEN),
        page(&batch, CARD),
        page(&format!("/batches/{slow}"), OPEN),
        page(&format!("/compare?a={done}&b={other}"), OPEN),
        page(&format!("/compare?a={done}&b={other}&{pair}"), OPEN),
        page("/deleted", ""),
        page("/docs", ""),
        page("/login", ""),
        page("/batches/none", ""),
    ]);
    server.post_json(&format!("/v1/batches/{slow}/cancel"), &Value::Null);
}
