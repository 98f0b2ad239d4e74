"""Selection problems of growing size, made from seeds, written as the plain text of common.py.

Families: `cb` are multidimensional knapsacks in the style of Chu and Beasley, `sel` selections with dependencies and
exclusive groups, `tim` projects with three possible starts, capacities per period and synergies, `base` single scenarios
of the whole job (see baseline_job.py). The holdout set has other seeds, sizes and tightness: nobody tunes against it.

    python instances.py DIRECTORY [--holdout]
"""

import argparse
import pathlib

import numpy as np

from common import Rows, write


# ---- Families -------------------------------------------------------------------------------------------------------
# The order of the draws is part of each instance: another order makes other numbers.
def chu_beasley(columns, rows, tightness, seed):
    """Dense rows of whole numbers from 1 to 1000; values correlate with what a column takes of them."""
    random = np.random.default_rng(seed)
    taken = random.integers(1, 1001, (rows, columns))
    made = Rows()
    for row, limit in zip(taken, np.floor(tightness * taken.sum(axis=1))):
        made.add(np.arange(columns), row, limit)
    return made.instance(np.round(taken.sum(axis=0) / rows + 500 * random.random(columns)), columns)


def selection(projects, limits, tightness, seed):
    """Five full limits, further ones that touch 30 % of the projects; value follows cost loosely."""
    random = np.random.default_rng(seed)
    made = Rows()
    cost = np.round(np.exp(random.normal(5.5, 0.8, projects))) + 1
    for limit in range(limits):
        share = 1.0 if limit < 5 else 0.3
        taken = np.round(cost * random.uniform(0.3, 1.7, projects)) * (random.random(projects) < share)
        made.add(np.arange(projects), taken, np.floor(tightness * taken.sum()))
    value = np.round(cost * random.uniform(0.6, 1.8, projects) + 20)
    for _ in range(projects // 10):
        other, project = random.choice(projects, 2, False)
        made.add([project, other], [1, -1], 0)
    for _ in range(projects // 20):
        made.add(random.choice(projects, 3, False), 1, 1)
    return made.instance(value, projects)


def timed(projects, starts, periods, pools, tightness, seed):
    """A column per project and start; budget and pools per period; dependencies keep their order in time.

    A synergy is worth 15 % of its two projects: its column may be as large as either of them is chosen.
    """
    random = np.random.default_rng(seed)
    made = Rows()
    duration = random.integers(1, 4, projects)
    size = np.exp(random.normal(5.5, 0.8, projects))
    worth = size * random.uniform(0.8, 2.0, projects)
    use = random.uniform(0.2, 1.5, (projects, pools)) * (random.random((projects, pools)) < 0.5)
    binaries, synergies = projects * starts, projects // 10
    column = np.arange(binaries).reshape(projects, starts)
    start = np.tile(np.arange(starts), (projects, 1))
    for total in [size, *(use[:, pool] * size / 10 for pool in range(pools))]:
        per_period = np.round(total / duration, 2)
        for period in range(periods):
            runs = (start <= period) & (period < start + duration[:, None])
            made.add(column[runs], np.repeat(per_period, runs.sum(axis=1)),
                     round(tightness * total.sum() / periods, 2))
    for project in range(projects):
        made.add(column[project], 1, 1)
    for _ in range(projects // 10):
        other, project = random.choice(projects, 2, False)
        for until in range(1, starts + 1):
            made.add(np.r_[column[project, :until], column[other, :until]], np.repeat([1, -1], until), 0)
    for _ in range(projects // 20):
        made.add(column[random.choice(projects, 3, False)].ravel(), 1, 1)
    bonus = []
    for synergy in range(binaries, binaries + synergies):
        pair = random.choice(projects, 2, False)
        bonus.append(round(0.15 * (worth[pair[0]] + worth[pair[1]]), 2))
        for project in pair:
            made.add(np.r_[synergy, column[project]], np.r_[1, np.full(starts, -1)], 0)
    return made.instance(np.r_[np.round(worth[:, None] * 0.93**start, 2).ravel(), bonus], binaries)


def base(scenario):
    import baseline_job  # needs pandas, which the other families do without

    return baseline_job.instance(scenario)


def catalogue(holdout=False):
    """Name -> function that makes it; the first part of a name is the family, the last the seed (or scenario)."""
    if holdout:
        shapes = {}
        for seed in (11, 12):
            for size, rows, tightness in ((150, 5, 25), (80, 10, 75), (300, 10, 40)):
                shapes[f"cb_{size}_{rows}_t{tightness}_{seed}"] = (chu_beasley, size, rows, tightness / 100, seed)
            for size, rows, tightness in ((120, 8, 20), (300, 15, 40), (800, 20, 30)):
                shapes[f"sel_{size}_{rows}_t{tightness}_{seed}"] = (selection, size, rows, tightness / 100, seed)
            for size, periods, pools, tightness in ((60, 5, 1, 35), (150, 4, 2, 50), (400, 6, 3, 25)):
                name = f"tim_{size}_{periods * (pools + 1)}_t{tightness}_{seed}"
                shapes[name] = (timed, size, 3, periods, pools, tightness / 100, seed)
        for scenario in (3, 6, 11, 17, 22, 28):
            shapes[f"base_{scenario}"] = (base, scenario)
        return shapes
    shapes = {}
    for seed in (1, 2):
        for size, rows in ((100, 5), (100, 10), (100, 30), (250, 5), (250, 10), (500, 5), (500, 30)):
            shapes[f"cb_{size}_{rows}_{seed}"] = (chu_beasley, size, rows, 0.5, seed)
        for size, rows in ((100, 5), (200, 10), (200, 35), (500, 30), (1000, 35), (2000, 60)):
            shapes[f"sel_{size}_{rows}_{seed}"] = (selection, size, rows, 0.3, seed)
        for size, periods, pools in ((100, 5, 1), (200, 5, 6), (500, 5, 6), (1000, 5, 6), (2000, 5, 11)):
            shapes[f"tim_{size}_{periods * (pools + 1)}_{seed}"] = (timed, size, 3, periods, pools, 0.35, seed)
    for scenario in (0, 2, 4, 8, 12, 18, 20, 24):
        shapes[f"base_{scenario}"] = (base, scenario)
    return shapes


def make(directory, names, holdout=False):
    """Writes those that are not there yet; gives name -> path."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    paths = {name: directory / f"{name}.txt" for name in names}
    for name, path in paths.items():
        if not path.exists():
            function, *shape = catalogue(holdout)[name]
            write(path, function(*shape))
    return paths


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory")
    parser.add_argument("--holdout", action="store_true")
    arguments = parser.parse_args()
    make(arguments.directory, catalogue(arguments.holdout), arguments.holdout)
