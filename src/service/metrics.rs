//! Metrics for Prometheus: queue lengths, durations, failures.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::Method;
use serde::Deserialize;

use crate::output::FiguresFile;

use super::store::{BatchState, Ending, Step, Store, StoreError, TaskState};

/// Upper bounds of the buckets for times, in seconds.
const SECONDS: [f64; 12] = [0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0];
/// Upper bounds of the buckets for gaps, as shares.
const GAPS: [f64; 7] = [0.0, 0.0001, 0.001, 0.005, 0.01, 0.05, 0.2];

/// Counts of values by size.
#[derive(Clone, Debug, Default)]
struct Histogram {
    counts: Vec<u64>,
    sum: f64,
    total: u64,
}

impl Histogram {
    fn add(&mut self, value: f64, bounds: &[f64]) {
        self.counts.resize(bounds.len(), 0);
        for (count, bound) in self.counts.iter_mut().zip(bounds) {
            *count += u64::from(value <= *bound);
        }
        self.sum += value;
        self.total += 1;
    }

    fn write(&self, name: &str, labels: &str, bounds: &[f64], text: &mut String) {
        let comma = if labels.is_empty() { "" } else { "," };
        for (position, bound) in bounds.iter().enumerate() {
            let count = self.counts.get(position).copied().unwrap_or(0);
            let _ = writeln!(text, "{name}_bucket{{{labels}{comma}le=\"{bound}\"}} {count}");
        }
        let total = self.total;
        let _ = writeln!(text, "{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {total}");
        let braces = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        let _ = writeln!(text, "{name}_sum{braces} {}\n{name}_count{braces} {total}", self.sum);
    }
}

/// The record of a run, as far as its times are counted.
#[derive(Deserialize)]
struct RunFile {
    stages: Stages,
}

/// Wall times of stages.
#[derive(Deserialize)]
struct Stages {
    select_seconds: f64,
    simulate_seconds: f64,
}

/// Counters since the start of the service.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    counted: Mutex<Counted>,
    at_work: AtomicUsize,
}

#[derive(Debug, Default)]
struct Counted {
    requests: BTreeMap<(&'static str, String, u16), u64>,
    request_seconds: Histogram,
    refused: BTreeMap<u16, u64>,
    attempts: BTreeMap<(&'static str, &'static str), u64>,
    task_seconds: BTreeMap<&'static str, Histogram>,
    wait_seconds: Histogram,
    select_seconds: Histogram,
    simulate_seconds: Histogram,
    gaps: Histogram,
}

impl Metrics {
    fn with(&self, act: impl FnOnce(&mut Counted)) {
        // Poisoning is harmless: a thread that died left whole counters.
        act(&mut self.counted.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// A request was answered.
    pub fn request(&self, method: &Method, route: &str, status: u16, took: Duration) {
        self.with(|counted| {
            let key = (label_of(method), route.to_owned(), status);
            *counted.requests.entry(key).or_default() += 1;
            counted.request_seconds.add(took.as_secs_f64(), &SECONDS);
        });
    }

    /// A submission was refused.
    pub fn refused(&self, status: u16) {
        self.with(|counted| *counted.refused.entry(status).or_default() += 1);
    }

    /// Number of child processes at work.
    pub fn jobs(&self) -> usize {
        self.at_work.load(Ordering::Relaxed)
    }

    /// One more is at work.
    pub fn job_begins(&self) {
        self.at_work.fetch_add(1, Ordering::Relaxed);
    }

    /// One less is.
    pub fn job_ends(&self) {
        self.at_work.fetch_sub(1, Ordering::Relaxed);
    }

    /// Records the waiting time of a batch, in milliseconds.
    pub fn waited(&self, milliseconds: i64) {
        #[expect(clippy::cast_precision_loss, reason = "a wait fits into 53 bits")]
        self.with(|counted| counted.wait_seconds.add(milliseconds as f64 / 1000.0, &SECONDS));
    }

    /// A try ended.
    pub fn attempt(&self, step: Step, ending: &Ending, took: Duration) {
        self.with(|counted| {
            *counted.attempts.entry((step.as_str(), ending.outcome().as_str())).or_default() += 1;
            counted.task_seconds.entry(step.as_str()).or_default().add(took.as_secs_f64(), &SECONDS);
        });
    }

    /// Records a merged batch: the gaps of its options, and the durations in the record of its run.
    pub fn results(&self, figures: &FiguresFile, run_file: &Path) {
        let file = File::open(run_file).ok().map(BufReader::new);
        let run: Option<RunFile> = file.and_then(|file| serde_json::from_reader(file).ok());
        if let Some(RunFile { stages }) = run {
            self.with(|counted| {
                counted.select_seconds.add(stages.select_seconds, &SECONDS);
                counted.simulate_seconds.add(stages.simulate_seconds, &SECONDS);
            });
        }
        for place in 0..figures.scenarios() {
            let options = figures.options(place).unwrap_or_default();
            let gaps = options.iter().filter_map(|option| option.gap);
            self.with(|counted| gaps.for_each(|gap| counted.gaps.add(gap, &GAPS)));
        }
    }

    /// All of it, as Prometheus reads it.
    pub fn text(&self, store: &Store, quota: u64) -> Result<String, StoreError> {
        let counts = store.counts()?;
        let mut text = String::new();
        head(&mut text, "cutline_batches", "gauge", "Batches by state");
        for state in BatchState::ALL {
            let count = counts.batches.get(state).copied().unwrap_or(0);
            let _ = writeln!(text, "cutline_batches{{state=\"{state}\"}} {count}");
        }
        head(
            &mut text,
            "cutline_tasks",
            "gauge",
            "Tasks of unfinished batches by state; waiting is the depth of the queue",
        );
        for state in TaskState::ALL {
            let count = counts.tasks.get(state).copied().unwrap_or(0);
            let _ = writeln!(text, "cutline_tasks{{state=\"{state}\"}} {count}");
        }
        head(&mut text, "cutline_workers_busy", "gauge", "Child processes at work");
        let _ = writeln!(text, "cutline_workers_busy {}", self.jobs());
        head(&mut text, "cutline_stored_bytes", "gauge", "Bytes of inputs, results and the store");
        let _ = writeln!(text, "cutline_stored_bytes {}", store.stored_bytes()?);
        head(&mut text, "cutline_quota_bytes", "gauge", "Bytes that may be stored");
        let _ = writeln!(text, "cutline_quota_bytes {quota}");
        self.with(|counted| counted.write(&mut text));
        Ok(text)
    }
}

impl Counted {
    fn write(&self, text: &mut String) {
        head(text, "cutline_http_requests_total", "counter", "Requests answered");
        for ((method, route, status), count) in &self.requests {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            let _ = writeln!(text, "cutline_http_requests_total{{{labels}}} {count}");
        }
        head(text, "cutline_http_request_seconds", "histogram", "Time to the head of a response");
        self.request_seconds.write("cutline_http_request_seconds", "", &SECONDS, text);
        head(text, "cutline_submissions_refused_total", "counter", "Submissions refused, by status");
        for (status, count) in &self.refused {
            let _ = writeln!(text, "cutline_submissions_refused_total{{status=\"{status}\"}} {count}");
        }
        head(text, "cutline_attempts_total", "counter", "Tries at tasks, by how they ended");
        for ((step, outcome), count) in &self.attempts {
            let labels = format!("step=\"{step}\",outcome=\"{outcome}\"");
            let _ = writeln!(text, "cutline_attempts_total{{{labels}}} {count}");
        }
        head(text, "cutline_task_seconds", "histogram", "Wall time of tries at tasks");
        for (step, histogram) in &self.task_seconds {
            histogram.write("cutline_task_seconds", &format!("step=\"{step}\""), &SECONDS, text);
        }
        let histograms = [
            ("cutline_wait_seconds", "From submission to the first task", &self.wait_seconds, &SECONDS[..]),
            ("cutline_select_seconds", "Selecting, per batch", &self.select_seconds, &SECONDS),
            ("cutline_simulate_seconds", "Simulating, per batch", &self.simulate_seconds, &SECONDS),
            ("cutline_gap", "Gaps of options, as shares", &self.gaps, &GAPS),
        ];
        for (name, help, histogram, bounds) in histograms {
            head(text, name, "histogram", help);
            histogram.write(name, "", bounds, text);
        }
    }
}

/// Label of a method. Clients may invent any, and each label is kept for ever: unknown ones are `OTHER`.
fn label_of(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("OTHER")
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}.\n# TYPE {name} {kind}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_clients_invent_are_counted_as_one() {
        let invented = Method::from_bytes(b"BREW").unwrap();
        assert_eq!([&Method::PATCH, &invented].map(label_of), ["PATCH", "OTHER"]);
    }

    #[test]
    fn buckets_hold_all_that_is_smaller() {
        let mut histogram = Histogram::default();
        [0.5, 2.0, 9.0].iter().for_each(|value| histogram.add(*value, &[1.0, 5.0]));
        let mut text = String::new();
        histogram.write("x", "step=\"run\"", &[1.0, 5.0], &mut text);
        let expected = "x_bucket{step=\"run\",le=\"1\"} 1\nx_bucket{step=\"run\",le=\"5\"} 2\n\
            x_bucket{step=\"run\",le=\"+Inf\"} 3\nx_sum{step=\"run\"} 11.5\nx_count{step=\"run\"} 3\n";
        assert_eq!(text, expected);
    }
}
