"""A watched folder: files that are put into it are brought in, and lie in done or failed afterwards with a report."""

import contextlib
import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import orjson

from infra.errors import ActionNeeded
from infra.settings import Settings
from ingest.contracts import Contract
from ingest.files.delivery import NotYetLoaded, deliver
from ingest.files.mapping import FOLDER, FileMapping
from ingest.files.mapping_checks import read_mapping
from ingest.files.report import Report
from ingest.files.tables import FileFault
from ingest.names import shown_file_name

log = logging.getLogger(__name__)

DONE, FAILED = "done", "failed"
MAPPING = "mapping.yml"
_UNFINISHED = (".part", ".tmp", ".partial", ".filepart", ".crdownload", ".download")


class Look(NamedTuple):
    """How a file looked: one that looks the same twice is not being written."""

    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Handled:
    """A file that was brought in, or could not be, and where it lies now."""

    path: Path
    report: Report
    is_done: bool


def look(root: Path) -> dict[Path, Look]:
    """The files that wait in the subfolders of *root*, the oldest first, but for those whose names say "unfinished"."""
    found = {}
    for folder in sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")):
        for path in folder.iterdir():
            # Another process may have put it away since it was listed.
            with contextlib.suppress(FileNotFoundError):
                if path.is_file() and path.name != MAPPING and not _is_unfinished(path.name):
                    state = path.stat()
                    found[path] = Look(state.st_size, state.st_mtime_ns)
    return dict(sorted(found.items(), key=lambda item: (item[1].modified_ns, item[0])))


def handle(
    settings: Settings,
    root: Path,
    before: dict[Path, Look],
    contracts: dict[str, Contract],
    wait_seconds: float = 30,
) -> Iterator[Handled]:
    """Bring in the files that look as they did *before*. Raises ActionNeeded for what is no file's fault: they stay.

    Where an earlier file must be loaded first, only that subfolder waits, and all of it: its files keep their order.
    """
    waiting: dict[Path, NotYetLoaded] = {}
    for path, now in look(root).items():
        if before.get(path) == now and now.size > 0 and path.exists() and path.parent not in waiting:
            try:
                handled = _handle(settings, path, contracts, wait_seconds)
            except NotYetLoaded as problem:
                waiting[path.parent] = problem
            else:
                yield handled
    for reason in waiting.values():
        raise reason


def follow(settings: Settings, root: Path, contracts: dict[str, Contract], seconds: float) -> Iterator[Handled]:
    """Look again and again, *seconds* apart, for ever. What keeps all files back is logged once."""
    before, told = look(root), ""
    while True:
        time.sleep(seconds)
        try:
            yield from handle(settings, root, before, contracts)
            told = ""
        except ActionNeeded as error:
            if str(error) != told:
                log.warning("files wait: %s", error)
            told = str(error)
        before = look(root)


def mapping_path(folder: Path) -> Path:
    """The mapping of the files in *folder*: its own mapping.yml, else the one of its name that comes with Pulssi."""
    own, shipped = folder / MAPPING, FOLDER / f"{folder.name}.yml"
    if own.is_file():
        return own
    if shipped.is_file():
        return shipped
    known = ", ".join(sorted(path.stem for path in FOLDER.glob("*.yml")))
    raise FileFault(f"{folder.name} has no mapping: put a {MAPPING} into it, or name it as one of {known}")


def _handle(settings: Settings, path: Path, contracts: dict[str, Contract], wait_seconds: float) -> Handled:
    report, started = Report(file=shown_file_name(path.name)), time.monotonic()
    try:
        mapping = _mapping(path.parent, contracts)
        deliver(settings, path, mapping, report, wait_seconds)
        if report.rows and not report.rows - report.total("set_aside"):
            report.fault = "no row became an event: is the mapping that of this file?"
        elif not report.rows:
            report.fault = "the file has no rows"
    except FileFault as fault:
        report.fault = str(fault).replace(path.name, report.file)
    report.seconds = time.monotonic() - started
    return Handled(_put_away(path, report), report, report.fault is None)


def _mapping(folder: Path, contracts: dict[str, Contract]) -> FileMapping:
    try:
        return read_mapping(mapping_path(folder), contracts)
    except FileFault:
        raise
    except ActionNeeded as error:  # a mapping with mistakes keeps back its own files only
        raise FileFault(str(error)) from error


def _put_away(path: Path, report: Report) -> Path:
    """Move the file after its report is written: a crash in between brings it in again, which changes nothing."""
    folder = path.parent / (FAILED if report.fault else DONE)
    content = orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2)
    try:
        folder.mkdir(exist_ok=True)
        target = _free(folder, path.name)
        _write(target.with_name(f"{target.name}.report.txt"), "\n".join(report.lines()).encode() + b"\n")
        _write(target.with_name(f"{target.name}.report.json"), content)
        path.chmod(0o600)  # what people wrote stands in it as they wrote it
        path.rename(target)
    except OSError as error:
        raise ActionNeeded(f"{folder}: {error.strerror}: {path.name} cannot be put there, let Pulssi write") from error
    return target


def _free(folder: Path, name: str) -> Path:
    """A path in *folder* that no file has: the second orders.csv is orders.2.csv."""
    stem, dot, suffix = name.partition(".")
    number, target = 1, folder / name
    while target.exists():
        number += 1
        target = folder / f"{stem}.{number}{dot}{suffix}"
    return target


def _write(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(path)


def _is_unfinished(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower().endswith(_UNFINISHED)
