"""Value against cost on selection problems: Cutline's frontier, checked and timed beside ε-constraint solves by HiGHS.

    python frontier.py make DIRECTORY            # writes the instances
    python frontier.py compare INSTANCE REPORT   # REPORT: what `solve_frontier INSTANCE` printed

`compare` takes points spread evenly over the reported frontier. From the point before each it asks HiGHS for the next
one: the most value for less cost, then the least cost for that value, both proven to a gap of 0, one model for all
solves, each started from a selection that is feasible for it. It fails if HiGHS finds another point.
"""

import argparse
import json
import pathlib
import statistics
import sys
import time

import highspy
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "solvers"))
import instances  # noqa: E402

INSTANCES = {f"sel_100_5_{seed}": (100, 5, 0.3, seed) for seed in (1, 2)}


def costs(projects, seed):
    """What each project costs: the first draw of the instance, which its value and demands follow."""
    return np.round(np.exp(np.random.default_rng(seed).normal(5.5, 0.8, projects))) + 1


def make(directory):
    for name, (projects, limits, tightness, seed) in INSTANCES.items():
        path = pathlib.Path(directory, f"{name}.txt")
        instances.write(path, instances.selection(projects, limits, tightness, seed))
        with path.open("a", encoding="ascii") as file:
            file.write(" ".join(map(instances.text, costs(projects, seed))) + "\n")


class Peer:
    """One HiGHS model whose last two rows are the cost and the value."""

    def __init__(self, path):
        instance = instances.read(path)
        columns = len(instance.objective)
        words = pathlib.Path(path).read_text(encoding="ascii").split()
        self.value, self.cost = instance.objective, np.array(words[-columns:], float)
        self.highs = highspy.Highs()
        for option, setting in [("output_flag", False), ("threads", 1), ("mip_rel_gap", 0.0)]:
            self.highs.setOptionValue(option, setting)
        self.highs.addVars(columns, np.zeros(columns), np.ones(columns))
        for column in range(columns):
            self.highs.changeColIntegrality(column, highspy.HighsVarType.kInteger)
        matrix = instance.matrix
        for row, (lower, upper) in enumerate(zip(instance.lower, instance.upper)):
            part = slice(matrix.indptr[row], matrix.indptr[row + 1])
            self.add(lower, upper, matrix.indices[part], matrix.data[part])
        everything = np.arange(columns)
        self.rows = self.highs.getNumRow()
        self.add(-np.inf, np.inf, everything, self.cost)
        self.add(-np.inf, np.inf, everything, self.value)

    def add(self, lower, upper, indices, data):
        self.highs.addRow(lower, upper, len(indices), indices.astype(np.int32), data.astype(float))

    def solve(self, objective, sense, most_cost, least_value, start):
        columns = len(objective)
        self.highs.changeColsCost(columns, np.arange(columns, dtype=np.int32), objective)
        self.highs.changeObjectiveSense(sense)
        self.highs.changeRowBounds(self.rows, -np.inf, most_cost)
        self.highs.changeRowBounds(self.rows + 1, least_value, np.inf)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = list(start)
            self.highs.setSolution(solution)
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            sys.exit(f"HiGHS ended with {self.highs.getModelStatus()}")
        return np.round(self.highs.getSolution().col_value)

    def next_point(self, before):
        """The point with the most value of those that cost less than `before`, and how long it took. Costs are whole
        numbers, which Cutline is not told."""
        started = time.perf_counter()
        chosen = self.solve(self.value, highspy.ObjSense.kMaximize, before - 1.0, -np.inf, None)
        chosen = self.solve(self.cost, highspy.ObjSense.kMinimize, before - 1.0, self.value @ chosen - 0.5, chosen)
        return (self.cost @ chosen, self.value @ chosen), time.perf_counter() - started


def compare(path, report, count):
    report = json.loads(pathlib.Path(report).read_text())
    points = [(cost, value) for cost, value, _ in report["points"]]
    places = np.unique(np.linspace(0, len(points) - 2, count).round().astype(int))
    peer, times = Peer(path), []
    for place in places:
        found, seconds = peer.next_point(points[place + 1][0])
        times.append(seconds)
        if found != points[place]:
            sys.exit(f"HiGHS found {found} where Cutline has {points[place]}")
    own = report["wall"] / len(points)
    print(f"{path}: {len(points)} points in {report['wall']:.2f} s, {1e3 * own:.2f} ms each ({report['status']})")
    print(f"HiGHS, {len(times)} of them, all the same: {1e3 * statistics.mean(times):.0f} ms each on average, "
          f"{1e3 * statistics.median(times):.0f} ms in the median; ratio {statistics.mean(times) / own:.0f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("make").add_argument("directory")
    comparing = commands.add_parser("compare")
    comparing.add_argument("instance")
    comparing.add_argument("report")
    comparing.add_argument("--count", type=int, default=40)
    arguments = parser.parse_args()
    if arguments.command == "make":
        make(arguments.directory)
    else:
        compare(arguments.instance, arguments.report, arguments.count)
