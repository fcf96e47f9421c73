"""Reading what the simulator wrote."""

import csv
from datetime import datetime


def table(folder, name):
    with (folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def at(text):
    return datetime.fromisoformat(text)


def is_within(event, row):
    return event["source"] == row["source"] and at(row["starts_at"]) <= at(event["time"]) < at(row["ends_at"])
