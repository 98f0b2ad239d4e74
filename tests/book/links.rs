//! Links between the pages, and the table of contents.

use std::fs;
use std::path::{Path, PathBuf};

use crate::page::{docs, pages};

/// A link within the project, and the file that has it.
struct Link {
    from: PathBuf,
    file: String,
    anchor: String,
}

/// The links of a file that do not leave the project.
fn links(from: &Path) -> Vec<Link> {
    let text = fs::read_to_string(from).unwrap();
    let mut is_code = false;
    let mut links = Vec::new();
    for line in text.lines() {
        is_code ^= line.trim_start().starts_with("```");
        if is_code {
            continue;
        }
        for rest in line.split("](").skip(1) {
            let target = rest.split(')').next().unwrap();
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            links.push(Link { from: from.to_owned(), file: file.to_owned(), anchor: anchor.to_owned() });
        }
    }
    links
}

/// The anchors of a page's headings, as forges and mdBook make them.
fn anchors(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| -> String {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = kept.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let root = docs().parent().unwrap().to_owned();
    let mut files: Vec<PathBuf> = pages().iter().map(|name| docs().join(name)).collect();
    files.extend(["README.md", "CONTRIBUTING.md", "docs/SUMMARY.md"].map(|name| root.join(name)));
    let mut dead = Vec::new();
    for link in files.iter().flat_map(|file| links(file)) {
        let target = match link.file.as_str() {
            "" => link.from.clone(),
            file => link.from.parent().unwrap().join(file),
        };
        let is_there = target.exists() && (link.anchor.is_empty() || anchors(&target).contains(&link.anchor));
        // A chapter that is a heading only.
        let is_draft = link.file.is_empty() && link.anchor.is_empty();
        if !is_there && !is_draft {
            dead.push(format!("{}: {}#{}", link.from.display(), link.file, link.anchor));
        }
    }
    assert!(dead.is_empty(), "links that lead nowhere:\n{}", dead.join("\n"));
}

#[test]
fn the_table_of_contents_names_every_page_once() {
    let mut named: Vec<String> =
        links(&docs().join("SUMMARY.md")).into_iter().map(|link| link.file).collect();
    named.retain(|name| !name.is_empty());
    named.sort();
    assert_eq!(named, pages());
}
