//! Scenarios of a batch: waiting, being searched, searched.

use rusqlite::Transaction;
use serde_json::json;

use super::states::{EventKind, ScenarioState};
use super::{Store, StoreError, events};

/// What the search of a scenario told before its results are there; each is `None` where it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::service) struct Searched {
    /// Wall time.
    pub seconds: Option<f64>,
    /// The objective of the best option, as planned.
    pub objective: Option<f64>,
    /// Number of its projects.
    pub projects: Option<i64>,
}

impl Store {
    /// Notes that a scenario is being searched.
    pub fn scenario_begun(&self, batch: &str, name: &str) -> Result<(), StoreError> {
        let is_news = self.write(|store| {
            let changed = store
                .prepare_cached(
                    "UPDATE scenarios SET status = ?3 WHERE batch = ?1 AND name = ?2 AND status = ?4",
                )?
                .execute((batch, name, ScenarioState::Running, ScenarioState::Waiting))?;
            if changed == 1 {
                events::add(store, batch, EventKind::Begun, &json!({ "scenario": name }))?;
            }
            Ok(changed == 1)
        })?;
        if is_news {
            self.tell(batch);
        }
        Ok(())
    }

    /// Notes that scenarios are no longer being searched, as their process has ended.
    pub fn scenarios_wait(&self, batch: &str, names: &[String]) -> Result<(), StoreError> {
        if names.is_empty() {
            return Ok(());
        }
        self.write(|store| {
            let mut statement = store.prepare_cached(
                "UPDATE scenarios SET status = ?3 WHERE batch = ?1 AND name = ?2 AND status = ?4",
            )?;
            for name in names {
                statement.execute((batch, name, ScenarioState::Waiting, ScenarioState::Running))?;
            }
            Ok(())
        })
    }

    /// Stores the result of a scenario; the same result of another attempt is no new event.
    pub fn scenario_done(
        &self,
        batch: &str,
        name: &str,
        status: ScenarioState,
        searched: &Searched,
    ) -> Result<(), StoreError> {
        let is_news = self.write(|store| set(store, batch, name, status, searched))?;
        if is_news {
            self.tell(batch);
        }
        Ok(())
    }
}

/// Stores the result of a scenario unless it is known; returns whether it is new.
pub(super) fn set(
    store: &Transaction<'_>,
    batch: &str,
    name: &str,
    status: ScenarioState,
    searched: &Searched,
) -> Result<bool, StoreError> {
    let changed = store
        .prepare_cached(
            "UPDATE scenarios SET status = ?3, seconds = ?4, objective = ?7, projects = ?8
             WHERE batch = ?1 AND name = ?2 AND status IN (?5, ?6) AND status <> ?3",
        )?
        .execute((
            batch,
            name,
            status,
            searched.seconds,
            ScenarioState::Waiting,
            ScenarioState::Running,
            searched.objective,
            searched.projects,
        ))?;
    if changed == 1 {
        let Searched { seconds, objective, projects } = searched;
        let data = json!({ "scenario": name, "status": status, "seconds": seconds, "objective": objective,
            "projects": projects });
        events::add(store, batch, EventKind::Scenario, &data)?;
    }
    Ok(changed == 1)
}
