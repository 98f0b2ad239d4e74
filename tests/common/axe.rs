//! Pages held to rules of accessibility, by axe-core in a browser.

use std::path::PathBuf;
use std::process::Command;

/// The browser, where there is one.
fn browser() -> Option<&'static str> {
    let is_there = |name: &&str| {
        Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
    };
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find(is_there)
}

/// The script of axe-core, which is never among the sources: that of the variable AXE_CORE, or where `make setup-test` puts it.
fn axe() -> Option<PathBuf> {
    let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/target/axe/node_modules/axe-core/axe.min.js");
    let named = std::env::var_os("AXE_CORE").map(PathBuf::from);
    Some(named.unwrap_or_else(|| installed.into())).filter(|path| path.is_file())
}

/// Opens what is folded, and turns pictures into their tables.
pub const OPEN: &str = "document.querySelectorAll('details').forEach((one) => { one.open = true; }); \
    document.querySelectorAll('.tools button[aria-pressed=false]').forEach((one) => one.click())";

/// Opens the card of the first project that something leads to.
pub const CARD: &str =
    "document.querySelector('[data-project]').dispatchEvent(new MouseEvent('click', { bubbles: true }))";

/// Fails if a page breaks a rule. An address may have a script behind a blank, which is run once the page is there.
pub fn hold_to_rules(addresses: &[String]) {
    let Some(browser) = browser() else {
        println!("skipped: there is no Chromium here (apt-get install chromium)");
        return;
    };
    let Some(axe) = axe() else {
        println!("skipped: axe-core is not here (make setup-test, or name its axe.min.js in AXE_CORE)");
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/axe.py");
    let tried = Command::new("python3").arg(script).arg(browser).arg(axe).args(addresses).output();
    let Ok(tried) = tried else {
        println!("skipped: there is no python3 to drive the browser with");
        return;
    };
    let said = String::from_utf8_lossy(&tried.stdout).into_owned();
    println!("{said}");
    assert!(tried.status.success(), "{said}{}", String::from_utf8_lossy(&tried.stderr));
}
