//! A column of trials, to be read.

/// Something per trial, to be read.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A number.
    Numbers(&'a [f64]),
    /// 1 or 0.
    Flags(&'a [u8]),
}
