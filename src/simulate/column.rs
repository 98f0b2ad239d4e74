//! Numbers in a row that begins where a line of the cache does.

use std::ops::{Deref, DerefMut};

/// Bytes of a cache line, and of the widest vector: one that straddles two lines takes twice as long to load.
const LINE: usize = 64;
/// Numbers in a line.
const IN_LINE: usize = LINE / size_of::<f64>();

/// A number per trial.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// The numbers, after as many as lie before the first line.
    numbers: Vec<f64>,
    start: usize,
}

impl Column {
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

impl Deref for Column {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.numbers[self.start..]
    }
}

impl DerefMut for Column {
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.numbers[self.start..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_any_length_begin_a_line() {
        let mut again = Column::default();
        for length in [0, 1, 7, 8, 9, 1_000, 10] {
            assert_eq!(*Column::zeros(length), vec![0.0; length]);
            again.resize(length);
            assert_eq!(again.len(), length);
            assert_eq!(again.as_ptr().addr() % LINE, 0);
        }
    }
}
