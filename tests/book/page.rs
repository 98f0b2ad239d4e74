//! A page of the book as a reader follows it: its files are written, its commands are run in order, and what it shows
//! of their answers is held against the answers.
//!
//! - A file is a fenced block after a line that is its name in backticks and a colon.
//! - Commands are the lines of ```` ```console ```` blocks that begin with a dollar sign. A command ends well unless a
//!   comment behind it says otherwise: `# exit code 2`. They are `cutline`, and `grep TEXT FILE`, which is played here.
//! - `cutline serve … &` goes on until the page ends, on a port of its own; the commands below it talk to it.
//! - The lines below a command stand in its answer, in this order. `…` stands for any letters, and alone for any lines.
//! - A page that needs the files of another says so in a comment: `<!-- goes on from questions/board-pack.md -->`.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::program::cutline;

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
        self.write_files(folder);
        let mut server = None;
        for command in self.commands() {
            match command.line.strip_suffix(" &") {
                Some(line) => server = Some(Server::start(folder, &words(line))),
                None => command.check(folder, &self.name, server.as_ref()),
            }
        }
    }

    /// Writes the files of the page, and of the one before it.
    fn write_files(&self, folder: &Path) {
        if let Some((_, rest)) = self.text.split_once("<!-- goes on from ") {
            Self::read(rest.split_once(" -->").unwrap().0).write_files(folder);
        }
        for (file, text) in self.files() {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
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
    fn check(&self, folder: &Path, page: &str, server: Option<&Server>) {
        let words = words(&self.line);
        let (code, said) = match words[0].as_str() {
            "cutline" => {
                let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
                let mut command = cutline(folder, &arguments);
                command.envs(server.map(|server| ("CUTLINE_SERVER", format!("http://{}", server.address))));
                let output = command.output().unwrap();
                // What is said while a command works comes before what it prints.
                let said = [output.stderr, output.stdout].concat();
                (output.status.code().unwrap(), String::from_utf8(said).unwrap())
            }
            "grep" => {
                let text = fs::read_to_string(folder.join(&words[2])).unwrap();
                let found: Vec<&str> = text.lines().filter(|line| line.contains(&words[1])).collect();
                (i32::from(found.is_empty()), found.join("\n"))
            }
            other => panic!("{page}: `{other}` is no command of a page: {}", self.line),
        };
        assert_eq!(code, self.exit_code, "{page}: {}\n{said}", self.line);
        let mut lines = said.lines();
        for shown in self.answer.iter().filter(|line| !line.is_empty() && line.trim() != "…") {
            let is_found = lines.any(|line| matches(shown, line.trim_end()));
            assert!(is_found, "{page}: {}\ndoes not answer (in this order): {shown}\n{said}", self.line);
        }
    }
}

/// A server that runs until it is dropped.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts a server, and waits until it listens.
    fn start(folder: &Path, words: &[String]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let mut arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        let listen = address.to_string();
        arguments.extend(["--listen", &listen]);
        let mut command = cutline(folder, &arguments);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let server = Self { child, address };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the server does not listen on {address}");
            thread::sleep(Duration::from_millis(50));
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The words of a command, of which quoted ones may hold blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('\\', _) => words.last_mut().unwrap().extend(letters.next()),
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
