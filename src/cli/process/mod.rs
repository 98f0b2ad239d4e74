//! The process and those beside it: interrupts, the parent that started it, events for programs.

pub mod child;
pub mod events;
pub mod interrupt;
