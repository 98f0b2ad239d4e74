"""Instances from real portfolios, written as the plain text of common.py.

The portfolios are read in the form of the collection that the bundled ones were made from: `../shared/data` beside this
repository, or the folder named with --data. What is not there is left out, and that is said. `cutline model` makes the program of each scenario; votes of city
districts are joined into one portfolio here, a budget per district.

    python real.py DIRECTORY CUTLINE [--data FOLDER]
"""

import argparse
import pathlib
import subprocess
import tomllib

import numpy as np

from common import Rows, write

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DATA = REPOSITORY.parent / "shared" / "data"
# Name of a portfolio -> its folder, and the scenarios that nothing satisfies.
PORTFOLIOS = {
    "virginia": ("smart-scale/cutline", set()),
    "requests": ("baltimore-cip/cutline-fy2024", {"all that the city funded in full"}),
    "sixyear": ("baltimore-cip/cutline-six-year", set()),
}
CITY = "pabulib"


def scenarios(batch):
    """Name of an instance's number -> name of its scenario."""
    document = tomllib.loads(batch.read_text(encoding="utf-8"))
    return [scenario["name"] for scenario in document["scenario"]]


def catalogue(data):
    """Name -> what makes it: a folder and a scenario, or a folder of votes; and why others are missing."""
    shapes, missing = {}, []
    for name, (folder, infeasible) in PORTFOLIOS.items():
        batch = data / folder / "batch.toml"
        if not batch.exists():
            missing.append(f"real_{name}: no {batch}")
            continue
        for number, scenario in enumerate(scenarios(batch), start=1):
            if scenario not in infeasible:
                shapes[f"real_{name}_{number}"] = (batch, scenario)
    if sorted((data / CITY).glob("Poland_*.pb")):
        shapes["real_city_1"] = (data / CITY, None)
    else:
        missing.append(f"real_city: no votes in {data / CITY}")
    return shapes, missing


def districts(folder):
    """Every district and city of the folder is a budget line; votes are the value."""
    made, votes = Rows(), []
    for path in sorted(folder.glob("Poland_*.pb")):
        budget, header, projects = None, None, []
        part = None
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            cells = line.split(";")
            if line in ("META", "PROJECTS", "VOTES"):
                part, header = line, None
            elif part == "META" and cells[0] == "budget":
                budget = float(cells[1].replace(",", "."))
            elif part == "PROJECTS" and header is None:
                header = cells
            elif part == "PROJECTS":
                row = dict(zip(header, cells))
                projects.append((float(row["cost"].replace(",", ".")), float(row["votes"])))
        first = len(votes)
        votes += [count for _, count in projects]
        made.add(np.arange(first, len(votes)), np.array([cost for cost, _ in projects]), budget)
    return made.instance(votes, len(votes))


def program(path):
    """A program from the MPS that `cutline model` writes: it minimises there; binaries come first here.

    A column that is fixed carries the constant of the objective: a row holds it at 1.
    """
    part, whole, binary, fixed = None, False, set(), {}
    kinds, sides, columns, entries = {}, {}, {}, []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("*"):
            continue
        words = line.split()
        if not line.startswith(" "):
            part = words[0]
        elif part == "ROWS":
            kinds[words[1]] = words[0]
        elif part == "COLUMNS" and "'MARKER'" in words:
            whole = "'INTORG'" in words
        elif part == "COLUMNS":
            columns.setdefault(words[0], whole)
            entries += [(words[0], words[at], float(words[at + 1])) for at in range(1, len(words), 2)]
        elif part == "RHS":
            sides |= {words[at]: float(words[at + 1]) for at in range(1, len(words), 2)}
        elif part == "BOUNDS" and words[0] == "BV":
            binary.add(words[2])
        elif part == "BOUNDS" and words[0] == "FX":
            fixed[words[2]] = float(words[3])
        elif part in ("RANGES", "BOUNDS"):
            raise ValueError(f"{path}: a {part} entry `{line.strip()}` that is not expected")
    if columns.keys() - binary - fixed.keys() or any(value != 1.0 for value in fixed.values()):
        raise ValueError(f"{path}: columns that are neither binary nor fixed at 1")
    order = {name: place for place, name in enumerate([*(c for c in columns if c in binary), *fixed])}
    objective, rows = np.zeros(len(order)), {}
    for column, row, value in entries:
        if kinds[row] == "N":
            objective[order[column]] = -value
        else:
            rows.setdefault(row, []).append((order[column], value))
    made = Rows()
    for row, terms in rows.items():
        at, values = map(np.array, zip(*terms))
        side = sides.get(row, 0.0)
        if kinds[row] in "LE":
            made.add(at, values, side)
        if kinds[row] in "GE":
            made.add(at, -values, -side)
    for name in fixed:
        made.add([order[name]], [-1.0], -1.0)
    return made.instance(objective, len(binary))


def make(directory, data, cutline):
    """Writes those that are not there yet; gives name -> path, and why others are missing."""
    shapes, missing = catalogue(data)
    directory.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name, (source, scenario) in shapes.items():
        path = directory / f"{name}.txt"
        if not path.exists() and scenario is None:
            write(path, districts(source))
        elif not path.exists():
            model = directory / f"{name}.mps"
            command = [cutline, "model", source, "--scenario", scenario, "-o", model, "--no-solution"]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                missing.append(f"{name}: {done.stderr.strip()}")
                continue
            write(path, program(model))
        paths[name] = path
    return paths, missing


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("cutline", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, default=DATA)
    arguments = parser.parse_args()
    for reason in make(arguments.directory, arguments.data, arguments.cutline)[1]:
        print(f"left out: {reason}")
