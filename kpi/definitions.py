"""The fingerprint of the models: what changes numbers is in it, names and explanations are not."""

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml

# What a metric's yml says for people; no model reads it.
TEXTS_OF_A_METRIC = {
    *("names", "explanations", "numerator", "denominator", "caveats"),
    *("source", "goal", "order", "owner"),
}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast


def digest(folder: Path) -> str:
    """SHA-256 over the models, macros, tests and parameters of the dbt project in *folder*, texts apart."""
    files = sorted(file for file in folder.rglob("*") if file.suffix in (".sql", ".yml") and "target" not in file.parts)
    content = hashlib.sha256()
    for file in files:
        content.update(f"{file.relative_to(folder)}\n".encode() + _what_counts(file))
    return content.hexdigest()


def _what_counts(file: Path) -> bytes:
    written = file.read_bytes()
    if file.suffix == ".sql":
        return written
    read = yaml.load(written, Loader=LOADER)
    return json.dumps(_without_texts(read), default=str, sort_keys=True).encode()


def _without_texts(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_texts(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {name: _without_texts(each) for name, each in part.items() if name not in ("description", "unit_tests")}
    if isinstance(kept.get("metric"), dict):
        kept["metric"] = {name: each for name, each in kept["metric"].items() if name not in TEXTS_OF_A_METRIC}
    return kept
