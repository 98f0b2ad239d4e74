//! A browser without a window, as far as there is one.

use std::path::Path;
use std::process::{Command, Stdio};

/// A page as a browser shows it, and what it complained about.
pub struct Shown {
    pub document: String,
    pub complaints: Vec<String>,
}

/// The browser; `None`, with the reason printed, where there is none.
pub fn browser() -> Option<&'static str> {
    let is_there = |name: &&str| {
        let version =
            Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    };
    let found = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(is_there);
    if found.is_none() {
        println!("skipped: there is no Chromium here (apt-get install chromium)");
    }
    found
}

/// Opens a file at an address (`#scenario=…`) and waits until its script has drawn it.
pub fn show(browser: &str, file: &Path, address: &str) -> Shown {
    let profile = tempfile::TempDir::new().unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"])
        .args(["--virtual-time-budget=20000", "--window-size=1280,900"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}{address}", file.display()))
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    Shown {
        document: String::from_utf8(output.stdout).unwrap(),
        complaints: complaints.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect(),
    }
}

impl Shown {
    /// The chapters that are shown, in their order.
    pub fn chapters(&self) -> Vec<&str> {
        let parts = self.document.split("data-chapter=\"").skip(1);
        parts.map(|part| part.split_once('"').unwrap().0).collect()
    }

    /// The text between tags, with single blanks.
    pub fn text(&self) -> String {
        let (_, page) = self.document.split_once("id=\"page\"").unwrap();
        let (page, _) = page.split_once("<script id=\"data\"").unwrap();
        let mut text = String::new();
        let mut is_tag = true;
        for letter in page.chars() {
            match letter {
                '<' => {
                    is_tag = true;
                    text.push(' ');
                }
                '>' => is_tag = false,
                _ if !is_tag => text.push(letter),
                _ => {}
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
