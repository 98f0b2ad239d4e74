//! Points of the Sobol sequence, dimension by dimension.

use std::sync::OnceLock;

/// Direction numbers of Joe and Kuo (2008).
const DIRECTION_NUMBERS: &str = include_str!("joe_kuo_6.txt");

/// Number of dimensions that have direction numbers.
pub const DIMENSIONS: usize = 1_111;

/// The primitive polynomial of a dimension, and its first direction numbers, as many as the degree.
#[derive(Debug)]
struct Dimension {
    polynomial: u32,
    numbers: Vec<u32>,
}

/// The dimensions from the second on.
fn dimensions() -> &'static [Dimension] {
    static ALL: OnceLock<Vec<Dimension>> = OnceLock::new();
    ALL.get_or_init(|| {
        let lines = DIRECTION_NUMBERS.lines().filter(|line| !line.starts_with('#'));
        let dimension = |line: &str| {
            let mut words = line.split(' ').map(|word| word.parse().unwrap_or_default());
            Dimension { polynomial: words.next().unwrap_or_default(), numbers: words.collect() }
        };
        lines.map(dimension).collect()
    })
}

/// The first 2^`bits` points in one dimension (from 0, below [`DIMENSIONS`]), as whole numbers below 2^`bits`: each of
/// these once. They come in the order of the Gray code (Antonov and Saleev 1979), which changes no net.
pub fn points(dimension: usize, bits: u32) -> Vec<u32> {
    let directions = directions(dimension, bits);
    let mut point = 0;
    let mut points = Vec::with_capacity(1 << bits);
    points.push(point);
    for number in 1_u32..1 << bits {
        point ^= directions[number.trailing_zeros() as usize];
        points.push(point);
    }
    points
}

/// The direction numbers of a dimension, scaled to whole numbers below 2^`bits` (Bratley and Fox 1988).
fn directions(dimension: usize, bits: u32) -> Vec<u32> {
    let Some(Dimension { polynomial, numbers }) =
        dimension.checked_sub(1).and_then(|place| dimensions().get(place))
    else {
        // The first dimension is the sequence of van der Corput.
        return (0..bits).map(|bit| 1 << (bits - 1 - bit)).collect();
    };
    let degree = numbers.len();
    let mut all = numbers.clone();
    for next in degree..bits as usize {
        let mut number = all[next - degree] ^ all[next - degree] << degree;
        for back in 1..degree {
            if polynomial >> (degree - 1 - back) & 1 == 1 {
                number ^= all[next - back] << back;
            }
        }
        all.push(number);
    }
    (0..bits).zip(all).map(|(bit, number)| number << (bits - 1 - bit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dimension_has_sound_direction_numbers() {
        assert_eq!(dimensions().len() + 1, DIMENSIONS);
        for dimension in dimensions() {
            assert!((1..=13).contains(&dimension.numbers.len()));
            for (bit, number) in dimension.numbers.iter().enumerate() {
                assert!(number % 2 == 1 && *number < 2 << bit, "{dimension:?}");
            }
        }
    }

    #[test]
    fn the_first_points_are_those_of_the_literature() {
        // Joe and Kuo's own program prints 0, 0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125 in the first dimension.
        assert_eq!(points(0, 3), [0, 4, 6, 2, 3, 7, 5, 1]);
        assert_eq!(points(1, 3), [0, 4, 2, 6, 3, 7, 1, 5]);
        assert_eq!(points(2, 3), [0, 4, 2, 6, 5, 1, 7, 3]);
    }

    #[test]
    fn every_dimension_is_stratified_and_the_first_two_are_a_net() {
        for dimension in [0, 1, 2, 17, 400, DIMENSIONS - 1] {
            let mut points = points(dimension, 10);
            points.sort_unstable();
            assert!(points.into_iter().eq(0..1_024));
        }
        // A (0, 8, 2)-net: each box of area 2^−8 holds one point, whatever its shape.
        let (first, second) = (points(0, 8), points(1, 8));
        for bits in 0..=8 {
            let place = |(x, y): (&u32, &u32)| (x >> (8 - bits)) << (8 - bits) | y >> bits;
            let mut boxes: Vec<u32> = first.iter().zip(&second).map(place).collect();
            boxes.sort_unstable();
            assert!(boxes.into_iter().eq(0..256), "{bits}");
        }
    }
}
