"""Makes an event of a row, as a mapping says."""

import re
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ingest.contracts import explain
from ingest.mapping import Column, Constant, Mapping, Node, TimeColumn

# Ids must never change: the same row sent again is known by them.
_ROWS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:pulssi:mapped-row")


class RowSkipped(ValueError):
    """Count this row and go on with the next: the text says why, without the value, which may be about a person."""


def to_event(row: dict[str, str], mapping: Mapping) -> dict[str, Any]:
    """The CloudEvent of *row*, valid by its contract; RowSkipped says why there is none."""
    content: dict[str, Any] = {
        "specversion": "1.0",
        "id": _event_id(row, mapping),
        "source": mapping.source,
        "type": mapping.contract.type,
        "time": _moment(row[mapping.time.name], mapping.time),
        "timeprecision": mapping.time.precision,
        "datacontenttype": "application/json",
        "data": _filled(mapping.data, row),
    }
    if mapping.subject is not None and (subject := _filled(mapping.subject, row)) is not None:
        content["subject"] = subject
    if mapping.received_time is not None:
        content["receivedtime"] = mapping.received_time
    if not mapping.contract.validator.is_valid(content):
        raise RowSkipped(explain(mapping.contract, content))
    return content


def _event_id(row: dict[str, str], mapping: Mapping) -> str:
    parts = [row[name] for name in mapping.identity]
    if not any(parts):
        raise RowSkipped(f"{', '.join(mapping.identity)}: empty, so the row could not be known again")
    return str(uuid.uuid5(_ROWS, "\0".join([mapping.source, *parts])))


def _moment(text: str, column: TimeColumn) -> str:
    """RFC 3339 with the offset of the zone at that moment; of an hour that comes twice the first is meant."""
    try:
        moment = datetime.strptime(text, column.format).replace(tzinfo=column.time_zone)
        told_back = moment.astimezone(UTC).astimezone(column.time_zone)
    except (ValueError, OverflowError) as error:
        raise RowSkipped(f"{column.name}: not a time like {column.format}") from error
    if column.precision == "day":
        moment = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    elif told_back.replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise RowSkipped(f"{column.name}: an hour that the clocks skipped in {column.time_zone}")
    return moment.isoformat()


def _filled(node: Node, row: dict[str, str]) -> Any:
    """The value of *node* in *row*; None where nothing was answered.

    An object loses the fields without an answer; in a list it is left out as a whole, as its other fields say nothing.
    """
    if isinstance(node, Constant):
        return node.value
    if isinstance(node, Column):
        return _cell(row[node.name], node)
    if isinstance(node, dict):
        filled = {name: _filled(item, row) for name, item in node.items()}
        return {name: value for name, value in filled.items() if value is not None}
    items = [(item, _filled(item, row)) for item in node]
    return [
        value for item, value in items if value is not None and not (isinstance(item, dict) and len(value) < len(item))
    ]


def _cell(written: str, column: Column) -> Any:
    if written in column.no_answer:
        return None
    if column.codes:
        if written not in column.codes:
            raise RowSkipped(f"{column.name}: a code that the mapping does not list")
        return column.codes[written]
    if column.type == "integer":
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", written):
            raise RowSkipped(f"{column.name}: not a whole number")
        return int(written)
    if column.type == "number":
        return _number(written, column)
    if column.type == "date":
        return _date(written, column).isoformat()
    return written


def _number(written: str, column: Column) -> float:
    plain = written.replace(" ", "").replace("\u00a0", "").replace(column.decimal, ".")
    if column.decimal == "," and "." in written:
        raise RowSkipped(f"{column.name}: not a number with a decimal comma")
    try:
        return float(Decimal(plain))
    except InvalidOperation as error:
        raise RowSkipped(f"{column.name}: not a number") from error


def _date(written: str, column: Column) -> date:
    try:
        return datetime.strptime(written, column.format).date()
    except ValueError as error:
        raise RowSkipped(f"{column.name}: not a date like {column.format}") from error
