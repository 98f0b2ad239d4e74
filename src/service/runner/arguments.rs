//! Command-line arguments of the child process of a task.

use crate::distribute::child::run_arguments;
use crate::service::Service;
use crate::service::store::{ALL_SHARDS, Attempt, Step};
use crate::service::submission::submit::BATCH_FILE;

use super::folders::{FIGURES, MERGED, SOURCE, plan_folder, work_folder};
use super::one_shard::is_whole;

/// The arguments of the child process that does a task.
pub(super) fn arguments(service: &Service, attempt: &Attempt) -> Vec<std::ffi::OsString> {
    let Attempt { batch, step, number, shards, .. } = attempt;
    let folder = plan_folder(service, batch);
    let work = work_folder(service, batch);
    let words = |words: &[&str]| words.iter().map(std::ffi::OsString::from).collect::<Vec<_>>();
    let mut arguments = words(&["shard", step.as_str()]);
    match step {
        Step::Plan => {
            arguments.push(work.join(SOURCE).join(BATCH_FILE).into());
            arguments.extend(words(&["--shards", &shards.to_string(), "--to"]));
            arguments.push(folder.into());
        }
        Step::Run if *number == ALL_SHARDS => {
            let slurm = service.settings.slurm.clone().unwrap_or_default();
            arguments = words(&["shard", "watch", "--threads", &service.settings.threads.to_string()]);
            arguments.extend(slurm.partition.map(|name| format!("--partition={name}").into()));
            arguments.extend(slurm.arguments.iter().map(|word| format!("--sbatch-arg={word}").into()));
            arguments.push(folder.into());
        }
        Step::Run | Step::Merge if is_whole(service, attempt) => {
            arguments =
                words(&["shard", "run-whole", "--threads", &service.settings.threads.to_string(), "--to"]);
            arguments.push(folder.into());
            arguments.extend(["--figures".into(), work.join(FIGURES).into()]);
            if attempt.is_of_part() {
                arguments.extend(["--part".into(), work.join(MERGED).into()]);
            }
            arguments.push(work.join(SOURCE).join(BATCH_FILE).into());
        }
        Step::Run => {
            arguments = run_arguments(&folder, &number.to_string(), service.settings.threads);
            arguments.insert(2, "--keep-part".into());
        }
        Step::Merge => {
            if attempt.is_of_part() {
                arguments.push("--part".into());
            }
            arguments.push(folder.into());
            arguments.push("--out".into());
            arguments.push(work.join(MERGED).into());
            arguments.extend(["--quiet".into(), "--figures".into(), work.join(FIGURES).into()]);
        }
    }
    arguments
}
