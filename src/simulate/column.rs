//! What the samples hold for one random quantity: something per trial.

use std::ops::{Deref, DerefMut};

/// Bytes of a cache line, and of the widest vector: one that straddles two lines takes twice as long to load.
const LINE: usize = 64;
/// Numbers in a line.
const IN_LINE: usize = LINE / size_of::<f64>();

/// Something per trial.
#[derive(Clone, Debug)]
pub enum Column {
    /// A number.
    Numbers(Numbers),
    /// 1 or 0, in an eighth of the memory: evaluation waits for memory more than for sums.
    Flags(Vec<u8>),
}

impl Column {
    /// What it holds, to be read.
    pub fn view(&self) -> View<'_> {
        match self {
            Self::Numbers(numbers) => View::Numbers(numbers),
            Self::Flags(flags) => View::Flags(flags),
        }
    }
}

/// Something per trial, to be read.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A number.
    Numbers(&'a [f64]),
    /// 1 or 0.
    Flags(&'a [u8]),
}

/// Numbers in a row that begins where a line of the cache does.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// The numbers, after as many as lie before the first line.
    numbers: Vec<f64>,
    start: usize,
}

impl Numbers {
    /// Zeros.
    pub fn zeros(length: usize) -> Self {
        // Not by growing: what the system hands over is zero already.
        Self::within(vec![0.0; length + IN_LINE - 1], length)
    }

    /// Makes room for some numbers. What they are is not said.
    pub fn resize(&mut self, length: usize) {
        if self.len() != length {
            let mut numbers = std::mem::take(&mut self.numbers);
            numbers.resize(length + IN_LINE - 1, 0.0);
            *self = Self::within(numbers, length);
        }
    }

    fn within(mut numbers: Vec<f64>, length: usize) -> Self {
        // No alignment is promised: then the numbers are the same, and only slower to load.
        let start = numbers.as_ptr().align_offset(LINE).min(IN_LINE - 1);
        numbers.truncate(start + length);
        Self { numbers, start }
    }
}

impl Deref for Numbers {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.numbers[self.start..]
    }
}

impl DerefMut for Numbers {
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.numbers[self.start..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_any_length_begin_a_line() {
        let mut again = Numbers::default();
        for length in [1, 7, 8, 9, 1_000, 10, 0] {
            assert_eq!(*Numbers::zeros(length), vec![0.0; length]);
            again.resize(length);
            assert_eq!(again.len(), length);
            assert_eq!(again.as_ptr().addr() % LINE, 0);
        }
    }
}
