"""Cutline's search beside open solvers, instance by instance, wins and losses alike.

    python run.py [--quick] [--family cb|sel|tim|base|real] [--holdout] [--ten] [--job] [--gap 0.001] [--limit 20]

Writes report.md and report.json to target/solvers. What the peers did on this machine is kept in peers.json there and
used again unless --fresh is given; Cutline always runs.
"""

import argparse
import datetime
import importlib.metadata
import json
import math
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

import numpy as np

import baseline_job
import common
import instances
import peers
import real

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
QUICK = ["cb_100_5_1", "sel_100_5_1", "sel_200_10_1", "tim_100_10_1", "base_2"]
FAMILIES = ("cb", "sel", "tim", "base", "real")
ENGINES = ["cutline", "highs", "highs_all", "scip", "cpsat", "cbc"]
FLOOR = 0.001          # seconds: less than this cannot be told apart
COUNTED = ("proven", "limit", "no solution", "no answer")
SAME = 1e-6            # relative difference that counts as rounding


def machine():
    model = [line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")] if pathlib.Path("/proc/cpuinfo").exists() else []
    return f"{(model or [platform.processor()])[0]}, {os.cpu_count()} processors, {platform.system()}"


def versions():
    found = {"Python": platform.python_version()}
    for package in [*peers.PACKAGES.values(), "numpy"]:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def timed(command, patience):
    """Runs a command; gives its exit code, output, last error line and CPU seconds (user and system)."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        before = peers.own_seconds()
        try:
            code = subprocess.run(command, stdout=out, stderr=errors, timeout=patience).returncode
        except subprocess.TimeoutExpired:
            code = None
        seconds = peers.own_seconds() - before
        texts = []
        for file in (out, errors):
            file.seek(0)
            texts.append(file.read().decode(errors="replace").strip())
    return code, texts[0], (texts[1].splitlines() or ["no message"])[-1], seconds


# ---- Running --------------------------------------------------------------------------------------------------------
def cutline(binary, path, gap, limit, count, solver):
    """Cutline on one instance, checked with the original numbers. All of its process counts, reading included."""
    record = {"instance": path.stem, "engine": "cutline", "asked": gap, "limit": limit, "count": count}
    if not binary.exists():
        return {**record, "status": "not built"}
    code, out, error, seconds = timed([binary, path, str(count), str(gap), str(limit), solver],
                                      10 * (limit * count + 60))
    if code != 0:
        return {**record, "status": "no answer" if code is None else "crashed", "fault": f"exit code {code}: {error}"}
    found = json.loads(out)
    instance = common.read(path)
    solutions, seen = [], set()
    for claimed in found["solutions"]:
        bound = math.inf if claimed["bound"] is None else claimed["bound"]
        solution = peers.checked(instance, claimed["values"], bound, gap)
        binaries = tuple(np.round(claimed["values"][:instance.binaries]).astype(int))
        if abs(solution["objective"] - claimed["objective"]) > SAME * max(1.0, abs(solution["objective"])):
            solution["fault"] = f"claims the objective {claimed['objective']}"
        elif binaries in seen:
            solution["fault"] = "found twice"
        elif claimed["proven"] and solution["status"] == "limit":
            solution["fault"] = "claims a proof that its bound does not give"
        solution["status"] = "infeasible answer" if solution["fault"] else solution["status"]
        solution["by"] = claimed["engine"]
        seen.add(binaries)
        solutions.append(solution)
    first = solutions[0] if solutions else {"status": "no solution"}
    return {**record, **first, "seconds": seconds, "wall": found["wall"],
            **({"solutions": solutions} if count > 1 else {})}


class Peers:
    """What the peers did on this machine, kept in a file."""

    def __init__(self, path, fresh):
        self.path = path
        self.records = json.loads(path.read_text()) if path.exists() and not fresh else []

    def run(self, engine, path, gap, limit, count=1):
        key = {"instance": path.stem, "engine": engine, "asked": gap, "limit": limit, "count": count}
        return self.kept(key, lambda: peers.run(engine, path, gap, limit, count))

    def kept(self, key, measure):
        key = {**key, "machine": machine()}
        for record in self.records:
            if all(record.get(name) == value for name, value in key.items()):
                return record
        record = {**measure(), **key, "load": os.getloadavg()[0], "measured": str(datetime.date.today())}
        if record.get("status") not in ("not installed", "crashed"):
            self.records.append(record)
            self.path.write_text(json.dumps(self.records, indent=1))
        return record


# ---- Checking -------------------------------------------------------------------------------------------------------
def listed(record):
    return record.get("solutions") or [record]


def contradictions(records):
    """Feasible objectives above a bound that another engine (or itself) has proven.

    The r-th best objective that anyone found cannot lie above the r-th bound of anyone else: each bounds the best that
    is left when r - 1 solutions are taken away.
    """
    faults = []
    for one in records:
        objectives = sorted((s["objective"] for s in listed(one) if s.get("objective") is not None
                             and not s.get("fault")), reverse=True)
        for other in records:
            for rank, (objective, solution) in enumerate(zip(objectives, listed(other)), start=1):
                bound = solution.get("bound")
                if bound is not None and objective > bound + SAME * max(1.0, abs(bound)):
                    faults.append(f"{one['instance']}: {one['engine']} found {objective} as number {rank}, "
                                  f"{other['engine']} proved a bound of {bound}")
    return faults


def unequal(ours, theirs):
    """Ranks at which both have proven values that differ by more than the gaps asked for allow."""
    values = [sorted((s["objective"] for s in listed(record)), reverse=True) for record in (ours, theirs)]
    if any(s["status"] != "proven" for record in (ours, theirs) for s in listed(record)):
        return None
    allowed = ours["asked"] + SAME
    return [rank for rank, (a, b) in enumerate(zip(*values), start=1) if abs(a - b) > allowed * max(abs(a), abs(b))]


# ---- Reporting ------------------------------------------------------------------------------------------------------
def seconds_text(seconds):
    return f"{seconds:.3f} s" if seconds < 1 else f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"


def cell(record):
    if record["status"] == "proven":
        return seconds_text(record["seconds"])
    if record["status"] == "limit" and record.get("gap") is not None:
        return f"{100 * record['gap']:.3f} %"
    return record["status"]


def charged(record):
    """Seconds for means and ratios: those to the proof, or the limit (or more) where there is none."""
    proven = record["status"] == "proven"
    return max(record["seconds"], FLOOR) if proven else max(record["limit"], record.get("seconds", 0.0))


def verdict(records):
    """(words, ratio or nothing) of Cutline against the best peer: by time if anyone has a proof, else by gap."""
    ours, theirs = records["cutline"], [r for e, r in records.items() if e != "cutline" and r["status"] in COUNTED]
    if ours["status"] not in COUNTED or not theirs:
        return "-", None
    best = min(theirs, key=lambda record: (record["status"] != "proven", charged(record) if
               record["status"] == "proven" else record.get("gap") or math.inf))
    label = peers.LABELS[best["engine"]]
    won, lost = ours["status"] == "proven", best["status"] == "proven"
    if not won and not lost:
        a, b = (record.get("gap") or math.inf for record in (ours, best))
        return f"{'win' if a < b else 'loss' if a > b else 'tie'} by gap ({label})", None
    ratio = charged(best) / charged(ours)
    sign = "" if won and lost else "≥ " if won else "≤ "
    return f"{'win' if won and (ratio > 1 or not lost) else 'loss'} {sign}{ratio:.2g}× ({label})", ratio


def geometric(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def family_table(title, results):
    """Rows of Markdown: an instance each, then what each engine has proven and its mean time."""
    engines = [engine for engine in ENGINES if any(engine in records for records in results.values())]
    lines = [f"### {title}", "", "| instance | " + " | ".join(peers.LABELS[e] for e in engines) + " | against the best |",
             "|---|" + "--:|" * len(engines) + "---|"]
    verdicts = {name: verdict(records) for name, records in results.items()}
    for name, records in results.items():
        cells = [cell(records[engine]) if engine in records else "-" for engine in engines]
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {verdicts[name][0]} |")
    proven, means = [], []
    for engine in engines:
        mine = [records[engine] for records in results.values() if engine in records]
        counted = [record for record in mine if record["status"] in COUNTED]
        done = sum(record["status"] == "proven" for record in counted)
        proven.append(f"{done} of {len(counted)}" + (f" ({len(mine) - len(counted)} did not run)"
                                                    if len(counted) < len(mine) else ""))
        flag = "" if done == len(counted) else "≥ "
        means.append(flag + seconds_text(geometric([charged(r) for r in counted])) if counted else "-")
    words = [word.split()[0] for word, _ in verdicts.values()]
    ratios = [ratio for _, ratio in verdicts.values() if ratio is not None]
    signs = {sign for word, _ in verdicts.values() for sign in ("≥", "≤") if sign in word}
    mean = f"{geometric(ratios):.2g}× over {len(ratios)}" if ratios else "-"
    mean += " (holds both ≥ and ≤: no bound)" if len(signs) == 2 else ""
    mean = f"{min(signs)} {mean}" if len(signs) == 1 else mean
    tally = f"{words.count('win')} wins, {words.count('loss')} losses, {words.count('tie')} ties"
    lines += ["| *proven* | " + " | ".join(proven) + f" | {tally} |",
              "| *geometric mean* | " + " | ".join(means)
              + f" | {mean} |", ""]
    return lines


def ten_table(rows):
    lines = ["### The ten best", "", "| instance | Cutline | proven | HiGHS, no-good cuts | proven | ratio | values |",
             "|---|--:|--:|--:|--:|--:|---|"]
    for name, ours, theirs in rows:
        if theirs is None:
            lines.append(f"| {name} | | | not run: did not prove the best one | | | |")
            continue
        done = [sum(s["status"] == "proven" for s in listed(record)) for record in (ours, theirs)]
        ratio = "-"
        if all("seconds" in record for record in (ours, theirs)) and max(done):
            sign = {(True, True): "", (True, False): "≥ ", (False, True): "≤ "}.get((done[0] == 10, done[1] == 10), "? ")
            ratio = f"{sign}{max(theirs['seconds'], FLOOR) / max(ours['seconds'], FLOOR):.3g}×"
        differing = unequal(ours, theirs) if "seconds" in ours else None
        values = "-" if differing is None else f"differ at {differing}" if differing else "agree"
        cells = [seconds_text(r["seconds"]) if "seconds" in r else r["status"] for r in (ours, theirs)]
        lines.append(f"| {name} | {cells[0]} | {done[0]} | {cells[1]} | {done[1]} | {ratio} | {values} |")
    return [*lines, ""]


# ---- The whole job --------------------------------------------------------------------------------------------------
def check_job(folder, scenarios):
    """Faults of Cutline's options: limits, objectives, bounds beside the script's, and simulated statistics."""
    import pandas as pd

    job, faults = baseline_job.job(), []
    names = job.tables["scenarios"]["scenario"].tolist()
    at = {project: position for position, project in enumerate(job.tables["projects"]["id"])}
    options, theirs = (pd.read_csv(path) for path in (folder / "out" / "options.csv", folder / "script.csv"))
    selection = pd.read_csv(folder / "out" / "selection.csv").groupby(["scenario", "option"])["project"]
    chosen = np.zeros((len(at), len(options)))
    for column, option in enumerate(options.itertuples()):
        chosen[[at[p] for p in selection.get_group((option.scenario, option.option))], column] = 1.0
        program = job.instance(names.index(option.scenario))
        value, fault = program.objective @ chosen[:, column], program.fault(chosen[:, column])
        if fault or abs(value - option.objective) > SAME * value:
            faults.append(f"{option.scenario} option {option.option}: {fault or f'objective {value} by the script'}")
    for name in names[:scenarios]:
        both = [{"instance": name, "engine": engine,
                 "solutions": table[table["scenario"] == name].sort_values("option").to_dict("records")}
                for engine, table in (("cutline", options), ("script", theirs))]
        faults += contradictions(both)
        if len(both[0]["solutions"]) != len(both[1]["solutions"]):
            faults.append(f"{name}: {[len(one['solutions']) for one in both]} options")
    cost, benefit = baseline_job.draw(job, np.random.default_rng(1))
    budgets = job.budgets[[names.index(name) for name in options["scenario"]]].T
    statistics = baseline_job.simulate(job, cost, benefit, chosen, budgets)
    spread = statistics["npv_sd"]
    # Five standard errors of a difference of two means are 0.07 deviations; other statistics vary somewhat more.
    for ours, name, allowed in (("npv_mean", "npv_mean", 0.07 * spread), ("npv_sd", "npv_sd", 0.07 * spread),
                                ("npv_p10", "npv_p10", 0.1 * spread), ("npv_p50", "npv_p50", 0.1 * spread),
                                ("npv_p90", "npv_p90", 0.15 * spread), ("npv_cvar", "npv_cvar", 0.2 * spread),
                                ("cost_mean", "cost_mean", 0.07 * options["cost_sd"]),
                                ("cost_p90", "cost_p90", 0.15 * options["cost_sd"]),
                                ("p_over_budget", "p_over", 0.035), ("p_loss", "p_loss", 0.035)):
        if (abs(statistics[name] - options[ours]) > allowed).any():
            faults.append(f"simulated {ours} differs from the script's by more than chance")
    worst = max(abs(statistics["npv_mean"] - options["npv_mean"]) / (spread * math.sqrt(2 / baseline_job.TRIALS)))
    return faults, worst


def run_job(binary, folder, kept, gap, limit, scenarios):
    """The job in Cutline and in the script; gives lines of the report, faults and the record."""
    baseline_job.write(folder, gap, limit, scenarios)
    script = [sys.executable, pathlib.Path(__file__).with_name("baseline_job.py"), "script", folder, "--gap", str(gap),
              "--limit", str(limit), "--scenarios", str(scenarios)]

    def measure():
        code, out, error, seconds = timed(script, 20 * limit * 10 * scenarios)
        if code != 0:
            return {"status": "crashed", "fault": error}
        # HiGHS greets whoever loads it: what counts is the last line.
        told = json.loads(out.splitlines()[-1])
        return {"status": "done", **told, "process": seconds, "table": (folder / "script.csv").read_text()}

    theirs = kept.kept({"instance": "job", "engine": "script", "asked": gap, "limit": limit, "count": scenarios}, measure)
    lines = [f"### The whole job: {scenarios} scenarios at {100 * gap:g} %", ""]
    if theirs["status"] != "done":
        return [*lines, f"The script crashed: {theirs['fault']}", ""], [], {"script": theirs}
    (folder / "script.csv").write_text(theirs["table"])
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in theirs["seconds"].items())
    lines += [f"Script: {theirs['process']:.1f} CPU seconds ({stages}; the rest is Python loading its libraries), "
              f"{theirs['options']} options, {theirs['unproven']} of them not proven.", ""]
    if not binary.exists():
        return [*lines, "Cutline: not built.", ""], [], {"script": theirs}
    code, _, error, seconds = timed([binary, "run", folder / "batch.toml", "--out", folder / "out", "--threads", "1",
                                     "--quiet"], 20 * limit * 10 * scenarios)
    if not (folder / "out" / "run.json").exists():
        return [*lines, f"Cutline: exit code {code}: {error}", ""], [], {"script": theirs}
    report = json.loads((folder / "out" / "run.json").read_text())
    stages = ", ".join(f"{stage.removesuffix('_seconds')} {value:.2f}" for stage, value in report["stages"].items())
    faults, worst = check_job(folder, scenarios)
    unproven = sum(scenario["status"] != "optimal" for scenario in report["scenarios"])
    lines += [f"Cutline, one thread: {seconds:.1f} CPU seconds (wall: {stages}), {unproven} scenarios not proven. Ratio "
              f"{theirs['process'] / seconds:.1f}. Simulated means lie within {worst:.1f} standard errors.", ""]
    return lines, faults, {"script": theirs, "cutline": {"seconds": seconds, "run": report}}


# ---- All of it ------------------------------------------------------------------------------------------------------
def chosen_names(arguments):
    names = [n for n in instances.catalogue(arguments.holdout)
             if not arguments.family or n.split("_")[0] in arguments.family]
    if arguments.quick:
        names = [name for name in names if name in QUICK] if not arguments.holdout else names[::5]
    return names if not arguments.job_only else []


def head(arguments, loads):
    told = ", ".join(f"{package} {version}" for package, version in versions().items())
    return ["# Cutline's search beside open solvers", "",
            f"{datetime.datetime.now():%Y-%m-%d %H:%M}, {machine()}, load {loads[0]:.1f} at the start and {loads[1]:.1f} "
            f"at the end. {told}.", "",
            f"One thread each, to a gap of {100 * arguments.gap:g} %, within {arguments.limit:g} s. Times are CPU seconds: "
            "of the solve alone for the peers, of the whole process for Cutline. Where the gap was not proven in the limit "
            "the gap reached is given instead. In means and ratios an unproven instance counts with the limit, which is "
            "less than it would take: `≥` marks means that hold such, and ratios where only the peer lacks the proof; `≤` "
            "ratios where only Cutline does. The last column compares with the best peer.", ""]


def is_real(name):
    return name.startswith("real_")


def real_instances(arguments):
    """Name -> path of the real portfolios that are there; they belong to no set."""
    wanted = "real" in (arguments.family or ()) or not (arguments.family or arguments.quick or arguments.holdout)
    if not wanted or arguments.job_only:
        return {}
    paths, missing = real.make(arguments.work / "instances", arguments.data, arguments.binaries / "cutline")
    for reason in missing:
        print(f"left out: {reason}", flush=True)
    return paths


def run_instances(arguments, kept):
    """Name -> engine -> record, and (name, Cutline's, HiGHS's) records of the ten best."""
    paths = instances.make(arguments.work / "instances", chosen_names(arguments), arguments.holdout)
    paths |= real_instances(arguments)
    binary = arguments.binaries / "examples" / "solve_instance"
    results, ten = {}, []
    for name, path in paths.items():
        ask = (path, arguments.gap, arguments.limit)
        records = {"cutline": cutline(binary, *ask, 1, arguments.solver)}
        records |= {engine: kept.run(engine, *ask) for engine in arguments.engine or (peers.PACKAGES if is_real(name) else peers.USUAL)}
        results[name] = records
        print(name, *(f"{peers.LABELS[engine]} {cell(record)}" for engine, record in records.items()), sep="  ", flush=True)
        if arguments.ten:
            able = records.get("highs", {}).get("status") == "proven"
            theirs = kept.run("highs", *ask, 10) if able else None
            ten.append((name, cutline(binary, *ask, 10, arguments.solver) if able else None, theirs))
    return results, ten


def found_faults(results, ten):
    groups = [list(records.values()) for records in results.values()]
    groups += [[ours, theirs] for _, ours, theirs in ten if theirs]
    faults = [fault for records in groups for fault in contradictions(records)]
    faults += [f"{record['instance']}: {peers.LABELS[record['engine']]}: {solution['fault']}"
               for records in groups for record in records for solution in listed(record) if solution.get("fault")]
    return list(dict.fromkeys(faults))


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few small instances")
    parser.add_argument("--family", action="append", choices=FAMILIES)
    parser.add_argument("--holdout", action="store_true", help="the other set of instances")
    parser.add_argument("--ten", action="store_true", help="also the ten best, beside HiGHS with no-good cuts")
    parser.add_argument("--job", action="store_true", help="also the whole job, beside a Python script")
    parser.add_argument("--job-only", action="store_true", help="the whole job and no instances")
    parser.add_argument("--job-gap", type=float, default=0.01)
    parser.add_argument("--job-scenarios", type=int, default=30)
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--limit", type=float, default=20.0, help="seconds per solution [20]")
    parser.add_argument("--engine", action="append", choices=list(peers.PACKAGES), help="only these peers")
    parser.add_argument("--solver", default="auto", help="Cutline's own choice of solver: auto, highs or search")
    parser.add_argument("--binaries", type=pathlib.Path, default=REPOSITORY / "target" / "release")
    parser.add_argument("--work", type=pathlib.Path, default=REPOSITORY / "target" / "solvers")
    parser.add_argument("--data", type=pathlib.Path, default=real.DATA, help="where the real portfolios lie")
    parser.add_argument("--peers", type=pathlib.Path, help="where the peers' results are kept [WORK/peers.json]")
    parser.add_argument("--fresh", action="store_true", help="run the peers again")
    return parser.parse_args()


def main():
    arguments = parse()
    arguments.work.mkdir(parents=True, exist_ok=True)
    kept = Peers(arguments.peers or arguments.work / "peers.json", arguments.fresh)
    loads = [os.getloadavg()[0]]
    results, ten = run_instances(arguments, kept)
    faults, lines, job = found_faults(results, ten), [], None
    for family in FAMILIES:
        part = {name: records for name, records in results.items() if name.startswith(f"{family}_")}
        lines += family_table(f"Family `{family}`" + (", holdout" if arguments.holdout else ""), part) if part else []
    lines += ten_table(ten) if ten else []
    if arguments.job or arguments.job_only:
        more, job_faults, job = run_job(arguments.binaries / "cutline", arguments.work / "job", kept, arguments.job_gap,
                                        arguments.limit, arguments.job_scenarios)
        lines, faults = lines + more, faults + job_faults
    loads.append(os.getloadavg()[0])
    lines += ["### Checks", "", *(f"- {fault}" for fault in faults or [
        "All solutions are feasible and worth what they claim in the original numbers; no solution lies above a bound that "
        "another engine has proven."])]
    text = "\n".join(head(arguments, loads) + lines) + "\n"
    record = {"machine": machine(), "versions": versions(), "load": loads, "gap": arguments.gap,
              "limit": arguments.limit, "results": results, "ten": ten, "job": job, "faults": faults}
    (arguments.work / "report.md").write_text(text, encoding="utf-8")
    (arguments.work / "report.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    print("\n" + text)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
