//! The batch service as its users meet it: the built program on a free port of this machine, asked over HTTP.
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![cfg(all(feature = "serve", target_os = "linux"))]

#[path = "common/axe.rs"]
mod axe;
#[path = "common/book.rs"]
mod book;
#[path = "common/slurm.rs"]
mod cluster;
#[path = "common/dice.rs"]
mod dice;
#[path = "common/program.rs"]
mod program;
#[path = "service/server.rs"]
mod server;

#[path = "service/access.rs"]
mod access;
#[path = "service/accessible.rs"]
mod accessible;
#[path = "service/connections.rs"]
mod connections;
#[path = "service/crash.rs"]
mod crash;
#[path = "service/hostile.rs"]
mod hostile;
#[path = "service/interface.rs"]
mod interface;
#[path = "service/keeping.rs"]
mod keeping;
#[path = "service/large.rs"]
mod large;
#[path = "service/life.rs"]
mod life;
#[path = "service/operations.rs"]
mod operations;
#[path = "service/page.rs"]
mod page;
#[path = "service/slurm.rs"]
mod slurm;
#[path = "service/workbook.rs"]
mod workbook;
