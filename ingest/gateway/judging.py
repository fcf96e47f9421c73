"""Which events of a request go to Kafka, and what is said of the others: by the same checks as the loader's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import orjson

from infra.settings import Settings
from ingest.contracts import Contract
from ingest.events import Refused, attribution, check, check_storable
from ingest.field_values import depth, field_and_value, shortened
from ingest.gateway.answers import Refusal
from ingest.gateway.bodies import Unreadable
from ingest.gateway.tokens import Token
from ingest.kafka.client import Message, topic_name

_LONGEST_ID = 128  # of an accepted one, too


class Origin(NamedTuple):
    """Under which source and UTC day of receipt the loader will count an event; None means the broker's day."""

    source: str
    received_date: date | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answers in the order of the events, and what is to be sent."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        outcomes = [answer["outcome"] for answer in self.answers]
        return {outcome: outcomes.count(outcome) for outcome in ("accepted", "duplicate", "rejected")}


class Judge:
    """Every event of every request comes by here, so what is the same for many is made once."""

    def __init__(self, settings: Settings, contracts: dict[str, Contract], json_depth: int) -> None:
        self._trusts = settings.deployment.trusts_received_time
        self._contracts = contracts
        self._topics = {each.type: topic_name(settings, each.family) for each in contracts.values()}
        self._json_depth = json_depth

    def judge(self, items: Sequence[Any], token: Token, received_at: datetime) -> Judgement:
        """Refuses the whole request (403) when one event is none of the token's."""
        judgement = Judgement()
        taking = _Taking(token, received_at, self._trusts)
        for index, item in enumerate(items):
            if refusal := taking.refusal(item, index):
                raise refusal
            try:
                message = self._message(item, taking)
            except Refused as refused:
                code, text = refused.args
                judgement.reasons.append(code)
                judgement.answers.append(_rejection(index, item, code, text))
            else:
                outcome = "duplicate" if message is None else "accepted"
                judgement.answers.append({"index": index, "id": item["id"], "outcome": outcome})
                if message is not None:
                    judgement.messages.append(message)
        return judgement

    def _message(self, item: Any, taking: "_Taking") -> Message | None:
        """The event as a message, None when the request held it already. Raises Refused."""
        if isinstance(item, Unreadable):
            raise Refused("not_json", f"line {item.line} is not JSON in UTF-8 (column {item.column})")
        if not isinstance(item, dict):
            raise Refused("not_an_object", "JSON but not an object: send one CloudEvent in its place")
        told = item.get("receivedtime")
        if self._trusts and isinstance(told, str):
            return self._message_received_before(item, taking)
        if "receivedtime" in item:
            del item["receivedtime"]
        value = _encoded(item, self._json_depth)
        contract, _ = check(item, taking.received_at, self._contracts)
        check_storable(value)
        if taking.has(item):
            return None
        source = item["source"]
        key = item.get("subject") or source
        return Message(self._topics[contract.type], key.encode(), value[:-1] + taking.receipt, taking.origin(source))

    def _message_received_before(self, item: dict[str, Any], taking: "_Taking") -> Message | None:
        """The same of an event that brings its own time of receipt, in a deployment that trusts it."""
        value = _encoded(item, self._json_depth)
        _, received_at = attribution(item, taking.received_at, trusts_received_time=True)
        contract, _ = check(item, received_at, self._contracts)
        check_storable(value)
        if taking.has({name: part for name, part in item.items() if name != "receivedtime"}):
            return None
        key = item.get("subject") or item["source"]
        origin = Origin(item["source"], received_at.astimezone(UTC).date())
        return Message(self._topics[contract.type], key.encode(), value, origin)


class _Taking:
    """What the events of one request share."""

    def __init__(self, token: Token, received_at: datetime, trusts_received_time: bool) -> None:
        self.received_at = received_at
        self.receipt = b',"receivedtime":"%s"}' % received_at.isoformat().encode()
        self._received_date = received_at.astimezone(UTC).date() if trusts_received_time else None
        self._token = token
        self._covered: set[tuple[Any, Any]] = set()
        self._origins: dict[str, Origin] = {}
        self._seen: dict[tuple[str, str], dict[str, Any]] = {}

    def refusal(self, item: Any, index: int) -> Refusal | None:
        if not isinstance(item, dict):
            return None
        place = (item.get("source"), item.get("subject"))
        try:
            if place in self._covered:
                return None
            self._covered.add(place)
        except TypeError:  # a list or an object, which no token forbids and no contract allows
            pass
        return foreign(item, self._token, index=index)

    def has(self, item: dict[str, Any]) -> bool:
        """Whether the request held the very same event already. Refuses another one of the same id."""
        before = self._seen.setdefault((item["source"], item["id"]), item)
        if before is item:
            return False
        if before == item:
            return True
        raise Refused("conflict", "id: another event of this request has the same id: give each event its own")

    def origin(self, source: str) -> Origin:
        if source not in self._origins:
            self._origins[source] = Origin(source, self._received_date)
        return self._origins[source]


def _rejection(index: int, item: Any, code: str, text: str) -> dict[str, Any]:
    answer: dict[str, Any] = {"index": index}
    event_id = item.get("id") if isinstance(item, dict) else None
    if isinstance(event_id, str):
        answer["id"] = event_id[:_LONGEST_ID]
    return answer | {"outcome": "rejected", "code": code, **field_and_value(item, text), "fix": text}


def foreign(item: Any, token: Token, **place: int) -> Refusal | None:
    """The refusal (403) of an event that is none of the token's."""
    if not isinstance(item, dict):
        return None
    source, point = item.get("source"), item.get("subject")
    if isinstance(source, str) and not token.covers_source(source):
        fix = f"this token may send events of {token.source_prefix} only: use the token of that installation"
        return Refusal(403, "foreign_source", fix, field="source", value=shortened(source), **place)
    if isinstance(point, str) and not token.covers_point(point):
        fix = f"this token may send events about {', '.join(sorted(token.service_point_ids or ()))} only"
        return Refusal(403, "foreign_point", fix, field="subject", value=shortened(point), **place)
    return None


def _encoded(item: dict[str, Any], json_depth: int) -> bytes:
    try:
        value = orjson.dumps(item)
    except orjson.JSONEncodeError as error:  # its own limit, 254
        raise Refused("too_deep", f"event: nested deeper than {json_depth} levels: send it flatter") from error
    if value.count(b"{") + value.count(b"[") > json_depth and depth(item) > json_depth:
        raise Refused("too_deep", f"event: nested deeper than {json_depth} levels: send it flatter")
    return value
