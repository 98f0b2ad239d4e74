//! What shells and readers of manuals get: completions and pages.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::program::{names, run};

#[test]
fn every_shell_gets_completions_that_know_commands_and_options() {
    let folder = TempDir::new().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, script, stderr) = run(folder.path(), &["completions", shell]);
        assert_eq!((code, stderr.as_str()), (0, ""), "{shell}");
        for word in ["validate", "shard", "executor", "slurm"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let (code, _, stderr) = run(folder.path(), &["completions", "csh"]);
    assert!(code == 2 && stderr.contains("possible values"), "{stderr}");
}

#[test]
fn bash_completes_a_command_by_the_script() {
    let folder = TempDir::new().unwrap();
    if Command::new("bash").arg("--version").output().is_err() {
        println!("skipped: there is no bash");
        return;
    }
    let (_, script, _) = run(folder.path(), &["completions", "bash"]);
    let ask =
        "\nCOMP_WORDS=(cutline vali); COMP_CWORD=1; _cutline cutline vali cutline; echo \"${COMPREPLY[@]}\"";
    let output = Command::new("bash").arg("-c").arg(script + ask).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), "validate");
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let folder = TempDir::new().unwrap();
    let (code, _, stderr) = run(folder.path(), &["man", "--out", "man1"]);
    assert_eq!(code, 0, "{stderr}");
    let pages = names(&folder.path().join("man1"));
    for page in ["cutline.1", "cutline-run.1", "cutline-shard-plan.1", "cutline-example-extract.1"] {
        assert!(pages.iter().any(|name| name == page), "{page}: {pages:?}");
    }
    assert!(!pages.iter().any(|name| name.contains("watch") || name.contains("help")), "{pages:?}");
    let page = fs::read_to_string(folder.path().join("man1/cutline-shard-plan.1")).unwrap();
    let (code, printed, _) = run(folder.path(), &["man", "shard", "plan"]);
    assert_eq!((code, printed.trim_end()), (0, page.trim_end()), "a page is the same by itself");
    for part in [".TH cutline-shard-plan 1", ".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS", "Exit codes:"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let (_, all, _) = run(folder.path(), &["man"]);
    assert!(all.contains("cutline\\-run(1)") && all.contains("Exit codes:"), "{all}");
}

#[test]
fn a_command_that_has_no_page_is_refused_with_the_nearest() {
    let folder = TempDir::new().unwrap();
    let cases: [(&[&str], &str); 3] = [
        (&["man", "valdate"], "did you mean `validate`?"),
        (&["man", "shard", "walk"], "there are plan, run, merge, manifest"),
        (&["man", "run", "fast"], "it has none"),
    ];
    for (arguments, said) in cases {
        let (code, stdout, stderr) = run(folder.path(), arguments);
        assert!(code == 2 && stdout.is_empty() && stderr.contains(said), "{arguments:?}: {stderr}");
    }
}
