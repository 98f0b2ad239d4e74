//! The manifest for Kubernetes: held to what its API says of the fields that are used. No cluster has run it.

use serde_json::Value;

use crate::cases::{self, run, succeed};

/// A kind of object, and its fields: name, type and whether it must be there. Facts about `batch/v1` and `v1` as of
/// Kubernetes 1.33; fields that we do not use are left out, so that one that is misspelt or misplaced is not found
/// here.
type Kind = (&'static str, &'static [(&'static str, &'static str, bool)]);

const KINDS: [Kind; 18] = [
    ("List", &[("apiVersion", "=v1", true), ("kind", "=List", true), ("items", "[Job]", true)]),
    (
        "Job",
        &[
            ("apiVersion", "=batch/v1", true),
            ("kind", "=Job", true),
            ("metadata", "Metadata", true),
            ("spec", "JobSpec", true),
        ],
    ),
    ("Metadata", &[("name", "name", false), ("namespace", "name", false), ("labels", "strings", false)]),
    (
        "JobSpec",
        &[
            ("completionMode", "=Indexed", false),
            ("completions", "number", false),
            ("parallelism", "number", false),
            ("backoffLimit", "number", false),
            ("backoffLimitPerIndex", "number", false),
            ("podFailurePolicy", "PodFailurePolicy", false),
            ("template", "PodTemplate", true),
        ],
    ),
    ("PodFailurePolicy", &[("rules", "[Rule]", true)]),
    (
        "Rule",
        &[
            ("action", "=Ignore|FailIndex|FailJob|Count", true),
            ("onExitCodes", "OnExitCodes", false),
            ("onPodConditions", "[OnPodCondition]", false),
        ],
    ),
    (
        "OnExitCodes",
        &[("operator", "=In|NotIn", true), ("values", "[number]", true), ("containerName", "name", false)],
    ),
    ("OnPodCondition", &[("type", "=DisruptionTarget", true), ("status", "=True", true)]),
    ("PodTemplate", &[("metadata", "Metadata", false), ("spec", "PodSpec", true)]),
    (
        "PodSpec",
        &[
            ("restartPolicy", "=Never", true),
            ("containers", "[Container]", true),
            ("volumes", "[Volume]", false),
        ],
    ),
    (
        "Container",
        &[
            ("name", "name", true),
            ("image", "string", true),
            ("command", "[string]", false),
            ("workingDir", "string", false),
            ("resources", "Resources", false),
            ("securityContext", "SecurityContext", false),
            ("volumeMounts", "[VolumeMount]", false),
        ],
    ),
    ("Resources", &[("requests", "Amounts", false), ("limits", "Amounts", false)]),
    ("Amounts", &[("cpu", "string", false), ("memory", "string", false)]),
    (
        "SecurityContext",
        &[("allowPrivilegeEscalation", "boolean", false), ("capabilities", "Capabilities", false)],
    ),
    ("Capabilities", &[("drop", "[string]", false), ("add", "[string]", false)]),
    ("VolumeMount", &[("name", "name", true), ("mountPath", "string", true)]),
    ("Volume", &[("name", "name", true), ("persistentVolumeClaim", "Claim", false)]),
    ("Claim", &[("claimName", "name", true), ("readOnly", "boolean", false)]),
];

/// What the API would refuse.
fn faults(value: &Value, kind: &str, place: &str) -> Vec<String> {
    if let Some(inner) = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']')) {
        let Some(items) = value.as_array() else { return vec![format!("{place} is no list")] };
        let each = items.iter().enumerate();
        return each.flat_map(|(at, item)| faults(item, inner, &format!("{place}[{at}]"))).collect();
    }
    let is_name = |text: &str| {
        let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        !text.is_empty()
            && text.len() <= 63
            && text.chars().all(fits)
            && !text.starts_with('-')
            && !text.ends_with('-')
    };
    let is_right = match kind {
        "string" => value.is_string(),
        "number" => value.is_u64(),
        "boolean" => value.is_boolean(),
        "name" => value.as_str().is_some_and(is_name),
        "strings" => value.as_object().is_some_and(|map| map.values().all(Value::is_string)),
        kind if kind.starts_with('=') => kind[1..].split('|').any(|word| value == word),
        kind => return fields(value, kind, place),
    };
    if is_right { Vec::new() } else { vec![format!("{place} is {value}, not {kind}")] }
}

fn fields(value: &Value, kind: &str, place: &str) -> Vec<String> {
    let (_, fields) = KINDS.iter().find(|(name, _)| *name == kind).unwrap();
    let Some(object) = value.as_object() else { return vec![format!("{place} is no object")] };
    let mut found = Vec::new();
    for (name, value) in object {
        match fields.iter().find(|(field, ..)| field == name) {
            Some((_, kind, _)) => found.extend(faults(value, kind, &format!("{place}.{name}"))),
            None => found.push(format!("{place}.{name} is unknown")),
        }
    }
    let missing = fields.iter().filter(|(field, _, is_needed)| *is_needed && !object.contains_key(*field));
    found.extend(missing.map(|(field, ..)| format!("{place}.{field} is missing")));
    found
}

fn manifest(arguments: &[&str]) -> Value {
    let case = cases::rich();
    succeed(case.path(), &["shard", "plan", "batch.toml", "--to", "work", "--shards", "3"]);
    let always = ["shard", "manifest", "work", "--image", "registry/cutline:1", "--claim", "planning"];
    serde_json::from_str(&succeed(case.path(), &[&always, arguments].concat())).unwrap()
}

#[test]
fn the_manifest_says_only_what_kubernetes_knows() {
    for arguments in [
        &[][..],
        &["--memory", "2Gi", "--workers", "2", "--threads", "4", "--namespace", "plans", "--path", "/a/b"],
    ] {
        let manifest = manifest(arguments);
        assert_eq!(faults(&manifest, "List", "list"), [""; 0]);
    }
    let mut wrong = manifest(&[]);
    wrong["items"][0]["spec"]["template"]["spec"]["backoffLimit"] = 3.into();
    wrong["items"][1]["metadata"]["name"] = "A_b".into();
    assert_eq!(faults(&wrong, "List", "list").len(), 2, "faults are found");
}

#[test]
fn every_shard_is_an_index_and_bad_input_is_not_tried_again() {
    let manifest = manifest(&["--memory", "2Gi", "--workers", "9", "--threads", "4", "--out", "round/one"]);
    let (shards, merge) = (&manifest["items"][0]["spec"], &manifest["items"][1]["spec"]);
    assert_eq!((shards["completions"].as_u64(), shards["parallelism"].as_u64()), (Some(3), Some(3)));
    assert_eq!(shards["podFailurePolicy"]["rules"][0]["action"], "Ignore");
    let hopeless = &shards["podFailurePolicy"]["rules"][1];
    assert_eq!(hopeless["action"], "FailIndex");
    assert_eq!(hopeless["onExitCodes"]["values"], serde_json::json!([1, 2]));
    let container = |job: &Value| job["template"]["spec"]["containers"][0].clone();
    let command = |job: &Value| -> String {
        let words = container(job)["command"].as_array().unwrap().clone();
        words.iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(command(shards), "cutline shard run --threads 4 -- /cutline/work");
    assert_eq!(command(merge), "cutline shard merge --wait 604800 --out /cutline/round/one -- /cutline/work");
    assert_eq!(container(shards)["resources"]["requests"]["memory"], "2Gi");
    let manifest = self::manifest(&["--format", "html,parquet", "--dialect", "excel-eu"]);
    let told = command(&manifest["items"][1]["spec"]);
    let asked =
        "cutline shard merge --format html,parquet --dialect=separator=semicolon+decimal=comma+bom --wait";
    assert!(told.starts_with(asked), "{told}");
}

/// What the pods are told to do is done here, with the folder in its place and the index in its variable.
#[test]
fn the_commands_of_the_manifest_run() {
    let case = cases::infeasible();
    succeed(case.path(), &["shard", "plan", "batch.toml", "--to", "work"]);
    let text = succeed(case.path(), &["shard", "manifest", "work", "--image", "i", "--claim", "c"]);
    let manifest: Value = serde_json::from_str(&text).unwrap();
    let volume = case.path().display().to_string();
    let command = |job: usize| -> Vec<String> {
        let container = &manifest["items"][job]["spec"]["template"]["spec"]["containers"][0];
        let words = container["command"].as_array().unwrap().iter().skip(1);
        words.map(|word| word.as_str().unwrap().replace("/cutline", &volume)).collect()
    };
    let (shard, merge) = (command(0), command(1));
    let merge: Vec<&str> = merge.iter().map(String::as_str).collect();
    let mut merging = cases::Running::start(case.path(), &merge, &[]);
    for index in ["0", "1"] {
        let shard: Vec<&str> = shard.iter().map(String::as_str).collect();
        let mut shard = cases::cutline(case.path(), &shard);
        assert!(shard.env("JOB_COMPLETION_INDEX", index).output().unwrap().status.success());
    }
    // The merge was started first, and has waited.
    assert_eq!(merging.0.wait().unwrap().code(), Some(0), "{}", cases::text(case.path(), "stderr.txt"));
    assert!(cases::files_of(&case.whole()) == cases::files_of(&case.path().join("out/none")));
}

#[test]
fn a_folder_without_a_plan_has_no_manifest() {
    let case = cases::infeasible();
    let said = run(case.path(), &["shard", "manifest", "data", "--image", "i", "--claim", "c"]);
    assert!(said.code == Some(2) && said.stderr.contains("cutline shard plan"), "{}", said.stderr);
}
