//! Recomputes the results of a batch from its input tables, without a solver and without the engine's formulas, and
//! names every cell that differs and every rule that a selection breaks.
//!
//! The portfolio and the batch are read as for a run, as reading is no formula. All that is made of them here is this
//! room's own: a plain reading, project by project and period by period, slow where the engine is fast. It knows
//! neither `finance` nor `optimise`; of `simulate` it takes the drawn samples, which are data, and nothing else.

mod accounts;
mod across;
mod attribution;
mod baseline;
mod cases;
mod compare;
mod confidence;
mod context;
mod contingency;
mod contributions;
mod figure;
mod funding;
mod futures;
mod groups;
mod key_results;
mod left_out;
mod objectives;
mod options;
mod others;
mod pairs;
mod payers;
mod periods;
mod priorities;
mod reading;
mod report;
mod reserves;
mod risk;
mod robust;
mod room;
mod rules;
mod scenarios;
mod selection;
mod sheet;
mod shrinkage;
mod simulated;
mod statistics;
mod sums;
mod tables;
mod vertices;
mod weight_table;
mod weights;

pub use report::{BrokenRule, Difference, LeftOut, Report, TableCount};
pub use tables::{Question, check};
