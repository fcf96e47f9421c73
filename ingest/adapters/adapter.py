"""What an adapter is, where it is installed, and how a payload becomes events or a reason why not."""

import functools
import importlib
import logging
import pkgutil
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema_rs
import yaml

from infra.errors import ActionNeeded

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent


class NotTranslated(ValueError):
    """Set this payload aside: the text names the field, what is wrong and the fix, never the value.

    *source* and *subject* say whose it is where that could be read, else it is counted under the installation's source.
    """

    def __init__(self, text: str, source: str | None = None, subject: str | None = None) -> None:
        super().__init__(text)
        self.source = source
        self.subject = subject


@dataclass(frozen=True, slots=True)
class Installation:
    """One system of one vendor, as its file says. *source* is its events' source, or the path above their sources."""

    name: str
    adapter: str
    source: str
    time_zone: ZoneInfo
    settings: dict[str, Any]


Translate = Callable[[dict[str, Any], Installation], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Adapter:
    """A module of this folder. *family* is that of its payloads.

    *misfit* says which of the settings, each right by its schema, do not fit together. *without_person* is applied to a
    payload, JSON of any kind or bytes, before it is kept untranslated.
    """

    name: str
    family: str
    settings: jsonschema_rs.Draft202012Validator
    settings_schema: dict[str, Any]
    translate: Translate
    misfit: Callable[[dict[str, Any]], str | None]
    without_person: Callable[[Any], Any]


@functools.cache
def adapters() -> dict[str, Adapter]:
    """Every module of this folder that has FAMILY and translate, by its name."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(FOLDER)]))
    modules = {name: importlib.import_module(f"{__package__}.{name}") for name in names}
    return {name: _adapter(name, module) for name, module in modules.items() if hasattr(module, "FAMILY")}


def adapter_of(name: str) -> Adapter:
    known = adapters()
    if name not in known:
        raise ActionNeeded(f"adapter: there is no {name!r}: give one of {', '.join(known)}")
    return known[name]


def translate(payload: Any, installation: Installation) -> list[dict[str, Any]]:
    """The events of a vendor's payload, bytes where it is no JSON; raises NotTranslated, whatever it is."""
    if isinstance(payload, bytes):
        raise NotTranslated("payload: not JSON in UTF-8: send it whole, in UTF-8")
    if not isinstance(payload, dict):
        raise NotTranslated("payload: JSON but not an object: send one object a payload")
    try:
        return adapter_of(installation.adapter).translate(payload, installation)
    except NotTranslated:
        raise
    except Exception as error:
        # A vendor does not send again: what a fault of ours cannot translate is kept until the fault is mended. The
        # error's own words may hold what the payload says of a person: only where it happened is logged.
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.error("%s: %s in %s, line %d", installation.name, type(error).__name__, place.filename, place.lineno)  # noqa: TRY400
        raise NotTranslated(f"payload: the adapter failed ({type(error).__name__}): its maintainers mend it") from error


def _adapter(name: str, module: ModuleType) -> Adapter:
    schema = getattr(module, "SETTINGS_SCHEMA", None) or yaml.safe_load(
        (FOLDER / f"{name}.settings.yml").read_text(encoding="utf-8")
    )
    return Adapter(
        name=name,
        family=module.FAMILY,
        settings=jsonschema_rs.Draft202012Validator(schema),
        settings_schema=schema,
        translate=module.translate,
        misfit=getattr(module, "misfit", _no_misfit),
        without_person=getattr(module, "without_person", _as_it_is),
    )


def _no_misfit(_: dict[str, Any]) -> None:
    return None


def _as_it_is(payload: Any) -> Any:
    return payload
