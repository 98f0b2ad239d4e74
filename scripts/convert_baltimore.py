#!/usr/bin/env python3
"""Turn the published figures of Baltimore's capital program into two portfolios of CSV tables.

    python3 scripts/convert_baltimore.py SOURCE_DIR OUTDIR_FY2024 OUTDIR_SIX_YEAR

SOURCE_DIR holds `requests.csv` (requests of fiscal year 2024, in dollars) and `six-year-plan.csv` (the adopted program, in
thousands of dollars), as the README of the bundled portfolios describes them. Standard library only. Amounts are written
in dollars.
"""

import sys
from collections import defaultdict
from pathlib import Path

from tables import read, write

YEARS = [str(year) for year in range(2024, 2030)]
# Gives money back, which others use: it is in whatever happens.
GIVES_BACK = "474-051"
LONGEST_WAIT = 2
# The kind of a fund, by the first digit of its number (derived from the names of the funds).
KINDS = {
    "1": "bonds repaid by taxes",
    "2": "current revenue",
    "3": "bonds repaid by fees",
    "4": "fees of utilities",
    "5": "federal grants",
    "6": "state grants",
    "7": "county grants",
    "8": "current revenue",
    "9": "other sources",
}


def by_project(rows):
    projects = defaultdict(list)
    for row in rows:
        projects[row["cip_number"]].append(row)
    return dict(sorted(projects.items()))


def write_funds(folder, rows):
    funds = sorted({(row["fund"], row["fund_name"]) for row in rows})
    kinds = ((fund, name, KINDS[fund[0]]) for fund, name in funds)
    write(folder, "lines", ["line", "name", "kind"], kinds)
    return [fund for fund, _ in funds]


def outcome(requested, adopted):
    if adopted >= requested:
        return "in full"
    return "in part" if adopted > 0 else "nothing"


def convert_requests(rows, folder):
    """Requests of one year: each is met in full or not at all, by the funds that its bureau named."""
    asked = {
        project: parts
        for project, parts in by_project(rows).items()
        if sum(int(part["agency_request"]) for part in parts) > 0
    }
    projects, plan = [], []
    for project, parts in asked.items():
        requested = sum(int(part["agency_request"]) for part in parts)
        adopted = sum(int(part["adopted"]) for part in parts)
        begun = "yes" if any(int(part["prior_appropriation"]) > 0 for part in parts) else "no"
        decided = outcome(requested, adopted)
        projects.append([project, parts[0]["title"], parts[0]["bureau_name"], begun, decided, requested, adopted])
        if decided == "in full":
            plan.append([project, YEARS[0]])
    write(folder, "projects", ["project", "name", "bureau", "begun", "outcome", "requested", "adopted"], projects)
    spent = [part for parts in asked.values() for part in parts if int(part["agency_request"]) != 0]
    write(
        folder,
        "costs",
        ["project", "line", YEARS[0]],
        ([part["cip_number"], part["fund"], part["agency_request"]] for part in spent),
    )
    adopted = defaultdict(int)
    for row in rows:
        adopted[row["fund"]] += max(int(row["adopted"]), 0)
    funds = write_funds(folder, spent)
    write(folder, "budgets", ["line", YEARS[0]], ([fund, adopted[fund]] for fund in funds))
    write(folder, "current_plan", ["project", "start"], plan)


def amounts(row):
    return [1000 * int(row[year]) for year in YEARS]


def convert_program(rows, folder):
    """The adopted program: rows as printed, a fund's accounts one by one, without those that hold no money."""
    # What was appropriated before may stand in a row that holds no money now.
    begun_before = {row["cip_number"] for row in rows if int(row["appropriated_to_date"]) > 0}
    rows = [row for row in rows if any(amounts(row))]
    projects, plan = [], []
    for project, parts in by_project(rows).items():
        by_year = [sum(year) for year in zip(*(amounts(part) for part in parts))]
        with_money = [place for place, year in enumerate(by_year) if year != 0]
        begun = project in begun_before
        first, last = with_money[0], with_money[-1]
        wait = 0 if begun or project == GIVES_BACK else min(LONGEST_WAIT, len(YEARS) - 1 - last)
        by_fund = defaultdict(int)
        for part in parts:
            by_fund[part["fund"]] += sum(amounts(part))
        main_fund = max(sorted(by_fund), key=lambda fund: by_fund[fund])
        status = "mandatory" if project == GIVES_BACK else ""
        projects.append(
            [project, parts[0]["title"], status, YEARS[first], wait, parts[0]["agency"], "yes" if begun else "no"]
            + [main_fund, len(with_money), sum(by_year)]
        )
        plan.append([project, YEARS[first]])
    heading = ["project", "name", "status", "start", "max_delay", "agency", "begun", "main_fund", "years_with_money", "amount"]
    write(folder, "projects", heading, projects)
    write(folder, "costs", ["project", "line"] + YEARS, ([row["cip_number"], row["fund"]] + amounts(row) for row in rows))
    funds = write_funds(folder, rows)
    budgets = {fund: [sum(year) for year in zip(*(amounts(row) for row in rows if row["fund"] == fund))] for fund in funds}
    write(folder, "budgets", ["line"] + YEARS, ([fund] + budget for fund, budget in budgets.items()))
    write(folder, "current_plan", ["project", "start"], plan)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    source = Path(sys.argv[1])
    convert_requests(read(source / "requests.csv"), Path(sys.argv[2]))
    convert_program(read(source / "six-year-plan.csv"), Path(sys.argv[3]))
