//! The sample matrix: one column per random quantity, one value per trial.

use crate::simulate::kernel::aligned_buffer::{IN_LINE, Numbers};
use crate::simulate::kernel::view::View;

/// Columns of one length: numbers, and flags in an eighth of the memory, as evaluation waits for memory more than for
/// sums. All numbers lie in one piece, which is what a system with large pages needs to use them.
#[derive(Clone, Debug)]
pub struct Columns {
    length: usize,
    /// Numbers from the beginning of a column to that of the next.
    stride: usize,
    places: Vec<Place>,
    numbers: Numbers,
    flags: Vec<u8>,
}

/// Place of a column: its number among those of its type.
#[derive(Clone, Copy, Debug)]
enum Place {
    Numbers(usize),
    Flags(usize),
    /// It is not there.
    Nowhere,
}

/// Layout of the columns.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    places: Vec<Place>,
    numbers: usize,
    flags: usize,
}

impl Layout {
    /// Adds a column of numbers; returns its position.
    pub fn add_numbers(&mut self) -> usize {
        self.numbers += 1;
        self.add(Place::Numbers(self.numbers - 1))
    }

    /// Adds a column of flags; returns its position.
    pub fn add_flags(&mut self) -> usize {
        self.flags += 1;
        self.add(Place::Flags(self.flags - 1))
    }

    /// Adds a column that is not there, so that those after it have their positions; returns its own.
    pub fn leave_out(&mut self) -> usize {
        self.add(Place::Nowhere)
    }

    /// Number of columns so far.
    pub fn columns(&self) -> usize {
        self.places.len()
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
        // Each column of numbers begins a cache line.
        let stride = length.next_multiple_of(IN_LINE);
        let (numbers, flags) = (Numbers::zeros(numbers * stride), vec![0; flags * stride]);
        Self { length, stride, places, numbers, flags }
    }

    /// Makes all columns as long as this, which is at most what they were made for.
    pub fn shorten(&mut self, length: usize) {
        self.length = length.min(self.stride);
    }

    /// The values of a column; none of one that was left out.
    pub fn view(&self, column: usize) -> View<'_> {
        match self.places[column] {
            Place::Numbers(row) => View::Numbers(&self.numbers[row * self.stride..][..self.length]),
            Place::Flags(row) => View::Flags(&self.flags[row * self.stride..][..self.length]),
            Place::Nowhere => View::Numbers(&[]),
        }
    }

    /// Buffers for the first columns of numbers and of flags, this number of each.
    pub fn room(&mut self, [numbers, flags]: [usize; 2]) -> Room<'_> {
        let (length, stride) = (self.length, self.stride);
        Room {
            numbers: InColumns::cut(&mut &mut self.numbers[..], numbers, stride, length),
            flags: InColumns::cut(&mut &mut self.flags[..], flags, stride, length),
        }
    }

    /// Buffers for this number of columns of numbers and of flags at a time, in the order in which they were laid out.
    pub fn rooms(&mut self, counts: impl Iterator<Item = [usize; 2]>) -> Vec<Room<'_>> {
        let (length, stride) = (self.length, self.stride);
        let (mut numbers, mut flags) = (&mut self.numbers[..], &mut self.flags[..]);
        let room = |[number_count, flag_count]: [usize; 2]| Room {
            numbers: InColumns::cut(&mut numbers, number_count, stride, length),
            flags: InColumns::cut(&mut flags, flag_count, stride, length),
        };
        counts.map(room).collect()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_hold_what_is_written_into_their_room() {
        for length in [1, 8, 13] {
            let mut layout = Layout::default();
            let laid_out =
                [layout.add_flags(), layout.add_numbers(), layout.add_numbers(), layout.add_flags()];
            assert_eq!(laid_out, [0, 1, 2, 3]);
            let mut columns = Columns::new(layout, length);
            let mut rooms = columns.rooms([[1, 1], [0, 0], [1, 1]].into_iter());
            for (number, room) in (1..).zip(&mut rooms).filter(|(number, _)| number != &2) {
                room.numbers.next_column().fill(f64::from(number));
                room.flags.next_column().fill(number);
            }
            for (column, number) in [(0, None), (1, Some(1.0)), (2, Some(3.0)), (3, None)] {
                match (columns.view(column), number) {
                    (View::Numbers(numbers), Some(number)) => assert_eq!(numbers, vec![number; length]),
                    (View::Flags(flags), None) => {
                        assert_eq!(flags, vec![if column == 0 { 1 } else { 3 }; length])
                    }
                    (view, _) => panic!("{column}: {view:?}"),
                }
            }
            columns.shorten(length - 1);
            let lengths = (0..4).map(|column| match columns.view(column) {
                View::Numbers(numbers) => numbers.len(),
                View::Flags(flags) => flags.len(),
            });
            assert!(lengths.eq([length - 1; 4]));
        }
    }
}
