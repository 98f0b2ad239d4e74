"""`solver = "auto"` beside each of its engines alone, on real portfolios: every scenario, gap and number of options.

    python engines.py CUTLINE [--repeat 2] [--gap 0 --gap 0.001] [--options 1 --options 10] [--only virginia]
                      [--limit 60] [--data FOLDER] [--versus OTHER_CUTLINE] [--out TABLE.csv]

Runs the bundled batches and, where it is there, Virginia's portfolio with a row of the program for each pool that may pay
(`smart-scale/cutline` of the collection that real.py reads). CPU seconds are user and system of the whole process, one
thread, the least of the runs, which take turns. The limit is of CPU seconds, too, so that load changes nothing; one that
meets it is stopped and has proven nothing. `search` gets at most one and a half times what `highs` took and 1 s more, since
slower than that it is not the better engine. Standard library only.

Aim: `auto` takes at most 1.1 times the better engine's time and 0.2 s more, and proves the same objectives.
"""

import argparse
import csv
import json
import math
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DATA = REPOSITORY.parent / "shared" / "data"
BUNDLED = ["virginia-smart-scale", "baltimore-fy2024", "baltimore-six-year"]
PAIRS = "virginia-in-pairs"
SHARE, SECONDS = 1.1, 0.2
HEADINGS = ["portfolio", "scenario", "gap", "options", "auto", "search", "highs", "ratio", "misses", "before",
            "auto_status", "search_status", "highs_status", "objective", "objectives_agree"]


def batches(data):
    """Name of a portfolio -> its batch file."""
    found = {name: REPOSITORY / "scenarios" / f"{name}.toml" for name in BUNDLED}
    pairs = data / "smart-scale" / "cutline" / "batch.toml"
    if pairs.exists():
        found[PAIRS] = pairs
    else:
        print(f"left out: {PAIRS}: no {pairs}", file=sys.stderr)
    return found


def alone(batch):
    """Name of each scenario -> the text of a batch that holds it alone, with places for what varies."""
    head, *scenarios = re.split(r"(?m)^(?=\[\[scenario\]\])", batch.read_text(encoding="utf-8"))
    folder = re.search(r'(?m)^portfolio = "(.*?)"', head).group(1)
    head = re.sub(r"(?m)^(options|gap|time_limit|solver|portfolio|decisions) = .*\n", "", head)
    varied = ['portfolio = "%s"' % (batch.parent / folder).resolve(), "decisions = false", "options = {options}",
              "gap = {gap}", "time_limit = 3600", 'solver = "{solver}"']
    head = head.replace("[batch]\n", "[batch]\n" + "\n".join(varied) + "\n", 1)
    return {re.search(r'(?m)^name = "(.*)"', text).group(1): (head, text) for text in scenarios}


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def limit_cpu(seconds):
    whole = math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))


def run(cutline, texts, options, gap, solver, limit):
    """CPU seconds, status and objectives of one run."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        head, scenario = texts
        for key, value in {"options": options, "gap": gap, "solver": solver}.items():
            head = head.replace("{%s}" % key, str(value), 1)
        (folder / "batch.toml").write_text(head + scenario, encoding="utf-8")
        before = cpu_seconds()
        done = subprocess.run([cutline, "run", folder / "batch.toml", "--out", folder / "out", "--threads", "1", "--quiet"],
                              capture_output=True, text=True, preexec_fn=lambda: limit_cpu(limit))
        seconds = cpu_seconds() - before
        if done.returncode in (-signal.SIGKILL, -signal.SIGXCPU):
            return seconds, "limit", []
        if done.returncode not in (0, 3):
            return seconds, f"exit code {done.returncode}: {(done.stderr.strip().splitlines() or [''])[-1]}", []
        status = json.loads((folder / "out" / "run.json").read_text())["scenarios"][0]["status"]
        with open(folder / "out" / "options.csv", encoding="utf-8") as table:
            return seconds, status, [float(row["objective"]) for row in csv.DictReader(table)]


def agree(one, other, gap):
    """True if two proven lists of objectives differ by no more than the gap allows."""
    return len(one) == len(other) and all(
        abs(a - b) <= (gap + 1e-6) * max(abs(a), abs(b)) for a, b in zip(one, other))


def measure(binaries, texts, options, gap, limit, repeat):
    """Name of an engine -> least CPU seconds, status and objectives."""
    best, allowed = {}, limit
    for _ in range(repeat):
        for engine in ("auto", "before", "highs", "search"):
            if engine not in binaries or (engine in best and best[engine][1] not in ("optimal", "infeasible")):
                continue
            solver = "auto" if engine == "before" else engine
            found = run(binaries[engine], texts, options, gap, solver, allowed if engine == "search" else limit)
            if engine == "highs" and found[1] in ("optimal", "infeasible"):
                allowed = min(limit, 1.5 * found[0] + 1)
            if engine not in best or found[0] < best[engine][0]:
                best[engine] = found
    return best


def row_of(best, gap):
    """Cells from `auto` on."""
    proven = {engine: found for engine, found in best.items() if found[1] in ("optimal", "infeasible")}
    better = min((proven[engine][0] for engine in ("search", "highs") if engine in proven), default=None)
    auto = best["auto"]
    is_proven = "auto" in proven
    misses = better is not None and not (is_proven and auto[0] <= SHARE * better + SECONDS)
    others = [found for engine, found in proven.items() if engine != "auto"]
    same = all(agree(auto[2], other[2], gap) for other in others) if is_proven else ""
    seconds = {engine: f"{best[engine][0]:.2f}" if engine in best else "" for engine in ("auto", "search", "highs", "before")}
    return [seconds["auto"], seconds["search"], seconds["highs"], f"{auto[0] / better:.2f}" if better else "",
            "yes" if misses else "", seconds["before"], *(best[engine][1] for engine in ("auto", "search", "highs")),
            auto[2][0] if auto[2] else "", same]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cutline", type=pathlib.Path)
    parser.add_argument("--versus", type=pathlib.Path, help="another build, whose `auto` is measured, too")
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--gap", type=float, action="append")
    parser.add_argument("--options", type=int, action="append")
    parser.add_argument("--only", action="append", help="a part of the names of portfolios or scenarios")
    parser.add_argument("--limit", type=float, default=60.0, help="CPU seconds of a run")
    parser.add_argument("--data", type=pathlib.Path, default=DATA)
    parser.add_argument("--out", type=pathlib.Path, help="a table of the same rows (CSV)")
    arguments = parser.parse_args()
    binaries = {engine: arguments.cutline for engine in ("auto", "highs", "search")}
    if arguments.versus:
        binaries["before"] = arguments.versus
    rows = []
    print("| " + " | ".join(HEADINGS) + " |\n|" + "---|" * len(HEADINGS), flush=True)
    for options in arguments.options or [1, 10]:
        for gap in arguments.gap or [0.0, 0.001]:
            for portfolio, batch in batches(arguments.data).items():
                for scenario, texts in alone(batch).items():
                    if arguments.only and not any(part in f"{portfolio} {scenario}" for part in arguments.only):
                        continue
                    best = measure(binaries, texts, options, gap, arguments.limit, arguments.repeat)
                    rows.append([portfolio, scenario, gap, options, *row_of(best, gap)])
                    print("| " + " | ".join(map(str, rows[-1])) + " |", flush=True)
    if arguments.out:
        with open(arguments.out, "w", encoding="utf-8", newline="") as table:
            csv.writer(table, lineterminator="\n").writerows([HEADINGS, *rows])


if __name__ == "__main__":
    main()
