//! Sets of weights from judgements of pairs.

use crate::diagnostic::{Diagnostic, Diagnostics, suggest};
use crate::domain::{
    Inconsistency, JudgedWeights, Judgement, JudgementError, MOST_INCONSISTENT, MOST_JUDGED, ObjectiveTree,
};

use super::document::Entry;

type Find = fn(&ObjectiveTree, &[Judgement]) -> Result<JudgedWeights, Vec<JudgementError>>;

/// Smallest ratio of the scale, as people round 1/9.
const SMALLEST_RATIO: f64 = 0.11;

/// Largest ratio of the scale.
const LARGEST_RATIO: f64 = 9.0;

/// Reads judgements; those that contradict each other draw a warning. `None` if something is wrong with them, which has
/// been reported, or the objectives are not known.
pub(super) fn read(
    stated: &Entry<'_>,
    tree: Option<&ObjectiveTree>,
    find: Find,
    found: &mut Diagnostics,
) -> Option<JudgedWeights> {
    let expected =
        "a list of judgements such as [[\"growth\", \"service\", 3]]: growth matters 3 times as much";
    let entries = stated.filled_list(expected, found)?;
    let (mut places, mut judgements) = (Vec::new(), Vec::new());
    for entry in &entries {
        if let Some(judgement) = judgement(entry, found) {
            judgements.push(judgement);
            places.push(entry);
        }
    }
    let tree = tree?;
    let is_whole = judgements.len() == entries.len();
    let told = Told { tree, stated, places: &places, judgements: &judgements, is_whole };
    match find(tree, &judgements) {
        Ok(judged) => {
            judged.inconsistent.iter().for_each(|inconsistency| found.push(told.warning(inconsistency)));
            is_whole.then_some(judged)
        }
        Err(errors) => {
            found.extend(errors.iter().filter_map(|error| told.fault(error)));
            None
        }
    }
}

/// Two objectives and how much more the first matters: a list, or a text with commas, as cells of a workbook hold it.
fn judgement(entry: &Entry<'_>, found: &mut Diagnostics) -> Option<Judgement> {
    if let Some(judgement) = entry.as_text().and_then(Judgement::parse)
        && is_on_scale(judgement.ratio)
    {
        return Some(judgement);
    }
    let expected = "two objectives and a number: [\"growth\", \"service\", 3]";
    let parts = entry.list(expected, found)?;
    let [one, other, ratio] = parts.as_slice() else {
        found.push(entry.fault(format!("has {} parts", parts.len()), format!("write {expected}")));
        return None;
    };
    let (one, other) = (one.text(found), other.text(found));
    let ratio = ratio_of(ratio, found);
    Some(Judgement { one: one?.to_owned(), other: other?.to_owned(), ratio: ratio? })
}

fn is_on_scale(ratio: f64) -> bool {
    (SMALLEST_RATIO..=LARGEST_RATIO).contains(&ratio)
}

/// A number on the scale from 1/9 to 9, or a fraction in quotes.
fn ratio_of(entry: &Entry<'_>, found: &mut Diagnostics) -> Option<f64> {
    let expected = "a number from 1/9 to 9: 1 for equal, 3, 5, 7 and 9 for more and more important (for less, swap the two objectives, or write \"1/3\")";
    let fraction = entry.as_text().filter(|text| text.contains('/')).and_then(Judgement::parse_ratio);
    fraction.filter(|&ratio| is_on_scale(ratio)).or_else(|| entry.number(expected, is_on_scale, found))
}

/// What was stated, to tell faults and warnings of.
struct Told<'a, 'd> {
    tree: &'a ObjectiveTree,
    /// All judgements.
    stated: &'a Entry<'d>,
    /// Each judgement that could be read.
    places: &'a [&'a Entry<'d>],
    judgements: &'a [Judgement],
    /// True if all could be read.
    is_whole: bool,
}

impl Told<'_, '_> {
    fn fault(&self, error: &JudgementError) -> Option<Diagnostic> {
        let row = |judgement: usize| self.places[judgement].row;
        Some(match error {
            JudgementError::Unknown { judgement, name } => {
                let ids = self.tree.objectives().iter().map(|objective| objective.id.as_str());
                let help = match self.tree.is_empty() {
                    true => "the portfolio has no objectives: add objectives.csv, or remove it".to_owned(),
                    false => suggest(name, ids, "objectives"),
                };
                self.places[*judgement].fault(format!("names `{name}`, which is not an objective"), help)
            }
            JudgementError::Itself(judgement) => self.places[*judgement]
                .fault("judges an objective against itself", "name two objectives, or remove it"),
            JudgementError::NoSiblings(judgement) => self.places[*judgement].fault(
                "judges objectives that have different parents",
                "judge objectives under one parent against each other",
            ),
            JudgementError::Twice { judgement, before } => self.places[*judgement].fault(
                format!("judges a pair that row {} judges already", row(*before)),
                "keep one of the two judgements",
            ),
            JudgementError::Contradicted { judgement, before } => self.places[*judgement].fault(
                format!("contradicts row {}, which judges the same pair the other way round", row(*before)),
                "keep one of the two judgements: the reciprocal is implied",
            ),
            // A judgement that could not be read may be the one that is missing.
            JudgementError::Unconnected { .. } if !self.is_whole => return None,
            JudgementError::Unconnected { one, other } => self.stated.fault(
                format!("does not connect `{one}` with `{other}`"),
                "judge pairs until a chain of judgements leads from each objective to each other under its parent",
            ),
            JudgementError::TooMany(objective) => self.stated.fault(
                format!("judges `{objective}` and its siblings, which are more than {MOST_JUDGED}"),
                "group them under parents in objectives.csv, and judge each group",
            ),
            JudgementError::Table(error) => {
                self.stated.fault(format!("leaves weights to the table: {error}"), "mend objectives.csv")
            }
        })
    }

    fn warning(&self, inconsistency: &Inconsistency) -> Diagnostic {
        let ratio = shown(inconsistency.ratio);
        let Some((judgement, mended)) = &inconsistency.mend else {
            let problem = format!(
                "holds judgements that contradict each other: their consistency ratio is {ratio}, above {MOST_INCONSISTENT:.2}"
            );
            return Diagnostic::warning(self.stated.source(), problem, "look at them again");
        };
        let Judgement { one, other, ratio: implied } = &mended.judgement;
        let said = &self.judgements[*judgement];
        let is_turned = match said.ratio {
            more if more > 1.0 => *one != said.one,
            less => less < 1.0 && *one != said.other,
        };
        self.places[*judgement].warning(
            format!(
                "contradicts the other judgements most: their consistency ratio is {ratio}, above {MOST_INCONSISTENT:.2}"
            ),
            format!(
                "look at it again{}: the others imply [\"{one}\", \"{other}\", {implied}], with which the ratio would be {:.2}",
                if is_turned { ", and at its direction" } else { "" },
                mended.ratio
            ),
        )
    }
}

/// A consistency ratio with two digits, or three where two do not tell it from the limit.
fn shown(ratio: f64) -> String {
    let two = format!("{ratio:.2}");
    if two == format!("{MOST_INCONSISTENT:.2}") { format!("{ratio:.3}") } else { two }
}
