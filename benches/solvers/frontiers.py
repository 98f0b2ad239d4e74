"""All non-dominated points of value and cost in Cutline, beside some of them by ε-constraint in HiGHS.

    python frontiers.py [--points 20] [--gap 0] [--instances sel_100_5_1 …]

HiGHS solves twice for a point: the largest value within a cost, then the least cost of that value. It is asked for so many
points spread evenly over the costs of the frontier that Cutline found, each solve started from the last. Every one of its
points must be one of Cutline's. Seconds are CPU seconds per point: of the solves alone for HiGHS, of the whole process for
Cutline.
"""

import argparse
import json
import pathlib
import sys

import highspy
import numpy as np

import common
import instances
import peers
from run import REPOSITORY, machine, timed

SEED = 20270101
SAME = 1e-6


def costs_of(instance):
    """Whole costs between 1 and 100 that go with the values, loosely."""
    random = np.random.default_rng(SEED)
    worth = instance.objective / instance.objective.max()
    return np.clip(np.round(100 * worth * random.uniform(0.4, 1.6, len(worth))), 1, 100)


def cutline(binary, path, gap):
    code, out, error, seconds = timed([binary, path, str(gap)], 3600)
    if code != 0:
        sys.exit(f"{path.stem}: Cutline ended with {code}: {error}")
    found = json.loads(out)
    return np.array([[cost, value] for cost, value, _ in found["points"]]), found["status"], seconds


def by_constraint(instance, costs, limits, gap):
    """The points of these cost limits by two solves each, with the CPU seconds that they took."""
    model = peers.highs_model(instance, gap)
    columns = np.arange(len(costs), dtype=np.int32)
    row = model.getNumRow()
    model.addRow(-np.inf, np.inf, len(columns), columns, costs)
    model.addRow(-np.inf, np.inf, len(columns), columns, instance.objective)
    points, before = [], peers.own_seconds()
    for limit in limits:
        model.changeRowBounds(row, -np.inf, float(limit))
        model.changeRowBounds(row + 1, -np.inf, np.inf)
        model.changeColsCost(len(columns), columns, instance.objective)
        model.changeObjectiveSense(highspy.ObjSense.kMaximize)
        model.run()
        value = model.getInfo().objective_function_value
        model.changeRowBounds(row + 1, value * (1 - 1e-9), np.inf)
        model.changeColsCost(len(columns), columns, costs)
        model.changeObjectiveSense(highspy.ObjSense.kMinimize)
        model.run()
        points.append((model.getInfo().objective_function_value, value))
    return np.array(points), peers.own_seconds() - before


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--gap", type=float, default=0.0)
    parser.add_argument("--instances", nargs="+", default=["sel_100_5_1", "sel_100_5_2", "cb_100_5_1"])
    parser.add_argument("--binaries", type=pathlib.Path, default=REPOSITORY / "target" / "release")
    parser.add_argument("--work", type=pathlib.Path, default=REPOSITORY / "target" / "solvers")
    arguments = parser.parse_args()
    print(f"{machine()}\n")
    print("| instance | points | Cutline, s a point | HiGHS, s a point | ratio | HiGHS's points |\n|---|--:|--:|--:|--:|---|")
    faults = 0
    for name, path in instances.make(arguments.work / "frontiers", arguments.instances).items():
        instance = common.read(path)
        costs = costs_of(instance)
        with_costs = path.with_suffix(".costs.txt")
        with_costs.write_text(path.read_text() + " ".join(map(common.text, costs)) + "\n", encoding="ascii")
        points, status, seconds = cutline(arguments.binaries / "examples" / "solve_frontier", with_costs, arguments.gap)
        limits = np.round(np.linspace(points[:, 0].min(), points[:, 0].max(), arguments.points + 1)[1:])
        theirs, their_seconds = by_constraint(instance, costs, limits, arguments.gap)
        near = [np.abs(points / np.maximum(np.abs(point), 1.0) - point / np.maximum(np.abs(point), 1.0)).max(axis=1).min()
                for point in theirs]
        missing = sum(distance > max(SAME, 2 * arguments.gap) for distance in near)
        faults += missing
        each, their_each = seconds / len(points), their_seconds / len(theirs)
        print(f"| {name} ({status.lower()}) | {len(points)} | {each:.5f} | {their_each:.3f} | {their_each / each:.0f}× "
              f"| {'all found' if not missing else f'{missing} of {len(theirs)} missing'} |", flush=True)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
