//! Batches of one shard: one child process does all of it, as three would spend most of their time on starting.

use crate::service::Service;
use crate::service::store::{Attempt, Step};

use super::folders::has_plan;

/// True if one child plans, runs and merges a batch of one shard. A cluster runs shards of planned batches only.
pub(super) fn does_one_shard_whole(service: &Service) -> bool {
    service.settings.slurm.is_none()
}

/// True if the child of an attempt plans, runs and merges the whole batch, or merges what such a child had finished.
pub(super) fn is_whole(service: &Service, attempt: &Attempt) -> bool {
    if attempt.is_of_part() {
        return attempt.shards == 1 && !has_plan(service, &attempt.batch);
    }
    let is_only = attempt.step == Step::Run && attempt.shard().is_some() && attempt.shards == 1;
    is_only && does_one_shard_whole(service)
}
