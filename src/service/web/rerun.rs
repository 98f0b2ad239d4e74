//! The form that runs a batch again with something changed: what it says, and the page that tells what will change before
//! anything starts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Extension, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Map, Value, json};

use crate::domain::WEIGHT_METHODS;
use crate::service::Service;
use crate::service::batches::{self, accept, prepare_rerun};
use crate::service::blocking::blocking;
use crate::service::connection::Peer;
use crate::service::overrides::{self, Overrides, scales};
use crate::service::problem::{Kind, Problem};
use crate::service::submission::excerpt::Excerpts;
use crate::service::submission::validation::Validated;

use super::actions::told;
use super::render::render;
use super::visitor::Visitor;

/// Fields of the form by name. What is blank stays as it is.
type RerunForm = BTreeMap<String, String>;

/// The field that says whether the run is to start, or to be shown first.
const STEP: &str = "step";
/// The set of weights that the form sets by numbers.
const ADJUSTED: &str = "adjusted";
/// The set of weights that the form sets by judgements of pairs.
const JUDGED: &str = "judged";
/// New scenarios that the page names.
const NAMED: usize = 20;

/// Runs a batch again with changes; or, where the form asks to see them first, shows what will change.
pub(super) async fn rerun(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Result<Form<RerunForm>, FormRejection>,
) -> Result<Response, Problem> {
    let back = format!("/batches/{id}");
    let Form(form) = form?;
    match answer(&service, peer, &visitor, &id, form).await {
        Ok(response) => Ok(response),
        Err(problem) => told(&visitor, &problem, &Excerpts::new(), &back),
    }
}

async fn answer(
    service: &Arc<Service>,
    peer: Peer,
    visitor: &Visitor,
    id: &str,
    form: RerunForm,
) -> Result<Response, Problem> {
    let changes = overrides_of(&form)?;
    batches::admit(service, &visitor.user)?;
    let words = overrides::told(&changes);
    let (submission, validated) =
        prepare_rerun(service, visitor.user.clone(), peer, id, changes, None).await?;
    if form.get(STEP).is_some_and(|step| step == "show") {
        let (user, id) = (visitor.user.clone(), id.to_owned());
        let values = blocking(service, move |service| {
            let parent = batches::seen(service, &user, &id)?;
            let rows = service.store.scenarios_from(&id, 0, parent.scenarios.unsigned_abs())?;
            let former = rows.into_iter().map(|row| row.name).collect();
            Ok(shown(&parent.id, &parent.name, &former, &validated, &words, &form))
        });
        return Ok(render("rerun.html", &visitor.with(values.await?))?.into_response());
    }
    let id = blocking(service, move |service| Ok(accept(service, &submission, validated)?.0)).await?;
    Ok(Redirect::to(&format!("/batches/{id}")).into_response())
}

/// Template values of the page that tells what will change. Its form holds the same fields, and starts the run.
fn shown(
    id: &str,
    name: &str,
    former: &BTreeSet<String>,
    validated: &Validated,
    words: &[String],
    form: &RerunForm,
) -> Value {
    let facts = &validated.batch.facts;
    let mut new: Vec<&str> =
        facts.scenarios.iter().map(String::as_str).filter(|name| !former.contains(*name)).collect();
    let more = new.len().saturating_sub(NAMED);
    new.truncate(NAMED);
    let fields = form.iter().filter(|(field, value)| *field != STEP && !value.trim().is_empty());
    json!({
        "id": id,
        "former": name,
        "name": facts.name,
        "changes": words,
        "scenarios": facts.scenarios.len(),
        "former_scenarios": former.len(),
        "new_scenarios": new,
        "more_new": more,
        "trials": facts.trials,
        "warnings": facts.warnings,
        "fields": fields.map(|(field, value)| json!([field, value])).collect::<Vec<_>>(),
    })
}

/// The changes that a form asks for.
fn overrides_of(form: &RerunForm) -> Result<Overrides, Problem> {
    let mut overrides = Overrides::default();
    let mut added = Map::new();
    let mut weighing = Weighing::default();
    for (field, value) in form {
        let value = value.trim();
        if value.is_empty() || field == STEP {
            continue;
        }
        let (part, key) = field.split_once('.').unwrap_or((field, ""));
        match (part, key) {
            ("weights", "") => drop(overrides.everywhere.insert(field.clone(), value.into())),
            ("weight", key) if !key.is_empty() => weighing.weigh(key, value)?,
            ("judgement", key) if !key.is_empty() => weighing.judge(value)?,
            ("name", "") => drop(overrides.patch.insert("batch".to_owned(), json!({ "name": value }))),
            ("force_in", "") => overrides.force_in = ids(value),
            ("force_out", "") => overrides.force_out = ids(value),
            ("add", "name" | "weights") => drop(added.insert(key.to_owned(), value.into())),
            ("add", "force_in" | "force_out") => drop(added.insert(key.to_owned(), ids(value).into())),
            ("add", key) if noun(key).is_some() => {
                drop(added.insert(key.to_owned(), factor(key, "", value)?))
            }
            (scale, name) if noun(scale).is_some() => times(&mut overrides.times, scale, name, value)?,
            _ => return Err(malformed(format!("unknown form field `{field}`"))),
        }
    }
    weighing.set(&mut overrides)?;
    if !added.is_empty() {
        if !added.contains_key("name") {
            return Err(malformed("give the scenario that is to be added a name".to_owned()));
        }
        overrides.add.push(added);
    }
    Ok(overrides)
}

/// Weights that the form sets itself.
#[derive(Default)]
struct Weighing {
    /// By objective.
    weights: Map<String, Value>,
    /// Two objectives and a ratio each.
    judgements: Vec<Value>,
}

impl Weighing {
    /// A number of 0 or more for an objective.
    fn weigh(&mut self, objective: &str, value: &str) -> Result<(), Problem> {
        let weight = value.replace(',', ".").parse().ok();
        let weight = weight.filter(|weight: &f64| weight.is_finite() && *weight >= 0.0).ok_or_else(|| {
            malformed(format!("write a weight of 0 or more for {objective}, and not `{value}`"))
        })?;
        self.weights.insert(objective.to_owned(), weight.into());
        Ok(())
    }

    /// A judgement in JSON: two objectives, and how many times as much the first matters.
    fn judge(&mut self, value: &str) -> Result<(), Problem> {
        let (one, other, ratio): (String, String, f64) = serde_json::from_str(value).map_err(|_| {
            malformed(format!("`{value}` is no judgement such as [\"growth\", \"service\", 3]"))
        })?;
        self.judgements.push(json!([one, other, ratio]));
        Ok(())
    }

    /// Adds the set of weights, and makes it that of every scenario. Keys that a set of this name had before are removed.
    fn set(self, overrides: &mut Overrides) -> Result<(), Problem> {
        let (name, method, stated): (_, _, Value) =
            match (self.weights.is_empty(), self.judgements.is_empty()) {
                (true, true) => return Ok(()),
                (false, true) => (ADJUSTED, "direct", self.weights.into()),
                (true, false) => (JUDGED, "pairwise", self.judgements.into()),
                (false, false) => {
                    return Err(malformed("set weights, or judge pairs, and not both".to_owned()));
                }
            };
        if overrides.everywhere.contains_key("weights") {
            return Err(malformed("choose a weight set, or set weights, and not both".to_owned()));
        }
        let mut set: Map<String, Value> =
            WEIGHT_METHODS.iter().map(|own| (own.key.to_owned(), Value::Null)).collect();
        let key = WEIGHT_METHODS.iter().find(|own| own.name == method).map_or("", |own| own.key);
        set.extend([("method".to_owned(), method.into()), (key.to_owned(), stated)]);
        overrides.patch.insert("weights".to_owned(), json!({ name: set }));
        overrides.everywhere.insert("weights".to_owned(), name.into());
        Ok(())
    }
}

fn malformed(detail: String) -> Problem {
    Problem::new(Kind::Malformed, detail)
}

/// What a key of factors scales, in words.
fn noun(key: &str) -> Option<&'static str> {
    scales().find(|(own, _)| *own == key).map(|(_, noun)| noun)
}

/// Adds a factor for all (no name), or for one line, resource or kind of benefit by its name.
fn times(times: &mut Map<String, Value>, scale: &str, name: &str, value: &str) -> Result<(), Problem> {
    let factor = factor(scale, name, value)?;
    let noun = noun(scale).unwrap_or(scale);
    // Fields come in the order of their names: that of all before those of single ones.
    match times.entry(scale).or_insert_with(|| Map::new().into()) {
        Value::Object(table) if !name.is_empty() => drop(table.insert(name.to_owned(), factor)),
        Value::Object(table) if table.is_empty() => drop(times.insert(scale.to_owned(), factor)),
        _ => {
            let detail = format!("write either one factor for all {noun}, or factors for single ones");
            return Err(malformed(detail));
        }
    }
    Ok(())
}

/// A number in a field.
fn factor(scale: &str, name: &str, value: &str) -> Result<Value, Problem> {
    let number: Option<f64> = value.replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite());
    number.map(Value::from).ok_or_else(|| {
        let noun = noun(scale).unwrap_or(scale);
        let which = if name.is_empty() { format!("all {noun}") } else { format!("the {noun} of {name}") };
        malformed(format!("write a factor such as 0.9 for {which}, and not `{value}`"))
    })
}

/// Ids in a field, between semicolons, or commas where there is no semicolon.
fn ids(value: &str) -> Vec<String> {
    let between = if value.contains([';', '\n']) { &[';', '\n'][..] } else { &[','][..] };
    value.split(between).map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[(&str, &str)]) -> Result<Value, String> {
        let form = fields.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
        overrides_of(&form).map(|overrides| json!(overrides)).map_err(|problem| problem.detail)
    }

    #[test]
    fn a_form_says_factors_decisions_weights_and_a_scenario() {
        let fields = [
            ("step", "show"),
            ("budget_scale.capex", "0,9"),
            ("budget_scale.it.run", "1.1"),
            ("capacity_scale", " 1.2 "),
            ("cost_scale", ""),
            ("weights", "growth"),
            ("name", "tight"),
            ("force_in", "A; B,1;"),
            ("force_out", "C, D"),
            ("add.name", "less"),
            ("add.budget_scale", "0.8"),
            ("add.force_out", "A"),
        ];
        let expected = json!({
            "times": { "budget_scale": { "capex": 0.9, "it.run": 1.1 }, "capacity_scale": 1.2 },
            "everywhere": { "weights": "growth" },
            "patch": { "batch": { "name": "tight" } },
            "force_in": ["A", "B,1"],
            "force_out": ["C", "D"],
            "add": [{ "name": "less", "budget_scale": 0.8, "force_out": ["A"] }],
        });
        assert_eq!(read(&fields), Ok(expected));
        assert_eq!(read(&[("step", "show"), ("budget_scale", " ")]), Ok(json!({})));
    }

    #[test]
    fn a_form_sets_weights_by_numbers_or_by_judgements() {
        let set = |name: &str, fields: &[(&str, &str)]| {
            let read = read(fields).unwrap();
            assert_eq!(read["everywhere"], json!({ "weights": name }));
            read["patch"]["weights"][name].clone()
        };
        let direct = set("adjusted", &[("weight.growth", "62.5"), ("weight.a.b", "37,5")]);
        assert_eq!(
            (&direct["method"], &direct["values"]),
            (&json!("direct"), &json!({ "growth": 62.5, "a.b": 37.5 }))
        );
        assert!(direct["judgements"].is_null());
        let judged = set("judged", &[("judgement.0", "[\"a\", \"b\", 3]"), ("judgement.1", "")]);
        assert_eq!(
            (&judged["method"], &judged["judgements"]),
            (&json!("pairwise"), &json!([["a", "b", 3.0]]))
        );
        let said = |fields: &[(&str, &str)]| read(fields).unwrap_err();
        assert!(said(&[("weight.growth", "much")]).contains("a weight of 0 or more for growth"));
        assert!(said(&[("judgement.0", "3")]).contains("is no judgement"));
        assert!(said(&[("weight.a", "1"), ("judgement.0", "[\"a\", \"b\", 3]")]).contains("not both"));
        assert!(said(&[("weight.a", "1"), ("weights", "given")]).contains("not both"));
    }

    #[test]
    fn what_a_form_cannot_say_is_refused() {
        let said = |fields: &[(&str, &str)]| read(fields).unwrap_err();
        let both = said(&[("budget_scale", "0.9"), ("budget_scale.capex", "0.8")]);
        assert!(both.contains("either one factor for all budgets"), "{both}");
        let word = said(&[("cost_scale.opex", "less")]);
        assert!(word.contains("the costs of opex, and not `less`"), "{word}");
        assert!(said(&[("add.budget_scale", "0.9")]).contains("a name"));
        assert!(said(&[("colour", "red")]).contains("unknown form field `colour`"));
    }
}
