//! Shards as an Indexed Job of Kubernetes, and the merge as another: manifests only, for others to apply.
//!
//! A pod that loses its node is replaced without counting as a failure; a shard that fails is retried a few times,
//! unless its exit code says that this is useless. The merge waits until all results are there, so both can be applied
//! at once.

use serde_json::{Value, json};

use super::plan::Plan;
use crate::output::Formats;

/// A shard is tried again so often.
const RETRIES: u32 = 3;

/// Mount point of the claim in all pods.
const MOUNT: &str = "/cutline";

/// The longest name of a job that leaves room for what Kubernetes appends to name its pods.
const LONGEST_NAME: usize = 48;

/// The merge waits so long for shards before it gives up: a week.
const WAIT_SECONDS: u32 = 604_800;

/// Settings beyond the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The image, in which this version of `cutline` is on the path.
    pub image: String,
    /// The claim to a volume that all nodes can write to (`ReadWriteMany`).
    pub claim: String,
    /// Path of the work folder in the volume.
    pub work: String,
    /// Path of the results in the volume.
    pub out: String,
    /// The namespace; `None`: the default of `kubectl`.
    pub namespace: Option<String>,
    /// Shards at once; `None`: all.
    pub parallelism: Option<usize>,
    /// Processors and threads of each shard.
    pub processors: u16,
    /// Memory of each pod, as Kubernetes writes it (`2Gi`).
    pub memory: Option<String>,
    /// What the merge writes beside the tables.
    pub formats: Formats,
}

/// A list of two jobs: the shards of a plan, and their merge.
pub fn manifest(plan: &Plan, cluster: &Cluster) -> Value {
    let name = name(plan);
    json!({
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            shards(plan, cluster, &format!("{name}-shards")),
            merge(cluster, &format!("{name}-merge")),
        ],
    })
}

/// `cutline-annual-2027-1a2b3c4d`: the batch in letters that Kubernetes allows, and a hash that makes it unique.
fn name(plan: &Plan) -> String {
    let letters = plan.batch.to_ascii_lowercase();
    let words: Vec<&str> = letters
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let hash = plan.input_hash.get(..8).unwrap_or_default();
    let mut batch = words.join("-");
    batch.truncate(LONGEST_NAME - "cutline--12345678-shards".len());
    let batch = batch.trim_matches('-');
    if batch.is_empty() { format!("cutline-{hash}") } else { format!("cutline-{batch}-{hash}") }
}

fn shards(plan: &Plan, cluster: &Cluster, name: &str) -> Value {
    let count = plan.shards.len();
    let threads = cluster.processors.to_string();
    let command = ["cutline", "shard", "run", "--threads", &threads, "--", &in_volume(&cluster.work)];
    let spec = json!({
        "completionMode": "Indexed",
        "completions": count,
        "parallelism": cluster.parallelism.unwrap_or(count).min(count),
        "backoffLimitPerIndex": RETRIES,
        "podFailurePolicy": { "rules": [lost_node(), exit_codes("FailIndex", &[1, 2])] },
        "template": template(cluster, &command, cluster.processors),
    });
    job(cluster, name, spec)
}

fn merge(cluster: &Cluster, name: &str) -> Value {
    let (work, out, wait) = (in_volume(&cluster.work), in_volume(&cluster.out), WAIT_SECONDS.to_string());
    let formats = cluster.formats.as_arguments();
    let command = [
        &["cutline", "shard", "merge"],
        formats.iter().map(String::as_str).collect::<Vec<_>>().as_slice(),
        &["--wait", &wait, "--out", &out, "--", &work],
    ]
    .concat();
    let spec = json!({
        "backoffLimit": RETRIES,
        // 3: shards are still missing after a week, or a limit was met and the results are there.
        "podFailurePolicy": { "rules": [lost_node(), exit_codes("FailJob", &[1, 2, 3])] },
        "template": template(cluster, &command, 1),
    });
    job(cluster, name, spec)
}

fn job(cluster: &Cluster, name: &str, spec: Value) -> Value {
    let mut metadata = json!({ "name": name, "labels": { "app.kubernetes.io/name": "cutline" } });
    if let Some(namespace) = &cluster.namespace {
        metadata["namespace"] = json!(namespace);
    }
    json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec })
}

/// Rule for disruptions: a pod that loses its node has not failed.
fn lost_node() -> Value {
    json!({ "action": "Ignore", "onPodConditions": [{ "type": "DisruptionTarget", "status": "True" }] })
}

fn exit_codes(action: &str, codes: &[i32]) -> Value {
    json!({ "action": action, "onExitCodes": { "operator": "In", "values": codes } })
}

fn template(cluster: &Cluster, command: &[&str], processors: u16) -> Value {
    let mut requests = json!({ "cpu": processors.to_string() });
    let mut resources = json!({});
    if let Some(memory) = &cluster.memory {
        requests["memory"] = json!(memory);
        resources["limits"] = json!({ "memory": memory });
    }
    resources["requests"] = requests;
    json!({
        "metadata": { "labels": { "app.kubernetes.io/name": "cutline" } },
        "spec": {
            "restartPolicy": "Never",
            "containers": [{
                "name": "cutline",
                "image": cluster.image,
                "command": command,
                "workingDir": MOUNT,
                "resources": resources,
                "securityContext": {
                    "allowPrivilegeEscalation": false,
                    "capabilities": { "drop": ["ALL"] },
                },
                "volumeMounts": [{ "name": "work", "mountPath": MOUNT }],
            }],
            "volumes": [{ "name": "work", "persistentVolumeClaim": { "claimName": cluster.claim } }],
        },
    })
}

fn in_volume(path: &str) -> String {
    format!("{MOUNT}/{}", path.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(batch: &str) -> String {
        name(&Plan {
            format: 1,
            program: "cutline".to_owned(),
            version: "1.0.0".to_owned(),
            batch: batch.to_owned(),
            input_hash: "0123456789abcdef".to_owned(),
            inputs: Vec::new(),
            shards: Vec::new(),
        })
    }

    #[test]
    fn names_are_those_that_kubernetes_allows() {
        assert_eq!(named("Annual 2027"), "cutline-annual-2027-01234567");
        assert_eq!(named("日本"), "cutline-01234567");
        let long = named(&"a very long name ".repeat(9));
        assert!(long.len() + "-shards".len() <= LONGEST_NAME, "{long}");
        assert!(!long.contains("--"), "{long}");
    }
}
