#!/usr/bin/env python3
"""Turn a participatory budget in Pabulib's .pb format into a portfolio of CSV tables.

    python3 scripts/convert_pabulib.py IN.pb OUTDIR

Standard library only. Projects keep the order of the source; each id is the initial of the district (or unit)
followed by the source's project_id, so that it stays the same whenever the same file is read again.
"""

import csv
import sys
from pathlib import Path

from tables import write

SECTIONS = ("META", "PROJECTS", "VOTES")


def read_pb(path):
    """The META section as a dict and the PROJECTS section as a list of dicts; votes are not needed."""
    meta, projects = {}, []
    section, heading = None, None
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file, delimiter=";"):
            if len(row) == 1 and row[0].strip().upper() in SECTIONS:
                section, heading = row[0].strip().upper(), None
            elif section == "VOTES":
                break
            elif not row:
                continue
            elif heading is None:
                heading = [cell.strip() for cell in row]
            elif section == "META":
                meta[row[0].strip()] = row[1].strip()
            else:
                if len(row) != len(heading):
                    sys.exit(f"{path}: project row with {len(row)} cells, heading has {len(heading)}: {row}")
                projects.append({key: cell.strip() for key, cell in zip(heading, row)})
    return meta, projects


def votes_of(project, path):
    """Votes of a project: the column `votes`, or `score` where votes carry points."""
    for key in ("votes", "score"):
        if project.get(key):
            return project[key]
    sys.exit(f"{path}: project {project['project_id']} has neither votes nor score")


def convert(source, folder):
    meta, projects = read_pb(source)
    if int(meta["num_projects"]) != len(projects):
        sys.exit(f"{source}: {meta['num_projects']} projects announced, {len(projects)} found")
    initial = (meta.get("district") or meta["unit"])[0].upper()
    period = meta["instance"]
    ids = [initial + project["project_id"] for project in projects]
    if len(set(ids)) != len(ids):
        sys.exit(f"{source}: a project_id occurs twice")

    write(
        folder,
        "projects",
        ["project", "name", "category", "beneficiaries", "city_funded"],
        [
            [
                id,
                project.get("name", ""),
                project.get("category", ""),
                project.get("beneficiaries") or project.get("target", ""),
                "yes" if project.get("selected", "0") not in ("", "0") else "no",
            ]
            for id, project in zip(ids, projects)
        ],
    )
    costs = [[id, "district", project["cost"]] for id, project in zip(ids, projects)]
    write(folder, "costs", ["project", "line", period], costs)
    write(folder, "budgets", ["line", period], [["district", meta["budget"]]])
    write(folder, "objectives", ["objective", "name", "weight"], [["votes", "Votes received", 1]])
    scores = [[id, votes_of(project, source)] for id, project in zip(ids, projects)]
    write(folder, "scores", ["project", "votes"], scores)
    print(f"{len(projects)} projects written to {folder}")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    convert(Path(sys.argv[1]), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
