"""What became of the rows of a file, for people and for programs."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from infra.errors import ActionNeeded

_WANTED = "give a report that pulssi ingest file --report, or ingest folder, has written"
FATES = ("new", "duplicate", "as_before", "amended")


@dataclass(slots=True)
class Report:
    """Counts by service point while a file is read: rows = new + duplicate + as before + amended + set aside.

    *skipped* has, by reason, how many rows and the first line. Values of cells are never in it.
    """

    file: str = ""
    mapping: str = ""
    shows_corrections: bool = True
    rows: int = 0
    events: Counter[str] = field(default_factory=Counter)
    points: dict[str, Counter[str]] = field(default_factory=dict)
    flags: dict[str, Counter[str]] = field(default_factory=dict)
    skipped: dict[str, tuple[int, int]] = field(default_factory=dict)
    skipped_at: dict[str, Counter[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    fault: str | None = None
    seconds: float = 0.0

    def count(self, point: str, fate: str, rows: int) -> None:
        self.points.setdefault(point, Counter())[fate] += rows

    def skip(self, point: str, reason: str, line: int, rows: int) -> None:
        self.count(point, "set_aside", rows)
        self.skipped_at.setdefault(point, Counter())[reason] += rows
        before, first = self.skipped.get(reason, (0, line))
        self.skipped[reason] = (before + rows, min(first, line))

    def total(self, fate: str) -> int:
        return sum(counts[fate] for counts in self.points.values())

    def lines(self, sent: str = "sent") -> Iterator[str]:
        """The report as text."""
        if self.fault is not None:
            yield self.fault
        skipped = self.total("set_aside")
        yield f"{self.rows} rows read, {self.events.total()} events {sent}, {skipped} rows skipped"
        for reason, (count, line) in sorted(self.skipped.items(), key=lambda item: -item[1][0]):
            yield f"  skipped {count}: {reason} (first in line {line})"
        for fate, words in (
            ("duplicate", "rows repeat an earlier row of the file"),
            ("as_before", "rows are as they came before: nothing sent"),
            ("amended", "rows came before with other content: corrections sent"),
        ):
            if count := self.total(fate):
                yield f"  {count} {words}"
        for flag, counts in sorted(self.flags.items()):
            yield f"  {counts.total()} rows carry the flag {flag}"
        if not self.shows_corrections:
            yield (
                "  corrections cannot be seen: the ids come from the rows' content, so a corrected row is a new event "
                "beside the old one (name columns as identity to change that)"
            )
        yield from (f"  note: {note}" for note in self.notes)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "file": self.file,
            "mapping": self.mapping,
            "fault": self.fault,
            "rows": self.rows,
            "events": dict(sorted(self.events.items())),
            "shows_corrections": self.shows_corrections,
            "skipped": [
                {"reason": reason, "rows": count, "first_line": line}
                for reason, (count, line) in sorted(self.skipped.items())
            ],
            "points": {
                point: {
                    **{fate: counts[fate] for fate in FATES},
                    "set_aside": dict(sorted(self.skipped_at.get(point, Counter()).items())),
                    "flags": {flag: by[point] for flag, by in sorted(self.flags.items()) if by[point]},
                }
                for point, counts in sorted(self.points.items())
            },
            "notes": self.notes,
            "seconds": round(self.seconds, 1),
        }


def read_report(path: Path) -> dict[str, Any]:
    """A report as pulssi ingest file --report keeps it."""
    try:
        content = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise ActionNeeded(f"{path} is not JSON: {_WANTED}") from error
    if not isinstance(content, dict) or not isinstance(content.get("points"), dict):
        raise ActionNeeded(f"{path}: points: missing: {_WANTED}")
    return content


def table(content: dict[str, Any]) -> Iterator[str]:
    """The count table of a report in JSON: each point's rows = new + duplicate + as before + amended + set aside."""
    points = content["points"]
    reasons = sorted({reason for counts in points.values() for reason in counts["set_aside"]})
    flags = sorted({flag for counts in points.values() for flag in counts["flags"]})
    width = max([len(point) for point in points], default=5) + 2
    columns = ["rows", *FATES, *(f"aside {n}" for n, _ in enumerate(reasons, start=1)), *flags]
    yield f"{'point':<{width}}" + "".join(f"{name:>{max(10, len(name) + 2)}}" for name in columns)
    totals: Counter[str] = Counter()
    for point, counts in [*points.items(), ("all", None)]:
        row = Counter(totals) if counts is None else _row(counts, reasons, flags)
        totals.update(row if counts is not None else {})
        yield f"{point:<{width}}" + "".join(f"{row[name]:>{max(10, len(name) + 2)}}" for name in columns)
    yield from (f"aside {n}: {reason}" for n, reason in enumerate(reasons, start=1))


def _row(counts: dict[str, Any], reasons: list[str], flags: list[str]) -> Counter[str]:
    row = Counter({fate: counts[fate] for fate in FATES})
    row.update({f"aside {n}": counts["set_aside"].get(reason, 0) for n, reason in enumerate(reasons, start=1)})
    row["rows"] = row.total()
    row.update({flag: counts["flags"].get(flag, 0) for flag in flags})
    return row
