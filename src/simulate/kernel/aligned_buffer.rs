//! Many numbers, where vectors load them fast.

use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

/// Bytes of a cache line, and of the widest vector: one that straddles two lines takes twice as long to load.
const LINE: usize = 64;
/// Numbers in a line.
pub const IN_LINE: usize = LINE / size_of::<f64>();

/// Numbers in a row that begins where a line of the cache does.
#[derive(Debug, Default)]
pub struct Numbers {
    memory: Memory,
    /// Numbers before the first aligned line.
    start: usize,
}

#[derive(Debug)]
enum Memory {
    Heap(Vec<f64>),
    /// A mapping of its own, in huge pages if the system has them.
    Pages(MmapMut),
}

/// Size in bytes from which numbers get a mapping of their own: two huge pages of the usual size. Ordinary pages would
/// number thousands, and faulting each of them in takes longer than filling it.
const LARGE: usize = 4 << 20;

impl Numbers {
    /// Zeros.
    pub fn zeros(length: usize) -> Self {
        let bytes = length * size_of::<f64>();
        let large = (bytes >= LARGE).then(|| pages(bytes)).flatten();
        // Not by growing: fresh memory of the system is zero already.
        large.unwrap_or_else(|| Self::within(vec![0.0; length + IN_LINE - 1], length))
    }

    /// Makes room for some numbers. What they are is not said.
    pub fn resize(&mut self, length: usize) {
        if self.len() != length {
            let mut numbers = match std::mem::take(&mut self.memory) {
                Memory::Heap(numbers) => numbers,
                Memory::Pages(_) => Vec::new(),
            };
            numbers.resize(length + IN_LINE - 1, 0.0);
            *self = Self::within(numbers, length);
        }
    }

    fn within(mut numbers: Vec<f64>, length: usize) -> Self {
        // No alignment is promised: then the numbers are the same, and only slower to load.
        let start = numbers.as_ptr().align_offset(LINE).min(IN_LINE - 1);
        numbers.truncate(start + length);
        Self { memory: Memory::Heap(numbers), start }
    }
}

/// Zeros in pages of their own; `None` if the system has no such thing.
fn pages(bytes: usize) -> Option<Numbers> {
    let pages = MmapMut::map_anon(bytes).ok()?;
    // Without large pages it works as well.
    #[cfg(target_os = "linux")]
    let _ = pages.advise(memmap2::Advice::HugePage);
    Some(Numbers { memory: Memory::Pages(pages), start: 0 })
}

impl Default for Memory {
    fn default() -> Self {
        Self::Heap(Vec::new())
    }
}

impl Clone for Numbers {
    fn clone(&self) -> Self {
        let mut copy = Self::zeros(self.len());
        copy.copy_from_slice(self);
        copy
    }
}

impl Deref for Numbers {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        match &self.memory {
            Memory::Heap(numbers) => &numbers[self.start..],
            Memory::Pages(pages) => bytemuck::cast_slice(pages),
        }
    }
}

impl DerefMut for Numbers {
    fn deref_mut(&mut self) -> &mut [f64] {
        match &mut self.memory {
            Memory::Heap(numbers) => &mut numbers[self.start..],
            Memory::Pages(pages) => bytemuck::cast_slice_mut(pages),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_any_length_begin_a_line() {
        let mut again = Numbers::default();
        for length in [1, 7, 8, 9, 1_000, LARGE / 8 + 3, 10, 0] {
            let mut zeros = Numbers::zeros(length);
            assert_eq!((&*zeros, zeros.as_ptr().addr() % LINE), (&*vec![0.0; length], 0));
            zeros.fill(1.5);
            assert_eq!(*zeros.clone(), vec![1.5; length]);
            again.resize(length);
            assert_eq!(again.len(), length);
            assert_eq!(again.as_ptr().addr() % LINE, 0);
        }
    }
}
