"""A whole job, SYNTHETIC: 200 projects, 5 budgets, 30 role-years, 30 scenarios of 10 options, 10,000 simulated futures.

It is written twice, from one seed: as tables for the script below, which does the job as a careful Python script would
(HiGHS with no-good cuts and numpy), and as a portfolio with a batch file for Cutline.

    python baseline_job.py write FOLDER [--gap 0.01] [--limit 20] [--scenarios 30]
    python baseline_job.py script FOLDER [--gap 0.01] [--limit 20] [--scenarios 30]
    python baseline_job.py simulate FOLDER        # numpy on the options that Cutline found, to be found in FOLDER/out
"""

import argparse
import functools
import itertools
import json
import pathlib
import sys
import time

import numpy as np
import pandas as pd

import common
import peers

PROJECTS, YEARS, ROLES, SEED = 200, 5, 6, 42
PERIODS = [str(2027 + year) for year in range(YEARS)]
OPTIONS, TRIALS, TAIL = 10, 10_000, 0.05
VIEWS = [(1, 0, 0), (0.6, 0.2, 0.2), (0.4, 0.4, 0.2), (0.4, 0.2, 0.4), (0.34, 0.33, 0.33), (0.5, 0.5, 0)]
LEVELS = (0.3, 0.35, 0.4, 0.45, 0.5)
OBJECTIVES = ["benefit", "strategic", "risk_reduction"]


# ---- The data -------------------------------------------------------------------------------------------------------
def make():
    """The tables by name. Money is in thousands; costs are totals, spread over the years by a profile."""
    random = np.random.default_rng(SEED)
    size = np.exp(random.normal(0, 0.8, PROJECTS))
    likely = 1000 * size
    low = likely * random.uniform(0.75, 0.95, PROJECTS)
    high = likely * random.uniform(1.15, 1.9, PROJECTS)
    duration = random.integers(1, YEARS + 1, PROJECTS)
    start = [random.integers(0, YEARS - length + 1) for length in duration]
    profile = np.zeros((PROJECTS, YEARS))
    for project, (first, length) in enumerate(zip(start, duration)):
        profile[project, first:first + length] = random.dirichlet(np.full(length, 4.0))
    benefit = likely * np.exp(random.normal(0.35, 0.45, PROJECTS))
    strategic = 100 * random.beta(2, 3, PROJECTS) * size**0.6
    risk = 100 * random.beta(2, 2, PROJECTS) * size**0.5
    projects = pd.DataFrame({
        "id": [f"P{project:04d}" for project in range(PROJECTS)], "cost_low": low, "cost_likely": likely,
        "cost_high": high, "benefit_median": benefit, "strategic": strategic, "risk_reduction": risk,
        "sigma": random.uniform(0.25, 0.7, PROJECTS), "loading": random.uniform(0.2, 0.7, PROJECTS),
        "success": random.uniform(0.55, 0.98, PROJECTS)}).round(4)
    demand = random.gamma(2.0, 1.0, (PROJECTS, ROLES)) * (random.random((PROJECTS, ROLES)) < 0.5)
    demand *= size[:, None] ** 0.7
    projects[[f"profile{year}" for year in range(YEARS)]] = profile
    projects[[f"fte{role}" for role in range(ROLES)]] = demand.round(3)
    pairs = zip(random.choice(PROJECTS, PROJECTS // 10, False), random.choice(PROJECTS, PROJECTS // 10, False))
    groups = [random.choice(PROJECTS, 3, False) for _ in range(PROJECTS // 20)]
    spend = (likely[:, None] * profile).sum(axis=0)
    scenarios = [[f"S{at:02d}", *view, *(level * spend).round(1)]
                 for at, (view, level) in enumerate(itertools.product(VIEWS, LEVELS))]
    return {"projects": projects,
            "requires": pd.DataFrame([(other, project) for other, project in pairs if other != project],
                                     columns=["other", "project"]),
            "groups": pd.DataFrame(groups, columns=["a", "b", "c"]),
            "capacities": pd.DataFrame((0.5 * demand.T @ (profile > 0)).round(2), columns=PERIODS),
            "scenarios": pd.DataFrame(scenarios, columns=["scenario", *OBJECTIVES, *PERIODS])}


class Job:
    """The tables as arrays, with what follows from them."""

    def __init__(self, tables):
        self.tables = tables
        projects = tables["projects"]
        for column in ("cost_low", "cost_likely", "cost_high", "benefit_median", "sigma", "loading", "success"):
            setattr(self, column, projects[column].to_numpy())
        self.profile = projects[[f"profile{year}" for year in range(YEARS)]].to_numpy()
        self.demand = projects[[f"fte{role}" for role in range(ROLES)]].to_numpy()
        self.cost = (self.cost_low + 4 * self.cost_likely + self.cost_high) / 6       # the mean of a PERT
        self.benefit = self.benefit_median * np.exp(self.sigma**2 / 2)                # the mean of a lognormal
        criteria = np.column_stack([self.success * self.benefit, projects["strategic"], projects["risk_reduction"]])
        self.scores = 1e4 * criteria / criteria.sum(axis=0)
        self.requires = tables["requires"][["project", "other"]].to_numpy()
        self.groups = tables["groups"].to_numpy()
        self.capacities = tables["capacities"].to_numpy()
        self.budgets = tables["scenarios"][PERIODS].to_numpy()
        self.weights = tables["scenarios"][OBJECTIVES].to_numpy()

    def instance(self, scenario):
        """The selection of one scenario (by position)."""
        made, every = common.Rows(), np.arange(PROJECTS)
        for year in range(YEARS):
            made.add(every, self.cost * self.profile[:, year], self.budgets[scenario, year])
        for role, year in np.ndindex(ROLES, YEARS):
            made.add(every, self.demand[:, role] * (self.profile[:, year] > 0), self.capacities[role, year])
        for project, other in self.requires:
            made.add([project, other], [1, -1], 0)
        for group in self.groups:
            made.add(group, 1, 1)
        return made.instance(self.scores @ self.weights[scenario], PROJECTS)


@functools.cache
def job():
    return Job(make())


def instance(scenario):
    return job().instance(scenario)


# ---- As a portfolio of Cutline --------------------------------------------------------------------------------------
def write_portfolio(job, folder, gap, limit, scenarios):
    """The folder `portfolio` and the batch file `batch.toml`. Benefits come in the last year, undiscounted."""
    portfolio = folder / "portfolio"
    portfolio.mkdir(parents=True, exist_ok=True)
    ids = job.tables["projects"]["id"]

    def table(name, rows, columns):
        pd.DataFrame(rows, columns=columns).to_csv(portfolio / f"{name}.csv", index=False)

    roles = [f"role{role}" for role in range(ROLES)]
    table("projects", {"project": ids, "success_probability": job.success}, ["project", "success_probability"])
    table("costs", [[project, "money", *row] for project, row in zip(ids, job.cost[:, None] * job.profile)],
          ["project", "line", *PERIODS])
    table("benefits", [[project, *[0] * (YEARS - 1), amount] for project, amount in zip(ids, job.benefit)],
          ["project", *PERIODS])
    table("demands", [[ids[project], roles[role], *(job.demand[project, role] * (job.profile[project] > 0))]
                      for project, role in zip(*job.demand.nonzero())], ["project", "resource", *PERIODS])
    table("budgets", [["money", *job.budgets[0]]], ["line", *PERIODS])
    table("capacities", [[role, *row] for role, row in zip(roles, job.capacities)], ["resource", *PERIODS])
    table("objectives", [[name] for name in OBJECTIVES], ["objective"])
    table("scores", [[project, *row] for project, row in zip(ids, job.scores)], ["project", *OBJECTIVES])
    excluded = sorted({tuple(sorted(pair)) for group in job.groups for pair in itertools.combinations(group, 2)})
    table("dependencies", [[ids[project], "requires", ids[other]] for project, other in job.requires]
          + [[ids[project], "excludes", ids[other]] for project, other in excluded], ["project", "kind", "other"])
    factors = np.column_stack([job.cost_low, job.cost_likely, job.cost_high]) / job.cost[:, None]
    deviations = np.sqrt(np.exp(job.sigma**2) - 1)
    table("uncertainty", [[project, "cost", "pert", *row, None, None] for project, row in zip(ids, factors)]
          + [[project, "benefit", "lognormal", None, None, None, 1, sd] for project, sd in zip(ids, deviations)],
          ["project", "quantity", "distribution", "low", "mode", "high", "mean", "sd"])
    table("drivers", [["market", "What all benefits share"]], ["driver", "name"])
    table("exposures", [[project, "benefit", "market", loading] for project, loading in zip(ids, job.loading)],
          ["project", "quantity", "driver", "loading"])
    (portfolio / "README.md").write_text(
        "# A SYNTHETIC portfolio\n\nMade by `benches/solvers/baseline_job.py` from random numbers to time a whole job.\n"
        "Nothing here describes a real organisation.\n", encoding="utf-8")

    lines = ["# SYNTHETIC: written by benches/solvers/baseline_job.py.", "[batch]", 'name = "job"',
             'description = "A SYNTHETIC job of 200 projects and 30 scenarios, to time it"', 'portfolio = "portfolio"',
             "seed = 7", "discount_rate = 0.0", f"options = {OPTIONS}", "min_difference = 1", f"gap = {gap}",
             f"time_limit = {limit}", 'maximise = "strategic_value"', 'rank_by = "strategic_value"', "",
             "[simulation]", f"trials = {TRIALS}", 'sampling = "random"', f"tail = {TAIL}", ""]
    for at, view in enumerate(VIEWS):
        values = ", ".join(f"{name} = {weight}" for name, weight in zip(OBJECTIVES, view))
        lines += [f"[weights.view{at}]", 'method = "direct"', f"values = {{ {values} }}", ""]
    for at, row in job.tables["scenarios"].head(scenarios).iterrows():
        lines += ["[[scenario]]", f'name = "{row["scenario"]}"', f'weights = "view{at // len(LEVELS)}"',
                  f"budgets = {{ money = {job.budgets[at].tolist()} }}", ""]
    (folder / "batch.toml").write_text("\n".join(lines), encoding="utf-8")


def write(folder, gap, limit, scenarios):
    """Both forms of the job."""
    folder = pathlib.Path(folder)
    tables = folder / "tables"
    tables.mkdir(parents=True, exist_ok=True)
    for name, table in job().tables.items():
        table.to_csv(tables / f"{name}.csv", index=False)
    write_portfolio(job(), folder, gap, limit, scenarios)


# ---- As a script ----------------------------------------------------------------------------------------------------
def draw(job, random):
    """Cost and realised benefit of every project in every trial; the same futures for all options."""
    spread = job.cost_high - job.cost_low
    shape = 1 + 4 * (job.cost_likely - job.cost_low) / spread, 1 + 4 * (job.cost_high - job.cost_likely) / spread
    cost = job.cost_low + spread * random.beta(*shape, (TRIALS, PROJECTS))
    normal = (job.loading * random.standard_normal((TRIALS, 1))
              + np.sqrt(1 - job.loading**2) * random.standard_normal((TRIALS, PROJECTS)))
    success = random.random((TRIALS, PROJECTS)) < job.success
    return cost, job.benefit_median * np.exp(job.sigma * normal) * success


def simulate(job, cost, benefit, chosen, budgets):
    """Statistics of the options: the columns of `chosen`, and of `budgets` by year."""
    npv, total = benefit @ chosen - cost @ chosen, cost @ chosen
    over = np.zeros(npv.shape, bool)
    for year in range(YEARS):
        over |= (cost * job.profile[:, year]) @ chosen > budgets[year]
    ordered = np.sort(npv, axis=0)
    p10, p50, p90 = np.percentile(npv, [10, 50, 90], axis=0)
    return {"npv_mean": npv.mean(axis=0), "npv_sd": npv.std(axis=0, ddof=1), "npv_p10": p10, "npv_p50": p50,
            "npv_p90": p90, "npv_cvar": ordered[:int(TAIL * TRIALS)].mean(axis=0), "cost_mean": total.mean(axis=0),
            "cost_p90": np.percentile(total, 90, axis=0), "p_over": over.mean(axis=0),
            "p_loss": (npv < 0).mean(axis=0)}


def simulate_all(job, cost, benefit, success, chosen, budgets):
    """Mean, deviation, percentiles and CVaR of all that Cutline tells of options, without their standard errors."""
    tail = int(TAIL * TRIALS)

    def statistics(values, feared):
        ordered = np.sort(values, axis=0)
        percentiles = [ordered[int(share * (TRIALS - 1))] for share in (0.1, 0.5, 0.9)]
        return [values.mean(axis=0), values.std(axis=0, ddof=1), *percentiles, ordered[feared].mean(axis=0)]

    low, high = slice(tail), slice(-tail, None)
    npv = (benefit - cost) @ chosen
    found = [statistics(npv, low), (npv < 0).mean(axis=0), statistics(benefit @ chosen, low),
             statistics(cost @ chosen, high), statistics((success * job.score) @ chosen, low)]
    over = np.zeros(npv.shape, bool)
    for year in range(YEARS):
        spend = (cost * job.profile[:, year]) @ chosen
        is_over = spend > budgets[year]
        over |= is_over
        found += [statistics(spend, high), is_over.mean(axis=0)]
    best = [np.bincount(of.argmax(axis=1), minlength=OPTIONS) for of in np.split(npv, npv.shape[1] // OPTIONS, axis=1)]
    return found, over.mean(axis=0), best


def time_simulation(folder):
    """Prints what drawing and simulating the options that Cutline found (in `out`) takes numpy: the least of five."""
    folder = pathlib.Path(folder)
    names = ("projects", "requires", "groups", "capacities", "scenarios")
    job = Job({name: pd.read_csv(folder / "tables" / f"{name}.csv") for name in names})
    at = {project: position for position, project in enumerate(job.tables["projects"]["id"])}
    taken = pd.read_csv(folder / "out" / "selection.csv").groupby(["scenario", "option"])["project"].apply(list)
    chosen = np.zeros((PROJECTS, len(taken)))
    for column, projects in enumerate(taken):
        chosen[[at[project] for project in projects], column] = 1.0
    rows = {name: position for position, name in enumerate(job.tables["scenarios"]["scenario"])}
    budgets = job.budgets[[rows[scenario] for scenario, _ in taken.index]].T
    job.score = np.full(PROJECTS, 100.0)      # any numbers do: only the time is wanted
    least = {}

    def timed(stage, work):
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        spent = time.perf_counter() - wall, time.process_time() - cpu
        least[stage] = min(least.get(stage, spent), spent)
        return result

    for seed in range(5):
        random = np.random.default_rng(seed)
        cost, benefit = timed("draw", lambda: draw(job, random))
        timed("simulate", lambda: simulate(job, cost, benefit, chosen, budgets))
        timed("simulate all", lambda: simulate_all(job, cost, benefit, benefit > 0, chosen, budgets))
    for stage, (wall, cpu) in least.items():
        print(f"{stage}: {wall:.3f} s wall, {cpu:.3f} s CPU")


def script(folder, gap, limit, scenarios):
    """Does the job and prints its CPU seconds by stage."""
    folder, seconds, last = pathlib.Path(folder), {}, time.process_time()

    def charge(stage):
        nonlocal last
        now = time.process_time()
        seconds[stage], last = seconds.get(stage, 0.0) + now - last, now

    names = ("projects", "requires", "groups", "capacities", "scenarios")
    job = Job({name: pd.read_csv(folder / "tables" / f"{name}.csv") for name in names})
    charge("read")
    found = []
    for scenario in range(min(scenarios, len(job.weights))):
        program = job.instance(scenario)
        solve = peers.ten_best(program, gap, limit, OPTIONS)
        charge("formulate")
        for rank, (values, bound) in enumerate(solve(), start=1):
            if values is not None:
                found.append({"scenario": scenario, "rank": rank, "chosen": np.round(values),
                              **peers.checked(program, values, bound, gap)})
        charge("solve")
    cost, benefit = draw(job, np.random.default_rng(7))
    charge("draw")
    chosen = np.column_stack([option["chosen"] for option in found])
    statistics = simulate(job, cost, benefit, chosen, job.budgets[[option["scenario"] for option in found]].T)
    charge("simulate")
    ids = job.tables["projects"]["id"].to_numpy()
    table = pd.DataFrame([{"scenario": job.tables["scenarios"]["scenario"][option["scenario"]],
                           "option": option["rank"], "objective": option["objective"], "bound": option["bound"],
                           "status": option["status"], "projects": ";".join(ids[option["chosen"] > 0.5])}
                          for option in found]).assign(**statistics)
    table.to_csv(folder / "script.csv", index=False)
    charge("write")
    print(json.dumps({"seconds": seconds, "options": len(found),
                      "unproven": sum(option["status"] != "proven" for option in found)}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("write", "script", "simulate"))
    parser.add_argument("folder")
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--limit", type=float, default=20.0, help="seconds per option [20]")
    parser.add_argument("--scenarios", type=int, default=30)
    arguments = parser.parse_args()
    if arguments.what == "simulate":
        time_simulation(arguments.folder)
        sys.exit()
    {"write": write, "script": script}[arguments.what](arguments.folder, arguments.gap, arguments.limit,
                                                        arguments.scenarios)
