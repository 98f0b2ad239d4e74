//! A page of the book as a reader follows it: its files are written, its commands are run in order, and what it shows of
//! their answers is held against the answers.
//!
//! - A file is a fenced block after a line that is its name in backticks and a colon.
//! - Commands are the lines of ```` ```console ```` blocks that begin with `$ `. A command ends well unless a comment behind
//!   it says otherwise: `# exit code 2`.
//! - The lines below a command stand in its answer, in this order. `…` stands for any letters, and alone for any lines.
//! - A page that goes on where another ends says so in a comment: `<!-- goes on from questions/board-pack.md -->`.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::program::run;

/// A page of `docs`.
pub struct Page {
    /// Its path in `docs`.
    name: String,
    text: String,
}

/// A command with what a page says of it.
struct Command {
    line: String,
    exit_code: i32,
    answer: Vec<String>,
}

impl Page {
    pub fn read(name: &str) -> Self {
        let text = fs::read_to_string(docs().join(name)).unwrap();
        Self { name: name.to_owned(), text: text.replace("\r\n", "\n") }
    }

    pub fn has_commands(&self) -> bool {
        !self.commands().is_empty()
    }

    /// Does what the page says, in a new folder.
    pub fn follow(&self) -> TempDir {
        let place = TempDir::new().unwrap();
        self.follow_in(place.path());
        place
    }

    fn follow_in(&self, folder: &Path) {
        if let Some((_, rest)) = self.text.split_once("<!-- goes on from ") {
            Self::read(rest.split_once(" -->").unwrap().0).follow_in(folder);
        }
        for (file, text) in self.files() {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        for command in self.commands() {
            command.check(folder, &self.name);
        }
    }

    /// Names and texts of the files that the page shows.
    fn files(&self) -> Vec<(&str, &str)> {
        let mut files = Vec::new();
        for (before, rest) in self.text.match_indices("`:\n\n```").map(|(at, _)| self.text.split_at(at)) {
            let name = before.rsplit_once('`').unwrap().1;
            let (_, block) = rest["`:\n\n".len()..].split_once('\n').unwrap();
            files.push((name, block.split_once("```").unwrap().0));
        }
        files
    }

    fn commands(&self) -> Vec<Command> {
        let blocks = self.text.split("```console\n").skip(1).filter_map(|rest| rest.split_once("```"));
        blocks.flat_map(|(block, _)| commands_of(block)).collect()
    }
}

fn commands_of(block: &str) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    for line in block.lines() {
        match line.strip_prefix("$ ") {
            Some(line) => {
                let (line, comment) = line.split_once('#').unwrap_or((line, ""));
                let said = comment.split_once("exit code ").map(|(_, code)| code.trim().parse().unwrap());
                let exit_code = said.unwrap_or(0);
                commands.push(Command { line: line.trim().to_owned(), exit_code, answer: Vec::new() });
            }
            None => commands.last_mut().unwrap().answer.push(line.trim_end().to_owned()),
        }
    }
    commands
}

impl Command {
    /// Runs the command, and holds its exit code and answer against the page.
    fn check(&self, folder: &Path, page: &str) {
        let words = words(&self.line);
        assert_eq!(words[0], "cutline", "{page}: only `cutline` is run: {}", self.line);
        let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        let (code, stdout, stderr) = run(folder, &arguments);
        assert_eq!(code, self.exit_code, "{page}: {}\n{stdout}{stderr}", self.line);
        // What is said while a command works comes before what it prints.
        let said = format!("{stderr}{stdout}");
        let mut lines = said.lines();
        for shown in self.answer.iter().filter(|line| !line.is_empty() && line.trim() != "…") {
            let is_found = lines.any(|line| matches(shown, line.trim_end()));
            assert!(is_found, "{page}: {}\ndoes not answer (in this order): {shown}\n{said}", self.line);
        }
    }
}

/// The words of a command, of which quoted ones may hold blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in line.chars() {
        match (letter, quote) {
            ('"' | '\'', None) => quote = Some(letter),
            (_, Some(mark)) if mark == letter => quote = None,
            (' ', None) => words.push(String::new()),
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// True if a line is as a page shows it, where `…` stands for any letters.
fn matches(shown: &str, line: &str) -> bool {
    let mut parts = shown.split('…');
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap()) else { return false };
    let mut is_open = false;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        is_open = part.is_empty();
    }
    is_open || rest.is_empty() || shown.contains('…') && line.ends_with(shown.rsplit('…').next().unwrap())
}

/// The folder of the book.
pub fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// All pages, by their paths in `docs`, but the table of contents.
pub fn pages() -> Vec<String> {
    let mut pages = Vec::new();
    let mut folders = vec![docs()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.strip_prefix(docs()).unwrap().to_str().unwrap().replace('\\', "/");
                pages.push(name);
            }
        }
    }
    pages.retain(|name| name != "SUMMARY.md");
    pages.sort();
    pages
}

#[test]
fn lines_are_matched_letter_by_letter_but_for_ellipses() {
    assert!(matches("a b", "a b") && !matches("a b", "a b c") && !matches("b", "a b"));
    assert!(matches("a … c", "a b c") && matches("…c", "a b c") && matches("a…", "a b c"));
    assert!(!matches("a … d", "a b c") && !matches("a … b", "a b c"));
    assert!(matches("…a…b", "xaxbyb"));
}

#[test]
fn commands_know_their_words_and_their_exit_codes() {
    let block = "$ cutline run \"two words.toml\" --out x   # exit code 3\nshown\n…\n$ cutline list\n";
    let commands = commands_of(block);
    assert_eq!(commands.len(), 2);
    assert_eq!(words(&commands[0].line), ["cutline", "run", "two words.toml", "--out", "x"]);
    assert_eq!((commands[0].exit_code, commands[0].answer.len()), (3, 2));
    assert_eq!((commands[1].exit_code, commands[1].answer.len()), (0, 0));
}
