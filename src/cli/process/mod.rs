//! The process and those beside it: interrupts, the parent that started it, events for programs, files that
//! a command writes.

pub mod child;
pub mod events;
pub mod interrupt;
pub mod whole_file;
