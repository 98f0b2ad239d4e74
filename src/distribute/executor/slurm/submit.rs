//! Submits shards as job arrays.

use std::fs;
use std::path::{Path, PathBuf};

use crate::distribute::error::DistributeError;
use crate::distribute::executor::ExecuteError;
use crate::distribute::plan::ranges;
use crate::distribute::work::WorkFolder;
use crate::output::Formats;

use super::commands;
use super::record::{Array, Submissions};
use super::settings::Slurm;

/// The folder below the work folder for the logs of tasks.
pub(super) const LOGS: &str = "logs";

/// Treatment of a task whose node fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// Slurm starts it again, after a while.
    Requeue,
    /// It is reported to us, and we submit it again at once.
    Tell,
}

/// Submits the shards of one work folder.
pub(super) struct Submitter<'a> {
    slurm: &'a Slurm,
    work: &'a WorkFolder,
    folder: PathBuf,
}

impl<'a> Submitter<'a> {
    /// Makes the folder for logs.
    pub fn new(slurm: &'a Slurm, work: &'a WorkFolder) -> Result<Self, ExecuteError> {
        let folder = fs::canonicalize(work.path()).map_err(DistributeError::read(work.path()))?;
        let logs = folder.join(LOGS);
        fs::create_dir_all(&logs).map_err(DistributeError::write(&logs))?;
        Ok(Self { slurm, work, folder })
    }

    /// Submits shards, as one array or as many as Slurm's limits need, and writes down each of them.
    pub fn submit(
        &self,
        shards: &[usize],
        lost: Lost,
        submissions: &mut Submissions,
    ) -> Result<Vec<String>, ExecuteError> {
        let mut jobs = Vec::new();
        for (offset, tasks) in arrays_of(shards, commands::most_tasks()?) {
            let job = self.submit_array(offset, &tasks, lost)?;
            jobs.push(job.clone());
            submissions.add(Array { job, offset, shards: tasks.iter().map(|task| task + offset).collect() });
            submissions.write(self.work)?;
        }
        Ok(jobs)
    }

    fn submit_array(&self, offset: usize, tasks: &[usize], lost: Lost) -> Result<String, ExecuteError> {
        let at_once = self.slurm.workers.map_or_else(String::new, |workers| format!("%{workers}"));
        let when_lost = match lost {
            Lost::Requeue => "--requeue",
            Lost::Tell => "--no-requeue",
        };
        let own =
            [format!("--array={}{at_once}", ranges(tasks)), when_lost.to_owned(), self.output("%A_%a.txt")];
        self.sbatch(&own, &self.shard_script(offset))
    }

    /// Path of a job's output. Slurm takes `%` in a path for the beginning of a symbol.
    fn output(&self, file: &str) -> String {
        let logs = self.folder.join(LOGS).display().to_string().replace('%', "%%");
        format!("--output={logs}/{file}")
    }

    /// Submits a job that merges the shards once these jobs have ended well.
    pub fn submit_merge(
        &self,
        jobs: &[String],
        out: &Path,
        formats: Formats,
    ) -> Result<String, ExecuteError> {
        let out = std::path::absolute(out).map_err(DistributeError::read(out))?;
        let mut own = vec![self.output("merge-%j.txt")];
        if !jobs.is_empty() {
            own.push(format!("--dependency=afterok:{}", jobs.join(":")));
            own.push("--kill-on-invalid-dep=yes".to_owned());
        }
        let program = quoted(&self.slurm.program);
        let (out, folder) = (quoted(&out), quoted(&self.folder));
        let format: String = formats.as_arguments().iter().map(|word| format!("{word} ")).collect();
        self.sbatch(&own, &format!("#!/bin/sh\nexec {program} shard merge {format}--out {out} -- {folder}\n"))
    }

    fn shard_script(&self, offset: usize) -> String {
        let (program, folder) = (quoted(&self.slurm.program), quoted(&self.folder));
        format!(
            "#!/bin/sh\nexec {program} shard run --index $((SLURM_ARRAY_TASK_ID + {offset})) \
             --threads \"${{SLURM_CPUS_PER_TASK:-1}}\" -- {folder}\n"
        )
    }

    /// Hands a script in; gives the id of the job.
    fn sbatch(&self, own: &[String], script: &str) -> Result<String, ExecuteError> {
        let mut arguments =
            vec!["--parsable".to_owned(), format!("--job-name=cutline-{}", self.work.plan().batch)];
        arguments.extend(own.iter().cloned());
        arguments.extend(self.slurm.threads.map(|threads| format!("--cpus-per-task={threads}")));
        arguments.extend(self.slurm.partition.as_ref().map(|partition| format!("--partition={partition}")));
        arguments.extend(self.slurm.arguments.iter().cloned());
        let said = commands::call("sbatch", &arguments, script)?;
        // On clusters of clusters, the name of the cluster follows.
        let job = said.trim().split(';').next().unwrap_or_default();
        if job.is_empty() || !job.chars().all(|letter| letter.is_ascii_digit()) {
            return Err(ExecuteError::Unusable(format!("`sbatch` gave no job id, but said: {said}")));
        }
        Ok(job.to_owned())
    }
}

/// Shards as the tasks of arrays whose numbers stay below the limit: each with what is to be added to them.
fn arrays_of(shards: &[usize], most: usize) -> Vec<(usize, Vec<usize>)> {
    let mut arrays: Vec<(usize, Vec<usize>)> = Vec::new();
    for &shard in shards {
        let offset = shard / most * most;
        match arrays.last_mut() {
            Some((last, tasks)) if *last == offset => tasks.push(shard - offset),
            _ => arrays.push((offset, vec![shard - offset])),
        }
    }
    arrays
}

/// A path as the shell takes it.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_stay_within_the_limits_of_slurm() {
        let shards: Vec<usize> = (0..7).collect();
        assert_eq!(arrays_of(&shards, 1001), [(0, shards.clone())]);
        assert_eq!(arrays_of(&shards, 3), [(0, vec![0, 1, 2]), (3, vec![0, 1, 2]), (6, vec![0])]);
        assert_eq!(arrays_of(&[1, 8, 9], 4), [(0, vec![1]), (8, vec![0, 1])]);
    }

    #[test]
    fn paths_reach_the_program_as_they_are() {
        assert_eq!(quoted(Path::new("/data/it's $HOME")), r"'/data/it'\''s $HOME'");
    }
}
