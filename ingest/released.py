"""Versions of contracts: which files are released and so never change, and what each version breaks."""

import hashlib
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from ingest.compatibility import breaks
from ingest.contracts import FILE_NAME

LIST = "released.sha256"


@dataclass(frozen=True, slots=True)
class Version:
    """One file of one event type; versions sort by event, major and minor."""

    event_type: str
    major: int
    minor: int
    path: Path

    @property
    def name(self) -> str:
        return f"{self.event_type}.v{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True)
class Step:
    """From a version to the next one of the same event type, with what that breaks."""

    before: Version
    after: Version
    breaks: list[str]

    @property
    def is_allowed(self) -> bool:
        """Only a new major version may break something."""
        return self.after.major > self.before.major or not self.breaks


def versions(folder: Path) -> list[Version]:
    found = [(path, FILE_NAME.fullmatch(path.name)) for path in sorted(folder.glob("*/*.json"))]
    unsorted = [
        Version(f"{path.parent.name}.{name['event']}", int(name["major"]), int(name["minor"] or 0), path)
        for path, name in found
        if name
    ]
    return sorted(unsorted, key=lambda version: (version.event_type, version.major, version.minor))


def steps(folder: Path) -> list[Step]:
    """Each version of a contract beside the one before it."""
    ordered = versions(folder)
    return [
        Step(before, after, breaks(_read(before.path), _read(after.path)))
        for before, after in itertools.pairwise(ordered)
        if before.event_type == after.event_type
    ]


def changed_files(folder: Path) -> list[str]:
    """What is wrong with the released files, a sentence each: they never change and never go."""
    now = digests(folder)
    wrong = []
    for name, digest in _listed(folder).items():
        if name not in now:
            wrong.append(f"{name}: released, and missing: put it back, installations may still send it")
        elif now[name] != digest:
            wrong.append(f"{name}: released, and changed: put it back, and write a new version beside it")
    return wrong


def unreleased_files(folder: Path) -> list[str]:
    return sorted(digests(folder).keys() - _listed(folder).keys())


def release_files(folder: Path) -> list[str]:
    """Add the files that are not listed; return their names. The lines of others stay as they are."""
    new = unreleased_files(folder)
    lines = _listed(folder) | {name: digest for name, digest in digests(folder).items() if name in new}
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(lines.items()))
    (folder / LIST).write_text(text, encoding="utf-8")
    return new


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every contract file, and of the envelope, by its path below *folder*."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.json"))
        if not path.name.endswith(".examples.json")
    }


def _listed(folder: Path) -> dict[str, str]:
    lines = (folder / LIST).read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = orjson.loads(path.read_bytes())
    return content
