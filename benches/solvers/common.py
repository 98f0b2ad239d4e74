"""A selection problem, and the plain text it is written in.

The text: `columns rows binaries`, the objective, then per row `lower upper count` and `count` pairs of a column and its
coefficient, all separated by white space. Binaries come first, all other columns lie in [0, 1]; the aim is to maximise.
"""

import dataclasses
import pathlib

import numpy as np
from scipy import sparse


@dataclasses.dataclass
class Instance:
    """Maximise `objective @ x` with `lower <= matrix @ x <= upper`, x in [0, 1], the first `binaries` of them whole."""

    objective: np.ndarray
    matrix: sparse.csr_matrix
    lower: np.ndarray
    upper: np.ndarray
    binaries: int

    def fault(self, values, tolerance=1e-6):
        """What is wrong with a solution, or nothing. The tolerance of a row grows with its largest coefficient, as that
        is by how much a solver's rounded binary moves it."""
        values = np.asarray(values, float)
        if values.shape != self.objective.shape or not np.isfinite(values).all():
            return "not one finite value per column"
        if np.abs(values[:self.binaries] - np.round(values[:self.binaries])).max(initial=0.0) > tolerance:
            return "a binary is not whole"
        if values.min() < -tolerance or values.max() > 1.0 + tolerance:
            return "a column leaves [0, 1]"
        activity = self.matrix @ values
        slack = tolerance * np.maximum(1.0, abs(self.matrix).max(axis=1).toarray().ravel())
        excess = np.maximum(activity - self.upper, self.lower - activity) - slack
        return f"row {excess.argmax()} is broken" if excess.max(initial=-1.0) > 0.0 else None


def text(number):
    number = float(number)
    return str(int(number)) if number.is_integer() else repr(number)


def write(path, instance):
    matrix = instance.matrix
    lines = [f"{matrix.shape[1]} {matrix.shape[0]} {instance.binaries}", " ".join(map(text, instance.objective))]
    for row, (lower, upper) in enumerate(zip(instance.lower, instance.upper)):
        terms = range(matrix.indptr[row], matrix.indptr[row + 1])
        pairs = " ".join(f"{matrix.indices[at]} {text(matrix.data[at])}" for at in terms)
        lines.append(f"{text(lower)} {text(upper)} {len(terms)} {pairs}")
    pathlib.Path(path).write_text("\n".join(lines) + "\n", encoding="ascii")


def read(path):
    words = iter(pathlib.Path(path).read_text(encoding="ascii").split())
    columns, rows, binaries = (int(next(words)) for _ in range(3))
    objective = np.array([float(next(words)) for _ in range(columns)])
    lower, upper, starts, indices, data = np.zeros(rows), np.zeros(rows), [0], [], []
    for row in range(rows):
        lower[row], upper[row] = float(next(words)), float(next(words))
        for _ in range(int(next(words))):
            indices.append(int(next(words)))
            data.append(float(next(words)))
        starts.append(len(data))
    return Instance(objective, sparse.csr_matrix((data, indices, starts), (rows, columns)), lower, upper, binaries)


class Rows:
    """Rows under construction, each `terms <= upper`."""

    def __init__(self):
        self.row, self.column, self.value, self.upper = [], [], [], []

    def add(self, columns, values, upper):
        columns, values = np.broadcast_arrays(columns, values)
        self.row += [len(self.upper)] * len(columns)
        self.column += columns.tolist()
        self.value += values.tolist()
        self.upper.append(float(upper))

    def instance(self, objective, binaries):
        matrix = sparse.csr_matrix((self.value, (self.row, self.column)), (len(self.upper), len(objective)), float)
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        lower = np.full(len(self.upper), -np.inf)
        return Instance(np.asarray(objective, float), matrix, lower, np.array(self.upper), binaries)
