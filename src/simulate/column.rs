//! What the samples hold: for each random quantity something per trial.

use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

/// Bytes of a cache line, and of the widest vector: one that straddles two lines takes twice as long to load.
const LINE: usize = 64;
/// Numbers in a line.
const IN_LINE: usize = LINE / size_of::<f64>();

/// Something per trial, to be read.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A number.
    Numbers(&'a [f64]),
    /// 1 or 0.
    Flags(&'a [u8]),
}

/// Columns of one length: numbers, and flags in an eighth of the memory, as evaluation waits for memory more than for
/// sums. All numbers lie in one piece, which is what a system with large pages needs to use them.
#[derive(Clone, Debug)]
pub struct Columns {
    length: usize,
    places: Vec<Place>,
    numbers: Numbers,
    flags: Vec<u8>,
}

/// Where a column is: how many of its sort lie before it.
#[derive(Clone, Copy, Debug)]
enum Place {
    Numbers(usize),
    Flags(usize),
}

/// What columns there are to be.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    places: Vec<Place>,
    numbers: usize,
    flags: usize,
}

impl Layout {
    /// Adds a column of numbers; tells its position.
    pub fn add_numbers(&mut self) -> usize {
        self.numbers += 1;
        self.add(Place::Numbers(self.numbers - 1))
    }

    /// Adds a column of flags; tells its position.
    pub fn add_flags(&mut self) -> usize {
        self.flags += 1;
        self.add(Place::Flags(self.flags - 1))
    }

    fn add(&mut self, place: Place) -> usize {
        self.places.push(place);
        self.places.len() - 1
    }
}

impl Columns {
    /// Columns that hold nothing yet, each of one length.
    pub fn new(layout: Layout, length: usize) -> Self {
        let Layout { places, numbers, flags } = layout;
        let numbers = Numbers::zeros(numbers * stride(length));
        Self { length, places, numbers, flags: vec![0; flags * length] }
    }

    /// What a column holds, to be read.
    pub fn view(&self, column: usize) -> View<'_> {
        match self.places[column] {
            Place::Numbers(row) => View::Numbers(&self.numbers[row * stride(self.length)..][..self.length]),
            Place::Flags(row) => View::Flags(&self.flags[row * self.length..][..self.length]),
        }
    }

    /// Room for so many columns of numbers and of flags at a time, in the order in which they were laid out.
    pub fn rooms(&mut self, counts: impl Iterator<Item = [usize; 2]>) -> Vec<Room<'_>> {
        let length = self.length;
        let (mut numbers, mut flags) = (&mut self.numbers[..], &mut self.flags[..]);
        let room = |[number_count, flag_count]: [usize; 2]| Room {
            numbers: InColumns::cut(&mut numbers, number_count, stride(length), length),
            flags: InColumns::cut(&mut flags, flag_count, length, length),
        };
        counts.map(room).collect()
    }
}

/// From one column of numbers to the next: each begins a line.
fn stride(length: usize) -> usize {
    length.next_multiple_of(IN_LINE)
}

/// Room to write some columns into.
#[derive(Debug)]
pub struct Room<'a> {
    /// For columns of numbers.
    pub numbers: InColumns<'a, f64>,
    /// For columns of flags: 1 or 0.
    pub flags: InColumns<'a, u8>,
}

/// Columns of one sort, one after the other.
#[derive(Debug)]
pub struct InColumns<'a, T> {
    rest: &'a mut [T],
    stride: usize,
    length: usize,
}

impl<'a, T> InColumns<'a, T> {
    fn cut(rest: &mut &'a mut [T], columns: usize, stride: usize, length: usize) -> Self {
        let (here, after) = std::mem::take(rest).split_at_mut(columns * stride);
        *rest = after;
        Self { rest: here, stride, length }
    }

    /// The next of the columns. There must be one.
    pub fn next_column(&mut self) -> &'a mut [T] {
        let (here, after) = std::mem::take(&mut self.rest).split_at_mut(self.stride);
        self.rest = after;
        &mut here[..self.length]
    }
}

/// Numbers in a row that begins where a line of the cache does.
#[derive(Debug, Default)]
pub struct Numbers {
    memory: Memory,
    /// How many lie before the first line.
    start: usize,
}

#[derive(Debug)]
enum Memory {
    Heap(Vec<f64>),
    /// Of its own, in large pages if the system has them.
    Pages(MmapMut),
}

/// From so many bytes on numbers have pages of their own: two of the size that is usual for large ones. Of ordinary ones
/// there would be thousands, and to be handed each of them takes longer than to fill it.
const LARGE: usize = 4 << 20;

impl Numbers {
    /// Zeros.
    pub fn zeros(length: usize) -> Self {
        let bytes = length * size_of::<f64>();
        let large = (bytes >= LARGE).then(|| pages(bytes)).flatten();
        // Not by growing: what the system hands over is zero already.
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
