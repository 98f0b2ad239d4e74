//! The script of a report, put together from its files.

/// The files in their order: what others build on first, then the chapters in the order in which questions are asked.
const FILES: [&str; 40] = [
    include_str!("script/dom.js"),
    include_str!("script/format.js"),
    include_str!("script/chart.js"),
    include_str!("script/figure.js"),
    include_str!("script/facts.js"),
    include_str!("script/data.js"),
    include_str!("script/measure.js"),
    include_str!("script/chapter.js"),
    // The page around the chapters.
    include_str!("script/card.js"),
    include_str!("script/address.js"),
    include_str!("script/theme.js"),
    include_str!("script/picker.js"),
    include_str!("script/shell.js"),
    // The chapters.
    include_str!("script/headline.js"),
    include_str!("script/waterline.js"),
    include_str!("script/missed.js"),
    include_str!("script/infeasible.js"),
    include_str!("script/baseline.js"),
    include_str!("script/sweep.js"),
    include_str!("script/heat.js"),
    include_str!("script/matrix.js"),
    include_str!("script/across.js"),
    include_str!("script/robust.js"),
    include_str!("script/room.js"),
    include_str!("script/priorities.js"),
    include_str!("script/differences.js"),
    include_str!("script/frontier.js"),
    include_str!("script/roadmap.js"),
    include_str!("script/fit.js"),
    include_str!("script/attribution.js"),
    include_str!("script/confidence.js"),
    include_str!("script/futures.js"),
    include_str!("script/shrinkage.js"),
    include_str!("script/risk.js"),
    include_str!("script/objectives.js"),
    include_str!("script/weights.js"),
    include_str!("script/key-results.js"),
    include_str!("script/contributions.js"),
    include_str!("script/groups.js"),
    include_str!("script/trust.js"),
];

/// The beginning of a report that is a file, when all the others are known.
const START: &str = include_str!("script/start.js");

/// The script of a report that is a file.
pub fn script() -> String {
    script_that(START)
}

/// The script of a report that begins by other lines: one strict function, so that nothing of it is seen from outside.
pub fn script_that(begins: &str) -> String {
    format!("(() => {{\n\"use strict\";\n{}{begins}}})();\n", FILES.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All files share one scope, in which a second function of a name would silently take the place of the first.
    #[test]
    fn no_two_files_give_the_same_name() {
        let script = script();
        let mut names: Vec<&str> = (script.lines())
            .filter_map(|line| {
                let line = line.strip_prefix("async ").unwrap_or(line);
                let kinds = ["function ", "const ", "let ", "class "];
                let rest = kinds.iter().find_map(|kind| line.strip_prefix(kind))?;
                rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '$').next()
            })
            .collect();
        names.sort_unstable();
        let twice: Vec<&&str> =
            names.iter().zip(&names[1..]).filter(|(one, other)| one == other).map(|(one, _)| one).collect();
        assert!(names.len() > 100 && twice.is_empty(), "{twice:?} of {}", names.len());
    }

    #[test]
    fn the_script_does_not_end_its_element_and_makes_no_markup_of_texts() {
        let script = script();
        let banned = [
            "</",
            "<!--",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "fetch(",
            "http:",
        ];
        for word in banned {
            let found: Vec<&str> = script.lines().filter(|line| line.contains(word)).collect();
            let is_name_of_svg = |line: &&str| line.contains("http://www.w3.org/2000/svg");
            assert!(found.iter().all(is_name_of_svg), "{word}: {found:?}");
        }
    }
}
