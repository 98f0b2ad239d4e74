//! Names that look alike, and suggestions for unknown words.

use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

/// Skeleton of a name: two names with the same skeleton are hard to tell apart on paper or a screen.
///
/// It ignores case, invisible characters, kinds and numbers of blanks, the composition of accents (Unicode
/// normalisation form KC), and the script of a letter (the confusables of Unicode Technical Standard 39).
pub fn likeness(name: &str) -> String {
    Step::ALL.iter().fold(name.to_owned(), |text, step| step.apply(&text))
}

/// Difference of two names that look alike, in words: "in case". `None` if they are the same, or do not look alike.
pub fn difference(left: &str, right: &str) -> Option<String> {
    if left == right || likeness(left) != likeness(right) {
        return None;
    }
    // A step without which the two are still alike is no difference between them; the plainest is kept.
    let mut needed = Step::ALL.to_vec();
    for step in Step::ALL.into_iter().rev() {
        let fewer: Vec<Step> = needed.iter().copied().filter(|&other| other != step).collect();
        let without = |name: &str| fewer.iter().fold(name.to_owned(), |text, step| step.apply(&text));
        if without(left) == without(right) {
            needed = fewer;
        }
    }
    let words: Vec<String> = needed.into_iter().map(|step| step.words(left, right)).collect();
    Some(words.join(" and "))
}

/// One thing by which names that look alike may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Composition,
    Invisible,
    Blanks,
    Script,
    Case,
}

impl Step {
    const ALL: [Self; 5] = [Self::Composition, Self::Invisible, Self::Blanks, Self::Script, Self::Case];

    fn apply(self, name: &str) -> String {
        match self {
            Self::Composition => composed(name),
            Self::Invisible => name.chars().filter(|&next| !is_invisible(next)).collect(),
            Self::Blanks => name.split_whitespace().collect::<Vec<_>>().join(" "),
            Self::Script => name.chars().map(prototype).collect(),
            // To upper case first, so that all forms of a letter fall together: ß and SS, σ and ς.
            Self::Case => name.to_uppercase().to_lowercase(),
        }
    }

    fn words(self, left: &str, right: &str) -> String {
        let points = |odd: &dyn Fn(char) -> bool| {
            let only = |one: &str, other: &str| -> Vec<char> {
                one.chars().filter(|&next| odd(next) && !other.contains(next)).collect()
            };
            let mut found = [only(left, right), only(right, left)].concat();
            found.sort_unstable();
            found.dedup();
            let points: Vec<String> =
                found.iter().map(|&next| format!("U+{:04X}", u32::from(next))).collect();
            points.join(", ")
        };
        match self {
            Self::Composition => "in how a character is encoded".to_owned(),
            Self::Invisible => format!("by an invisible character ({})", points(&is_invisible)),
            Self::Blanks => "in their blanks".to_owned(),
            Self::Case => "in case".to_owned(),
            Self::Script => {
                let is_odd = |next: char| prototype(next) != next.to_string();
                format!("by a character that looks like another ({})", points(&is_odd))
            }
        }
    }
}

/// A name in Unicode normalisation form KC, with its blanks as they are.
fn composed(name: &str) -> String {
    let compatible = |next: char| match next.is_whitespace() {
        true => next.to_string(),
        false => next.nfkc().collect(),
    };
    name.chars().map(compatible).collect::<String>().nfc().collect()
}

/// Characters that are not seen: controls, marks of direction, joiners, soft hyphens, variation selectors.
fn is_invisible(next: char) -> bool {
    let is_blank = next.is_whitespace();
    let is_ignorable = matches!(
        next,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}'
    );
    is_ignorable || (next.is_control() && !is_blank)
}

/// Prototype of a character. ASCII letters are their own: planners distinguish `m` and `rn`, but not a digit from the
/// letter like it.
fn prototype(next: char) -> String {
    match next {
        '0' => "O".to_owned(),
        '1' | '|' => "l".to_owned(),
        next if next.is_ascii() => next.to_string(),
        // Hyphens and dashes of all lengths.
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => "-".to_owned(),
        // A letter with an accent is the accent on the letter's prototype.
        next => skeleton(&next.to_string()).collect::<String>().nfkc().collect(),
    }
}

/// The word nearest to `word` among `candidates`, if one is near enough to be what was meant: one that looks alike, or
/// else one at an edit distance (with transpositions) of at most 2, which is less than the word's own length.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const NEAR_ENOUGH: usize = 2;
    /// Nobody meant another word by a text of this length, and comparing it would take long.
    const LONGEST: usize = 200;
    if word.chars().count() > LONGEST {
        return None;
    }
    let like = likeness(word);
    let distance = |candidate: &str| match likeness(candidate) == like {
        true => 0,
        false => strsim::osa_distance(word, candidate).max(1),
    };
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= LONGEST)
        .map(|candidate| (distance(candidate), candidate))
        .filter(|&(distance, _)| distance <= NEAR_ENOUGH && distance < word.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

/// The question after [`did_you_mean`], with the difference between the two if it is hard to see.
pub fn suggestion<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = did_you_mean(word, candidates)?;
    Some(match difference(word, near) {
        Some(difference) => format!("did you mean `{near}`? The two differ {difference}"),
        None => format!("did you mean `{near}`?"),
    })
}

/// Advice on an unknown word: the known one that was probably meant, or all of them. `nouns` says what they are:
/// `measures`.
pub fn suggest<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone, nouns: &str) -> String {
    suggest_or(word, known.clone(), || format!("the {nouns} are {}", list(known)))
}

/// Advice on an unknown word: the known one that was probably meant, or `otherwise`.
pub fn suggest_or<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    did_you_mean(word, known).map_or_else(otherwise, |near| format!("did you mean `{near}`?"))
}

/// Words as a list for people.
pub fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transposed_heading_is_recognised() {
        assert_eq!(did_you_mean("max_dealy", ["min_fraction", "max_delay"]), Some("max_delay"));
        assert_eq!(did_you_mean("sponsor", ["start", "status"]), None);
    }

    #[test]
    fn a_name_that_looks_alike_is_nearer_than_any_other() {
        assert_eq!(did_you_mean("CAPITAL WORKS", ["capital  works"]), Some("capital  works"));
        assert_eq!(did_you_mean("CAPEX", ["capex", "CAPEY"]), Some("capex"));
        let told = suggestion("P1\u{200b}", ["P1", "P2"]);
        assert_eq!(
            told.as_deref(),
            Some("did you mean `P1`? The two differ by an invisible character (U+200B)")
        );
    }

    #[test]
    fn names_that_look_alike_are_told_apart_in_words() {
        let of = |left, right| difference(left, right).unwrap_or_default();
        assert_eq!(of("A", "a"), "in case");
        assert_eq!(of("Straße", "STRASSE"), "in case");
        assert_eq!(of("Zoe\u{308}", "Zoë"), "in how a character is encoded");
        assert_eq!(of("P１", "P1"), "in how a character is encoded");
        assert_eq!(of("P\u{200d}1", "P1"), "by an invisible character (U+200D)");
        assert_eq!(of("a\u{ad}b", "ab"), "by an invisible character (U+00AD)");
        assert_eq!(of("New  site", "New site"), "in their blanks");
        assert_eq!(of("New\u{a0}site", "New site"), "in their blanks");
        assert_eq!(of("\u{410}1", "A1"), "by a character that looks like another (U+0410)");
        assert_eq!(of("c\u{430}pex", "capex"), "by a character that looks like another (U+0430)");
        assert_eq!(of("P10", "P1O"), "by a character that looks like another (U+0030)");
        assert_eq!(of("Phase 1–2", "Phase 1-2"), "by a character that looks like another (U+2013)");
        assert_eq!(of("C\u{430}pex", "capex"), "by a character that looks like another (U+0430) and in case");
    }

    #[test]
    fn names_that_differ_are_not_alike() {
        for (left, right) in
            [("A", "B"), ("modern", "modem"), ("P1", "P11"), ("Köln", "Koln"), ("it", "it_2")]
        {
            assert_eq!(difference(left, right), None, "{left} {right}");
        }
        assert_eq!(difference("A", "A"), None);
    }
}
