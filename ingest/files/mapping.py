"""What a mapping file says: which column of somebody's file becomes which field of which event."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ingest.contracts import Contract

FOLDER = Path(__file__).parent.parent / "mappings"


@dataclass(frozen=True, slots=True)
class Column:
    """A field read from a column: *codes* translate what is written, *no_answer* are the texts that say nothing."""

    name: str
    type: str
    formats: tuple[str, ...]
    codes: dict[str, Any]
    is_loose: bool
    no_answer: frozenset[str]
    decimal: str


@dataclass(frozen=True, slots=True)
class Constant:
    value: Any


@dataclass(frozen=True, slots=True)
class EachRow:
    """A list with one item of each row of a group."""

    item: "Node"


Node = Column | Constant | EachRow | dict[str, "Node"] | list["Node"]


@dataclass(frozen=True, slots=True)
class TimeColumns:
    names: tuple[str, ...]
    formats: tuple[str, ...]
    precision: str
    time_zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Condition:
    """True for a row that has, in every column named, one of the texts listed."""

    texts: tuple[tuple[str, frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How the wrong clock of the rows of *when* is put right: a recorded rule, and the flag that says it was used."""

    when: Condition
    add_days: int
    set_year: int | None
    flag: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A code that the events of some rows carry: those of *when*, or of certain local days."""

    code: str
    when: Condition
    days: frozenset[date]


@dataclass(frozen=True, slots=True)
class SkipRule:
    when: Condition
    reason: str


@dataclass(frozen=True, slots=True)
class EventRule:
    """One event of a row. *name* is part of the ids where a row makes several."""

    name: str
    contract: Contract
    when: Condition
    time: TimeColumns
    subject: Node | None
    data: Node


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How rows become events.

    *identity* are the columns that, with the source, make the events' ids; none of them: all that the mapping reads.
    *group* are the columns whose values tie the rows of one event together; none: each row stands for itself.
    """

    name: str
    digest: str
    source: str
    identity: tuple[str, ...]
    events: tuple[EventRule, ...]
    group: tuple[str, ...]
    period: tuple[date, date] | None
    clock_rules: tuple[ClockRule, ...]
    flags: tuple[Flag, ...]
    skip: tuple[SkipRule, ...]
    received_time: str | None
    format: str | None
    encoding: str
    separator: str
    sheet: str | None
    header_row: int

    @property
    def columns(self) -> list[str]:
        """Every column that the mapping reads."""
        names = [*self.identity, *self.group]
        for rule in self.events:
            names += [name for name, _ in rule.when.texts] + list(rule.time.names)
            names += [column.name for column in [*columns_of(rule.subject), *columns_of(rule.data)]]
        conditions = [rule.when for rule in self.clock_rules] + [flag.when for flag in self.flags]
        conditions += [rule.when for rule in self.skip]
        names += [name for condition in conditions for name, _ in condition.texts]
        return list(dict.fromkeys(names))

    @property
    def shows_corrections(self) -> bool:
        """Whether a row that comes again with other content can be known again."""
        return bool(self.identity)


def columns_of(node: Node | None) -> Iterator[Column]:
    """The columns that a value is made of."""
    if isinstance(node, Column):
        yield node
    elif isinstance(node, EachRow):
        yield from columns_of(node.item)
    elif isinstance(node, dict | list):
        for item in node.values() if isinstance(node, dict) else node:
            yield from columns_of(item)


def build(content: dict[str, Any], name: str, digest: str, contracts: Mapping[str, Contract]) -> FileMapping:
    """The mapping of checked *content*."""
    defaults = _Defaults(
        content.get("decimal", "."), frozenset(_texts(content.get("no_answer", [""]))), content.get("code_maps", {})
    )
    period = content.get("period")
    identity = content["identity"]
    return FileMapping(
        name=name,
        digest=digest,
        source=content["source"],
        identity=() if identity == "content" else tuple(identity),
        events=tuple(_event_rule(content | each, contracts, defaults) for each in content.get("events", [content])),
        group=tuple(content.get("group", ())),
        period=(date.fromisoformat(period["from"]), date.fromisoformat(period["to"])) if period else None,
        clock_rules=tuple(
            ClockRule(_condition(each["when"]), each.get("add_days", 0), each.get("set_year"), each["flag"])
            for each in content.get("clock_rules", ())
        ),
        flags=tuple(
            Flag(
                each["flag"],
                _condition(each.get("when", {})),
                frozenset(map(date.fromisoformat, each.get("on_days", ()))),
            )
            for each in content.get("flags", ())
        ),
        skip=tuple(SkipRule(_condition(each["when"]), each["reason"]) for each in content.get("skip", ())),
        received_time=content.get("received_time"),
        format=content.get("format"),
        encoding=content.get("encoding", "utf-8"),
        separator=content.get("separator", ","),
        sheet=content.get("sheet"),
        header_row=content.get("header_row", 1),
    )


def loose(text: str) -> str:
    """What is left of a name when case, blanks and full stops do not matter: 'KELA ' and 'Kela' are one."""
    return " ".join(text.replace(".", " ").casefold().split())


@dataclass(frozen=True, slots=True)
class _Defaults:
    decimal: str
    no_answer: frozenset[str]
    code_maps: dict[str, dict[Any, Any]]


def _event_rule(content: dict[str, Any], contracts: Mapping[str, Contract], defaults: _Defaults) -> EventRule:
    time, subject = content["time"], content.get("subject")
    formats = time.get("format", "iso")
    return EventRule(
        name=content.get("name", ""),
        contract=contracts[content["event"]],
        when=_condition(content.get("when", {})),
        time=TimeColumns(
            names=tuple(time["columns"]) if "columns" in time else (time["column"],),
            formats=(formats,) if isinstance(formats, str) else tuple(formats),
            precision=time["precision"],
            time_zone=ZoneInfo(time["time_zone"]),
        ),
        subject=None if subject is None else _node(subject, defaults),
        data=_node(content["data"], defaults),
    )


def _condition(content: dict[str, Any]) -> Condition:
    return Condition(tuple((name, frozenset(_texts(texts))) for name, texts in content.items()))


def _texts(values: list[Any]) -> list[str]:
    return [str(value) for value in values]


def _node(content: Any, defaults: _Defaults) -> Node:
    if isinstance(content, list):
        return [_node(item, defaults) for item in content]
    if not isinstance(content, dict):
        return Constant(content)
    if set(content) == {"each_row"}:
        return EachRow(_node(content["each_row"], defaults))
    if "column" not in content:
        return {name: _node(item, defaults) for name, item in content.items()}
    return _column(content, defaults)


def _column(content: dict[str, Any], defaults: _Defaults) -> Column:
    codes, formats = content.get("codes", {}), content.get("format", "iso")
    codes = defaults.code_maps[codes] if isinstance(codes, str) else codes
    is_loose = content.get("match") == "loose"
    return Column(
        name=content["column"],
        type=content.get("type", "text"),
        formats=(formats,) if isinstance(formats, str) else tuple(formats),
        codes={loose(str(written)) if is_loose else str(written): meant for written, meant in codes.items()},
        is_loose=is_loose,
        no_answer=frozenset(_texts(content["no_answer"])) if "no_answer" in content else defaults.no_answer,
        decimal=defaults.decimal,
    )
