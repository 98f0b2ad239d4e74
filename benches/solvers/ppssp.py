"""Project portfolio selection and scheduling at size: portfolios made from seeds, as Cutline's tables.

    python ppssp.py DIRECTORY [--projects 1000] [--years 25] [--seed 1] [--limit 300] [--gap 0.002]
    cutline run DIRECTORY/batch.toml

Each project may start in any of the first years. Limits per year hold total spend, spend of first years and spend of
all other years; five streams have a budget over the whole window. Pairs and triples exclude one another; a project may
have to wait until another is finished. What is maximised is the value of what is started, discounted by 1 % a year from
its start. The figures follow the published generator of J. Liu and others (github.com/Jingliu2605/PPSSolver, MIT), after
a public plan of defence investments: sizes and durations are log-normal together, spend and value spread over the years
as Weibull curves. Other draws than theirs: the same kind of instance, not the same instances.
"""

import argparse
import csv
import pathlib

import numpy as np

STREAMS = (0.346, 0.296, 0.247, 0.074, 0.037)          # shares of the budget, and of the projects
MEANS, COVARIANCE = (2.191054, 6.642006), ((0.246245, 0.374572), (0.374572, 1.555780))   # of log duration and log cost
RATE = 0.01
FIRST_YEAR = 2021


def spread(random, total, years):
    """A whole total over so many years: a Weibull curve whose shape differs from project to project."""
    shape = -1.0
    while shape < 0.01:
        shape = random.normal(1.589, 2)
    scale = max(random.normal(0.71, 0.3), 0.1)
    reached = 1 - np.exp(-(np.arange(1, years) / years / scale) ** shape)
    reached = np.append(reached / (1 - np.exp(-(1 / scale) ** shape)), 1.0)
    amounts = np.floor(np.diff(reached, prepend=0.0) * total)
    amounts[-1] = total - amounts[:-1].sum()
    return amounts


def groups(random, members, sizes):
    """Disjoint groups of the members: of each size as many as hold the given number of members."""
    members = random.permutation(members)
    begun = 0
    for size, count in sizes:
        for _ in range(int(count) // size):
            yield sorted(members[begun:begun + size])
            begun += size


def make(directory, projects, years, seed, limit, gap):
    random = np.random.default_rng(seed)
    drawn = np.rint(np.exp(random.multivariate_normal(MEANS, COVARIANCE, projects)))
    duration, total = np.maximum(drawn[:, 0].astype(int), 2), np.maximum(drawn[:, 1], 16)
    value = np.rint(random.random(projects) * 2 * total + [random.integers(1, 5, d - 1).sum() for d in duration])
    spend = [spread(random, total[p], duration[p]) for p in range(projects)]
    worth = [spread(random, value[p], duration[p]) for p in range(projects)]
    stream = random.choice(len(STREAMS), projects, p=STREAMS)
    names = [f"P{p + 1:0{len(str(projects))}d}" for p in range(projects)]
    after = [(names[later], names[group[0]], duration[group[0]])
             for group in groups(random, projects, ((2, projects / 2), (3, projects / 2))) for later in group[1:]]
    exclusive = {p: f"X{number + 1}" for number, group in
                 enumerate(groups(random, projects, ((2, projects / 10), (3, projects / 10)))) for p in group}

    horizon = years + int(duration.max())
    wave = 5 + np.sin(2 * np.pi * np.arange(1, horizon + 1) / 15) + random.uniform(-1, 1, horizon) / 5
    budget = projects * (15 + wave)
    headings = [str(FIRST_YEAR + year) for year in range(horizon)]

    def row(amounts):
        return [f"{amount:g}" for amount in amounts] + [""] * (horizon - len(amounts))

    def write(name, header, rows):
        with open(directory / f"{name}.csv", "w", newline="") as file:
            csv.writer(file).writerows([header, *rows])

    directory.mkdir(parents=True, exist_ok=True)
    write("projects", ["project", "max_delay", "alternatives", "stream", "duration"],
          [(names[p], years - 1, exclusive.get(p, ""), f"S{stream[p] + 1}", duration[p]) for p in range(projects)])
    write("benefits", ["project", *headings], [(names[p], *row(worth[p])) for p in range(projects)])
    demands = []
    for p in range(projects):
        parts = {"total": spend[p], "ongoing": np.append(0.0, spend[p][1:]), "initiation": spend[p][:1]}
        demands += [(names[p], part, *row(amounts)) for part, amounts in parts.items()]
    write("demands", ["project", "resource", *headings], demands)
    shares = (("total", 1.0), ("ongoing", 0.75), ("initiation", 0.25))
    write("capacities", ["resource", *headings], [(name, *(share * budget)) for name, share in shares])
    write("dependencies", ["project", "kind", "other", "lag"], [(one, "after", other, lag) for one, other, lag in after])

    window = ", ".join(f'"{heading}"' for heading in headings[:years])
    limits = [f'[[limit]]\nname = "stream {number + 1}"\nmeasure = "resource.total"\nwhere = {{ stream = "S{number + 1}" }}\n'
              f"periods = [{window}]\nmax = {share * budget[:years].sum()}\n" for number, share in enumerate(STREAMS)]
    (directory / "batch.toml").write_text(
        f'[batch]\nname = "ppssp_{projects}_{seed}"\nportfolio = "."\nseed = 1\ndiscount_rate = {RATE}\noptions = 1\n'
        f'gap = {gap}\ntime_limit = {limit}\nmaximise = "npv"\ndecisions = false\n\n[base]\nrisk = false\n\n'
        + "\n".join(limits) + '\n[[scenario]]\nname = "base"\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--projects", type=int, default=1000)
    parser.add_argument("--years", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=300, help="seconds")
    parser.add_argument("--gap", type=float, default=0.002)
    asked = parser.parse_args()
    make(asked.directory, asked.projects, asked.years, asked.seed, asked.limit, asked.gap)


if __name__ == "__main__":
    main()
