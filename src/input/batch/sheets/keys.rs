//! Keys as headings and cells write them, and the type of value that each takes.

use crate::input::schema::{BATCH, BatchSection, Holds, SCENARIO};

/// Value that a key takes, as far as a cell may be written in more than one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// A text, even if the cell is a number.
    Text,
    /// A text, or several by `;`.
    TextOrTexts,
    /// True or false.
    Flag,
    /// A number, or whatever else the cell holds.
    Value,
    /// One value, or several by `;`, of which none is turned into a number.
    ValueOrValues,
    /// Texts by `;`.
    Texts,
    /// Numbers or texts by `;`.
    Values,
}

/// The parts of a dotted key below others. Behind the name of a key all is one part: names of lines, attributes and
/// measures may have points.
pub fn path(above: &[String], key: &str) -> Vec<String> {
    let whole: Vec<&str> = above.iter().map(String::as_str).chain([key]).collect();
    let whole = whole.join(".");
    let depth = match whole.split('.').next() {
        Some("check") => 2,
        Some("weights") => 4,
        // `sweep.vary.KEY`, or `sweep.2.vary.KEY`.
        Some("sweep") if whole.split('.').nth(1).is_some_and(is_number) => 4,
        _ => 3,
    };
    whole.splitn(depth, '.').map(|part| part.trim().trim_matches('"').to_owned()).collect()
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|next| next.is_ascii_digit())
}

/// The number of the sweep that a key belongs to, and its path without it; `None` if it belongs to no sweep.
pub fn sweep_number(mut path: Vec<String>) -> (Option<u32>, Vec<String>) {
    if path.first().is_none_or(|section| section != "sweep") {
        return (None, path);
    }
    let number = path.get(1).filter(|part| is_number(part)).and_then(|part| part.parse().ok());
    if number.is_some() {
        path.remove(1);
    }
    (Some(number.unwrap_or(1)), path)
}

/// Type of the value of a key.
pub fn want(path: &[String]) -> Want {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let (section, key, has_rest) = match parts.as_slice() {
        ["sweep", "vary", key, ..] => {
            let texts =
                matches!(of_key("scenario", key, false), Want::Text | Want::TextOrTexts | Want::Texts);
            return if texts { Want::Texts } else { Want::Values };
        }
        ["limit", "where", ..] => return Want::ValueOrValues,
        ["weights", _, key, rest @ ..] => ("weights", *key, !rest.is_empty()),
        [section, key, rest @ ..] => (*section, *key, !rest.is_empty()),
        _ => return Want::Value,
    };
    of_key(section, key, has_rest)
}

/// Type of the value of a key of a section, or of a part of it.
fn of_key(section: &str, key: &str, has_rest: bool) -> Want {
    let Some(holds) = holds(section, key) else { return Want::Value };
    let kind = match holds {
        Holds::OneOf(_) => return Want::Text,
        Holds::Described(kind) => kind,
    };
    if has_rest {
        return if kind.contains("-> list") { Want::Values } else { Want::Value };
    }
    match kind {
        kind if kind.starts_with("list of numbers") => Want::Values,
        kind if kind.starts_with("list of") => Want::Texts,
        kind if kind.starts_with("true or false") => Want::Flag,
        kind if kind.starts_with("number") || kind.starts_with("whole") || kind.starts_with("table") => {
            Want::Value
        }
        _ if matches!(key, "maximise" | "minimise") => Want::TextOrTexts,
        _ => Want::Text,
    }
}

/// Published type of a key. The base and sweeps take the keys of scenarios.
fn holds(section: &str, key: &str) -> Option<Holds> {
    let is_own = |own: &&BatchSection| {
        let name = own.section.trim_matches(['[', ']']);
        name == section || (name == "weights.NAME" && section == "weights")
    };
    let own = if section == "base" { None } else { BATCH.iter().find(is_own) };
    let of = |schema: &BatchSection| {
        let mut keys = schema.names().zip(schema.keys);
        keys.find(|(name, _)| *name == key).map(|(_, schema)| schema.kind)
    };
    own.and_then(of).or_else(|| if matches!(section, "base" | "sweep") { of(&SCENARIO) } else { None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(key: &str) -> (Vec<String>, Want) {
        let path = path(&[], key);
        let want = want(&path);
        (path, want)
    }

    #[test]
    fn keys_have_the_parts_and_types_that_are_published() {
        for (key, parts, want) in [
            ("batch.name", 2, Want::Text),
            ("batch.seed", 2, Want::Value),
            ("batch.decisions", 2, Want::Flag),
            ("batch.maximise", 2, Want::TextOrTexts),
            ("batch.maximise.line.capex", 3, Want::Value),
            ("simulation.percentiles", 2, Want::Values),
            ("base.weights", 2, Want::Text),
            ("base.budgets.a.b", 3, Want::Values),
            ("check.line.capex", 2, Want::Value),
            ("weights.mine.order", 3, Want::Texts),
            ("weights.mine.values.a.b", 4, Want::Value),
            ("sweep.vary.budget_scale", 3, Want::Values),
            ("sweep.vary.weights", 3, Want::Texts),
            ("limit.where.a.b", 3, Want::ValueOrValues),
            ("scenario.force_in", 2, Want::Texts),
        ] {
            let (path, found) = of(key);
            assert_eq!((path.len(), found), (parts, want), "{key}");
        }
        let (number, rest) = sweep_number(path(&[], "sweep.2.vary.options"));
        assert_eq!((number, rest.len(), super::want(&rest)), (Some(2), 3, Want::Values));
        assert_eq!(sweep_number(path(&[], "sweep.name")).0, Some(1));
        assert_eq!(sweep_number(path(&[], "batch.name")).0, None);
    }
}
