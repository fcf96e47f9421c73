"""Reads YAML that people write, and says in one line where it cannot be read."""

from pathlib import Path
from typing import Any

import yaml

from infra.errors import ActionNeeded


def read_yaml(path: Path) -> Any:
    return parsed(path.read_bytes(), path)


def parsed(written: bytes, path: Path) -> Any:
    """The content of *path*; ActionNeeded names the line and column from which it is no YAML."""
    try:
        return yaml.safe_load(written.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ActionNeeded(f"{path} is not YAML: byte {error.start} is not UTF-8: save the file as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = error.problem or error.context or "it cannot be read"
        raise ActionNeeded(f"{path} is not YAML: {place}{problem}: correct it there") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a day such as 2026-02-30
        raise ActionNeeded(f"{path} is not YAML: {' '.join(str(error).split())}: correct it there") from error
