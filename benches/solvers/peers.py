"""Open solvers on the instances of instances.py: one thread, to a gap, within a limit of CPU seconds.

Each engine runs in a process of its own. What it claims is checked with the original numbers. An engine that is not
installed, crashes or does not answer is reported as that: it has neither won nor lost.

    python peers.py target/solvers/instances/cb_100_5_1.txt [--engine highs] [--gap 0.001] [--limit 20] [--count 10]
"""

import argparse
import contextlib
import importlib.util
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np

import common

PACKAGES = {"highs": "highspy", "highs_all": "highspy", "scip": "pyscipopt", "cpsat": "ortools", "cbc": "pulp"}
USUAL = [engine for engine in PACKAGES if engine != "highs_all"]
LABELS = {"highs": "HiGHS", "highs_all": "HiGHS, all cores", "scip": "SCIP", "cpsat": "CP-SAT", "cbc": "CBC", "cutline": "Cutline"}


def own_seconds():
    """CPU seconds (user and system) of this process and of those that it waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


@contextlib.contextmanager
def stopping_after(seconds, stop):
    """Calls `stop` once this process has used so many more CPU seconds."""
    end, done = time.process_time() + seconds, threading.Event()

    def watch():
        while time.process_time() < end:
            if done.wait(0.02):
                return
        stop()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


# ---- Engines: each builds its model and gives a function that solves it: a list of (values or nothing, bound) ---------
def highs_model(instance, gap, threads=1):
    import highspy

    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = instance.matrix.shape
    lp.col_cost_, lp.sense_ = instance.objective, highspy.ObjSense.kMaximize
    lp.col_lower_, lp.col_upper_ = np.zeros(lp.num_col_), np.ones(lp.num_col_)
    lp.row_lower_, lp.row_upper_ = instance.lower, instance.upper
    kinds = highspy.HighsVarType
    lp.integrality_ = ([kinds.kInteger] * instance.binaries
                       + [kinds.kContinuous] * (lp.num_col_ - instance.binaries))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = instance.matrix.indptr, instance.matrix.indices
    lp.a_matrix_.value_ = instance.matrix.data
    model = highspy.Highs()
    for name, value in (("output_flag", False), ("threads", threads), ("parallel", "on" if threads > 1 else "off"),
                        ("mip_rel_gap", gap)):
        model.setOptionValue(name, value)
    model.passModel(lp)
    return model


def highs_run(model, limit):
    """HiGHS reads its time limit, in wall seconds, as it goes: set to 0 once the CPU seconds are used, it stops."""
    model.setOptionValue("time_limit", float("inf"))
    with stopping_after(limit, lambda: model.setOptionValue("time_limit", 0.0)):
        model.run()
    info = model.getInfo()
    return model.getSolution().col_value if info.primal_solution_status == 2 else None, info.mip_dual_bound


def highs(instance, gap, limit):
    model = highs_model(instance, gap)
    return lambda: [highs_run(model, limit)]


def highs_all(instance, gap, limit):
    """HiGHS with a thread per processor, as it runs unless told otherwise. The limit is for all threads together."""
    model = highs_model(instance, gap, os.cpu_count() or 1)
    return lambda: [highs_run(model, limit)]


def scip(instance, gap, limit):
    import pyscipopt

    model = pyscipopt.Model()
    model.hideOutput()
    model.setParams({"limits/gap": gap, "limits/time": limit, "timing/clocktype": 1,
                     "parallel/maxnthreads": 1, "lp/threads": 1})
    columns = [model.addVar(vtype="B" if column < instance.binaries else "C", lb=0.0, ub=1.0)
               for column in range(len(instance.objective))]
    matrix = instance.matrix
    for row, (lower, upper) in enumerate(zip(instance.lower, instance.upper)):
        at = slice(matrix.indptr[row], matrix.indptr[row + 1])
        total = pyscipopt.quicksum(value * columns[column]
                                   for column, value in zip(matrix.indices[at].tolist(), matrix.data[at].tolist()))
        if np.isfinite(upper):
            model.addCons(total <= float(upper))
        if np.isfinite(lower):
            model.addCons(total >= float(lower))
    model.setObjective(pyscipopt.quicksum(float(value) * column
                                          for value, column in zip(instance.objective, columns)), "maximize")

    def solve():
        model.optimize()
        best = model.getBestSol() if model.getNSols() else None
        values = [model.getSolVal(best, column) for column in columns] if best is not None else None
        return [(values, model.getDualbound())]

    return solve


def whole(values, most):
    """The least power of ten that makes all values whole; else one that keeps `most` digits (rounding the rest)."""
    largest = np.abs(values).max(initial=0.0)
    for power in range(8):
        scaled = values * 10.0**power
        if largest * 10.0**power < most and np.allclose(scaled, np.round(scaled), rtol=0.0, atol=1e-6):
            return 10.0**power
    return 10.0 ** np.floor(np.log10(most / largest))


def cpsat(instance, gap, limit):
    """CP-SAT wants whole numbers. Where ten to some power does not make them whole they are rounded at the 10th digit.

    Continuous columns are made binary, which loses nothing where they stand only in rows of whole numbers, one to a row.
    """
    from ortools.sat.python import cp_model

    matrix = instance.matrix
    for row in np.unique(matrix.tocsc()[:, instance.binaries:].indices):
        at = slice(matrix.indptr[row], matrix.indptr[row + 1])
        extra = matrix.indices[at] >= instance.binaries
        if extra.sum() != 1 or abs(matrix.data[at][extra][0]) != 1.0 or (matrix.data[at] % 1.0).any():
            raise ValueError("continuous columns that cannot be made binary")
    model = cp_model.CpModel()
    columns = [model.new_bool_var("") for _ in instance.objective]
    for row, (lower, upper) in enumerate(zip(instance.lower, instance.upper)):
        at = slice(matrix.indptr[row], matrix.indptr[row + 1])
        sides = [side for side in (lower, upper) if np.isfinite(side)]
        factor = whole(np.r_[matrix.data[at], sides], 1e10)
        total = cp_model.LinearExpr.weighted_sum([columns[column] for column in matrix.indices[at]],
                                                 [int(value) for value in np.round(matrix.data[at] * factor)])
        if np.isfinite(upper):
            model.add(total <= int(np.floor(upper * factor + 1e-6)))
        if np.isfinite(lower):
            model.add(total >= int(np.ceil(lower * factor - 1e-6)))
    factor = whole(instance.objective, 1e10)
    model.maximize(cp_model.LinearExpr.weighted_sum(columns, [int(v) for v in np.round(instance.objective * factor)]))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.relative_gap_limit = gap

    def solve():
        with stopping_after(limit, solver.stop_search):
            status = solver.solve(model)
        found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        values = [solver.value(column) for column in columns] if found else None
        return [(values, solver.best_objective_bound / factor)]

    return solve


def write_mps(path, instance):
    """Free-format MPS of the problem as one to minimise; every row has one finite side, or equal ones."""
    kinds, sides = [], []
    for lower, upper in zip(instance.lower, instance.upper):
        if lower != upper and np.isfinite(lower) and np.isfinite(upper):
            raise ValueError("a row with two different sides")
        kinds.append("E" if lower == upper else "L" if np.isfinite(upper) else "G")
        sides.append(upper if np.isfinite(upper) else lower)
    matrix, text = instance.matrix.tocsc(), common.text
    lines = ["NAME instance FREE", "ROWS", " N value", *(f" {kind} r{row}" for row, kind in enumerate(kinds)), "COLUMNS"]
    for column, value in enumerate(instance.objective):
        if column == 0:
            lines.append(" MARK0 'MARKER' 'INTORG'")
        if column == instance.binaries:
            lines.append(" MARK1 'MARKER' 'INTEND'")
        lines.append(f" c{column} value {text(-value)}")
        at = slice(matrix.indptr[column], matrix.indptr[column + 1])
        lines += [f" c{column} r{row} {text(entry)}" for row, entry in zip(matrix.indices[at], matrix.data[at])]
    if instance.binaries == len(instance.objective):
        lines.append(" MARK1 'MARKER' 'INTEND'")
    lines += ["RHS", *(f" RHS r{row} {text(side)}" for row, side in enumerate(sides) if side), "BOUNDS"]
    lines += [f" UP BND c{column} 1" for column in range(len(instance.objective))] + ["ENDATA"]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def cbc(instance, gap, limit):
    import pulp

    folder = tempfile.TemporaryDirectory()
    model, solution = pathlib.Path(folder.name, "model.mps"), pathlib.Path(folder.name, "solution.txt")
    write_mps(model, instance)

    def solve():
        command = [pulp.PULP_CBC_CMD().path, model, "-sec", str(limit), "-timeMode", "cpu", "-ratioGap", str(gap),
                   "-solve", "-solution", solution]
        log = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        bound = re.search(r"Lower bound:\s+(\S+)", log)
        if "Objective value:" not in log:
            return [(None, -float(bound[1]) if bound else np.inf)]
        values = np.zeros(len(instance.objective))
        for line in solution.read_text().splitlines()[1:]:
            name, value = line.replace("**", "").split()[1:3]
            values[int(name[1:])] = float(value)
        # Where it closes its tree it names no bound: nothing better is left but for the gap asked for.
        return [(values, -float(bound[1]) if bound else float(instance.objective @ values) * (1.0 + gap))]

    solve.folder = folder                 # lives as long as the function
    return solve


def ten_best(instance, gap, limit, count):
    """HiGHS as a script would use it: one live model that grows by a no-good cut per solution, each solve started from
    the last solution with its least valuable column dropped. The limit is for each of them."""
    model = highs_model(instance, gap)
    binaries = np.arange(instance.binaries, dtype=np.int32)
    pure = np.flatnonzero(instance.matrix[:, instance.binaries:].getnnz(axis=1) == 0)
    limits, upper = instance.matrix[pure][:, :instance.binaries], instance.upper[pure] + 1e-9

    def start_from(chosen):
        for column in sorted(np.flatnonzero(chosen), key=lambda column: instance.objective[column]):
            start = chosen.astype(float)
            start[column] = 0.0
            if (limits @ start <= upper).all():
                return model.setSolution(len(start), binaries, start)

    def solve():
        found = []
        for _ in range(count):
            values, bound = highs_run(model, limit)
            if values is None:
                break
            found.append((values, bound))
            chosen = np.asarray(values[:instance.binaries]) > 0.5
            model.addRow(-float("inf"), float(chosen.sum() - 1), len(chosen), binaries, np.where(chosen, 1.0, -1.0))
            model.clearSolver()
            start_from(chosen)
        return found or [(None, bound)]

    return solve


# ---- Checking and running -------------------------------------------------------------------------------------------
def checked(instance, values, bound, gap):
    """One solution with its objective in the original numbers."""
    if values is None:
        return {"status": "no solution", "bound": bound if np.isfinite(bound) else None}
    values = np.asarray(values, float)
    values[:instance.binaries] = np.round(values[:instance.binaries])
    objective = float(instance.objective @ values)
    reached = max(0.0, bound - objective) / abs(objective) if objective and np.isfinite(bound) else None
    fault = instance.fault(values)
    if not fault and bound < objective - 1e-6 * max(1.0, abs(objective)):
        fault = f"its bound {bound} lies below its objective {objective}"
    proven = reached is not None and reached <= gap * 1.001 + 1e-9
    return {"status": "infeasible answer" if fault else "proven" if proven else "limit", "fault": fault,
            "objective": objective, "bound": bound if np.isfinite(bound) else None, "gap": reached}


def child(engine, path, gap, limit, count):
    """Runs in the child process: the time is that of the solve alone, with the model built, in CPU seconds."""
    instance = common.read(path)
    engines = {"highs": highs, "highs_all": highs_all, "scip": scip, "cpsat": cpsat, "cbc": cbc}
    solve = ten_best(instance, gap, limit, count) if count > 1 else engines[engine](instance, gap, limit)
    before, started = own_seconds(), time.perf_counter()
    found = solve()
    seconds, wall = own_seconds() - before, time.perf_counter() - started
    solutions = [checked(instance, values, bound, gap) for values, bound in found]
    print(json.dumps({**solutions[0], "seconds": seconds, "wall": wall,
                      **({"solutions": solutions} if count > 1 else {})}))


def run(engine, path, gap=0.001, limit=20.0, count=1):
    """Runs an engine in a child process with a watchdog."""
    record = {"instance": pathlib.Path(path).stem, "engine": engine, "asked": gap, "limit": limit, "count": count}
    if importlib.util.find_spec(PACKAGES[engine]) is None:
        return {**record, "status": "not installed"}
    patience = int(2 * limit * count + 60)
    command = [sys.executable, __file__, str(path), "--child", "--engine", engine, "--gap", str(gap),
               "--limit", str(limit), "--count", str(count)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10 * patience,
                              env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (patience, patience)))
        return {**record, **json.loads(done.stdout.splitlines()[-1])}
    except subprocess.TimeoutExpired:
        return {**record, "status": "no answer"}
    except (json.JSONDecodeError, IndexError):
        if done.returncode in (-24, -9):
            return {**record, "status": "no answer"}
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return {**record, "status": "crashed", "fault": f"exit code {done.returncode}: {last}"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instances", nargs="+")
    parser.add_argument("--engine", choices=PACKAGES, action="append")
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--limit", type=float, default=20.0, help="CPU seconds, per solution [20]")
    parser.add_argument("--count", type=int, default=1, help="so many best solutions (HiGHS only)")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    for path in arguments.instances:
        for engine in arguments.engine or (["highs"] if arguments.count > 1 else PACKAGES):
            if arguments.child:
                return child(engine, path, arguments.gap, arguments.limit, arguments.count)
            print(json.dumps(run(engine, path, arguments.gap, arguments.limit, arguments.count)), flush=True)


if __name__ == "__main__":
    main()
