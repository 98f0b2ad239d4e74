#!/usr/bin/env python3
"""Turn the published figures of Virginia's SMART SCALE round 2 into a portfolio of CSV tables.

    python3 scripts/convert_smart_scale.py SOURCE_DIR OUTDIR

SOURCE_DIR holds `projects-raw.csv` (one row per project), `weights.csv` (weights of factors by area type) and
`measures.csv` (weights of measures within factors), as the README of the bundled portfolio describes them.
Standard library only. Amounts stay in dollars, scores as published.
"""

import sys
from pathlib import Path

from tables import read, write

PERIOD = "2018"
STATEWIDE = "statewide"

FACTORS = {
    "congestion": "Congestion mitigation",
    "economic_development": "Economic development",
    "accessibility": "Accessibility",
    "safety": "Safety",
    "environment": "Environmental quality",
    "land_use": "Land use coordination",
}
MEASURES = {
    "throughput": "Person throughput",
    "delay": "Person hours of delay",
    "development_support": "Development supported",
    "intermodal_access": "Intermodal access",
    "travel_time_reliability": "Travel time reliability",
    "jobs_access": "Access to jobs",
    "jobs_access_disadvantaged": "Access to jobs of the disadvantaged",
    "multimodal_access": "Multimodal access",
    "crash_frequency": "Crash frequency",
    "crash_rate": "Crash rate",
    "air_quality": "Air quality",
    "environmental_impact": "Environmental impact",
}


def payers(project):
    """The pools that may pay, the district's first: a project is offered to its district before the state."""
    of_district = [project["district"]] if project["district_grant_eligible"] == "yes" else []
    return of_district + ([STATEWIDE] if project["high_priority_eligible"] == "yes" else [])


def weighting(project):
    """The set of weights that counts for a project: that of its area type, or the one of transit there."""
    return project["area_type"] + (" transit" if project["safety_by_frequency_only"] == "yes" else "")


def objectives(source):
    """Factors with the weights of area type A, then the measures with their weights within the factor."""
    of_type_a = read(source / "weights.csv")[0]
    yield from ([factor, name, "", of_type_a[factor]] for factor, name in FACTORS.items())
    for row in read(source / "measures.csv"):
        # Land use is a factor with one measure: one row, not two.
        if row["measure"] not in FACTORS:
            yield [row["measure"], MEASURES[row["measure"]], row["factor"], row["weight_in_factor"]]


def convert(source, folder):
    projects = read(source / "projects-raw.csv")
    write(
        folder,
        "projects",
        ["project", "name", "status", "district", "area_type", "weighting", "sponsor_type", "organization", "total_cost", "benefit"],
        (
            [p["app_id"], p["title"], "" if payers(p) else "excluded", p["district"], p["area_type"], weighting(p)]
            + [p["sponsor_type"], p["organization"], p["total_cost"], p["benefit"]]
            for p in projects
        ),
    )
    write(
        folder,
        "costs",
        ["project", "line", "payers", PERIOD],
        (
            [p["app_id"], ";".join(payers(p)), "one" if len(payers(p)) > 1 else "", p["request"]]
            for p in projects
            if payers(p)
        ),
    )
    districts = sorted({p["district"] for p in projects})
    lines = [[d, f"District grants {d}", "District grant program", "by formula"] for d in districts]
    lines.append([STATEWIDE, "High-priority projects", "High-priority projects program", "by formula"])
    write(folder, "lines", ["line", "name", "group", "kind"], lines)
    write(folder, "budgets", ["line", PERIOD], ([line, "12 %"] for line in districts + [STATEWIDE]))
    write(folder, "objectives", ["objective", "name", "parent", "weight"], objectives(source))
    leaves = list(MEASURES) + ["land_use"]
    write(folder, "scores", ["project"] + leaves, ([p["app_id"]] + [p[leaf] for leaf in leaves] for p in projects))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
