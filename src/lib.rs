//! Cutline picks which projects an organisation should fund.
//!
//! It reads a portfolio and a batch of scenarios ([`input`]), solves budget- and capacity-constrained
//! selection for each ([`optimise`]), simulates the risk of every option over the same random futures
//! ([`simulate`]), ranks the options ([`rank`]) and writes tables ([`output`]); [`engine`] runs it all.

/// Unit tests use files of `tests/`, which know the library by its name.
#[cfg(test)]
extern crate self as cutline;

pub mod check;
pub mod cli;
pub mod control;
pub mod diagnostic;
pub mod distribute;
pub mod domain;
pub mod engine;
pub mod finance;
pub mod ids;
pub mod import;
pub mod input;
pub mod optimise;
pub mod output;
pub mod progress;
pub mod rank;
pub mod replay;
#[cfg(feature = "serve")]
pub mod service;
pub mod simulate;
pub mod template;
pub mod units;
mod vector;

#[cfg(all(feature = "serve", not(unix)))]
compile_error!("the service needs a Unix system: build with --no-default-features");
