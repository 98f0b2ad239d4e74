"""Runs Cutline and the script one after the other on the same scenarios, checks that they agree, prints the ratios."""

import argparse
import csv
import json
import os
import pathlib
import subprocess
import sys
import time

import baseline

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
WORK = REPOSITORY / "target" / "peer"


def timed(command):
    started = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise SystemExit(f"exit code {done.returncode}: {' '.join(map(str, command))}")
    return seconds


def reduced_batch(path, count):
    """A batch file of some of the scenarios, each written out in full, beside which the portfolio is found."""
    batch, scenarios = baseline.read_batch(path)
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    portfolio = (pathlib.Path(path).parent / batch["batch"]["portfolio"]).resolve()
    first = min(at for at, line in enumerate(lines) if line.startswith(("[[scenario]]", "[[sweep]]", "[base]")))
    # The script gives no reasons: so Cutline is not to either.
    changed = f'portfolio = "{portfolio}"\ndecisions = false'
    kept = [changed if line.startswith("portfolio") else line for line in lines[:first]]
    for scenario in baseline.pick(scenarios, count):
        kept += ["[[scenario]]", *(f"{key} = {json.dumps(value)}" for key, value in scenario.items()), ""]
    reduced = WORK / "batch.toml"
    reduced.write_text("\n".join(kept), encoding="utf-8")
    return reduced


def cutline(binary, batch, out, *options):
    """Wall seconds by stage of one run of Cutline."""
    wall = timed([binary, "run", batch, "--out", out, "--quiet", *options])
    report = json.loads((out / "run.json").read_text(encoding="utf-8"))
    stages = report["stages"]
    return {"select": stages["select_seconds"], "draw": stages["sample_seconds"],
            "evaluate, statistics": stages["simulate_seconds"],
            "start, read, write": wall - sum(stages.values()), "wall": wall}, report


def script(batch, out):
    """Wall seconds by stage of one run of the script."""
    wall = timed([sys.executable, pathlib.Path(__file__).with_name("baseline.py"), batch, "--out", out])
    report = json.loads((out / "run.json").read_text(encoding="utf-8"))
    stages = report["stages"]
    known = sum(seconds for stage, seconds in stages.items() if stage not in ("start", "read", "write"))
    return {"select": stages["formulate"] + stages["solve"], "draw": stages["draw"],
            "evaluate, statistics": stages["evaluate"] + stages["statistics"],
            "start, read, write": wall - known, "wall": wall}, report


def options_of(folder):
    return {(row["scenario"], int(row["option"])): row for row in baseline.rows(folder / "options.csv")}


def check_agreement(ours, theirs):
    """The best selection of either must lie below the bound that the other has proven."""
    slack = 1 + 1e-6
    faults = []
    for key in (key for key in theirs if key[1] == 1):
        (a, bound_a), (b, bound_b) = ((float(table[key]["objective"]), float(table[key]["bound"]))
                                      for table in (ours, theirs))
        if a > bound_b * slack or b > bound_a * slack:
            faults.append(f"{key[0]}: Cutline {a} (bound {bound_a}), script {b} (bound {bound_b})")
    if len(ours) != len(theirs):
        faults.append(f"Cutline has {len(ours)} options, the script {len(theirs)}")
    if faults:
        raise SystemExit("The two do not agree:\n  " + "\n  ".join(faults))


def check_futures(batch_path, folder, ours):
    """The script's futures of Cutline's own best selections must have Cutline's means, as far as chance allows."""
    batch, scenarios = baseline.read_batch(batch_path)
    portfolio = baseline.Portfolio(pathlib.Path(batch_path).parent / batch["batch"]["portfolio"])
    chosen = {}
    for row in baseline.rows(folder / "selection.csv"):
        if int(row["option"]) == 1:
            choice = portfolio.at[row["project"]], portfolio.period_at[row["start"]], float(row["fraction"])
            chosen.setdefault(row["scenario"], []).append(choice)
    options = [(chosen[scenario["name"]],
                portfolio.strategic_values(batch["weights"][scenario["weights"]]["values"])) for scenario in scenarios]
    amounts = baseline.Amounts(portfolio, batch["batch"]["discount_rate"], options)
    settings = batch["simulation"]
    futures = baseline.Futures(portfolio, 1, settings["trials"], settings["sampling"])
    cost, benefit = futures.factors["cost"], futures.factors["benefit"]
    simulated = {"npv": amounts.present_benefit @ benefit - amounts.present_cost @ cost, "cost": amounts.cost @ cost,
                 "benefit": amounts.benefit @ benefit, "strategic_value": amounts.value @ futures.success}
    worst = 0.0
    for position, scenario in enumerate(scenarios):
        row = ours[scenario["name"], 1]
        for measure, values in simulated.items():
            numbers = values[position]
            error = numbers.std(ddof=1) / len(numbers) ** 0.5
            worst = max(worst, abs(numbers.mean() - float(row[f"{measure}_mean"])) / error,
                        abs(numbers.std(ddof=1) / float(row[f"{measure}_sd"]) - 1.0) / 0.01)
    if worst > 5.0:
        raise SystemExit(f"Simulated means or deviations differ by {worst:.1f} standard errors: too much for chance")
    return worst


def quality(table):
    """Best, average and least objective of a scenario's options, averaged over scenarios."""
    lists = {}
    for (scenario, _), row in table.items():
        lists.setdefault(scenario, []).append(float(row["objective"]))
    of_each = [(max(values), sum(values) / len(values), min(values)) for values in lists.values()]
    return [sum(values) / len(of_each) for values in zip(*of_each)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("batch")
    parser.add_argument("--scenarios", type=int, help="only so many, spread evenly over the batch")
    arguments = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    batch = reduced_batch(arguments.batch, arguments.scenarios)
    ours, report = cutline(arguments.binary, batch, WORK / "cutline-1", "--threads", "1")
    theirs, script_report = script(batch, WORK / "python")
    all_cores, all_report = cutline(arguments.binary, batch, WORK / "cutline-all")

    our_options, their_options = options_of(WORK / "cutline-1"), options_of(WORK / "python")
    check_agreement(our_options, their_options)
    worst = check_futures(batch, WORK / "cutline-1", our_options)
    print(f"{len(report['scenarios'])} scenarios, {len(our_options)} options; Cutline {report['version']} "
          f"({report['solver']}), script: highspy {script_report['highs']}, numpy {script_report['numpy']}")
    print(f"Best options lie within each other's bounds; simulated means and deviations within {worst:.1f} "
          f"standard errors.\n")

    all_label = f"Cutline, {all_report['threads']} threads"
    print(f"{'seconds':24}{'script':>10}{'Cutline':>10}{'ratio':>8}{all_label:>20}{'ratio':>8}")
    for table in (ours, theirs, all_cores):
        table["outside the solver"] = table["wall"] - table["select"]
    for stage in ("select", "draw", "evaluate, statistics", "start, read, write", "outside the solver", "wall"):
        one, many, other = (max(table[stage], 1e-3) for table in (ours, all_cores, theirs))
        print(f"{stage:24}{other:10.2f}{one:10.2f}{other / one:8.1f}{many:20.2f}{other / many:8.1f}")
    print(f"\nThe script: {script_report['stages']['solve']:.2f} s within the solver itself, slowest option "
          f"{script_report['slowest_solve']:.2f} s, {script_report['unproven']} options not proven to the gap.")
    unproven = sum(scenario["status"] != "optimal" for scenario in report["scenarios"])
    print(f"Cutline: {unproven} scenarios not proven to the gap.")
    of_ours, of_theirs = quality(our_options), quality(their_options)
    for what, a, b in zip(("best option", "average option", "least option"), of_ours, of_theirs):
        print(f"Cutline's {what} of a scenario is {100 * (a / b - 1.0):+.2f} % better on average.")



if __name__ == "__main__":
    main()
