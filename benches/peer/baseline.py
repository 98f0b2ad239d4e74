"""The annual round as a careful Python script would do it: HiGHS through highspy, numpy and scipy.

It reads the very tables and batch file that Cutline reads, builds the same model, and keeps one HiGHS instance per
scenario that grows by one cut per option. It knows what this batch needs and refuses what else a batch may say.

    python baseline.py scenarios/annual-2027.toml --scenarios 4 --out target/peer/python
"""

import time

STARTED = time.perf_counter()

import argparse
import csv
import itertools
import json
import pathlib
import tomllib

import highspy
import numpy as np
from scipy import sparse, special

QUANTITIES = ("cost", "benefit", "demand")
UNLIMITED = highspy.kHighsInf


class Clock:
    """Seconds by stage."""

    def __init__(self):
        self.seconds = {"start": time.perf_counter() - STARTED}
        self.last = time.perf_counter()

    def charge(self, stage):
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self.last
        self.last = now


# ---- Reading --------------------------------------------------------------------------------------------------------
def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(text, blank=None):
    return float(text) if text else blank


def read_batch(path):
    """The batch file, and its scenarios as pairs of a budget scale and the name of a weight set."""
    batch = tomllib.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    base = {"budget_scale": 1.0, **batch.get("base", {})}
    found = [dict(base, **entry) for entry in batch.get("scenario", [])]
    for sweep in batch.get("sweep", []):
        vary = sweep["vary"]
        for values in itertools.product(*vary.values()):
            name = ", ".join(f"{key}={value:g}" if isinstance(value, float) else f"{key}={value}"
                             for key, value in zip(vary, values))
            found.append(dict(base, name=name, **dict(zip(vary, values))))
    for scenario in found:
        unknown = set(scenario) - {"name", "budget_scale", "weights"}
        if unknown or "limit" in batch or batch["batch"]["maximise"] != "strategic_value":
            raise SystemExit(f"this script knows nothing of {sorted(unknown) or 'limits or other goals'}")
    return batch, found


def pick(scenarios, count):
    """So many of the scenarios, spread evenly over the list."""
    count = min(count or len(scenarios), len(scenarios))
    return [scenarios[position * len(scenarios) // count] for position in range(count)]


class Portfolio:
    """The tables as arrays: projects first, then lines, kinds or roles, then periods."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        table = lambda name: rows(folder / f"{name}.csv")
        self.projects = sorted(table("projects"), key=lambda row: row["project"])
        self.ids = [row["project"] for row in self.projects]
        self.at = {project: position for position, project in enumerate(self.ids)}
        budgets, capacities = table("budgets"), table("capacities")
        self.periods = [key for key in budgets[0] if key != "line"]
        count, period_count = len(self.ids), len(self.periods)
        self.period_at = {period: position for position, period in enumerate(self.periods)}

        def profiles(name, key):
            entries = table(name)
            names = sorted({row[key] for row in entries})
            array = np.zeros((count, len(names), period_count))
            for row in entries:
                array[self.at[row["project"]], names.index(row[key])] += [number(row[p], 0.0) for p in self.periods]
            return names, array

        def limits(entries, key, names):
            array = np.full((len(names), period_count), np.inf)
            for row in entries:
                array[names.index(row[key])] = [number(row[p], np.inf) for p in self.periods]
            return array

        self.lines, self.costs = profiles("costs", "line")
        _, benefits = profiles("benefits", "kind")
        self.benefits = benefits.sum(axis=1)
        self.roles, self.demands = profiles("demands", "resource")
        self.budgets = limits(budgets, "line", self.lines)
        self.capacities = limits(capacities, "resource", self.roles)
        self.success = np.array([number(row["success_probability"], 1.0) for row in self.projects])
        self.dependencies = [(self.at[row["project"]], row["kind"], self.at[row["other"]], int(row["lag"] or 0))
                             for row in table("dependencies")]
        self.objectives = table("objectives")
        self.scores = {row["project"]: row for row in table("scores")}
        self.drivers = sorted(row["driver"] for row in table("drivers"))
        self.uncertainty = {(row["project"], row["quantity"]): row for row in table("uncertainty")}
        self.exposures = {(row["project"], row["quantity"], row["driver"]): float(row["loading"])
                          for row in table("exposures")}
        self.starts = [self.possible_starts(row) for row in self.projects]

    def possible_starts(self, row):
        first, delay = self.period_at[row["start"]], int(row["max_delay"] or 0)
        return range(first, min(first + delay, len(self.periods) - 1) + 1)

    def strategic_values(self, chosen_weights):
        """The weighted score of each project under a weight set."""
        local = {}
        for _, group in itertools.groupby(sorted(self.objectives, key=lambda row: row["parent"]),
                                          key=lambda row: row["parent"]):
            group = list(group)
            named = [chosen_weights.get(row["objective"]) for row in group]
            if all(weight is None for weight in named):
                named = [number(row["weight"], 1.0) for row in group]
            local.update((row["objective"], weight / sum(named)) for row, weight in zip(group, named))
        parent = {row["objective"]: row["parent"] for row in self.objectives}
        values = np.zeros(len(self.ids))
        for row in self.objectives:
            leaf = row["objective"]
            if leaf in parent.values():
                continue
            weight, above = local[leaf], parent[leaf]
            while above:
                weight, above = weight * local[above], parent[above]
            worst, best = number(row["worst"]), number(row["best"])
            for position, project in enumerate(self.ids):
                score = number(self.scores[project][leaf]) if project in self.scores else None
                if score is not None:
                    score = score if worst is None else 100.0 * (score - worst) / (best - worst)
                    values[position] += weight * score
        return values


def delayed(profile, delay):
    """A profile (periods last) shifted to later periods; what falls past the horizon is left out."""
    shifted = np.zeros_like(profile)
    shifted[..., delay:] = profile[..., : profile.shape[-1] - delay]
    return shifted


# ---- Choosing -------------------------------------------------------------------------------------------------------
class Model:
    """Columns and rows of the selection: a binary per possible start, and beside it a share where one may be funded."""

    def __init__(self, portfolio):
        self.portfolio = portfolio
        self.columns = []                     # (project, start, column of the choice, column of the share)
        self.width = 0
        self.is_share = []
        for project, row in enumerate(portfolio.projects):
            if row["status"] == "excluded":
                continue
            for start in portfolio.starts[project]:
                chosen = share = self.column(False)
                if row["min_fraction"] and float(row["min_fraction"]) < 1.0:
                    share = self.column(True)
                self.columns.append((project, start, chosen, share))
        self.of_project = {}
        for project, start, chosen, share in self.columns:
            self.of_project.setdefault(project, []).append((start, chosen, share))
        self.entries, self.lower, self.upper = [], [], []
        self.add_rows()

    def column(self, is_share):
        self.is_share.append(is_share)
        self.width += 1
        return self.width - 1

    def row(self, terms, lower, upper):
        self.entries += [(len(self.lower), column, value) for column, value in terms if value]
        self.lower.append(lower)
        self.upper.append(upper)

    def chosen(self, project, sign=1.0, until=None):
        return [(chosen, sign) for start, chosen, _ in self.of_project.get(project, [])
                if until is None or start <= until]

    def add_rows(self):
        portfolio = self.portfolio
        for project, start, chosen, share in self.columns:
            if share != chosen:
                least = float(portfolio.projects[project]["min_fraction"])
                self.row([(share, 1.0), (chosen, -1.0)], -UNLIMITED, 0.0)
                self.row([(share, 1.0), (chosen, -least)], 0.0, UNLIMITED)
        groups = {}
        for project, row in enumerate(portfolio.projects):
            mandatory = row["status"] == "mandatory"
            if mandatory or len(self.of_project.get(project, [])) > 1:
                self.row(self.chosen(project), 1.0 if mandatory else -UNLIMITED, 1.0)
            for group in (row["alternatives"] or "").replace(";", " ").split():
                groups.setdefault(group, []).append(project)
        for members in groups.values():
            self.row([term for member in members for term in self.chosen(member)], -UNLIMITED, 1.0)
        for project, kind, other, lag in portfolio.dependencies:
            if kind == "requires":
                self.row(self.chosen(project) + self.chosen(other, -1.0), -UNLIMITED, 0.0)
            elif kind == "excludes":
                self.row(self.chosen(project) + self.chosen(other), -UNLIMITED, 1.0)
            elif kind == "together":
                self.row(self.chosen(project) + self.chosen(other, -1.0), 0.0, 0.0)
            else:
                for period in range(len(portfolio.periods)):
                    self.row(self.chosen(project, until=period) + self.chosen(other, -1.0, period - lag),
                             -UNLIMITED, 0.0)
        self.budget_rows = self.amounts(portfolio.costs, portfolio.budgets)
        self.amounts(portfolio.demands, portfolio.capacities)

    def amounts(self, profiles, limits):
        """One row per line or role and period; scaled, for money comes in millions. Gives (row, limit) of each."""
        moved = [(share, delayed(profiles[project], start - self.portfolio.starts[project][0]))
                 for project, start, _, share in self.columns]
        made = []
        for key, period in np.ndindex(limits.shape):
            limit = limits[key, period]
            if np.isfinite(limit):
                made.append((len(self.lower), 1.0))
                self.row([(share, amounts[key, period] / limit) for share, amounts in moved], -UNLIMITED, 1.0)
        return made

    def matrix(self):
        row, column, value = zip(*self.entries)
        return sparse.csc_matrix((value, (row, column)), shape=(len(self.lower), self.width))


class Selector:
    """Finds the options of one scenario with one growing HiGHS instance."""

    def __init__(self, model, matrix, values, budget_scale, settings):
        self.model, self.settings = model, settings
        self.choices = np.array([chosen for _, _, chosen, _ in model.columns])
        self.project_of = np.array([project for project, _, _, _ in model.columns])
        self.cost = np.zeros(model.width)
        for project, _, _, share in model.columns:
            self.cost[share] = -values[project]
        self.rows = matrix.tocsr()
        self.lower, self.upper = np.array(model.lower), np.array(model.upper)
        for row, limit in model.budget_rows:
            self.upper[row] = limit * budget_scale
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = model.width, len(self.lower)
        lp.col_cost_ = self.cost
        lp.col_lower_, lp.col_upper_ = np.zeros(model.width), np.ones(model.width)
        lp.row_lower_, lp.row_upper_ = self.lower, self.upper
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kContinuous if share else kinds.kInteger for share in model.is_share]
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
        self.highs = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", settings["gap"]),
                            ("time_limit", settings["time_limit"])):
            self.highs.setOptionValue(name, value)
        self.highs.passModel(lp)
        self.bound, self.cuts = np.inf, []

    def next_option(self, clock):
        """The next option as (solution, objective, bound), or nothing if there is none."""
        highs = self.highs
        highs.clearSolver()
        start = self.start()
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = list(start)
            highs.setSolution(solution)
        if np.isfinite(self.bound):
            # Every option is at most as good as the one before: within the gap of its bound, there is nothing to prove.
            highs.setOptionValue("objective_target", -self.bound / (1.0 + self.settings["gap"]))
        clock.charge("formulate")
        highs.run()
        clock.charge("solve")
        info = highs.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        solution = np.array(highs.getSolution().col_value)
        solution[self.choices] = np.round(solution[self.choices])
        objective = -info.objective_function_value
        self.bound = max(objective, min(self.bound, -info.mip_dual_bound))
        self.cut(solution)
        clock.charge("formulate")
        return solution, objective, self.bound

    def cut(self, solution):
        """Asks for a difference of so many projects from a solution."""
        on = np.isin(self.project_of, self.project_of[solution[self.choices] > 0.5])
        count = len(set(self.project_of[on]))
        signs = np.where(on, -1.0, 1.0)
        lower = self.settings["min_difference"] - count
        self.highs.addRow(float(lower), UNLIMITED, len(self.choices), self.choices.astype(np.int32), signs)
        self.cuts.append((signs, lower))
        self.last = solution

    def start(self):
        """The last option without its least valuable projects that may go: a feasible start."""
        if not self.cuts:
            return None
        on = self.choices[self.last[self.choices] > 0.5]
        shares = {chosen: share for _, _, chosen, share in self.model.columns}
        worth = lambda chosen: -self.cost[shares[chosen]] * self.last[shares[chosen]]
        cheap = sorted(on, key=worth)[:25]
        groups = itertools.combinations(cheap, self.settings["min_difference"])
        for group in sorted(groups, key=lambda group: sum(map(worth, group))):
            trial = self.last.copy()
            for chosen in group:
                trial[chosen] = trial[shares[chosen]] = 0.0
            if all(signs @ trial[self.choices] >= lower for signs, lower in self.cuts):
                activity = self.rows @ trial
                if (activity <= self.upper + 1e-7).all() and (activity >= self.lower - 1e-7).all():
                    return trial
        return None


# ---- Simulating -----------------------------------------------------------------------------------------------------
class Futures:
    """Factors on cost, benefit and demand, and successes: one row per project, one column per trial."""

    def __init__(self, portfolio, seed, trials, sampling):
        self.random = np.random.default_rng(seed)
        self.trials, self.latin = trials, sampling == "latin"
        drivers = {driver: special.ndtri(self.uniforms()) for driver in portfolio.drivers}
        shape = (len(portfolio.ids), trials)
        self.success = np.empty(shape)
        self.factors = {quantity: np.empty(shape) for quantity in QUANTITIES}
        self.tables = {}
        for position, project in enumerate(portfolio.ids):
            self.success[position] = self.uniforms() < portfolio.success[position]
            for quantity in QUANTITIES:
                self.factors[quantity][position] = self.factor(portfolio, project, quantity, drivers)
        self.factors["benefit"] *= self.success

    def uniforms(self):
        if self.latin:
            return (self.random.permutation(self.trials) + self.random.random(self.trials)) / self.trials
        return self.random.random(self.trials)

    def factor(self, portfolio, project, quantity, drivers):
        either = lambda table, *key: table.get((project, *key), table.get(("*", *key)))
        row = either(portfolio.uncertainty, quantity)
        if row is None:
            return 1.0
        loadings = {driver: either(portfolio.exposures, quantity, driver) or 0.0 for driver in drivers}
        own = np.sqrt(max(0.0, 1.0 - sum(loading**2 for loading in loadings.values())))
        score = own * special.ndtri(self.uniforms())
        for driver, loading in loadings.items():
            if loading:
                score += loading * drivers[driver]
        return self.quantile(row, score)

    def quantile(self, row, score):
        low, mode, high, mean, sd = (number(row[key]) for key in ("low", "mode", "high", "mean", "sd"))
        match row["distribution"]:
            case "fixed":
                return mean
            case "normal":
                return mean + sd * score
            case "lognormal":
                variance = np.log1p((sd / mean) ** 2)
                return np.exp(np.log(mean) - variance / 2 + np.sqrt(variance) * score)
            case "p10p90":
                centre, half = (np.log(low) + np.log(high)) / 2, (np.log(high) - np.log(low)) / 2
                return np.exp(centre + half / special.ndtri(0.9) * score)
            case "uniform":
                return low + (high - low) * special.ndtr(score)
            case "bernoulli":
                return np.where(special.ndtr(score) > 1.0 - mean, high, low)
            case "triangular":
                chance, split = special.ndtr(score), (mode - low) / (high - low)
                return np.where(chance < split, low + np.sqrt(chance * (high - low) * (mode - low)),
                                high - np.sqrt((1.0 - chance) * (high - low) * (high - mode)))
            case "pert":
                return low + (high - low) * self.beta(1 + 4 * (mode - low) / (high - low),
                                                      1 + 4 * (high - mode) / (high - low), score)
        raise SystemExit(f"this script knows no distribution {row['distribution']}")

    def beta(self, alpha, beta, score):
        """The beta quantile, interpolated: inverting the incomplete beta function for every trial takes far longer."""
        table = self.tables.get((alpha, beta))
        if table is None:
            scores = np.linspace(-6.0, 6.0, 2401)
            table = self.tables[alpha, beta] = scores, special.betaincinv(alpha, beta, special.ndtr(scores))
        return np.interp(score, *table)


NAMES = ("mean", "mean_se", "sd", "p10", "p50", "p90", "cvar")


def statistics(values, tail, worst_is_low):
    """Mean and its error, sd, percentiles and CVaR of each row."""
    trials = values.shape[1]
    size = max(1, round(tail * trials))
    mean, sd = values.mean(axis=1), values.std(axis=1, ddof=1)
    ranks = [int(np.ceil(share * trials)) - 1 for share in (0.1, 0.5, 0.9)]
    edge = size - 1 if worst_is_low else trials - size
    parts = np.partition(values, sorted({*ranks, edge}), axis=1)
    worst = parts[:, :size] if worst_is_low else parts[:, -size:]
    return np.column_stack([mean, sd / np.sqrt(trials), sd, *(parts[:, rank] for rank in ranks), worst.mean(axis=1)])


class Amounts:
    """What the options of all scenarios take and bring: one row per option, one column per project."""

    def __init__(self, portfolio, rate, options):
        periods, count = len(portfolio.periods), len(portfolio.ids)
        discount = (1.0 + rate) ** -np.arange(2 * periods)
        shape = (len(options), count)
        self.present_benefit, self.present_cost = np.zeros(shape), np.zeros(shape)
        self.benefit, self.cost, self.value = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self.spend = np.zeros((len(portfolio.lines), periods, *shape))
        self.demand = np.zeros((len(portfolio.roles), periods, *shape))
        for position, (choices, values) in enumerate(options):
            for project, start, share in choices:
                delay = start - portfolio.starts[project][0]
                factors = discount[delay : delay + periods]
                at = position, project
                self.present_benefit[at] = share * (portfolio.benefits[project] @ factors)
                self.present_cost[at] = share * (portfolio.costs[project] @ factors).sum()
                self.benefit[at] = share * delayed(portfolio.benefits[project], delay).sum()
                spend = share * delayed(portfolio.costs[project], delay)
                self.cost[at] = spend.sum()
                self.spend[(slice(None), slice(None), *at)] = spend
                self.demand[(slice(None), slice(None), *at)] = share * delayed(portfolio.demands[project], delay)
                self.value[at] = share * values[project]


def simulate(futures, amounts, limits, capacities, groups, tail, clock):
    """Statistics of every option, and of its spend and demand in every period."""
    cost, benefit, demand = (futures.factors[quantity] for quantity in QUANTITIES)
    npv = amounts.present_benefit @ benefit - amounts.present_cost @ cost
    totals = {"npv": npv, "benefit": amounts.benefit @ benefit, "cost": amounts.cost @ cost,
              "strategic_value": amounts.value @ futures.success}
    clock.charge("evaluate")
    table = {f"{measure}_{name}": column
             for measure, values in totals.items()
             for name, column in zip(NAMES, statistics(values, tail, measure != "cost").T)}
    table["p_loss"] = (npv < 0.0).mean(axis=1)
    best = np.zeros(npv.shape[0])
    for group in groups:
        leads = npv[group] == npv[group].max(axis=0)
        best[group] = (leads / leads.sum(axis=0)).mean(axis=1)
    table["p_best"] = best
    clock.charge("statistics")
    periods = {}
    for name, parts, factor, bounds in (("spend", amounts.spend, cost, limits),
                                        ("demand", amounts.demand, demand, capacities)):
        any_over = np.zeros(npv.shape, bool)
        found = np.empty((*parts.shape[:3], len(NAMES) + 2))
        for at in np.ndindex(parts.shape[:2]):
            values = parts[at] @ factor
            clock.charge("evaluate")
            excess = values - bounds[at][:, None]
            over = excess > 1e-9 * np.maximum(1.0, np.abs(bounds[at][:, None]))
            any_over |= over
            found[at] = np.column_stack([statistics(values, tail, False), over.mean(axis=1),
                                         np.where(over, excess, 0.0).mean(axis=1)])
            clock.charge("statistics")
        table[f"p_over_{name}"] = any_over.mean(axis=1)
        periods[name] = found
    return table, periods


# ---- Everything -----------------------------------------------------------------------------------------------------
def write_csv(path, heading, lines):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(lines)


def write(out, portfolio, found, table, periods):
    out.mkdir(parents=True, exist_ok=True)
    keys = [(scenario, rank) for scenario, rank, *_ in found]
    write_csv(out / "options.csv", ["scenario", "option", "objective", "bound", *table],
              ([*key, objective, bound, *numbers]
               for key, (_, _, _, _, objective, bound), *numbers in zip(keys, found, *table.values())))
    write_csv(out / "selection.csv", ["scenario", "option", "project", "start", "share"],
              ([*key, portfolio.ids[project], portfolio.periods[start], share]
               for key, (_, _, choices, *_) in zip(keys, found) for project, start, share in choices))
    for name, heads in (("spend", portfolio.lines), ("demand", portfolio.roles)):
        numbers = periods[name].tolist()
        write_csv(out / f"{name}.csv", ["scenario", "option", "of", "period", *NAMES, "p_over", "mean_over"],
                  ([*key, head, period, *numbers[h][p][o]]
                   for o, key in enumerate(keys) for h, head in enumerate(heads)
                   for p, period in enumerate(portfolio.periods)))


def main():
    clock = Clock()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("batch")
    parser.add_argument("--scenarios", type=int, help="only so many, spread evenly over the batch")
    parser.add_argument("--time-limit", type=float, help="seconds per option [default: the batch's own]")
    parser.add_argument("--out", default="target/peer/python")
    arguments = parser.parse_args()

    batch, scenarios = read_batch(arguments.batch)
    scenarios = pick(scenarios, arguments.scenarios)
    settings = dict(batch["batch"])
    settings["time_limit"] = arguments.time_limit or settings["time_limit"]
    portfolio = Portfolio(pathlib.Path(arguments.batch).parent / settings["portfolio"])
    clock.charge("read")

    model = Model(portfolio)
    matrix = model.matrix()
    found, unproven, slowest, values_of = [], 0, 0.0, []
    for scenario in scenarios:
        values = portfolio.strategic_values(batch["weights"][scenario["weights"]]["values"])
        selector = Selector(model, matrix, values, scenario["budget_scale"], settings)
        for rank in range(1, settings["options"] + 1):
            before = clock.seconds.get("solve", 0.0)
            option = selector.next_option(clock)
            slowest = max(slowest, clock.seconds["solve"] - before)
            if option is None:
                break
            solution, objective, bound = option
            choices = [(project, start, min(1.0, solution[share]))
                       for project, start, chosen, share in model.columns if solution[chosen] > 0.5]
            unproven += bound - objective > settings["gap"] * abs(objective) * (1 + 1e-6)
            found.append((scenario["name"], rank, choices, scenario, objective, bound))
            values_of.append(values)
        clock.charge("formulate")

    simulation = batch["simulation"]
    futures = Futures(portfolio, settings["seed"], simulation["trials"], simulation["sampling"])
    clock.charge("draw")
    amounts = Amounts(portfolio, settings["discount_rate"],
                      [(choices, values) for (_, _, choices, *_), values in zip(found, values_of)])
    scales = np.array([scenario["budget_scale"] for _, _, _, scenario, *_ in found])
    limits = portfolio.budgets[:, :, None] * scales
    capacities = np.repeat(portfolio.capacities[:, :, None], len(found), axis=2)
    names = np.array([name for name, *_ in found])
    groups = [np.flatnonzero(names == scenario["name"]) for scenario in scenarios]
    table, periods = simulate(futures, amounts, limits, capacities, groups, simulation["tail"], clock)
    write(pathlib.Path(arguments.out), portfolio, found, table, periods)
    clock.charge("write")
    report = {"stages": clock.seconds, "options": len(found), "unproven": int(unproven), "slowest_solve": slowest,
              "highs": highspy.Highs().version(), "numpy": np.__version__}
    (pathlib.Path(arguments.out) / "run.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
