//! Results within 80 columns: tables of which the first column gives way, names cut in the middle, lists cut at their end.

use super::figures::wrapped_in;

/// The width that results which are shown again fit into.
pub const NARROW: usize = 80;

/// The room that a name keeps, at least.
const LEAST: usize = 14;

/// Lines of a list, at most, unless everything is asked for.
const LINES: usize = 3;

/// Room of a name in a list.
const NAME: usize = 34;

/// Blanks between two columns.
const BETWEEN: usize = 2;

/// The first cell of a row: it gives way where the others need the room.
#[derive(Clone, Debug)]
pub enum Label {
    /// A text.
    Text(String),
    /// A project.
    Project {
        /// Its id.
        id: String,
        /// Its name; the id where it has none.
        name: String,
    },
}

impl Label {
    /// The label in so many characters.
    fn within(&self, room: usize) -> String {
        match self {
            Self::Text(text) => cut(text, room),
            Self::Project { id, name } => who(id, name, room),
        }
    }
}

/// A text of at most so many characters: a longer one is cut in the middle, as names differ at both ends.
pub fn cut(text: &str, room: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= room {
        return text.to_owned();
    }
    let kept = room.saturating_sub(1);
    let (head, tail) = (kept - kept / 2, kept / 2);
    let part = |letters: &[char]| letters.iter().collect::<String>();
    let head = part(&letters[..head]);
    format!("{}…{}", head.trim_end(), part(&letters[letters.len() - tail..]).trim_start())
}

/// A project by its name, with its id in brackets where that is another.
pub fn who(id: &str, name: &str, room: usize) -> String {
    if name == id || name.is_empty() {
        return cut(id, room);
    }
    let id = cut(id, room / 2);
    let room = room.saturating_sub(id.chars().count() + 3);
    format!("{} ({id})", cut(name, room))
}

/// A project in a list.
pub fn in_list(id: &str, name: &str) -> String {
    who(id, name, NAME)
}

/// A table: its first column gives way, the others stand to the right, but for those listed in `left`.
pub fn grid(headings: &[&str], left: &[usize], rows: &[(Label, Vec<String>)]) -> String {
    let length = |text: &str| text.chars().count();
    let widths: Vec<usize> = (headings.iter().enumerate().skip(1))
        .map(|(column, heading)| {
            let cells = rows.iter().map(|(_, cells)| cells.get(column - 1).map_or(0, |cell| length(cell)));
            cells.chain(heading.lines().map(length)).max().unwrap_or_default()
        })
        .collect();
    let others: usize = widths.iter().map(|width| width + BETWEEN).sum();
    let room = NARROW.saturating_sub(others).max(LEAST);
    let labels: Vec<String> = rows.iter().map(|(label, _)| label.within(room)).collect();
    let heading_width = headings.first().map_or(0, |heading| heading.lines().map(length).max().unwrap_or(0));
    let first = labels.iter().map(|label| length(label)).max().unwrap_or(0).max(heading_width);
    let line = |label: &str, cells: &[String]| {
        let mut line = format!("{label:<first$}");
        for (column, (width, cell)) in widths.iter().zip(cells).enumerate() {
            line.push_str(&" ".repeat(BETWEEN));
            let is_left = left.contains(&(column + 1));
            line.push_str(&if is_left { format!("{cell:<width$}") } else { format!("{cell:>width$}") });
        }
        line.trim_end().to_owned()
    };
    let heights = headings.iter().map(|heading| heading.lines().count()).max().unwrap_or(0);
    let head = (0..heights).map(|height| {
        let of = |heading: &&str| {
            // Headings of one line stand at the bottom.
            let skipped = heights - heading.lines().count();
            let own = height.checked_sub(skipped);
            own.and_then(|own| heading.lines().nth(own)).unwrap_or_default().to_owned()
        };
        let cells: Vec<String> = headings.iter().skip(1).map(of).collect();
        line(&headings.first().map(of).unwrap_or_default(), &cells)
    });
    let body = labels.iter().zip(rows).map(|(label, (_, cells))| line(label, cells));
    head.chain(body).collect::<Vec<_>>().join("\n")
}

/// Items after a label, in a few lines unless all are asked for; what is left out is counted.
pub fn list(label: &str, items: &[String], full: bool) -> String {
    if items.is_empty() {
        return format!("{label} none");
    }
    let told = |count: usize| {
        let mut told = items[..count].to_vec();
        if count < items.len() {
            told.push(format!("and {} more", items.len() - count));
        }
        wrapped_in(NARROW, label, &told, ",")
    };
    let fits = |count: &usize| full || told(*count).lines().count() <= LINES;
    let count = (1..=items.len()).rev().find(fits).unwrap_or(1);
    told(count)
}

/// A label and a text, broken into lines that fit.
pub fn words(label: &str, text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    wrapped_in(NARROW, label, &words, "")
}

/// A note on rows that are left out; `None` if all are there.
pub fn left_out(shown: usize, all: usize, nouns: &str) -> Option<String> {
    (shown < all).then(|| format!("… and {} more {nouns}: see them with --full", all - shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_both_ends_and_never_lose_their_id() {
        assert_eq!(cut("Metro line north, phase 2", 40), "Metro line north, phase 2");
        assert_eq!(cut("Metro line north, phase 2", 12), "Metro…ase 2");
        assert_eq!(who("P07", "Metro line north, phase 2", 20), "Metro l…hase 2 (P07)");
        assert_eq!(who("P07", "P07", 20), "P07");
        assert_eq!(who("P07", "", 20), "P07");
        let long = who(&"9".repeat(40), "Harbour", 30);
        assert!(long.starts_with("Harbour (999") && long.chars().count() <= 30, "{long}");
    }

    #[test]
    fn the_first_column_gives_way_and_the_table_fits() {
        let project = |id: &str, name: &str| Label::Project { id: id.to_owned(), name: name.to_owned() };
        let cells = || vec!["12.3 M".to_owned(), "a".repeat(40)];
        let rows = [
            (project("P1", "Renewal of the bridges over the northern canal, second part"), cells()),
            (project("P2", "Pool"), cells()),
        ];
        let told = grid(&["Project", "Cost,\nEUR", "Why"], &[2], &rows);
        let why = "a".repeat(40);
        let expected = [
            format!("{:31} Cost,", ""),
            format!("{:29}     EUR  Why", "Project"),
            format!("Renewal of t…second part (P1)  12.3 M  {why}"),
            format!("{:29}  12.3 M  {why}", "Pool (P2)"),
        ];
        assert_eq!(told.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn lists_end_after_a_few_lines_unless_all_is_asked_for() {
        let items: Vec<String> = (1..=60).map(|number| format!("Project {number}")).collect();
        let short = list("Funded (60):", &items, false);
        assert!(short.lines().count() == LINES && short.ends_with(" more"), "{short}");
        let full = list("Funded (60):", &items, true);
        assert!(full.contains("Project 60") && !full.contains("more"), "{full}");
        for text in [short, full] {
            assert!(text.lines().all(|line| line.chars().count() <= NARROW), "{text}");
        }
        assert_eq!(list("Funded (0):", &[], false), "Funded (0): none");
    }
}
