//! Matrices of correlations: which are those of any variables at all, and which of these is the nearest to one that is not.

/// Pivots up to this are 0: what a variable adds to those before it is lost in rounding.
const NO_PIVOT: f64 = 1e-12;
/// How far below 0 rounding may take a pivot of 0.
const ROUNDING: f64 = 1e-10;
/// Largest entry below a pivot of 0 that is rounding.
const NO_ENTRY: f64 = 1e-6;
/// The shortest part of a variable that does not follow from those before it.
const NO_PART: f64 = 1e-7;
/// How near to 1 the diagonal of the nearest matrix has to come before it is scaled to 1.
const CLOSE: f64 = 1e-12;
/// Most steps towards the nearest matrix. Whatever is reached by then is a valid matrix, too.
const MOST_STEPS: usize = 2_000;
/// Most sweeps over all pairs; about eight make a matrix diagonal.
const MOST_SWEEPS: usize = 60;

/// The lower Cholesky factor of a symmetric matrix; `None` if it has a negative eigenvalue, to about six digits of its entries. A
/// variable that follows from those before it has a column of zeros.
pub fn cholesky(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let size = matrix.len();
    let mut factor = vec![vec![0.0; size]; size];
    for row in 0..size {
        for column in 0..=row {
            let known: f64 = (0..column).map(|at| factor[row][at] * factor[column][at]).sum();
            let rest = matrix[row][column] - known;
            factor[row][column] = if row != column {
                match factor[column][column] {
                    0.0 if rest.abs() <= NO_ENTRY => 0.0,
                    0.0 => return None,
                    pivot => rest / pivot,
                }
            } else if rest > NO_PIVOT {
                rest.sqrt()
            } else if rest > -ROUNDING {
                0.0
            } else {
                return None;
            };
        }
    }
    Some(factor)
}

/// The correlation matrix that is the nearest to a symmetric matrix with a diagonal of ones, in the Frobenius norm.
///
/// Alternating projections on the matrices without negative eigenvalues and on those with a diagonal of ones, with Dykstra's
/// correction (Higham 2002, Computing the nearest correlation matrix, algorithm 3.3). The second set is affine, so that all
/// corrections come to a diagonal that is added to the matrix, and a step to one of steepest descent on the dual problem (Malick
/// 2004); steps are accelerated (Nesterov 1983), afresh where that leads uphill (O'Donoghue and Candès 2015).
pub fn nearest_correlation_matrix(matrix: &[Vec<f64>]) -> NearestMatrix {
    let size = matrix.len();
    let mut eigen = Eigen::identity(size);
    let (mut at, mut ahead, mut pace) = (vec![0.0; size], vec![0.0; size], 1.0_f64);
    for _ in 0..MOST_STEPS {
        eigen.follow(matrix, &ahead);
        let gap: Vec<f64> = (0..size).map(|place| eigen.projected(place, place) - 1.0).collect();
        if gap.iter().all(|gap| gap.abs() <= CLOSE) {
            break;
        }
        let next: Vec<f64> = ahead.iter().zip(&gap).map(|(ahead, gap)| ahead - gap).collect();
        let uphill: f64 =
            gap.iter().zip(next.iter().zip(&at)).map(|(gap, (next, at))| gap * (next - at)).sum();
        if uphill > 0.0 {
            pace = 1.0;
        }
        let faster = 0.5 * (1.0 + (1.0 + 4.0 * pace * pace).sqrt());
        let momentum = (pace - 1.0) / faster;
        ahead = next.iter().zip(&at).map(|(next, at)| next + momentum * (next - at)).collect();
        (at, pace) = (next, faster);
    }
    eigen.nearest()
}

/// A correlation matrix, and how variables with it are made of independent ones.
#[derive(Clone, Debug, PartialEq)]
pub struct NearestMatrix {
    /// The matrix.
    pub matrix: Vec<Vec<f64>>,
    /// Its lower Cholesky factor. A variable that follows from those before it has a column of zeros.
    pub factor: Vec<Vec<f64>>,
}

/// Eigenvalues and eigenvectors of a symmetric matrix.
struct Eigen {
    values: Vec<f64>,
    /// A row each, of length 1.
    vectors: Vec<Vec<f64>>,
}

impl Eigen {
    fn identity(size: usize) -> Self {
        let unit = |row: usize| (0..size).map(|column| f64::from(u8::from(row == column))).collect();
        Self { values: vec![1.0; size], vectors: (0..size).map(unit).collect() }
    }

    /// Those of a matrix with a diagonal added to it, beginning with those of a matrix that is near to it: they make it nearly
    /// diagonal, and rotations of pairs do the rest (Jacobi 1846; Golub and Van Loan 2013, algorithm 8.5.2).
    fn follow(&mut self, matrix: &[Vec<f64>], diagonal: &[f64]) {
        let size = matrix.len();
        let turned = |vector: &Vec<f64>| -> Vec<f64> {
            let entry = |place: usize| product(&matrix[place], vector) + diagonal[place] * vector[place];
            (0..size).map(entry).collect()
        };
        let turned: Vec<Vec<f64>> = self.vectors.iter().map(turned).collect();
        let mut rest: Vec<Vec<f64>> = self
            .vectors
            .iter()
            .map(|vector| turned.iter().map(|other| product(vector, other)).collect())
            .collect();
        for _ in 0..MOST_SWEEPS {
            let size_of = |place: usize| rest[place][place].abs();
            let largest = (0..size).map(size_of).fold(0.0, f64::max);
            let mut is_diagonal = true;
            for one in 0..size {
                for other in one + 1..size {
                    if rest[one][other].abs() > 1e-16 * largest {
                        is_diagonal = false;
                        rotate(&mut rest, &mut self.vectors, one, other);
                    }
                }
            }
            if is_diagonal {
                break;
            }
        }
        self.values = (0..size).map(|place| rest[place][place]).collect();
    }

    /// An entry of the nearest matrix without negative eigenvalues.
    fn projected(&self, row: usize, column: usize) -> f64 {
        let parts = self.values.iter().zip(&self.vectors);
        parts.map(|(value, vector)| value.max(0.0) * vector[row] * vector[column]).sum()
    }

    /// The nearest matrix without negative eigenvalues, scaled to a diagonal of ones. It is singular, mostly by far, so that its
    /// factor is taken from its root: each variable is a column of it, and its parts are told along those before it (the QR
    /// factorisation by modified Gram–Schmidt; Björck 1967).
    fn nearest(&self) -> NearestMatrix {
        let size = self.values.len();
        let root = |place: usize| {
            let parts = self.values.iter().zip(&self.vectors);
            of_length_one(parts.map(|(value, vector)| value.max(0.0).sqrt() * vector[place]).collect())
        };
        let columns: Vec<Vec<f64>> = (0..size).map(root).collect();
        let entry = |row: usize, column: usize| match row == column {
            true => 1.0,
            false => product(&columns[row], &columns[column]),
        };
        let matrix = (0..size).map(|row| (0..size).map(|column| entry(row, column)).collect()).collect();
        let mut factor = vec![vec![0.0; size]; size];
        let mut axes: Vec<Option<Vec<f64>>> = Vec::with_capacity(size);
        for (row, mut rest) in columns.into_iter().enumerate() {
            for (place, axis) in axes.iter().enumerate() {
                let Some(axis) = axis else { continue };
                let part = product(axis, &rest);
                rest.iter_mut().zip(axis).for_each(|(rest, axis)| *rest -= part * axis);
                factor[row][place] = part;
            }
            let own = product(&rest, &rest).sqrt();
            let is_some = own > NO_PART;
            factor[row][row] = if is_some { own } else { 0.0 };
            axes.push(is_some.then(|| of_length_one(rest)));
        }
        NearestMatrix { matrix, factor }
    }
}

fn product(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// The same direction, of length 1.
fn of_length_one(mut vector: Vec<f64>) -> Vec<f64> {
    let length = product(&vector, &vector).sqrt();
    vector.iter_mut().for_each(|entry| *entry /= length);
    vector
}

/// Turns two axes so that the entry of the two becomes 0.
fn rotate(matrix: &mut [Vec<f64>], vectors: &mut [Vec<f64>], one: usize, other: usize) {
    let entry = matrix[one][other];
    let slope = (matrix[other][other] - matrix[one][one]) / (2.0 * entry);
    let tangent = slope.signum() / (slope.abs() + (slope * slope + 1.0).sqrt());
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let turn = |first: &mut f64, second: &mut f64| {
        (*first, *second) = (cosine * (*first - tangent * *second), cosine * (tangent * *first + *second));
    };
    for rows in [&mut *matrix, vectors] {
        let (before, after) = rows.split_at_mut(other);
        before[one].iter_mut().zip(&mut after[0]).for_each(|(first, second)| turn(first, second));
    }
    for row in matrix.iter_mut() {
        let (before, after) = row.split_at_mut(other);
        turn(&mut before[one], &mut after[0]);
    }
    (matrix[one][other], matrix[other][one]) = (0.0, 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers from −1 to 1 that look like chance.
    fn numbers(mut state: u64) -> impl FnMut() -> f64 {
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        }
    }

    /// A symmetric matrix with a diagonal of ones.
    fn symmetric(size: usize, mut entry: impl FnMut() -> f64) -> Vec<Vec<f64>> {
        let mut matrix = vec![vec![1.0; size]; size];
        for (row, column) in (0..size).flat_map(|row| (0..row).map(move |column| (row, column))) {
            let entry = entry();
            (matrix[row][column], matrix[column][row]) = (entry, entry);
        }
        matrix
    }

    /// Correlations of variables that are sums of random ones.
    fn valid(size: usize, mut number: impl FnMut() -> f64) -> Vec<Vec<f64>> {
        let rows: Vec<Vec<f64>> = (0..size).map(|_| (0..size).map(|_| number()).collect()).collect();
        let product = |one: usize, other: usize| product(&rows[one], &rows[other]);
        let entry = |one: usize, other: usize| {
            product(one, other) / (product(one, one) * product(other, other)).sqrt()
        };
        (0..size).map(|one| (0..size).map(|other| entry(one, other)).collect()).collect()
    }

    /// A lower triangle whose rows have the products that a matrix says.
    fn assert_is_factor(factor: &[Vec<f64>], matrix: &[Vec<f64>]) {
        for row in 0..matrix.len() {
            assert!(factor[row][row] >= 0.0 && factor[row][row + 1..].iter().all(|entry| *entry == 0.0));
            for column in 0..matrix.len() {
                let off = product(&factor[row], &factor[column]) - matrix[row][column];
                assert!(off.abs() < 1e-7, "{off}");
            }
        }
    }

    #[test]
    fn a_nearest_matrix_that_is_singular_by_far_has_its_factor() {
        let mut chain = symmetric(60, || 0.0);
        for place in 1..60 {
            (chain[place][place - 1], chain[place - 1][place]) = (0.6, 0.6);
        }
        let NearestMatrix { matrix, factor } = nearest_correlation_matrix(&chain);
        assert_is_factor(&factor, &matrix);
        let following = (0..60).filter(|&place| factor[place][place] == 0.0).count();
        assert!(following >= 5, "{following}");
    }

    #[test]
    fn the_nearest_matrix_of_the_literature() {
        // Higham 2002, section 4.
        let given = [vec![1.0, 1.0, 0.0], vec![1.0, 1.0, 1.0], vec![0.0, 1.0, 1.0]];
        let nearest = nearest_correlation_matrix(&given).matrix;
        for (entry, published) in [(nearest[0][1], 0.7607), (nearest[1][2], 0.7607), (nearest[0][2], 0.1573)]
        {
            assert!((entry - published).abs() < 5e-5, "{nearest:?}");
        }
    }

    #[test]
    fn a_matrix_of_one_correlation_too_strong_has_a_nearest_one_in_closed_form() {
        // All correlations −c of n variables: the nearest are −1/(n − 1).
        let nearest = nearest_correlation_matrix(&symmetric(5, || -0.7)).matrix;
        assert!(
            nearest.iter().flatten().all(|&entry| entry == 1.0 || (entry + 0.25).abs() < 1e-11),
            "{nearest:?}"
        );
    }

    #[test]
    fn no_valid_matrix_is_nearer_than_the_nearest() {
        for seed in 0..40 {
            let mut number = numbers(seed);
            let size = 2 + seed as usize % 9;
            let given = symmetric(size, &mut number);
            let NearestMatrix { matrix: nearest, factor } = nearest_correlation_matrix(&given);
            assert_is_factor(&factor, &nearest);
            for _ in 0..20 {
                // The set of valid matrices is convex: the way to any other one leads away from what was given.
                let other = valid(size, &mut number);
                let inner: f64 = (0..size)
                    .flat_map(|row| (0..size).map(move |column| (row, column)))
                    .map(|(row, column)| {
                        (given[row][column] - nearest[row][column])
                            * (other[row][column] - nearest[row][column])
                    })
                    .sum();
                assert!(inner < 1e-9, "{seed}: {inner}");
            }
        }
    }

    #[test]
    fn a_valid_matrix_is_its_own_nearest_and_has_its_factor() {
        for seed in 0..20 {
            let mut number = numbers(seed);
            let size = 2 + seed as usize % 9;
            let given = valid(size, &mut number);
            let nearest = nearest_correlation_matrix(&given).matrix;
            assert_is_factor(&cholesky(&given).unwrap(), &given);
            for row in 0..size {
                for column in 0..size {
                    assert!((nearest[row][column] - given[row][column]).abs() < 1e-11);
                }
            }
        }
    }

    #[test]
    fn a_variable_that_follows_from_others_has_no_part_of_its_own() {
        let factor = cholesky(&[vec![1.0, 1.0, 0.6], vec![1.0, 1.0, 0.6], vec![0.6, 0.6, 1.0]]).unwrap();
        assert_eq!(factor[1], [1.0, 0.0, 0.0]);
        assert_eq!(factor[2][1], 0.0);
        assert!((factor[2][2] - 0.8).abs() < 1e-15);
        assert!(cholesky(&[vec![1.0, 1.0, 0.6], vec![1.0, 1.0, 0.5], vec![0.6, 0.5, 1.0]]).is_none());
        assert!(cholesky(&[vec![1.0, 1.1], vec![1.1, 1.0]]).is_none());
    }
}
