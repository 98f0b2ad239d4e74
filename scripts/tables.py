"""Tables of a portfolio as CSV files, for the scripts that convert published data."""

import csv


def read(path):
    """The rows of a CSV file as dicts."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(folder, name, heading, rows):
    """Writes a table into a folder, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(rows)
