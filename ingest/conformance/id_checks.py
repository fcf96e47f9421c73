"""Are ids made once, when a thing happens, and the same in every retry?"""

import re
from collections import defaultdict
from collections.abc import Iterator

import orjson

from ingest.conformance.findings import Finding
from ingest.conformance.recording import Sent

_COUNTER = re.compile(r"[0-9]{1,9}")
_COARSE = ("hour", "day")


def id_findings(events: list[Sent]) -> Iterator[Finding]:
    valid = [sent for sent in events if sent.contract]
    yield from _reused(valid)
    yield from _changed(valid)
    for sent in valid:
        if _COUNTER.fullmatch(sent.fields["id"]):
            text = "id: a short number: a counter that starts again makes new events look like old ones"
            fix = "use a UUID, or put the device's serial number and a counter that is never reset together"
            yield Finding("ids", "id_is_counter", sent, text, fix, "id", sent.fields["id"], is_fault=False)


def retries(events: list[Sent]) -> list[Sent]:
    """Events that were sent before: same source, id and content."""
    seen: dict[tuple[str, str], bytes] = {}
    found = []
    for sent in events:
        if sent.contract:
            key, content = (sent.source, sent.fields["id"]), _content(sent)
            if key not in seen:
                seen[key] = content
            elif seen[key] == content:
                found.append(sent)
    return found


def _reused(events: list[Sent]) -> Iterator[Finding]:
    first: dict[tuple[str, str], tuple[int, bytes]] = {}
    for sent in events:
        key, content = (sent.source, sent.fields["id"]), _content(sent)
        number, before = first.setdefault(key, (sent.number, content))
        if before != content:
            text = "id: used before for another event of this source"
            fix = (
                f"give each event an id of its own (compare event {number}): the second one is set aside as a conflict"
            )
            yield Finding("ids", "id_reused", sent, text, fix, "id", sent.fields["id"])


def _changed(events: list[Sent]) -> Iterator[Finding]:
    """The same content under another id: a retry that was given a new id, or by chance two events alike."""
    alike: dict[bytes, dict[str, Sent]] = defaultdict(dict)
    for sent in events:
        if sent.fields.get("timeprecision") not in _COARSE:
            alike[_content(sent, with_id=False)].setdefault(sent.fields["id"], sent)
    for by_id in alike.values():
        first, *others = by_id.values()
        for sent in others:
            is_sure = _is_one_of_a_kind(sent)
            text = f"id: {'another one' if is_sure else 'perhaps another one'} for an event that was sent before"
            fix = (
                f"make the id once, when it happens, and keep it in every retry (compare event {first.number}): "
                "with a new id each retry counts again"
            )
            yield Finding("ids", "id_changed", sent, text, fix, "id", sent.fields["id"], is_fault=is_sure)


def _is_one_of_a_kind(sent: Sent) -> bool:
    """Whether the same could hardly happen twice: the event names a ticket or the like, a device, or a split second."""
    assert sent.contract is not None
    named = any(name in sent.data for name, _ in sent.contract.keys) or "device_id" in sent.data
    return named or "." in sent.fields["time"]


def _content(sent: Sent, with_id: bool = True) -> bytes:
    leave_out = {"receivedtime"} if with_id else {"receivedtime", "id"}
    content = {name: part for name, part in sent.fields.items() if name not in leave_out}
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
